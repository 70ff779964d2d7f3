//! Files to an evaluation: one pass, and a second one over the few days whose hours are repeated.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use message::{Text, text};
use readings::air::{Block, MISSING, NO_HOUR, Sink, Stations, scan};
use readings::{Options, ReadError, Told};
use standards::air::{Item, Settings};
use standards::calendar::Date;
use thiserror::Error;

use crate::evaluate::Evaluation;
use crate::hours::Hours;

/// What to do where an hour has two different values. The same value twice counts once, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Repeated {
    /// Refuse, and name the places.
    #[default]
    Refuse,
    /// The last one wins, in the order of the files as given and of their rows.
    Last,
}

/// An hour with two different values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// The station.
    pub station: String,
    /// The hour's START: hours since 1970-01-01 00:00 of UTC+8.
    pub hour: i32,
    /// The item's key.
    pub item: &'static str,
    /// The first value in thousandths, with file and row.
    pub first: (i32, String, u64),
    /// The other.
    pub other: (i32, String, u64),
}

impl Conflict {
    /// In words.
    pub fn text(&self) -> Text {
        let Self { station, hour, item, first, other } = self;
        let date = Date::of_number(hour.div_euclid(24));
        let label =
            format!("{:04}-{:02}-{:02} {:02}:00", date.year, date.month, date.day, hour.rem_euclid(24));
        let value = |thousandths: i32| {
            let text = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        let (a, b) = (value(first.0), value(other.0));
        let (file_a, row_a, file_b, row_b) = (&first.1, first.2, &other.1, other.2);
        text!(
            "站点 {station} 在 {label} 起一小时的 {item} 有两个值：{a}（{file_a} 第{row_a}行）和 {b}（{file_b} 第{row_b}行）",
            "station {station} has two values of {item} for the hour from {label}: {a} ({file_a}, row {row_a}) and {b} ({file_b}, row {row_b})"
        )
    }
}

/// Why files could not be evaluated.
#[derive(Debug, Error)]
pub enum FilesError {
    /// A file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Hours have two different values.
    #[error("{} hours have two different values", .0.len())]
    Repeated(Vec<Conflict>),
    /// There is no value at all.
    #[error("there is no value of any item")]
    Nothing,
}

impl FilesError {
    /// In words for people.
    pub fn text(&self) -> Text {
        match self {
            Self::Read(error) => error.text(),
            Self::Repeated(conflicts) => {
                let count = conflicts.len();
                let shown: Vec<Text> = conflicts.iter().take(20).map(Conflict::text).collect();
                let (zh, en): (Vec<_>, Vec<_>) =
                    shown.into_iter().map(|text| (text.simplified, text.english)).unzip();
                let (zh, en) = (zh.join("\n"), en.join("\n"));
                text!(
                    "同一小时有不同的值，共{count}处；请更正，或用 --repeated last 取最后一个：\n{zh}",
                    "{count} values differ within one hour; correct them, or take the last with --repeated last:\n{en}"
                )
            }
            Self::Nothing => text!("文件中没有任何监测值", "the files have no value of any item"),
        }
    }
}

/// What the files brought.
#[derive(Debug)]
pub struct Read {
    /// The hours, gathered into days.
    pub hours: Hours,
    /// How the files were understood, and what was wrong with them.
    pub told: Told,
    /// Hours that were given twice with the same values.
    pub repeated: u64,
    /// Hours with two different values, of which the last was taken.
    pub conflicts: Vec<Conflict>,
    /// Rows whose day is not between 1980 and 2099.
    pub outside: u64,
}

/// Reads and evaluates files. Stations that are to be left out take no part in their cities' values; see
/// [`crate::is_control_point`].
pub fn evaluate_files(
    files: &[PathBuf],
    options: &Options,
    repeated: Repeated,
    settings: Settings,
    threads: usize,
    left_out: &dyn Fn(&str) -> bool,
) -> Result<(Evaluation, Read), FilesError> {
    let mut read = read_files(files, options, repeated, settings.clone(), threads)?;
    let hours = std::mem::replace(&mut read.hours, Hours::new(settings));
    let mut days = hours.finish();
    days.leave_out(left_out);
    let evaluation = Evaluation::of(days, threads);
    if evaluation.is_empty() {
        return Err(FilesError::Nothing);
    }
    Ok((evaluation, read))
}

/// Reads files into days.
pub fn read_files(
    files: &[PathBuf],
    options: &Options,
    repeated: Repeated,
    settings: Settings,
    threads: usize,
) -> Result<Read, FilesError> {
    let found = scan(files, options, threads, || Hours::new(settings.clone()))?;
    let mut parts = found.parts.into_iter().map(|(mut hours, stations)| {
        hours.place(&stations);
        hours
    });
    let mut hours = parts.next().unwrap_or_else(|| Hours::new(settings.clone()));
    for part in parts {
        hours.join(part);
    }
    let mut read =
        Read { outside: hours.outside, hours, told: found.told, repeated: 0, conflicts: Vec::new() };
    if !read.hours.suspects.is_empty() {
        look_again(files, options, repeated, &mut read)?;
    }
    Ok(read)
}

/// Reads the days again that have more than one row for an hour, with all their hours.
fn look_again(
    files: &[PathBuf],
    options: &Options,
    repeated: Repeated,
    read: &mut Read,
) -> Result<(), FilesError> {
    let wanted = read.hours.suspect_names();
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let found =
        scan(files, options, 1, || Again { wanted: &wanted, names: &names, ..Again::new(&wanted, &names) })?;
    let mut conflicts = Vec::new();
    for (again, _) in found.parts {
        read.repeated += again.repeated;
        conflicts.extend(again.conflicts);
        for ((name, day), detail) in &again.days {
            read.hours.replace(name, *day, &detail.values);
        }
    }
    conflicts.sort();
    if repeated == Repeated::Refuse && !conflicts.is_empty() {
        return Err(FilesError::Repeated(conflicts));
    }
    read.conflicts = conflicts;
    Ok(())
}

/// A day with all its hours and where each came from.
struct Detail {
    values: [[i32; 24]; Item::COUNT],
    from: [[(u32, u64); 24]; Item::COUNT],
}

/// The second pass, by one thread in the order of files and rows.
struct Again<'w> {
    wanted: &'w HashSet<(String, i32)>,
    names: &'w [String],
    /// By the reader's number of a station: whether any of its days is wanted.
    stations: Vec<bool>,
    days: HashMap<(String, i32), Detail>,
    repeated: u64,
    conflicts: Vec<Conflict>,
}

