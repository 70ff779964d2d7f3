//! Where questions for figures are answered: the engine, what is known now, and the answers kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use city::{CityWords, Units};
use figure::{Figure, Period, Snapshot};
use figures::Request;
use figures::blocking::Engine;
use jiff::civil::Date;
use message::{Language, Text};
use pack::{Definition, Formula, Indicator, MeasureOver, Pack, Register};
use report::Vocabulary;

use super::ask::Ask;
use crate::app::{App, InForce};
use crate::fault::Fault;
use crate::ui::Speak;
use crate::when;

/// How many periods a course has.
pub const COURSE: usize = 8;

/// Everything that answers of one request rest on: one set of definitions, one snapshot, one today.
pub struct Desk<'a> {
    /// The application.
    pub app: &'a App,
    /// The definitions in force.
    pub now: &'a InForce,
    /// All that is known now.
    pub snapshot: Snapshot,
    /// The batches of measurements that are known now.
    pub lake: Option<u64>,
    /// Today in the city.
    pub today: Date,
    units: Arc<Units>,
    /// Where a figure of the past is computed by the definitions of its time.
    past: Option<Arc<Past>>,
}

/// Definitions that are no longer in force, and the engine that computes by them.
pub struct Past {
    /// The pack.
    pub pack: Arc<Pack>,
    /// The engine.
    pub engine: Engine,
}

/// A figure with its course.
pub struct Answer {
    /// The figure.
    pub figure: Figure,
    /// The same question for the periods before, the first first; the last is the figure's own.
    pub course: Vec<(Period, Option<Figure>)>,
    /// The figures of the groups, where a dimension is named.
    pub groups: Vec<Figure>,
    /// The figure by each edition of the standard, where measurements enter.
    pub editions: Vec<Figure>,
}

impl<'a> Desk<'a> {
    /// The desk of a request.
    pub fn open(app: &'a App, now: &'a InForce) -> Result<Self, Fault> {
        let snapshot = now.engine.snapshot()?;
        let known_at = snapshot.known_at;
        let units_known = app.book.last_entry_of(pack::UNITS, known_at)?;
        let units = now
            .kept
            .answer(&format!("units {units_known:?}"), || Ok((Units::of(&app.book, known_at)?, 30)))?;
        let today = when::today_in(app, &now.city)?;
        Ok(Self { app, now, snapshot, lake: snapshot.lake, today, units, past: None })
    }

    /// The same desk with the definitions by which a figure was pinned.
    pub fn by_definitions_of(self, digest: [u8; 4]) -> Result<Self, Fault> {
        if digest == self.now.pack.short_digest() {
            return Ok(self);
        }
        let name = city::digest_name(digest);
        let past = self.now.kept.answer(&format!("past {name}"), || {
            let pack = self.now.city.pack_of(digest)?;
            let (book, lake) = (Arc::clone(&self.app.book), self.app.lake.clone());
            let engine = self.now.city.serving_engine_by(Arc::clone(&pack), book, lake)?;
            Ok((Past { pack, engine }, 500))
        })?;
        Ok(Self { past: Some(past), ..self })
    }

    /// The same desk with the definitions in force.
    pub fn by_definitions_in_force(&self) -> Self {
        Self { units: Arc::clone(&self.units), past: None, ..*self }
    }

    /// The definitions.
    pub fn pack(&self) -> &Pack {
        self.past.as_ref().map_or(&self.now.pack, |past| &past.pack)
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        self.past.as_ref().map_or(&self.now.engine, |past| &past.engine)
    }

