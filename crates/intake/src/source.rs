//! Files as rows of cells, streamed: whatever the file, one row is in memory at a time.

mod archive;
mod csv;
mod encoding;
mod geojson;
mod markup;
mod xlsx;

use std::borrow::Cow;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use geodesy::Geometry;
use message::{Text, text};
use serde_json::{Map, Value};

use crate::error::IntakeError;
use crate::options::Format;
use crate::raw::RawValue;

/// The most rows that a file may have: Excel's own limit.
pub(crate) const MAX_ROWS: u32 = 1_048_576;

/// The most text that one row may have.
pub(crate) const MAX_ROW_BYTES: usize = 8 << 20;

/// Takes what a file holds, in its order. An error stops the reading.
pub(crate) trait Sink {
    /// The sheet that the rows come from.
    fn sheet(&mut self, name: &str);
    /// A row as Excel numbers it; empty rows are left out.
    fn row(&mut self, number: u32, cells: &[RawValue<'_>]) -> Result<(), IntakeError>;
    /// A GeoJSON feature, numbered from 1.
    fn feature(
        &mut self,
        number: u32,
        properties: &Map<String, Value>,
        geometry: Option<Result<Geometry, Text>>,
    ) -> Result<(), IntakeError>;
    /// How many bytes (or rows) of how many have been read.
    fn progress(&mut self, done: u64, of: u64);
}

/// Reads a file into a sink. `sheets` are the names that the sheet may have; without one of them it is the first.
pub(crate) fn read(
    path: &Path,
    format: Option<Format>,
    sheets: &[String],
    sink: &mut dyn Sink,
) -> Result<(), IntakeError> {
    let io = |source| IntakeError::Io { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(io)?;
    if !file.metadata().map_err(io)?.is_file() {
        return Err(IntakeError::File(text!("这不是一个文件", "this is not a file")));
    }
    let mut head = Vec::with_capacity(512);
    file.by_ref().take(512).read_to_end(&mut head).map_err(io)?;
    file.seek(SeekFrom::Start(0)).map_err(io)?;
    let format = recognise(path, format, &head)?;
    match format {
        Format::Xlsx => xlsx::read(file, sheets, sink),
        Format::Csv => csv::read(file, path, sink),
        Format::GeoJson => geojson::read(file, path, sink),
    }
}

/// The format by the first bytes where they are unmistakable, else by what was said or the file's name.
fn recognise(path: &Path, stated: Option<Format>, head: &[u8]) -> Result<Format, IntakeError> {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    if head.is_empty() {
        return Err(IntakeError::File(text!("文件是空的", "the file is empty")));
    }
    if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        return Err(IntakeError::File(ole(path, &name)));
    }
    let is_zip = head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06");
    let by_name = stated.or_else(|| Format::of(path));
    match by_name {
        Some(Format::Xlsx) if is_zip => Ok(Format::Xlsx),
        Some(Format::Xlsx) => Err(IntakeError::File(if looks_like_markup(head) {
            text!(
                "这是网页或 XML 表格，不是 XLSX；请用 Excel 打开后另存为“Excel 工作簿（*.xlsx）”",
                "this is a web page or an XML table, not an XLSX workbook; open it in Excel and save it as “Excel Workbook (*.xlsx)”"
            )
        } else {
            text!(
                "这不是 XLSX 工作簿（不是压缩包），文件可能已损坏",
                "this is not an XLSX workbook (it is no archive); the file may be damaged"
            )
        })),
        _ if is_zip && stated.is_none() => Ok(Format::Xlsx),
        Some(_) if is_zip => Err(IntakeError::File(text!(
            "这是压缩包或 XLSX 工作簿，不是文本文件",
            "this is an archive or an XLSX workbook, not a text file"
        ))),
        Some(format) => Ok(format),
        None if name.ends_with(".xls") => Err(IntakeError::File(text!(
            "不支持 .xls 文件；请用 Excel 另存为“Excel 工作簿（*.xlsx）”",
            "`.xls` files are not supported; save it as “Excel Workbook (*.xlsx)”"
        ))),
        None => Err(IntakeError::File(text!(
            "无法识别文件格式；支持 .xlsx、.csv、.geojson",
            "the format of the file is unknown; wanted .xlsx, .csv or .geojson"
        ))),
    }
}

/// An OLE container is either a workbook of Excel 97 to 2003 or an encrypted XLSX.
fn ole(path: &Path, name: &str) -> Text {
    // The directory names its streams in UTF-16; it lies near the beginning or the end of the container.
    let needle: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let encrypted = (|| {
        let mut file = File::open(path).ok()?;
        let length = file.metadata().ok()?.len();
        let mut bytes = Vec::new();
        file.by_ref().take(1 << 20).read_to_end(&mut bytes).ok()?;
        if length > 1 << 20 {
            file.seek(SeekFrom::Start(length.saturating_sub(1 << 20))).ok()?;
            file.take(1 << 20).read_to_end(&mut bytes).ok()?;
        }
        Some(bytes.windows(needle.len()).any(|window| window == needle))
    })();
    if encrypted == Some(true) {
        text!(
            "工作簿设有打开密码；请在 Excel 中取消密码后重新保存",
            "the workbook is protected by a password; remove the password in Excel and save it again"
        )
    } else if name.ends_with(".doc") || name.ends_with(".ppt") {
        text!("这不是表格文件", "this is not a spreadsheet")
    } else {
        text!(
            "这是 Excel 97–2003 的 .xls 工作簿，不支持；请用 Excel 另存为“Excel 工作簿（*.xlsx）”",
            "this is a workbook of Excel 97 to 2003 (.xls), which is not supported; save it as “Excel Workbook (*.xlsx)”"
        )
    }
}

fn looks_like_markup(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    text.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']).starts_with('<')
}

/// Letters of a column as Excel shows them: 0 → A, 26 → AA.
pub(crate) fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(b'A' + (rest % 26) as u8);
        rest /= 26;
    }
    letters.iter().rev().map(|letter| char::from(*letter)).collect()
}

/// A text as it may stand in a CSV file that a spreadsheet will open: what a spreadsheet would take for a formula
/// gets an apostrophe before it, which the import takes away again.
pub fn escape_formula(text: &str) -> Cow<'_, str> {
    if starts_like_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Undoes [`escape_formula`].
pub(crate) fn unescape_formula(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if starts_like_formula(rest) => rest,
        _ => text,
    }
}

fn starts_like_formula(text: &str) -> bool {
    // An apostrophe before such a beginning is escaped as well, so that taking one away gives the text back.
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

/// A closure's error type for [`std::io::Error`] of this file.
pub(crate) fn io_error(path: &Path) -> impl Fn(std::io::Error) -> IntakeError + '_ {
    move |source| IntakeError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{column_letters, escape_formula, unescape_formula};

    #[test]
    fn columns_have_letters() {
        fn check(column: usize, expected: &str) {
            assert_eq!(column_letters(column), expected);
        }
        check(0, "A");
        check(25, "Z");
        check(26, "AA");
        check(701, "ZZ");
        check(702, "AAA");
        check(16_383, "XFD");
    }

    proptest! {
        #[test]
        fn formulas_are_escaped_and_come_back(text in "['=+@-]{0,4}\\PC{0,10}") {
            let escaped = escape_formula(&text);
            prop_assert!(!escaped.starts_with(['=', '+', '-', '@']));
            prop_assert_eq!(unescape_formula(&escaped), text.as_str());
        }
    }
}
