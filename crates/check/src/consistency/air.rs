//! Days by air quality: 优 and 良 are 优良, all levels are the days of the period, and the share of 优良 follows.

use message::text;
use quantity::read::{CalendarDate, Kind};
use rust_decimal::Decimal;

use super::reading::{Reading, Sentence};
use super::span::{Span, is_exact, is_percent, percent};
use super::words::{has, noun};
use super::{Place, Relation, Rule};

/// The levels of the air quality index, and the sums of them that texts tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Excellent,
    Good,
    /// 优良, 达标.
    Fine,
    Light,
    Moderate,
    Heavy,
    /// 重度及以上.
    HeavyAndWorse,
    Severe,
}

/// The level that a label names, if it names one: 优 of `其中优`, 优良 of `空气质量优良天数比例`.
pub(super) fn level(label: &str) -> Option<Level> {
    let mut rest = noun(label);
    if has(rest, &["无", "非", "较", "同比", "累计", "连续", "平均", "合计"]) {
        return None;
    }
    while let Some(shorter) =
        ["天数", "天气", "日数", "比例", "占比", "率", "的", "级别", "级", "占", "以上", "空气"]
            .iter()
            .find_map(|tail| rest.strip_suffix(tail))
    {
        // 良好以上 and 二级以上 are their own matter; only 优良率 and the like come here.
        rest = noun(shorter);
    }
    let ends = |words: &[&str]| words.iter().any(|word| rest.ends_with(word));
    if ends(&["优良", "达标", "优和良", "优、良"]) {
        Some(Level::Fine)
    } else if ends(&["优", "优质"]) {
        Some(Level::Excellent)
    } else if ends(&["良"]) && !ends(&["改良", "不良"]) {
        Some(Level::Good)
    } else if ends(&["轻度污染", "轻度"]) {
        Some(Level::Light)
    } else if ends(&["中度污染", "中度"]) {
        Some(Level::Moderate)
    } else if ends(&["重度及以上污染", "重度及以上", "重污染"]) {
        Some(Level::HeavyAndWorse)
    } else if ends(&["重度污染", "重度"]) {
        Some(Level::Heavy)
    } else if ends(&["严重污染"]) {
        Some(Level::Severe)
    } else {
        None
    }
}

pub(super) fn find(reading: &Reading<'_>, out: &mut Vec<Relation>) {
    for sentence in reading.sentences().filter(|sentence| !sentence.in_table()) {
        let Some(days) = Days::of(sentence) else { continue };
        out.extend(days.fine());
        out.extend(days.all());
        for item in 0..sentence.len() {
            out.extend(days.rate(item));
        }
    }
    dates(reading, out);
}

/// The days by level that one sentence tells, each level once.
struct Days<'r> {
    sentence: Sentence<'r>,
    levels: Vec<(Level, usize)>,
    /// The days of the period, at least and at most: a year not named has 365 or 366.
    period: (u16, u16),
}

impl<'r> Days<'r> {
    fn of(sentence: Sentence<'r>) -> Option<Self> {
        let mut levels: Vec<(Level, usize)> = Vec::new();
        for item in 0..sentence.len() {
            let quantity = sentence.quantity(item);
            if !matches!(quantity.unit.as_str(), "天" | "日") || !is_exact(quantity) {
                continue;
            }
            let Some(level) = level(sentence.label(item)) else { continue };
            if levels.iter().any(|(other, _)| *other == level) {
                // Two periods or two places in one sentence.
                return None;
            }
            levels.push((level, item));
        }
        let (_, first) = levels.first()?;
        let period = period(sentence, *first)?;
        Some(Self { sentence, levels, period })
    }

    fn item(&self, level: Level) -> Option<usize> {
        self.levels.iter().find(|(other, _)| *other == level).map(|(_, item)| *item)
    }

    fn has(&self, level: Level) -> bool {
        self.item(level).is_some()
    }

