//! The limits of GB 3095, table 1, by edition.

use super::{Averaging, Edition, Grade, Item};

/// The limit of an item, in thousandths of its unit; `None` where the table has none (CO has no annual
/// limit, only ozone has one for 8 hours).
///
/// Sources: GB 3095—2012, table 1, with the amendment of 2018, which changed the reference state and no
/// number; GB 3095—2026, table 1, transition and final values.
pub const fn limit(edition: Edition, item: Item, averaging: Averaging, grade: Grade) -> Option<i64> {
    use Averaging::{Day, EightHours, Hour, Year};
    // Grade I and II of 2012, of the transition, and of the final stage.
    let [old, transition, last] = match (item, averaging) {
        (Item::So2, Year) => [(20, 60), (20, 60), (20, 20)],
        (Item::So2, Day) => [(50, 150), (50, 150), (50, 50)],
        (Item::So2, Hour) => [(150, 500), (150, 500), (150, 150)],
        (Item::No2, Year) => [(40, 40), (40, 40), (30, 30)],
        (Item::No2, Day) => [(80, 80), (80, 80), (50, 50)],
        (Item::No2, Hour) => [(200, 200), (200, 200), (200, 200)],
        (Item::Co, Day) => [(4, 4), (4, 4), (4, 4)],
        (Item::Co, Hour) => [(10, 10), (10, 10), (10, 10)],
        (Item::O3, EightHours) => [(100, 160), (100, 160), (100, 160)],
        (Item::O3, Hour) => [(160, 200), (160, 200), (160, 200)],
        (Item::Pm10, Year) => [(40, 70), (40, 60), (20, 50)],
        (Item::Pm10, Day) => [(50, 150), (50, 120), (50, 100)],
        (Item::Pm2_5, Year) => [(15, 35), (15, 30), (10, 25)],
        (Item::Pm2_5, Day) => [(35, 75), (35, 60), (25, 50)],
        _ => return None,
    };
    let (first, second) = match edition {
        Edition::E2012 => old,
        Edition::Transition2026 => transition,
        Edition::Final2026 => last,
    };
    Some(match grade {
        Grade::I => first * 1000,
        Grade::II => second * 1000,
    })
}

/// The daily limit of an item: that of the daily mean, for ozone that of the daily maximum 8 hours.
pub const fn daily_limit(edition: Edition, item: Item, grade: Grade) -> i64 {
    let averaging = if matches!(item, Item::O3) { Averaging::EightHours } else { Averaging::Day };
    match limit(edition, item, averaging, grade) {
        Some(limit) => limit,
        // Table 1 has a daily limit for each of the six items.
        None => i64::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::limit;
    use crate::air::{Averaging, Edition, Grade, Item};

    /// The whole of table 1, printed for reading against the standard.
    #[test]
    fn table_1() {
        use std::fmt::Write as _;
        let mut table = String::new();
        for item in Item::ALL {
            for averaging in [Averaging::Year, Averaging::Day, Averaging::EightHours, Averaging::Hour] {
                let row: Vec<_> = Edition::ALL
                    .into_iter()
                    .flat_map(|edition| {
                        [Grade::I, Grade::II].map(|grade| limit(edition, item, averaging, grade))
                    })
                    .flatten()
                    .map(|limit| (limit / 1000).to_string())
                    .collect();
                if !row.is_empty() {
                    writeln!(table, "{} {averaging:?}: {}", item.symbol(), row.join(" ")).unwrap();
                }
            }
        }
        insta::assert_snapshot!(table, @r"
        SO2 Year: 20 60 20 60 20 20
        SO2 Day: 50 150 50 150 50 50
        SO2 Hour: 150 500 150 500 150 150
        NO2 Year: 40 40 40 40 30 30
        NO2 Day: 80 80 80 80 50 50
        NO2 Hour: 200 200 200 200 200 200
        PM10 Year: 40 70 40 60 20 50
        PM10 Day: 50 150 50 120 50 100
        CO Day: 4 4 4 4 4 4
        CO Hour: 10 10 10 10 10 10
        O3 EightHours: 100 160 100 160 100 160
        O3 Hour: 160 200 160 200 160 200
        PM2.5 Year: 15 35 15 30 10 25
        PM2.5 Day: 35 75 35 60 25 50
        ");
    }
}
