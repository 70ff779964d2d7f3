//! Puts a document together from stretches of text, whatever the format.
//!
//! A builder knows lines, cells and asides. Separators are written when the next text comes, never before, so that no
//! line ends in a blank and an empty paragraph leaves no trace. An aside (a text box) begins in the middle of a
//! paragraph, and its text follows the paragraph: a number whose runs stand on both sides of its anchor stays whole.

use std::ops::Range;

use crate::place::{Kind, Place};
use crate::text::{Cell, Document, Table, Tagged};
use crate::{DocumentError, MOST_CELLS, MOST_TEXT};

/// What stands between the last text and the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Pending {
    #[default]
    Nothing,
    /// The end of a line of mark-up: a blank, but none between Chinese characters.
    Soft,
    Blank,
    /// The end of a paragraph.
    Block,
}

/// A stretch of the document that is being written.
#[derive(Default)]
pub(crate) struct Flow {
    text: String,
    tables: Vec<Table>,
    /// Figures, in the order in which they began; `None` until they end, or if they turn out to be none.
    tags: Vec<Option<(Range<usize>, Option<String>)>>,
    places: Vec<Place>,
    pending: Pending,
    /// Whether the line, or the cell, holds anything.
    begun: bool,
    table: Option<OpenTable>,
    /// Tables in the cell of a table.
    nested: usize,
    /// Asides that follow the paragraph.
    asides: Vec<Flow>,
}

#[derive(Default)]
struct OpenTable {
    table: Table,
    row: Option<Vec<Cell>>,
    /// The open cell's beginning, and its columns.
    cell: Option<(usize, usize)>,
}

