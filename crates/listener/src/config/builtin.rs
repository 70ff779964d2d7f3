//! The codes that everybody knows, and what they are here.

use lake::{Kind, Micro};

/// One known code.
pub struct Known {
    /// The kind of station that sends it.
    pub kind: Kind,
    /// The code of HJ 212 (2017, or 2005 where it is three digits).
    pub code: &'static str,
    /// The item's key in the lake.
    pub item: &'static str,
    /// The item's unit in the lake.
    pub unit: &'static str,
    /// The unit that a station sends unless it says another; `None` where it has to say, because the printed unit is
    /// not what stations send (HJ 212-2017 prints ng/m³ for particles) or none is printed.
    pub sent: Option<&'static str>,
    /// What can be true, in whole units of the item, both ends included.
    pub plausible: (i64, i64),
}

impl Known {
    /// The plausible range in millionths.
    pub fn range(&self) -> (Micro, Micro) {
        (Micro(self.plausible.0 * 1_000_000), Micro(self.plausible.1 * 1_000_000))
    }
}

/// The known code of a kind of station.
pub fn find(kind: Kind, code: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.kind == kind && known.code == code)
}

const fn row(
    kind: Kind,
    code: &'static str,
    item: &'static str,
    unit: &'static str,
    sent: Option<&'static str>,
    plausible: (i64, i64),
) -> Known {
    Known { kind, code, item, unit, sent, plausible }
}

const PARTICLES: (i64, i64) = (0, 20_000);
const GASES: (i64, i64) = (0, 10_000);

