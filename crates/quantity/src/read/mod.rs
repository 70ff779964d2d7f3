//! Reading: a text in, every quantity of it out.
//!
//! ```text
//! line ──normalise──▶ characters ──number──▶ value, step ──unit──▶ ┐
//!  (simplified, half width,        ──name, date, rank? ────────────┼──▶ items ──lists, ranges──▶ words ──▶ kinds
//!   one for one)                                                   ┘   (5.1、6和3个百分点)     (超, 以上)  (由…为)
//! ```
//!
//! Which numbers are quantities, and where they begin and end, is the annotators' guide: a number with its unit,
//! without the words around it. Calendar dates, ranks and numbers inside names are found too, but told apart by
//! their [`Kind`]: [`read`] leaves them out, [`read_all`] does not.
//!
//! Everything is decided within one line, from characters near by, so the time is linear in the length of the text.

mod calendar;
mod item;
mod kinds;
mod line;
mod lists;
mod names;
mod number;
mod scan;
mod units;
mod words;

use std::ops::Range;

use rust_decimal::Decimal;

use crate::approximation::{Approximation, Comparator};
use crate::unit::Unit;

/// A number with its unit, as it stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// Where it stands, in Unicode characters of the text.
    pub chars: Range<usize>,
    /// Where it stands, in bytes of the text.
    pub bytes: Range<usize>,
    /// The number, its 万 and 亿 multiplied out.
    pub number: Number,
    /// One unit of the last place printed: 1 for `300天`, 100 for `2.14万亩`, 0.1 for `12.5%`.
    pub step: Decimal,
    /// The unit in simplified Chinese and half width, without 万 and 亿: `亩`, `%`, `个百分点`; empty for a bare
    /// fraction or multiple (`三分之一`, `70万妇女`).
    pub unit: String,
    /// The word with the number: 余 of `580余个`, 近 of `近300天`; [`Approximation::Exact`] where there is none.
    pub word: Approximation,
    /// What it says.
    pub kind: Kind,
}

/// The number of a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// One value.
    Single(Decimal),
    /// From one value to another: `10～15个`.
    Range(Decimal, Decimal),
    /// A fraction in words: `三分之一`.
    Fraction(u64, u64),
}

/// What a number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// How much there is: `公园380个`.
    Level,
    /// By how much something changed: `下降12.5%`.
    Change(Change),
    /// What it was: `由580余个`.
    From,
    /// What it became: `缩减为188个`.
    To,
    /// Which part of a whole: `占53.7%`.
    Share,
    /// A place in an order: `第2位`. No quantity.
    Rank,
    /// A day, month or year of the calendar. No quantity.
    Date(CalendarDate),
    /// A number inside a name: `“六个打造”`. No quantity.
    Name,
}

/// The direction of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// 增长, 上升.
    Up,
    /// 下降, 减少.
    Down,
}

/// A date as far as it is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CalendarDate {
    /// The year.
    pub year: Option<i16>,
    /// The month, 1 to 12.
    pub month: Option<i8>,
    /// The day, 1 to 31.
    pub day: Option<i8>,
}

/// Every quantity of a text, in order.
pub fn read(text: &str) -> Vec<Quantity> {
    let mut found = read_all(text);
    found.retain(Quantity::counts);
    found
}

/// The text's characters as the grammar sees them: simplified, half width, each in the place of its original.
pub fn plain(text: &str) -> Vec<char> {
    text.chars().map(line::normal).collect()
}

/// Every quantity, date, rank and number inside a name, in order.
pub fn read_all(text: &str) -> Vec<Quantity> {
    let mut found = Vec::new();
    let mut line = line::Line::new();
    let mut items = Vec::new();
    let (mut characters, mut bytes) = (0, 0);
    for part in text.split_inclusive('\n') {
        if line.fill(part) {
            items.clear();
            scan::scan(&line, &mut items);
            lists::settle(&line, &mut items);
            lists::share_words(&line, &mut items);
            kinds::tell(&line, &mut items);
            place(part, &line, (characters, bytes), &mut items, &mut found);
        }
        characters += line.length();
        bytes += part.len();
    }
    found
}

