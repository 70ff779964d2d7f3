//! What a text claims: each quantity, phrase or tag, and the figure that it speaks of.

use std::ops::Range;

use figure::{FigureId, Period};
use jiff::civil::Date;
use quantity::read::{Kind, Quantity};
use rust_decimal::Decimal;

use crate::circumstances::About;
use crate::lexicon::Lexicon;
use crate::reason::Reason;
use crate::sentence::{Sentence, sentences};
use crate::verdict::factor;
use crate::wording::{FILLERS, Fit, Places, Wordings, made_of};
use crate::{Tagged, Text, rank, scope, when};

/// Something that a text claims.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    /// Its place, in characters of the text.
    pub chars: Range<usize>,
    pub what: What,
    pub subject: Subject,
    pub period: Period,
    pub scope: Vec<(String, String)>,
    /// A word that may narrow the claim down in a way that nobody here understands: then it can be supported, but
    /// not contradicted.
    pub doubt: Option<&'static str>,
}

/// The form of a claim.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// A quantity, by its index: the figure is so much.
    Level(usize),
    /// It was so much before it changed.
    From(usize),
    /// It changed by so much since a period; the period is the one before where none is named.
    Change { quantity: usize, since: Period, named: bool },
    /// It meets the limit of a statement of its indicator.
    Statement(usize),
    /// It is first, largest, …
    Rank,
    /// The figure that the document itself names, and what stands there now.
    Tagged { id: Box<FigureId>, shown: Shown },
}

/// What stands at a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// A quantity, by its index.
    Quantity(usize),
    /// A number without a unit, as in a table whose heading has it; and one unit of its last place.
    Bare(Decimal, Decimal),
    /// A dash: there is no value.
    Nothing,
    /// Something else.
    Other,
}

/// Whom a claim is about.
#[derive(Clone, Debug)]
pub(crate) enum Subject {
    /// An indicator by a wording of its.
    Indicator { indicator: usize, wording: Option<usize> },
    /// An indicator whose numbers have another unit.
    WrongUnit { indicator: usize },
    /// Several indicators alike.
    Ambiguous(Vec<usize>),
    /// None, and why.
    None(Reason),
}

/// Finds what a text claims.
pub(crate) fn claims(text: &Text<'_>, found: &[Quantity], lexicon: &Lexicon, default: Period) -> Vec<Claim> {
    let wordings = Wordings::new(lexicon);
    let mut claims = Vec::new();
    // 东林区大力推进绿化。建成各类公园48个: what a sentence is about goes on to the end of its paragraph.
    let (mut paragraph, mut carried, mut ahead) = (0, false, false);
    for sentence in sentences(text.text, found) {
        if sentence.paragraph != paragraph {
            (paragraph, carried) = (sentence.paragraph, false);
        }
        let before = claims.len();
        let places = wordings.places(&sentence);
        let linker = Linker {
            text: text.text,
            found,
            lexicon,
            default,
            wordings: &wordings,
            sentence: &sentence,
            places,
        };
        linker.sentence(&mut claims);
        carried = match scope::whose(&sentence, lexicon) {
            Some(whose) => whose == scope::Whose::Another,
            None => carried,
        };
        // 三、下一步计划 is the heading of all that follows, until the next heading.
        if let Some(heading) = heading(&sentence, found) {
            ahead = heading;
        }
        if carried || ahead {
            claims[before..].iter_mut().for_each(|claim| claim.doubt = claim.doubt.or(Some("前文所指")));
        }
    }
    let mut tags = identities(text.text, found);
    tags.retain(|one| {
        !text.tags.iter().any(|tag| tag.bytes.start < one.bytes.end && one.bytes.start < tag.bytes.end)
    });
    tags.extend(text.tags.iter().cloned());
    tags.sort_by_key(|tag| tag.bytes.start);
    tag(&mut claims, text.text, &tags, found);
    claims.sort_by_key(|claim| (claim.chars.start, claim.chars.end));
    claims
}

/// Of a short sentence without a number: whether it says that what follows is of a time to come, or of a part of the
/// year; none if it is no heading.
fn heading(sentence: &Sentence, found: &[Quantity]) -> Option<bool> {
    let counts = found[sentence.quantities.clone()].iter().any(Quantity::counts);
    if counts || sentence.text.len() > 25 {
        return None;
    }
    let words: String = sentence.text.iter().collect();
    let other = OTHER_TIMES.iter().any(|word| words.contains(word));
    let numbered = matches!(sentence.text.get(1), Some('、')) || words.starts_with('(');
    (other || numbered).then_some(other)
}

