//! Units, their dimensions and their exact sizes.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;

/// What a unit measures, before powers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Base {
    /// Metres.
    Length,
    /// Kilograms.
    Mass,
    /// Seconds.
    Time,
    /// Months and years, whose days differ.
    Calendar,
    /// 元.
    Money,
    /// Kilowatt-hours.
    Energy,
    /// Kilowatts.
    Power,
    /// Degrees Celsius; only compared, never converted.
    Temperature,
    /// Decibels.
    Sound,
    /// Differences of percentages: 2个百分点 is not 2%.
    PercentagePoint,
    /// Things counted, by their measure word: 个 and 家 are not added. 名, 人 and 位 all count people.
    Count(&'static str),
}

/// Bases and their powers; empty for a pure number such as a share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dimension(BTreeMap<Base, i8>);

impl Dimension {
    fn of(base: Base, power: i8) -> Self {
        Self(BTreeMap::from([(base, power)]))
    }

    fn divided_by(mut self, other: &Self) -> Self {
        for (base, power) in &other.0 {
            *self.0.entry(base.clone()).or_default() -= power;
        }
        self.0.retain(|_, power| *power != 0);
        self
    }

    /// The bases with their powers.
    pub fn bases(&self) -> impl Iterator<Item = (&Base, i8)> {
        self.0.iter().map(|(base, power)| (base, *power))
    }
}

/// A unit as a text writes it: `万亩`, `平方米/人`, `微克/立方米`, `%`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unit {
    /// 万, 亿 or nothing.
    multiplier_word: &'static str,
    multiplier: i128,
    /// The name without the multiplier.
    name: String,
    dimension: Dimension,
    /// How many of the dimension's base units one unit (with its multiplier) is.
    size: Ratio,
}

impl Unit {
    /// Reads a unit's name, Chinese (either script) or a symbol; `None` if nobody uses such a unit.
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.chars().map(simplified).collect();
        let (over, under) = match text.split_once('/') {
            None => (text.as_str(), None),
            Some((over, under)) => (over, Some(under)),
        };
        let over_part = Part::parse(over)?;
        let mut unit = Self {
            multiplier_word: over_part.multiplier_word,
            multiplier: over_part.multiplier,
            name: over_part.name.to_owned(),
            size: over_part.size()?,
            dimension: over_part.dimension,
        };
        if let Some(under) = under {
            let part = Part::parse(under)?;
            unit.name = format!("{}/{under}", unit.name);
            unit.size = unit.size.divided_by(part.size()?)?;
            unit.dimension = unit.dimension.divided_by(&part.dimension);
        }
        Some(unit)
    }

    /// What it measures.
    pub fn dimension(&self) -> &Dimension {
        &self.dimension
    }

    /// Whether values in this unit can be told in the other.
    pub fn converts_to(&self, other: &Self) -> bool {
        self.dimension == other.dimension
    }

    /// The multiplier that the name begins with: 10⁴ for 万亩, 1 for 亩.
    pub fn multiplier(&self) -> Decimal {
        Decimal::from_i128_with_scale(self.multiplier, 0)
    }

    /// `万`, `亿` or nothing.
    pub fn multiplier_word(&self) -> &'static str {
        self.multiplier_word
    }

    /// The name without the multiplier: 亩 for 万亩.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it counts things or people by a measure word.
    pub fn is_count(&self) -> bool {
        self.dimension.0.len() == 1 && self.dimension.0.keys().all(|base| matches!(base, Base::Count(_)))
    }

    /// Whether it counts things: not people, and not people's times (人次). Things may be counted by several words.
    pub fn counts_things(&self) -> bool {
        let of_people = |base: &Base| matches!(base, Base::Count("人" | "人次"));
        self.is_count() && !self.dimension.0.keys().any(of_people)
    }

    /// Whether the name is a Latin symbol, which stands off its number: `5 km`.
    pub fn is_symbol(&self) -> bool {
        self.name.starts_with(|first: char| first.is_ascii_alphabetic() || first == 'µ')
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.multiplier_word, self.name)
    }
}

