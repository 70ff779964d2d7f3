//! Black and odorous urban water (城市黑臭水体整治工作指南, 2015; limits from one implementation).

use super::{Micro, ONE};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BlackOdour {
    /// Neither black nor odorous by what was measured.
    No,
    /// 轻度黑臭.
    Light,
    /// 重度黑臭.
    Severe,
}

impl BlackOdour {
    /// As the guide calls it.
    pub const fn zh(self) -> &'static str {
        ["非黑臭", "轻度黑臭", "重度黑臭"][self as usize]
    }

    /// In English.
    pub const fn en(self) -> &'static str {
        ["not black-odorous", "lightly black-odorous", "severely black-odorous"][self as usize]
    }
}

/// What is measured, in millionths of the unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlackOdourSample {
    /// Transparency in cm.
    pub transparency: Option<Micro>,
    /// Depth of the water in cm: below 25 cm, 40 % of the depth takes the place of the 25 cm limit.
    pub depth: Option<Micro>,
    /// Dissolved oxygen in mg/L.
    pub oxygen: Option<Micro>,
    /// Ammonia nitrogen in mg/L.
    pub ammonia: Option<Micro>,
    /// Oxidation-reduction potential in mV (its limits: no source at hand).
    pub potential: Option<Micro>,
}

/// The worst of the four: light / severe below 25 / 10 cm of transparency, 2.0 / 0.2 mg/L of oxygen, above
/// 8.0 / 15 mg/L of ammonia nitrogen, below 50 / −200 mV. `None` if nothing was measured.
pub fn black_odour(sample: &BlackOdourSample) -> Option<BlackOdour> {
    let light = match sample.depth {
        Some(depth) if depth < 25 * ONE => crate::rounding::half_even(depth.saturating_mul(2), 5),
        _ => 25 * ONE,
    };
    let below = |value: Option<Micro>, light: Micro, severe: Micro| {
        value.map(|value| match value {
            _ if value < severe.min(light) => BlackOdour::Severe,
            _ if value < light => BlackOdour::Light,
            _ => BlackOdour::No,
        })
    };
    let ammonia = sample.ammonia.map(|value| match value {
        _ if value > 15 * ONE => BlackOdour::Severe,
        _ if value > 8 * ONE => BlackOdour::Light,
        _ => BlackOdour::No,
    });
    let found = [
        below(sample.transparency, light, 10 * ONE),
        below(sample.oxygen, 2 * ONE, ONE / 5),
        below(sample.potential, 50 * ONE, -200 * ONE),
        ammonia,
    ];
    found.into_iter().flatten().max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_of_the_four_counts() {
        let clean = BlackOdourSample {
            transparency: Some(25 * ONE),
            depth: Some(100 * ONE),
            oxygen: Some(2 * ONE),
            ammonia: Some(8 * ONE),
            potential: Some(50 * ONE),
        };
        let check = |sample: BlackOdourSample, expected| assert_eq!(black_odour(&sample), expected);
        check(clean, Some(BlackOdour::No));
        check(BlackOdourSample { ammonia: Some(8_100_000), ..clean }, Some(BlackOdour::Light));
        check(BlackOdourSample { oxygen: Some(190_000), ..clean }, Some(BlackOdour::Severe));
        check(BlackOdourSample { potential: Some(-201 * ONE), ..clean }, Some(BlackOdour::Severe));
        check(BlackOdourSample { transparency: Some(9 * ONE), ..clean }, Some(BlackOdour::Severe));
        // In 20 cm of water the limit is 8 cm: 9 cm are enough, 7 cm are not.
        let shallow = BlackOdourSample { depth: Some(20 * ONE), ..clean };
        check(BlackOdourSample { transparency: Some(9 * ONE), ..shallow }, Some(BlackOdour::No));
        check(BlackOdourSample { transparency: Some(7 * ONE), ..shallow }, Some(BlackOdour::Severe));
        check(BlackOdourSample::default(), None);
    }
}