    /// What things are called.
    pub fn words(&self) -> CityWords<'_> {
        CityWords::with(self.pack(), Units::clone(&self.units))
    }

    /// What a unit is called; its code where it has no name.
    pub fn unit(&self, code: &str) -> String {
        self.units.name(code).unwrap_or(code).to_owned()
    }

    /// What a dimension is called.
    pub fn dimension(&self, key: &str, language: Language) -> String {
        self.words().dimension(key).map_or_else(|| key.to_owned(), |label| language.say(&label).into_owned())
    }

    /// The indicator of a key, or there is nothing here.
    pub fn indicator(&self, key: &str) -> Result<&Indicator, Fault> {
        self.pack().indicator(key).ok_or(Fault::NotFound)
    }

    /// The period that an address without one means.
    pub fn usual_period(&self) -> Result<Period, Fault> {
        Ok(Period::Year(when::year_spoken_of(self.app)?))
    }

    /// The answer to a question, kept from earlier or computed.
    pub fn answer(&self, ask: &Ask) -> Result<Arc<Answer>, Fault> {
        self.check_known(ask)?;
        let question = self.question("figure", ask);
        self.now.kept.answer(&question, || {
            let answer = self.compute(ask)?;
            let weight = 1 + (answer.course.len() + answer.groups.len()) / 50;
            Ok((answer, weight))
        })
    }

    /// Refuses to know more than there is: such a figure would have an identity that means something else one day.
    fn check_known(&self, ask: &Ask) -> Result<(), Fault> {
        let size = self.snapshot.known_at;
        if ask.known_at.is_some_and(|known| known > size) {
            return Err(Fault::Bad(message::text!("账本现有 {size} 条入账", "The book has {size} entries")));
        }
        let batches = self.lake.unwrap_or_default();
        if ask.lake.is_some_and(|lake| lake > batches) {
            let text =
                message::text!("监测数据现有 {batches} 批", "There are {batches} batches of measurements");
            return Err(Fault::Bad(text));
        }
        Ok(())
    }

    /// Whether the answer is here already.
    pub fn has_answer(&self, ask: &Ask) -> bool {
        self.now.kept.find::<Answer>(&self.question("figure", ask)).is_some()
    }

    /// The question with everything said that its answer depends on.
    pub fn question(&self, kind: &str, ask: &Ask) -> String {
        let Snapshot { known_at, pack, .. } = self.snapshot;
        let pack = city::digest_name(self.past.as_ref().map_or(pack, |past| past.pack.short_digest()));
        let known_at = ask.known_at.unwrap_or(known_at);
        let lake = ask.lake.or(self.lake).unwrap_or_default();
        format!("{kind} {} {} {known_at}+{lake}.{pack}", ask.address(""), ask.day(self.today))
    }

    /// The request of a question.
    pub fn request(&self, ask: &Ask) -> Request {
        ask.request(self.today, self.snapshot.known_at, self.lake)
    }

    fn compute(&self, ask: &Ask) -> Result<Answer, Fault> {
        let own = self.request(ask);
        let mut requests = vec![own.clone()];
        let periods = course(ask.period);
        requests.extend(periods.iter().map(|&period| Request {
            period,
            as_of: Some(period.last()),
            ..own.clone()
        }));
        let courses = requests.len();
        if let Some(by) = &ask.by {
            requests.push(Request { by: vec![by.clone()], ..own.clone() });
        }
        let by_editions = self.engine().is_measured(&ask.indicator) && ask.edition.is_none();
        if by_editions {
            requests.push(Request { by: vec![figures::EDITION.to_owned()], ..own });
        }
        let mut answers = self.engine().evaluate_each(&requests).into_iter();
        let lost = || Fault::Internal("a figure was lost".to_owned());
        let figure = answers.next().ok_or_else(lost)??.into_iter().next().ok_or_else(lost)?;
        let mut before: Vec<(Period, Option<Figure>)> = Vec::new();
        for period in periods {
            let found = answers.next().ok_or_else(lost)?;
            // A year of which nothing can be told is a gap, not a fault of the page.
            before.push((period, found.ok().and_then(|figures| figures.into_iter().next())));
        }
        debug_assert_eq!(before.len() + 1, courses);
        let flow = self.indicator(&ask.indicator)?.measure == MeasureOver::Flow;
        let mut figures: Vec<Option<Figure>> = before.iter().map(|(_, figure)| figure.clone()).collect();
        leave_gaps(&mut figures, false);
        // Its own period always has its figure, even if nothing happened in it.
        if flow || figures.iter().any(Option::is_some) || figure.rows > 0 {
            for ((_, place), figure) in before.iter_mut().zip(figures) {
                *place = figure;
            }
        }
        before.push((ask.period, Some(figure.clone())));
        let groups = match &ask.by {
            Some(_) => answers.next().ok_or_else(lost)??,
            None => Vec::new(),
        };
        let editions = match by_editions {
            true => answers.next().ok_or_else(lost)?.unwrap_or_default(),
            false => Vec::new(),
        };
        Ok(Answer { figure, course: before, groups, editions })
    }

    /// The registers that an indicator's own rows come from: the one that it counts first, then those that only name
    /// things for it. What is counted is what the key is named for, or else what fewest other indicators read.
    pub fn registers_of(&self, indicator: &str) -> Vec<&Register> {
        let tables = self.engine().engine().tables_of(indicator).unwrap_or_default();
        let mut registers: Vec<&Register> = Vec::new();
        for table in tables {
            let key = table.strip_suffix("_history").unwrap_or(&table);
            if let Some(register) =
                self.pack().register(key).filter(|one| !registers.iter().any(|two| two.key == one.key))
            {
                registers.push(register);
            }
        }
        if registers.len() > 1 {
            let readers = self.readers();
            registers.sort_by_key(|one| {
                let named = indicator.starts_with(&one.key);
                (!named, readers.get(&one.key).copied().unwrap_or_default())
            });
        }
        registers
    }

    /// How many indicators read each register.
    fn readers(&self) -> Arc<BTreeMap<String, usize>> {
        let question = format!("readers {}", city::digest_name(self.pack().short_digest()));
        let counted = self.now.kept.answer(&question, || {
            let mut readers: BTreeMap<String, usize> = BTreeMap::new();
            for indicator in &self.pack().indicators {
                for table in self.engine().engine().tables_of(&indicator.key).unwrap_or_default() {
                    *readers
                        .entry(table.strip_suffix("_history").unwrap_or(&table).to_owned())
                        .or_default() += 1;
                }
            }
            Ok((readers, 1))
        });
        counted.unwrap_or_default()
    }

    /// The indicators that a formula names, in its order.
    pub fn rests_on(&self, indicator: &Indicator) -> Vec<&Indicator> {
        let mut keys = Vec::new();
        if let Definition::Formula(formula) = &indicator.definition {
            names(formula, &mut keys);
        }
        keys.iter().filter_map(|key| self.pack().indicator(key)).collect()
    }

    /// What the foot of a page says of the snapshot.
    pub fn pinned(&self) -> Text {
        let Snapshot { known_at, lake, .. } = self.snapshot;
        let pack = city::digest_name(self.pack().short_digest());
        match lake {
            Some(lake) => message::text!(
                "快照：入账 {known_at} 条，监测数据 {lake} 批，定义 {pack}",
                "Snapshot: {known_at} entries, {lake} batches of measurements, definitions {pack}"
            ),
            None => message::text!(
                "快照：入账 {known_at} 条，定义 {pack}",
                "Snapshot: {known_at} entries, definitions {pack}"
            ),
        }
    }
}

