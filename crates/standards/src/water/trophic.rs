//! The trophic state index TLI(Σ) (总站生字〔2001〕090号).

use super::{Item, ItemSet, Micro, ONE, Refusal, Sample, Settings};

/// A trophic grade, poorest in nutrients first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TrophicGrade {
    /// 贫营养: below 30.
    Oligotrophic,
    /// 中营养: 30 to 50.
    Mesotrophic,
    /// 轻度富营养: above 50, to 60.
    LightlyEutrophic,
    /// 中度富营养: above 60, to 70.
    ModeratelyEutrophic,
    /// 重度富营养: above 70.
    HighlyEutrophic,
}

impl TrophicGrade {
    /// The grade of an index in tenths.
    pub const fn of(tenths: i64) -> Self {
        match tenths {
            ..300 => Self::Oligotrophic,
            300..=500 => Self::Mesotrophic,
            501..=600 => Self::LightlyEutrophic,
            601..=700 => Self::ModeratelyEutrophic,
            _ => Self::HighlyEutrophic,
        }
    }

    /// As bulletins print it.
    pub const fn zh(self) -> &'static str {
        ["贫营养", "中营养", "轻度富营养", "中度富营养", "重度富营养"][self as usize]
    }

    /// In English.
    pub const fn en(self) -> &'static str {
        ["oligotrophic", "mesotrophic", "lightly eutrophic", "moderately eutrophic", "highly eutrophic"]
            [self as usize]
    }
}

/// A lake's trophic state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trophic {
    /// TLI(Σ) in tenths: rounded once, half to even.
    pub tenths: i64,
    /// The grade of the printed index, so that a number and its word never disagree.
    pub grade: TrophicGrade,
    /// The five parts, in the order of [`PARTS`], unrounded.
    pub parts: [f64; 5],
}

/// Item, factor before ln, constant, r² with chlorophyll-a (总站生字〔2001〕090号); a part is
/// `10 · (constant + factor · ln x)`. The factor of CODMn is a setting.
pub const PARTS: [(Item, f64, f64, f64); 5] = [
    (Item::ChlorophyllA, 1.086, 2.5, 1.0),
    (Item::TotalPhosphorus, 1.624, 9.436, 0.7056),
    (Item::TotalNitrogen, 1.694, 5.453, 0.6724),
    (Item::Transparency, -1.94, 5.118, 0.6889),
    (Item::PermanganateIndex, f64::NAN, 0.109, 0.6889),
];

/// TLI(Σ) of a sample. All five are needed, and none may be 0 (it has no logarithm); what lacks is named.
/// The formula takes chlorophyll-a in µg/L, transparency in m and the rest in mg/L.
pub fn trophic(sample: &Sample, settings: &Settings) -> Result<Trophic, Refusal> {
    let value = |item: Item| sample.get(item).filter(|&value: &Micro| value > 0);
    let lacking = PARTS.iter().map(|part| part.0).filter(|&item| value(item).is_none());
    let lacking = lacking.fold(ItemSet::EMPTY, ItemSet::with);
    if !lacking.is_empty() {
        return Err(Refusal::Items(lacking));
    }
    let parts = PARTS.map(|(item, factor, constant, _)| {
        let factor = if item == Item::PermanganateIndex { settings.permanganate_factor } else { factor };
        // A sample has chlorophyll-a in mg/L.
        let unit = if item == Item::ChlorophyllA { ONE / 1_000 } else { ONE };
        let x = value(item).unwrap_or(unit) as f64 / unit as f64;
        10.0 * (constant + factor * x.ln())
    });
    let weights: f64 = PARTS.iter().map(|part| part.3).sum();
    let sum: f64 = PARTS.iter().zip(parts).map(|(part, value)| part.3 * value).sum();
    let tenths = (sum / weights * 10.0).round_ties_even() as i64;
    Ok(Trophic { tenths, grade: TrophicGrade::of(tenths), parts })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Sample {
        Sample::EMPTY
            .with(Item::ChlorophyllA, 10_000) // 10 µg/L
            .with(Item::TotalPhosphorus, 50_000)
            .with(Item::TotalNitrogen, ONE)
            .with(Item::Transparency, ONE)
            .with(Item::PermanganateIndex, 4 * ONE)
    }

    #[test]
    fn the_worked_example() {
        let found = trophic(&example(), &Settings::default()).expect("all five are there");
        let parts: Vec<String> = found.parts.iter().map(|part| format!("{part:.3}")).collect();
        assert_eq!(parts, ["50.006", "45.709", "54.530", "51.180", "37.979"]);
        assert_eq!((found.tenths, found.grade), (480, TrophicGrade::Mesotrophic));
        let weights: f64 = PARTS.iter().map(|part| part.3).sum();
        let shown: Vec<String> = PARTS.iter().map(|part| format!("{:.4}", part.3 / weights)).collect();
        assert_eq!(shown, ["0.2663", "0.1879", "0.1790", "0.1834", "0.1834"]);
        let sum: f64 = PARTS.iter().zip(found.parts).map(|(part, value)| part.3 * value).sum();
        assert_eq!(format!("{:.4}", sum / weights), "48.0181");
    }

    #[test]
    fn what_lacks_is_named() {
        let mut sample = Sample::EMPTY.with(Item::ChlorophyllA, 0);
        assert!(sample.set(Item::Transparency, ONE));
        let Err(Refusal::Items(items)) = trophic(&sample, &Settings::default()) else { panic!() };
        assert_eq!(items.len(), 4);
        assert!(items.has(Item::ChlorophyllA) && !items.has(Item::Transparency));
    }

    #[test]
    fn the_bounds_of_the_grades() {
        for (tenths, zh) in [
            (299, "贫营养"),
            (300, "中营养"),
            (500, "中营养"),
            (501, "轻度富营养"),
            (600, "轻度富营养"),
            (601, "中度富营养"),
            (700, "中度富营养"),
            (701, "重度富营养"),
        ] {
            assert_eq!(TrophicGrade::of(tenths).zh(), zh, "{tenths}");
        }
    }
}