/// Words of a heading under which nothing speaks of the whole period.
const OTHER_TIMES: &[&str] = &["下一步", "打算", "明年", "工作计划", "上半年", "季度", "今后"];

/// What is needed to link the quantities of one sentence.
struct Linker<'a> {
    text: &'a str,
    found: &'a [Quantity],
    lexicon: &'a Lexicon,
    default: Period,
    wordings: &'a Wordings,
    sentence: &'a Sentence,
    places: Places,
}

impl Linker<'_> {
    fn sentence(&self, claims: &mut Vec<Claim>) {
        let first = claims.len();
        for at in self.sentence.quantities.clone() {
            if let Some(claim) = self.quantity(at, &claims[first..]) {
                claims.push(claim);
            }
        }
        // Of 由580余个缩减为188个 the first says what the second's indicator was.
        for at in (first..claims.len().saturating_sub(1)).rev() {
            let linked = matches!(claims[at + 1].subject, Subject::Indicator { .. });
            if linked && let (What::From(_), What::Level(_)) = (&claims[at].what, &claims[at + 1].what) {
                claims[at].subject = claims[at + 1].subject.clone();
                claims[at].scope = claims[at + 1].scope.clone();
            }
        }
        for said in self.wordings.said(self.sentence, &self.places) {
            let chars = self.sentence.outer(said.stretch.start)..self.sentence.outer_end(said.stretch.end);
            let subject = Subject::Indicator { indicator: said.indicator, wording: None };
            claims.push(self.claim(chars, What::Statement(said.statement), subject));
        }
        for stretch in rank::superlatives(self.sentence) {
            let chars = self.sentence.outer(stretch.start)..self.sentence.outer_end(stretch.end);
            claims.retain(|claim| {
                !matches!(claim.what, What::Rank)
                    || claim.chars.end <= chars.start
                    || claim.chars.start >= chars.end
            });
            claims.push(self.claim(chars, What::Rank, Subject::None(Reason::Rank)));
        }
    }

    /// The claim of a quantity; none for dates and for names that no wording knows.
    fn quantity(&self, at: usize, earlier: &[Claim]) -> Option<Claim> {
        let quantity = &self.found[at];
        let chars = quantity.chars.clone();
        match quantity.kind {
            Kind::Date(_) => None,
            Kind::Rank => Some(self.claim(chars, What::Rank, Subject::None(Reason::Rank))),
            Kind::Change(_) => Some(self.change(at, earlier)),
            Kind::Name => match self.subject(at) {
                subject @ Subject::Indicator { .. } => Some(self.claim(chars, What::Level(at), subject)),
                _ => None,
            },
            Kind::From => Some(self.claim(chars, What::From(at), self.subject(at))),
            Kind::Level | Kind::To | Kind::Share => {
                Some(self.claim(chars, What::Level(at), self.subject(at)))
            }
        }
    }

    fn claim(&self, chars: Range<usize>, what: What, subject: Subject) -> Claim {
        let flow = matches!(subject, Subject::Indicator { indicator, .. } if self.lexicon.indicators[indicator].flow);
        let period = when::period(self.sentence, self.found, &chars, self.text, self.default, flow);
        let told = period.unwrap_or(self.default);
        let mut claim = Claim { chars, what, subject, period: told, scope: Vec::new(), doubt: None };
        if let Subject::Indicator { indicator, wording } = claim.subject {
            let indicator = &self.lexicon.indicators[indicator];
            let about = About { sentence: self.sentence, found: self.found, lexicon: self.lexicon };
            match about.circumstances(&claim.chars, indicator, wording) {
                Ok(circumstances) => (claim.scope, claim.doubt) = (circumstances.scope, circumstances.doubt),
                Err(reason) => claim.subject = Subject::None(reason),
            }
            // 2017年完成5家 may be what was done in that year, of an indicator that counts all of them.
            if !indicator.flow && told != self.default && claim.doubt.is_none() {
                let clause = self.sentence.clause_start(self.sentence.inner(claim.chars.start));
                let words: String =
                    self.sentence.text[clause..self.sentence.inner(claim.chars.start)].iter().collect();
                claim.doubt = words.contains("完成").then_some("完成");
            }
            if period.is_none() {
                claim.subject = Subject::None(Reason::SeveralPeriods);
            }
        }
        claim
    }

    /// Whom a quantity is about.
    fn subject(&self, at: usize) -> Subject {
        let quantity = &self.found[at];
        if self.respectively(at) {
            return Subject::None(Reason::Respectively);
        }
        let fits = self.wordings.fits(self.sentence, &self.places, self.found, at);
        let measures = |fit: &&Fit| {
            let indicator = &self.lexicon.indicators[fit.indicator];
            // A number inside a name is meant only where the wording says the name: 九城, but not 百里 for 公里.
            let named = quantity.kind != Kind::Name
                || indicator.wordings[fit.wording].unit.as_deref().unwrap_or_default() == quantity.unit;
            named && factor(indicator, Some(fit.wording), quantity).is_some()
        };
        let (right, wrong): (Vec<&Fit>, Vec<&Fit>) = fits.iter().partition(measures);
        match right[..] {
            [] => match wrong[..] {
                [first, ..] if first.close && self.contradicts_unit(first.indicator, quantity) => {
                    Subject::WrongUnit { indicator: first.indicator }
                }
                _ => Subject::None(Reason::NoIndicator),
            },
            [first, second, ..] if second.score == first.score => {
                let alike = right.iter().take_while(|fit| fit.score == first.score);
                Subject::Ambiguous(alike.map(|fit| fit.indicator).collect())
            }
            [first, ..] => Subject::Indicator { indicator: first.indicator, wording: Some(first.wording) },
        }
    }

    /// PM10、NO2分别为57、36: one of several numbers that belong to several names.
    fn respectively(&self, at: usize) -> bool {
        let one = &self.found[at];
        let start = self.sentence.inner(one.chars.start);
        let listed = |first: usize, second: usize| {
            let range = &self.sentence.quantities;
            range.contains(&first)
                && range.contains(&second)
                && self.found[first].counts()
                && self.found[second].counts()
                && self.found[first].chars.end + 1 == self.found[second].chars.start
        };
        let words: String = self.sentence.text[self.sentence.clause_start(start)..start].iter().collect();
        (listed(at, at + 1) || at > 0 && listed(at - 1, at)) && words.contains("分别")
    }

    /// Whether a unit says that the number cannot be the indicator's: another measure, not another measure word.
    fn contradicts_unit(&self, indicator: usize, quantity: &Quantity) -> bool {
        let known = quantity::Unit::parse(&self.lexicon.indicators[indicator].unit);
        let (Some(known), Some(found)) = (known, quantity.measure()) else { return false };
        let ratio = matches!(quantity.unit.as_str(), "%" | "倍" | "成" | "个百分点" | "");
        // Of things that are counted a text may tell another measure too: 面积527公顷的江滩公园.
        !ratio && !known.is_count() && known.dimension() != found.dimension()
    }

    /// A claim of a change: of the indicator named before it, or of the quantity before it.
    fn change(&self, at: usize, earlier: &[Claim]) -> Claim {
        let quantity = &self.found[at];
        let stretch = self.sentence.stretch(quantity);
        let chars = quantity.chars.clone();
        let unlinked = Subject::None(Reason::Change);
        let mut claim = self.claim(chars, What::Level(at), unlinked);
        // 332天（优130天、良202天），同比增加6天 is about the 332: what stands in brackets is passed over.
        let candidates = earlier.iter().rev().filter(|one| one.chars.end <= quantity.chars.start);
        let outside = candidates.filter_map(|one| {
            let between = &self.sentence.text[self.sentence.inner(one.chars.end)..stretch.start];
            Some((one, without_brackets(between)?))
        });
        let Some((before, between)) = outside.into_iter().next() else { return claim };
        let about_it = made_of(&between, &[FILLERS, COMPARED]);
        let (What::Level(_) | What::Change { .. }, true) = (&before.what, about_it) else { return claim };
        // 由590个减少到188个，下降68.1%: the text itself says since when; its own arithmetic is checked without a book.
        let told = |one: &Claim| matches!(one.what, What::From(_)) && one.chars.end <= before.chars.start;
        if matches!(before.what, What::Level(index) if self.found[index].kind == Kind::To)
            && earlier.iter().any(told)
        {
            claim.subject = Subject::None(Reason::OwnNumbers);
            return claim;
        }
        let words: String = between.iter().collect();
        let year = |word: &str| words.split(word).nth(1).and_then(|rest| rest.get(..4)?.parse::<i16>().ok());
        let named_year =
            ["比", "较"].iter().find_map(|word| year(word)).filter(|year| (1900..2200).contains(year));
        let since = match (named_year, before.period) {
            (Some(year), Period::Year(_)) => Period::Year(year),
            (Some(year), Period::Month(_, month)) => Period::Month(year, month),
            (_, Period::Month(year, month)) if words.contains("同比") => Period::Month(year - 1, month),
            (_, period) => period.previous(),
        };
        let named = named_year.is_some() || ["同比", "上年", "去年"].iter().any(|word| words.contains(word));
        claim.period = before.period;
        claim.scope.clone_from(&before.scope);
        claim.what = What::Change { quantity: at, since, named };
        claim.subject = before.subject.clone();
        claim
    }
}

