//! A station's mapping: from one line of text (as the city's book keeps it), or from its units alone.

use lake::{Kind, Micro};
use message::Text;

use super::{ItemMapping, builtin, is_name};
use crate::unit;
use crate::value::{Ratio, exact};

/// Why a mapping cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingFault {
    /// Not `code=item unit`.
    #[error("`{0}` does not read `code=item unit`, such as `a34004=pm2_5 ng/m³`")]
    Form(String),
    /// A unit that is not known.
    #[error("unknown unit `{0}`")]
    Unit(String),
    /// Units of different things.
    #[error("`{from}` is not a unit of `{item}`, which is in {to}")]
    Dimension {
        /// The item.
        item: String,
        /// The station's unit.
        from: String,
        /// The item's.
        to: String,
    },
    /// An item of no known unit.
    #[error("the unit of `{0}` is not known: give a factor in place of the station's unit")]
    Item(String),
    /// A code that is not known and has no item.
    #[error("the code `{0}` is not known: name its item")]
    Code(String),
    /// A factor that is none.
    #[error("`{0}` is no factor: a positive number such as 1000, 0.001 or 1/1000")]
    Factor(String),
    /// Limits that are none.
    #[error("`{0}` are no limits: two numbers, the lower first")]
    Limits(String),
    /// Nothing is mapped.
    #[error("no value of this station would be kept: give `units`, or items")]
    Nothing,
    /// One value as two things.
    #[error("`{0}` is mapped twice")]
    Twice(String),
}

impl MappingFault {
    /// In words for users.
    pub fn text(&self) -> Text {
        let chinese = match self {
            Self::Form(text) => format!("`{text}` 不是 `编码=项目 单位` 的形式，如 `a34004=pm2_5 ng/m³`"),
            Self::Unit(unit) => format!("不认识单位 `{unit}`"),
            Self::Dimension { item, from, to } => format!("`{from}` 不是 `{item}` 的单位，该项目以 {to} 计"),
            Self::Item(item) => format!("不知道项目 `{item}` 的单位：请以换算系数代替单位"),
            Self::Code(code) => format!("不认识编码 `{code}`：请指明项目"),
            Self::Factor(text) => format!("`{text}` 不是换算系数：应为正数，如 1000、0.001 或 1/1000"),
            Self::Limits(text) => format!("`{text}` 不是合理范围：应为两个数，小的在前"),
            Self::Nothing => "该点位没有任何值会入库：请给出 units 或 item".to_owned(),
            Self::Twice(name) => format!("`{name}` 有两个去处"),
        };
        Text::new(chinese, self.to_string())
    }
}

