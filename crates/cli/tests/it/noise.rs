//! Noise from files, from outside.

use super::city::City;

/// Hours of one point: 55 dB(A) by day, 45 by night, from `first` to `last` of May 2024.
fn hours(point: &str, class: &str, day: u32, night: u32, dates: std::ops::RangeInclusive<u32>) -> String {
    let mut rows = String::new();
    for date in dates {
        for hour in 0..24 {
            let level = if (6..22).contains(&hour) { day } else { night };
            rows.push_str(&format!("{point},{class},2024-05-{date:02} {hour:02}:00,{level}\n"));
        }
    }
    rows
}

fn hourly() -> String {
    let mut text = String::from("点位,功能区类别,时间,Leq\n");
    text.push_str(&hours("甲", "1类", 55, 45, 1..=3));
    text.push_str(&hours("乙", "4a", 71, 54, 1..=3));
    text
}

#[test]
fn days_and_nights_from_hours() {
    let city = City::nowhere();
    let path = city.file("hours.csv", hourly().as_bytes());
    let out = city.ok(&["noise", &path, "--format", "csv"]);
    // The night of the 1st ends on the 2nd; that of the 3rd has two hours, and the first one began in April.
    assert!(out.contains("甲,2024-05-01,1,55.0,45.0,55.0,16,8,yes,yes,\n"), "{out}");
    assert!(out.contains("甲,2024-04-30,1,,45.0,,0,6,,yes,\n"), "{out}");
    assert!(out.contains("甲,2024-05-03,1,55.0,,,16,2,yes,,\"night: 2 hours, 6 are needed\"\n"), "{out}");
    assert!(out.contains("乙,2024-05-02,4a,71.0,54.0,69.7,16,8,no,yes,\n"), "{out}");
    let ends = city.ok(&["noise", &path, "--night-date", "ends", "--format", "csv"]);
    assert!(ends.contains("甲,2024-05-04,1,,,,0,2,,,"), "{ends}");
    let calendar = city.ok(&["noise", &path, "--night-date", "calendar", "--format", "csv"]);
    assert_eq!(calendar.matches(",16,8,").count(), 6, "{calendar}");
    // Labels of the end of the hour are one later, and the last of a day is 24:00.
    let mut labelled = hourly();
    for hour in (0..24).rev() {
        labelled = labelled.replace(&format!(" {hour:02}:00"), &format!(" {:02}:00", hour + 1));
    }
    let path = city.file("ends.csv", labelled.as_bytes());
    assert_eq!(city.ok(&["noise", &path, "--hours", "end", "--format", "csv"]), out);
}

#[test]
fn attainment_by_both_methods() {
    let city = City::nowhere();
    let path = city.file("hours.csv", hourly().as_bytes());
    let by = |method: &str| {
        city.ok(&["noise", &path, "--of", "attainment", "--method", method, "--format", "csv"])
    };
    let heading = "class,day_attained,day_all,day_rate,night_attained,night_all,night_rate\n";
    assert_eq!(
        by("valid-days"),
        format!("{heading}1,3,3,100.0,3,3,100.0\n4a,0,3,0.0,3,3,100.0\ntotal,3,6,50.0,6,6,100.0\n")
    );
    // April is the second quarter as well, so each point has one point-time.
    assert_eq!(
        by("quarter"),
        format!("{heading}1,1,1,100.0,1,1,100.0\n4a,0,1,0.0,1,1,100.0\ntotal,1,2,50.0,2,2,100.0\n")
    );
    // The order of the rows does not matter.
    let text = hourly();
    let mut rows: Vec<&str> = text.lines().skip(1).collect();
    rows.reverse();
    let path = city.file("turned.csv", format!("点位,功能区类别,时间,Leq\n{}\n", rows.join("\n")).as_bytes());
    let turned = city.ok(&["noise", &path, "--of", "attainment", "--format", "csv"]);
    assert_eq!(turned, by("valid-days"));
}

#[test]
fn regions_and_roads() {
    let city = City::nowhere();
    let grid = city.file("grid.csv", b"point,leq\n1,50\n2,60\n3,70\n");
    let out = city.ok(&["noise", &grid, "--of", "region", "--format", "csv"]);
    // The arithmetic mean, not the energy mean 65.7.
    assert!(out.contains("day,3,60.0,3,average,1,0,1,0,1\n"), "{out}");
    let roads = city
        .file("roads.csv", "路段,长度(km),昼间,夜间\nA,3,66.0,57.0\nB,1,71.0,62.5\nC,,70,60\n".as_bytes());
    let printed = city.run(&["noise", &roads, "--of", "roads", "--format", "csv"]);
    assert_eq!(printed.status, 1);
    assert!(printed.err.contains("road `C` has no length"), "{}", printed.err);
    assert!(printed.out.contains("day,2,67.2,1,good,4000,1000,25.0\n"), "{}", printed.out);
    assert!(printed.out.contains("night,2,58.4,2,fairly good,4000,0,0.0\n"), "{}", printed.out);
}

#[test]
fn broken_values_change_nothing_and_are_told() {
    let city = City::nowhere();
    let good = city.file("good.csv", hourly().as_bytes());
    let bad = format!(
        "{}甲,1类,2024-05-02 10:00,-3\n甲,1类,2024-05-02 11:00,loud\n甲,1类,some day,60\n甲,9类,2024-05-02 12:00,\n",
        hourly()
    );
    let bad = city.file("bad.csv", bad.as_bytes());
    let printed = city.run(&["noise", &bad, "--format", "csv"]);
    assert_eq!(printed.status, 1);
    assert_eq!(printed.out, city.ok(&["noise", &good, "--format", "csv"]));
    for words in [
        "`-3` cannot be a sound level",
        "`loud` is no number",
        "the time `some day`",
        "`9类` is no class of area",
    ] {
        assert!(printed.err.contains(words), "{words}: {}", printed.err);
    }
    let odd = city.file("odd.csv", "甲,乙\n1,2\n".as_bytes());
    let printed = city.run(&["noise", &odd]);
    assert_eq!(printed.status, 1);
    assert!(printed.err.contains("needs a column of points"), "{}", printed.err);
    assert_eq!(city.run(&["noise", &good, "--day-begins", "22", "--night-begins", "6"]).status, 2);
}
