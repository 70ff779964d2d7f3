//! The units that stations send in, and the exact ratio between two of them.

use crate::value::Ratio;

/// What a unit measures: only units of one dimension convert into each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dimension {
    MassInAir,
    MassInWater,
    Temperature,
    Share,
    Pressure,
    Speed,
    Angle,
    Level,
    Turbidity,
    Conductivity,
    Count,
    Length,
    Number,
}

/// Spellings, dimension, and the size in the dimension's smallest unit.
const UNITS: &[(&[&str], Dimension, u64)] = &[
    (&["ng/m³"], Dimension::MassInAir, 1),
    (&["µg/m³"], Dimension::MassInAir, 1_000),
    (&["mg/m³"], Dimension::MassInAir, 1_000_000),
    (&["g/m³"], Dimension::MassInAir, 1_000_000_000),
    (&["ng/L"], Dimension::MassInWater, 1),
    (&["µg/L"], Dimension::MassInWater, 1_000),
    (&["mg/L"], Dimension::MassInWater, 1_000_000),
    (&["g/L"], Dimension::MassInWater, 1_000_000_000),
    (&["℃", "°C", "C"], Dimension::Temperature, 1),
    (&["%"], Dimension::Share, 1),
    (&["Pa"], Dimension::Pressure, 1),
    (&["hPa", "mbar"], Dimension::Pressure, 100),
    (&["kPa"], Dimension::Pressure, 1_000),
    (&["m/s"], Dimension::Speed, 1),
    (&["°", "deg"], Dimension::Angle, 1),
    (&["dB(A)", "dB", "dBA"], Dimension::Level, 1),
    (&["NTU", "FNU"], Dimension::Turbidity, 1),
    (&["µS/cm"], Dimension::Conductivity, 1),
    (&["mS/m"], Dimension::Conductivity, 10),
    (&["mS/cm"], Dimension::Conductivity, 1_000),
    (&["个/L", "count/L", "CFU/L", "MPN/L"], Dimension::Count, 1),
    (&["cm"], Dimension::Length, 1),
    (&["m"], Dimension::Length, 100),
    (&["1", "", "-", "pH", "无量纲"], Dimension::Number, 1),
];

/// What one `from` is in `to`; `None` if either is unknown, or they measure different things. Volume shares (ppm, ppb)
/// are not known on purpose: their ratio to a mass depends on a temperature that no frame tells.
pub fn ratio(from: &str, to: &str) -> Option<Ratio> {
    let (from, to) = (find(from)?, find(to)?);
    if from.0 != to.0 {
        return None;
    }
    Ratio::new(from.1, to.1)
}

/// Whether the unit is known at all.
pub fn is_known(unit: &str) -> bool {
    find(unit).is_some()
}

fn find(unit: &str) -> Option<(Dimension, u64)> {
    let plain = plain(unit);
    UNITS
        .iter()
        .find(|(spellings, ..)| spellings.iter().any(|spelling| self::plain(spelling) == plain))
        .map(|&(_, dimension, size)| (dimension, size))
}

/// One spelling for `ug/m3`, `μg/m³` (Greek) and `µg/m³` (micro sign), whatever the case of the litre.
fn plain(unit: &str) -> String {
    let unit = unit.trim().replace(['µ', 'μ'], "u").replace('³', "3").replace("^3", "3").replace("㎥", "m3");
    match unit.strip_suffix("/l") {
        Some(amount) => format!("{amount}/L"),
        None => unit,
    }
}

#[cfg(test)]
mod tests {
    use super::ratio;

    fn check(from: &str, to: &str, expected: Option<(u64, u64)>) {
        assert_eq!(
            ratio(from, to).map(|ratio| (ratio.numerator, ratio.denominator)),
            expected,
            "{from} → {to}"
        );
    }

    #[test]
    fn units_convert_exactly_or_not_at_all() {
        check("ng/m³", "µg/m³", Some((1, 1000)));
        check("mg/m3", "ug/m3", Some((1000, 1)));
        check("μg/m³", "µg/m³", Some((1, 1)));
        check("ug/l", "mg/L", Some((1, 1000)));
        check("hPa", "kPa", Some((1, 10)));
        check("mS/m", "µS/cm", Some((10, 1)));
        check("mg/L", "mg/m³", None);
        check("ppb", "µg/m³", None);
    }
}
