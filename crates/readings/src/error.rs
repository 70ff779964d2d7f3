//! What is wrong with a file or a cell, with its place.

use std::path::{Path, PathBuf};

use message::{Text, text};
use thiserror::Error;

/// Why a file could not be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The system did not give the bytes.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file as a whole is no table of measurements that could be understood.
    #[error("{}: {}", path.display(), text.english)]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        text: Text,
    },
    /// The caller refused what it was given.
    #[error("{}", .0.english)]
    Refused(Text),
}

impl ReadError {
    /// A fault of the whole file.
    pub fn file(path: &Path, text: Text) -> Self {
        Self::File { path: path.to_owned(), text }
    }

    /// In words for people.
    pub fn text(&self) -> Text {
        match self {
            Self::Io { path, error } => {
                let path = path.display();
                text!("{path} 打不开（{error}）", "{path} cannot be read ({error})")
            }
            Self::File { path, text } => {
                let (path, chinese, english) = (path.display(), &text.simplified, &text.english);
                text!("{path}：{chinese}", "{path}: {english}")
            }
            Self::Refused(text) => text.clone(),
        }
    }
}

/// Names the file of an I/O error.
pub(crate) fn io(path: &Path) -> impl Fn(std::io::Error) -> ReadError + '_ {
    move |error| ReadError::Io { path: path.to_owned(), error }
}

/// A cell that is no value, or a row that has no place; the rest of the file is read on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file, as the user named it.
    pub file: String,
    /// The row as the user counts it: the heading of a CSV or XLSX file is row 1, the first row of a Parquet
    /// file is row 1.
    pub row: u64,
    /// The column's heading; empty for a fault of the whole row.
    pub column: String,
    /// What is wrong, in Chinese and English.
    pub words: (String, String),
}

impl Fault {
    /// In words for people, with the place.
    pub fn text(&self) -> Text {
        let Self { file, row, column, words: (chinese, english) } = self;
        if column.is_empty() {
            text!("{file} 第{row}行：{chinese}", "{file}, row {row}: {english}")
        } else {
            text!(
                "{file} 第{row}行，列“{column}”：{chinese}",
                "{file}, row {row}, column `{column}`: {english}"
            )
        }
    }
}

/// What there is to tell of files that were read: how they were understood, and what was wrong with them.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// How each file was understood: layout, labels of hours, zone, columns left out.
    pub notes: Vec<Text>,
    /// Rows that were read.
    pub rows: u64,
    /// How many cells and rows were at fault.
    pub fault_count: u64,
    /// The first of them, at most [`Told::MOST`].
    pub faults: Vec<Fault>,
    /// Values left out because their flag says that they are no normal measurement.
    pub flagged: u64,
}

impl Told {
    /// How many faults are kept with their places; the others are counted.
    pub const MOST: usize = 1000;

    pub(crate) fn fault(&mut self, file: &str, row: u64, column: &str, words: Text) {
        self.fault_count += 1;
        if self.faults.len() < Self::MOST {
            self.faults.push(Fault {
                file: file.to_owned(),
                row,
                column: column.to_owned(),
                words: (words.simplified, words.english),
            });
        }
    }

    /// Joins what two readers have to tell; faults come in the order of their places.
    pub fn join(&mut self, other: Self) {
        for note in other.notes {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
        self.rows += other.rows;
        self.fault_count += other.fault_count;
        self.flagged += other.flagged;
        self.faults.extend(other.faults);
        self.faults.sort();
        self.faults.truncate(Self::MOST);
    }
}
