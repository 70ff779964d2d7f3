//! The names of columns that are understood without being mapped.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The code of the station; where a file has none, its name.
    Station,
    /// The name of the station beside its code.
    StationName,
    /// The city.
    City,
    /// Day and hour together.
    Time,
    /// The day; the hour stands in a column of its own.
    Date,
    /// The hour of the day, 0 … 24.
    Hour,
    /// The year of a day in three columns.
    Year,
    /// The month of a day in three columns.
    Month,
    /// The day of the month of a day in three columns.
    Day,
    /// In a long file: which item the row is of.
    Item,
    /// In a long file: the value.
    Value,
    /// The flag of the row's values.
    Flag,
    /// In a wide file: the values of this item.
    Of(&'static str),
}

/// Every name that is known, as [`fold`] leaves it, and what it means. A column of another name is left out
/// unless it is mapped.
pub const COLUMNS: &[(&str, Role)] = &[
    ("station", Role::Station),
    ("stationcode", Role::Station),
    ("stationid", Role::Station),
    ("site", Role::Station),
    ("sitecode", Role::Station),
    ("siteid", Role::Station),
    ("section", Role::Station),
    ("站点", Role::Station),
    ("站点编码", Role::Station),
    ("站点编号", Role::Station),
    ("站点代码", Role::Station),
    ("点位", Role::Station),
    ("点位编码", Role::Station),
    ("点位编号", Role::Station),
    ("监测点", Role::Station),
    ("监测点编码", Role::Station),
    ("监测点位", Role::Station),
    ("监测站点", Role::Station),
    ("断面", Role::Station),
    ("断面名称", Role::Station),
    ("positionname", Role::StationName),
    ("stationname", Role::StationName),
    ("sitename", Role::StationName),
    ("站点名称", Role::StationName),
    ("点位名称", Role::StationName),
    ("监测点名称", Role::StationName),
    ("监测点位名称", Role::StationName),
    ("city", Role::City),
    ("cityname", Role::City),
    ("area", Role::City),
    ("城市", Role::City),
    ("城市名称", Role::City),
    ("time", Role::Time),
    ("timepoint", Role::Time),
    ("datetime", Role::Time),
    ("timestamp", Role::Time),
    ("时间", Role::Time),
    ("监测时间", Role::Time),
    ("数据时间", Role::Time),
    ("日期时间", Role::Time),
    ("date", Role::Date),
    ("日期", Role::Date),
    ("监测日期", Role::Date),
    ("hour", Role::Hour),
    ("小时", Role::Hour),
    ("时", Role::Hour),
    ("year", Role::Year),
    ("年", Role::Year),
    ("month", Role::Month),
    ("月", Role::Month),
    ("day", Role::Day),
    ("日", Role::Day),
    ("item", Role::Item),
    ("type", Role::Item),
    ("parameter", Role::Item),
    ("pollutant", Role::Item),
    ("项目", Role::Item),
    ("监测项目", Role::Item),
    ("因子", Role::Item),
    ("监测因子", Role::Item),
    ("污染物", Role::Item),
    ("指标", Role::Item),
    ("value", Role::Value),
    ("值", Role::Value),
    ("数值", Role::Value),
    ("监测值", Role::Value),
    ("浓度", Role::Value),
    ("flag", Role::Flag),
    ("标识", Role::Flag),
    ("标记", Role::Flag),
    ("数据标识", Role::Flag),
    ("status", Role::Flag),
    ("状态", Role::Flag),
    ("so2", Role::Of("so2")),
    ("二氧化硫", Role::Of("so2")),
    ("no2", Role::Of("no2")),
    ("二氧化氮", Role::Of("no2")),
    ("pm10", Role::Of("pm10")),
    ("可吸入颗粒物", Role::Of("pm10")),
    ("颗粒物pm10", Role::Of("pm10")),
    ("co", Role::Of("co")),
    ("一氧化碳", Role::Of("co")),
    ("o3", Role::Of("o3")),
    ("o31h", Role::Of("o3")),
    ("臭氧", Role::Of("o3")),
    ("pm25", Role::Of("pm2_5")),
    ("细颗粒物", Role::Of("pm2_5")),
    ("so224h", Role::Of("so2_24h")),
    ("pm1024h", Role::Of("pm10_24h")),
    ("pm2524h", Role::Of("pm2_5_24h")),
    ("o38h", Role::Of("o3_8h")),
    ("ph", Role::Of("ph")),
    ("ph值", Role::Of("ph")),
    ("dissolvedoxygen", Role::Of("dissolved_oxygen")),
    ("do", Role::Of("dissolved_oxygen")),
    ("溶解氧", Role::Of("dissolved_oxygen")),
    ("permanganateindex", Role::Of("permanganate_index")),
    ("高锰酸盐指数", Role::Of("permanganate_index")),
    ("cod", Role::Of("cod")),
    ("化学需氧量", Role::Of("cod")),
    ("bod5", Role::Of("bod5")),
    ("五日生化需氧量", Role::Of("bod5")),
    ("ammonianitrogen", Role::Of("ammonia_nitrogen")),
    ("氨氮", Role::Of("ammonia_nitrogen")),
    ("totalphosphorus", Role::Of("total_phosphorus")),
    ("总磷", Role::Of("total_phosphorus")),
    ("totalnitrogen", Role::Of("total_nitrogen")),
    ("总氮", Role::Of("total_nitrogen")),
    ("copper", Role::Of("copper")),
    ("铜", Role::Of("copper")),
    ("zinc", Role::Of("zinc")),
    ("锌", Role::Of("zinc")),
    ("fluoride", Role::Of("fluoride")),
    ("氟化物", Role::Of("fluoride")),
    ("selenium", Role::Of("selenium")),
    ("硒", Role::Of("selenium")),
    ("arsenic", Role::Of("arsenic")),
    ("砷", Role::Of("arsenic")),
    ("mercury", Role::Of("mercury")),
    ("汞", Role::Of("mercury")),
    ("cadmium", Role::Of("cadmium")),
    ("镉", Role::Of("cadmium")),
    ("chromiumvi", Role::Of("chromium_vi")),
    ("六价铬", Role::Of("chromium_vi")),
    ("lead", Role::Of("lead")),
    ("铅", Role::Of("lead")),
    ("cyanide", Role::Of("cyanide")),
    ("氰化物", Role::Of("cyanide")),
    ("volatilephenols", Role::Of("volatile_phenols")),
    ("挥发酚", Role::Of("volatile_phenols")),
    ("petroleum", Role::Of("petroleum")),
    ("石油类", Role::Of("petroleum")),
    ("anionicsurfactants", Role::Of("anionic_surfactants")),
    ("阴离子表面活性剂", Role::Of("anionic_surfactants")),
    ("sulphide", Role::Of("sulphide")),
    ("sulfide", Role::Of("sulphide")),
    ("硫化物", Role::Of("sulphide")),
    ("faecalcoliforms", Role::Of("faecal_coliforms")),
    ("粪大肠菌群", Role::Of("faecal_coliforms")),
    ("watertemperature", Role::Of("water_temperature")),
    ("水温", Role::Of("water_temperature")),
    ("conductivity", Role::Of("conductivity")),
    ("电导率", Role::Of("conductivity")),
    ("turbidity", Role::Of("turbidity")),
    ("浊度", Role::Of("turbidity")),
    ("chlorophylla", Role::Of("chlorophyll_a")),
    ("叶绿素a", Role::Of("chlorophyll_a")),
    ("transparency", Role::Of("transparency")),
    ("透明度", Role::Of("transparency")),
    ("leq", Role::Of("leq")),
    ("等效声级", Role::Of("leq")),
    ("ld", Role::Of("ld")),
    ("ln", Role::Of("ln")),
    ("l10", Role::Of("l10")),
    ("l50", Role::Of("l50")),
    ("l90", Role::Of("l90")),
    ("lmax", Role::Of("lmax")),
    ("lmin", Role::Of("lmin")),
];

