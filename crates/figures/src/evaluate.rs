//! Requests → figures.
//!
//! Requests that rest on the same rows (one indicator, period, day and snapshot) are answered from one
//! run of its SQL, whatever their scopes and groups: a report that breaks a figure down by district
//! costs hardly more than the figure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use figure::{Figure, FigureId, Period, Snapshot};
use jiff::civil::Date;
use pack::{Definition, Indicator, Sum, UNITS};
use quantity::Unit;
use standards::air::Edition;
use tokio::task::JoinSet;

use crate::aggregate::{self, Ask, Fault, Groups, Tally};
use crate::day;
use crate::engine::Inner;
use crate::error::FigureError;
use crate::formula;
use crate::functions::Days;
use crate::memo::{Memo, State, Sums};
use crate::monitor::{EDITION, MeasuredAt, MonitorTable, STATIONS};
use crate::ratio::Ratio;
use crate::request::Request;
use crate::rows::{self, City, Rows, Wanted};

/// What the rows of an indicator depend on, besides pack and book.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Leaf {
    pub(crate) indicator: String,
    pub(crate) period: Period,
    pub(crate) as_of: Date,
    pub(crate) known_at: u64,
    /// What of the measurements enters; none of rows that come from the book alone.
    pub(crate) measured: Option<MeasuredAt>,
}

/// A request that can be answered.
struct Checked<'a> {
    request: &'a Request,
    indicator: &'a Indicator,
    as_of: Date,
    known_at: u64,
    lake: Option<u64>,
    leaves: Vec<Leaf>,
}

/// What an ask of a leaf came to.
type Answer = Result<Sums, FigureError>;

