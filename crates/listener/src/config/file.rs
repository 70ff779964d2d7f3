//! A stations file: TOML → stations, or every fault at its place.
//!
//! ```toml
//! [[station]]
//! mn = "010000A8900016F000169DC0"     # the device's identity, as its frames carry it
//! code = "1325A"                      # the station's code in the lake
//! kind = "air"                        # air | water | noise | other
//! password = "100000"                 # optional: frames with another are refused
//! accept_modbus_crc = false           # optional: a mistake of some makers
//! unmapped = "keep"                   # or "drop": what becomes of codes without a mapping
//! oldest_days = 366                   # older data are kept apart
//! ahead_seconds = 600                 # how far the device's clock may run ahead
//! offline_after_minutes = 120
//! late_after_minutes = 60
//! # What is kept: known codes by the unit in which the station sends them ("particles" and "gases" for groups) …
//! units = { particles = "ng/m³", gases = "mg/m³", a05024 = "µg/m³" }
//! # … and/or one line as the city's book keeps it …
//! mapping = "a34004=pm2_5 ng/m³; a21026-Avg=so2 mg/m³"
//! # … and/or one by one.
//! [[station.item]]
//! code = "a34004"
//! field = "Avg"                       # optional
//! item = "pm2_5"                      # optional for known codes
//! unit = "ng/m³"                      # or factor = "1/1000"
//! limits = ["0", "2000"]              # optional: what can be true, in the item's unit
//! ```

use std::sync::Arc;

use jiff::SignedDuration;
use lake::Kind;
use message::{Diagnostic, Source, Span, Text, did_you_mean};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mapping::{Given, MappingFault, faults_together, item_mapping, known_items, parse_mapping};
use super::{ItemMapping, StationConfig, Stations, Unmapped, is_name};

/// Reads the stations of a file; every fault otherwise.
pub fn read_stations(source: &Arc<Source>) -> Result<Stations, Vec<Diagnostic>> {
    let (root, errors) = DeTable::parse_recoverable(&source.text);
    let mut faults = Faults { source, all: Vec::new() };
    for error in errors.iter().take(30) {
        let english = error.message();
        faults.push(
            "syntax",
            error.span().unwrap_or(0..0),
            Text::new(format!("不是合法的 TOML（{english}）"), english),
        );
    }
    if !faults.all.is_empty() {
        return Err(faults.all);
    }
    let root = Table { table: root.get_ref(), span: 0..0 };
    root.refuse_unknown(&["station"], &mut faults);
    let mut stations: Vec<(StationConfig, Span)> = Vec::new();
    for table in root.tables("station", &mut faults) {
        let Some(station) = station(&table, &mut faults) else { continue };
        if stations.iter().any(|(other, _)| other.mn == station.mn) {
            let mn = &station.mn;
            faults.push(
                "twice",
                table.span_of("mn"),
                message::text!("设备 `{mn}` 重复", "the device `{mn}` is given twice"),
            );
        }
        stations.push((station, table.span.clone()));
    }
    if !faults.all.is_empty() {
        return Err(faults.all);
    }
    Stations::new(stations.into_iter().map(|(station, _)| station)).map_err(|error| {
        // Cannot happen: names and repeats were checked above, with their places.
        vec![Diagnostic::error("station", source, 0..0, error.text())]
    })
}

const STATION: &[&str] = &[
    "mn",
    "code",
    "kind",
    "password",
    "accept_modbus_crc",
    "unmapped",
    "oldest_days",
    "ahead_seconds",
    "offline_after_minutes",
    "late_after_minutes",
    "units",
    "mapping",
    "item",
];