/// Builds a [`Document`].
pub(crate) struct Builder {
    flow: Flow,
    outer: Vec<Flow>,
    length: usize,
    cells: usize,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self { flow: Flow::default(), outer: Vec::new(), length: 0, cells: 0 }
    }

    /// Adds text to the line; its place among what is written so far.
    pub(crate) fn push(&mut self, text: &str) -> Range<usize> {
        if text.is_empty() {
            return self.flow.text.len()..self.flow.text.len();
        }
        self.length = self.length.saturating_add(text.len() + 1);
        if self.length > MOST_TEXT {
            return self.flow.text.len()..self.flow.text.len();
        }
        self.need_cell();
        self.flow.separate(text.chars().next());
        let begin = self.flow.text.len();
        self.flow.text.push_str(text);
        self.flow.begun = true;
        begin..self.flow.text.len()
    }

    /// Notes where the text just pushed comes from.
    pub(crate) fn place(&mut self, place: Place) {
        self.flow.places.push(place);
    }

    /// A blank, unless the line begins or ends here.
    pub(crate) fn blank(&mut self) {
        self.flow.pend(Pending::Blank);
    }

    /// The end of a line of mark-up.
    pub(crate) fn soft_blank(&mut self) {
        self.flow.pend(Pending::Soft);
    }

    /// Ends the paragraph; the asides that began in it follow.
    pub(crate) fn end_block(&mut self) {
        self.flow.pend(Pending::Block);
        for aside in std::mem::take(&mut self.flow.asides) {
            self.flow.absorb(aside);
            self.flow.pend(Pending::Block);
        }
    }

    /// Opens a cell for what stands in a row and in no cell.
    fn need_cell(&mut self) {
        let flow = &self.flow;
        if flow.nested == 0
            && flow.table.as_ref().is_some_and(|table| table.row.is_some() && table.cell.is_none())
        {
            self.open_cell();
        }
    }

    pub(crate) fn open_table(&mut self) {
        if self.flow.table.is_some() {
            self.need_cell();
            self.flow.nested += 1;
            self.end_block();
            return;
        }
        self.end_block();
        self.flow.table = Some(OpenTable::default());
    }

    pub(crate) fn close_table(&mut self) {
        if self.flow.nested > 0 {
            self.flow.nested -= 1;
            self.end_block();
            return;
        }
        self.close_row();
        self.end_block();
        if let Some(open) = self.flow.table.take()
            && !open.table.rows.is_empty()
        {
            self.flow.tables.push(open.table);
        }
    }

    pub(crate) fn open_row(&mut self) {
        if self.flow.nested > 0 || self.flow.table.is_none() {
            return self.end_block();
        }
        self.close_row();
        self.end_block();
        if let Some(table) = &mut self.flow.table {
            table.row = Some(Vec::new());
        }
    }

    pub(crate) fn close_row(&mut self) {
        if self.flow.nested > 0 || self.flow.table.is_none() {
            return self.end_block();
        }
        self.close_cell();
        let flow = &mut self.flow;
        if let Some(table) = &mut flow.table
            && let Some(row) = table.row.take()
            && !row.is_empty()
        {
            table.table.rows.push(row);
            // A row is a line even where all its cells are empty.
            flow.begun = true;
            flow.pend(Pending::Block);
        }
    }

    pub(crate) fn open_cell(&mut self) {
        if self.flow.nested > 0 || self.flow.table.is_none() {
            return self.end_block();
        }
        self.close_cell();
        self.cells += 1;
        self.length = self.length.saturating_add(1);
        if self.cells > MOST_CELLS || self.length > MOST_TEXT {
            return;
        }
        let flow = &mut self.flow;
        let Some(table) = &mut flow.table else { return };
        let row = table.row.get_or_insert_default();
        if !row.is_empty() {
            flow.text.push('\t');
        } else if flow.pending == Pending::Block {
            flow.text.push('\n');
        }
        table.cell = Some((flow.text.len(), 1));
        flow.pending = Pending::Nothing;
        flow.begun = false;
    }

    /// How many columns the open cell spans.
    pub(crate) fn columns(&mut self, columns: usize) {
        if self.flow.nested == 0
            && let Some(OpenTable { cell: Some(cell), .. }) = &mut self.flow.table
        {
            cell.1 = columns.max(1);
        }
    }

    pub(crate) fn close_cell(&mut self) {
        if self.flow.nested > 0 || self.flow.table.is_none() {
            return self.end_block();
        }
        if self.flow.table.as_ref().is_none_or(|table| table.cell.is_none()) {
            return;
        }
        self.end_block();
        let flow = &mut self.flow;
        if let Some(OpenTable { cell, row: Some(row), .. }) = &mut flow.table
            && let Some((begin, columns)) = cell.take()
        {
            row.push(Cell { bytes: begin..flow.text.len(), columns });
        }
        flow.pending = Pending::Nothing;
        flow.begun = false;
    }

    /// Whether a table is open that is not in a cell of another.
    pub(crate) fn in_table(&self) -> bool {
        self.flow.table.is_some() && self.flow.nested == 0
    }

    /// Begins a text that follows the paragraph in which it is anchored.
    pub(crate) fn begin_aside(&mut self) {
        self.outer.push(std::mem::take(&mut self.flow));
    }

    pub(crate) fn end_aside(&mut self) {
        while self.flow.table.is_some() {
            self.close_table();
        }
        self.end_block();
        if let Some(outer) = self.outer.pop() {
            let aside = std::mem::replace(&mut self.flow, outer);
            self.flow.asides.push(aside);
        }
    }

    /// The last aside that has ended, instead of the paragraph's end.
    pub(crate) fn take_aside(&mut self) -> Option<Flow> {
        self.flow.asides.pop()
    }

    /// Adds an aside of another builder at the end. For what comes from there, the host is `host`.
    pub(crate) fn append(&mut self, mut aside: Flow, host: u32) {
        while !self.outer.is_empty() {
            self.end_aside();
        }
        while self.flow.table.is_some() {
            self.close_table();
        }
        self.length = self.length.saturating_add(aside.text.len() + 1);
        if self.length > MOST_TEXT {
            return;
        }
        for place in &mut aside.places {
            place.host = host;
            place.kind = Kind::Within;
        }
        self.end_block();
        self.flow.absorb(aside);
        self.end_block();
    }

    /// How many asides are open, one in the other.
    pub(crate) fn asides(&self) -> usize {
        self.outer.len()
    }

    /// Where the next text will stand, in the open aside or the text itself.
    pub(crate) fn mark(&self) -> usize {
        let separator = match self.flow.pending {
            Pending::Block if self.flow.begun => 1,
            _ => 0,
        };
        self.flow.text.len() + separator
    }

    /// How much is written, in the open aside or the text itself.
    pub(crate) fn end(&self) -> usize {
        self.flow.text.len()
    }

    /// Keeps a place in the order of the figures for one that begins here.
    pub(crate) fn reserve_tag(&mut self) -> usize {
        self.flow.tags.push(None);
        self.flow.tags.len() - 1
    }

    /// Names the figure that begins at `reserved`.
    pub(crate) fn tag(&mut self, reserved: usize, bytes: Range<usize>, figure: Option<String>) {
        if let Some(tag) = self.flow.tags.get_mut(reserved) {
            *tag = Some((bytes, figure));
        }
    }

    /// Whether anything was tagged since `reserved`.
    pub(crate) fn tagged_since(&self, reserved: usize) -> bool {
        self.flow.tags.get(reserved + 1..).is_some_and(|tags| tags.iter().any(Option::is_some))
    }

    /// The document, and where its stretches come from, in the order of the text.
    pub(crate) fn finish(mut self) -> Result<(Document, Vec<Place>), DocumentError> {
        while !self.outer.is_empty() {
            self.end_aside();
        }
        while self.flow.table.is_some() {
            self.close_table();
        }
        self.end_block();
        if self.length > MOST_TEXT {
            return Err(DocumentError::TooLarge { what: crate::Large::Text, most: MOST_TEXT >> 20 });
        }
        if self.cells > MOST_CELLS {
            return Err(DocumentError::TooManyCells(MOST_CELLS));
        }
        let Flow { text, tables, tags, places, .. } = self.flow;
        if text.trim().is_empty() {
            return Err(DocumentError::NoText);
        }
        let mut tags: Vec<Tagged> = tags
            .into_iter()
            .flatten()
            .filter_map(|(bytes, figure)| Some(Tagged { bytes, figure: figure? }))
            .collect();
        tags.sort_by_key(|tag| tag.bytes.start);
        Ok((Document { text, tables, tags }, places))
    }
}

