//! A national year in the lake: how fast it goes in, and how fast a station's year and the country's hour come out.
//!
//! `lake_year DIR [STATIONS] [HOURS]` makes the lake in an empty directory if there is none (1,500 stations, 8,760 hours,
//! six items, two rows in a hundred missing), month by month as one import each, compacts it and then reads.
//! Reads are told as the best of five.

#![allow(clippy::unwrap_used, reason = "a measurement, not a program")]

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use lake::{Kind, Lake, LakeError, Measurement, Micro, Query, Span};

const ITEMS: [&str; 6] = ["so2", "no2", "pm10", "co", "o3", "pm2_5"];
const MONTH_HOURS: [i64; 12] = [744, 672, 744, 720, 744, 720, 744, 744, 720, 744, 720, 744];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let dir = arguments.next().expect("lake_year DIR [STATIONS] [HOURS]");
    let stations: u64 = arguments.next().map_or(1500, |number| number.parse().unwrap());
    let hours: i64 = arguments.next().map_or(8760, |number| number.parse().unwrap());
    let home = Path::new(&dir);
    let lake = match Lake::open(home) {
        Err(LakeError::None(_)) => fill(home, stations, hours),
        lake => lake.unwrap(),
    };
    let info = lake.info().unwrap();
    let (rows, bytes, files) = info
        .partitions
        .iter()
        .fold((0, 0, 0), |sum, part| (sum.0 + part.rows, sum.1 + part.bytes, sum.2 + part.files));
    println!("{rows} rows in {files} files, {bytes} bytes, {:.2} bytes a row", bytes as f64 / rows as f64);

    let station = Some(vec![format!("{:04}A", 1000 + stations / 2)]);
    let year = Query { stations: station, ..Query::all(Kind::Air, Span::Hour) };
    best("one station's year, all items", || count(&lake, &year));
    best("one station's year, one item", || {
        count(&lake, &Query { items: Some(vec!["o3".into()]), ..year.clone() })
    });
    let at = start() + SignedDuration::from_hours(hours / 2);
    let hour =
        Query { from: at, to: at + SignedDuration::from_hours(1), ..Query::all(Kind::Air, Span::Hour) };
    best("the country's hour, all items", || count(&lake, &hour));
    best("the country's hour, one item", || {
        count(&lake, &Query { items: Some(vec!["o3".into()]), ..hour.clone() })
    });
    best("the country's hour, lake opened anew", || count(&Lake::open(home).unwrap(), &hour));
    let day = Query { to: at + SignedDuration::from_hours(24), ..hour.clone() };
    best("the country's day, all items", || count(&lake, &day));
    let begun = Instant::now();
    let all = count(&lake, &Query::all(Kind::Air, Span::Hour));
    told("everything, by station, item and time", all, begun.elapsed());
}

fn start() -> Timestamp {
    "2025-12-31T16:00:00Z".parse().unwrap()
}

fn fill(home: &Path, stations: u64, hours: i64) -> Lake {
    let lake = Lake::found(home).unwrap();
    let (mut first, mut total, mut spent) = (0, 0, Duration::ZERO);
    for (month, length) in MONTH_HOURS.into_iter().enumerate() {
        let end = hours.min(first + length);
        if first >= end {
            break;
        }
        let mut import = lake.import(&format!("month {month}")).unwrap();
        let mut rows = Vec::with_capacity(100_000);
        for hour in first..end {
            let time = start() + SignedDuration::from_hours(hour);
            for station in 0..stations {
                let code = format!("{:04}A", 1000 + station);
                for (index, item) in ITEMS.into_iter().enumerate() {
                    let noise = mix(station << 40 ^ (hour as u64) << 8 ^ index as u64);
                    if noise.is_multiple_of(50) {
                        continue;
                    }
                    // A day's wave, a level of the station's, and noise, in whole units as stations deliver them.
                    let value =
                        20 + (hour % 24 - 12).abs() + (station % 40) as i64 + (noise >> 8) as i64 % 30;
                    rows.push(Measurement {
                        station: code.clone(),
                        item: item.to_owned(),
                        span: Span::Hour,
                        time,
                        value: Some(Micro(if index == 3 { value * 10_000 } else { value * 1_000_000 })),
                        flag: "N".to_owned(),
                        source: "national".to_owned(),
                    });
                }
            }
            if rows.len() > 90_000 {
                let begun = Instant::now();
                import.add(Kind::Air, &rows).unwrap();
                spent += begun.elapsed();
                rows.clear();
            }
        }
        let begun = Instant::now();
        import.add(Kind::Air, &rows).unwrap();
        total += import.commit().unwrap().rows;
        spent += begun.elapsed();
        first = end;
    }
    told("appended (without making the rows)", total, spent);
    let begun = Instant::now();
    let done = lake.compact().unwrap();
    told(&format!("compacted, {} files to {}", done.merged, done.written), total, begun.elapsed());
    lake
}

fn mix(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn count(lake: &Lake, query: &Query) -> u64 {
    let mut rows = 0;
    lake.read(query, &mut |batch| {
        rows += batch.num_rows() as u64;
        Ok(())
    })
    .unwrap();
    rows
}

fn best(what: &str, run: impl Fn() -> u64) {
    let times = (0..5).map(|_| {
        let begun = Instant::now();
        let rows = run();
        (begun.elapsed(), rows)
    });
    let (time, rows) = times.min().unwrap();
    told(what, rows, time);
}

fn told(what: &str, rows: u64, time: Duration) {
    let rate = rows as f64 / time.as_secs_f64() / 1e6;
    println!("{what}: {rows} rows in {:.1} ms, {rate:.2} million rows/s", time.as_secs_f64() * 1e3);
}
