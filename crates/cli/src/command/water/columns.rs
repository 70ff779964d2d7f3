//! What the columns of a file of water readings hold, by their headings.

use message::Text;
use standards::rounding::half_even;
use standards::water::{Item, Micro, Reading};

use super::file::folded;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Values of an item, this many times the unit of the standard, as numerator and denominator.
    Item(Item, (i64, i64)),
    /// Density of algae: measured at lakes.
    Algae,
    /// The section or point.
    Section,
    /// The city.
    City,
    /// The province.
    Province,
    /// The basin.
    Basin,
    /// The river or lake.
    Water,
    /// The time.
    Time,
    /// Whether the station worked.
    Status,
    /// The class that somebody published. It takes no part in computing.
    Published,
}

/// Names beside the keys and Chinese names of the items, as [`folded`] leaves them.
const NAMES: &[(&str, Meaning)] = &[
    ("algaedensity", Meaning::Algae),
    ("藻密度", Meaning::Algae),
    ("藻类密度", Meaning::Algae),
    ("section", Meaning::Section),
    ("station", Meaning::Section),
    ("site", Meaning::Section),
    ("point", Meaning::Section),
    ("断面", Meaning::Section),
    ("断面名称", Meaning::Section),
    ("监测断面", Meaning::Section),
    ("站点", Meaning::Section),
    ("站点名称", Meaning::Section),
    ("站名", Meaning::Section),
    ("点位", Meaning::Section),
    ("点位名称", Meaning::Section),
    ("测点", Meaning::Section),
    ("测点名称", Meaning::Section),
    ("city", Meaning::City),
    ("城市", Meaning::City),
    ("所在城市", Meaning::City),
    ("地市", Meaning::City),
    ("province", Meaning::Province),
    ("省份", Meaning::Province),
    ("省", Meaning::Province),
    ("所属省份", Meaning::Province),
    ("basin", Meaning::Basin),
    ("流域", Meaning::Basin),
    ("所属流域", Meaning::Basin),
    ("river", Meaning::Water),
    ("lake", Meaning::Water),
    ("waterbody", Meaning::Water),
    ("河流", Meaning::Water),
    ("河流名称", Meaning::Water),
    ("所属河流", Meaning::Water),
    ("所在水体", Meaning::Water),
    ("水体", Meaning::Water),
    ("水体名称", Meaning::Water),
    ("湖库", Meaning::Water),
    ("湖库名称", Meaning::Water),
    ("time", Meaning::Time),
    ("date", Meaning::Time),
    ("month", Meaning::Time),
    ("时间", Meaning::Time),
    ("日期", Meaning::Time),
    ("月份", Meaning::Time),
    ("监测时间", Meaning::Time),
    ("采样时间", Meaning::Time),
    ("status", Meaning::Status),
    ("状态", Meaning::Status),
    ("站点情况", Meaning::Status),
    ("站点状态", Meaning::Status),
    ("class", Meaning::Published),
    ("水质类别", Meaning::Published),
    ("类别", Meaning::Published),
];

/// Other names of items.
const ITEMS: &[(&str, Item)] = &[
    ("do", Item::DissolvedOxygen),
    ("ph值", Item::Ph),
    ("codmn", Item::PermanganateIndex),
    ("codcr", Item::Cod),
    ("生化需氧量", Item::Bod5),
    ("nh3n", Item::AmmoniaNitrogen),
    ("tp", Item::TotalPhosphorus),
    ("tn", Item::TotalNitrogen),
    ("chla", Item::ChlorophyllA),
    ("叶绿素", Item::ChlorophyllA),
    ("sd", Item::Transparency),
    ("铬", Item::ChromiumVi),
    ("铬六价", Item::ChromiumVi),
    ("氟", Item::Fluoride),
    ("挥发性酚", Item::VolatilePhenols),
    ("sulfide", Item::Sulphide),
    ("fecalcoliforms", Item::FaecalColiforms),
    ("粪大肠菌", Item::FaecalColiforms),
    ("浑浊度", Item::Turbidity),
    ("温度", Item::WaterTemperature),
    ("temperature", Item::WaterTemperature),
];

/// What a heading means; `None` if it is not known.
pub fn meaning(heading: &str) -> Option<Meaning> {
    let (name, unit) = folded(heading.trim_start_matches('\u{feff}'));
    if let Some((_, meaning)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(*meaning);
    }
    let by_key = Item::ALL.into_iter().find(|item| item.key().replace('_', "") == name);
    let by_name = || Item::ALL.into_iter().find(|item| folded(item.zh()).0 == name);
    let by_other = || ITEMS.iter().find(|(known, _)| *known == name).map(|(_, item)| *item);
    let item = by_key.or_else(by_name).or_else(by_other)?;
    Some(Meaning::Item(item, scale(item, &unit)))
}

/// How many of the standard's units one of the heading's is.
fn scale(item: Item, unit: &str) -> (i64, i64) {
    match unit {
        "ug/l" | "mg/m3" | "mg/m³" => (1, 1_000),
        "cm" if item == Item::Transparency => (1, 100),
        "ms/m" if item == Item::Conductivity => (10, 1),
        "ms/cm" if item == Item::Conductivity => (1_000, 1),
        _ => (1, 1),
    }
}