impl<'w> Again<'w> {
    fn new(wanted: &'w HashSet<(String, i32)>, names: &'w [String]) -> Self {
        Self { wanted, names, stations: Vec::new(), days: HashMap::new(), repeated: 0, conflicts: Vec::new() }
    }
}

impl Sink for Again<'_> {
    fn block(&mut self, block: &Block<'_>, stations: &Stations) {
        for station in stations.all().iter().skip(self.stations.len()) {
            self.stations.push(self.wanted.iter().any(|(name, _)| *name == station.name));
        }
        for (row, (&station, &hour)) in block.stations.iter().zip(block.hours).enumerate() {
            if hour == NO_HOUR || !self.stations.get(station as usize).copied().unwrap_or(false) {
                continue;
            }
            let Some(name) = stations.get(station).map(|station| station.name.clone()) else { continue };
            let key = (name, hour.div_euclid(24));
            if !self.wanted.contains(&key) {
                continue;
            }
            let station = key.0.clone();
            let detail = self.days.entry(key).or_insert_with(|| Detail {
                values: [[MISSING; 24]; Item::COUNT],
                from: [[(0, 0); 24]; Item::COUNT],
            });
            let at = hour.rem_euclid(24) as usize;
            let here = (block.file as u32, block.rows.at(row));
            let mut is_repeated = false;
            for item in Item::ALL {
                let value = block.values[item.index()][row];
                let (known, from) =
                    (&mut detail.values[item.index()][at], &mut detail.from[item.index()][at]);
                if value < 0 {
                    continue;
                }
                if *known >= 0 && *known != value {
                    let file = |place: u32| self.names.get(place as usize).cloned().unwrap_or_default();
                    self.conflicts.push(Conflict {
                        station: station.clone(),
                        hour,
                        item: item.key(),
                        first: (*known, file(from.0), from.1),
                        other: (value, file(here.0), here.1),
                    });
                }
                is_repeated |= *known == value;
                (*known, *from) = (value, here);
            }
            self.repeated += u64::from(is_repeated);
        }
    }
}