/// The value in another unit, exact as far as 28 digits go; `None` where the dimensions differ or
/// the number grows too large.
pub fn convert(value: Decimal, from: &Unit, to: &Unit) -> Option<Decimal> {
    if !from.converts_to(to) {
        return None;
    }
    let ratio = from.size.divided_by(to.size)?;
    let multiply = Decimal::try_from_i128_with_scale(ratio.over, 0).ok()?;
    let divide = Decimal::try_from_i128_with_scale(ratio.under, 0).ok()?;
    // Multiply first: 21,400 亩 are 21400 · 2000 / 3 m², and only the division may be endless.
    Some(value.checked_mul(multiply)?.checked_div(divide)?.normalize())
}

/// A positive fraction in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Ratio {
    over: i128,
    under: i128,
}

impl Ratio {
    fn new(over: i128, under: i128) -> Self {
        let divisor = greatest_common_divisor(over, under);
        Self { over: over / divisor, under: under / divisor }
    }

    fn times(self, factor: i128) -> Option<Self> {
        Some(Self::new(self.over.checked_mul(factor)?, self.under))
    }

    fn divided_by(self, other: Self) -> Option<Self> {
        Some(Self::new(self.over.checked_mul(other.under)?, self.under.checked_mul(other.over)?))
    }
}

fn greatest_common_divisor(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

/// One side of a `/`.
struct Part<'a> {
    multiplier_word: &'static str,
    multiplier: i128,
    name: &'a str,
    dimension: Dimension,
    base_size: Ratio,
}

impl<'a> Part<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        // Names first: 千米 is a name, not a thousand of 米.
        let candidates = std::iter::once((text, "", 1)).chain(
            MULTIPLIERS.iter().filter_map(|&(word, size)| Some((text.strip_prefix(word)?, word, size))),
        );
        for (name, multiplier_word, multiplier) in candidates {
            if let Some((dimension, base_size)) = look_up(name) {
                return Some(Self { multiplier_word, multiplier, name, dimension, base_size });
            }
        }
        None
    }

    fn size(&self) -> Option<Ratio> {
        self.base_size.times(self.multiplier)
    }
}

const MULTIPLIERS: [(&str, i128); 4] =
    [("万亿", 1_000_000_000_000), ("亿", 100_000_000), ("千万", 10_000_000), ("万", 10_000)];

fn look_up(name: &str) -> Option<(Dimension, Ratio)> {
    let pure = |over, under| Some((Dimension::default(), Ratio::new(over, under)));
    match name {
        "%" | "％" => return pure(1, 100),
        "‰" => return pure(1, 1000),
        "倍" => return pure(1, 1),
        _ => {}
    }
    if let Some((_, base, power, over, under)) = MEASURES.iter().find(|(names, ..)| names.contains(&name)) {
        return Some((Dimension::of(base.clone(), *power), Ratio::new(*over, *under)));
    }
    if PEOPLE.contains(&name) {
        return Some((Dimension::of(Base::Count("人"), 1), Ratio::new(1, 1)));
    }
    let word = COUNTERS.iter().find(|word| **word == name)?;
    Some((Dimension::of(Base::Count(word), 1), Ratio::new(1, 1)))
}

