//! The editions of the air standards and the days they rule.

use crate::calendar::Date;

/// An edition of GB 3095 together with the HJ 633 of its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edition {
    /// GB 3095—2012 with the amendment of 2018, HJ 633—2012.
    E2012,
    /// GB 3095—2026 with the limits of its first stage (to 2030-12-31), HJ 633—2026.
    Transition2026,
    /// GB 3095—2026 with its final limits, HJ 633—2026.
    Final2026,
}

impl Edition {
    /// All editions, oldest first.
    pub const ALL: [Self; 3] = [Self::E2012, Self::Transition2026, Self::Final2026];

    /// The first day of GB 3095—2026.
    pub const TRANSITION_FROM: Date = Date::new(2026, 3, 1);
    /// The first day of its final limits.
    pub const FINAL_FROM: Date = Date::new(2031, 1, 1);

    /// The edition that rules a day (GB 3095—2026, foreword and table 1). The date of the data decides, not
    /// the date of the evaluation.
    pub const fn on(year: i16, month: u8, day: u8) -> Self {
        let number = Date::new(year, month, day).number();
        if number < Self::TRANSITION_FROM.number() {
            Self::E2012
        } else if number < Self::FINAL_FROM.number() {
            Self::Transition2026
        } else {
            Self::Final2026
        }
    }

    /// The key of options and columns: `2012`, `2026-transition`, `2026`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::E2012 => "2012",
            Self::Transition2026 => "2026-transition",
            Self::Final2026 => "2026",
        }
    }

    /// Reads a key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|edition| edition.key() == key)
    }

    /// The Chinese name.
    pub const fn label_zh(self) -> &'static str {
        match self {
            Self::E2012 => "2012年版",
            Self::Transition2026 => "2026年版过渡阶段",
            Self::Final2026 => "2026年版最终限值",
        }
    }

    /// The English name.
    pub const fn label_en(self) -> &'static str {
        match self {
            Self::E2012 => "2012",
            Self::Transition2026 => "2026, transition",
            Self::Final2026 => "2026, final",
        }
    }

    /// The edition's place in [`Edition::ALL`].
    #[inline]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Whether HJ 633—2012 makes the AQI (else HJ 633—2026).
    #[inline]
    pub const fn is_2012(self) -> bool {
        matches!(self, Self::E2012)
    }
}

#[cfg(test)]
mod tests {
    use super::Edition;

    #[test]
    fn the_date_of_the_data_decides() {
        fn check(date: (i16, u8, u8), expected: &str) {
            let edition = Edition::on(date.0, date.1, date.2);
            assert_eq!(edition.key(), expected, "{date:?}");
            assert_eq!(Edition::parse(edition.key()), Some(edition));
        }
        check((2015, 12, 31), "2012");
        check((2026, 2, 28), "2012");
        check((2026, 3, 1), "2026-transition");
        check((2030, 12, 31), "2026-transition");
        check((2031, 1, 1), "2026");
        assert_eq!(Edition::parse("2013"), None);
    }
}