/// Answers requests, with what is known from earlier ones if there is a memo. One that asks for a figure by each edition
/// is as many requests.
pub(crate) async fn evaluate(
    inner: &Arc<Inner>,
    memo: Option<&Memo>,
    requests: &[Request],
) -> Vec<Result<Vec<Figure>, FigureError>> {
    let each: Vec<Vec<Request>> = requests.iter().map(by_edition).collect();
    let all: Vec<Request> = each.iter().flatten().cloned().collect();
    let mut answers = answer_all(inner, memo, &all).await.into_iter();
    each.iter()
        .map(|parts| {
            let parts: Vec<_> = answers.by_ref().take(parts.len()).collect();
            Ok(parts.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
        })
        .collect()
}

fn by_edition(request: &Request) -> Vec<Request> {
    if !request.by.iter().any(|dimension| dimension == EDITION) {
        return vec![request.clone()];
    }
    let by: Vec<String> = request.by.iter().filter(|dimension| *dimension != EDITION).cloned().collect();
    Edition::ALL
        .into_iter()
        .map(|edition| {
            let held = (EDITION.to_owned(), edition.key().to_owned());
            let scope = request.scope.iter().cloned().chain([held]).collect();
            Request { by: by.clone(), scope, ..request.clone() }
        })
        .collect()
}

async fn answer_all(
    inner: &Arc<Inner>,
    memo: Option<&Memo>,
    requests: &[Request],
) -> Vec<Result<Vec<Figure>, FigureError>> {
    let now = match inner.now() {
        Ok(now) => now,
        Err(error) => return requests.iter().map(|_| Err(error.clone())).collect(),
    };
    let checked: Vec<_> = requests.iter().map(|request| check(inner, request, now)).collect();

    // What is asked of each leaf, each question once.
    let mut asks: BTreeMap<Leaf, Vec<Ask>> = BTreeMap::new();
    for checked in checked.iter().flatten() {
        for leaf in &checked.leaves {
            let ask = ask(inner, checked.request, leaf);
            let known = asks.entry(leaf.clone()).or_default();
            if !known.contains(&ask) {
                known.push(ask);
            }
        }
    }

    let answers = answer(inner, memo, asks).await;

    checked
        .into_iter()
        .map(|checked| {
            let checked = checked?;
            let parts = checked
                .leaves
                .iter()
                .map(|leaf| {
                    let ask = ask(inner, checked.request, leaf);
                    let answer = match answers.get(&(leaf.clone(), ask)) {
                        Some(Ok(answer)) => answer,
                        Some(Err(error)) => return Err(error.clone()),
                        None => return Err(FigureError::Engine("a question was lost".to_owned())),
                    };
                    Ok((leaf.indicator.as_str(), answer))
                })
                .collect::<Result<Vec<_>, _>>()?;
            figures(inner, &checked, &parts)
        })
        .collect()
}

fn check<'a>(inner: &'a Inner, request: &'a Request, now: Snapshot) -> Result<Checked<'a>, FigureError> {
    let indicator = inner.indicator(&request.indicator)?;
    let leaves = formula::leaves(&inner.pack, &indicator.key)?;
    let mut measures = BTreeSet::new();
    for leaf in &leaves {
        if inner.tables_of(leaf)?.iter().any(|table| inner.measured_table(table).is_some()) {
            measures.insert(leaf.key.as_str());
        }
    }
    let mut named = BTreeSet::new();
    for dimension in request.by.iter().chain(request.scope.iter().map(|(dimension, _)| dimension)) {
        if dimension == EDITION && !measures.is_empty() {
            continue;
        }
        if !indicator.dimensions.contains(dimension) {
            return Err(FigureError::UnknownDimension {
                indicator: indicator.key.clone(),
                dimension: dimension.clone(),
                known: indicator.dimensions.clone(),
            });
        }
        if !named.insert(dimension) {
            return Err(FigureError::DimensionTwice { dimension: dimension.clone() });
        }
    }
    let last = request.period.last();
    let as_of = request.as_of.unwrap_or(last);
    if as_of > last {
        return Err(FigureError::DayAfterPeriod { as_of, last });
    }
    let (known_at, size) = (request.known_at.unwrap_or(now.known_at), now.known_at);
    if known_at > size {
        return Err(FigureError::BeyondBook { known_at, size });
    }
    let lake = request.lake.or(now.lake);
    if lake > now.lake {
        let batches = now.lake.unwrap_or_default();
        return Err(FigureError::BeyondLake { known_at: lake.unwrap_or_default(), batches });
    }
    let edition =
        request.scope.iter().find(|(dimension, _)| dimension == EDITION).map(|(_, key)| {
            Edition::parse(key).ok_or_else(|| FigureError::UnknownEdition { key: key.clone() })
        });
    let measured = MeasuredAt { lake, edition: edition.transpose()? };
    for leaf in &leaves {
        if let Some(dimension) = named.iter().find(|dimension| !leaf.dimensions.contains(dimension)) {
            return Err(FigureError::UnknownDimension {
                indicator: leaf.key.clone(),
                dimension: (*dimension).clone(),
                known: leaf.dimensions.clone(),
            });
        }
    }
    let leaf = |leaf: &Indicator| Leaf {
        indicator: leaf.key.clone(),
        period: request.period,
        as_of,
        known_at,
        measured: measures.contains(leaf.key.as_str()).then_some(measured),
    };
    let lake = if measures.is_empty() { None } else { lake };
    let leaves = leaves.into_iter().map(leaf).collect();
    Ok(Checked { request, indicator, as_of, known_at, lake, leaves })
}

/// A request's scope and groups, as places among the leaf's dimensions.
fn ask(inner: &Inner, request: &Request, leaf: &Leaf) -> Ask {
    let dimensions = inner.pack.indicator(&leaf.indicator).map_or(&[][..], |leaf| &leaf.dimensions);
    let place =
        |dimension: &String| dimensions.iter().position(|known| known == dimension).unwrap_or_default();
    Ask {
        scope: rows_scope(&request.scope)
            .map(|(dimension, value)| (place(dimension), value.clone()))
            .collect(),
        by: request.by.iter().map(place).collect(),
    }
}

/// The part of a scope that chooses among rows: an edition chooses how they are judged instead.
pub(crate) fn rows_scope(scope: &[(String, String)]) -> impl Iterator<Item = &(String, String)> {
    scope.iter().filter(|(dimension, _)| dimension != EDITION)
}

/// Loads what is needed and runs each leaf's rows once, several beside each other.
async fn answer(
    inner: &Arc<Inner>,
    memo: Option<&Memo>,
    asks: BTreeMap<Leaf, Vec<Ask>>,
) -> BTreeMap<(Leaf, Ask), Answer> {
    let mut states = States { inner, last: BTreeMap::new() };
    let mut cities: BTreeMap<(Date, u64, Option<MeasuredAt>), Needs> = BTreeMap::new();
    let mut answers = BTreeMap::new();
    let mut runs = Vec::new();
    for (leaf, asks) in asks {
        let known = needs(inner, &leaf).and_then(|needs| Ok((states.of(&needs, leaf.known_at)?, needs)));
        match known {
            Ok((state, needs)) => {
                if let Some(sums) = memo.and_then(|memo| memo.find(&leaf, &state, &asks)) {
                    answers.extend(
                        asks.into_iter().zip(sums).map(|(ask, sums)| ((leaf.clone(), ask), Ok(sums))),
                    );
                    continue;
                }
                cities.entry((leaf.as_of, leaf.known_at, leaf.measured)).or_default().extend(&needs);
                runs.push((leaf, asks, needs.tables, state));
            }
            Err(error) => {
                answers.extend(asks.into_iter().map(|ask| ((leaf.clone(), ask), Err(error.clone()))))
            }
        }
    }
    let mut loaded = BTreeMap::new();
    for ((as_of, known_at, measured), needs) in cities {
        loaded.insert((as_of, known_at, measured), inner.city(&needs, as_of, known_at, measured).await);
    }
    // What reads most begins first, or the others would be done long before it.
    let rows = |(leaf, _, tables, _): &(Leaf, Vec<Ask>, BTreeSet<String>, State)| {
        let city = loaded[&(leaf.as_of, leaf.known_at, leaf.measured)].as_ref();
        std::cmp::Reverse(city.map_or(0, |city| city.rows(tables)))
    };
    runs.sort_by_cached_key(rows);
    let mut tasks = JoinSet::new();
    for (leaf, asks, tables, state) in runs {
        match &loaded[&(leaf.as_of, leaf.known_at, leaf.measured)] {
            Err(error) => {
                answers.extend(asks.into_iter().map(|ask| ((leaf.clone(), ask), Err(error.clone()))))
            }
            Ok(city) => {
                let (inner, city) = (Arc::clone(inner), city.clone());
                tasks.spawn(async move {
                    let start = Instant::now();
                    let answer = run(&inner, &city, &tables, &leaf, &asks).await;
                    inner.took(start.elapsed());
                    (leaf, asks, state, answer)
                });
            }
        }
    }
    while let Some(done) = tasks.join_next().await {
        // A task ends early only if it panicked; its questions are then found lost, and said so.
        let Ok((leaf, asks, state, answer)) = done else { continue };
        match answer {
            Ok((groups, scale)) => {
                let sums: Vec<(Ask, Sums)> = asks
                    .into_iter()
                    .zip(groups)
                    .map(|(ask, groups)| (ask, Arc::new((groups, scale))))
                    .collect();
                answers.extend(sums.iter().cloned().map(|(ask, sums)| ((leaf.clone(), ask), Ok(sums))));
                if let Some(memo) = memo {
                    memo.keep(&leaf, state, sums);
                }
            }
            Err(error) => {
                answers.extend(asks.into_iter().map(|ask| ((leaf.clone(), ask), Err(error.clone()))))
            }
        }
    }
    answers
}

/// What a query reads.
#[derive(Clone, Debug, Default)]
pub(crate) struct Needs {
    /// The tables, as it names them.
    pub(crate) tables: BTreeSet<String>,
    /// The registers that they come from.
    pub(crate) registers: BTreeSet<String>,
    /// The tables that are evaluated from measurements.
    pub(crate) measured: BTreeSet<MonitorTable>,
}

impl Needs {
    /// Adds a table, or tells that there is none of this name.
    pub(crate) fn add(&mut self, inner: &Inner, table: &str) -> Result<(), FigureError> {
        self.tables.insert(table.to_owned());
        match inner.measured_table(table) {
            Some(measured) => {
                self.measured.insert(measured);
                self.registers.insert(STATIONS.to_owned());
            }
            None => {
                self.registers.insert(inner.register_of(table)?);
            }
        }
        Ok(())
    }

    fn extend(&mut self, other: &Self) {
        self.tables.extend(other.tables.iter().cloned());
        self.registers.extend(other.registers.iter().cloned());
        self.measured.extend(&other.measured);
    }
}

/// How far registers are known at entries, each looked up once.
struct States<'a> {
    inner: &'a Inner,
    last: BTreeMap<(String, u64), u64>,
}

