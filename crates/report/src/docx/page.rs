//! The parts that do not depend on the text: page, grid, styles, fonts, page numbers.
//!
//! GB/T 9704—2012: A4; margins 37 mm (head), 35 mm (foot), 28 mm (binding side), 26 mm; 22 lines of 28
//! characters; text in 3号 (16 pt) 仿宋, title in 2号 (22 pt) 小标宋, headings 黑体, 楷体, 仿宋; page
//! numbers 4号 (14 pt) 宋体 between dashes, at the outer side, one character in.
//!
//! The section declares the grid, for the page dialogue of Word and for text that people add. Our own
//! styles do not lean on it (LibreOffice reads a negative character space as a positive one): their
//! line height of exactly 28.95 pt and character spacing of −0.3 pt make 22 × 28 in either program.
//!
//! Fonts are named, not embedded: they are not ours to give away. Where they are missing, the font
//! table offers other names; a machine with neither shows the text in whatever it has.

use crate::document::Document;
use chart::escape;

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
pub(super) const NAMESPACES: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;

/// Twentieths of a point. 28 characters of 314 fill 8792 of them; LibreOffice, which rounds each
/// character up a little, would fit only 27 of 315.
pub(super) const TEXT_WIDTH: u32 = 8845;
pub(super) const CHARACTER: u32 = 314;
/// 28.95 pt: 22 lines are 224.7 of the 225 mm.
pub(super) const LINE: u32 = 579;
/// What the grid adds to a 16-pt character to make it 15.75 pt, in 1/4096 pt.
const CHARACTER_SPACE: i32 = -1024;

pub(super) const SONG_TITLE: &str = "方正小标宋简体";
pub(super) const FANG_SONG: &str = "仿宋_GB2312";
pub(super) const KAI: &str = "楷体_GB2312";
pub(super) const HEI: &str = "黑体";
pub(super) const SONG: &str = "宋体";
const LATIN: &str = "Times New Roman";

/// The fonts, what other systems call them or have in their stead, and their family.
const FONTS: [(&str, &str, &str); 5] = [
    (FANG_SONG, "FangSong,仿宋,STFangsong,FangSong_GB2312,Noto Serif CJK SC", "modern"),
    (SONG_TITLE, "FZXiaoBiaoSong-B05S,小标宋,STZhongsong,华文中宋,Noto Serif CJK SC", "auto"),
    (HEI, "SimHei,STHeiti,Noto Sans CJK SC", "modern"),
    (KAI, "KaiTi,楷体,STKaiti,KaiTi_GB2312,Noto Serif CJK SC", "modern"),
    (SONG, "SimSun,STSong,Noto Serif CJK SC", "auto"),
];

/// A face for Chinese, with the usual companion for digits and Latin letters, whose digits are half as
/// wide as a character too.
pub(super) fn fonts(name: &str) -> String {
    format!(
        r#"<w:rFonts w:ascii="{LATIN}" w:eastAsia="{name}" w:hAnsi="{LATIN}" w:cs="{LATIN}" w:hint="eastAsia"/>"#
    )
}

/// The last section's properties: page, margins, grid, feet.
pub(super) fn section() -> String {
    format!(
        concat!(
            r#"<w:sectPr><w:footerReference w:type="default" r:id="rIdFooterOdd"/>"#,
            r#"<w:footerReference w:type="even" r:id="rIdFooterEven"/>"#,
            r#"<w:pgSz w:w="11906" w:h="16838"/>"#,
            r#"<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1587" w:header="851" w:footer="1406" w:gutter="0"/>"#,
            r#"<w:cols w:space="720"/>"#,
            r#"<w:docGrid w:type="linesAndChars" w:linePitch="{line}" w:charSpace="{space}"/></w:sectPr>"#
        ),
        line = LINE,
        space = CHARACTER_SPACE
    )
}

/// Which pages a foot is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Odd,
    Even,
}

