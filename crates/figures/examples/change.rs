//! One changed record to its new figure: `change HOME PACK [REGISTER]`. It gives a record (a dock,
//! unless another register is named) another owner, so give it a copy of the city; asks for a figure of the
//! register, and says how long both took.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use figure::Period;
use figures::Request;
use figures::blocking::Engine;
use jiff::civil::date;
use ledger::{Batch, Draft, Kind, Ledger, RecordId, SystemClock};
use message::Language;

type Failure = Box<dyn std::error::Error>;

const TIMES: u32 = 60;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let (Some(home), Some(pack)) = (arguments.next(), arguments.next()) else {
        return Err("change HOME PACK [REGISTER]".into());
    };
    let register = arguments.next().unwrap_or_else(|| "docks".to_owned());
    let files = pack::read_dir(Path::new(&pack)).map_err(|fault| format!("{fault:?}"))?;
    let (pack, faults) = pack::compile(files);
    let pack = Arc::new(pack.ok_or_else(|| message::render(&faults, Language::English, false))?);
    let ledger = Arc::new(Ledger::open(Path::new(&home), Arc::new(SystemClock))?);
    let cache = Path::new(&home).join("cache");
    let engine =
        Engine::open(Arc::clone(&pack), Arc::clone(&ledger) as Arc<dyn figures::EntrySource>, Some(&cache))?;

    // Of the register's indicators, one that reads as little else as possible.
    let tables = |key: &str| engine.engine().tables_of(key).unwrap_or_default();
    let indicator = pack
        .indicators
        .iter()
        .filter(|indicator| tables(&indicator.key).contains(&register))
        .min_by_key(|indicator| tables(&indicator.key).len())
        .ok_or("no indicator reads the register")?;
    let request = [Request::new(&indicator.key, Period::Year(2022))];
    engine.evaluate(&request)?;

    let mut records = Vec::new();
    ledger.for_each(Some(&register), 0..ledger.size()?, &mut |number, bytes| {
        if ledger::Entry::decode(number, bytes)?.kind == Kind::Create {
            records.push(RecordId(number.0));
        }
        Ok(())
    })?;
    let (mut appends, mut answers) = (Vec::new(), Vec::new());
    for time in 0..TIMES {
        let record = records[usize::try_from(time)? * 7 % records.len()];
        let draft = Draft {
            kind: Kind::Amend,
            register: register.clone(),
            record: Some(record),
            based_on: ledger.version(record)?,
            effective: date(2022, 6, 1),
            unit: Some(format!("U{:03}", time % 50 + 1)),
            state: None,
            fields: BTreeMap::new(),
            evidence: Vec::new(),
            note: None,
        };
        let key = format!("change {} {time}", ledger.size()?);
        let start = Instant::now();
        ledger.append(Batch { key, actor: "bench".to_owned(), drafts: vec![draft], expect_size: None })?;
        appends.push(start.elapsed());
        let start = Instant::now();
        engine.evaluate(&request)?;
        answers.push(start.elapsed());
    }
    println!(
        "{} entries, {} records of {register}: {} after each of {TIMES} changes: stored in {:.2} ms, new figure in {:.2} ms (median; slowest {:.2} ms)",
        ledger.size()?,
        records.len(),
        indicator.key,
        median(&mut appends),
        median(&mut answers),
        answers.last().copied().unwrap_or_default().as_secs_f64() * 1e3,
    );
    Ok(())
}

/// In milliseconds; the times are sorted afterwards.
fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default().as_secs_f64() * 1e3
}
