//! Measures `qingyuan air` on real data against what was published, through the binary alone.
//!
//! ```text
//! air_eval QINGYUAN FOLDER
//!
//! FOLDER/cnemc-*.csv      hours of the national network with its own AQI, level and primary pollutant
//! FOLDER/beijing-*.parquet  the 12 national stations of Beijing, for the years whose numbers the city published
//! ```
//!
//! Prints tables, and what the rest comes from; exits 1 if a demand is not met.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use serde_json::Value;

type Failed = Box<dyn std::error::Error>;

/// Year, good days and annual mean of PM2.5 as the city published them (from all its stations, some 35).
const PUBLISHED: [(i64, i64, f64); 2] = [(2014, 172, 85.9), (2015, 186, 80.6)];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [binary, folder] = &arguments[..] else {
        eprintln!("usage: air_eval QINGYUAN FOLDER");
        return ExitCode::from(2);
    };
    match evaluate(Path::new(binary), Path::new(folder)) {
        Ok(unmet) if unmet.is_empty() => {
            println!("\nEvery demand is met.");
            ExitCode::SUCCESS
        }
        Ok(unmet) => {
            println!("\n{} demands are not met:", unmet.len());
            unmet.iter().for_each(|one| println!("  {one}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("air_eval: {error}");
            ExitCode::from(2)
        }
    }
}

fn evaluate(binary: &Path, folder: &Path) -> Result<Vec<String>, Failed> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    files.sort();
    let mut unmet = Vec::new();
    let mut some = false;
    for file in files {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with("cnemc") && name.ends_with(".csv") {
            real_time(binary, &file, &name, &mut unmet)?;
            some = true;
        }
        if name.starts_with("beijing") && name.ends_with(".parquet") {
            beijing(binary, &file, &name, &mut unmet)?;
            some = true;
        }
    }
    if some { Ok(unmet) } else { Err("no cnemc-*.csv and no beijing-*.parquet there".into()) }
}