/// Reads `a34004=pm2_5 ng/m³; a21026-Avg=so2 mg/m³; x01=thing factor 1/1000`: code, perhaps a field, the item, and the
/// unit the station sends in (or the factor to the item's unit). All faults at once.
pub fn parse_mapping(kind: Kind, text: &str) -> Result<Vec<ItemMapping>, Vec<MappingFault>> {
    let (mut items, mut faults) = (Vec::new(), Vec::new());
    for part in text.split([';', '；', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        match parse_one(kind, part) {
            Ok(item) => items.push(item),
            Err(fault) => faults.push(fault),
        }
    }
    faults.extend(faults_together(&items));
    if faults.is_empty() { Ok(items) } else { Err(faults) }
}

fn parse_one(kind: Kind, part: &str) -> Result<ItemMapping, MappingFault> {
    let form = || MappingFault::Form(part.to_owned());
    let (name, target) = part.split_once('=').ok_or_else(form)?;
    let (code, field) = match name.trim().split_once('-') {
        Some((code, field)) => (code, Some(field)),
        None => (name.trim(), None),
    };
    let (item, unit) = match target.trim().split_once(char::is_whitespace) {
        Some((item, unit)) => (item, Some(unit.trim())),
        None => (target.trim(), None),
    };
    if !is_name(code) || !is_name(item) || field.is_some_and(|field| !is_name(field)) {
        return Err(form());
    }
    let factor = match unit.and_then(|unit| unit.strip_prefix("factor ")) {
        Some(factor) => Given::Factor(factor.trim()),
        None => unit.map_or(Given::Nothing, Given::Unit),
    };
    item_mapping(kind, code, field, Some(item), factor, None)
}

/// How the device's numbers become the item's.
#[derive(Clone, Copy)]
pub(super) enum Given<'a> {
    /// As printed in the standard, where stations keep to it.
    Nothing,
    /// By the unit that the station sends in.
    Unit(&'a str),
    /// By a factor.
    Factor(&'a str),
}

/// One mapping, completed from what is known of the code and the item.
pub(super) fn item_mapping(
    kind: Kind,
    code: &str,
    field: Option<&str>,
    item: Option<&str>,
    given: Given<'_>,
    limits: Option<(&str, &str)>,
) -> Result<ItemMapping, MappingFault> {
    let known = builtin::find(kind, code);
    let item = match (item, known) {
        (Some(item), _) => item,
        (None, Some(known)) => known.item,
        (None, None) => return Err(MappingFault::Code(code.to_owned())),
    };
    // An item's unit and range are known by the item, whatever code it comes under.
    let of_item = known
        .filter(|known| known.item == item)
        .or_else(|| builtin::KNOWN.iter().find(|known| known.item == item));
    let sent = match given {
        Given::Factor(text) => Ok(Ratio::parse(text).ok_or_else(|| MappingFault::Factor(text.to_owned()))?),
        Given::Unit(unit) => Err(unit),
        Given::Nothing => Err(known
            .filter(|known| known.item == item)
            .and_then(|known| known.sent)
            .ok_or_else(|| MappingFault::Unit(String::new()))?),
    };
    let factor = match (sent, of_item) {
        (Ok(factor), _) => factor,
        (Err(unit), _) if !unit::is_known(unit) => return Err(MappingFault::Unit(unit.to_owned())),
        (Err(_), None) => return Err(MappingFault::Item(item.to_owned())),
        (Err(unit), Some(known)) => unit::ratio(unit, known.unit).ok_or_else(|| MappingFault::Dimension {
            item: item.to_owned(),
            from: unit.to_owned(),
            to: known.unit.to_owned(),
        })?,
    };
    let plausible = match limits {
        Some((low, high)) => Some(read_limits(low, high)?),
        None => of_item.map(|known| known.range()),
    };
    Ok(ItemMapping {
        code: code.to_owned(),
        field: field.map(str::to_owned),
        item: item.to_owned(),
        factor,
        plausible,
    })
}

fn read_limits(low: &str, high: &str) -> Result<(Micro, Micro), MappingFault> {
    let limit = |text| exact(text, Ratio::ONE).map(|exact| exact.value);
    match (limit(low), limit(high)) {
        (Some(low), Some(high)) if low <= high => Ok((low, high)),
        _ => Err(MappingFault::Limits(format!("{low}, {high}"))),
    }
}

/// The known codes of a kind of station whose unit is given by `unit_of` or beyond doubt.
pub fn known_items(
    kind: Kind,
    unit_of: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<ItemMapping>, Vec<MappingFault>> {
    let (mut items, mut faults) = (Vec::new(), Vec::new());
    for known in builtin::KNOWN.iter().filter(|known| known.kind == kind) {
        let unit = unit_of(known.code).or_else(|| known.sent.map(str::to_owned));
        let Some(unit) = unit else { continue };
        match item_mapping(kind, known.code, None, None, Given::Unit(&unit), None) {
            Ok(item) => items.push(item),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(items) } else { Err(faults) }
}

/// What is wrong with mappings that are right one by one.
pub(super) fn faults_together(items: &[ItemMapping]) -> Vec<MappingFault> {
    let mut faults = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let same = |other: &ItemMapping| other.code == item.code && other.field == item.field;
        if items[..index].iter().any(same) {
            let field = item.field.as_deref().map(|field| format!("-{field}")).unwrap_or_default();
            faults.push(MappingFault::Twice(format!("{}{field}", item.code)));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::parse_mapping;
    use lake::Kind;

    fn check(text: &str, expected: &str) {
        let got = match parse_mapping(Kind::Air, text) {
            Ok(items) => items
                .iter()
                .map(|item| {
                    let field = item.field.as_deref().unwrap_or("*");
                    format!(
                        "{}-{field}→{}×{}/{}",
                        item.code, item.item, item.factor.numerator, item.factor.denominator
                    )
                })
                .collect::<Vec<_>>(),
            Err(faults) => faults.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(got.join(" | "), expected);
    }

    #[test]
    fn a_line_of_the_book_is_a_mapping() {
        check("a34004=pm2_5 ng/m³; a21026-Avg=so2 mg/m³", "a34004-*→pm2_5×1/1000 | a21026-Avg→so2×1000/1");
        check("a21005=co mg/m3；a01001=air_temperature", "a21005-*→co×1/1 | a01001-*→air_temperature×1/1");
        check("PM25=pm2_5 ug/m3; x9=thing factor 1/8", "PM25-*→pm2_5×1/1 | x9-*→thing×1/8");
        check("", "");
    }

    #[test]
    fn all_faults_are_told_at_once() {
        check(
            "a34004; a21026=so2 ppb; a34002=pm10 mg/L; a05024=o3; a1=b ug/m3; a1=b ug/m3; x=y factor 0",
            "`a34004` does not read `code=item unit`, such as `a34004=pm2_5 ng/m³` | unknown unit `ppb` | `mg/L` is not a \
             unit of `pm10`, which is in µg/m³ | unknown unit `` | the unit of `b` is not known: give a factor in place \
             of the station's unit | the unit of `b` is not known: give a factor in place of the station's unit | `0` is \
             no factor: a positive number such as 1000, 0.001 or 1/1000",
        );
        check("a34004=pm2_5 ug/m3; a34004=pm10 ug/m3", "`a34004` is mapped twice");
    }
}
