//! The six levels of the AQI: names, colours and advice.

/// A level of air quality (HJ 633—2012, table 2; HJ 633—2026, the same levels and colours).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 优, AQI to 50.
    Excellent,
    /// 良, 51 to 100.
    Good,
    /// 轻度污染, 101 to 150.
    Light,
    /// 中度污染, 151 to 200.
    Moderate,
    /// 重度污染, 201 to 300.
    Heavy,
    /// 严重污染, above 300.
    Severe,
}

impl Level {
    /// All levels, best first.
    pub const ALL: [Self; 6] =
        [Self::Excellent, Self::Good, Self::Light, Self::Moderate, Self::Heavy, Self::Severe];

    /// The level of an AQI.
    #[inline]
    pub const fn of(aqi: u16) -> Self {
        match aqi {
            0..=50 => Self::Excellent,
            51..=100 => Self::Good,
            101..=150 => Self::Light,
            151..=200 => Self::Moderate,
            201..=300 => Self::Heavy,
            _ => Self::Severe,
        }
    }

    /// The level's place in [`Level::ALL`].
    #[inline]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The key: `1` … `6`.
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// Whether a day of this level is a good one (优良天数).
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Excellent | Self::Good)
    }

    /// The level's lowest AQI; the best begins with 0 (2012) or 1 (2026).
    pub const fn from(self) -> u16 {
        match self {
            Self::Excellent => 0,
            Self::Good => 51,
            Self::Light => 101,
            Self::Moderate => 151,
            Self::Heavy => 201,
            Self::Severe => 301,
        }
    }

    /// The category, as reports and files print it: 优, 良, 轻度污染 …
    pub const fn category_zh(self) -> &'static str {
        match self {
            Self::Excellent => "优",
            Self::Good => "良",
            Self::Light => "轻度污染",
            Self::Moderate => "中度污染",
            Self::Heavy => "重度污染",
            Self::Severe => "严重污染",
        }
    }

    /// The category in English.
    pub const fn category_en(self) -> &'static str {
        match self {
            Self::Excellent => "excellent",
            Self::Good => "good",
            Self::Light => "lightly polluted",
            Self::Moderate => "moderately polluted",
            Self::Heavy => "heavily polluted",
            Self::Severe => "severely polluted",
        }
    }

    /// Reads a category.
    pub fn parse(category: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.category_zh() == category)
    }

    /// The grade: 一级 … 六级.
    pub const fn grade_zh(self) -> &'static str {
        match self {
            Self::Excellent => "一级",
            Self::Good => "二级",
            Self::Light => "三级",
            Self::Moderate => "四级",
            Self::Heavy => "五级",
            Self::Severe => "六级",
        }
    }

    /// The grade as a numeral: Ⅰ … Ⅵ.
    pub const fn numeral(self) -> &'static str {
        match self {
            Self::Excellent => "Ⅰ",
            Self::Good => "Ⅱ",
            Self::Light => "Ⅲ",
            Self::Moderate => "Ⅳ",
            Self::Heavy => "Ⅴ",
            Self::Severe => "Ⅵ",
        }
    }

    /// The colour's name.
    pub const fn colour_zh(self) -> &'static str {
        match self {
            Self::Excellent => "绿色",
            Self::Good => "黄色",
            Self::Light => "橙色",
            Self::Moderate => "红色",
            Self::Heavy => "紫色",
            Self::Severe => "褐红色",
        }
    }

    /// Red, green, blue (HJ 633—2012 and —2026, annex A). Not the colours of the US EPA, whose purple and
    /// maroon differ.
    pub const fn rgb(self) -> (u8, u8, u8) {
        match self {
            Self::Excellent => (0, 228, 0),
            Self::Good => (255, 255, 0),
            Self::Light => (255, 126, 0),
            Self::Moderate => (255, 0, 0),
            Self::Heavy => (153, 0, 76),
            Self::Severe => (126, 0, 35),
        }
    }

    /// Cyan, magenta, yellow, black in per cent, for printers (annex A).
    pub const fn cmyk(self) -> (u8, u8, u8, u8) {
        match self {
            Self::Excellent => (40, 0, 100, 0),
            Self::Good => (0, 0, 100, 0),
            Self::Light => (0, 52, 100, 0),
            Self::Moderate => (0, 100, 100, 0),
            Self::Heavy => (10, 100, 40, 30),
            Self::Severe => (30, 100, 100, 30),
        }
    }

    /// What to do, in the sense of HJ 633—2026, table 2 (not its letter), in Chinese.
    pub const fn advice_zh(self) -> &'static str {
        match self {
            Self::Excellent => "各类人群可正常活动",
            Self::Good => "极少数特别敏感的人群宜减少户外活动",
            Self::Light => "儿童、青少年、老年人及心血管系统、呼吸系统疾病患者宜减少长时间、高强度的户外锻炼",
            Self::Moderate => {
                "儿童、青少年、老年人及心血管系统、呼吸系统疾病患者应避免长时间、高强度的户外锻炼，一般人群适量减少户外运动"
            }
            Self::Heavy => {
                "儿童、青少年、老年人及心血管系统、呼吸系统疾病患者应停留在室内，停止户外运动，一般人群减少户外运动"
            }
            Self::Severe => "儿童、青少年、老年人和患者应停留在室内，避免体力消耗，一般人群避免户外活动",
        }
    }

    /// What to do, in the sense of HJ 633—2026, table 2, in English.
    pub const fn advice_en(self) -> &'static str {
        match self {
            Self::Excellent => "everybody may be active outdoors",
            Self::Good => "the few who are unusually sensitive should reduce outdoor activity",
            Self::Light => {
                "children, teenagers, the old and people with heart, vessel or lung disease should reduce long or hard outdoor exercise"
            }
            Self::Moderate => {
                "children, teenagers, the old and people with heart, vessel or lung disease should avoid long or hard outdoor exercise; others reduce it"
            }
            Self::Heavy => {
                "children, teenagers, the old and people with heart, vessel or lung disease should stay indoors; others reduce outdoor exercise"
            }
            Self::Severe => {
                "children, teenagers, the old and the sick should stay indoors and avoid exertion; others avoid outdoor activity"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Level;

    #[test]
    fn levels_begin_and_end_where_the_table_says() {
        fn check(aqi: u16, expected: &str) {
            let level = Level::of(aqi);
            assert_eq!(format!("{} {}", level.numeral(), level.category_zh()), expected, "{aqi}");
            assert!(level.from() <= aqi);
            assert_eq!(Level::parse(level.category_zh()), Some(level));
        }
        check(0, "Ⅰ 优");
        check(50, "Ⅰ 优");
        check(51, "Ⅱ 良");
        check(100, "Ⅱ 良");
        check(101, "Ⅲ 轻度污染");
        check(150, "Ⅲ 轻度污染");
        check(151, "Ⅳ 中度污染");
        check(200, "Ⅳ 中度污染");
        check(201, "Ⅴ 重度污染");
        check(300, "Ⅴ 重度污染");
        check(301, "Ⅵ 严重污染");
        check(500, "Ⅵ 严重污染");
    }
}
