//! Tiny cities as text, with the figures that they get.
//!
//! A case is a file in `tests/cases`: comment lines; pack files as `--- path ---` and their text; the
//! book as `=== book ===` and lines that [`crate::book::read_entry`] reads; questions as `=== ask ===`
//! and lines such as
//!
//! ```text
//! figures docks.operating 2022 by=bank bank=left as_of=2022-06-30 known_at=7
//! trace docks.operating 2022
//! diff docks.operating 2022 known_at=7
//! check
//! ```
//!
//! and `=== answer ===`. Each question is asked of a fresh engine and of one that was there all along
//! while the book grew; both must answer the same. `UPDATE_EXPECT=1` writes the answers anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use figure::{Figure, Row};
use figures::blocking::Engine;
use figures::{EntryNote, EntrySource, FigureError, Request, Trace};
use message::Language;
use pack::Pack;

use crate::book::{self, Book};

#[test]
fn cases_answer_as_expected() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut paths: Vec<_> = fs::read_dir(directory)
        .expect("the cases are there")
        .map(|entry| entry.expect("a file").path())
        .collect();
    paths.sort();
    let mut wrong = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).expect("a case is text");
        let (question, expected) = text.split_at(text.find("=== answer ===\n").unwrap_or(text.len()));
        let answer = format!("=== answer ===\n{}", answer(question));
        if answer == expected {
            continue;
        }
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, format!("{question}{answer}")).expect("it can be written");
        } else {
            wrong.push(format!("{}:\n{answer}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "UPDATE_EXPECT=1 writes these answers into the cases:\n{}", wrong.join("\n"));
}

fn answer(question: &str) -> String {
    let (files, rest) = question.split_once("=== book ===\n").expect("a case has a book");
    let (entries, asks) = rest.split_once("=== ask ===\n").expect("a case asks something");
    let mut pack_files: Vec<(String, String)> = Vec::new();
    for line in files.split_inclusive('\n') {
        match line.strip_prefix("--- ").and_then(|rest| rest.strip_suffix(" ---\n")) {
            Some(path) => pack_files.push((path.to_owned(), String::new())),
            None => match pack_files.last_mut() {
                Some((_, text)) => text.push_str(line),
                None => assert!(line.starts_with('#') || line.trim().is_empty(), "{line}"),
            },
        }
    }
    let pack = book::pack(&pack_files);
    let asks: Vec<&str> = asks.lines().filter(|line| !line.is_empty()).collect();

    let book = Book::new();
    let old = Engine::open(Arc::clone(&pack), book.clone(), None).expect("it opens");
    for line in entries.lines().filter(|line| !line.is_empty()) {
        book.appends(line);
        for ask in &asks {
            let (verb, request) = read_ask(ask);
            if verb != "check"
                && request.known_at.is_none_or(|known_at| known_at <= book.size().expect("memory"))
            {
                let _ = old.evaluate(&[request]);
            }
        }
    }
    let fresh = Engine::open(Arc::clone(&pack), book.clone(), None).expect("it opens");
    let mut out = String::new();
    for ask in asks {
        let answer = answer_one(&fresh, &pack, ask);
        assert_eq!(
            answer_one(&old, &pack, ask),
            answer,
            "the engine that was there all along disagrees: {ask}"
        );
        let _ = writeln!(out, "{ask}\n{answer}");
    }
    out
}

fn read_ask(ask: &str) -> (&str, Request) {
    let mut words = ask.split_whitespace();
    let verb = words.next().expect("a verb");
    let Some(indicator) = words.next() else { return (verb, Request::new("", figure::Period::Year(2022))) };
    let period = words.next().expect("a period").parse().expect(ask);
    let mut request = Request::new(indicator, period);
    for word in words {
        let (key, value) = word.split_once('=').expect(ask);
        match key {
            "by" => request.by.push(value.to_owned()),
            "as_of" => request.as_of = Some(value.parse().expect(ask)),
            "known_at" => request.known_at = Some(value.parse().expect(ask)),
            dimension => request.scope.push((dimension.to_owned(), value.to_owned())),
        }
    }
    (verb, request)
}

fn answer_one(engine: &Engine, pack: &Pack, ask: &str) -> String {
    let (verb, request) = read_ask(ask);
    let fault = |error: FigureError| {
        format!("    error: {}\n    错误：{}\n", error.text().english, error.text().simplified)
    };
    let id = || {
        let figures = engine.evaluate(std::slice::from_ref(&request))?;
        Ok(figures[0][0].id.clone())
    };
    match verb {
        "check" => {
            let faults = figures::check(pack);
            let zh = message::render_concise(&faults, Language::Simplified);
            indent(&format!("{}{zh}", message::render(&faults, Language::English, false)))
        }
        "figures" => match engine.evaluate(std::slice::from_ref(&request)) {
            Ok(figures) => figures.concat().iter().map(show).collect(),
            Err(error) => fault(error),
        },
        "trace" => match id().and_then(|id| engine.trace(&id)) {
            Err(error) => fault(error),
            Ok(trace) => {
                assert!(trace.is_proven(), "{trace:?}");
                assert_listed(engine, &trace);
                let mut out = show(&trace.figure);
                for part in trace.parts {
                    let _ = writeln!(out, "    of {} ({})", part.indicator, part.amount_unit);
                    for row in part.rows {
                        let _ = writeln!(out, "      {}", show_row(&row.row));
                        row.entries.iter().for_each(|entry| out.push_str(&show_entry(entry)));
                    }
                }
                out
            }
        },
        "diff" => match id().and_then(|id| engine.diff(&id, None)) {
            Err(error) => fault(error),
            Ok(difference) => {
                let mut out = format!("then{}now {}", show(&difference.then), show(&difference.now));
                for part in difference.parts {
                    let _ = writeln!(out, "    of {}", part.indicator);
                    part.added.iter().for_each(|row| out.push_str(&format!("      + {}\n", show_row(row))));
                    part.removed.iter().for_each(|row| out.push_str(&format!("      - {}\n", show_row(row))));
                    for (was, is) in part.changed {
                        let _ = writeln!(out, "      ~ {}\n        {}", show_row(&was), show_row(&is));
                    }
                }
                difference.entries.iter().for_each(|entry| out.push_str(&show_entry(entry)));
                out
            }
        },
        other => panic!("{other}"),
    }
}

/// The listing of a figure has the trace's rows with their entries: whole, in pages, and by the numbers of entries.
fn assert_listed(engine: &Engine, trace: &Trace) {
    let listing = engine.listing(&trace.figure.id).expect("a listing");
    assert_eq!(listing.figure, trace.figure);
    let parts = trace.parts.iter();
    let rows: Vec<_> =
        parts.flat_map(|part| part.rows.iter().map(|row| (part.indicator.as_str(), row.clone()))).collect();
    let engine = engine.engine();
    let (middle, end) = (listing.len() / 2, listing.len() + 7);
    let mut listed = engine.listed(&listing, 0..middle).expect("the first rows");
    listed.extend(engine.listed(&listing, middle..end).expect("the last rows"));
    assert_eq!(listed, rows);
    for (listed, part) in listing.parts.iter().zip(&trace.parts) {
        assert_eq!((listed.len(), &listed.amount_unit), (part.rows.len(), &part.amount_unit));
        let numbers = engine.entry_numbers(listed).expect("numbers");
        for (at, row) in part.rows.iter().enumerate() {
            assert_eq!(listed.row(at).expect("a row"), row.row);
            let of: Vec<u64> = row.row.record.map(|record| numbers.of(record).collect()).unwrap_or_default();
            assert_eq!(of, row.entries.iter().map(|entry| entry.number).collect::<Vec<_>>());
            let found = listing.find(&row.row.key).expect("found").expect("a row of this key");
            assert_eq!(found.1.key, row.row.key);
        }
    }
    assert!(listing.find("there is no such key").expect("looked for").is_none());
}

fn show(figure: &Figure) -> String {
    let value = figure.value.map_or_else(|| "nothing".to_owned(), |value| value.to_string());
    // The pack's digest changes with every letter of the case.
    let id = figure.id.to_string();
    let id = id.rsplit_once('.').map_or(id.as_str(), |(id, _)| id);
    let pending = if figure.pending > 0 { format!(", {} pending", figure.pending) } else { String::new() };
    format!("    {id} = {value} {} ({} rows{pending})\n", figure.unit, figure.rows)
}

fn show_row(row: &Row) -> String {
    let mut out = format!("{} {}", row.key, row.amount);
    if let Some(day) = row.occurred {
        let _ = write!(out, " on {day}");
    }
    for (dimension, value) in &row.dimensions {
        let _ = write!(out, " {dimension}={}", value.as_deref().unwrap_or("null"));
    }
    if let Some(record) = row.record {
        let _ = write!(out, " record {record}");
    }
    out
}

fn show_entry(entry: &EntryNote) -> String {
    format!(
        "        entry {}: {} {} {} from {}\n",
        entry.number, entry.kind, entry.register, entry.record, entry.effective
    )
}

fn indent(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}
