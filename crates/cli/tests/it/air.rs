//! Air quality from files, from outside.

use std::path::PathBuf;

use serde_json::Value;

use super::city::City;

/// The shared air data, if they are there.
fn shared(name: &str) -> Option<String> {
    let folder = std::env::var_os("QINGYUAN_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let path = folder.join("data/air").join(name);
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path.to_string_lossy().into_owned())
}

/// The days of a station: each hour the same values, hours labelled by their beginning.
fn hours(stations: &[&str], days: &[&str], values: &str) -> String {
    let mut text = "station,city,time,so2,no2,pm10,co,o3,pm2_5\n".to_owned();
    for station in stations {
        for day in days {
            for hour in 0..24 {
                text += &format!("{station},江城市,{day} {hour:02}:00,{values}\n");
            }
        }
    }
    text
}

#[test]
fn real_time_rows_come_in_their_order_with_computed_values_only() {
    let city = City::nowhere();
    let file = city.file(
        "feed.csv",
        "stationcode,area,positionname,timepoint,aqi,quality,primarypollutant,pm2_5,pm2_5_24h,pm10,so2,no2,co,o3,o3_24h\n\
         2002A,北京市,甲,2018-02-20T07:00:00,999,x,x,38,134,,3,17,0.7,84,62\n\
         1001A,北京市,乙,2018-02-20T07:00:00,,,,43,20,69,9,16,0.7,85,43\n\
         1002A,北京市,丙,2018-02-20T07:00:00,,,,,,,,,,,\n\
         1003A,北京市,丁,2018-02-20T07:00:00,,,,20,20,20,9,16,0.7,85,43\n"
            .as_bytes(),
    );
    let printed = city.ok(&["air", "realtime", &file]);
    insta::assert_snapshot!(printed, @r#"
    station,time,aqi,level,primary
    2002A,2018-02-20T07:00:00,54,良,PM2.5
    1001A,2018-02-20T07:00:00,60,良,"PM10,PM2.5"
    1002A,2018-02-20T07:00:00,,,
    1003A,2018-02-20T07:00:00,29,优,
    "#);
    let printed = city.ok(&["air", "realtime", &file, "--rules", "2026"]);
    insta::assert_snapshot!(printed, @r#"
    station,time,aqi,level,primary
    2002A,2018-02-20T07:00:00,,,
    1001A,2018-02-20T07:00:00,66,良,PM2.5
    1002A,2018-02-20T07:00:00,,,
    1003A,2018-02-20T07:00:00,29,优,
    "#);
    let json: Value =
        serde_json::from_str(&city.ok(&["air", "realtime", &file, "--format", "json"])).expect("JSON");
    assert_eq!(json[1]["primary"], serde_json::json!(["PM10", "PM2.5"]));
}

#[test]
fn the_shared_hour_has_the_published_aqi_at_every_station() {
    let Some(file) = shared("cnemc-stations-one-hour-2018-02-20.csv") else { return };
    let city = City::nowhere();
    let printed = city.ok(&["air", "realtime", &file]);
    let mut computed = csv::Reader::from_reader(printed.as_bytes());
    let mut published = csv::Reader::from_path(&file).expect("opens");
    let mut count = 0;
    for (ours, theirs) in computed.records().zip(published.records()) {
        let (ours, theirs) = (ours.expect("a row"), theirs.expect("a row"));
        assert_eq!((&ours[0], &ours[1]), (&theirs[0], &theirs[3]));
        if !theirs[4].is_empty() {
            assert_eq!(ours[2], theirs[4], "{theirs:?}");
            assert_eq!(ours[3], theirs[5], "{theirs:?}");
            count += 1;
        }
    }
    assert_eq!(count, 1475);
}

/// What `air annual` says of a year.
fn year(city: &City, arguments: &[&str], year: i64) -> Value {
    let mut all = vec!["air", "annual", "--format", "json"];
    all.extend(arguments);
    let rows: Value = serde_json::from_str(&city.ok(&all)).expect("JSON");
    let rows = rows.as_array().expect("an array");
    rows.iter().find(|row| row["year"] == year).cloned().expect("the year")
}

#[test]
fn beijing_is_as_the_city_published() {
    let Some(file) = shared("beijing-hourly-2013-2015.parquet") else { return };
    let city = City::nowhere();
    let check = |of: i64, good_days: i64, pm2_5: f64| {
        let row = year(&city, &[&file, "--edition", "2012"], of);
        assert!((row["good_days"].as_i64().expect("days") - good_days).abs() <= 4, "{row}");
        // See `air_eval` for where the rest comes from.
        let mean = row["pm2_5_mean"].as_f64().expect("a mean");
        assert!((mean - pm2_5).abs() <= 0.015 * pm2_5, "{row}");
        assert_eq!((row["edition"].as_str(), row["pm2_5_attained"].as_bool()), (Some("2012"), Some(false)));
    };
    check(2014, 172, 85.9);
    check(2015, 186, 80.6);
    // 2013 begins in March: its values are shown with their days, and nothing is judged by them.
    let row = year(&city, &[&file, "--edition", "2012"], 2013);
    assert_eq!(row["valid_days"], 306);
    assert!(row["attained"].is_null() && row["pm2_5_attained"].is_null(), "{row}");
    // Under the limits of 2026 fewer days are good.
    let strict = year(&city, &[&file, "--edition", "2026-transition"], 2014);
    assert!(strict["good_days"].as_i64() < Some(140), "{strict}");
}

#[test]
fn a_year_says_what_it_must_and_refuses_what_it_may_not() {
    let city = City::nowhere();
    let file = city.file(
        "hours.csv",
        hours(&["S1", "S2"], &["2022-05-04", "2022-05-05"], "9,41,50,0.7,90,36").as_bytes(),
    );
    let row = year(&city, &[&file], 2022);
    for (key, expected) in [
        ("scope", "\"江城市\""),
        ("edition", "\"2012\""),
        ("valid_days", "2"),
        ("good_days", "2"),
        ("so2_mean", "9"),
        ("no2_mean", "41"),
        ("pm10_mean", "50"),
        ("pm2_5_mean", "36"),
        ("co_p95", "0.7"),
        ("o3_8h_p90", "90"),
        ("so2_attained", "null"),
        ("o3_8h_attained", "null"),
        ("composite_index", "null"),
        ("pm2_5_refused", "\"2 valid days in the year, 324 needed\""),
    ] {
        assert_eq!(row[key].to_string(), expected, "{key}");
    }
    let all: Value = serde_json::from_str(&city.ok(&[
        "air",
        "annual",
        &file,
        "--editions",
        "all",
        "--by",
        "station",
        "--format",
        "json",
    ]))
    .expect("JSON");
    let editions: Vec<_> =
        all.as_array().expect("rows").iter().map(|row| row["edition"].as_str().unwrap_or("")).collect();
    assert_eq!(editions, ["2012", "2012", "2026-transition", "2026-transition", "2026", "2026"]);
    insta::assert_snapshot!(city.ok(&["air", "daily", &file, "--scope", "江城市"]), @r#"
    ──────────────────────────────────────────────────────────────────────────────────────────────────
     scope    date         edition   SO2   NO2   PM10   PM2.5    CO   O3 8h   AQI   level   primary
    ══════════════════════════════════════════════════════════════════════════════════════════════════
     江城市   2022-05-04   2012        9    41     50      36   0.7      90    52   良      NO2,PM2.5
     江城市   2022-05-05   2012        9    41     50      36   0.7      90    52   良      NO2,PM2.5
    ──────────────────────────────────────────────────────────────────────────────────────────────────
    "#);
}

#[test]
fn layouts_encodings_and_labels_are_understood() {
    let city = City::nowhere();
    let begin = hours(&["S1"], &["2022-05-04"], "9,41,50,0.7,90,36");
    let expected = city.ok(&["air", "daily", &city.file("begin.csv", begin.as_bytes()), "--format", "csv"]);
    let check = |name: &str, bytes: &[u8], more: &[&str]| {
        let file = city.file(name, bytes);
        let mut arguments = vec!["air", "daily", &file, "--format", "csv"];
        arguments.extend(more);
        assert_eq!(city.ok(&arguments), expected, "{name}");
    };
    check("bom.csv", format!("\u{feff}{begin}").as_bytes(), &[]);
    // Chinese headings: hours are labelled by their end, the last as 24:00.
    let mut chinese = "城市,站点,时间,二氧化硫,NO2,PM10,CO(mg/m³),臭氧,PM2.5\n".to_owned();
    let mut long = "站点;监测项目;时间;浓度;城市\n".to_owned();
    for hour in 1..=24 {
        chinese += &format!("江城市,S1,2022年5月4日 {hour}:00,9,41,50,0.7,90,36\n");
        for (item, value) in
            [("SO2", "9"), ("NO2", "41"), ("PM10", "50"), ("CO", "0.7"), ("O3", "90"), ("PM2.5", "36")]
        {
            long += &format!("S1;{item};2022/5/4 {hour}:00;{value};江城市\n");
        }
    }
    check("chinese.csv", chinese.as_bytes(), &[]);
    check("long.csv", long.as_bytes(), &[]);
    let utc = "station,city,time,so2,no2,pm10,co,o3,pm2_5\n".to_owned()
        + &(0..24)
            .map(|hour| {
                let day = if hour < 8 { "2022-05-03" } else { "2022-05-04" };
                format!("S1,江城市,{day}T{:02}:00:00,9,41,50,0.7,90,36\n", (hour + 16) % 24)
            })
            .collect::<String>();
    check("utc.csv", utc.as_bytes(), &["--zone", "utc"]);
    let own = begin.replacen("pm2_5", "fine", 1).replacen("station", "who", 1).replacen(",city", ",", 1);
    check("own.csv", own.as_bytes(), &["--map", "PM2.5=fine", "--map", "station=who", "--city", "江城市"]);
}

#[test]
fn bad_cells_are_told_with_their_place_and_repeated_hours_refused() {
    let city = City::nowhere();
    let good = hours(&["S1"], &["2022-05-04"], "9,41,50,0.7,90,36");
    let bad = good.replacen("04 03:00,9,", "04 03:00,abc,", 1).replacen("04 05:00,9,41", "04 05:00,9,-4", 1);
    let bad = bad.replacen("2022-05-04 07:00", "yesterday", 1);
    let file = city.file("bad.csv", bad.as_bytes());
    let printed = city.run(&["air", "daily", &file, "--format", "csv"]);
    assert_eq!(printed.status, 0, "{}", printed.err);
    let told = printed.err.replace(&file, "bad.csv");
    insta::assert_snapshot!(told, @r#"
    bad.csv: an hour's label is its beginning (the default for this layout)
    bad.csv, row 5, column `so2`: `abc` is no number
    bad.csv, row 7, column `no2`: `-4` is no concentration (0 to 100000)
    bad.csv, row 9, column `time`: `yesterday` is no time; write it as 2018-02-20 07:00
    3 cells or rows could not be read; they count as missing
    "#);
    assert_eq!(city.run(&["air", "daily", &file, "--strict"]).status, 1);

    let twice = format!("{good}S1,江城市,2022-05-04 03:00,10,41,50,0.7,90,36\n");
    let file = city.file("twice.csv", twice.as_bytes());
    let printed = city.run(&["air", "daily", &file]);
    assert_eq!(printed.status, 1, "{}", printed.out);
    insta::assert_snapshot!(printed.err.replace(&file, "twice.csv"), @r#"
    error: 1 values differ within one hour; correct them, or take the last with --repeated last:
    station S1 has two values of so2 for the hour from 2022-05-04 03:00: 9 (twice.csv, row 5) and 10 (twice.csv, row 26)
    "#);
    city.ok(&["air", "daily", &file, "--repeated", "last"]);

    let check = |arguments: &[&str], status: i32, word: &str| {
        let printed = city.run(arguments);
        assert_eq!(printed.status, status, "{arguments:?}: {}", printed.err);
        assert!(printed.err.contains(word), "{arguments:?}: {}", printed.err);
    };
    let empty = city.file("empty.csv", b"");
    let wind = city.file("wind.csv", b"station,time,wind\nS,2022-05-04,1\n");
    let nothing = city.file("nothing.csv", b"station,time,so2\nS,2022-05-04 00:00,\n");
    let parquet = city.file("broken.parquet", b"PAR1broken");
    let sheet = city.file("broken.xlsx", b"PKbroken");
    check(&["air", "daily", &empty], 1, "the file is empty");
    check(&["air", "daily", &wind], 1, "--map item=COLUMN");
    check(&["air", "daily", &nothing], 1, "no value of any item");
    check(&["air", "daily", &parquet], 1, "no sound Parquet file");
    check(&["air", "daily", &sheet], 1, "the workbook cannot be read");
    check(&["air", "daily", "absent.csv"], 2, "cannot be read");
    check(
        &["air", "annual", &city.file("a.csv", good.as_bytes()), "--scope", "江城"],
        1,
        "there is no `江城`",
    );
}

#[test]
fn pictures_are_drawn() {
    let city = City::nowhere();
    let file =
        city.file("hours.csv", hours(&["S1"], &["2022-05-04", "2022-05-05"], "9,41,50,0.7,90,36").as_bytes());
    for command in ["calendar", "compare"] {
        let out = city.path().join(format!("{command}.svg")).to_string_lossy().into_owned();
        city.ok(&["air", command, &file, "--year", "2022", "--out", &out]);
        let svg = std::fs::read_to_string(&out).expect("written");
        assert!(svg.starts_with("<svg") && svg.contains("江城市"), "{svg}");
    }
    let out = city.path().join("calendar.gif").to_string_lossy().into_owned();
    assert_eq!(city.run(&["air", "calendar", &file, "--out", &out]).status, 2);
}