fn station(table: &Table<'_>, faults: &mut Faults<'_>) -> Option<StationConfig> {
    table.refuse_unknown(STATION, faults);
    let mn = table.name("mn", faults);
    let code = table.name("code", faults);
    let kind = table.required("kind", faults).and_then(|text| {
        let kind = Kind::of(text);
        if kind.is_none() {
            faults.push(
                "kind",
                table.span_of("kind"),
                message::text!(
                    "没有这种点位 `{text}`：air、water、noise 或 other",
                    "no kind `{text}`: air, water, noise or other"
                ),
            );
        }
        kind
    });
    let mut station = StationConfig::new(mn.unwrap_or_default(), code.unwrap_or_default(), kind?, Vec::new());
    station.items = items(table, station.kind, faults);
    station.password = table.text("password", faults).map(str::to_owned);
    station.accept_modbus_crc = table.flag("accept_modbus_crc", faults);
    match table.text("unmapped", faults) {
        None | Some("keep") => {}
        Some("drop") => station.unmapped = Unmapped::Drop,
        Some(other) => faults.push(
            "unmapped",
            table.span_of("unmapped"),
            message::text!("`{other}` 应为 keep 或 drop", "`{other}` should be keep or drop"),
        ),
    }
    if let Some(days) = table.whole("oldest_days", 1..=36_500, faults) {
        station.tolerance.oldest = SignedDuration::from_hours(days * 24);
    }
    if let Some(seconds) = table.whole("ahead_seconds", 0..=86_400, faults) {
        station.tolerance.ahead = SignedDuration::from_secs(seconds);
    }
    if let Some(minutes) = table.whole("offline_after_minutes", 1..=525_600, faults) {
        station.offline_after = SignedDuration::from_mins(minutes);
    }
    if let Some(minutes) = table.whole("late_after_minutes", 1..=525_600, faults) {
        station.late_after = SignedDuration::from_mins(minutes);
    }
    (!station.mn.is_empty() && !station.code.is_empty()).then_some(station)
}

/// The mappings of a station; what is said one by one wins over the line, and the line over the units.
fn items(table: &Table<'_>, kind: Kind, faults: &mut Faults<'_>) -> Vec<ItemMapping> {
    let before = faults.all.len();
    let mut items = one_by_one(table, kind, faults);
    for fault in faults_together(&items) {
        faults.push("mapping", table.span_of("item"), fault.text());
    }
    let mut add = |more: Vec<ItemMapping>| {
        for item in more {
            if !items.iter().any(|other| other.code == item.code && other.field == item.field) {
                items.push(item);
            }
        }
    };
    if let Some(line) = table.text("mapping", faults) {
        match parse_mapping(kind, line) {
            Ok(more) => add(more),
            Err(all) => faults.extend("mapping", table.span_of("mapping"), all),
        }
    }
    let silent = table.table.get("units").is_none() && (table.has("mapping") || table.has("item"));
    if !silent {
        match units(table, kind, faults) {
            Ok(more) => add(more),
            Err(all) => faults.extend("units", table.span_of("units"), all),
        }
    }
    if items.is_empty() && faults.all.len() == before {
        faults.extend("mapping", table.span.clone(), vec![MappingFault::Nothing]);
    }
    items
}

fn one_by_one(table: &Table<'_>, kind: Kind, faults: &mut Faults<'_>) -> Vec<ItemMapping> {
    let mut items = Vec::new();
    for table in table.tables("item", faults) {
        table.refuse_unknown(&["code", "field", "item", "unit", "factor", "limits"], faults);
        let Some(code) = table.name("code", faults) else { continue };
        let given = match (table.text("factor", faults), table.text("unit", faults)) {
            (Some(factor), None) => Given::Factor(factor),
            (None, Some(unit)) => Given::Unit(unit),
            (None, None) => Given::Nothing,
            (Some(_), Some(_)) => {
                faults.push(
                    "factor",
                    table.span_of("factor"),
                    Text::new("unit 和 factor 只能给一个", "give either `unit` or `factor`"),
                );
                continue;
            }
        };
        let limits = table.pair("limits", faults);
        let field = table.has("field").then(|| table.name("field", faults)).flatten();
        let item = table.has("item").then(|| table.name("item", faults)).flatten();
        match item_mapping(kind, code, field, item, given, limits) {
            Ok(item) => items.push(item),
            Err(fault) => faults.extend("mapping", table.span.clone(), vec![fault]),
        }
    }
    items
}

fn units(
    table: &Table<'_>,
    kind: Kind,
    faults: &mut Faults<'_>,
) -> Result<Vec<ItemMapping>, Vec<MappingFault>> {
    let given: Vec<(&str, &str)> = match table.table.get("units") {
        None => Vec::new(),
        Some(value) => match value.get_ref() {
            DeValue::Table(units) => units
                .iter()
                .filter_map(|(code, unit)| match unit.get_ref() {
                    DeValue::String(text) => Some((code.get_ref().as_ref(), text.as_ref())),
                    _ => {
                        faults.push("type", unit.span(), Text::new("应为文字", "should be a text"));
                        None
                    }
                })
                .collect(),
            _ => {
                faults.push(
                    "type",
                    value.span(),
                    Text::new("应为表：编码 = \"单位\"", "should be a table: code = \"unit\""),
                );
                Vec::new()
            }
        },
    };
    let find = |name: &str| given.iter().find(|(code, _)| *code == name).map(|(_, unit)| (*unit).to_owned());
    let mut unknown: Vec<MappingFault> = given
        .iter()
        .filter(|(code, _)| {
            !matches!(*code, "particles" | "gases") && super::builtin::find(kind, code).is_none()
        })
        .map(|(code, _)| MappingFault::Code((*code).to_owned()))
        .collect();
    let items = known_items(kind, &|code| {
        let group = match code.as_bytes() {
            [b'a', b'3', b'4', ..] => find("particles"),
            [b'a', b'2', ..] | [b'a', b'0', b'5', ..] => find("gases"),
            _ => None,
        };
        find(code).or(group)
    });
    match items {
        Ok(items) if unknown.is_empty() => Ok(items),
        Ok(_) => Err(unknown),
        Err(faults) => {
            unknown.extend(faults);
            Err(unknown)
        }
    }
}

