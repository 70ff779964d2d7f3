//! The real-time AQI of one hour at one station.

use super::{Concentration, Edition, Index, Item, RealTime2012, Scale, Settings, sub_index};

/// What is known of an hour. Only [`Hour::means`] is needed; the sliding means take part under the nine
/// values of 2012, and the 24 hours of SO₂ stand in for an hour above its scale.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hour {
    /// The 1-hour means.
    pub means: [Concentration; Item::COUNT],
    /// Ozone, sliding 8 hours that end with this one.
    pub ozone_8h: Concentration,
    /// SO₂, sliding 24 hours.
    pub so2_24h: Concentration,
    /// PM10, sliding 24 hours.
    pub pm10_24h: Concentration,
    /// PM2.5, sliding 24 hours.
    pub pm2_5_24h: Concentration,
}

impl Hour {
    /// An hour of 1-hour means alone, in thousandths; a negative value is missing.
    pub fn of_thousandths(values: [i32; Item::COUNT]) -> Self {
        Self { means: values.map(|value| Concentration::thousandths(i64::from(value))), ..Self::default() }
    }

    /// The real-time AQI by the rules of the edition.
    ///
    /// * 2026 (HJ 633—2026): the 1-hour means of the six items, particles on the daily breakpoints.
    /// * 2012: as [`Settings::real_time_2012`] says.
    pub fn index(&self, edition: Edition, settings: &Settings) -> Index {
        let nine = edition.is_2012() && settings.real_time_2012 == RealTime2012::NineValues;
        let of = |scale: Scale, value: Concentration| {
            sub_index(edition, scale, value.rounded(scale.item().decimals())?, settings)
        };
        let mut indices = Item::ALL.map(|item| of(Scale::of_hour(item), self.means[item.index()]));
        let so2 = &mut indices[Item::So2.index()];
        if so2.is_none() {
            *so2 = of(Scale::So2Day, self.so2_24h);
        }
        if nine {
            let ozone = &mut indices[Item::O3.index()];
            *ozone = (*ozone).max(of(Scale::OzoneEightHours, self.ozone_8h));
            indices[Item::Pm10.index()] = of(Scale::Pm10, self.pm10_24h);
            indices[Item::Pm2_5.index()] = of(Scale::Pm2_5, self.pm2_5_24h);
        }
        Index::of(edition, indices, settings)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Hour;
    use crate::air::{Concentration, Edition, Item, RealTime2012, Settings};

    fn micrograms(value: i64) -> Concentration {
        Concentration::thousandths(value * 1000)
    }

    #[test]
    fn particles_by_the_hour_or_by_sliding_means() {
        let mut hour = Hour::of_thousandths([5_000, 20_000, 160_000, 700, 84_000, 80_000]);
        let nine = Settings { real_time_2012: RealTime2012::NineValues, ..Settings::default() };
        let check = |hour: &Hour, edition, settings: &Settings, aqi: u16, primary: &str| {
            let index = hour.index(edition, settings);
            assert_eq!((index.aqi(), index.primary().to_string()), (Some(aqi), primary.to_owned()));
        };
        check(&hour, Edition::E2012, &Settings::default(), 107, "PM2.5");
        check(&hour, Edition::Transition2026, &Settings::default(), 119, "PM2.5");
        // The nine values know the sliding means alone, and ozone's eight hours.
        hour.pm10_24h = micrograms(60);
        hour.pm2_5_24h = micrograms(36);
        check(&hour, Edition::E2012, &nine, 55, "PM10");
        hour.ozone_8h = micrograms(161);
        check(&hour, Edition::E2012, &nine, 101, "O3");
        check(&hour, Edition::E2012, &Settings::default(), 107, "PM2.5");
    }

    #[test]
    fn sulphur_dioxide_above_the_scale_of_the_hour() {
        let mut hour = Hour::of_thousandths([801_000, 0, 0, 0, 0, 0]);
        let settings = Settings::default();
        let of = |hour: &Hour, edition| hour.index(edition, &settings).sub_index(Item::So2);
        assert_eq!(of(&hour, Edition::Transition2026), Some(200));
        // 2012 takes the 24 hours instead, if they are known.
        assert_eq!(of(&hour, Edition::E2012), None);
        hour.so2_24h = micrograms(475);
        assert_eq!(of(&hour, Edition::E2012), Some(150));
        assert_eq!(of(&hour, Edition::Transition2026), Some(200));
    }

    proptest! {
        /// Above 800 µg/m³ of SO₂ the edition of 2012 has no index by the hour, so nothing to compare.
        #[test]
        fn the_aqi_rises_with_every_concentration(
            values in proptest::array::uniform6(0_i32..800_000), item in 0_usize..6, more in 1_i32..800_000,
        ) {
            let settings = Settings::default();
            let mut more_polluted = values;
            more_polluted[item] += more;
            let aqi = |values, edition| Hour::of_thousandths(values).index(edition, &settings).aqi();
            for edition in Edition::ALL {
                if edition != Edition::E2012 || more_polluted[Item::So2.index()] <= 800_000 {
                    prop_assert!(aqi(values, edition) <= aqi(more_polluted, edition));
                }
            }
        }
    }
}
