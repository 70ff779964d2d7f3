//! DOCX files that have come to harm: whatever is left of them is read or refused, and comments do not add to it.

use std::ops::Range;

use document::Remark;

use crate::writer::{Dice, WORD, main_part, package, paragraph, run, times};

/// A document with something of everything.
fn everything() -> String {
    let control = format!(
        "<w:sdt><w:sdtPr><w:tag w:val=\"docks/2022/1.00000000\"/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>",
        run("188个")
    );
    let text_box = format!(
        "<w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent>{0}</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>{0}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>",
        paragraph("框")
    );
    let table = format!(
        "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"2\"/><w:vMerge w:val=\"restart\"/></w:tcPr>{0}</w:tc><w:tc><w:tcPr><w:vMerge/></w:tcPr>{0}</w:tc></w:tr></w:tbl>",
        paragraph("格")
    );
    let field = "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>P</w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>3</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>";
    main_part(&format!(
        "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>由5</w:t><w:tab/><w:t xml:space=\"preserve\"> 80&amp;余 </w:t></w:r>{text_box}<w:hyperlink>{control}</w:hyperlink><w:del>{}</w:del></w:p>{table}<w:p>{field}<w:r><w:t><![CDATA[x]]>后</w:t></w:r><w:r><w:footnoteReference w:id=\"1\"/></w:r><m:oMath><m:r><m:t>1</m:t></m:r></m:oMath></w:p>",
        run("删")
    ))
}

fn notes() -> String {
    format!(
        "<w:footnotes xmlns:w=\"{WORD}\"><w:footnote w:id=\"1\">{}</w:footnote></w:footnotes>",
        paragraph("脚注")
    )
}

/// Reads a file and comments it; the text has to stay what it was. `packed`: the harm came to the packed file, so that
/// any part of it may be unreadable.
fn check(bytes: &[u8], packed: bool, dice: &mut Dice) -> bool {
    let Ok(document) = document::read("a.docx", bytes) else {
        let _ = document::comment_docx(bytes, &[], "a");
        return false;
    };
    let ranges =
        document.tables.iter().flat_map(|table| table.rows.iter().flatten()).map(|cell| cell.bytes.clone());
    for range in ranges.chain(document.tags.iter().map(|tag| tag.bytes.clone())) {
        assert!(document.text.get(range).is_some());
    }
    let remarks: Vec<Remark> = (0..3)
        .map(|_| {
            let begin = dice.below(document.text.len() + 2);
            Remark { bytes: begin..begin + dice.below(8), comment: "评".to_owned() }
        })
        .collect();
    match document::comment_docx(bytes, &remarks, "审") {
        Ok(commented) => assert_eq!(document::read("a.docx", &commented).as_ref(), Ok(&document)),
        // A part may be damaged that is not read for the text.
        Err(error) => assert!(packed, "{error}"),
    }
    true
}

#[test]
fn bytes_are_changed_and_cut_off() {
    let whole = package(&everything(), &[("footnotes", "word/footnotes.xml", &notes())]);
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    assert!(check(&whole, false, &mut dice));
    for length in (0..whole.len()).step_by(if times(1) > 1 { 1 } else { 5 }) {
        check(&whole[..length], true, &mut dice);
    }
    for _ in 0..times(2_000) {
        let mut bytes = whole.clone();
        for _ in 0..=dice.below(4) {
            let at = dice.below(bytes.len());
            bytes[at] = u8::try_from(dice.below(256)).unwrap();
        }
        check(&bytes, true, &mut dice);
    }
}

/// Where whole elements stand.
fn elements(main: &str) -> Vec<Range<usize>> {
    let mut open = Vec::new();
    let mut found = Vec::new();
    for (at, _) in main.match_indices('<') {
        let end = at + main[at..].find('>').unwrap() + 1;
        let tag = &main[at..end];
        if tag.starts_with("</") {
            found.push(open.pop().unwrap()..end);
        } else if tag.ends_with("/>") {
            found.push(at..end);
        } else if !tag.starts_with("<?") && !tag.starts_with("<!") {
            open.push(at);
        }
    }
    // Not the document itself, nor all that is in it.
    found.retain(|element| {
        !["<w:document", "<w:body"].iter().any(|tag| main[element.clone()].starts_with(tag))
    });
    found
}

#[test]
fn markup_is_changed_before_it_is_packed() {
    const NAMES: &[&str] = &[
        "sdt",
        "p",
        "r",
        "t",
        "tbl",
        "tc",
        "tr",
        "rPr",
        "del",
        "txbxContent",
        "drawing",
        "tab",
        "Choice",
        "br",
    ];
    let whole = everything();
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let mut read = 0;
    for _ in 0..times(3_000) {
        let mut main = whole.clone();
        for _ in 0..=dice.below(4) {
            let elements = elements(&main);
            if elements.is_empty() {
                break;
            }
            let (one, other) =
                (elements[dice.below(elements.len())].clone(), elements[dice.below(elements.len())].clone());
            let piece = main[one.clone()].to_owned();
            match dice.below(5) {
                0 => main.replace_range(one, ""),
                1 => main.insert_str(other.start, &piece),
                2 => main.replace_range(other, &piece),
                3 => {
                    let name = NAMES[dice.below(NAMES.len())];
                    main.replace_range(one, &format!("<w:{name}>{piece}</w:{name}>"));
                }
                _ => main.insert_str(one.end, "字1"),
            }
            if main.len() > 1 << 16 {
                break;
            }
        }
        read += usize::from(check(
            &package(&main, &[("footnotes", "word/footnotes.xml", &notes())]),
            false,
            &mut dice,
        ));
    }
    assert!(read > times(2_500), "only {read} were read");
}
