//! A spreadsheet (XLSX) that is written while it is read: row by row into a stream, in constant memory.
//!
//! The library that templates and reports use builds a workbook and writes it at the end; a list of half a million rows
//! has to leave while it is made, and a file that breaks off must be seen to be broken. A sheet without formulas,
//! charts and shared texts is six small parts, of which one grows; a second sheet says what the first one is, where that
//! is worth saying.

use std::io::{self, Write};

use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

/// The most rows that a sheet can have, the heading counted.
pub const MOST_ROWS: usize = 1_048_576;
/// The most characters of a cell.
const MOST_CHARACTERS: usize = 32_767;

/// What stands in a cell.
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text, never a formula.
    Text(String),
    /// A number, in digits.
    Number(String),
    /// A day, as days since 1970-01-01.
    Day(i64),
}

impl Cell {
    /// A day; as text where a spreadsheet's count of days does not reach it.
    pub fn day(day: jiff::civil::Date) -> Self {
        let days = jiff::civil::date(1970, 1, 1).until(day).map(|span| i64::from(span.get_days()));
        days.map_or_else(|_| Self::Text(day.to_string()), Self::Day)
    }
}

/// What a second sheet says of the first: names and values, line by line.
pub struct Notes {
    /// What the second sheet is called.
    pub title: String,
    /// Its lines.
    pub lines: Vec<(String, String)>,
}

/// A spreadsheet that is being written: one sheet of rows, and perhaps one of notes.
pub struct Sheet<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    row: usize,
    line: String,
}

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>@<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK_RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>@</Relationships>"#;
/// What stands at `@` in the two parts above where there is a second sheet.
const TYPE_OF_NOTES: &str = r#"<Override PartName="/xl/worksheets/sheet2.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"#;
const RELATION_OF_NOTES: &str = r#"<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/>"#;
/// Style 1 is the heading, 2 a day, 3 a text (so that Excel does not take 001 for a number when somebody edits it).
const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyNumberFormat="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#;