/// Words between a level and its change.
const COMPARED: &[&str] = &[
    ",",
    "，",
    "、",
    ":",
    ")",
    "同比",
    "环比",
    "比",
    "较",
    "与",
    "上年",
    "去年",
    "同期",
    "上年同期",
    "去年同期",
    "相比",
    "增长",
    "增加",
    "上升",
    "提高",
    "提升",
    "减少",
    "下降",
    "降低",
    "回落",
    "缩减",
    "净增",
    "净增加",
    "增",
    "减",
    "降",
    "升",
    "并",
    "且",
    "其中",
];

/// A text without what stands in brackets; none if it leaves brackets that it did not enter.
fn without_brackets(text: &[char]) -> Option<Vec<char>> {
    let (mut depth, mut outside) = (0_usize, Vec::new());
    for &character in text {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            _ if depth == 0 => outside.push(character),
            _ => {}
        }
    }
    Some(outside)
}

/// The figures whose identity is written beside them, as in the list at the end of our reports: a line with one
/// identity and one quantity.
fn identities(text: &str, found: &[Quantity]) -> Vec<Tagged> {
    let (mut tags, mut start, mut next) = (Vec::new(), 0, 0);
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let first = next;
        next += found[first..].partition_point(|one| one.bytes.start < end);
        // Cheaper than parsing: every identity has both signs.
        if line.contains('/') && line.contains('.') {
            let named: Vec<(usize, &str)> = line
                .split_whitespace()
                .filter(|word| word.parse::<FigureId>().is_ok())
                .map(|word| (start + word.as_ptr() as usize - line.as_ptr() as usize, word))
                .collect();
            if let [(at, figure)] = named[..] {
                let outside =
                    |one: &&Quantity| one.counts() && !(at..at + figure.len()).contains(&one.bytes.start);
                let quantities: Vec<&Quantity> = found[first..next].iter().filter(outside).collect();
                if let [one] = quantities[..] {
                    tags.push(Tagged { bytes: one.bytes.clone(), figure: figure.to_owned() });
                }
            }
        }
        start = end;
    }
    tags
}

