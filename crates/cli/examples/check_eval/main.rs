//! Measures `qingyuan check` on the source report against the demo city, through the binary alone.
//!
//! ```text
//! check_eval QINGYUAN HOME REPORT        (HOME is copied, never written to)
//!
//! rows       each statement of the report is linked to its indicator, and nothing else is claimed
//! alarms     sentences about something else than the whole city: none of them is called wrong
//! numbers    each number changed in many ways: what became untrue is no longer supported, what stayed true still is
//! records    the records behind each number changed: the same question, put from the book's side
//! documents  the city's own report as DOCX, edited as a person would: exactly the edited figure is found
//! ```
//!
//! What is true is decided here, by rules of a few lines over the figures that `qingyuan figures` prints; nothing of
//! the checker is used. Prints tables; exits 1 if a demand is not met.

mod alarms;
mod bench;
mod documents;
mod measured;
mod mutations;
mod numbers;
mod printed;
mod records;
mod rows;
mod stated;

use std::path::Path;
use std::process::ExitCode;

use bench::{Bench, Outcome, copy};

/// The period that the report speaks of.
const PERIOD: &str = "2022";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [binary, home, report] = &arguments[..] else {
        eprintln!("usage: check_eval QINGYUAN HOME REPORT");
        return ExitCode::from(2);
    };
    match evaluate(Path::new(binary), Path::new(home), Path::new(report)) {
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
            eprintln!("check_eval: {error}");
            ExitCode::from(2)
        }
    }
}

fn evaluate(binary: &Path, home: &Path, report: &Path) -> Outcome<Vec<String>> {
    let room = tempfile::tempdir()?;
    let city = room.path().join("city");
    copy(home, &city)?;
    let text = std::fs::read_to_string(report)?;
    let mut bench = Bench {
        binary: std::fs::canonicalize(binary)?,
        city,
        room: room.path().to_owned(),
        text: text.clone(),
        unmet: Vec::new(),
        count: 0,
    };
    let base = bench.check(&[text])?.remove(0);
    bench.rows(&base);
    bench.alarms()?;
    bench.numbers(&base)?;
    bench.documents()?;
    bench.records(&base)?;
    Ok(bench.unmet)
}
