//! Documents that people hand in: any of the usual files in, plain text with places out, and back with marks.
//!
//! ```text
//! bytes ──read──▶ Document { text, tables, tags } ──(somebody judges places of the text)──▶ Remark …
//!   │                                                                                        │
//!   └──────────────────────────────comment_docx──────────────────────────────◀───────────────┘
//!                                        ▼
//!                            the same DOCX with comments
//! ```
//!
//! What a file is, its content says first and its name second: `sniff.rs`. Then one file a format feeds the same
//! `build.rs`, which knows lines, cells and text boxes and nothing of any format.
//!
//! **What is absent:** files and clocks (bytes come in, bytes go out); any judgement of what a text says; and any
//! part of a document that is read past a stated bound, so that no archive, entity or nesting makes it endless.

mod build;
mod decode;
mod docx;
mod error;
mod html;
mod link;
mod markdown;
mod place;
mod sniff;
mod text;

pub use docx::comment_docx;
pub use error::{DocumentError, Large, Other};
pub use text::{Cell, Document, Format, Remark, Table, Tagged};

/// The largest file that is read: room for a report with many pictures.
pub const MOST_FILE: usize = 256 << 20;
/// The most text that is read of any file, and the largest file of text, Markdown or HTML.
pub const MOST_TEXT: usize = 64 << 20;
/// The most that is read of any part of a DOCX file, unpacked.
pub const MOST_PART: usize = 128 << 20;
/// The most that is read of all parts of a DOCX file together, unpacked.
pub const MOST_PARTS: usize = 256 << 20;
/// The most cells that are read of all tables of a file.
pub const MOST_CELLS: usize = 2_000_000;
/// The deepest nesting that is read of the mark-up of a DOCX file.
pub const MOST_DEPTH: usize = 1_000;

/// Reads a document. The name, with or without a path, decides between text, Markdown and HTML where the content does
/// not.
///
/// Time and memory are linear in what is read, and that is bounded: see the constants of this crate. Of a DOCX file
/// the body is read, then foot- and endnotes; not headers, footers, comments and what is deleted under review. Text
/// in pictures is not read.
pub fn read(name: &str, bytes: &[u8]) -> Result<Document, DocumentError> {
    let format = format(name, bytes)?;
    if format == Format::Docx {
        return docx::read(bytes);
    }
    if bytes.len() > MOST_TEXT {
        return Err(DocumentError::TooLarge { what: Large::Text, most: MOST_TEXT >> 20 });
    }
    if format == Format::Html
        && let Some(label) = decode::foreign_label(bytes)
    {
        return Err(DocumentError::OtherEncoding(label));
    }
    let text = decode::decode(bytes)?;
    match format {
        Format::Html => html::read(&text),
        Format::Markdown => markdown::read(&text),
        Format::Text | Format::Docx if text.trim().is_empty() => Err(DocumentError::NoText),
        Format::Text | Format::Docx => Ok(Document { text: text.into_owned(), ..Document::default() }),
    }
}

/// What a file is; an error that says so where it is nothing that is read.
pub fn format(name: &str, bytes: &[u8]) -> Result<Format, DocumentError> {
    sniff::sniff(name, bytes)
}
