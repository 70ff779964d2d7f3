//! The five grades of HJ 640—2012.

use super::{DayNight, Micro};

/// A grade, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoiseGrade {
    /// 一级, 好.
    First,
    /// 二级, 较好.
    Second,
    /// 三级, 一般.
    Third,
    /// 四级, 较差.
    Fourth,
    /// 五级, 差.
    Fifth,
}

impl NoiseGrade {
    /// All, best first.
    pub const ALL: [Self; 5] = [Self::First, Self::Second, Self::Third, Self::Fourth, Self::Fifth];

    /// The word of HJ 640—2012 (the rule of 2004 had 轻度污染 and worse for the last three).
    pub const fn zh(self) -> &'static str {
        ["好", "较好", "一般", "较差", "差"][self as usize]
    }

    /// In English.
    pub const fn en(self) -> &'static str {
        ["good", "fairly good", "average", "fairly poor", "poor"][self as usize]
    }

    /// 1 to 5.
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }
}

/// The grade of a region's mean level, which is given rounded to 0.1 dB(A) (HJ 640—2012): by day up to
/// 50.0, 55.0, 60.0, 65.0; by night 10 less.
pub fn region_grade(mean: Micro, part: DayNight) -> NoiseGrade {
    let tops = match part {
        DayNight::Day => [500, 550, 600, 650],
        DayNight::Night => [400, 450, 500, 550],
    };
    of(mean, tops)
}

/// The grade of the roads' mean level, rounded to 0.1 dB(A) (HJ 640—2012): by day up to 68.0, 70.0, 72.0,
/// 74.0; by night 10 less.
pub fn road_grade(mean: Micro, part: DayNight) -> NoiseGrade {
    let tops = match part {
        DayNight::Day => [680, 700, 720, 740],
        DayNight::Night => [580, 600, 620, 640],
    };
    of(mean, tops)
}

fn of(mean: Micro, tops_in_tenths: [i64; 4]) -> NoiseGrade {
    let above = tops_in_tenths.iter().take_while(|&&top| mean > top * 100_000).count();
    NoiseGrade::ALL[above]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_and_published_results() {
        fn check(grade: fn(Micro, DayNight) -> NoiseGrade, tenths: i64, part: DayNight, expected: &str) {
            assert_eq!(grade(tenths * 100_000, part).zh(), expected, "{tenths}");
        }
        use DayNight::{Day, Night};
        for (tenths, word) in [(500, "好"), (501, "较好"), (550, "较好"), (551, "一般"), (600, "一般")]
            .into_iter()
            .chain([(601, "较差"), (650, "较差"), (651, "差"), (537, "较好")])
        {
            check(region_grade, tenths, Day, word);
        }
        check(region_grade, 461, Night, "一般");
        check(region_grade, 400, Night, "好");
        check(region_grade, 551, Night, "差");
        for (tenths, word) in
            [(680, "好"), (681, "较好"), (701, "一般"), (721, "较差"), (741, "差"), (673, "好")]
        {
            check(road_grade, tenths, Day, word);
        }
        check(road_grade, 514, Night, "好");
        check(road_grade, 600, Night, "较好");
        check(road_grade, 641, Night, "差");
    }
}
