//! What is read of a DOCX file.

use insta::assert_snapshot;
use proptest::prelude::*;

use crate::writer::{WORD, docx, main_part, package, paragraph, read, read_body, run};

#[test]
fn runs_join() {
    let body = "<w:p><w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>由5</w:t></w:r><w:proofErr/><w:r><w:t>80余</w:t></w:r><w:hyperlink><w:r><w:t>个</w:t></w:r></w:hyperlink><w:smartTag><w:r><w:lastRenderedPageBreak/><w:t>。</w:t></w:r></w:smartTag></w:p>";
    assert_snapshot!(read_body(body), @"由580余个。");
    let body = "<w:p><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t><w:softHyphen/><w:t>丁</w:t><w:noBreakHyphen/><w:t>2</w:t><w:sym w:char=\"F0FE\"/><w:t xml:space=\"preserve\"> a\nb&#10;c&amp;&#x4e2d;&nosuch;<![CDATA[<d>]]></w:t></w:r></w:p>";
    assert_snapshot!(read_body(body), @"甲 乙 丙丁-2 a b c&中<d>");
    let kept = "\u{202e}\u{200b}\u{feff}\u{e000}\u{f8ff}\u{10fffd}188";
    assert_eq!(read_body(&paragraph(kept)), kept);
}

#[test]
fn prefixes_are_the_writers() {
    let main = format!(
        "\u{feff}<ns0:document xmlns:ns0=\"{WORD}\"><ns0:body><ns0:p><ns0:r><ns0:t>甲</ns0:t></ns0:r></ns0:p></ns0:body></ns0:document>"
    );
    assert_snapshot!(read("a.docx", &package(&main, &[])), @"甲");
    let main = format!("<document xmlns=\"{WORD}\"><body><p><r><t>甲</t></r></p></body></document>");
    assert_snapshot!(read("a.docx", &package(&main, &[])), @"甲");
}

