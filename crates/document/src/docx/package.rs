//! The package around a DOCX file: a zip file of parts and their relations.
//!
//! No part is unpacked past [`MOST_PART`], nor all together past [`MOST_PARTS`], whatever the file claims of itself.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use quick_xml::events::Event;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::xml::{self, attribute};
use crate::{DocumentError, Large, MOST_PART, MOST_PARTS, Other};

/// A DOCX file.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// The main part's name.
    pub(super) main: String,
    /// What may still be unpacked.
    left: usize,
}

/// One line of a part's relations.
pub(super) struct Relation {
    pub(super) id: String,
    /// The last segment of its kind: `comments`, `footnotes`.
    pub(super) kind: String,
    /// The part's name.
    pub(super) target: String,
}

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, DocumentError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken("zip", &error))?;
        let mut package = Self { archive, main: String::new(), left: MOST_PARTS };
        if !package.has("[Content_Types].xml") {
            return Err(package.what_else());
        }
        let main = package.relations("")?.into_iter().find(|relation| relation.kind == "officeDocument");
        package.main = main.map_or_else(|| "word/document.xml".to_owned(), |relation| relation.target);
        if !package.has(&package.main) {
            "word/document.xml".clone_into(&mut package.main);
        }
        if !package.has(&package.main) || package.main.starts_with("xl/") || package.main.starts_with("ppt/")
        {
            return Err(package.what_else());
        }
        Ok(package)
    }

    /// What a zip file is that is no DOCX.
    fn what_else(&mut self) -> DocumentError {
        if self.has("xl/workbook.xml") || self.has("xl/workbook.bin") {
            DocumentError::Other(Other::Xlsx)
        } else if self.has("ppt/presentation.xml") {
            DocumentError::Other(Other::Pptx)
        } else if self.has("OFD.xml") {
            DocumentError::Other(Other::Ofd)
        } else if self.has("content.xml") && self.has("mimetype") {
            DocumentError::Other(Other::OpenDocument)
        } else if self.has("[Content_Types].xml") {
            DocumentError::NotDocx("it has no main part".to_owned())
        } else {
            DocumentError::Other(Other::Archive)
        }
    }

    pub(super) fn has(&self, part: &str) -> bool {
        self.archive.index_for_name(part).is_some()
    }

    /// The names of the parts, in the order of the file.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        self.archive.file_names().flatten().map(std::borrow::Cow::into_owned)
    }

    /// A part's text.
    pub(super) fn part(&mut self, name: &str) -> Result<String, DocumentError> {
        let bytes = self.bytes(name, MOST_PART.min(self.left))?;
        let bytes = bytes.ok_or_else(|| {
            let (what, most) = match self.left < MOST_PART {
                true => (Large::File, MOST_PARTS),
                false => (Large::Part(name.to_owned()), MOST_PART),
            };
            DocumentError::TooLarge { what, most: most >> 20 }
        })?;
        self.left -= bytes.len();
        let text = String::from_utf8(bytes).map_err(|error| DocumentError::Broken {
            part: name.to_owned(),
            reason: format!("byte {} is not UTF-8", error.utf8_error().valid_up_to()),
        })?;
        Ok(match text.strip_prefix('\u{feff}') {
            Some(text) => text.to_owned(),
            None => text,
        })
    }

    /// The first bytes of a part; `None` where it cannot be unpacked.
    pub(super) fn head(&mut self, name: &str, most: u64) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.archive.by_name(name).ok()?.take(most).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// A part's bytes; `None` where there are more than `most`.
    fn bytes(&mut self, name: &str, most: usize) -> Result<Option<Vec<u8>>, DocumentError> {
        let file = self.archive.by_name(name).map_err(|error| broken(name, &error))?;
        let mut bytes = Vec::new();
        let mut limited = file.take(most as u64 + 1);
        limited
            .read_to_end(&mut bytes)
            .map_err(|error| DocumentError::Broken { part: name.to_owned(), reason: error.to_string() })?;
        Ok((bytes.len() <= most).then_some(bytes))
    }

    /// The relations of a part, or of the package where the part's name is empty.
    pub(super) fn relations(&mut self, part: &str) -> Result<Vec<Relation>, DocumentError> {
        let name = relations_name(part);
        if !self.has(&name) {
            return Ok(Vec::new());
        }
        let text = self.part(&name)?;
        let mut relations = Vec::new();
        xml::each_event(&name, &text, |event, _| {
            let (Event::Empty(element) | Event::Start(element)) = event else { return Ok(()) };
            if element.local_name().as_ref() != "Relationship"
                || attribute(element, "TargetMode").as_deref() == Some("External")
            {
                return Ok(());
            }
            if let (Some(kind), Some(target)) = (attribute(element, "Type"), attribute(element, "Target")) {
                relations.push(Relation {
                    id: attribute(element, "Id").unwrap_or_default(),
                    kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                    target: resolve(part, &target),
                });
            }
            Ok(())
        })?;
        Ok(relations)
    }

    /// The file with some parts replaced and others added; the rest is copied as it lies, packed.
    pub(super) fn with(mut self, mut parts: BTreeMap<String, String>) -> Result<Vec<u8>, DocumentError> {
        // Entries that share their bytes would be written out once each.
        if self.archive.has_overlapping_files().map_err(|error| broken("zip", &error))? {
            return Err(DocumentError::Broken {
                part: "zip".to_owned(),
                reason: "entries overlap".to_owned(),
            });
        }
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for index in 0..self.archive.len() {
            let file = self.archive.by_index_raw(index).map_err(|error| broken("zip", &error))?;
            let name = file.name().map(std::borrow::Cow::into_owned).unwrap_or_default();
            match parts.remove(&name) {
                None => zip.raw_copy_file(file).map_err(|error| broken(&name, &error))?,
                Some(text) => {
                    drop(file);
                    write(&mut zip, &name, &text)?;
                }
            }
        }
        for (name, text) in &parts {
            write(&mut zip, name, text)?;
        }
        Ok(zip.finish().map_err(|error| broken("zip", &error))?.into_inner())
    }
}

