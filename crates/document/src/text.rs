//! What a document says, without its dress.

use std::ops::Range;

/// A document's text and where its tables and figures stand in it.
///
/// One line a paragraph, `\n` between them; the cells of a table's row are one line, with `\t` between them; a line
/// break inside a paragraph or cell is a space.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The text.
    pub text: String,
    /// The tables, in order.
    pub tables: Vec<Table>,
    /// The figures that are tagged (only DOCX files that this program wrote have any), in order.
    pub tags: Vec<Tagged>,
}

/// The files that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// HTML.
    Html,
    /// Office Open XML.
    Docx,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Its rows, each with its cells; a merged cell stands where it begins.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Its place in the text, in bytes.
    pub bytes: Range<usize>,
    /// The columns that it spans; 1 for most.
    pub columns: usize,
}

/// A figure that the report's writer tagged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged {
    /// Its place in the text, in bytes: what the document shows now.
    pub bytes: Range<usize>,
    /// The figure's identity; the hashed tag itself (`#…`) where the list that resolves it is gone.
    pub figure: String,
}

/// Something to say about a place of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The place, in bytes of [`Document::text`]; it may reach over several runs and paragraphs.
    pub bytes: Range<usize>,
    /// What is said.
    pub comment: String,
}
