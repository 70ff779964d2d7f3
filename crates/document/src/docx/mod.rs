//! DOCX: its text, its figures, and comments put into it.
//!
//! ```text
//! bytes ─package.rs─▶ parts.rs ─walk.rs─▶ text, tables, figures (figures.rs)
//!                        │                └ places and hosts.rs: where in the mark-up every stretch stands
//!                        └─comment.rs + cut.rs─▶ the same parts with comments ─package.rs─▶ bytes
//! ```

mod comment;
mod cut;
mod figures;
mod hosts;
mod package;
mod parts;
mod walk;
mod xml;

pub use comment::comment_docx;

use crate::{Document, DocumentError};

/// The document of a DOCX file.
pub(crate) fn read(bytes: &[u8]) -> Result<Document, DocumentError> {
    let mut package = package::Package::open(bytes)?;
    let parts = parts::Parts::read(&mut package)?;
    Ok(parts::walk(&parts, false)?.document)
}