/// Finds the bytes of a line's items, which follow each other, in one walk over its characters.
fn place(
    text: &str,
    line: &line::Line,
    (characters, bytes): (usize, usize),
    items: &mut Vec<item::Item>,
    found: &mut Vec<Quantity>,
) {
    let mut starts = text.char_indices().map(|(start, _)| start).chain([text.len()]);
    let mut at = (0, starts.next().unwrap_or_default());
    let mut byte_of = |place: usize| {
        while at.0 < place {
            at = (at.0 + 1, starts.next().unwrap_or(text.len()));
        }
        bytes + at.1
    };
    found.extend(items.drain(..).map(|item| {
        let place = line.in_text(item.start, item.end);
        Quantity {
            chars: characters + place.start..characters + place.end,
            bytes: byte_of(place.start)..byte_of(place.end),
            number: item.number,
            step: item.step,
            unit: item.unit,
            word: item.word,
            kind: item.kind,
        }
    }));
}

impl Quantity {
    /// The characters from the first of the number to the last of the unit.
    pub fn surface<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.bytes.clone()).unwrap_or_default()
    }

    /// Whether it is a quantity: no date, no rank, no name.
    pub fn counts(&self) -> bool {
        !matches!(self.kind, Kind::Rank | Kind::Date(_) | Kind::Name)
    }

    /// Its comparator.
    pub fn comparator(&self) -> Comparator {
        self.word.comparator()
    }

    /// Its unit, if it is one whose size is known.
    pub fn measure(&self) -> Option<Unit> {
        Unit::parse(&self.unit)
    }
}

impl Number {
    /// The value, the middle of nothing: none for a range.
    pub fn single(self) -> Option<Decimal> {
        match self {
            Self::Single(value) => Some(value),
            Self::Range(..) => None,
            Self::Fraction(over, under) => Decimal::from(over).checked_div(Decimal::from(under)),
        }
    }
}

/// As the annotators' guide writes values: `21400`, `10..15`, `1/3`.
impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Single(value) => write!(f, "{value}"),
            Self::Range(low, high) => write!(f, "{low}..{high}"),
            Self::Fraction(over, under) => write!(f, "{over}/{under}"),
        }
    }
}

impl Kind {
    /// `level`, `change`, `from`, `to`, `share`, `rank`, `date`, `name`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Level => "level",
            Self::Change(_) => "change",
            Self::From => "from",
            Self::To => "to",
            Self::Share => "share",
            Self::Rank => "rank",
            Self::Date(_) => "date",
            Self::Name => "name",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read_all;

    /// What is found, one a line: `surface value unit comparator kind`.
    fn check(text: &str, expected: &str) {
        let shown: Vec<String> = read_all(text)
            .iter()
            .map(|one| {
                let (value, unit, word) = (one.number, &one.unit, one.comparator().key());
                format!("{} {value} {unit} {word} {}", one.surface(text), one.kind.key())
            })
            .collect();
        assert_eq!(shown.join("\n"), expected, "{text}");
    }

    #[test]
    fn numbers_are_multiplied_out() {
        check("造林2.14万亩", "2.14万亩 21400 亩 eq level");
        check("成交额829.63亿元", "829.63亿元 82963000000 元 eq level");
        check("惠及3万5千户", "3万5千户 35000 户 eq level");
        check("吞吐量1亿2000万吨", "1亿2000万吨 120000000 吨 eq level");
        check("収入1,234.50万元", "1,234.50万元 12345000 元 eq level");
        check("优良率为11.0%", "11.0% 11.0 % eq level");
        check("为70万妇女免费筛查", "70万 700000  eq level");
        check("迈上5万亿台阶", "5万亿 5000000000000 元 eq level");
    }

