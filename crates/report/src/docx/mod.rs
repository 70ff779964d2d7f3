//! A document as DOCX, laid out by GB/T 9704—2012.
//!
//! The parts are written as text, not through `docx-rs` (0.4.22), which cannot say what matters most here:
//! its content controls have no `w:tag`, its font table no `w:altName`, and its files no control over
//! the order and the dates of their parts. It would also build a tree of a dozen boxed values a run.
//!
//! ```text
//! Document ─▶ body.rs (document.xml) ─┐
//!             page.rs (styles, fonts, settings, feet)  ├─▶ zip, fixed order and date ─▶ bytes
//!             tags.rs (figure list)  ─┘
//! (crate `document` reads the figures' identities back, after people have edited the text)
//! ```
//!
//! Every figure is an inline content control whose tag is the figure's identity. Word allows 64
//! characters there; a longer identity is tagged `#` and 20 hexadecimal digits of its SHA-256, and
//! the custom XML part lists every tag with its full identity.

mod body;
mod page;
mod tags;

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::document::{Block, Document};

/// The bytes of the DOCX file: the same for the same document, on any machine.
pub fn docx(document: &Document) -> Vec<u8> {
    let tags = tags::Tags::of(document);
    let pictures: Vec<chart::Drawing> = document
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Chart(chart) => Some(chart.picture()),
            _ => None,
        })
        .collect();
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    let mut add = |path: &str, text: String| parts.push((path.to_owned(), text.into_bytes()));
    add("[Content_Types].xml", page::content_types());
    add("_rels/.rels", page::package_relations());
    add("docProps/core.xml", page::core_properties(document));
    add("word/document.xml", body::document_xml(document, &tags, &pictures));
    add("word/_rels/document.xml.rels", page::document_relations(pictures.len()));
    add("word/styles.xml", page::styles(document));
    add("word/fontTable.xml", page::font_table());
    add("word/settings.xml", page::settings(document));
    add("word/footer1.xml", page::footer(page::Side::Odd));
    add("word/footer2.xml", page::footer(page::Side::Even));
    add("customXml/item1.xml", tags.xml());
    add("customXml/itemProps1.xml", page::custom_properties());
    add("customXml/_rels/item1.xml.rels", page::custom_relations());
    for (index, picture) in pictures.iter().enumerate() {
        parts.push((format!("word/media/chart{}.emf", index + 1), chart::emf(picture)));
    }
    pack(&parts)
}

/// The parts as a zip file. Writing to memory fails for nothing but a size past 4 GiB, which no
/// report of text reaches.
fn pack(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(1))
        .last_modified_time(DateTime::default());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in parts {
        let written = zip.start_file(path.as_str(), options).is_ok() && zip.write_all(bytes).is_ok();
        debug_assert!(written, "{path} could not be written to memory");
    }
    zip.finish().map(Cursor::into_inner).unwrap_or_default()
}