impl States<'_> {
    /// What rows with these needs come from. The organisation tree stands behind every owner.
    fn of(&mut self, needs: &Needs, known_at: u64) -> Result<State, FigureError> {
        let units = self.inner.pack.register(UNITS).map(|_| UNITS.to_owned());
        let registers: BTreeSet<String> = needs.registers.iter().cloned().chain(units).collect();
        registers
            .into_iter()
            .map(|register| {
                let key = (register, known_at);
                if let Some(last) = self.last.get(&key) {
                    return Ok(*last);
                }
                let last = self.inner.book.last_entry_of(&key.0, known_at)?.map_or(0, |last| last + 1);
                self.last.insert(key, last);
                Ok(last)
            })
            .collect()
    }
}

/// The tables that a leaf reads, and what they come from.
pub(crate) fn needs(inner: &Inner, leaf: &Leaf) -> Result<Needs, FigureError> {
    let mut needs = Needs::default();
    for table in inner.tables_of(inner.indicator(&leaf.indicator)?)? {
        needs.add(inner, &table).map_err(|_| FigureError::Sql {
            indicator: leaf.indicator.clone(),
            reason: format!("there is no register `{table}`"),
        })?;
    }
    Ok(needs)
}

/// The days that a leaf's SQL may ask for.
pub(crate) fn days(leaf: &Leaf) -> Days {
    Days {
        as_of: day::days(leaf.as_of),
        first: day::days(leaf.period.first()),
        last: day::days(leaf.period.last()),
        edition: leaf.measured.and_then(|measured| measured.edition),
    }
}

