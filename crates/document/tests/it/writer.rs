//! The smallest DOCX files that say what a test needs.

use std::io::{Cursor, Write};

use document::Document;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;

/// A zip file of these parts.
pub fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// `word/document.xml` around a body.
pub fn main_part(body: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{WORD}" xmlns:m="m" xmlns:mc="mc"><w:body>{body}<w:sectPr/></w:body></w:document>"#
    )
}

/// A DOCX file with this main part and these further parts, each with the kind of its relation.
pub fn package(main: &str, others: &[(&str, &str, &str)]) -> Vec<u8> {
    let mut relations = String::new();
    for (index, (kind, name, _)) in others.iter().enumerate() {
        let target = name.strip_prefix("word/").map_or_else(|| format!("../{name}"), str::to_owned);
        relations += &format!(r#"<Relationship Id="r{index}" Type="{RELATION}/{kind}" Target="{target}"/>"#);
    }
    let relations = format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relations}</Relationships>"#
    );
    let root = format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="{RELATION}/officeDocument" Target="word/document.xml"/></Relationships>"#
    );
    let mut parts = vec![
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", &root),
        ("word/document.xml", main),
        ("word/_rels/document.xml.rels", &relations),
    ];
    parts.extend(others.iter().map(|(_, name, text)| (*name, *text)));
    zip(&parts)
}

/// A DOCX file with this body.
pub fn docx(body: &str) -> Vec<u8> {
    package(&main_part(body), &[])
}

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

pub fn run(text: &str) -> String {
    format!("<w:r><w:t xml:space=\"preserve\">{}</w:t></w:r>", escape(text))
}

pub fn paragraph(text: &str) -> String {
    format!("<w:p>{}</w:p>", run(text))
}

/// A document as text: `⇥` between cells, then where the tables' cells and the figures are.
pub fn show(document: &Document) -> String {
    let mut out = document.text.replace('\t', "⇥");
    for table in &document.tables {
        for row in &table.rows {
            let cells: Vec<String> = row
                .iter()
                .map(|cell| match cell.columns {
                    1 => format!("[{}]", &document.text[cell.bytes.clone()]),
                    columns => format!("[{}]×{columns}", &document.text[cell.bytes.clone()]),
                })
                .collect();
            out += &format!("\n  row {}", cells.concat());
        }
    }
    for tag in &document.tags {
        out += &format!("\n  {} = {:?}", tag.figure, &document.text[tag.bytes.clone()]);
    }
    out
}

/// What is read of a file, or why it is not.
pub fn read(name: &str, bytes: &[u8]) -> String {
    match document::read(name, bytes) {
        Ok(document) => show(&document),
        Err(error) => {
            let text = error.text();
            assert!(!text.simplified.is_empty() && !text.english.is_empty());
            format!("error: {error}")
        }
    }
}

pub fn read_body(body: &str) -> String {
    read("a.docx", &docx(body))
}

/// A small generator of numbers, the same on every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most.max(1) as u64).unwrap()
    }
}

/// How often a test tries: `usual` times, or a hundred times that when everything is tested.
pub fn times(usual: usize) -> usize {
    if std::env::var_os("QINGYUAN_LONG").is_some() { usual * 100 } else { usual }
}
