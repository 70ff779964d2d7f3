//! The grades in words (环办〔2011〕22号).

use super::Class;

/// A qualitative grade, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// 优.
    Excellent,
    /// 良好 (some bulletins print 良).
    Good,
    /// 轻度污染.
    LightlyPolluted,
    /// 中度污染.
    ModeratelyPolluted,
    /// 重度污染.
    HeavilyPolluted,
}

impl Grade {
    /// The grade of a section of this class.
    pub const fn of_class(class: Class) -> Self {
        match class {
            Class::I | Class::II => Self::Excellent,
            Class::III => Self::Good,
            Class::IV => Self::LightlyPolluted,
            Class::V => Self::ModeratelyPolluted,
            Class::Inferior => Self::HeavilyPolluted,
        }
    }

    /// The grade of a river of five and more sections, from how many are Ⅰ–Ⅲ and how many worse than Ⅴ.
    ///
    /// Decided on the exact shares, not on the printed ones. No sections: no grade.
    pub const fn of_shares(good: u32, inferior: u32, all: u32) -> Option<Self> {
        let (good, inferior, all) = (good as u64 * 100, inferior as u64 * 100, all as u64);
        Some(match all {
            0 => return None,
            _ if good >= 90 * all => Self::Excellent,
            _ if good >= 75 * all => Self::Good,
            _ if inferior < 20 * all => Self::LightlyPolluted,
            _ if inferior < 40 * all => Self::ModeratelyPolluted,
            _ => Self::HeavilyPolluted,
        })
    }

    /// As bulletins print it.
    pub const fn zh(self) -> &'static str {
        ["优", "良好", "轻度污染", "中度污染", "重度污染"][self as usize]
    }

    /// In English.
    pub const fn en(self) -> &'static str {
        ["excellent", "good", "lightly polluted", "moderately polluted", "heavily polluted"][self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::Grade;

    #[test]
    fn shares_make_the_grade_of_a_river() {
        fn check(good: u32, inferior: u32, all: u32, expected: Option<Grade>) {
            assert_eq!(Grade::of_shares(good, inferior, all), expected, "{good} {inferior} {all}");
        }
        check(9, 1, 10, Some(Grade::Excellent));
        check(899, 101, 1000, Some(Grade::Good));
        check(6, 2, 8, Some(Grade::Good));
        check(749, 199, 1000, Some(Grade::LightlyPolluted));
        check(7, 2, 10, Some(Grade::ModeratelyPolluted));
        check(6, 4, 10, Some(Grade::HeavilyPolluted));
        check(0, 0, 0, None);
    }
}