/// Runs a leaf's rows and adds them up.
async fn run(
    inner: &Inner,
    city: &City,
    tables: &BTreeSet<String>,
    leaf: &Leaf,
    asks: &[Ask],
) -> Result<(Vec<Groups>, u32), FigureError> {
    let indicator = inner.indicator(&leaf.indicator)?;
    let Definition::Rows { sql, sum, .. } = &indicator.definition else {
        return Err(FigureError::Engine(format!("{} has no rows", indicator.key)));
    };
    let days = days(leaf);
    let pending = city.pending(tables, days.as_of);
    let whole = asks.iter().all(|ask| ask.scope.is_empty() && ask.by.is_empty());
    if *sum == Sum::Count && whole && !pending {
        // Any fault is left to the usual way, which knows how to tell it.
        let keys = rows::keys_to_distinguish(indicator, sql, city, days).await.ok().flatten();
        if let Some(Ok(Some(groups))) = keys.map(|keys| aggregate::distinct(&keys)) {
            return Ok((vec![groups; asks.len()], 0));
        }
    }
    // Only dimensions that are asked for are read; but where something is pending, everything that a row says
    // decides whether it is the same row, so all of it is read, both times; and so what else was asked for beside
    // it cannot change the answer.
    let asked = |place: &usize| {
        asks.iter().any(|ask| ask.by.contains(place) || ask.scope.iter().any(|(known, _)| known == place))
    };
    let used: Vec<usize> = (0..indicator.dimensions.len()).filter(|place| pending || asked(place)).collect();
    let dimensions: Vec<String> = used.iter().map(|&place| indicator.dimensions[place].clone()).collect();
    let place = |place: &usize| used.iter().position(|known| known == place).unwrap_or_default();
    let narrowed: Vec<Ask> = asks
        .iter()
        .map(|ask| Ask {
            scope: ask.scope.iter().map(|(dimension, value)| (place(dimension), value.clone())).collect(),
            by: ask.by.iter().map(place).collect(),
        })
        .collect();
    let wanted = Wanted {
        amount: *sum != Sum::Count,
        occurred: pending,
        dimensions: &dimensions,
        ..Wanted::default()
    };
    let counted = rows::rows(indicator, sql, city, days, false, wanted).await?;
    let added = aggregate::check_keys(&counted).and_then(|()| aggregate::tally(&counted, &narrowed));
    let mut groups = match added {
        Ok(groups) => groups,
        Err(fault) => return Err(explain(indicator, sql, city, days, fault).await),
    };
    if pending {
        let would = rows::rows(indicator, sql, city, days, true, wanted).await?;
        aggregate::tally_pending(&mut groups, &counted, &would, &narrowed)
            .map_err(|fault| FigureError::Engine(format!("{fault:?}")))?;
    }
    Ok((groups, aggregate::scale(&counted)))
}