/// Puts the figures that the document names in the place of what the words seem to say.
fn tag(claims: &mut Vec<Claim>, text: &str, tags: &[Tagged], found: &[Quantity]) {
    if tags.is_empty() {
        return;
    }
    // Bytes to characters in one walk.
    let mut starts = text.char_indices().map(|(start, _)| start);
    let (mut character, mut byte) = (0, starts.next());
    for tagged in tags {
        let mut place = |wanted: usize| {
            while byte.is_some_and(|byte| byte < wanted) {
                byte = starts.next();
                character += 1;
            }
            character
        };
        let chars = place(tagged.bytes.start)..place(tagged.bytes.end);
        let Ok(id) = tagged.figure.parse::<FigureId>() else { continue };
        let first = found.partition_point(|one| one.chars.end <= chars.start);
        let inside = found[first..].iter().take_while(|one| one.chars.start < chars.end);
        let quantity = inside
            .enumerate()
            .find(|(_, one)| one.counts() || one.kind == Kind::Name)
            .map(|(index, _)| first + index);
        let place = quantity.map_or(chars.clone(), |index| found[index].chars.clone());
        let shown = quantity.map_or_else(|| bare(&text[tagged.bytes.clone()]), Shown::Quantity);
        claims.retain(|claim| {
            !(matches!(claim.what, What::Level(_) | What::From(_) | What::Change { .. })
                && claim.chars == place)
        });
        claims.push(Claim {
            chars: place,
            period: id.period,
            scope: id.scope.clone(),
            doubt: None,
            what: What::Tagged { id: Box::new(id), shown },
            subject: Subject::None(Reason::NoIndicator),
        });
    }
}

/// What a text without quantities shows: `1 210.5`, `—`.
fn bare(text: &str) -> Shown {
    let plain: String =
        quantity::read::plain(text).into_iter().filter(|one| !matches!(one, ' ' | ',')).collect();
    if matches!(plain.as_str(), "—" | "-" | "–" | "") {
        return Shown::Nothing;
    }
    match plain.replace('−', "-").parse::<Decimal>() {
        Ok(number) => Shown::Bare(number, Decimal::new(1, number.scale())),
        Err(_) => Shown::Other,
    }
}

/// The date that a stock's claim speaks of.
pub(crate) fn as_of(period: Period, limit: Option<Date>) -> Option<Date> {
    limit.filter(|limit| *limit < period.last() && *limit >= period.first())
}