    #[test]
    fn chinese_numerals_are_read() {
        check("三百八十个党支部", "三百八十个 380 个 eq level");
        check("两千五百零六名党员", "两千五百零六名 2506 名 eq level");
        check("十余座、二十多条", "十余座 10 座 above level\n二十多条 20 条 above level");
        check("完成三轮巡察、每周三次", "三轮 3 轮 eq level\n三次 3 次 eq level");
        check("占三分之一", "三分之一 1/3  eq share");
        check("百分之三十的岗位", "百分之三十 30 % eq share");
        check("四成以上", "四成 4 成 above level");
        check("二〇二二年", "二〇二二年 2022  eq date");
        check("三四十个", "三四十个 30..40 个 eq level");
        check("三至四成", "三至四成 3..4 成 eq level");
    }

    #[test]
    fn words_around_tell_the_comparator() {
        check("近300天", "300天 300 天 below level");
        check("580余个", "580余个 580 个 above level");
        check("不超过5%", "5% 5 % below level");
        check("控制在5.5%左右", "5.5% 5.5 % about level");
        check("分别超过8万元、4.5万元", "8万元 80000 元 above level\n4.5万元 45000 元 above level");
        check("均达60%、70%以上", "60% 60 % above level\n70% 70 % above level");
        check("不足湖面的2%", "2% 2 % below level");
        check("附近5家、节约3亿元", "5家 5 家 eq level\n3亿元 300000000 元 eq level");
        check("依托5家以上市公司为主的集群", "5家 5 家 eq level");
    }

    #[test]
    fn lists_share_their_unit() {
        check(
            "增长5.1、6和3个百分点",
            "5.1 5.1 个百分点 eq change\n6 6 个百分点 eq change\n3个百分点 3 个百分点 eq change",
        );
        check("关停76个、提升27。", "76个 76 个 eq level\n27 27 个 eq level");
        check("10～15个班组", "10～15个 10..15 个 eq level");
        check("10～15万人", "10～15万人 100000..150000 人 eq level");
        check("80%~100%之间", "80%~100% 80..100 % eq level");
        check("1、完成12个", "12个 12 个 eq level");
    }

    #[test]
    fn kinds_are_told_from_the_words_before() {
        check("由原来的580余个缩减为188个", "580余个 580 个 above from\n188个 188 个 eq to");
        check("同比下降12.5%", "12.5% 12.5 % eq change");
        check("比上年增加6天", "6天 6 天 eq change");
        check("占53.7%", "53.7% 53.7 % eq share");
        check("名列全国第2位", "2位 2 位 eq rank");
    }

    #[test]
    fn dates_and_names_are_no_quantities() {
        check("2022年5月4日", "2022年5月4日 2022  eq date");
        check("2015—2024年", "2015—2024年 2024  eq date");
        check("“三个一批”", "三个 3 个 eq name\n一批 1 批 eq name");
        check("15分钟生活圈", "15分钟 15 分钟 eq name");
        check("PM2.5、5G、GB3095、〔2022〕11号、“4×4”", "");
        check("近五年来", "五年 5 年 eq name");
        check("连续8年", "8年 8 年 eq level");
        check("《支持民营经济发展20条》", "20条 20 条 eq name");
    }

    #[test]
    fn marks_that_nobody_sees_part_nothing() {
        check("近\u{200e}300\u{200f}天", "300\u{200f}天 300 天 below level");
        check(
            "\u{feff}公园3\u{200b}80个，绿道12公里",
            "3\u{200b}80个 380 个 eq level\n12公里 12 公里 eq level",
        );
        check("图标\u{e000}188个\u{e001}", "188个 188 个 eq level");
    }

    #[test]
    fn what_grows_too_large_is_passed_over() {
        check("99999999999999999999999999999999个", "");
        check(&"9".repeat(100_000), "");
        check(&"万".repeat(10_000), "");
        // A percent sign behind a percent sign, without end.
        check(&"百分之".repeat(100_000), "");
    }
}