/// Names, what they measure, and their size in base units as a fraction.
#[rustfmt::skip]
const MEASURES: &[(&[&str], Base, i8, i128, i128)] = &[
    (&["米", "m"], Base::Length, 1, 1, 1),
    (&["公里", "千米", "km"], Base::Length, 1, 1000, 1),
    (&["里"], Base::Length, 1, 500, 1),
    (&["海里"], Base::Length, 1, 1852, 1),
    (&["厘米", "cm"], Base::Length, 1, 1, 100),
    (&["毫米", "mm"], Base::Length, 1, 1, 1000),
    (&["平方米", "㎡", "m²"], Base::Length, 2, 1, 1),
    (&["平方公里", "平方千米", "km²"], Base::Length, 2, 1_000_000, 1),
    (&["公顷", "hm²", "ha"], Base::Length, 2, 10_000, 1),
    (&["公亩"], Base::Length, 2, 100, 1),
    (&["亩", "市亩"], Base::Length, 2, 2000, 3),
    (&["立方米", "方", "m³"], Base::Length, 3, 1, 1),
    (&["升", "L"], Base::Length, 3, 1, 1000),
    (&["毫升", "mL"], Base::Length, 3, 1, 1_000_000),
    (&["吨", "t"], Base::Mass, 1, 1000, 1),
    (&["公斤", "千克", "kg"], Base::Mass, 1, 1, 1),
    (&["斤"], Base::Mass, 1, 1, 2),
    (&["克", "g"], Base::Mass, 1, 1, 1000),
    (&["毫克", "mg"], Base::Mass, 1, 1, 1_000_000),
    (&["微克", "µg"], Base::Mass, 1, 1, 1_000_000_000),
    (&["纳克", "ng"], Base::Mass, 1, 1, 1_000_000_000_000),
    (&["秒", "s"], Base::Time, 1, 1, 1),
    (&["分钟", "min"], Base::Time, 1, 60, 1),
    (&["小时", "学时", "h"], Base::Time, 1, 3600, 1),
    (&["天", "日", "d"], Base::Time, 1, 86_400, 1),
    (&["周"], Base::Time, 1, 604_800, 1),
    (&["个月", "月"], Base::Calendar, 1, 1, 1),
    (&["年"], Base::Calendar, 1, 12, 1),
    (&["元"], Base::Money, 1, 1, 1),
    (&["千瓦时", "度", "kWh"], Base::Energy, 1, 1, 1),
    (&["兆瓦时", "MWh"], Base::Energy, 1, 1000, 1),
    (&["千瓦", "kW"], Base::Power, 1, 1, 1),
    (&["兆瓦", "MW"], Base::Power, 1, 1000, 1),
    (&["℃", "摄氏度"], Base::Temperature, 1, 1, 1),
    (&["分贝", "dB", "dB(A)"], Base::Sound, 1, 1, 1),
    (&["个百分点", "百分点"], Base::PercentagePoint, 1, 1, 1),
    (&["个千分点", "千分点"], Base::PercentagePoint, 1, 1, 10),
];

/// Words that count people.
const PEOPLE: &[&str] = &["人", "名", "位"];

/// Words that count things, each its own dimension.
#[rustfmt::skip]
const COUNTERS: &[&str] = &[
    "个", "家", "处", "座", "项", "期", "艘", "次", "人次", "件", "场", "条", "支", "套", "份", "篇", "台",
    "辆", "户", "村", "所", "间", "张", "只", "株", "棵", "批", "届", "类", "级", "种", "宗", "起", "班", "队",
    "组", "站", "县", "区", "街道", "社区", "城", "部", "门", "本", "册", "幅", "片", "段", "口", "眼", "盏",
    "块", "笔", "例", "具", "副", "枚", "颗", "头", "匹", "列", "架", "班次", "标箱", "分", "步", "名次", "课",
    "堂", "章", "点", "对", "轮", "节", "层", "栋", "幢", "单", "票", "封", "面", "根", "道", "桩", "床", "席",
    "车次", "船次", "航次", "航班", "街", "镇", "乡", "市", "省", "国", "校", "院", "馆", "园", "店", "厂",
    "企", "字", "页", "号", "代", "岁", "岗", "链", "带", "环", "横", "纵",
];

