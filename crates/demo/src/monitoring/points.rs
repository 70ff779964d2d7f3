//! Where the city measures: the tables of its points. The records of the register and the measurements are both made of
//! these, so that none is without the other.

use super::days::{CO, NO2, O3, PM2_5, PM10, SO2};

/// A station that measures the air.
pub(crate) struct AirPoint {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) district: usize,
    /// Whether it takes part in the evaluation of the city; the background station does not.
    pub(crate) evaluated: bool,
    /// How much more than the city it has, in thousandths, in the order of a day's pollutants.
    pub(crate) more: [i64; 6],
}

const fn air(
    code: &'static str,
    name: &'static str,
    district: usize,
    [pm2_5, pm10, so2, no2, o3, co]: [i64; 6],
) -> AirPoint {
    let mut more = [0; 6];
    more[PM2_5] = pm2_5;
    more[PM10] = pm10;
    more[SO2] = so2;
    more[NO2] = no2;
    more[O3] = o3;
    more[CO] = co;
    AirPoint { code, name, district, evaluated: true, more }
}

/// Ten stations that are evaluated, and a background station.
pub(crate) const AIR: [AirPoint; 11] = [
    air("J001", "望江江滩", 0, [-40, -30, -20, -60, 20, -20]),
    air("J002", "临湖公园", 1, [-60, -70, -50, -120, 60, -40]),
    air("J003", "长堤码头", 2, [30, 60, 80, 90, -40, 40]),
    air("J004", "北埠港区", 3, [60, 110, 150, 70, -30, 50]),
    air("J005", "白鹭新村", 4, [-10, 0, -20, -30, 10, 0]),
    air("J006", "西渡工业园", 5, [70, 90, 200, 40, -20, 90]),
    air("J007", "双桥路口", 6, [50, 40, 20, 180, -90, 80]),
    air("J008", "荷湾湿地", 8, [-90, -100, -110, -170, 70, -80]),
    air("J009", "清波学府", 9, [-20, -20, -30, 0, 0, -10]),
    air("J010", "东林山庄", 10, [-50, -60, -60, -100, 60, -60]),
    AirPoint { evaluated: false, ..air("J011", "石塘水库", 12, [-350, -320, -400, -550, 180, -300]) },
];

/// A section of a river, or a point of a lake.
pub(crate) struct WaterPoint {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) body: Body,
    /// An automatic station tells each day; elsewhere one sample is taken a month.
    pub(crate) automatic: bool,
    /// The class of the water in each month of 2021 and of 2022.
    pub(crate) classes: [&'static str; 2],
}

/// Which water.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// A river of the land, and how far along it, in hundredths.
    River(usize, i64),
    /// A lake, by its name.
    Lake(&'static str),
}

const fn water(
    code: &'static str,
    name: &'static str,
    body: Body,
    automatic: bool,
    classes: [&'static str; 2],
) -> WaterPoint {
    WaterPoint { code, name, body, automatic, classes }
}

/// Seven sections of the rivers and seven points of lakes. Of their 168 months of 2022, 144 are of class Ⅲ or better, as
/// are twelve of the fourteen in December; none is worse than Ⅴ.
pub(crate) const WATER: [WaterPoint; 14] = [
    water("S001", "长江石塘入境断面", Body::River(0, 4), true, ["222222222222", "222222222222"]),
    water("S002", "长江清波断面", Body::River(0, 38), false, ["222223322222", "222222322222"]),
    water("S003", "长江望江断面", Body::River(0, 55), true, ["222223332222", "222222222222"]),
    water("S004", "长江北埠出境断面", Body::River(0, 95), true, ["222233333222", "222223322222"]),
    water("S005", "汉江西渡入境断面", Body::River(1, 6), false, ["222223322222", "222222222222"]),
    water("S006", "汉江柳岸断面", Body::River(1, 42), false, ["223233332222", "222223322222"]),
    water("S007", "汉江双桥断面", Body::River(1, 92), true, ["223333333222", "222233332222"]),
    water("S008", "镜湖湖心", Body::Lake("镜湖"), false, ["333333333333", "333323333322"]),
    water("S009", "鸥湖湖心", Body::Lake("鸥湖"), false, ["333344443333", "333333333333"]),
    water("S010", "芦湖湖心", Body::Lake("芦湖"), false, ["333444444333", "333334433333"]),
    water("S011", "菱角湖湖心", Body::Lake("菱角湖"), false, ["334444444433", "333333443333"]),
    water("S012", "半月湖湖心", Body::Lake("半月湖"), false, ["333333443333", "333333333333"]),
    water("S013", "澄湖湖心", Body::Lake("澄湖"), false, ["444445554444", "333344444444"]),
    water("S014", "墨湖湖心", Body::Lake("墨湖"), false, ["444555655444", "444445544444"]),
];

/// A fixed point that listens.
pub(crate) struct NoisePoint {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) district: usize,
    /// The class of its area (GB 3096).
    pub(crate) area: Area,
    /// By how much it is usually below the limits by day and by night, in tenths of dB.
    pub(crate) below: [i64; 2],
}

