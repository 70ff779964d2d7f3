//! What is not read, and what is said of it. Bounded: none of these takes more than its bounds.

use insta::assert_snapshot;

use crate::writer::{docx, main_part, package, paragraph, read, zip};

#[test]
fn empty_and_blank_files() {
    for name in ["a.txt", "a.md", "a.html", "a.docx"] {
        assert_eq!(read(name, b""), "error: the file is empty");
    }
    for name in ["a.txt", "a.md", "a.html"] {
        assert_eq!(read(name, " \n\u{3000}".as_bytes()), "error: no text; images are not read");
    }
    assert_snapshot!(read("a.docx", &docx("<w:p><w:r><w:drawing><pic/></w:drawing></w:r></w:p>")), @"error: no text; images are not read");
}

#[test]
fn files_of_other_kinds() {
    assert_snapshot!(read("a.docx", &zip(&[("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "<workbook/>")])), @"error: an Excel workbook is not read");
    assert_snapshot!(read("a.docx", &zip(&[("[Content_Types].xml", "<Types/>"), ("ppt/presentation.xml", "<p/>")])), @"error: a PowerPoint presentation is not read");
    assert_snapshot!(read("a.docx", &zip(&[("mimetype", "x"), ("content.xml", "<x/>")])), @"error: an OpenDocument file is not read");
    assert_snapshot!(read("a.docx", &zip(&[("OFD.xml", "<x/>")])), @"error: an OFD file is not read");
    assert_snapshot!(read("a.docx", &zip(&[("a.txt", "x")])), @"error: an archive is not read");
    assert_snapshot!(read("a.docx", &zip(&[])), @"error: an archive is not read");
    assert_snapshot!(read("a.docx", &zip(&[("[Content_Types].xml", "<Types/>")])), @"error: this is no DOCX file: it has no main part");
    assert_snapshot!(read("a.docx", &package("<workbook><t>甲</t></workbook>", &[])), @"error: this is no DOCX file: `word/document.xml` is no document");
}

#[test]
fn damaged_files() {
    let whole = docx(&paragraph("甲"));
    assert_snapshot!(read("a.docx", &whole[..whole.len() / 2]), @"error: the DOCX file is damaged, in `zip`: invalid Zip archive: Could not find EOCD");
    assert_snapshot!(read("a.docx", &whole[2..]), @"error: this is no DOCX file: it is no zip file");
    assert_snapshot!(read("a.docx", &package("<w:document><w:p></w:document>", &[])), @"error: the DOCX file is damaged, in `word/document.xml`: byte 17: ill-formed document: expected `</w:p>`, but `</w:document>` was found");
    assert_snapshot!(read("a.docx", &package("<w:document><w:p>", &[])), @"error: the DOCX file is damaged, in `word/document.xml`: it ends too early");
    assert_snapshot!(read("a.docx", &package("", &[])), @"error: this is no DOCX file: `word/document.xml` is no document");
}

#[test]
fn entities_are_not_expanded() {
    let mut entities = String::from("<!ENTITY a0 \"哈哈\">");
    for n in 1..30 {
        entities += &format!("<!ENTITY a{n} \"&a{};&a{};\">", n - 1, n - 1);
    }
    let main = format!(
        "<!DOCTYPE w:document [{entities}]><w:document xmlns:w=\"w\"><w:body><w:p><w:r><w:t>甲&a29;乙</w:t></w:r></w:p></w:body></w:document>"
    );
    assert_snapshot!(read("a.docx", &package(&main, &[])), @"甲乙");
}

#[test]
fn a_zip_bomb_is_unpacked_to_its_bound_only() {
    let spaces = " ".repeat(document::MOST_PART + 1);
    assert_snapshot!(read("a.docx", &docx(&spaces)), @"error: the part `word/document.xml` is larger than 128 MB");
}

#[test]
fn nesting_is_bounded() {
    let deep = |times: usize| {
        main_part(&["<w:sdt>".repeat(times), paragraph("甲"), "</w:sdt>".repeat(times)].concat())
    };
    assert_snapshot!(read("a.docx", &package(&deep(900), &[])), @"甲");
    assert_snapshot!(read("a.docx", &package(&deep(1_000_000), &[])), @"error: the part `word/document.xml` is nested more than 1000 deep");
    let page = ["<div>".repeat(1_000_000), "甲".to_owned(), "<table>".repeat(100_000)].concat();
    assert_snapshot!(read("a.html", page.as_bytes()), @"甲");
    assert_snapshot!(read("a.md", [">".repeat(100_000), "甲".to_owned()].concat().as_bytes()), @"甲");
    let boxes = "<w:p><w:r><w:drawing><w:txbxContent>".repeat(20);
    let ends = "</w:txbxContent></w:drawing></w:r></w:p>".repeat(20);
    assert_snapshot!(read("a.docx", &docx(&[boxes, paragraph("甲"), ends].concat())), @"error: the part `w:txbxContent` is nested more than 8 deep");
}

#[test]
fn sizes_are_bounded() {
    let mut text = "甲".repeat(document::MOST_TEXT / 3);
    text.push('乙');
    assert_snapshot!(read("a.txt", text.as_bytes()), @"error: the text is larger than 64 MB");
    assert_snapshot!(read("a.txt", &vec![b'a'; document::MOST_FILE + 1]), @"error: the file is larger than 256 MB");
    let row = "<tr>".repeat(document::MOST_CELLS / 250);
    let page = format!("<table><tr>{}{row}</table>", "<td rowspan=0>甲".repeat(255));
    assert_snapshot!(read("a.html", page.as_bytes()), @"error: the tables have more than 2000000 cells");
}
