//! Air hours in blocks of columns, read by several threads: the fast way from files to an evaluation.
//!
//! ```text
//! files ──tasks: a row group of a Parquet file, or a whole file of another kind──▶ threads
//!   thread: batch ──stations, hours, thousandths──▶ Block ──▶ its own Sink          ▶ Scan: sinks, names, Told
//! ```
//!
//! Memory: a batch of [`BATCH`] rows of the columns asked for, and the names of the stations, for each thread;
//! never a file. Each thread gives numbers to stations by itself; who joins the sinks joins by name.
//!
//! A value is taken to the thousandth of its unit (half to even, once); below zero, and above
//! [`MOST`] units, it is no concentration: told, and missing.

mod columns;
mod generic;
mod stations;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use message::text;
use standards::air::Item;
pub use standards::air::MISSING;
pub use stations::{Station, Stations};

use crate::error::{ReadError, Told};
use crate::options::Options;
use crate::source::{self, Kind};

/// Rows of a Parquet file that are decoded at a time.
pub const BATCH: usize = 16 << 10;

/// Above so many units a value is no concentration of anything in air.
pub const MOST: i32 = 100_000;

/// The hour of a row that has no place; its values are to be left out.
pub const NO_HOUR: i32 = i32::MIN;

/// Rows of hours, in columns of the same length.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    /// The file, by its place among those given.
    pub file: usize,
    /// Where the rows stand in the file.
    pub rows: Rows<'a>,
    /// The station, by its place in the thread's [`Stations`].
    pub stations: &'a [u32],
    /// The START of the hour: hours since 1970-01-01 00:00 of UTC+8. [`NO_HOUR`] for a row without a place.
    pub hours: &'a [i32],
    /// By item, in the order of [`Item::ALL`]: thousandths, [`MISSING`] where there is none.
    pub values: [&'a [i32]; Item::COUNT],
    /// Whether each row speaks of all items of its hour, so that two rows of one hour are a repetition.
    pub whole: bool,
}

/// Where rows stand in their file.
#[derive(Clone, Copy, Debug)]
pub enum Rows<'a> {
    /// One after the other, from this one.
    From(u64),
    /// At these places.
    At(&'a [u64]),
}

impl Rows<'_> {
    /// The place of a row of the block.
    pub fn at(&self, row: usize) -> u64 {
        match self {
            Self::From(first) => first + row as u64,
            Self::At(places) => places.get(row).copied().unwrap_or(0),
        }
    }
}

/// Takes blocks; each thread has its own.
pub trait Sink: Send {
    /// Takes a block. The stations' numbers are those of this thread.
    fn block(&mut self, block: &Block<'_>, stations: &Stations);
}

/// What a scan brings.
#[derive(Debug)]
pub struct Scan<S> {
    /// Each thread's sink with the stations that it saw.
    pub parts: Vec<(S, Stations)>,
    /// What there is to tell of the files.
    pub told: Told,
}

/// A piece of work: a file, or one row group of it.
struct Task {
    file: usize,
    part: Part,
}

enum Part {
    Rows,
    Group { layout: std::sync::Arc<columns::Columns>, group: usize, first_row: u64 },
}

/// Reads the files by so many threads; `sink` makes a thread's sink. Which thread reads what is not fixed, so
/// a sink's result must not depend on the order of blocks.
pub fn scan<S: Sink>(
    files: &[PathBuf],
    options: &Options,
    threads: usize,
    sink: impl Fn() -> S + Sync,
) -> Result<Scan<S>, ReadError> {
    let mut told = Told::default();
    let tasks = tasks(files, options, &mut told)?;
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let failed: Mutex<Option<(usize, ReadError)>> = Mutex::new(None);
    let work = || {
        let (mut sink, mut stations, mut told) = (sink(), Stations::default(), Told::default());
        let mut buffers = columns::Buffers::default();
        while !stop.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(task) = tasks.get(number) else { break };
            let path = &files[task.file];
            let done = match &task.part {
                Part::Rows => generic::read(path, task.file, options, &mut stations, &mut sink, &mut told),
                Part::Group { layout, group, first_row } => {
                    let place =
                        columns::Place { path, file: task.file, group: *group, first_row: *first_row };
                    columns::read(layout, &place, &mut buffers, &mut stations, &mut sink, &mut told)
                }
            };
            if let Err(error) = done {
                stop.store(true, Ordering::Relaxed);
                let mut failed = failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                // The first in the order of the files, so that the answer does not depend on the threads.
                if failed.as_ref().is_none_or(|(before, _)| number < *before) {
                    *failed = Some((number, error));
                }
            }
        }
        (sink, stations, told)
    };
    let threads = threads.clamp(1, tasks.len().max(1));
    let results: Vec<_> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mine = work();
        let mut all = vec![Some(mine)];
        all.extend(others.into_iter().map(|thread| thread.join().ok()));
        all
    });
    if let Some((_, error)) = failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        return Err(error);
    }
    let mut parts = Vec::new();
    for result in results {
        // A thread can only end so if another's code panicked on the file.
        let Some((sink, stations, its)) = result else {
            return Err(ReadError::Refused(text!(
                "读取文件的线程意外中止",
                "a reading thread ended unexpectedly"
            )));
        };
        told.join(its);
        parts.push((sink, stations));
    }
    told.notes.sort_by(|one, other| one.english.cmp(&other.english));
    Ok(Scan { parts, told })
}

fn tasks(files: &[PathBuf], options: &Options, told: &mut Told) -> Result<Vec<Task>, ReadError> {
    let mut tasks = Vec::new();
    for (file, path) in files.iter().enumerate() {
        let layout = match source::kind(path)? {
            Kind::Parquet => columns::Columns::of(path, options)?,
            Kind::Text | Kind::Sheet => None,
        };
        let Some(layout) = layout else {
            tasks.push(Task { file, part: Part::Rows });
            continue;
        };
        told.notes.push(layout.note.clone());
        let layout = std::sync::Arc::new(layout);
        let mut first_row = 1;
        for group in 0..layout.groups() {
            let rows = layout.rows_of(group);
            tasks.push(Task { file, part: Part::Group { layout: layout.clone(), group, first_row } });
            told.rows += rows;
            first_row += rows;
        }
    }
    Ok(tasks)
}

fn open(path: &Path) -> Result<File, ReadError> {
    File::open(path).map_err(crate::error::io(path))
}

/// Thousandths of a value in millionths; `None` if it is no concentration.
fn thousandths(micro: i64) -> Option<i32> {
    let thousandths = standards::rounding::half_even(micro, 1000);
    i32::try_from(thousandths).ok().filter(|value| (0..=MOST * 1000).contains(value))
}

/// Why a value is no concentration.
fn no_concentration(value: f64) -> message::Text {
    text!("“{value}”不是浓度（应在0到{MOST}之间）", "`{value}` is no concentration (0 to {MOST})")
}

/// Whether a flag says that the value is a normal measurement: none, HJ 212's `N`, or words for it.
fn is_normal(flag: &str) -> bool {
    flag.is_empty() || matches!(flag.to_ascii_lowercase().as_str(), "n" | "正常" | "有效" | "valid" | "ok")
}