    fn value(&self, item: usize) -> Decimal {
        self.sentence.quantity(item).number.single().unwrap_or_default()
    }

    /// 优 + 良 = 优良
    fn fine(&self) -> Option<Relation> {
        let (fine, excellent, good) =
            (self.item(Level::Fine)?, self.item(Level::Excellent)?, self.item(Level::Good)?);
        let sum = self.value(excellent).checked_add(self.value(good))?;
        let holds = sum == self.value(fine);
        let (a, b) = (self.sentence.surface(excellent), self.sentence.surface(good));
        let (expected, found) = (format!("{}天", sum.normalize()), self.sentence.surface(fine).to_owned());
        let sign = super::span::sign(holds, &expected, &found);
        Some(Relation {
            rule: Rule::PartsSum,
            places: self.sentence.places(&[fine, excellent, good]),
            holds,
            equality: true,
            explanation: text!(
                "优良天数为优与良之和：{a} + {b} = {expected} {sign} {found}",
                "days of excellent and good air: {a} + {b} = {expected} {sign} {found}"
            ),
            expected,
            found,
        })
    }

    /// The levels that are no sum of others.
    fn disjoint(&self) -> Vec<usize> {
        let both = self.has(Level::Excellent) && self.has(Level::Good);
        let severe = self.has(Level::HeavyAndWorse);
        self.levels
            .iter()
            .filter(|(level, _)| match level {
                Level::Fine => !both,
                Level::Excellent | Level::Good => both,
                Level::Heavy | Level::Severe => !severe,
                _ => true,
            })
            .map(|(_, item)| *item)
            .collect()
    }

    fn listed(&self) -> Option<Decimal> {
        self.disjoint().iter().try_fold(Decimal::ZERO, |sum, item| sum.checked_add(self.value(*item)))
    }

    /// All levels together are at most the period's days.
    fn all(&self) -> Option<Relation> {
        let items = self.disjoint();
        let sum = self.listed()?;
        let most = Decimal::from(self.period.1);
        let holds = sum <= most;
        // Far more days than a year has are those of several cities.
        if sum > most.checked_mul(Decimal::TWO)? {
            return None;
        }
        let terms: Vec<&str> = items.iter().map(|item| self.sentence.surface(*item)).collect();
        let terms = terms.join(" + ");
        let found = format!("{}天", sum.normalize());
        let sign = if holds { "≤" } else { ">" };
        let total = if items.len() > 1 { format!("{terms} = {found}") } else { terms };
        Some(Relation {
            rule: Rule::Days,
            places: self.sentence.places(&items),
            holds,
            equality: false,
            expected: format!("≤ {most}天"),
            explanation: text!(
                "这一时期至多{most}天：{total} {sign} {most}天",
                "the period has at most {most} days: {total} {sign} {most}"
            ),
            found,
        })
    }