impl Flow {
    fn in_cell(&self) -> bool {
        self.table.as_ref().is_some_and(|table| table.cell.is_some())
    }

    fn pend(&mut self, pending: Pending) {
        if self.begun {
            self.pending = self.pending.max(pending);
        }
    }

    /// Writes what separates the text from what follows.
    fn separate(&mut self, next: Option<char>) {
        let separator = match std::mem::take(&mut self.pending) {
            Pending::Nothing => return,
            Pending::Soft
                if self.text.chars().next_back().is_some_and(is_wide) && next.is_some_and(is_wide) =>
            {
                return;
            }
            Pending::Soft | Pending::Blank => ' ',
            Pending::Block if self.in_cell() => ' ',
            Pending::Block => '\n',
        };
        self.text.push(separator);
    }

    /// Adds an aside that has ended. In a cell it becomes one line of the cell's, as a nested table does.
    fn absorb(&mut self, aside: Flow) {
        if !aside.begun {
            return;
        }
        self.separate(None);
        let by = self.text.len();
        if self.in_cell() {
            self.text.extend(aside.text.chars().map(|c| if matches!(c, '\n' | '\t') { ' ' } else { c }));
        } else {
            self.text.push_str(&aside.text);
            self.tables.extend(aside.tables.into_iter().map(|mut table| {
                for cell in table.rows.iter_mut().flatten() {
                    cell.bytes = cell.bytes.start + by..cell.bytes.end + by;
                }
                table
            }));
        }
        let shifted = |bytes: Range<usize>| bytes.start + by..bytes.end + by;
        self.tags
            .extend(aside.tags.into_iter().map(|tag| tag.map(|(bytes, figure)| (shifted(bytes), figure))));
        let by = u32::try_from(by).unwrap_or(u32::MAX);
        self.places
            .extend(aside.places.into_iter().map(|place| Place { at: place.at.saturating_add(by), ..place }));
        self.begun = true;
    }
}

/// Whether a character is of a script that is written without blanks.
fn is_wide(character: char) -> bool {
    matches!(character, '\u{2e80}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3ffff}')
        || matches!(character, '“' | '”' | '‘' | '’' | '—' | '…')
}
