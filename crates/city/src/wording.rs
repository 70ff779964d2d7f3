//! How figures, rows and entries are told: one way for terminals and pages.

use figure::{Figure, Measured};
use jiff::Timestamp;
use jiff::tz::Offset;
use message::{Language, Text, text};
use pack::{Definition, Pack};

use crate::vocabulary::CityWords;

/// The value with the indicator's decimals, rounded half to even (GB/T 8170).
pub fn shown(figure: &Figure) -> Option<String> {
    figure.value.map(|value| {
        let decimals = u32::from(figure.decimals);
        let mut rounded = quantity::round_half_even(value, decimals);
        rounded.rescale(decimals);
        rounded.to_string()
    })
}

/// A decimal with its thousands divided by thin spaces, as tables of official reports print it.
pub fn grouped(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let (whole, fraction) =
        digits.split_once('.').map_or((digits, ""), |(whole, fraction)| (whole, fraction));
    if whole.len() <= 4 {
        return number.to_owned();
    }
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push('\u{2009}');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// The indicator's name.
pub fn label(pack: &Pack, figure: &Figure, language: Language) -> String {
    pack.indicator(&figure.id.indicator)
        .map_or_else(|| figure.id.indicator.clone(), |one| one.label.in_language(language).into_owned())
}

/// `岸别=左岸`, in the pack's words.
pub fn scope_words(words: &CityWords<'_>, figure: &Figure, language: Language) -> String {
    let parts: Vec<String> = figure
        .id
        .scope
        .iter()
        .map(|(dimension, value)| words.value_label(&figure.id.indicator, dimension, value, language))
        .collect();
    parts.join(" · ")
}

/// The definition, as the pack states it.
pub fn definition(definition: &Definition, language: Language) -> String {
    match definition {
        Definition::Rows { sql, sum, .. } => {
            let sum = format!("{sum:?}").to_lowercase();
            format!("{}\n{} {sum}", sql.trim_end(), Text::new("汇总方式：", "sum:").in_language(language))
        }
        Definition::Formula(formula) => formula.to_string(),
    }
}

/// What a kind of entry is called: `create` → 新增.
pub fn kind_text(kind: &str) -> Text {
    match kind {
        "create" => Text::new("新增", "create"),
        "amend" => Text::new("变更", "amend"),
        "advance" => Text::new("状态变更", "advance"),
        "verify" => Text::new("核实", "verify"),
        "return" => Text::new("退回", "return"),
        "withdraw" => Text::new("撤回", "withdraw"),
        other => Text::same(other),
    }
}

/// `J001 等 10 个点位，2022-07-04`.
pub fn measured_words(place: &Measured, language: Language) -> String {
    let Measured { stations, first, last, .. } = place;
    let (count, name) = (stations.len(), stations.first().map_or("", String::as_str));
    let days = if first == last { first.to_string() } else { format!("{first}…{last}") };
    let told = match count {
        1 => text!("点位 {name}，{days}", "station {name}, {days}"),
        _ => text!("{name} 等 {count} 个点位，{days}", "{name} and others, {count} stations, {days}"),
    };
    told.in_language(language).into_owned()
}

/// A time of the official day, UTC+8.
pub fn local(time: Timestamp) -> String {
    Offset::constant(8).to_datetime(time).strftime("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_divided() {
        fn check(number: &str, expected: &str) {
            assert_eq!(grouped(number).replace('\u{2009}', "_"), expected);
        }
        check("188", "188");
        check("1210", "1210");
        check("17745", "17_745");
        check("-82963000000.00", "-82_963_000_000.00");
    }
}