/// A class of areas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    /// Quiet above all.
    Rest,
    /// Dwelling, learning, healing.
    Dwelling,
    /// Trade mixed with dwelling.
    Mixed,
    /// Industry.
    Industry,
    /// Beside main roads.
    Road,
    /// Beside main railways.
    Railway,
}

impl Area {
    /// As the register and the standard write it.
    pub(crate) fn key(self) -> &'static str {
        ["0", "1", "2", "3", "4a", "4b"][self as usize]
    }

    /// The limits by day and by night in tenths of dB(A) (GB 3096—2008, table 1).
    pub(crate) fn limits(self) -> [i64; 2] {
        [[500, 400], [550, 450], [600, 500], [650, 550], [700, 550], [700, 600]][self as usize]
    }
}

const fn noise(
    code: &'static str,
    name: &'static str,
    district: usize,
    area: Area,
    below: [i64; 2],
) -> NoisePoint {
    NoisePoint { code, name, district, area, below }
}

/// Sixteen points in areas of every class.
pub(crate) const NOISE: [NoisePoint; 16] = [
    noise("Z001", "荷湾疗养院", 8, Area::Rest, [34, 14]),
    noise("Z002", "清波学府", 9, Area::Dwelling, [42, 26]),
    noise("Z003", "东林小区", 10, Area::Dwelling, [38, 24]),
    noise("Z004", "白鹭医院", 4, Area::Dwelling, [30, 12]),
    noise("Z005", "望江里巷", 0, Area::Dwelling, [46, 30]),
    noise("Z006", "双桥商圈", 6, Area::Mixed, [28, 10]),
    noise("Z007", "长堤街市", 2, Area::Mixed, [40, 22]),
    noise("Z008", "临湖新区", 1, Area::Mixed, [56, 38]),
    noise("Z009", "柳岸集镇", 7, Area::Mixed, [60, 40]),
    noise("Z010", "云台居住区", 11, Area::Mixed, [54, 36]),
    noise("Z011", "西渡工业园", 5, Area::Industry, [58, 36]),
    noise("Z012", "北埠港区", 3, Area::Industry, [52, 28]),
    noise("Z013", "石塘产业园", 12, Area::Industry, [66, 44]),
    noise("Z014", "沿江大道", 0, Area::Road, [30, -6]),
    noise("Z015", "双桥快速路", 6, Area::Road, [24, -12]),
    noise("Z016", "北埠货运线", 3, Area::Railway, [44, 16]),
];

#[cfg(test)]
mod tests {
    use super::WATER;

    #[test]
    fn the_waters_of_2022_are_as_the_report_states() {
        let classes: Vec<char> = WATER.iter().flat_map(|point| point.classes[1].chars()).collect();
        assert_eq!(classes.len(), 168);
        let counted =
            ['1', '2', '3', '4', '5', '6'].map(|class| classes.iter().filter(|one| **one == class).count());
        assert_eq!(counted, [0, 78, 66, 22, 2, 0]);
        let december = WATER.iter().filter(|point| point.classes[1].ends_with(['1', '2', '3'])).count();
        assert_eq!(december, 12);
    }
}