/// What a heading means; `None` if it is not known.
pub fn role(heading: &str) -> Option<Role> {
    let folded = fold(heading);
    COLUMNS.iter().find(|(name, _)| *name == folded).map(|(_, role)| *role)
}

/// The key of an item that a long file names in its cells.
pub(crate) fn item_of(name: &str) -> Option<&'static str> {
    match role(name) {
        Some(Role::Of(item)) => Some(item),
        _ => None,
    }
}

/// A heading without what does not matter: case, width of letters, spaces, `_ . -`, a unit in brackets,
/// `浓度` behind an item, lowered digits. `PM₂.₅浓度（μg/m³）` and `pm2_5` become `pm25`; `二氧化硫(SO2)` becomes `二氧化硫`.
pub(crate) fn fold(heading: &str) -> String {
    let mut folded = String::new();
    let mut depth = 0_u32;
    for letter in heading.trim().trim_start_matches('\u{feff}').chars() {
        let letter = match letter {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
            '₀'..='₉' => char::from_u32(u32::from(letter) - 0x2080 + 0x30).unwrap_or(letter),
            other => other,
        };
        match letter {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => depth = depth.saturating_sub(1),
            '_' | '.' | '-' | '/' => {}
            letter if letter.is_whitespace() || depth > 0 => {}
            letter => folded.extend(letter.to_lowercase()),
        }
    }
    for suffix in ["质量浓度", "小时浓度", "小时均值", "浓度"] {
        if let Some(rest) = folded.strip_suffix(suffix)
            && !rest.is_empty()
        {
            return rest.to_owned();
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::{Role, fold, role};

    #[test]
    fn headings_are_known_however_they_are_written() {
        fn check(heading: &str, expected: Option<Role>) {
            assert_eq!(role(heading), expected, "{heading} → {}", fold(heading));
        }
        check("stationcode", Some(Role::Station));
        check("area", Some(Role::City));
        check("timepoint", Some(Role::Time));
        check("pm2_5", Some(Role::Of("pm2_5")));
        check("PM2.5", Some(Role::Of("pm2_5")));
        check("PM₂.₅浓度（μg/m³）", Some(Role::Of("pm2_5")));
        check("二氧化硫(SO2)", Some(Role::Of("so2")));
        check("pm2_5_24h", Some(Role::Of("pm2_5_24h")));
        check(" 城市 ", Some(Role::City));
        check("Station ID", Some(Role::Station));
        check("浓度", Some(Role::Value));
        check("lon", None);
    }
}
