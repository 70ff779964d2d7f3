//! Comments that are put into DOCX files.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::ops::Range;

use document::{DocumentError, Remark};
use insta::assert_snapshot;
use proptest::prelude::*;
use zip::ZipArchive;

use crate::writer::{WORD, docx, main_part, package, paragraph, run, zip};

fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn remark(bytes: Range<usize>, comment: &str) -> Remark {
    Remark { bytes, comment: comment.to_owned() }
}

/// Comments a file, checks that the text is what it was, and shows the text with the marks in it: `⟦0`, `0⟧`.
fn marked(bytes: &[u8], remarks: &[Remark]) -> String {
    let before = document::read("a.docx", bytes).unwrap();
    let commented = document::comment_docx(bytes, remarks, "审核").unwrap();
    assert_eq!(document::read("a.docx", &commented).unwrap(), before);
    marks_as_text(&commented)
}

/// The text of a commented file, its marks written into it.
fn marks_as_text(commented: &[u8]) -> String {
    let mut main = part(commented, "word/document.xml");
    for (element, mark) in [("commentRangeStart", "⟦"), ("commentRangeEnd", "⟧")] {
        while let Some(begin) = main.find(&format!("<w:{element} ")) {
            let end = begin + main[begin..].find('>').unwrap() + 1;
            let id = main[begin..end].split("w:id=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
            let text = if mark == "⟦" { format!("⟦{id}") } else { format!("{id}⟧") };
            main.replace_range(begin..end, &run(&text));
        }
    }
    let mut archive = ZipArchive::new(Cursor::new(commented)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut parts: BTreeMap<String, String> =
        names.iter().map(|name| (name.clone(), part(commented, name))).collect();
    parts.insert("word/document.xml".to_owned(), main);
    let _ = archive.by_index(0);
    let parts: Vec<(&str, &str)> = parts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    document::read("a.docx", &zip(&parts)).unwrap().text
}

/// Marks every place where `what` stands in the text of a body.
fn check(body: &str, what: &str) -> String {
    let bytes = docx(body);
    let text = document::read("a.docx", &bytes).unwrap().text;
    let remarks: Vec<Remark> =
        text.match_indices(what).map(|(at, _)| remark(at..at + what.len(), "评")).collect();
    marked(&bytes, &remarks)
}

#[test]
fn runs_are_cut_where_they_must_be() {
    let body = "<w:p><w:r w:rsidR=\"1\"><w:rPr><w:b/></w:rPr><w:t>由 580余个 为188个。</w:t></w:r></w:p>";
    let bytes = docx(body);
    let commented = document::comment_docx(&bytes, &[remark(4..13, "评")], "审").unwrap();
    let main = part(&commented, "word/document.xml");
    let paragraph = &main[main.find("<w:p>").unwrap()..main.find("</w:p>").unwrap()];
    assert_snapshot!(paragraph.replace("><w:r", ">\n<w:r").replace("><w:comment", ">\n<w:comment"), @r#"
    <w:p>
    <w:r w:rsidR="1">
    <w:rPr><w:b/></w:rPr><w:t xml:space="preserve">由 </w:t></w:r>
    <w:commentRangeStart w:id="0"/>
    <w:r w:rsidR="1">
    <w:rPr><w:b/></w:rPr><w:t xml:space="preserve">580余个</w:t></w:r>
    <w:commentRangeEnd w:id="0"/>
    <w:r>
    <w:commentReference w:id="0"/></w:r>
    <w:r w:rsidR="1">
    <w:rPr><w:b/></w:rPr><w:t xml:space="preserve"> 为188个。</w:t></w:r>
    "#);
    assert_snapshot!(check(body, "个"), @"由 580余⟦0个0⟧ 为188⟦1个1⟧。");
    assert_snapshot!(check(body, "由 580余个 为188个。"), @"⟦0由 580余个 为188个。0⟧");
}

#[test]
fn places_of_every_kind() {
    let runs = ["5", "80", "余", "个"].map(run).concat();
    assert_snapshot!(check(&format!("<w:p>{}{runs}{}</w:p>", run("由"), run("。")), "580余个"), @"由⟦0580余个0⟧。");
    let body = format!(
        "<w:p><w:hyperlink><w:r><w:t>由</w:t><w:tab/><w:t>580&amp;余<![CDATA[个<]]></w:t></w:r></w:hyperlink></w:p>{}",
        paragraph("后")
    );
    assert_snapshot!(check(&body, "580&余个"), @"由 ⟦0580&余个0⟧<
后");
    assert_snapshot!(check(&body, " 58"), @"由⟦0 580⟧0&余个<
后");
    assert_snapshot!(check(&body, "&"), @"由 580⟦0&0⟧余个<
后");
    assert_snapshot!(check(&body, "<\n后"), @"由 580&余个⟦0<
后0⟧");
    assert_snapshot!(check(&body, "\n"), @"由 580&余个<⟦00⟧
后");
    let cell = |text: &str| format!("<w:tc>{}</w:tc>", paragraph(text));
    let table = format!("<w:tbl><w:tr>{}{}</w:tr></w:tbl>", cell("甲甲"), cell("甲"));
    assert_snapshot!(check(&table, "甲"), @"⟦0甲0⟧⟦1甲1⟧	⟦2甲2⟧");
    assert_snapshot!(check(&table, "甲\t甲"), @"甲⟦0甲	甲0⟧");
}

#[test]
fn marks_at_the_edge_of_a_control_stand_outside() {
    let control = |more: &str| {
        format!(
            "<w:p>{}<w:sdt><w:sdtPr>{more}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>{}</w:p>",
            run("由"),
            run("580余个"),
            run("。")
        )
    };
    let inside = |body: &str, range: Range<usize>| {
        let commented = document::comment_docx(&docx(body), &[remark(range, "评")], "审").unwrap();
        let main = part(&commented, "word/document.xml");
        let content = main.split("<w:sdtContent>").nth(1).unwrap().split("</w:sdtContent>").next().unwrap();
        content.contains("commentR")
    };
    assert!(!inside(&control(""), 3..12));
    assert!(inside(&control(""), 3..6));
    assert!(!inside(&control("<w:text/>"), 4..5));
    assert_snapshot!(check(&control("<w:text/>"), "80"), @"由⟦0580余个0⟧。");
    assert_snapshot!(check(&control(""), "80"), @"由5⟦0800⟧余个。");
}

#[test]
fn what_cannot_be_cut_is_marked_around() {
    let text_box = format!(
        "<w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent>{0}</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>{0}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>",
        paragraph("框")
    );
    let formula = "<m:oMath><m:r><m:t>123</m:t></m:r></m:oMath>";
    let body = format!("<w:p>{}{text_box}{}{formula}</w:p>", run("前"), run("后"));
    assert_snapshot!(check(&body, "框"), @"前⟦00⟧后123
框");
    assert_snapshot!(check(&body, "2"), @"前后⟦01230⟧
框");
    assert_snapshot!(check(&body, "3\n框"), @"前⟦0后1230⟧
框");
    let call = "<w:r><w:footnoteReference w:id=\"1\"/></w:r>";
    let note = format!(
        "<w:footnotes xmlns:w=\"{WORD}\"><w:footnote w:id=\"1\">{}</w:footnote></w:footnotes>",
        paragraph("脚注")
    );
    let bytes = package(
        &main_part(&format!("<w:p>{}{call}{}</w:p>", run("前"), run("后"))),
        &[("footnotes", "word/footnotes.xml", &note)],
    );
    assert_snapshot!(marked(&bytes, &[remark(7..10, "评")]), @"前⟦00⟧后
脚注");
}

#[test]
fn marks_bring_their_namespace_where_the_prefix_is_another() {
    let main = format!(
        "<d:document xmlns:d=\"{WORD}\"><d:body><d:p><d:r><d:t>甲乙</d:t></d:r></d:p></d:body></d:document>"
    );
    let commented = document::comment_docx(&package(&main, &[]), &[remark(3..6, "评")], "审").unwrap();
    let main = part(&commented, "word/document.xml").replace(WORD, "W");
    assert_snapshot!(main.replace("><w:", ">\n<w:"), @r#"
    <d:document xmlns:d="W"><d:body><d:p><d:r><d:t>甲</d:t></d:r>
    <w:commentRangeStart xmlns:w="W" w:id="0"/><d:r><d:t xml:space="preserve">乙</d:t></d:r>
    <w:commentRangeEnd xmlns:w="W" w:id="0"/>
    <w:r xmlns:w="W">
    <w:commentReference w:id="0"/></w:r></d:p></d:body></d:document>
    "#);
}

#[test]
fn places_that_are_none() {
    let bytes = docx(&paragraph("甲乙"));
    let remarks = [remark(0..0, "a"), remark(4..5, "b"), remark(100..200, "c"), remark(6..6, "d")];
    assert_snapshot!(marked(&bytes, &remarks), @"⟦00⟧甲⟦11⟧乙⟦22⟧⟦33⟧");
    assert_eq!(marked(&bytes, &[]), "甲乙");
    assert_eq!(
        document::comment_docx("甲".as_bytes(), &[], "a"),
        Err(DocumentError::NotDocx("it is no zip file".to_owned()))
    );
}

#[test]
fn comments_that_are_there_stay() {
    let old = format!(
        "<w:p><w:commentRangeStart w:id=\"7\"/>{}<w:commentRangeEnd w:id=\"7\"/><w:r><w:commentReference w:id=\"7\"/></w:r></w:p>",
        run("甲")
    );
    let comments = format!(
        "<w:comments xmlns:w=\"{WORD}\"><w:comment w:id=\"7\" w:author=\"旧\">{}</w:comment></w:comments>",
        paragraph("旧评")
    );
    let bytes = package(&main_part(&old), &[("comments", "word/remarks.xml", &comments)]);
    let commented =
        document::comment_docx(&bytes, &[remark(0..3, "新 <&>\n\n二\u{1}")], "审 \"核\"").unwrap();
    let comments = part(&commented, "word/remarks.xml").replace(&format!(" xmlns:w=\"{WORD}\""), "");
    assert_snapshot!(comments.replace("<w:comment ", "\n<w:comment "), @r#"
    <w:comments>
    <w:comment w:id="7" w:author="旧"><w:p><w:r><w:t xml:space="preserve">旧评</w:t></w:r></w:p></w:comment>
    <w:comment w:id="8" w:author="审 &quot;核&quot;" w:initials="审 "><w:p><w:r><w:annotationRef/></w:r><w:r><w:t xml:space="preserve">新 &lt;&amp;&gt;</w:t></w:r></w:p><w:p><w:r><w:t xml:space="preserve"></w:t></w:r></w:p><w:p><w:r><w:t xml:space="preserve">二�</w:t></w:r></w:p></w:comment></w:comments>
    "#);
    assert_snapshot!(marks_as_text(&commented), @"⟦7⟦8甲8⟧7⟧");
    // Once more: the comments have a part, a relation and a type now, and get no second ones.
    let twice = document::comment_docx(&commented, &[remark(0..3, "三")], "审").unwrap();
    assert_eq!(part(&twice, "[Content_Types].xml"), part(&commented, "[Content_Types].xml"));
    assert_eq!(part(&twice, "word/_rels/document.xml.rels"), part(&bytes, "word/_rels/document.xml.rels"));
    assert_eq!(part(&twice, "word/remarks.xml").matches("<w:comment ").count(), 3);
}

#[test]
fn other_parts_are_copied_as_they_lie() {
    let bytes = package(
        &main_part(&paragraph("甲")),
        &[("image", "word/media/image1.png", "not \u{1} really"), ("x", "word/comments.xml.bak", "")],
    );
    let commented = document::comment_docx(&bytes, &[remark(0..3, "评")], "审").unwrap();
    let raw = |bytes: &[u8], name: &str| {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let index = archive.index_for_name(name).unwrap();
        let mut packed = Vec::new();
        archive.by_index_raw(index).unwrap().read_to_end(&mut packed).unwrap();
        packed
    };
    for name in ["_rels/.rels", "word/media/image1.png", "word/comments.xml.bak"] {
        assert_eq!(raw(&commented, name), raw(&bytes, name));
    }
    assert!(part(&commented, "[Content_Types].xml").contains("PartName=\"/word/comments.xml\""));
    assert!(part(&commented, "word/_rels/document.xml.rels").contains("Target=\"/word/comments.xml\""));
}

/// A paragraph's content: runs cut anywhere, in links and controls, with tabs.
fn content() -> impl Strategy<Value = String> {
    let text = "[甲乙1 &]{1,4}";
    let piece = prop_oneof![
        4 => text.prop_map(|text| run(&text)),
        1 => text.prop_map(|text| format!("<w:hyperlink>{}{}</w:hyperlink>", run(&text), run("链"))),
        1 => text.prop_map(|text| format!("<w:sdt><w:sdtPr/><w:sdtContent>{}{}</w:sdtContent></w:sdt>", run(&text), run("控"))),
        1 => text.prop_map(|text| format!("<w:ins>{}</w:ins><w:del>{}</w:del>", run(&text), run("删"))),
        1 => Just("<w:r><w:rPr><w:i/></w:rPr><w:t>一</w:t><w:tab/><w:t>二<![CDATA[三]]>四</w:t><w:br/></w:r>".to_owned()),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| format!("<w:p>{}</w:p>", pieces.concat()))
}

fn body() -> impl Strategy<Value = String> {
    let block = prop_oneof![
        3 => content(),
        1 => prop::collection::vec(content(), 1..5).prop_map(|cells| {
            let cells: String = cells.iter().map(|cell| format!("<w:tc>{cell}</w:tc>")).collect();
            format!("<w:tbl><w:tr>{cells}</w:tr><w:tr>{cells}</w:tr></w:tbl>")
        }),
    ];
    prop::collection::vec(block, 1..6).prop_map(|blocks| blocks.concat())
}

/// The text with the marks where they belong.
fn expected(text: &str, remarks: &[Remark]) -> String {
    let separates = |at: usize| matches!(text.as_bytes().get(at), Some(b'\n' | b'\t'));
    let mut marks: Vec<(usize, u8, usize, String)> = Vec::new();
    for (id, remark) in remarks.iter().enumerate() {
        let begin = text.floor_char_boundary(remark.bytes.start.min(text.len()));
        let end = text.floor_char_boundary(remark.bytes.end.min(text.len())).max(begin);
        let (mut from, mut to) = (begin, end);
        while separates(from) {
            from += 1;
        }
        while to > 0 && separates(to - 1) {
            to -= 1;
        }
        if from < to {
            marks.push((to, 0, id, format!("{id}⟧")));
            marks.push((from, 2, id, format!("⟦{id}")));
        } else {
            let mut at = begin;
            while at > 0 && separates(at - 1) {
                at -= 1;
            }
            if at == 0 {
                while separates(at) {
                    at += 1;
                }
            }
            marks.push((at, 1, id, format!("⟦{id}{id}⟧")));
        }
    }
    marks.sort();
    let mut out = text.to_owned();
    for (at, _, _, mark) in marks.iter().rev() {
        out.insert_str(*at, mark);
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(u32::try_from(crate::writer::times(300)).unwrap()))]
    #[test]
    fn comments_stand_where_they_belong(body in body(), ranges in prop::collection::vec((0_usize..200, 0_usize..30), 0..6)) {
        let bytes = docx(&body);
        if let Ok(document) = document::read("a.docx", &bytes) {
            let remarks: Vec<Remark> = ranges
                .iter()
                .map(|(begin, length)| {
                    let begin = begin % (document.text.len() + 1);
                    remark(begin..begin + length, "评")
                })
                .collect();
            prop_assert_eq!(marked(&bytes, &remarks), expected(&document.text, &remarks));
        }
    }
}
