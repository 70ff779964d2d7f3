//! How wordings are divided: `动员{n}家市直单位…先锋队`.
//!
//! A wording is literal words; `…` stands for a gap, anything within the sentence, even nothing; `{n}` is the
//! number. What follows `{n}` begins with the unit, the longest name of one that goes with the indicator's, and
//! goes on with words:
//!
//! ```text
//! 动员        {n}   家     市直单位  …  先锋队
//! before[0]         unit  after[0]     after[1]
//! adjacent_before         adjacent_after
//! ```
//!
//! Reading never fails: what a wording lacks shows in its parts, and the pack's compiler makes faults of it. What may stand
//! between a number and the word it is adjacent to (近, 超, 突破, 共) is the matter of whoever reads texts.

use rust_decimal::Decimal;

use crate::unit::{Base, Unit, convert};

/// Where the number stands in a wording.
pub const NUMBER: &str = "{n}";

/// Anything within the sentence.
pub const GAP: char = '…';

/// A wording of an indicator, divided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadPattern {
    /// The words before the number, in order; between them are gaps.
    pub before: Vec<String>,
    /// Whether the last of them stands directly before the number. Without such words there is nothing to be
    /// adjacent to: `false`.
    pub adjacent_before: bool,
    /// The unit as the wording writes it, `家`; none if what follows the number names no unit.
    pub unit: Option<String>,
    /// The words after the unit, in order; between them are gaps.
    pub after: Vec<String>,
    /// Whether the first of them stands directly after the unit; `false` without such words.
    pub adjacent_after: bool,
}

impl ReadPattern {
    /// Divides a wording of an indicator in this unit. A wording without `{n}` is all words before it; of two
    /// `{n}` the second is a word.
    pub fn of(wording: &str, indicator_unit: &str) -> Self {
        let (left, right) = wording.split_once(NUMBER).unwrap_or((wording, ""));
        let before = words(left);
        let (unit, rest) = split_unit(right, indicator_unit);
        let after = words(rest);
        Self {
            adjacent_before: !before.is_empty() && !left.trim_end().ends_with(GAP),
            before,
            unit: unit.map(str::to_owned),
            adjacent_after: !after.is_empty() && !rest.trim_start().starts_with(GAP),
            after,
        }
    }

    /// A value that a text states in `found` (a unit's name, empty for a bare number), in the indicator's unit as
    /// this wording means it; `None` if the text speaks of something else.
    ///
    /// The unit found must measure what the wording's does: `公里` is read in 米 too. From there to the indicator:
    ///
    /// - what can be converted is converted;
    /// - measure words stand for each other where the wording says so: `{n}城` of an indicator in 个;
    /// - of a ratio the words may say the denominator: `人均…{n}平方米` of one in 平方米/人.
    pub fn value_in(&self, value: Decimal, found: &str, indicator_unit: &str) -> Option<Decimal> {
        let of = Unit::parse(indicator_unit);
        let Some(written) = &self.unit else {
            return if found.is_empty() { Some(value) } else { convert(value, &Unit::parse(found)?, &of?) };
        };
        let (Some(written), Some(of)) = (Unit::parse(written), of) else {
            // A unit that nobody knows is at least itself.
            return (found == indicator_unit).then_some(value);
        };
        let value = convert(value, &Unit::parse(found)?, &written)?;
        match Meeting::of(&written, &of)? {
            Meeting::Same => convert(value, &written, &of),
            Meeting::Numerator(over) => convert(value, &written, &over),
            // 3万城 are 30,000个.
            Meeting::Counters => value.checked_mul(written.multiplier())?.checked_div(of.multiplier()),
        }
    }

    /// Whether the wording's unit goes with the indicator's.
    pub fn fits(&self, indicator_unit: &str) -> bool {
        self.unit.as_deref().is_some_and(|unit| units_fit(unit, indicator_unit))
    }
}

/// The words of a text, divided by gaps; blanks around them do not count.
pub fn words(text: &str) -> Vec<String> {
    text.split(GAP).map(str::trim).filter(|words| !words.is_empty()).map(str::to_owned).collect()
}

/// How a wording's unit meets an indicator's.
enum Meeting {
    Same,
    Counters,
    /// It measures what stands before the `/`.
    Numerator(Unit),
}

impl Meeting {
    fn of(written: &Unit, indicator: &Unit) -> Option<Self> {
        if written.converts_to(indicator) {
            return Some(Self::Same);
        }
        if counts_things(written) && counts_things(indicator) {
            return Some(Self::Counters);
        }
        let whole = indicator.to_string();
        let over = Unit::parse(whole.split_once('/')?.0)?;
        written.converts_to(&over).then_some(Self::Numerator(over))
    }
}

/// 个, 家, 处 …: one thing may be counted by several. People are not things, and 人次 are not people.
fn counts_things(unit: &Unit) -> bool {
    let mut bases = unit.dimension().bases();
    let first = bases.next();
    bases.next().is_none() && matches!(first, Some((Base::Count(word), 1)) if !matches!(*word, "人" | "人次"))
}

fn units_fit(written: &str, indicator: &str) -> bool {
    match (Unit::parse(written), Unit::parse(indicator)) {
        (Some(written), Some(indicator)) => Meeting::of(&written, &indicator).is_some(),
        _ => written == indicator,
    }
}