fn run(binary: &Path, arguments: &[&str], file: &Path) -> Result<String, Failed> {
    let output =
        Command::new(binary).arg("air").args(arguments).arg(file).env("QINGYUAN_LANG", "en").output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// An hour of the feed, station by station.
fn real_time(binary: &Path, file: &Path, name: &str, unmet: &mut Vec<String>) -> Result<(), Failed> {
    let printed = run(binary, &["realtime", "--rules", "by-date"], file)?;
    let mut ours = csv::Reader::from_reader(printed.as_bytes());
    let mut theirs = csv::Reader::from_path(file)?;
    let place = |headings: &csv::StringRecord, wanted: &str| {
        headings.iter().position(|heading| heading == wanted).ok_or_else(|| format!("no column {wanted}"))
    };
    let headings = theirs.headers()?.clone();
    let (aqi, level, primary) =
        (place(&headings, "aqi")?, place(&headings, "quality")?, place(&headings, "primarypollutant")?);
    let (mut rows, mut published, mut same_aqi, mut same_level, mut same_primary, mut only_ours) =
        (0, 0, 0, 0, 0, 0);
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for (mine, its) in ours.records().zip(theirs.records()) {
        let (mine, its) = (mine?, its?);
        rows += 1;
        if its[aqi].trim().is_empty() {
            only_ours += usize::from(!mine[2].is_empty());
            continue;
        }
        published += 1;
        // A feed may write 54.0 for 54.
        let number = |text: &str| text.trim().parse::<f64>().ok();
        if number(&its[aqi]) == number(&mine[2]) {
            same_aqi += 1;
        } else {
            *kinds.entry(format!("AQI {} published, {} computed", &its[aqi], &mine[2])).or_default() += 1;
        }
        same_level += usize::from(its[level] == mine[3]);
        let named = symbols(&its[primary]);
        if named == mine[4] {
            same_primary += 1;
        } else {
            *kinds.entry(format!("primary `{named}` published, `{}` computed", &mine[4])).or_default() += 1;
        }
    }
    println!("{name}: {rows} rows, {published} with a published AQI, {only_ours} more that only we give one");
    println!(
        "  the same AQI {same_aqi}, level {same_level}, primary pollutants {same_primary} of {published}"
    );
    kinds.iter().for_each(|(kind, count)| println!("  {count} × {kind}"));
    if same_aqi != published {
        unmet.push(format!("{name}: the AQI of {} stations differs", published - same_aqi));
    }
    Ok(())
}

/// The feed's names as symbols, in the order that we print.
fn symbols(names: &str) -> String {
    const NAMES: [(&str, &str); 6] = [
        ("二氧化硫", "SO2"),
        ("二氧化氮", "NO2"),
        ("颗粒物(PM10)", "PM10"),
        ("一氧化碳", "CO"),
        ("臭氧", "O3"),
        ("细颗粒物(PM2.5)", "PM2.5"),
    ];
    let named: Vec<&str> = names.split(',').map(str::trim).collect();
    let is_named = |name: &str| {
        named.iter().any(|other| *other == name || (name == "臭氧" && other.starts_with("臭氧")))
    };
    NAMES.iter().filter(|(name, _)| is_named(name)).map(|(_, symbol)| *symbol).collect::<Vec<_>>().join(",")
}

/// The 12 stations beside the city's numbers.
fn beijing(binary: &Path, file: &Path, name: &str, unmet: &mut Vec<String>) -> Result<(), Failed> {
    println!(
        "\n{name}: the city's own numbers are of all its stations, ours of the 11 in the file that are no control points"
    );
    println!(
        "  year  reading                               valid  good  published   PM2.5  published      off"
    );
    let readings: [(&str, &[&str]); 4] = [
        ("by the rule", &[]),
        ("with the control point (Dingling)", &["--with-control-points"]),
        ("at least 12 hours a day, not 20", &["--hours-of-day", "12"]),
        ("labels at the hour's end", &["--hours", "end"]),
    ];
    for (place, (what, more)) in readings.iter().enumerate() {
        let mut arguments = vec!["annual", "--edition", "2012", "--by", "city", "--format", "json"];
        arguments.extend(*more);
        let rows: Value = serde_json::from_str(&run(binary, &arguments, file)?)?;
        for (year, good, pm2_5) in PUBLISHED {
            let Some(row) = rows.as_array().and_then(|rows| rows.iter().find(|row| row["year"] == year))
            else {
                continue;
            };
            let (days, mean) =
                (row["good_days"].as_i64().unwrap_or(0), row["pm2_5_mean"].as_f64().unwrap_or(0.0));
            let valid = row["valid_days"].as_i64().unwrap_or(0);
            let off = (mean / pm2_5 - 1.0) * 100.0;
            println!(
                "  {year}  {what:<37} {valid:>5} {days:>5} {good:>10} {mean:>7.2} {pm2_5:>10.1} {off:>+7.2}%"
            );
            if place == 0 && (days - good).abs() > 4 {
                unmet.push(format!("{year}, {what}: {days} good days, {good} published"));
            }
            if place == 0 && off.abs() > 1.5 {
                unmet.push(format!("{year}, {what}: PM2.5 is off by {off:+.2} %, at most 1.5 %"));
            }
        }
    }
    missing_days(binary, file)
}

/// The days that the rule leaves out, and what they were.
fn missing_days(binary: &Path, file: &Path) -> Result<(), Failed> {
    let days = |more: &[&str]| -> Result<Vec<Value>, Failed> {
        let mut arguments = vec!["daily", "--edition", "2012", "--by", "city", "--format", "json"];
        arguments.extend(more);
        let rows: Value = serde_json::from_str(&run(binary, &arguments, file)?)?;
        Ok(rows.as_array().cloned().unwrap_or_default())
    };
    println!("  days without a valid PM2.5 by the rule, with the mean of what hours the file has:");
    for (strict, loose) in days(&[])?.iter().zip(days(&["--hours-of-day", "1"])?) {
        let date = strict["date"].as_str().unwrap_or_default();
        let is_published = PUBLISHED.iter().any(|(year, ..)| date.starts_with(&year.to_string()));
        if is_published && strict["pm2_5"].is_null() {
            println!("    {date}  {}", loose["pm2_5"]);
        }
    }
    Ok(())
}