/// The simplified form of a character that occurs in the names of units.
fn simplified(character: char) -> char {
    match character {
        '萬' => '万',
        '億' => '亿',
        '個' => '个',
        '畝' => '亩',
        '頃' => '顷',
        '處' => '处',
        '項' => '项',
        '場' => '场',
        '條' => '条',
        '臺' | '檯' => '台',
        '輛' => '辆',
        '戶' | '戸' => '户',
        '間' => '间',
        '張' => '张',
        '隻' => '只',
        '類' => '类',
        '級' => '级',
        '種' => '种',
        '隊' => '队',
        '組' => '组',
        '縣' => '县',
        '區' => '区',
        '門' => '门',
        '冊' => '册',
        '塊' => '块',
        '筆' => '笔',
        '頭' => '头',
        '標' => '标',
        '點' => '点',
        '對' => '对',
        '輪' => '轮',
        '節' => '节',
        '層' => '层',
        '棟' => '栋',
        '單' => '单',
        '鎮' => '镇',
        '鄉' => '乡',
        '國' => '国',
        '館' => '馆',
        '園' => '园',
        '廠' => '厂',
        '歲' => '岁',
        '崗' => '岗',
        '鏈' => '链',
        '帶' => '带',
        '環' => '环',
        '橫' => '横',
        '縱' => '纵',
        '噸' => '吨',
        '釐' => '厘',
        '納' => '纳',
        '鐘' => '钟',
        '時' => '时',
        '學' => '学',
        '週' => '周',
        '攝' => '摄',
        '貝' => '贝',
        '員' => '员',
        '圓' => '元',
        // The Greek letter and the micro sign look the same.
        'μ' => 'µ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::{Unit, convert};

    fn check(value: &str, from: &str, to: &str, expected: Option<&str>) {
        let unit = |name: &str| Unit::parse(name).unwrap_or_else(|| panic!("{name}"));
        let converted = convert(value.parse().expect(value), &unit(from), &unit(to));
        assert_eq!(converted.map(|value| value.to_string()).as_deref(), expected, "{value} {from} in {to}");
    }

    #[test]
    fn conversion_is_exact() {
        check("15", "亩", "公顷", Some("1"));
        check("1500", "亩", "平方公里", Some("1"));
        check("21400", "亩", "万亩", Some("2.14"));
        check("14266666.666667", "平方米", "万亩", Some("2.14000000000005"));
        check("1", "亩", "平方米", Some("666.66666666666666666666666667"));
        check("7400000", "平方米", "万平方米", Some("740"));
        check("82963000000.00", "元", "亿元", Some("829.63"));
        check("0.1", "元", "万元", Some("0.00001"));
        check("47000.123", "米", "公里", Some("47.000123"));
        check("0.035", "毫克/立方米", "微克/立方米", Some("35"));
        check("15", "平方米/人", "公顷/万人", Some("15"));
        check("200000", "人", "万名", Some("20"));
        check("0.852", "倍", "%", Some("85.2"));
        check("2", "年", "个月", Some("24"));
    }

    #[test]
    fn what_measures_something_else_is_not_converted() {
        check("1", "个", "家", None);
        check("1", "公里", "公顷", None);
        check("2", "%", "个百分点", None);
        check("1", "平方米/人", "平方米", None);
        check("1", "人", "人次", None);
    }

    #[test]
    fn names_are_read_with_their_multiplier() {
        fn check(text: &str, expected: Option<(&str, &str)>) {
            let unit = Unit::parse(text);
            assert_eq!(unit.as_ref().map(|unit| (unit.multiplier_word(), unit.name())), expected, "{text}");
        }
        check("万亩", Some(("万", "亩")));
        check("萬畝", Some(("万", "亩")));
        check("千米", Some(("", "千米")));
        check("万亿元", Some(("万亿", "元")));
        check("微克/立方米", Some(("", "微克/立方米")));
        check("μg/m³", Some(("", "µg/m³")));
        check("万", None);
        check("", None);
        check("/人", None);
        check("平方米/", None);
        check("米/人/天", None);
    }

    proptest! {
        #[test]
        fn no_name_panics(text in "\\PC{0,8}") {
            let _ = Unit::parse(&text);
        }

        #[test]
        fn there_and_back_is_the_same(millimetres in 0_i64..1_000_000_000_000) {
            let (metres, hectares, mu) =
                (Unit::parse("平方米").expect("known"), Unit::parse("万公顷").expect("known"), Unit::parse("亩").expect("known"));
            let value = Decimal::new(millimetres, 3);
            let there = convert(value, &metres, &hectares).expect("both are areas");
            prop_assert_eq!(convert(there, &hectares, &metres).expect("both are areas"), value);
            let there = convert(value, &metres, &mu).expect("both are areas");
            let back = convert(there, &mu, &metres).expect("both are areas");
            prop_assert_eq!(back.round_dp(12), value);
        }
    }
}