/// The longest beginning that is a unit: one that goes with the indicator's if there is any.
fn split_unit<'a>(text: &'a str, indicator_unit: &str) -> (Option<&'a str>, &'a str) {
    let text = text.trim_start();
    let end = text.find(GAP).unwrap_or(text.len());
    let beginnings = || {
        let ends = text[..end].char_indices().map(|(at, c)| at + c.len_utf8()).take(LONGEST_UNIT);
        ends.map(|end| text.split_at(end)).collect::<Vec<_>>().into_iter().rev()
    };
    let is_unit = |unit: &str| unit == indicator_unit || Unit::parse(unit).is_some();
    let found = beginnings()
        .find(|(unit, _)| is_unit(unit) && units_fit(unit, indicator_unit))
        .or_else(|| beginnings().find(|(unit, _)| is_unit(unit)));
    found.map_or((None, text), |(unit, rest)| (Some(unit), rest))
}

/// In characters: the longest that anybody writes has eight (`立方米/平方公里`), and a wording may be a page.
const LONGEST_UNIT: usize = 24;

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::ReadPattern;

    /// `码头 … 缩减为+{n}+个 | …`: `+` where nothing stands between, `…` where something may.
    fn check(wording: &str, unit: &str, expected: &str) {
        let ReadPattern { before, adjacent_before, unit, after, adjacent_after } =
            ReadPattern::of(wording, unit);
        let joint = |adjacent: bool| if adjacent { "+" } else { "…" };
        let mut shown = before.join("…");
        if !before.is_empty() {
            shown += joint(adjacent_before);
        }
        let _ = write!(shown, "{{n}}<{}>", unit.unwrap_or_default());
        if !after.is_empty() {
            shown += joint(adjacent_after);
        }
        shown += &after.join("…");
        assert_eq!(shown, expected, "{wording}");
    }

    #[test]
    fn a_wording_is_words_number_unit_words() {
        check("码头{n}个", "个", "码头+{n}<个>");
        check("码头…{n}个", "个", "码头…{n}<个>");
        check("码头…缩减为{n}个", "个", "码头…缩减为+{n}<个>");
        check("{n}家沿江化工企业", "家", "{n}<家>+沿江化工企业");
        check("{n}家市直单位…先锋队", "家", "{n}<家>+市直单位…先锋队");
        check("总面积{n}平方米…江滩公园", "平方米", "总面积+{n}<平方米>…江滩公园");
        check("PM2.5年均浓度{n}微克/立方米", "微克/立方米", "PM2.5年均浓度+{n}<微克/立方米>");
        check("…… 码头 …… {n} 个 ……", "个", "码头…{n}<个>");
    }

    #[test]
    fn the_unit_is_the_longest_that_goes_with_the_indicators() {
        check("{n}人次", "人次", "{n}<人次>");
        check("{n}人次", "人", "{n}<人>+次");
        check("造林{n}万亩", "亩", "造林+{n}<万亩>");
        check("{n}城住房公积金", "个", "{n}<城>+住房公积金");
        check("人均公园绿地{n}平方米", "平方米/人", "人均公园绿地+{n}<平方米>");
        check("贡献{n}个百分点", "个", "贡献+{n}<个>+百分点");
        check("贡献{n}个百分点", "百分点", "贡献+{n}<个百分点>");
        check("通电{n}千瓦以上", "户", "通电+{n}<千瓦>+以上");
        check("{n}大活动", "项", "{n}<>+大活动");
        check("{n}尊雕像", "尊", "{n}<尊>+雕像");
    }

    #[test]
    fn what_is_missing_is_missing() {
        check("", "个", "{n}<>");
        check("{n}", "个", "{n}<>");
        check("码头…个", "个", "码头…个+{n}<>");
        check("{n}个{n}个", "个", "{n}<个>+{n}个");
    }

    #[test]
    fn a_value_is_read_in_the_indicators_unit() {
        fn check(wording: &str, of: &str, value: &str, found: &str, expected: Option<&str>) {
            let read = ReadPattern::of(wording, of).value_in(value.parse().expect(value), found, of);
            let shown = read.map(|value| value.normalize().to_string());
            assert_eq!(shown.as_deref(), expected, "{wording}: {value}{found} in {of}");
        }
        check("腾退岸线{n}公里", "公里", "47000", "米", Some("47"));
        check("腾退岸线{n}公里", "公里", "47", "公顷", None);
        check("成交额{n}元", "元", "829.63", "亿元", Some("82963000000"));
        check("PM2.5{n}微克/立方米", "微克/立方米", "0.034", "毫克/立方米", Some("34"));
        check("志愿者{n}名", "名", "200000", "人", Some("200000"));
        check("志愿者{n}名", "名", "200000", "人次", None);
        // The wording says that 城 are counted here, and nothing else is read as it.
        check("{n}城住房公积金", "个", "9", "城", Some("9"));
        check("{n}城住房公积金", "个", "9", "个", None);
        check("{n}万家企业", "个", "3", "万家", Some("30000"));
        check("人均公园绿地{n}平方米", "平方米/人", "15", "平方米", Some("15"));
        check("人均公园绿地{n}平方米", "平方米/人", "15", "公里", None);
        check("万人绿道长度{n}公里", "公里/万人", "1500", "米", Some("1.5"));
        check("关停76个、提升{n}", "个", "27", "", Some("27"));
        check("{n}尊雕像", "尊", "3", "尊", Some("3"));
        check("{n}尊雕像", "尊", "3", "个", None);
    }

    proptest! {
        #[test]
        fn any_wording_is_divided_and_nothing_is_lost(wording in "[码头…{n}个家 万/]{0,16}|.{0,16}") {
            let pattern = ReadPattern::of(&wording, "个");
            let kept: String = pattern.before.iter().chain(&pattern.unit).chain(&pattern.after).cloned().collect();
            let squeeze = |text: &str| text.replace('…', "").split_whitespace().collect::<String>();
            prop_assert_eq!(squeeze(&kept), squeeze(&wording.replacen("{n}", "", 1)));
        }
    }
}