/// — 1 —, outside, one character in.
pub(super) fn footer(side: Side) -> String {
    let (align, indent) = match side {
        Side::Odd => {
            ("right", r#"<w:ind w:right="280" w:rightChars="100" w:firstLine="0" w:firstLineChars="0"/>"#)
        }
        Side::Even => {
            ("left", r#"<w:ind w:left="280" w:leftChars="100" w:firstLine="0" w:firstLineChars="0"/>"#)
        }
    };
    let run = |content: &str| format!(r#"<w:r>{content}</w:r>"#);
    let field = [
        run(r#"<w:t xml:space="preserve">— </w:t>"#),
        run(r#"<w:fldChar w:fldCharType="begin"/>"#),
        run(r#"<w:instrText xml:space="preserve"> PAGE </w:instrText>"#),
        run(r#"<w:fldChar w:fldCharType="separate"/>"#),
        run("<w:t>1</w:t>"),
        run(r#"<w:fldChar w:fldCharType="end"/>"#),
        run(r#"<w:t xml:space="preserve"> —</w:t>"#),
    ]
    .concat();
    format!(
        r#"{DECLARATION}<w:ftr {NAMESPACES}><w:p><w:pPr><w:pStyle w:val="Footer"/>{indent}<w:jc w:val="{align}"/></w:pPr>{field}</w:p></w:ftr>"#
    )
}

struct Style {
    id: &'static str,
    name: &'static str,
    paragraph: String,
    run: String,
}

pub(super) fn styles(document: &Document) -> String {
    let exact =
        |line: u32| format!(r#"<w:spacing w:before="0" w:after="0" w:line="{line}" w:lineRule="exact"/>"#);
    let size = |half_points: u32| format!(r#"<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>"#);
    let face = |font: &str, half_points: u32| format!("{}{}", fonts(font), size(half_points));
    let indent = r#"<w:ind w:firstLineChars="200" w:firstLine="628"/>"#;
    let none = r#"<w:ind w:firstLineChars="0" w:firstLine="0"/>"#;
    let line = exact(LINE);
    let narrow = r#"<w:spacing w:val="-6"/>"#;
    let centre = r#"<w:jc w:val="center"/>"#;
    let heading = |id, name, font: &str, level: u32| Style {
        id,
        name,
        paragraph: format!(
            r#"<w:keepNext/>{line}{indent}<w:jc w:val="left"/><w:outlineLvl w:val="{level}"/>"#
        ),
        run: format!("{}{narrow}{}", fonts(font), size(32)),
    };
    let styles = [
        Style {
            id: "BodyText",
            name: "Body Text",
            paragraph: format!(r#"{line}{indent}<w:jc w:val="both"/>"#),
            run: narrow.to_owned(),
        },
        Style {
            id: "Title",
            name: "Title",
            paragraph: format!("{line}{none}{centre}"),
            run: face(SONG_TITLE, 44),
        },
        Style {
            id: "Notice",
            name: "Notice",
            paragraph: format!("{line}{none}{centre}"),
            run: format!("{}{narrow}{}", fonts(KAI), size(32)),
        },
        heading("Heading1", "heading 1", HEI, 0),
        heading("Heading2", "heading 2", KAI, 1),
        heading("Heading3", "heading 3", FANG_SONG, 2),
        heading("Heading4", "heading 4", FANG_SONG, 3),
        Style {
            id: "Signature",
            name: "Signature",
            paragraph: format!(r#"<w:keepNext/>{line}{none}<w:jc w:val="left"/>"#),
            run: narrow.to_owned(),
        },
        Style {
            id: "Caption",
            name: "caption",
            paragraph: format!(
                r#"<w:keepNext/><w:spacing w:before="240" w:after="60" w:line="440" w:lineRule="exact"/>{none}{centre}"#
            ),
            run: face(HEI, 28),
        },
        Style {
            id: "TableUnit",
            name: "Table Unit",
            paragraph: format!(r#"<w:keepNext/>{}{none}<w:jc w:val="right"/>"#, exact(400)),
            run: size(24),
        },
        Style {
            id: "TableText",
            name: "Table Text",
            paragraph: format!(r#"{}{none}<w:jc w:val="center"/>"#, exact(400)),
            run: size(24),
        },
        Style {
            id: "TableFoot",
            name: "Table Foot",
            paragraph: format!(
                r#"<w:spacing w:before="40" w:after="240" w:line="320" w:lineRule="exact"/>{none}<w:jc w:val="left"/>"#
            ),
            run: face(KAI, 21),
        },
        // Under an exact line height Word would cut the picture down to one line.
        Style {
            id: "Picture",
            name: "Picture",
            paragraph: format!(
                r#"<w:keepNext/><w:spacing w:before="240" w:after="120" w:line="240" w:lineRule="auto"/>{none}{centre}"#
            ),
            run: String::new(),
        },
        Style {
            id: "Colophon",
            name: "Colophon",
            paragraph: format!(
                r#"<w:spacing w:before="240" w:after="0" w:line="320" w:lineRule="exact"/>{none}<w:jc w:val="left"/>"#
            ),
            run: face(KAI, 21),
        },
        Style {
            id: "Footer",
            name: "footer",
            paragraph: exact(320),
            run: format!(
                r#"<w:rFonts w:ascii="{SONG}" w:eastAsia="{SONG}" w:hAnsi="{SONG}" w:cs="{SONG}"/>{}"#,
                size(28)
            ),
        },
    ];
    let language = if document.language == "en" { "zh-CN" } else { document.language };
    let mut out = format!(
        concat!(
            r#"{declaration}<w:styles {namespaces}><w:docDefaults><w:rPrDefault><w:rPr>{body}"#,
            r#"<w:kern w:val="0"/><w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="{language}"/></w:rPr></w:rPrDefault>"#,
            r#"<w:pPrDefault/></w:docDefaults>"#,
            r#"<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>"#,
            r#"<w:pPr><w:widowControl w:val="0"/><w:overflowPunct w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:snapToGrid w:val="0"/></w:pPr>"#,
            r#"<w:rPr>{body}<w:sz w:val="32"/><w:szCs w:val="32"/></w:rPr></w:style>"#,
            r#"<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:semiHidden/>"#,
            r#"<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>"#
        ),
        declaration = DECLARATION,
        namespaces = NAMESPACES,
        body = fonts(FANG_SONG),
        language = language
    );
    for Style { id, name, paragraph, run } in &styles {
        out.push_str(&format!(
            r#"<w:style w:type="paragraph" w:styleId="{id}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"#
        ));
    }
    out.push_str("</w:styles>");
    out
}

pub(super) fn font_table() -> String {
    let mut out = format!(r#"{DECLARATION}<w:fonts {NAMESPACES}>"#);
    for (name, others, family) in FONTS {
        out.push_str(&format!(
            r#"<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/><w:family w:val="{family}"/><w:pitch w:val="default"/></w:font>"#
        ));
    }
    out.push_str("</w:fonts>");
    out
}

pub(super) fn settings(document: &Document) -> String {
    let language = if document.language == "en" { "zh-CN" } else { document.language };
    format!(
        concat!(
            r#"{declaration}<w:settings {namespaces}><w:zoom w:percent="100"/><w:bordersDoNotSurroundHeader/><w:bordersDoNotSurroundFooter/>"#,
            r#"<w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/><w:drawingGridHorizontalSpacing w:val="158"/><w:drawingGridVerticalSpacing w:val="579"/>"#,
            r#"<w:characterSpacingControl w:val="doNotCompress"/>"#,
            r#"<w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/><w:ulTrailSpace/><w:doNotExpandShiftReturn/><w:adjustLineHeightInTable/><w:useFELayout/>"#,
            r#"<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>"#,
            r#"<w:themeFontLang w:val="en-US" w:eastAsia="{language}"/></w:settings>"#
        ),
        declaration = DECLARATION,
        namespaces = NAMESPACES,
        language = language
    )
}

pub(super) fn core_properties(document: &Document) -> String {
    // No dates: they would have to come from a clock.
    let title = escape(&document.title).replace("&#10;", "");
    let creator = document.signature.issuer.as_deref().map(escape).unwrap_or_default();
    let about = escape(&document.colophon);
    let notice = document.notice.as_deref().map(escape).unwrap_or_default();
    format!(
        concat!(
            r#"{}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">"#,
            r#"<dc:title>{}</dc:title><dc:subject>{}</dc:subject><dc:creator>{}</dc:creator><dc:description>{}</dc:description></cp:coreProperties>"#
        ),
        DECLARATION, title, notice, creator, about
    )
}

pub(super) fn content_types() -> String {
    let part = |path: &str, kind: &str| {
        format!(r#"<Override PartName="{path}" ContentType="application/vnd.openxmlformats-{kind}+xml"/>"#)
    };
    let word = |name: &str, kind: &str| {
        part(&format!("/word/{name}.xml"), &format!("officedocument.wordprocessingml.{kind}"))
    };
    [
        DECLARATION.to_owned(),
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#.to_owned(),
        r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#.to_owned(),
        r#"<Default Extension="xml" ContentType="application/xml"/><Default Extension="emf" ContentType="image/x-emf"/>"#.to_owned(),
        word("document", "document.main"),
        word("styles", "styles"),
        word("fontTable", "fontTable"),
        word("settings", "settings"),
        word("footer1", "footer"),
        word("footer2", "footer"),
        part("/docProps/core.xml", "package.core-properties"),
        part("/customXml/itemProps1.xml", "officedocument.customXmlProperties"),
        "</Types>".to_owned(),
    ]
    .concat()
}

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn relations(list: &[(String, String, String)]) -> String {
    let mut out = format!(
        r#"{DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#
    );
    for (id, kind, target) in list {
        out.push_str(&format!(r#"<Relationship Id="{id}" Type="{kind}" Target="{target}"/>"#));
    }
    out.push_str("</Relationships>");
    out
}

fn relation(id: impl Into<String>, kind: &str, target: impl Into<String>) -> (String, String, String) {
    (id.into(), format!("{OFFICE}/{kind}"), target.into())
}

pub(super) fn package_relations() -> String {
    relations(&[
        relation("rIdDocument", "officeDocument", "word/document.xml"),
        (
            "rIdCore".to_owned(),
            "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
                .to_owned(),
            "docProps/core.xml".to_owned(),
        ),
    ])
}

pub(super) fn document_relations(pictures: usize) -> String {
    let mut list = vec![
        relation("rIdStyles", "styles", "styles.xml"),
        relation("rIdFonts", "fontTable", "fontTable.xml"),
        relation("rIdSettings", "settings", "settings.xml"),
        relation("rIdFooterOdd", "footer", "footer1.xml"),
        relation("rIdFooterEven", "footer", "footer2.xml"),
        relation("rIdFigures", "customXml", "../customXml/item1.xml"),
    ];
    list.extend(
        (1..=pictures)
            .map(|index| relation(format!("rIdChart{index}"), "image", format!("media/chart{index}.emf"))),
    );
    relations(&list)
}

pub(super) fn custom_relations() -> String {
    relations(&[relation("rIdProperties", "customXmlProps", "itemProps1.xml")])
}

pub(super) fn custom_properties() -> String {
    format!(
        concat!(
            r#"{}<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" ds:itemID="{{7C1B7D0E-5B52-4E0A-9C38-51A0C0F16E01}}">"#,
            r#"<ds:schemaRefs><ds:schemaRef ds:uri="{}"/></ds:schemaRefs></ds:datastoreItem>"#
        ),
        DECLARATION,
        super::tags::NAMESPACE
    )
}