#[test]
fn reviewed_text_is_read_as_it_would_be() {
    let body = format!(
        "<w:p>{}<w:del w:id=\"1\"><w:r><w:delText>旧</w:delText></w:r><w:r><w:t>旧</w:t></w:r></w:del><w:ins>{}</w:ins><w:moveFrom>{}</w:moveFrom></w:p><w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:moveTo>{}</w:moveTo></w:p>{}",
        run("前"),
        run("新"),
        run("移"),
        run("移"),
        paragraph("后")
    );
    assert_snapshot!(read_body(&body), @r"
    前新
    移后
    ");
}

#[test]
fn fields_show_their_results() {
    let field = |step| format!("<w:r><w:fldChar w:fldCharType=\"{step}\"/></w:r>");
    let inner = [field("begin"), run("不见"), field("separate"), run("不见"), field("end")].concat();
    let outer = [
        field("begin"),
        "<w:r><w:instrText>IF</w:instrText></w:r>".to_owned(),
        inner,
        field("separate"),
        run("188"),
        field("end"),
    ];
    let body = format!(
        "<w:p>{}{}{}<w:fldSimple w:instr=\"PAGE\">{}</w:fldSimple></w:p>",
        run("码头"),
        outer.concat(),
        run("个"),
        run("3")
    );
    assert_snapshot!(read_body(&body), @"码头188个3");
}

#[test]
fn tables() {
    let cell =
        |properties: &str, content: &str| format!("<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>");
    let nested = format!("<w:tbl><w:tr>{0}{0}</w:tr><w:tr>{0}</w:tr></w:tbl>", cell("", &paragraph("内")));
    let body = [
        paragraph("前"),
        "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid>".to_owned(),
        format!(
            "<w:tr>{}{}</w:tr>",
            cell("<w:vMerge w:val=\"restart\"/>", &paragraph("甲")),
            cell("<w:gridSpan w:val=\"2\"/>", &[paragraph("乙"), paragraph("丙")].concat())
        ),
        format!(
            "<w:tr>{}{}{}</w:tr>",
            cell("<w:vMerge/>", &paragraph("不见")),
            cell("<w:tcPrChange><w:tcPr><w:gridSpan w:val=\"9\"/></w:tcPr></w:tcPrChange>", &nested),
            cell("", "<w:p/>")
        ),
        format!("<w:tr><w:trPr><w:gridBefore w:val=\"2\"/></w:trPr>{}</w:tr>", cell("", &paragraph("丁"))),
        "<w:tr/></w:tbl>".to_owned(),
        paragraph("后"),
    ];
    assert_snapshot!(read_body(&body.concat()), @r"
    前
    甲⇥乙 丙
    ⇥内 内 内⇥
    ⇥丁
    后
      row [甲][乙 丙]×2
      row [][内 内 内][]
      row []×2[丁]
    ");
}

#[test]
fn a_table_in_a_row_and_in_no_cell_is_in_a_cell() {
    let cell = format!("<w:tc><w:p>{}{}</w:p></w:tc>", run("18"), run("8个"));
    assert_snapshot!(read_body(&format!("<w:tbl><w:tr><w:tbl><w:tr>{cell}</w:tr></w:tbl></w:tr></w:tbl>")), @r"
    188个
      row [188个]
    ");
}

/// A picture's text box, written twice for programs old and new.
fn text_box(content: &str) -> String {
    format!(
        "<w:r><mc:AlternateContent><mc:Choice Requires=\"wps\"><w:drawing><a:t>不见</a:t><w:p><w:r><w:t>不见</w:t></w:r></w:p><wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>{content}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
}

#[test]
fn text_boxes_stand_once_and_after_their_paragraph() {
    let table = format!("<w:tbl><w:tr><w:tc>{0}</w:tc><w:tc>{0}</w:tc></w:tr></w:tbl>", paragraph("格"));
    let inside = [paragraph("框一"), table, paragraph("框二")].concat();
    let anchored = format!("<w:p>{}{}{}</w:p>", run("5"), text_box(&inside), run("80余个"));
    assert_snapshot!(read_body(&format!("{anchored}{}", paragraph("后"))), @r"
    580余个
    框一
    格⇥格
    框二
    后
      row [格][格]
    ");
    assert_snapshot!(read_body(&format!("<w:tbl><w:tr><w:tc>{anchored}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>", paragraph("邻"))), @r"
    580余个 框一 格 格 框二⇥邻
      row [580余个 框一 格 格 框二][邻]
    ");
    let fallback = "<w:p><w:r><mc:AlternateContent><mc:Fallback><w:t>甲</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>";
    assert_snapshot!(read_body(fallback), @"甲");
}

#[test]
fn formulas_and_readings() {
    let body = format!(
        "<w:p>{}<m:oMath><m:f><m:fPr/><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>3</m:t></m:r></m:den></m:f></m:oMath><w:r><w:ruby><w:rubyPr/><w:rt>{}</w:rt><w:rubyBase>{}</w:rubyBase></w:ruby></w:r></w:p>",
        run("占"),
        run("hàn"),
        run("汉")
    );
    assert_snapshot!(read_body(&body), @"占1/3汉");
}

#[test]
fn notes_follow_the_text_in_the_order_of_their_calls() {
    let note = |kind: &str, id: u32, more: &str, text: &str| {
        format!("<w:{kind} w:id=\"{id}\"{more}>{}</w:{kind}>", paragraph(text))
    };
    let call = |kind: &str, id: u32| format!("<w:r><w:{kind}Reference w:id=\"{id}\"/></w:r>");
    let body = format!(
        "<w:p>{}{}{}{}{}</w:p>",
        run("5"),
        call("endnote", 1),
        run("80"),
        call("footnote", 2),
        call("footnote", 1)
    );
    let foot = [
        note("footnote", 0, " w:type=\"separator\"", "不见"),
        note("footnote", 1, "", "脚一"),
        note("footnote", 2, " w:type=\"normal\"", "脚二"),
        note("footnote", 3, "", "无人引用"),
    ];
    let part = |kind: &str, notes: &str| format!("<w:{kind} xmlns:w=\"{WORD}\">{notes}</w:{kind}>");
    let parts = [
        ("footnotes", "word/footnotes.xml", &*part("footnotes", &foot.concat())),
        ("endnotes", "word/endnotes.xml", &*part("endnotes", &note("endnote", 1, "", "尾一"))),
    ];
    assert_snapshot!(read("a.docx", &package(&main_part(&body), &parts)), @r"
    580
    尾一
    脚二
    脚一
    ");
}

#[test]
fn figures_are_found_by_control_or_bookmark() {
    let control = |tag: &str, content: &str| {
        format!(
            "<w:sdt><w:sdtPr><w:tag w:val=\"{tag}\"/></w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"
        )
    };
    let bookmark = |id: u32, place: usize, content: &str| {
        format!(
            "<w:bookmarkStart w:id=\"{id}\" w:name=\"_qy{id}_{place}\"/>{content}<w:bookmarkEnd w:id=\"{id}\"/>"
        )
    };
    const DOCKS: &str = "docks.operating/2022/1003245.9f3c21ab";
    let hashed = "#0123456789abcdef0123";
    let body = format!(
        "<w:p>{}{}{}{}{}{}{}{}</w:p>{}",
        run("码头"),
        bookmark(0, 0, &control(DOCKS, &[run("18"), run("9个")].concat())),
        bookmark(1, 1, &run("3")),
        control(hashed, &run("4")),
        control("#ffffffffffffffffffff", &run("5")),
        control("签名", &run("6")),
        control(DOCKS, ""),
        run("。"),
        control(DOCKS, &paragraph("整段"))
    );
    let list = format!(
        "<figures xmlns=\"urn:qingyuan:figures:1\"><figure tag=\"{DOCKS}\" id=\"{DOCKS}\"/><figure tag=\"{hashed}\" id=\"long/2022/1.00000000\"/></figures>"
    );
    let parts = [("customXml", "customXml/item1.xml", &*list)];
    assert_snapshot!(read("a.docx", &package(&main_part(&body), &parts)), @r#"
    码头189个3456。
    整段
      docks.operating/2022/1003245.9f3c21ab = "189个"
      long/2022/1.00000000 = "3"
      long/2022/1.00000000 = "4"
      #ffffffffffffffffffff = "5"
      docks.operating/2022/1003245.9f3c21ab = ""
      docks.operating/2022/1003245.9f3c21ab = "整段"
    "#);
}

proptest! {
    /// Any text comes back, however it is cut into runs.
    #[test]
    fn any_text_comes_back(lines in prop::collection::vec("[^\\p{Cc}\u{fffe}\u{ffff}]{1,12}", 1..6), cut in 1_usize..5) {
        let body: String = lines
            .iter()
            .map(|line| {
                let characters: Vec<char> = line.chars().collect();
                let runs: String = characters.chunks(cut).map(|part| run(&part.iter().collect::<String>())).collect();
                format!("<w:p>{runs}</w:p>")
            })
            .collect();
        let text = lines.join("\n");
        let expected = if text.trim().is_empty() { "error: no text; images are not read".to_owned() } else { text };
        prop_assert_eq!(read_body(&body), expected);
    }

    #[test]
    fn any_bytes_are_read_or_refused(name in "a\\.(txt|md|html|docx)", bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&name, &bytes);
    }

    #[test]
    fn any_main_part_is_read_or_refused(main in "(<(w:)?(document|p|r|t|tbl|tc|tr|tcPr|vMerge|sdt|sdtPr|tag|br|del|txbxContent|drawing)/?>|</(w:)?(p|r|t|tbl|tc|tr)>|甲|&#49;){0,30}") {
        let _ = read("a.docx", &package(&main, &[]));
        let _ = read("a.docx", &docx(&main));
    }
}
