//! Measured items: the protocol's codes, our keys for them, and the units that the standard prints.

/// Where a code comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// HJ/T 212-2005, annex B.
    V2005,
    /// HJ 212-2017, annex B.
    V2017,
    /// In no edition, but sent by devices: a05024 is from HJ 524-2009, others are makers' habits.
    Practice,
}

/// A code with the item it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemCode {
    /// The code as it is sent.
    pub code: &'static str,
    /// The key of the item, as in `so2`, `pm2_5`, `ammonia_nitrogen`.
    pub key: &'static str,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// The unit printed beside the code in its source, empty for numbers without a unit; absent where the source at hand
    /// prints none. Not to be relied upon: what a device sends is its own setting.
    pub unit: Option<&'static str>,
    /// Where the code comes from.
    pub edition: Edition,
}

/// The item of a code. Codes are case-sensitive; no code means two things.
pub fn item(code: &str) -> Option<&'static ItemCode> {
    ITEMS.iter().find(|one| one.code == code)
}

/// All items, those of 2017 first.
pub fn items() -> impl Iterator<Item = &'static ItemCode> {
    ITEMS.iter()
}

const fn item_code(
    code: &'static str,
    key: &'static str,
    zh: &'static str,
    en: &'static str,
    unit: Option<&'static str>,
    edition: Edition,
) -> ItemCode {
    ItemCode { code, key, zh, en, unit, edition }
}