/// Turns what nothing was counted for before the first row into gaps: a zero of a year of which the book knows nothing
/// is no finding. Of flows, the years after the last row as well, which have only begun.
pub fn leave_gaps(course: &mut [Option<Figure>], after: bool) {
    let empty = |figure: &Option<Figure>| figure.as_ref().is_none_or(|figure| figure.rows == 0);
    let before = course.iter().take_while(|figure| empty(figure)).count();
    if before == course.len() {
        return;
    }
    course[..before].fill(None);
    if after {
        let last = course.iter().rposition(|figure| !empty(figure)).map_or(course.len(), |last| last + 1);
        course[last..].fill(None);
    }
}

/// The periods before one, of the same length, the first first.
fn course(period: Period) -> Vec<Period> {
    let count = match period {
        Period::Year(_) | Period::Quarter(..) => COURSE - 1,
        Period::Month(..) => 12,
        Period::Day(_) => 13,
    };
    let mut periods: Vec<Period> = std::iter::successors(Some(period), |one| Some(one.previous()))
        .skip(1)
        .take(count)
        .take_while(|one| one.first().year() > 0)
        .collect();
    periods.reverse();
    periods
}

fn names(formula: &Formula, keys: &mut Vec<String>) {
    match formula {
        Formula::Number(_) => {}
        Formula::Indicator(key) => {
            if !keys.contains(key) {
                keys.push(key.clone());
            }
        }
        Formula::Binary(left, _, right) => {
            names(left, keys);
            names(right, keys);
        }
    }
}

#[cfg(test)]
mod tests {
    use figure::Period;

    use super::course;

    #[test]
    fn a_course_leads_to_its_period() {
        fn check(period: &str, first: &str, last: &str, count: usize) {
            let periods = course(period.parse().expect(period));
            let told = (
                periods.first().map(Period::to_string),
                periods.last().map(Period::to_string),
                periods.len(),
            );
            assert_eq!(told, (Some(first.to_owned()), Some(last.to_owned()), count));
        }
        check("2022", "2015", "2021", 7);
        check("2022-Q1", "2020-Q2", "2021-Q4", 7);
        check("2022-01", "2021-01", "2021-12", 12);
        check("2022-01-01", "2021-12-19", "2021-12-31", 13);
        assert!(course(Period::Year(1)).is_empty());
    }
}