struct Faults<'s> {
    source: &'s Arc<Source>,
    all: Vec<Diagnostic>,
}

impl Faults<'_> {
    fn push(&mut self, rule: &'static str, span: Span, text: Text) {
        self.all.push(Diagnostic::error(rule, self.source, span, text));
    }

    fn extend(&mut self, rule: &'static str, span: Span, faults: Vec<MappingFault>) {
        for fault in faults {
            self.push(rule, span.clone(), fault.text());
        }
    }
}

/// A table and its place.
struct Table<'a> {
    table: &'a DeTable<'a>,
    span: Span,
}

impl<'a> Table<'a> {
    fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    fn span_of(&self, key: &str) -> Span {
        self.table.get(key).map_or(self.span.clone(), Spanned::span)
    }

    fn refuse_unknown(&self, known: &[&str], faults: &mut Faults<'_>) {
        for (key, _) in self.table {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let mut fault = Diagnostic::error(
                    "unknown-key",
                    faults.source,
                    key.span(),
                    message::text!("没有键 `{name}`", "there is no key `{name}`"),
                );
                if let Some(near) = did_you_mean(name, known.iter().copied()) {
                    fault = fault.hint(message::text!("是不是 `{near}`？", "did you mean `{near}`?"));
                }
                faults.all.push(fault);
            }
        }
    }

    fn tables(&self, key: &str, faults: &mut Faults<'_>) -> Vec<Table<'a>> {
        let Some(value) = self.table.get(key) else { return Vec::new() };
        let mut tables = Vec::new();
        let list = match value.get_ref() {
            DeValue::Array(list) => list,
            _ => {
                faults.push(
                    "type",
                    value.span(),
                    message::text!("应写作 [[{key}]]", "should be written [[{key}]]"),
                );
                return tables;
            }
        };
        for element in list {
            match element.get_ref() {
                DeValue::Table(table) => tables.push(Table { table, span: element.span() }),
                _ => faults.push("type", element.span(), Text::new("应为表", "should be a table")),
            }
        }
        tables
    }

    fn text(&self, key: &str, faults: &mut Faults<'_>) -> Option<&'a str> {
        let value = self.table.get(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(text),
            _ => {
                faults.push(
                    "type",
                    value.span(),
                    message::text!("`{key}` 应为文字", "`{key}` should be a text"),
                );
                None
            }
        }
    }

    fn required(&self, key: &str, faults: &mut Faults<'_>) -> Option<&'a str> {
        if !self.has(key) {
            faults.push("missing", self.span.clone(), message::text!("缺少 `{key}`", "`{key}` is missing"));
        }
        self.text(key, faults)
    }

    fn name(&self, key: &str, faults: &mut Faults<'_>) -> Option<&'a str> {
        let name = self.required(key, faults)?;
        if is_name(name) {
            return Some(name);
        }
        faults.push(
            "name",
            self.span_of(key),
            message::text!(
                "`{key}` 应为 1 至 64 个可见字符，不含 ; = & ,",
                "`{key}` should be 1 to 64 visible characters other than ; = & ,"
            ),
        );
        None
    }

    fn flag(&self, key: &str, faults: &mut Faults<'_>) -> bool {
        match self.table.get(key).map(|value| (value.get_ref(), value.span())) {
            None => false,
            Some((DeValue::Boolean(yes), _)) => *yes,
            Some((_, span)) => {
                faults.push(
                    "type",
                    span,
                    message::text!("`{key}` 应为 true 或 false", "`{key}` should be true or false"),
                );
                false
            }
        }
    }

    fn whole(&self, key: &str, range: std::ops::RangeInclusive<i64>, faults: &mut Faults<'_>) -> Option<i64> {
        let value = self.table.get(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix()).ok(),
            _ => None,
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let (low, high) = (range.start(), range.end());
            faults.push(
                "range",
                value.span(),
                message::text!(
                    "`{key}` 应为 {low} 至 {high} 的整数",
                    "`{key}` should be a whole number from {low} to {high}"
                ),
            );
        }
        number
    }

    fn pair(&self, key: &str, faults: &mut Faults<'_>) -> Option<(&'a str, &'a str)> {
        let value = self.table.get(key)?;
        if let DeValue::Array(list) = value.get_ref()
            && let [low, high] = &list[..]
            && let (DeValue::String(low), DeValue::String(high)) = (low.get_ref(), high.get_ref())
        {
            return Some((low, high));
        }
        faults.push(
            "type",
            value.span(),
            message::text!(
                "`{key}` 应为两个加引号的数，如 [\"0\", \"2000\"]",
                "`{key}` should be two quoted numbers, such as [\"0\", \"2000\"]"
            ),
        );
        None
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use message::Source;

    use super::read_stations;

    fn check(text: &str) -> String {
        match read_stations(&Source::new("stations.toml", text)) {
            Ok(stations) => stations
                .iter()
                .map(|station| {
                    let items: Vec<_> = station
                        .items
                        .iter()
                        .map(|item| {
                            format!(
                                "{}={}×{}/{}",
                                item.code, item.item, item.factor.numerator, item.factor.denominator
                            )
                        })
                        .collect();
                    format!("{} {} {}: {}", station.mn, station.code, station.kind.key(), items.join(" "))
                })
                .collect::<Vec<_>>()
                .join("\n"),
            Err(faults) => message::render_concise(&faults, message::Language::English),
        }
    }

    #[test]
    fn units_are_enough_for_known_codes() {
        assert_snapshot!(check(
            "[[station]]\nmn = 'A'\ncode = '1'\nkind = 'air'\nunits = { particles = 'ng/m³', gases = 'mg/m³', a05024 = 'µg/m³' }"
        ), @"A 1 air: a34004=pm2_5×1/1000 a34002=pm10×1/1000 a34001=tsp×1/1000 a34005=pm1×1/1000 a21026=so2×1000/1 a21004=no2×1000/1 a21003=no×1000/1 a21002=nox×1000/1 a21005=co×1/1 a05024=o3×1/1 a21001=ammonia×1000/1 a21028=hydrogen_sulphide×1000/1 a24088=non_methane_hydrocarbons×1/1 a01001=air_temperature×1/1 a01002=humidity×1/1 a01006=air_pressure×1/1 a01007=wind_speed×1/1 a01008=wind_direction×1/1");
        assert_snapshot!(check("[[station]]\nmn = 'B'\ncode = '2'\nkind = 'noise'"), @"B 2 noise: LA=la×1/1 Leq=leq×1/1 Ld=ld×1/1 Ln=ln×1/1 Ldn=ldn×1/1 L5=l5×1/1 L10=l10×1/1 L50=l50×1/1 L90=l90×1/1 L95=l95×1/1 LMx=lmax×1/1 LMn=lmin×1/1");
    }

    #[test]
    fn every_fault_is_told_at_its_place() {
        assert_snapshot!(check(
            "[[station]]\nmn = 'A'\ncode = '1'\nkind = 'fire'\npasword = 'x'\n\
             [[station]]\ncode = 'a b'\nkind = 'air'\nunits = { a99999 = 'mg/m³' }\noldest_days = 0\n\
             [[station]]\nmn = 'C'\ncode = '3'\nkind = 'other'\n\
             [[station]]\nmn = 'C'\ncode = '3'\nkind = 'air'\nmapping = 'a34004=pm2_5 ppb'\n\
             [[station.item]]\ncode = 'a34002'\nunit = 'ug/m3'\nfactor = '1'\n"
        ), @"
        stations.toml:4:8: kind: no kind `fire`: air, water, noise or other
        stations.toml:5:1: unknown-key: there is no key `pasword`
        stations.toml:6:1: missing: `mn` is missing
        stations.toml:7:8: name: `code` should be 1 to 64 visible characters other than ; = & ,
        stations.toml:9:9: units: the code `a99999` is not known: name its item
        stations.toml:10:15: range: `oldest_days` should be a whole number from 1 to 36500
        stations.toml:11:1: mapping: no value of this station would be kept: give `units`, or items
        stations.toml:16:6: twice: the device `C` is given twice
        stations.toml:19:11: mapping: unknown unit `ppb`
        stations.toml:23:10: factor: give either `unit` or `factor`
        ");
    }
}