fn write(zip: &mut ZipWriter<Cursor<Vec<u8>>>, name: &str, text: &str) -> Result<(), DocumentError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    zip.start_file(name, options).map_err(|error| broken(name, &error))?;
    zip.write_all(text.as_bytes())
        .map_err(|error| DocumentError::Broken { part: name.to_owned(), reason: error.to_string() })
}

fn broken(part: &str, error: &ZipError) -> DocumentError {
    match error {
        ZipError::UnsupportedArchive(reason) if *reason == ZipError::PASSWORD_REQUIRED => {
            DocumentError::Encrypted
        }
        error => DocumentError::Broken { part: part.to_owned(), reason: error.to_string() },
    }
}

/// The name of the part that holds a part's relations.
pub(super) fn relations_name(part: &str) -> String {
    match part.rsplit_once('/') {
        Some((folder, file)) => format!("{folder}/_rels/{file}.rels"),
        None => format!("_rels/{part}.rels"),
    }
}

/// The part that a relation's target names, seen from `part`.
fn resolve(part: &str, target: &str) -> String {
    let (base, target) = match target.strip_prefix('/') {
        Some(target) => ("", target),
        None => (part.rsplit_once('/').map_or("", |(folder, _)| folder), target),
    };
    let mut segments: Vec<&str> = Vec::new();
    for segment in base.split('/').chain(target.split('/')) {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    segments.join("/")
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn targets() {
        assert_eq!(resolve("word/document.xml", "comments.xml"), "word/comments.xml");
        assert_eq!(resolve("word/document.xml", "../word/./a.xml"), "word/a.xml");
        assert_eq!(resolve("word/document.xml", "/word/a.xml"), "word/a.xml");
        assert_eq!(resolve("", "word/document.xml"), "word/document.xml");
    }
}