/// Looks again at rows that cannot be added up, to say which they are.
async fn explain(indicator: &Indicator, sql: &str, city: &City, days: Days, fault: Fault) -> FigureError {
    let key = indicator.key.clone();
    match fault {
        Fault::Overflow => return FigureError::Overflow { indicator: key },
        Fault::Arrow(error) => return FigureError::Sql { indicator: key, reason: error.to_string() },
        Fault::Duplicate | Fault::NullKey | Fault::NullAmount => {}
    }
    let wanted = Wanted { amount: matches!(fault, Fault::NullAmount), record: true, ..Wanted::default() };
    let found = match rows::rows(indicator, sql, city, days, false, wanted).await {
        Ok(rows) => culprits(&rows, &fault),
        Err(error) => return error,
    };
    match (fault, found) {
        (_, Err(error)) => FigureError::Engine(error.to_string()),
        (Fault::NullKey, Ok((_, [record, _]))) => FigureError::NullKey { indicator: key, record },
        (Fault::NullAmount, Ok((row, _))) => FigureError::NullAmount { indicator: key, key: row },
        (_, Ok((row, records))) => FigureError::DuplicateKey { indicator: key, key: row, records },
    }
}

/// The key and the records of the rows at fault: the first of them in the order of keys and records, so
/// that the same fault is told in the same words each time.
fn culprits(rows: &Rows, fault: &Fault) -> Result<(String, [Option<u64>; 2]), arrow::error::ArrowError> {
    use arrow::array::{Array, AsArray};
    use arrow::datatypes::Int64Type;
    let mut found: Vec<(Option<String>, Option<u64>)> = Vec::new();
    for batch in &rows.batches {
        let keys = rows::texts(batch.column(0))?;
        for row in 0..batch.num_rows() {
            let record = rows.record.and_then(|at| {
                let records = batch.column(at).as_primitive::<Int64Type>();
                records.is_valid(row).then(|| u64::try_from(records.value(row)).ok()).flatten()
            });
            let lacks_amount = rows.amount.is_some_and(|at| batch.column(at).is_null(row));
            if !matches!(fault, Fault::NullAmount) || lacks_amount {
                found.push((keys.is_valid(row).then(|| keys.value(row).to_owned()), record));
            }
        }
    }
    found.sort_unstable();
    let at = match fault {
        Fault::Duplicate => found.windows(2).position(|pair| pair[0].0 == pair[1].0).unwrap_or_default(),
        _ => 0,
    };
    let pick = |at: usize| found.get(at).cloned().unwrap_or_default();
    Ok((pick(at).0.unwrap_or_default(), [pick(at).1, pick(at + 1).1]))
}

