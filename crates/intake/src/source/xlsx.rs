//! Workbooks: the sheet of the register, row by row.
//!
//! One thread reads the workbook, the caller's judges the rows; a few chunks of rows are on their way between them.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use calamine::{DataRef, Reader, SheetType, Xlsx, XlsxError};
use message::text;

use super::{MAX_ROW_BYTES, MAX_ROWS, Sink, archive};
use crate::error::IntakeError;
use crate::raw::RawValue;
use crate::read::{from_serial, parse_date};
use crate::words::fold;

/// What the reading thread sends.
enum Message {
    /// The name of the sheet that is read.
    Sheet(String),
    /// Rows, and how many of them the sheet says it has.
    Rows(Rows, u64),
}

/// Rows that are sent on together, in three pieces of memory instead of one for each cell.
#[derive(Default)]
struct Rows {
    /// Each row's number from 0, and where its cells end.
    rows: Vec<(u32, usize)>,
    cells: Vec<Packed>,
    text: String,
}

/// A cell; texts lie in [`Rows::text`], from here to there.
#[derive(Clone)]
enum Packed {
    Text(usize, usize),
    Other(RawValue<'static>),
}

/// A chunk is sent on when it has so many rows or so many bytes of text.
const CHUNK_ROWS: usize = 256;
const CHUNK_BYTES: usize = 1 << 20;

pub(super) fn read(mut file: File, sheets: &[String], sink: &mut dyn Sink) -> Result<(), IntakeError> {
    archive::check(&file)?;
    file.seek(SeekFrom::Start(0)).map_err(|_| unreadable())?;
    thread::scope(|scope| {
        let (sender, receiver) = sync_channel(4);
        let reader = scope.spawn(move || read_workbook(file, sheets, &sender));
        // Once the receiver is gone, the reader stops by itself.
        let taken = take_rows(receiver, sink);
        // The reader is another's code, fed with anybody's file: should it panic, that is a fault of the file.
        let read = reader.join().unwrap_or_else(|_| Err(unreadable()));
        taken.and(read)
    })
}

fn take_rows(receiver: Receiver<Message>, sink: &mut dyn Sink) -> Result<(), IntakeError> {
    for message in receiver {
        match message {
            Message::Sheet(name) => sink.sheet(&name),
            Message::Rows(rows, of) => {
                let last = rows.rows.last().map_or(0, |(number, _)| u64::from(*number) + 1);
                let mut start = 0;
                for (number, end) in rows.rows {
                    let cells: Vec<RawValue<'_>> = rows.cells[start..end]
                        .iter()
                        .map(|cell| match cell {
                            Packed::Text(from, to) => RawValue::Text(Cow::Borrowed(&rows.text[*from..*to])),
                            Packed::Other(value) => value.clone(),
                        })
                        .collect();
                    sink.row(number + 1, &cells)?;
                    start = end;
                }
                sink.progress(last, of.max(last));
            }
        }
    }
    Ok(())
}

fn read_workbook(file: File, sheets: &[String], sender: &SyncSender<Message>) -> Result<(), IntakeError> {
    let mut workbook =
        Xlsx::new(BufReader::with_capacity(256 << 10, file)).map_err(|error| refused(&error))?;
    let worksheets: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect();
    let named = worksheets.iter().find(|name| sheets.contains(&fold(name)));
    let Some(name) = named.or(worksheets.first()) else {
        return Err(IntakeError::File(text!("工作簿里没有工作表", "the workbook has no worksheet")));
    };
    if sender.send(Message::Sheet(name.clone())).is_err() {
        return Ok(());
    }
    let mut cells = workbook.worksheet_cells_reader(name).map_err(|error| refused(&error))?;
    let of = u64::from(cells.dimensions().end.0) + 1;

    let mut chunk = Chunk { sender, of, rows: Rows::default(), start: 0 };
    let mut number = 0;
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(|error| refused(&error))? {
        let (at, column) = (cell.pos.0, cell.pos.1 as usize);
        if at != number {
            if !chunk.end_row(number) {
                return Ok(());
            }
            if at < number {
                return Err(unreadable());
            }
            if at >= MAX_ROWS {
                return Err(IntakeError::File(text!(
                    "超过 Excel 的行数上限 {MAX_ROWS}",
                    "the sheet has more than Excel's {MAX_ROWS} rows"
                )));
            }
            number = at;
        }
        if !chunk.take(column, cell.value, cell.formula.is_some()) {
            return Err(unreadable());
        }
    }
    if chunk.end_row(number) {
        chunk.send();
    }
    Ok(())
}

/// Rows as they gather.
struct Chunk<'c> {
    sender: &'c SyncSender<Message>,
    of: u64,
    rows: Rows,
    /// Where the text of the present row begins.
    start: usize,
}