/// HJ 212-2017 annex B (a05024: HJ 524-2009); the codes of three digits: HJ/T 212-2005. The plausible ranges are ours:
/// wide enough for a sand storm or a spill, narrow enough to catch a unit that is a thousand times off.
pub const KNOWN: &[Known] = &[
    row(Kind::Air, "a34004", "pm2_5", "µg/m³", None, PARTICLES),
    row(Kind::Air, "a34002", "pm10", "µg/m³", None, PARTICLES),
    row(Kind::Air, "a34001", "tsp", "µg/m³", None, PARTICLES),
    row(Kind::Air, "a34005", "pm1", "µg/m³", None, PARTICLES),
    row(Kind::Air, "a21026", "so2", "µg/m³", None, GASES),
    row(Kind::Air, "a21004", "no2", "µg/m³", None, GASES),
    row(Kind::Air, "a21003", "no", "µg/m³", None, GASES),
    row(Kind::Air, "a21002", "nox", "µg/m³", None, GASES),
    row(Kind::Air, "a21005", "co", "mg/m³", None, (0, 200)),
    row(Kind::Air, "a05024", "o3", "µg/m³", None, GASES),
    row(Kind::Air, "a21001", "ammonia", "µg/m³", None, GASES),
    row(Kind::Air, "a21028", "hydrogen_sulphide", "µg/m³", None, GASES),
    row(Kind::Air, "a24088", "non_methane_hydrocarbons", "mg/m³", None, (0, 1_000)),
    row(Kind::Air, "a99054", "tvoc", "µg/m³", None, (0, 100_000)),
    row(Kind::Air, "a01001", "air_temperature", "℃", Some("℃"), (-60, 60)),
    row(Kind::Air, "a01002", "humidity", "%", Some("%"), (0, 100)),
    row(Kind::Air, "a01006", "air_pressure", "kPa", Some("kPa"), (30, 120)),
    row(Kind::Air, "a01007", "wind_speed", "m/s", Some("m/s"), (0, 120)),
    row(Kind::Air, "a01008", "wind_direction", "°", Some("°"), (0, 360)),
    row(Kind::Water, "w01001", "ph", "1", Some("1"), (0, 14)),
    row(Kind::Water, "w01003", "turbidity", "NTU", Some("NTU"), (0, 100_000)),
    row(Kind::Water, "w01009", "dissolved_oxygen", "mg/L", Some("mg/L"), (0, 60)),
    row(Kind::Water, "w01010", "water_temperature", "℃", Some("℃"), (-5, 60)),
    row(Kind::Water, "w01014", "conductivity", "µS/cm", Some("µS/cm"), (0, 1_000_000)),
    row(Kind::Water, "w01017", "bod5", "mg/L", Some("mg/L"), (0, 100_000)),
    row(Kind::Water, "w01018", "cod", "mg/L", Some("mg/L"), (0, 100_000)),
    row(Kind::Water, "w01019", "permanganate_index", "mg/L", Some("mg/L"), (0, 10_000)),
    row(Kind::Water, "w02003", "faecal_coliforms", "个/L", Some("个/L"), (0, 100_000_000_000)),
    row(Kind::Water, "w19002", "anionic_surfactants", "mg/L", Some("mg/L"), (0, 10_000)),
    row(Kind::Water, "w20111", "mercury", "mg/L", Some("µg/L"), (0, 100)),
    row(Kind::Water, "w20115", "cadmium", "mg/L", Some("µg/L"), (0, 1_000)),
    row(Kind::Water, "w20117", "chromium_vi", "mg/L", Some("µg/L"), (0, 10_000)),
    row(Kind::Water, "w20119", "arsenic", "mg/L", Some("µg/L"), (0, 1_000)),
    row(Kind::Water, "w20120", "lead", "mg/L", Some("µg/L"), (0, 10_000)),
    row(Kind::Water, "w20122", "copper", "mg/L", Some("mg/L"), (0, 10_000)),
    row(Kind::Water, "w20123", "zinc", "mg/L", Some("mg/L"), (0, 10_000)),
    row(Kind::Water, "w20128", "selenium", "mg/L", Some("µg/L"), (0, 1_000)),
    row(Kind::Water, "w20138", "copper", "mg/L", Some("mg/L"), (0, 10_000)),
    row(Kind::Water, "w20139", "zinc", "mg/L", Some("mg/L"), (0, 10_000)),
    row(Kind::Water, "w20140", "selenium", "mg/L", Some("mg/L"), (0, 1_000)),
    row(Kind::Water, "w20141", "arsenic", "mg/L", Some("mg/L"), (0, 1_000)),
    row(Kind::Water, "w20142", "mercury", "mg/L", Some("µg/L"), (0, 100)),
    row(Kind::Water, "w20143", "cadmium", "mg/L", Some("µg/L"), (0, 1_000)),
    row(Kind::Water, "w20144", "lead", "mg/L", Some("mg/L"), (0, 10_000)),
    row(Kind::Water, "w21001", "total_nitrogen", "mg/L", Some("mg/L"), (0, 10_000)),
    row(Kind::Water, "w21003", "ammonia_nitrogen", "mg/L", Some("mg/L"), (0, 10_000)),
    row(Kind::Water, "w21011", "total_phosphorus", "mg/L", Some("mg/L"), (0, 10_000)),
    row(Kind::Water, "w21016", "cyanide", "mg/L", Some("mg/L"), (0, 1_000)),
    row(Kind::Water, "w21017", "fluoride", "mg/L", Some("mg/L"), (0, 10_000)),
    row(Kind::Water, "w21019", "sulphide", "mg/L", Some("mg/L"), (0, 10_000)),
    row(Kind::Water, "w22001", "petroleum", "mg/L", Some("mg/L"), (0, 10_000)),
    row(Kind::Water, "w23002", "volatile_phenols", "mg/L", Some("mg/L"), (0, 10_000)),
    row(Kind::Water, "001", "ph", "1", Some("1"), (0, 14)),
    row(Kind::Water, "010", "bod5", "mg/L", None, (0, 100_000)),
    row(Kind::Water, "011", "cod", "mg/L", None, (0, 100_000)),
    row(Kind::Water, "020", "mercury", "mg/L", None, (0, 100)),
    row(Kind::Water, "022", "cadmium", "mg/L", None, (0, 1_000)),
    row(Kind::Water, "024", "chromium_vi", "mg/L", None, (0, 10_000)),
    row(Kind::Water, "026", "arsenic", "mg/L", None, (0, 1_000)),
    row(Kind::Water, "027", "lead", "mg/L", None, (0, 10_000)),
    row(Kind::Water, "029", "copper", "mg/L", None, (0, 10_000)),
    row(Kind::Water, "030", "zinc", "mg/L", None, (0, 10_000)),
    row(Kind::Water, "035", "selenium", "mg/L", None, (0, 1_000)),
    row(Kind::Water, "060", "ammonia_nitrogen", "mg/L", None, (0, 10_000)),
    row(Kind::Water, "065", "total_nitrogen", "mg/L", None, (0, 10_000)),
    row(Kind::Water, "070", "cyanide", "mg/L", None, (0, 1_000)),
    row(Kind::Water, "071", "sulphide", "mg/L", None, (0, 10_000)),
    row(Kind::Water, "072", "fluoride", "mg/L", None, (0, 10_000)),
    row(Kind::Water, "080", "petroleum", "mg/L", None, (0, 10_000)),
    row(Kind::Water, "101", "total_phosphorus", "mg/L", None, (0, 10_000)),
    row(Kind::Water, "110", "volatile_phenols", "mg/L", None, (0, 10_000)),
    row(Kind::Water, "520", "anionic_surfactants", "mg/L", None, (0, 10_000)),
    row(Kind::Water, "550", "faecal_coliforms", "个/L", None, (0, 100_000_000_000)),
    row(Kind::Noise, "LA", "la", "dB(A)", Some("dB(A)"), (0, 160)),
    row(Kind::Noise, "Leq", "leq", "dB(A)", Some("dB(A)"), (0, 160)),
    row(Kind::Noise, "Ld", "ld", "dB(A)", Some("dB(A)"), (0, 160)),
    row(Kind::Noise, "Ln", "ln", "dB(A)", Some("dB(A)"), (0, 160)),
    row(Kind::Noise, "Ldn", "ldn", "dB(A)", Some("dB(A)"), (0, 160)),
    row(Kind::Noise, "L5", "l5", "dB(A)", Some("dB(A)"), (0, 160)),
    row(Kind::Noise, "L10", "l10", "dB(A)", Some("dB(A)"), (0, 160)),
    row(Kind::Noise, "L50", "l50", "dB(A)", Some("dB(A)"), (0, 160)),
    row(Kind::Noise, "L90", "l90", "dB(A)", Some("dB(A)"), (0, 160)),
    row(Kind::Noise, "L95", "l95", "dB(A)", Some("dB(A)"), (0, 160)),
    row(Kind::Noise, "LMx", "lmax", "dB(A)", Some("dB(A)"), (0, 160)),
    row(Kind::Noise, "LMn", "lmin", "dB(A)", Some("dB(A)"), (0, 160)),
];

#[cfg(test)]
mod tests {
    use super::KNOWN;
    use crate::unit;

    #[test]
    fn every_known_unit_converts() {
        for known in KNOWN {
            assert!(unit::is_known(known.unit), "{}", known.code);
            assert!(known.sent.is_none_or(|sent| unit::ratio(sent, known.unit).is_some()), "{}", known.code);
            assert!(known.plausible.0 < known.plausible.1, "{}", known.code);
        }
    }
}
