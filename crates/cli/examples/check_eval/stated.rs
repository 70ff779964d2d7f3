//! What the source report states, and where: the list that everything else is measured by.

use crate::bench::Bench;

/// What the report states: the words before a quantity, the quantity, the words after it; the row of the list of the
/// report's statements; the indicator. Words and surfaces as the report prints them.
pub const STATED: &[(&str, &str, &str, u32, &str)] = &[
    ("持續舉辦", "8期", "全市", 1, "learning.leadership_classes"),
    ("發動", "2萬餘名", "機關", 3, "campaigns.staff"),
    ("發動", "20萬名", "志願者", 4, "volunteers.people"),
    ("完成", "88家", "沿江", 8, "chemicals.completed"),
    ("騰退岸線", "47公里", "", 9, "shoreline.returned"),
    ("造林", "2.14萬畝", "", 10, "afforestation.area"),
    ("建設", "284公里", "的百里", 11, "corridor.length"),
    ("總面積", "740萬平方米", "的全國", 12, "riverside_parks.area"),
    ("示範項目", "6個", "", 13, "water.demonstrations"),
    ("改造閘口", "42處", "", 13, "water.gates_rebuilt"),
    ("新增江灘", "10公里", "138公頃", 14, "riverside_parks.new_length"),
    ("江灘10公里", "138公頃", "", 14, "riverside_parks.new_area"),
    ("濱江碧道", "12公里", "", 14, "blueways.new_length"),
    ("由原來的", "580餘個", "縮減", 15, "docks.operating"),
    ("縮減爲", "188個", "", 15, "docks.operating"),
    ("", "364個", "沿江堆沙場", 16, "sand_yards.closed"),
    ("各類公園", "380個", "", 18, "parks.count"),
    ("“綠色驛站”", "400餘個", "", 18, "green_stations.count"),
    ("綠道", "1210公里", "", 18, "greenways.length"),
    ("綠地面積達", "15平方米", "", 19, "park_area.per_person"),
    ("天數近", "300天", "", 20, "air.good_days"),
    ("動員", "86家", "市直單位", 24, "pioneer.units"),
    ("、", "2573個", "黨支部", 24, "pioneer.branches"),
    ("選派", "320名", "科技特派員", 25, "commissioners.posted"),
    ("技術合同", "17745項", "", 26, "contracts.count"),
    ("成交額", "829.63億元", "", 26, "contracts.amount"),
    ("總數突破", "10000家", "", 27, "enterprises.high_tech"),
    ("“小巨人”", "158家", "", 28, "enterprises.new_little_giants"),
    ("推動", "319項", "政務", 30, "services.cross_city"),
    ("城市圈", "九城", "住房", 30, "housing_fund.cities"),
];

/// Statements in words: surface, row, indicator, and the bound that they mean (at least, or at most, so much).
pub const SAID: &[(&str, u32, &str, bool, i64)] = &[
    ("堆沙場全部取締", 16, "sand_yards.share_closed", true, 100),
    ("PM10、PM2.5和NO2平均濃度達到國家二級標準", 21, "air.pm10_attained", true, 1),
    ("PM2.5和NO2平均濃度達到國家二級標準", 21, "air.pm2_5_attained", true, 1),
    ("NO2平均濃度達到國家二級標準", 21, "air.no2_attained", true, 1),
];

/// Ranks: surface and row.
pub const RANKS: &[(&str, u32)] = &[("全國最大", 12), ("全國第一", 28), ("全國首創", 30)];

impl Bench {
    /// Where each stated quantity stands, in characters.
    pub fn places(&self) -> Vec<usize> {
        STATED.iter().map(|(before, surface, after, ..)| place(&self.text, before, surface, after)).collect()
    }
}

/// Where a surface stands between its neighbours, in characters.
pub fn place(text: &str, before: &str, surface: &str, after: &str) -> usize {
    let all = format!("{before}{surface}{after}");
    let found: Vec<usize> = text.match_indices(&all).map(|(at, _)| at).collect();
    assert_eq!(found.len(), 1, "`{all}` stands {} times in the report", found.len());
    text[..found[0]].chars().count() + before.chars().count()
}