impl Chunk<'_> {
    /// Takes a cell of the present row; false if the row grows beyond all measure.
    fn take(&mut self, column: usize, data: DataRef<'_>, has_formula: bool) -> bool {
        let rows = &mut self.rows;
        let first = rows.rows.last().map_or(0, |(_, end)| *end);
        let mut text = |text: &str| {
            let from = rows.text.len();
            rows.text.push_str(text);
            Packed::Text(from, from + text.len())
        };
        let packed = match data {
            DataRef::SharedString(words) if words.trim().is_empty() => return true,
            DataRef::String(words) if words.trim().is_empty() => return true,
            DataRef::SharedString(words) => text(words),
            DataRef::String(words) => text(&words),
            data => match value(data, has_formula) {
                RawValue::Empty => return true,
                value => Packed::Other(value),
            },
        };
        if column >= 16_384 || rows.text.len() - self.start > MAX_ROW_BYTES {
            return false;
        }
        if rows.cells.len() <= first + column {
            rows.cells.resize(first + column + 1, Packed::Other(RawValue::Empty));
        }
        rows.cells[first + column] = packed;
        true
    }

    /// Ends the present row, if it has cells; false if nobody wants rows any more.
    fn end_row(&mut self, number: u32) -> bool {
        let rows = &mut self.rows;
        if rows.cells.len() == rows.rows.last().map_or(0, |(_, end)| *end) {
            return true;
        }
        rows.rows.push((number, rows.cells.len()));
        self.start = rows.text.len();
        (rows.rows.len() < CHUNK_ROWS && rows.text.len() < CHUNK_BYTES) || self.send()
    }

    fn send(&mut self) -> bool {
        self.start = 0;
        let rows = std::mem::take(&mut self.rows);
        self.rows.cells.reserve(rows.cells.len());
        self.rows.text.reserve(rows.text.len());
        self.sender.send(Message::Rows(rows, self.of)).is_ok()
    }
}

fn value(data: DataRef<'_>, has_formula: bool) -> RawValue<'static> {
    match data {
        // Without a cached result a formula says nothing; we compute none.
        DataRef::Empty if has_formula => RawValue::Broken(Cow::Borrowed("=…")),
        DataRef::Empty => RawValue::Empty,
        DataRef::SharedString(text) => RawValue::Text(Cow::Owned(text.to_owned())),
        DataRef::String(text) => RawValue::Text(Cow::Owned(text)),
        DataRef::Int(number) => RawValue::Whole(number),
        DataRef::Float(number) => RawValue::Number(number),
        DataRef::Bool(flag) => RawValue::Flag(flag),
        DataRef::DateTime(moment) if moment.is_duration() => RawValue::Number(moment.as_f64()),
        DataRef::DateTime(moment) => {
            // calamine has added the days of the 1904 calendar to none of its values; the serial is as stored.
            match from_serial(moment.as_f64(), is_1904(&moment)) {
                Some((date, 0)) => RawValue::Date(date),
                Some((date, seconds)) => RawValue::Moment(date, seconds),
                None => RawValue::Number(moment.as_f64()),
            }
        }
        DataRef::DateTimeIso(text) => match parse_date(&text) {
            Ok(date) => RawValue::Date(date),
            Err(_) => RawValue::Text(Cow::Owned(text)),
        },
        DataRef::DurationIso(text) => RawValue::Text(Cow::Owned(text)),
        DataRef::Error(error) => RawValue::Broken(Cow::Owned(error.to_string())),
    }
}

fn is_1904(moment: &calamine::ExcelDateTime) -> bool {
    // The calendar is not told; two equal serials of different calendars differ in their printed days.
    let same = calamine::ExcelDateTime::new(moment.as_f64(), calamine::ExcelDateTimeType::DateTime, true);
    *moment == same
}

fn refused(error: &XlsxError) -> IntakeError {
    match error {
        XlsxError::Password => IntakeError::File(text!(
            "工作簿设有打开密码；请在 Excel 中取消密码后重新保存",
            "the workbook is protected by a password; remove the password in Excel and save it again"
        )),
        _ => unreadable(),
    }
}

/// Which part of the archive the library stumbled over helps nobody who has a workbook.
fn unreadable() -> IntakeError {
    IntakeError::File(text!(
        "工作簿的内容不完整或已损坏，无法读取；请用 Excel 打开并重新保存",
        "the workbook's content is incomplete or damaged and cannot be read; open it in Excel and save it again"
    ))
}
