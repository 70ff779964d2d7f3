//! What a file is, by its content first and its name second.

use crate::{DocumentError, Format, Large, MOST_FILE, Other};

/// The largest beginning of a page that is looked at for its first tag.
const HEAD: usize = 4096;

pub(crate) fn sniff(name: &str, bytes: &[u8]) -> Result<Format, DocumentError> {
    if bytes.is_empty() {
        return Err(DocumentError::Empty);
    }
    if bytes.len() > MOST_FILE {
        return Err(DocumentError::TooLarge { what: Large::File, most: MOST_FILE >> 20 });
    }
    if let Some(ole) = ole(bytes) {
        return Err(ole);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Ok(Format::Docx);
    }
    if let Some(other) = other(bytes) {
        return Err(DocumentError::Other(other));
    }
    let extension =
        name.rsplit(['/', '\\']).next().unwrap_or(name).rsplit_once('.').map_or("", |(_, after)| after);
    let extension = extension.to_ascii_lowercase();
    if is_page(bytes) {
        return Ok(Format::Html);
    }
    match extension.as_str() {
        "docx" | "docm" | "dotx" | "dotm" => Err(DocumentError::NotDocx("it is no zip file".to_owned())),
        "html" | "htm" | "xhtml" | "shtml" => Ok(Format::Html),
        "md" | "markdown" => Ok(Format::Markdown),
        _ => Ok(Format::Text),
    }
}

/// The files of OLE: Word before 2007, and any Office file with a password.
fn ole(bytes: &[u8]) -> Option<DocumentError> {
    if !bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        return None;
    }
    // Every stream has an entry of 128 bytes that begins with its name in UTF-16, at a multiple of 128.
    let has = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        bytes.chunks_exact(128).any(|entry| entry.starts_with(&name))
    };
    Some(if has("EncryptedPackage") {
        DocumentError::Encrypted
    } else if has("WordDocument") {
        DocumentError::Other(Other::OldWord)
    } else {
        DocumentError::Other(Other::OldOffice)
    })
}

fn other(bytes: &[u8]) -> Option<Other> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let at = |place: usize, magic: &[u8]| bytes.get(place..).is_some_and(|rest| rest.starts_with(magic));
    let bitmap = |bytes: &[u8]| {
        matches!(bytes, [b'B', b'M', a, b, c, d, 0, 0, 0, 0, ..]
            if usize::try_from(u32::from_le_bytes([*a, *b, *c, *d])).is_ok_and(|size| size == bytes.len()))
    };
    let head = &bytes[..bytes.len().min(1024)];
    Some(if head.windows(5).any(|window| window == b"%PDF-") {
        Other::Pdf
    } else if starts(b"\x89PNG\r\n")
        || starts(b"\xff\xd8\xff")
        || starts(b"GIF87a")
        || starts(b"GIF89a")
        || starts(b"II*\0")
        || starts(b"MM\0*")
        || (starts(b"RIFF") && at(8, b"WEBP"))
        || at(4, b"ftyp")
        || bitmap(bytes)
    {
        Other::Image
    } else if starts(b"{\\rtf") {
        Other::Rtf
    } else if starts(b"\x1f\x8b\x08") || starts(b"7z\xbc\xaf\x27\x1c") || starts(b"Rar!\x1a\x07") {
        Other::Archive
    } else {
        return None;
    })
}

/// Whether the first tag is a page's, past blanks, a byte order mark and comments.
fn is_page(bytes: &[u8]) -> bool {
    // Zeros are left out, so that UTF-16 reads alike.
    let head: Vec<u8> =
        bytes.iter().take(HEAD).filter(|byte| **byte != 0).map(u8::to_ascii_lowercase).collect();
    let mut rest = head.as_slice();
    for mark in [b"\xef\xbb\xbf".as_slice(), b"\xff\xfe", b"\xfe\xff"] {
        rest = rest.strip_prefix(mark).unwrap_or(rest);
    }
    loop {
        rest = rest.trim_ascii_start();
        let end = match rest {
            [b'<', b'!', b'-', b'-', ..] => {
                rest.windows(3).position(|window| window == b"-->").map(|at| at + 3)
            }
            [b'<', b'?', ..] => rest.iter().position(|byte| *byte == b'>').map(|at| at + 1),
            _ => None,
        };
        match end.and_then(|end| rest.get(end..)) {
            Some(after) => rest = after,
            None => break,
        }
    }
    [b"<!doctype html".as_slice(), b"<html"].iter().any(|tag| rest.starts_with(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, bytes: &[u8], expected: &str) {
        let found = match sniff(name, bytes) {
            Ok(format) => format!("{format:?}"),
            Err(error) => error.text().english,
        };
        assert_eq!(found, expected, "{name}");
    }

    fn ole(stream: &str) -> Vec<u8> {
        let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        bytes.resize(1024, 0);
        bytes.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
        bytes.resize(2048, 0);
        bytes
    }

    #[test]
    fn content_goes_before_the_name() {
        check("a.docx", b"", "the file is empty");
        check("a.txt", b"PK\x03\x04", "Docx");
        check("a.txt", b"\xef\xbb\xbf \n<!-- x --><!DOCTYPE HTML>", "Html");
        check("a.txt", b"\xff\xfe<\0h\0t\0m\0l\0>\0", "Html");
        check("a.txt", b"<?xml version='1.0'?><html>", "Html");
        check("dir.md/a.HTM", b"text", "Html");
        check("a.MD", b"text", "Markdown");
        check("a.md.txt", b"text", "Text");
        check("a", b"<p>text", "Text");
        check("a.docx", b"text", "this is no DOCX file");
    }

    #[test]
    fn what_is_not_read_is_named() {
        check(
            "a.docx",
            &ole("EncryptedPackage"),
            "the document is protected by a password; take the protection off first",
        );
        check(
            "a.docx",
            &ole("WordDocument"),
            "this is an old Word document (.doc, .wps), which is not read; save it as .docx in Word or WPS",
        );
        check(
            "a.docx",
            &ole("Workbook"),
            "this is an old Office file, which is not read; save it as .docx in Word or WPS",
        );
        check(
            "a.txt",
            b"\n%PDF-1.7",
            "this is a PDF file, which is not read; give the original as .docx, .html, .md or .txt",
        );
        check(
            "a.docx",
            b"\x89PNG\r\n\x1a\n",
            "this is a picture, which is not read; give the original as .docx, .html, .md or .txt",
        );
        check("a.txt", b"BM is a text", "Text");
        check(
            "a.docx",
            b"{\\rtf1",
            "this is an RTF file, which is not read; save it as .docx in Word or WPS",
        );
        check(
            "a.docx",
            b"\x1f\x8b\x08",
            "this is an archive, which is not read; unpack it and give the documents in it",
        );
    }
}