#[rustfmt::skip]
static ITEMS: &[ItemCode] = &[
    item_code("a34004", "pm2_5", "PM2.5", "PM2.5", Some("ng/m³"), Edition::V2017),
    item_code("a34002", "pm10", "PM10", "PM10", Some("ng/m³"), Edition::V2017),
    item_code("a34001", "tsp", "总悬浮颗粒物", "TSP", Some("ng/m³"), Edition::V2017),
    item_code("a34005", "pm1", "PM1", "PM1", Some("ng/m³"), Edition::V2017),
    item_code("a21026", "so2", "二氧化硫", "SO2", Some("mg/m³"), Edition::V2017),
    item_code("a21004", "no2", "二氧化氮", "NO2", Some("mg/m³"), Edition::V2017),
    item_code("a21003", "no", "一氧化氮", "NO", Some("mg/m³"), Edition::V2017),
    item_code("a21002", "nox", "氮氧化物", "NOx", Some("mg/m³"), Edition::V2017),
    item_code("a21005", "co", "一氧化碳", "CO", Some("mg/m³"), Edition::V2017),
    item_code("a01001", "temperature", "温度", "temperature", Some("℃"), Edition::V2017),
    item_code("a01002", "humidity", "湿度", "humidity", Some("%"), Edition::V2017),
    item_code("a01006", "pressure", "气压", "pressure", Some("kPa"), Edition::V2017),
    item_code("a01007", "wind_speed", "风速", "wind speed", Some("m/s"), Edition::V2017),
    item_code("a01008", "wind_direction", "风向", "wind direction", Some("°"), Edition::V2017),
    item_code("a21001", "ammonia", "氨", "ammonia", Some("ng/m³"), Edition::V2017),
    item_code("a21028", "hydrogen_sulphide", "硫化氢", "hydrogen sulphide", Some("mg/m³"), Edition::V2017),
    item_code("a24088", "non_methane_hydrocarbons", "非甲烷总烃", "non-methane hydrocarbons", Some("mg/m³"), Edition::V2017),
    item_code("a34013", "soot", "烟尘", "dust (soot)", Some("mg/m³"), Edition::V2017),
    item_code("w01001", "ph", "pH", "pH", Some(""), Edition::V2017),
    item_code("w01002", "colour", "色度", "colour", Some("度"), Edition::V2017),
    item_code("w01006", "total_dissolved_solids", "溶解性总固体", "total dissolved solids", Some("mg/L"), Edition::V2017),
    item_code("w01009", "dissolved_oxygen", "溶解氧", "dissolved oxygen", Some("mg/L"), Edition::V2017),
    item_code("w01010", "water_temperature", "水温", "water temperature", Some("℃"), Edition::V2017),
    item_code("w01012", "suspended_solids", "悬浮物", "suspended solids", Some("mg/L"), Edition::V2017),
    item_code("w01014", "conductivity", "电导率", "conductivity", Some("µS/cm"), Edition::V2017),
    item_code("w01017", "bod5", "五日生化需氧量", "BOD5", Some("mg/L"), Edition::V2017),
    item_code("w01018", "cod", "化学需氧量", "COD", Some("mg/L"), Edition::V2017),
    item_code("w01019", "permanganate_index", "高锰酸盐指数", "permanganate index", Some("mg/L"), Edition::V2017),
    item_code("w01020", "total_organic_carbon", "总有机碳", "TOC", Some("mg/L"), Edition::V2017),
    item_code("w02003", "faecal_coliforms", "粪大肠菌群", "faecal coliforms", Some("个/L"), Edition::V2017),
    item_code("w19002", "anionic_surfactants", "阴离子表面活性剂", "anionic surfactants", Some("mg/L"), Edition::V2017),
    item_code("w20111", "mercury", "总汞", "total mercury", Some("µg/L"), Edition::V2017),
    item_code("w20115", "cadmium", "总镉", "total cadmium", Some("µg/L"), Edition::V2017),
    item_code("w20116", "total_chromium", "总铬", "total chromium", Some("mg/L"), Edition::V2017),
    item_code("w20117", "chromium_vi", "六价铬", "chromium VI", Some("µg/L"), Edition::V2017),
    item_code("w20119", "arsenic", "总砷", "total arsenic", Some("µg/L"), Edition::V2017),
    item_code("w20120", "lead", "总铅", "total lead", Some("µg/L"), Edition::V2017),
    item_code("w20122", "copper", "总铜", "total copper", Some("mg/L"), Edition::V2017),
    item_code("w20123", "zinc", "总锌", "total zinc", Some("mg/L"), Edition::V2017),
    item_code("w20128", "selenium", "总硒", "total selenium", Some("µg/L"), Edition::V2017),
    item_code("w20138", "copper", "铜", "copper", Some("mg/L"), Edition::V2017),
    item_code("w20139", "zinc", "锌", "zinc", Some("mg/L"), Edition::V2017),
    item_code("w20140", "selenium", "硒", "selenium", Some("mg/L"), Edition::V2017),
    item_code("w20141", "arsenic", "砷", "arsenic", Some("mg/L"), Edition::V2017),
    item_code("w20142", "mercury", "汞", "mercury", Some("µg/L"), Edition::V2017),
    item_code("w20143", "cadmium", "镉", "cadmium", Some("µg/L"), Edition::V2017),
    item_code("w20144", "lead", "铅", "lead", Some("mg/L"), Edition::V2017),
    item_code("w21001", "total_nitrogen", "总氮", "total nitrogen", Some("mg/L"), Edition::V2017),
    item_code("w21003", "ammonia_nitrogen", "氨氮", "NH3-N", Some("mg/L"), Edition::V2017),
    item_code("w21004", "kjeldahl_nitrogen", "凯氏氮", "Kjeldahl nitrogen", Some("mg/L"), Edition::V2017),
    item_code("w21006", "nitrite", "亚硝酸盐", "nitrite", Some("mg/L"), Edition::V2017),
    item_code("w21007", "nitrate", "硝酸盐", "nitrate", Some("mg/L"), Edition::V2017),
    item_code("w21011", "total_phosphorus", "总磷", "total phosphorus", Some("mg/L"), Edition::V2017),
    item_code("w21016", "cyanide", "氰化物", "cyanide", Some("mg/L"), Edition::V2017),
    item_code("w21017", "fluoride", "氟化物", "fluoride", Some("mg/L"), Edition::V2017),
    item_code("w21019", "sulphide", "硫化物", "sulphide", Some("mg/L"), Edition::V2017),
    item_code("w21022", "chloride", "氯化物", "chloride", Some("mg/L"), Edition::V2017),
    item_code("w21038", "sulphate", "硫酸盐", "sulphate", Some("mg/L"), Edition::V2017),
    item_code("w22001", "petroleum", "石油类", "petroleum", Some("mg/L"), Edition::V2017),
    item_code("w23002", "volatile_phenols", "挥发酚", "volatile phenols", Some("mg/L"), Edition::V2017),
    item_code("w00000", "flow", "污水流量", "flow (sewage)", Some("L/s"), Edition::V2017),
    item_code("LA", "la", "A声级瞬时值", "momentary level", Some("dB"), Edition::V2017),
    item_code("L5", "l5", "累计百分声级L5", "L5", Some("dB"), Edition::V2017),
    item_code("L10", "l10", "累计百分声级L10", "L10", Some("dB"), Edition::V2017),
    item_code("L50", "l50", "累计百分声级L50", "L50", Some("dB"), Edition::V2017),
    item_code("L90", "l90", "累计百分声级L90", "L90", Some("dB"), Edition::V2017),
    item_code("L95", "l95", "累计百分声级L95", "L95", Some("dB"), Edition::V2017),
    item_code("Leq", "leq", "等效声级", "equivalent level", Some("dB"), Edition::V2017),
    item_code("Ldn", "ldn", "昼夜等效声级", "day-night level", Some("dB"), Edition::V2017),
    item_code("Ld", "ld", "昼间等效声级", "day level", Some("dB"), Edition::V2017),
    item_code("Ln", "ln", "夜间等效声级", "night level", Some("dB"), Edition::V2017),
    item_code("LMx", "lmax", "最大声级", "maximum level", Some("dB"), Edition::V2017),
    item_code("LMn", "lmin", "最小声级", "minimum level", Some("dB"), Edition::V2017),
    item_code("a05024", "o3", "臭氧", "O3", None, Edition::Practice),
    item_code("a99054", "tvoc", "总挥发性有机物", "TVOC", None, Edition::Practice),
    item_code("a50001", "leq", "噪声", "noise", None, Edition::Practice),
    item_code("w01003", "turbidity", "浊度", "turbidity", Some("NTU"), Edition::Practice),
    item_code("PM10", "pm10", "PM10", "PM10", None, Edition::Practice),
    item_code("PM25", "pm2_5", "PM2.5", "PM2.5", None, Edition::Practice),
    item_code("TSP", "tsp", "总悬浮颗粒物", "TSP", None, Edition::Practice),
    item_code("O3", "o3", "臭氧", "O3", None, Edition::Practice),
    item_code("107", "pm10", "PM10", "PM10", None, Edition::Practice),
    item_code("001", "ph", "pH", "pH", None, Edition::V2005),
    item_code("003", "suspended_solids", "悬浮物", "suspended solids", None, Edition::V2005),
    item_code("010", "bod5", "五日生化需氧量", "BOD5", None, Edition::V2005),
    item_code("011", "cod", "化学需氧量", "COD", None, Edition::V2005),
    item_code("020", "mercury", "总汞", "total mercury", None, Edition::V2005),
    item_code("022", "cadmium", "总镉", "total cadmium", None, Edition::V2005),
    item_code("024", "chromium_vi", "六价铬", "chromium VI", None, Edition::V2005),
    item_code("026", "arsenic", "总砷", "total arsenic", None, Edition::V2005),
    item_code("027", "lead", "总铅", "total lead", None, Edition::V2005),
    item_code("029", "copper", "总铜", "total copper", None, Edition::V2005),
    item_code("030", "zinc", "总锌", "total zinc", None, Edition::V2005),
    item_code("035", "selenium", "总硒", "total selenium", None, Edition::V2005),
    item_code("060", "ammonia_nitrogen", "氨氮", "NH3-N", None, Edition::V2005),
    item_code("065", "total_nitrogen", "总氮", "total nitrogen", None, Edition::V2005),
    item_code("070", "cyanide", "氰化物", "cyanide", None, Edition::V2005),
    item_code("071", "sulphide", "硫化物", "sulphide", None, Edition::V2005),
    item_code("072", "fluoride", "氟化物", "fluoride", None, Edition::V2005),
    item_code("080", "petroleum", "石油类", "petroleum", None, Edition::V2005),
    item_code("101", "total_phosphorus", "总磷", "total phosphorus", None, Edition::V2005),
    item_code("110", "volatile_phenols", "挥发酚", "volatile phenols", None, Edition::V2005),
    item_code("520", "anionic_surfactants", "阴离子表面活性剂", "anionic surfactants", None, Edition::V2005),
    item_code("550", "faecal_coliforms", "粪大肠菌群", "faecal coliforms", None, Edition::V2005),
    item_code("01", "soot", "烟尘", "soot", None, Edition::V2005),
    item_code("02", "so2", "二氧化硫", "SO2", None, Edition::V2005),
    item_code("03", "nox", "氮氧化物", "NOx", None, Edition::V2005),
    item_code("04", "co", "一氧化碳", "CO", None, Edition::V2005),
    item_code("05", "hydrogen_sulphide", "硫化氢", "hydrogen sulphide", None, Edition::V2005),
    item_code("B01", "flow", "污水流量", "flow of sewage", None, Edition::V2005),
    item_code("B02", "waste_gas_flow", "废气流量", "flow of waste gas", None, Edition::V2005),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: &str, expected: Option<(&str, Option<&str>)>) {
        assert_eq!(item(code).map(|one| (one.key, one.unit)), expected, "{code}");
    }

    #[test]
    fn items_of_both_editions() {
        check("a34004", Some(("pm2_5", Some("ng/m³"))));
        check("a05024", Some(("o3", None)));
        check("w21001", Some(("total_nitrogen", Some("mg/L"))));
        check("w20120", Some(("lead", Some("µg/L"))));
        check("011", Some(("cod", None)));
        check("w01001", Some(("ph", Some(""))));
        check("LMx", Some(("lmax", Some("dB"))));
        check("A34004", None);
        check("DataTime", None);
    }

    #[test]
    fn no_code_means_two_things() {
        let mut codes: Vec<&str> = items().map(|one| one.code).collect();
        codes.sort_unstable();
        let all = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }
}