/// The figures of a request, from the tallies of its leaves.
fn figures(
    inner: &Inner,
    checked: &Checked<'_>,
    parts: &[(&str, &Sums)],
) -> Result<Vec<Figure>, FigureError> {
    let Checked { request, indicator, as_of, known_at, lake, .. } = checked;
    let mut groups: BTreeSet<&[String]> =
        parts.iter().flat_map(|(_, sums)| sums.0.keys().map(Vec::as_slice)).collect();
    if request.by.is_empty() {
        groups.insert(&[]);
    }
    let snapshot = Snapshot { known_at: *known_at, lake: *lake, pack: inner.pack.short_digest() };
    groups
        .into_iter()
        .map(|values| {
            let tallies: Vec<(&str, Tally, u32)> = parts
                .iter()
                .map(|(key, sums)| (*key, sums.0.get(values).copied().unwrap_or_default(), sums.1))
                .collect();
            let value = match value(inner, indicator, &tallies)? {
                None => None,
                Some(ratio) => {
                    let overflow = || FigureError::Overflow { indicator: indicator.key.clone() };
                    Some(ratio.to_decimal().ok_or_else(overflow)?)
                }
            };
            let held = request.by.iter().cloned().zip(values.iter().cloned());
            let id = FigureId {
                indicator: indicator.key.clone(),
                period: request.period,
                as_of: *as_of,
                scope: request.scope.iter().cloned().chain(held).collect(),
                snapshot,
            };
            Ok(Figure {
                id,
                value,
                unit: indicator.unit.clone(),
                decimals: indicator.decimals,
                rows: tallies.iter().map(|(_, tally, _)| tally.rows).sum(),
                pending: tallies.iter().map(|(_, tally, _)| tally.pending).sum(),
            })
        })
        .collect()
}

/// The exact value of an indicator, in its unit.
fn value(
    inner: &Inner,
    indicator: &Indicator,
    tallies: &[(&str, Tally, u32)],
) -> Result<Option<Ratio>, FigureError> {
    match &indicator.definition {
        Definition::Rows { sum, amount_unit, .. } => {
            let Some((_, tally, scale)) = tallies.iter().find(|(key, ..)| *key == indicator.key) else {
                return Err(FigureError::Engine("a part was lost".to_owned()));
            };
            let Some(value) = tally.value(*sum, *scale) else { return Ok(None) };
            match amount_unit {
                Some(from) if *from != indicator.unit && *sum != Sum::Count => {
                    let unit = || FigureError::Unit {
                        indicator: indicator.key.clone(),
                        from: from.clone(),
                        to: indicator.unit.clone(),
                    };
                    convert(&value, from, &indicator.unit).ok_or_else(unit).map(Some)
                }
                _ => Ok(Some(value)),
            }
        }
        Definition::Formula(formula) => {
            let mut names = Vec::new();
            formula::indicators(formula, &mut names);
            let mut values = BTreeMap::new();
            for name in names {
                if !values.contains_key(name) {
                    values.insert(name, value(inner, inner.indicator(name)?, tallies)?);
                }
            }
            Ok(formula::value(formula, &|name| values.get(name).cloned().flatten()))
        }
    }
}

/// Converts exactly where one of the two units is a decimal number of the other (1 亩 is 2000/3 平方米,
/// but 1 平方米 is 0.0015 亩).
pub(crate) fn convert(value: &Ratio, from: &str, to: &str) -> Option<Ratio> {
    let (from, to) = (Unit::parse(from)?, Unit::parse(to)?);
    let one = rust_decimal::Decimal::ONE;
    let factor = quantity::convert(one, &from, &to)?;
    let inverse = quantity::convert(one, &to, &from)?;
    // What ends before the 28th digit is exact.
    let ends = |number: rust_decimal::Decimal| number.normalize().mantissa().unsigned_abs() < 10_u128.pow(20);
    if !ends(factor) && ends(inverse) {
        return value.divide(&Ratio::of(inverse));
    }
    Some(value.multiply(&Ratio::of(factor)))
}
