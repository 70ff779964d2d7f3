//! How many single-record saves a second the scribe acknowledges, from 1, 8 and 64 callers, and how long each waits;
//! and what a register costs to load. Writes into the book it is given: give it a copy.
//!
//! Usage: scribe_speed HOME PACK REGISTER UNIT [SECONDS [FIELD=VALUE …]]

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use intake::{Form, Job, RawValue, Scribe, Work};
use ledger::{Ledger, SystemClock};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [home, folder, register, unit, rest @ ..] = arguments.as_slice() else {
        return Err("usage: scribe_speed HOME PACK REGISTER UNIT [SECONDS [FIELD=VALUE …]]".into());
    };
    let seconds = rest.first().map_or(Ok(5), |text| text.parse())?;
    let (pack, faults) = pack::compile(pack::read_dir(folder.as_ref())?);
    let pack = Arc::new(pack.ok_or_else(|| format!("{} faults in the pack", faults.len()))?);
    let ledger = Arc::new(Ledger::open(home.as_ref(), Arc::new(SystemClock))?);
    let start = Instant::now();
    let scribe = Scribe::start(Arc::clone(&ledger), Arc::clone(&pack))?;
    let before = resident();
    scribe.warm(&[register]).map_err(|refusal| refusal.text().english)?;
    println!("{register} loaded in {:.3} s, {} MB", start.elapsed().as_secs_f64(), resident() - before);
    // Not unique, and without references: what is measured is the way, not the rules.
    let form = Arc::new(filled(&pack, register, unit, rest.get(1..).unwrap_or_default())?);
    for callers in [1_usize, 8, 64] {
        let end = Instant::now() + Duration::from_secs(seconds);
        let mut waits: Vec<u128> = std::thread::scope(|scope| {
            let hired: Vec<_> = (0..callers)
                .map(|caller| {
                    let (scribe, form) = (scribe.clone(), Arc::clone(&form));
                    scope.spawn(move || {
                        let (mut waits, mut turn) = (Vec::new(), 0);
                        while Instant::now() < end {
                            let key = format!("{callers}-{caller}-{turn}-{}", std::process::id());
                            let mut form = (*form).clone();
                            for (_, value) in &mut form.values {
                                if let RawValue::Text(text) = value
                                    && text == "{key}"
                                {
                                    *value = RawValue::from(key.clone());
                                }
                            }
                            let work = Work::Create { register: register.clone(), form };
                            let begun = Instant::now();
                            let (actor, roles) = (format!("caller{caller}"), vec!["clerk".to_owned()]);
                            let answer = scribe.enter(Job { actor, roles, key, guard: None, work });
                            if let Err(refusal) = answer {
                                eprintln!("{}", refusal.text().english);
                                break;
                            }
                            waits.push(begun.elapsed().as_micros());
                            turn += 1;
                        }
                        waits
                    })
                })
                .collect();
            hired.into_iter().flat_map(|caller| caller.join().unwrap_or_default()).collect()
        });
        waits.sort_unstable();
        let at =
            |share: usize| waits.get(waits.len() * share / 100).copied().unwrap_or_default() as f64 / 1e3;
        println!(
            "{callers} callers: {} saves/s, median {:.2} ms, p99 {:.2} ms",
            waits.len() as u64 / seconds,
            at(50),
            at(99)
        );
    }
    let start = Instant::now();
    let keys: Vec<&str> = pack.registers.iter().map(|register| register.key.as_str()).collect();
    scribe.warm(&keys).map_err(|refusal| refusal.text().english)?;
    println!("all registers loaded in {:.2} s, {} MB", start.elapsed().as_secs_f64(), resident() - before);
    Ok(())
}

/// A form with a value for every required field: what is given, an example, or what changes with the key.
fn filled(pack: &pack::Pack, register: &str, unit: &str, given: &[String]) -> Result<Form, Box<dyn Error>> {
    let declared = pack.register(register).ok_or("there is no such register")?;
    let given: Vec<_> = given.iter().filter_map(|given| given.split_once('=')).collect();
    let values = declared.fields.iter().filter(|field| field.required).map(|field| {
        let value = match (&field.kind, given.iter().find(|(key, _)| *key == field.key)) {
            (_, Some((_, value))) => (*value).to_owned(),
            (pack::FieldKind::Text { .. }, _) => "{key}".to_owned(),
            (pack::FieldKind::Choice { options }, _) => options[0].key.clone(),
            (pack::FieldKind::Date { .. }, _) => "2023-06-01".to_owned(),
            _ => field.example.clone().unwrap_or_else(|| "1".to_owned()),
        };
        (field.key.clone(), RawValue::from(value))
    });
    let effective = Some(jiff::civil::date(2023, 6, 1));
    Ok(Form { values: values.collect(), owner: Some(unit.to_owned()), effective, ..Form::default() })
}

fn resident() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|text| text.parse::<i64>().ok()).unwrap_or_default() / 1024
}
