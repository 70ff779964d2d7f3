//! Rows on their way through the rules: headings first, then each row to what it would change.
//!
//! ```text
//! Sink::row ──── headings (the first row that is no title) ─▶ Layout
//!            └── rows ─────┐                      (Layout)
//! Sink::feature ─ features ┴─ cells ─▶ RawRecord ─ changes ─▶ creates, changes
//!                                        (any step) ─ faults ─▶ every fault, in its place
//! ```
//!
//! Why it exists: this is the state that outlives a row, whatever the file's format: the book as the rows so far
//! would leave it, what is to enter, and every fault. Whether anything may enter is known after [`Table::finish`].

mod cells;
mod changes;
mod faults;
mod features;
mod headings;
mod rows;

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use geodesy::Geometry;
use ledger::MAX_BATCH_DRAFTS;
use message::{Text, text};
use serde_json::{Map, Value};

use super::evidence::EvidenceFiles;
use crate::book::Book;
use crate::columns::Headings;
use crate::error::{CellFault, Faults, IntakeError};
use crate::options::{ImportOptions, ImportOutcome};
use crate::raw::RawValue;
use crate::rules::Rules;
use crate::source::Sink;
pub(crate) use changes::Pending;
use features::data_feature;
use headings::{Layout, is_title};
use rows::data_row;

/// The columns of an Excel sheet: no mended cell lies beyond.
const MOST_COLUMNS: usize = 16_384;

/// Feeds a source's rows to the table.
pub(crate) struct TableSink<'t, 'p> {
    pub(crate) table: &'t mut Table<'p>,
    pub(crate) progress: &'t mut dyn FnMut(u64, u64),
}

impl Sink for TableSink<'_, '_> {
    fn sheet(&mut self, name: &str) {
        self.table.sheet = Some(name.to_owned());
    }

    fn progress(&mut self, done: u64, of: u64) {
        (self.progress)(done, of);
    }

    fn row(&mut self, number: u32, cells: &[RawValue<'_>]) -> Result<(), IntakeError> {
        let table = &mut *self.table;
        let mended = mended(&table.options, number, cells);
        let cells = mended.as_deref().unwrap_or(cells);
        let Some(layout) = table.layout.take() else {
            if is_title(table, cells) {
                return Ok(());
            }
            table.read_headings(number, cells);
            return Ok(());
        };
        let result = data_row(table, &layout, number, cells);
        table.layout = Some(layout);
        result
    }

    fn feature(
        &mut self,
        number: u32,
        properties: &Map<String, Value>,
        geometry: Option<Result<Geometry, Text>>,
    ) -> Result<(), IntakeError> {
        let table = &mut *self.table;
        let mut layout = table.layout.take().unwrap_or_else(|| Layout {
            row: 0,
            columns: Vec::new(),
            headings: Vec::new(),
            properties: HashMap::new(),
        });
        let result = data_feature(table, &mut layout, number, properties, geometry);
        table.layout = Some(layout);
        result
    }
}

/// The row with what was mended of it; none if nothing was.
fn mended<'c>(options: &ImportOptions, number: u32, cells: &[RawValue<'c>]) -> Option<Vec<RawValue<'c>>> {
    let here = || options.mended.iter().filter(|mended| mended.row == number);
    let longest = here().map(|mended| mended.column + 1).max()?.min(MOST_COLUMNS);
    let mut cells = cells.to_vec();
    cells.resize(cells.len().max(longest), RawValue::Empty);
    for mended in here().filter(|mended| mended.column < MOST_COLUMNS) {
        cells[mended.column] = RawValue::Text(Cow::Owned(mended.text.clone()));
    }
    Some(cells)
}

/// What a file comes to.
pub(crate) struct Table<'p> {
    pub(crate) book: Book<'p>,
    register: usize,
    options: ImportOptions,
    headings: Headings,
    rules: Rc<Rules<'p>>,
    layout: Option<Layout>,
    pub(crate) evidence: EvidenceFiles,
    /// The book's size before the file.
    pub(crate) base: u64,
    pub(crate) creates: Vec<Pending>,
    pub(crate) changes: Vec<Pending>,
    pub(crate) outcome: ImportOutcome,
    /// Records of the book that rows have named: the row.
    touched: HashMap<u32, u32>,
    sheet: Option<String>,
    faults: Vec<CellFault>,
    /// Faults of the headings and of columns that are not there, each once.
    heading_faults: Vec<CellFault>,
    absent: Vec<(String, Text)>,
    heading_row: Option<u32>,
    total: u64,
    drafts: usize,
}

impl<'p> Table<'p> {
    pub(crate) fn new(book: Book<'p>, register: usize, folder: &Path, options: &ImportOptions) -> Self {
        let rules = Rc::new(Rules::new(&book.pack.registers[register]));
        Self {
            headings: Headings::new(&rules),
            rules,
            register,
            options: options.clone(),
            layout: None,
            evidence: EvidenceFiles::new(folder),
            base: book.size(),
            creates: Vec::new(),
            changes: Vec::new(),
            outcome: ImportOutcome { dry_run: options.dry_run, ..ImportOutcome::default() },
            touched: HashMap::new(),
            sheet: None,
            faults: Vec::new(),
            heading_faults: Vec::new(),
            absent: Vec::new(),
            heading_row: None,
            total: 0,
            drafts: 0,
            book,
        }
    }

    /// After the last row: all faults, if there are any.
    pub(crate) fn finish(&mut self) -> Result<(), IntakeError> {
        if self.layout.is_none() {
            return Err(IntakeError::File(text!("文件里没有标题行", "the file has no heading row")));
        }
        if self.total > 0 {
            let mut listed = std::mem::take(&mut self.heading_faults);
            listed.append(&mut self.faults);
            listed.truncate(self.options.max_faults);
            return Err(IntakeError::Faults(Faults { listed, total: self.total }));
        }
        if self.outcome.rows == 0 {
            return Err(IntakeError::File(text!("文件里没有数据行", "the file has no rows of data")));
        }
        if self.drafts > MAX_BATCH_DRAFTS {
            let drafts = self.drafts;
            return Err(IntakeError::File(text!(
                "文件产生 {drafts} 条入账，一次最多 {MAX_BATCH_DRAFTS} 条；请分成几个文件导入",
                "the file makes {drafts} entries, at most {MAX_BATCH_DRAFTS} enter at once; divide it into several files"
            )));
        }
        Ok(())
    }
}
