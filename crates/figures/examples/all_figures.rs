//! Computes every indicator of a city, says where the time went, and hands the same rows to other
//! programs: `all_figures HOME PACK PERIOD [--by] [--no-cache] [--runs N] [--export DIR]
//! [--only KEY,KEY…]`.
//!
//! `bench/figures.sh` compares the result with DuckDB's.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use arrow::ipc::writer::FileWriter;
use figure::Period;
use figures::Request;
use figures::blocking::Engine;
use jiff::civil::Date;
use ledger::Ledger;
use message::Language;
use pack::{Definition, MeasureOver, Pack, Sum};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |what: &str| arguments.next().ok_or(format!("{what} is missing"));
    let home = PathBuf::from(next("HOME")?);
    let directory = PathBuf::from(next("PACK")?);
    let period: Period = next("PERIOD")?.parse()?;
    let (mut by, mut cache, mut export, mut runs, mut only) = (false, true, None, 3, None);
    while let Ok(option) = next("") {
        match option.as_str() {
            "--by" => by = true,
            "--no-cache" => cache = false,
            "--runs" => runs = next("N")?.parse()?,
            "--only" => only = Some(next("KEYS")?),
            "--export" => export = Some(PathBuf::from(next("DIR")?)),
            other => return Err(format!("{other}?").into()),
        }
    }

    let start = Instant::now();
    let files = pack::read_dir(&directory).map_err(|fault| format!("{fault:?}"))?;
    let (pack, faults) = pack::compile(files);
    let pack = Arc::new(pack.ok_or_else(|| message::render(&faults, Language::English, false))?);
    eprintln!("{:>8.3} s  pack compiled", start.elapsed().as_secs_f64());

    let start = Instant::now();
    let ledger = Arc::new(Ledger::read(&home)?);
    let size = ledger.size()?;
    let cache_directory = home.join("cache");
    let engine = Engine::open(Arc::clone(&pack), ledger, cache.then_some(cache_directory.as_path()))?;
    eprintln!("{:>8.3} s  book opened, {size} entries", start.elapsed().as_secs_f64());

    let start = Instant::now();
    if let Some(first) = pack.indicators.first() {
        let _ = engine.evaluate_each(&[Request { known_at: Some(size), ..Request::new(&first.key, period) }]);
        eprintln!("{:>8.3} s  first figure ({})", start.elapsed().as_secs_f64(), first.key);
    }

    let mut requests = Vec::new();
    let wanted = |key: &str| only.as_deref().is_none_or(|only| only.split(',').any(|one| one == key));
    for indicator in pack.indicators.iter().filter(|indicator| wanted(&indicator.key)) {
        let whole = Request { known_at: Some(size), ..Request::new(&indicator.key, period) };
        if by {
            requests.extend(
                indicator.dimensions.iter().map(|name| Request { by: vec![name.clone()], ..whole.clone() }),
            );
        }
        requests.push(whole);
    }
    let mut answers = Vec::new();
    for run in 0..runs {
        let start = Instant::now();
        let before = engine.phases();
        answers = engine.evaluate_each(&requests);
        let after = engine.phases();
        eprintln!(
            "{:>8.3} s  run {run}: {} requests (load {:.3} s and evaluate {:.3} s over threads, {} versions)",
            start.elapsed().as_secs_f64(),
            requests.len(),
            (after.load - before.load).as_secs_f64(),
            (after.evaluate - before.evaluate).as_secs_f64(),
            after.versions,
        );
    }
    eprintln!("{:>8} MB peak memory", peak_memory().unwrap_or_default() / 1024);

    for (request, answer) in requests.iter().zip(&answers) {
        match answer {
            Err(error) => println!("{}\terror\t{}", request.indicator, error.text().english),
            Ok(figures) => {
                for figure in figures {
                    let value = figure.value.map_or_else(|| "null".to_owned(), |value| value.to_string());
                    let scope: Vec<_> =
                        figure.id.scope.iter().map(|(name, value)| format!("{name}={value}")).collect();
                    println!(
                        "{}\t{}\t{value}\t{}\t{}\t{}",
                        figure.id.indicator,
                        scope.join("/"),
                        figure.unit,
                        figure.rows,
                        figure.pending
                    );
                }
            }
        }
    }
    if let Some(directory) = export {
        write_tables(&engine, &pack, period, size, &directory)?;
    }
    Ok(())
}

/// The most memory that the process ever held, in kB, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?
        .trim()
        .strip_suffix("kB")?
        .trim()
        .parse()
        .ok()
}

/// Every table that an indicator reads, as it stood on the period's last day, and the queries over them.
fn write_tables(
    engine: &Engine,
    pack: &Pack,
    period: Period,
    size: u64,
    directory: &PathBuf,
) -> Result<(), Failure> {
    std::fs::create_dir_all(directory)?;
    let as_of: Date = period.last();
    let mut tables = BTreeSet::new();
    let mut queries = Vec::new();
    for indicator in &pack.indicators {
        let Definition::Rows { sql, sum, amount_unit, .. } = &indicator.definition else { continue };
        tables.extend(engine.engine().tables_of(&indicator.key)?);
        queries.push(serde_json::json!({
            "key": indicator.key,
            "sql": sql,
            "sum": match sum {
                Sum::Count => "count",
                Sum::Sum => "sum",
                Sum::Mean => "mean",
                Sum::Max => "max",
                Sum::Min => "min",
            },
            "flow": indicator.measure == MeasureOver::Flow,
            "converted": amount_unit.as_ref().is_some_and(|unit| *unit != indicator.unit),
            "dimensions": indicator.dimensions,
            "as_of": as_of.to_string(),
            "first": period.first().to_string(),
            "last": period.last().to_string(),
        }));
    }
    for table in tables {
        let batches = engine.export(&table, as_of, size)?;
        let Some(first) = batches.first() else { continue };
        let mut writer =
            FileWriter::try_new(File::create(directory.join(format!("{table}.arrow")))?, &first.schema())?;
        batches.iter().try_for_each(|batch| writer.write(batch))?;
        writer.finish()?;
    }
    std::fs::write(directory.join("queries.json"), serde_json::to_string_pretty(&queries)?)?;
    Ok(())
}