    /// 优良率 = 优良 ÷ days with a valid measurement.
    fn rate(&self, item: usize) -> Option<Relation> {
        let sentence = self.sentence;
        let share = sentence.quantity(item);
        if !is_percent(share) || !is_exact(share) || matches!(share.kind, Kind::Change(_)) {
            return None;
        }
        let label = sentence.label(item);
        let fine = self.item(Level::Fine)?;
        if level(label) != Some(Level::Fine) || !has(label, &["率", "比例", "占比"]) || item <= fine {
            return None;
        }
        // A rate with a period, place or species of its own is of other days.
        let own_period =
            self.sentence.year(fine) != sentence.year(item) || sentence.dates_before(item).next().is_some();
        let strange = &["月", "季度", "断面", "水质", "目标", "平均", "同比", "全国", "全省", "区", "县"];
        if own_period || has(sentence.before(item), strange) {
            return None;
        }
        let days = self.value(fine);
        let stated = share.number.single()?;
        let (least, most) = self.period;
        let listed = self.listed()?;
        // Up to ten days of a year may lack a valid measurement; if the levels are listed, as many are valid as listed.
        let listed_all = self.has(Level::Light) && self.has(Level::Moderate);
        let low = if listed_all {
            listed
        } else {
            Decimal::from(least.saturating_sub(if most > 300 { 10 } else { 2 }))
        };
        let mut valid = low.max(days);
        let mut holds = false;
        while valid <= Decimal::from(most) {
            let computed = days.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(valid)?;
            holds |= Span::point(computed).meets(Span::of(share)?);
            valid += Decimal::ONE;
        }
        let whole = if listed_all && listed <= Decimal::from(most) { listed } else { Decimal::from(least) };
        let computed = days.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)?;
        if !holds && (computed - stated).abs() > Decimal::from(40) {
            return None;
        }
        let expected = percent(computed, share.step);
        let (numerator, found) = (self.sentence.surface(fine), sentence.surface(item).to_owned());
        let sign = super::span::sign(holds, &expected, &found);
        Some(Relation {
            rule: Rule::Share,
            places: vec![sentence.place(item), self.sentence.place(fine)],
            holds,
            equality: true,
            explanation: text!(
                "优良率：{numerator} ÷ {whole}天 = {expected} {sign} {found}",
                "the share of good days: {numerator} ÷ {whole} days = {expected} {sign} {found}"
            ),
            expected,
            found,
        })
    }
}

/// The days of the period that governs an item, at least and at most; `None` for several months or days.
fn period(sentence: Sentence<'_>, item: usize) -> Option<(u16, u16)> {
    let lead = sentence.lead(item, 240);
    let lead = sentence.own(lead);
    let several = has(
        lead,
        &[
            "季度",
            "上半年",
            "下半年",
            "~",
            "至今",
            "以来",
            "截至",
            "累计",
            "个城市",
            "十三五",
            "十四五",
            "个月",
            "月份",
            "五年",
            "三年",
        ],
    );
    match sentence.date(item).map(|(_, date)| date) {
        Some(CalendarDate { year, month: Some(month), day: None }) => {
            let days = days_of_month(year, month)?;
            // A range of months ends with the same words as a month.
            (!several && !has(lead, &["前", "-", "至", "到", "、"])).then_some((days, days))
        }
        Some(CalendarDate { month: Some(_), .. }) => Some((if several { 1 } else { 365 }, 366)),
        Some(CalendarDate { year: Some(year), .. }) => {
            let days = if is_leap(year) { 366 } else { 365 };
            Some((if several { 1 } else { days }, days))
        }
        _ => Some((if several { 1 } else { 365 }, 366)),
    }
}

fn is_leap(year: i16) -> bool {
    jiff::civil::Date::new(year, 1, 1).is_ok_and(|date| date.in_leap_year())
}

fn days_of_month(year: Option<i16>, month: i8) -> Option<u16> {
    let date = jiff::civil::Date::new(year.unwrap_or(2024), month, 1).ok()?;
    u16::try_from(date.days_in_month()).ok()
}

/// Days that no calendar has: 2月30日.
fn dates(reading: &Reading<'_>, out: &mut Vec<Relation>) {
    for (index, quantity) in reading.found.iter().enumerate() {
        let Kind::Date(CalendarDate { year, month: Some(month), day: Some(day) }) = quantity.kind else {
            continue;
        };
        let Some(days) = days_of_month(year, month) else { continue };
        if u16::try_from(day).is_ok_and(|day| day >= 1 && day <= days) {
            continue;
        }
        let found = quantity.surface(reading.text).to_owned();
        out.push(Relation {
            rule: Rule::Days,
            places: vec![Place { bytes: quantity.bytes.clone(), quantity: Some(index) }],
            holds: false,
            equality: false,
            expected: format!("≤ {days}日"),
            explanation: text!(
                "{month}月只有{days}天，没有{found}",
                "month {month} has {days} days: there is no {found}"
            ),
            found,
        });
    }
}