/// Words for “below the detection limit” that do not tell the limit.
const BELOW: &[&str] = &["未检出", "nd", "n.d.", "低于检出限", "<dl"];

/// Words for “no value”, beside those that [`readings`] knows.
const MISSING: &[&str] = &["*", "**", "——", "维护", "断流", "冰封", "未监测", "无数据", "不参评"];

/// A cell of values: `None` where there is none.
pub fn reading(text: &str, item: Item, scale: (i64, i64)) -> Result<Option<Reading>, Text> {
    let text = text.trim();
    let lower = text.to_lowercase();
    if MISSING.contains(&lower.as_str()) {
        return Ok(None);
    }
    if BELOW.contains(&lower.as_str()) {
        return below(item, text, Some(0));
    }
    let value =
        |digits: &str| readings::micro_of_text(digits).map(|found| found.map(|value| scaled(value, scale)));
    if let Some(limit) = lower.strip_prefix(['<', '＜', '≤']) {
        return below(item, text, value(limit)?);
    }
    // `0.01L` is GB/T style for “below 0.01”; a mere `L` is not.
    if let Some(limit) =
        lower.strip_suffix('l').filter(|rest| rest.ends_with(|letter: char| letter.is_ascii_digit()))
    {
        return below(item, text, value(limit)?);
    }
    match value(text)? {
        Some(value) if item.plausible(value) => Ok(Some(Reading::Value(value))),
        Some(_) => {
            Err(message::text!("“{text}”不可能是这一项目的值", "`{text}` cannot be a value of this item"))
        }
        None => Ok(None),
    }
}

fn below(item: Item, text: &str, limit: Option<Micro>) -> Result<Option<Reading>, Text> {
    match limit {
        // Little oxygen is bad, and no pH has a detection limit: half of it would be a made-up value.
        Some(_)
            if matches!(
                item,
                Item::Ph | Item::DissolvedOxygen | Item::WaterTemperature | Item::Transparency
            ) =>
        {
            Err(message::text!("“{text}”对这一项目没有意义", "`{text}` has no meaning for this item"))
        }
        Some(limit) if limit >= 0 => Ok(Some(Reading::Below(limit))),
        _ => Err(message::text!("“{text}”不是数值", "`{text}` is no number")),
    }
}

fn scaled(value: Micro, (times, of): (i64, i64)) -> Micro {
    half_even(value.saturating_mul(times), of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_in_both_languages() {
        fn check(heading: &str, expected: Option<Meaning>) {
            assert_eq!(meaning(heading), expected, "{heading}");
        }
        let item = |item| Some(Meaning::Item(item, (1, 1)));
        for item in Item::ALL {
            check(item.key(), Some(Meaning::Item(item, (1, 1))));
            check(item.zh(), Some(Meaning::Item(item, (1, 1))));
        }
        check("pH(无量纲)", item(Item::Ph));
        check("总磷（mg/L）", item(Item::TotalPhosphorus));
        check("叶绿素α(μg/L)", Some(Meaning::Item(Item::ChlorophyllA, (1, 1_000))));
        check("藻密度(cells/L)", Some(Meaning::Algae));
        check("NH3-N", item(Item::AmmoniaNitrogen));
        check("透明度(cm)", Some(Meaning::Item(Item::Transparency, (1, 100))));
        check("断面名称", Some(Meaning::Section));
        check("水质类别", Some(Meaning::Published));
        check("备注", None);
    }

    #[test]
    fn cells_as_laboratories_write_them() {
        fn check(text: &str, item: Item, expected: &str) {
            let found = match reading(text, item, (1, 1)) {
                Ok(Some(Reading::Value(value))) => value.to_string(),
                Ok(Some(Reading::Below(limit))) => format!("below {limit}"),
                Ok(None) => "missing".to_owned(),
                Err(text) => text.english,
            };
            assert_eq!(found, expected, "{text}");
        }
        check("0.05", Item::TotalPhosphorus, "50000");
        check("<0.01", Item::TotalPhosphorus, "below 10000");
        check("＜0.01", Item::TotalPhosphorus, "below 10000");
        check("0.01L", Item::TotalPhosphorus, "below 10000");
        check("未检出", Item::Mercury, "below 0");
        check("ND", Item::Mercury, "below 0");
        check("", Item::Mercury, "missing");
        check("--", Item::Mercury, "missing");
        check("*", Item::Mercury, "missing");
        check("-0.1", Item::Mercury, "`-0.1` cannot be a value of this item");
        check("15", Item::Ph, "`15` cannot be a value of this item");
        check("<0.5", Item::DissolvedOxygen, "`<0.5` has no meaning for this item");
        check("abc", Item::Mercury, "`abc` is no number");
        check("l", Item::Mercury, "`l` is no number");
        check("<", Item::Mercury, "`<` is no number");
    }

    #[test]
    fn units_in_headings_are_converted() {
        let Some(Meaning::Item(item, scale)) = meaning("汞(μg/L)") else { panic!() };
        assert_eq!(reading("0.05", item, scale), Ok(Some(Reading::Value(50))));
    }
}