impl<W: Write> Sheet<W> {
    /// Begins a spreadsheet whose sheet is called so, with a row of headings.
    pub fn begin(out: W, name: &str, headings: &[String], notes: Option<&Notes>) -> io::Result<Self> {
        let zip = ZipWriter::new_stream(out);
        let mut sheet = Self { zip, row: 0, line: String::new() };
        let mut sheets = String::new();
        let names = std::iter::once(name).chain(notes.map(|notes| notes.title.as_str()));
        for ((number, relation), name) in [(1, 1), (2, 3)].into_iter().zip(names) {
            sheets.push_str(r#"<sheet name=""#);
            escape(
                &name.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(31).collect::<String>(),
                &mut sheets,
            );
            sheets.push_str(&format!(r#"" sheetId="{number}" r:id="rId{relation}"/>"#));
        }
        let book = format!(
            r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{sheets}</sheets></workbook>"#
        );
        let with = |text: &str, more: &str| text.replace('@', if notes.is_some() { more } else { "" });
        for (path, text) in [
            ("[Content_Types].xml", with(TYPES, TYPE_OF_NOTES)),
            ("_rels/.rels", RELATIONS.to_owned()),
            ("xl/workbook.xml", book),
            ("xl/_rels/workbook.xml.rels", with(BOOK_RELATIONS, RELATION_OF_NOTES)),
            ("xl/styles.xml", STYLES.to_owned()),
        ] {
            sheet.part(path)?;
            sheet.zip.write_all(text.as_bytes())?;
        }
        if let Some(notes) = notes {
            sheet.notes(notes)?;
        }
        sheet.part("xl/worksheets/sheet1.xml")?;
        sheet.zip.write_all(
            br#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>"#,
        )?;
        for (at, heading) in (1..).zip(headings) {
            // About as wide as the heading in full-width characters, within reason.
            let width = (heading.chars().count() * 2 + 4).clamp(12, 40);
            write!(sheet.zip, r#"<col min="{at}" max="{at}" width="{width}" customWidth="1"/>"#)?;
        }
        sheet.zip.write_all(b"</cols><sheetData>")?;
        let headings: Vec<Cell> = headings.iter().map(|heading| Cell::Text(heading.clone())).collect();
        sheet.write(&headings, Some(1))?;
        Ok(sheet)
    }

    /// The second sheet; first in the file, since the rows go on until its end.
    fn notes(&mut self, notes: &Notes) -> io::Result<()> {
        self.part("xl/worksheets/sheet2.xml")?;
        self.zip.write_all(
            br#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cols><col min="1" max="1" width="20" customWidth="1"/><col min="2" max="2" width="60" customWidth="1"/></cols><sheetData>"#,
        )?;
        for (name, value) in &notes.lines {
            self.write(&[Cell::Text(name.clone()), Cell::Text(value.clone())], None)?;
        }
        self.row = 0;
        self.zip.write_all(b"</sheetData></worksheet>")
    }

    /// One more row.
    pub fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        self.write(cells, None)
    }

    /// Ends the spreadsheet. Without this it is no file that anything opens.
    pub fn end(mut self) -> io::Result<()> {
        self.zip.write_all(b"</sheetData></worksheet>")?;
        self.zip.finish().map_err(io::Error::other)?.flush()
    }

    fn part(&mut self, path: &str) -> io::Result<()> {
        // The time of writing stays out: the same list gives the same bytes.
        let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
        self.zip.start_file(path, options).map_err(io::Error::other)
    }

    fn write(&mut self, cells: &[Cell], style: Option<u8>) -> io::Result<()> {
        use std::fmt::Write as _;
        self.row += 1;
        if self.row > MOST_ROWS {
            return Err(io::Error::other("a sheet has at most 1,048,576 rows"));
        }
        let (row, line) = (self.row, &mut self.line);
        line.clear();
        // Writing to a String cannot fail.
        let _ = write!(line, r#"<row r="{row}">"#);
        for (at, cell) in cells.iter().enumerate() {
            let name = Letters(at);
            let _ = match cell {
                Cell::Empty => Ok(()),
                Cell::Text(text) => {
                    let style = style.unwrap_or(3);
                    let _ = write!(
                        line,
                        r#"<c r="{name}{row}" s="{style}" t="inlineStr"><is><t xml:space="preserve">"#
                    );
                    escape(text, line);
                    line.write_str("</t></is></c>")
                }
                Cell::Number(number) => write!(line, r#"<c r="{name}{row}"><v>{number}</v></c>"#),
                // Excel counts days from 30 December 1899, as if 1900 had been a leap year.
                Cell::Day(day) => write!(line, r#"<c r="{name}{row}" s="2"><v>{}</v></c>"#, day + 25_569),
            };
        }
        line.push_str("</row>");
        self.zip.write_all(line.as_bytes())
    }
}

/// A column's letters: A, B … Z, AA.
struct Letters(usize);

impl std::fmt::Display for Letters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0 >= 26 {
            Letters(self.0 / 26 - 1).fmt(f)?;
        }
        let letter = u8::try_from(self.0 % 26).unwrap_or_default() + b'A';
        write!(f, "{}", char::from(letter))
    }
}

/// Text of XML: what XML 1.0 cannot hold is left out, as is what no cell can.
fn escape(text: &str, out: &mut String) {
    for character in text.chars().take(MOST_CHARACTERS) {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            character => out.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Letters, Sheet};

    #[test]
    fn columns_have_letters() {
        let letters = [0, 25, 26, 51, 52, 701, 702].map(|at| Letters(at).to_string());
        assert_eq!(letters, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn a_sheet_is_a_zip_that_can_be_read() {
        let mut out = Vec::new();
        let mut sheet =
            Sheet::begin(&mut out, "码头/2022", &["名称".to_owned(), "长".to_owned()], None).expect("begun");
        sheet.row(&[Cell::Text("=1+1 <&".to_owned()), Cell::Number("12.50".to_owned())]).expect("a row");
        sheet.row(&[Cell::Empty, Cell::Day(0)]).expect("a row");
        sheet.end().expect("ended");
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(out)).expect("a zip");
        let mut text = String::new();
        let mut part = zip.by_name("xl/worksheets/sheet1.xml").expect("the sheet");
        std::io::Read::read_to_string(&mut part, &mut text).expect("read");
        assert!(text.contains(r#"<row r="2"><c r="A2" s="3" t="inlineStr"><is><t xml:space="preserve">=1+1 &lt;&amp;</t></is></c><c r="B2"><v>12.50</v></c></row>"#));
        assert!(text.contains(r#"<c r="B3" s="2"><v>25569</v></c>"#));
    }
}
