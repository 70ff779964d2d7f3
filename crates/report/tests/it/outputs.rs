//! What comes out: the same bytes, well-formed, whatever the text.

use std::io::Read;

use insta::assert_snapshot;
use message::Language;
use quick_xml::Reader;
use quick_xml::events::Event;
use report::{Document, Meta, docx, html, markdown};

use crate::common::{document, document_with, front, meta};

pub const WORK_REPORT: &str = include_str!("work-report.md");

#[test]
fn markdown_shows_every_number() {
    let body = "码头由原来的{{ fig(\"docks.operating\", at=\"2016-12-31\", form=\"余\", to=\"10\") }}缩减为{{ fig(\"docks.operating\") }}，造林{{ fig(\"afforestation.area\", unit=\"万亩\") }}，优良天数{{ fig(\"air.good_days\", form=\"近\") }}，\
        企业总数{{ fig(\"hightech\", form=\"突破\", to=\"10000\") }}（{{ fig(\"hightech\", form=\"突破\", to=\"10000\", lead=false, bare=true) }}），发动{{ fig(\"volunteers\", unit=\"万名\") }}志愿者、{{ fig(\"cadres\", form=\"余\") }}干部，\
        左岸{{ fig(\"docks.operating\", of=\"bank=left\") }}。\n\n1. 一\n2. 二\n\n| 甲 | 乙 |\n|---|---:|\n| 驿站 | {{ fig(\"stations\", bare=true) }} |\n\n{{ table(\"docks.operating\", \"docks.closed\", by=\"bank\", total=true) }}\n\n{{ table(\"docks.operating\", periods=\"2021..2022\", by=\"bank\") }}\n\n{{ table(\"docks.operating\", \"parks.area\", \"nothing\") }}\n\n{{ chart(\"docks.operating\", periods=\"2021,2022\") }}\n";
    assert_snapshot!(markdown(&document(&front(body))), @r#"
# 工作汇报

*演示数据：由种子生成的虚构城市*

码头由原来的[580余个](<#trace-docks.operating/2016-12-31/1003245.9f3c21ab>)缩减为[188个](<#trace-docks.operating/2022/1003245.9f3c21ab>)，造林[2.14万亩](<#trace-afforestation.area/2022/1003245.9f3c21ab>)，优良天数[近300天](<#trace-air.good_days/2022/1003245.9f3c21ab>)，企业总数[突破10000家](<#trace-hightech/2022/1003245.9f3c21ab>)（[10000](<#trace-hightech/2022/1003245.9f3c21ab>)），发动[20万名](<#trace-volunteers/2022/1003245.9f3c21ab>)志愿者、[2万余名](<#trace-cadres/2022/1003245.9f3c21ab>)干部，左岸[188个](<#trace-docks.operating/2022/bank=left/1003245.9f3c21ab>)。

1. 一
2. 二

| 甲 | 乙 |
| --- | ---: |
| 驿站 | [423](<#trace-stations/2022/1003245.9f3c21ab>) |

**码头数量、关停码头数量（2022年）**（单位：个）

| 岸别 | 码头数量 | 关停码头数量 |
| --- | ---: | ---: |
| 左岸 | [94](<#trace-docks.operating/2022/bank=left/1003245.9f3c21ab>) | [6](<#trace-docks.closed/2022/bank=left/1003245.9f3c21ab>) |
| 右岸 | [94](<#trace-docks.operating/2022/bank=right/1003245.9f3c21ab>) | [6](<#trace-docks.closed/2022/bank=right/1003245.9f3c21ab>) |
| **合计** | [188](<#trace-docks.operating/2022/1003245.9f3c21ab>) | [12](<#trace-docks.closed/2022/1003245.9f3c21ab>) |

*数据来源：台账快照1003245*

**码头数量（2021年—2022年）**（单位：个）

| 岸别 | 2021年 | 2022年 |
| --- | ---: | ---: |
| 左岸 | [291](<#trace-docks.operating/2021/bank=left/1003245.9f3c21ab>) | [94](<#trace-docks.operating/2022/bank=left/1003245.9f3c21ab>) |
| 右岸 | [292](<#trace-docks.operating/2021/bank=right/1003245.9f3c21ab>) | [94](<#trace-docks.operating/2022/bank=right/1003245.9f3c21ab>) |

*数据来源：台账快照1003245*

**码头数量、江滩公园面积、没有数据的指标（2022年）**

| 指标 | 数值 | 单位 |
| --- | ---: | --- |
| 码头数量 | [188](<#trace-docks.operating/2022/1003245.9f3c21ab>) | 个 |
| 江滩公园面积 | [7 400 000.000000](<#trace-parks.area/2022/1003245.9f3c21ab>) | 平方米 |
| 没有数据的指标 | — | % |

*数据来源：台账快照1003245*

**码头数量**（单位：个，2021年—2022年）

| 时期 | 码头数量（个） |
| --- | ---: |
| 2021年 | [583](<#trace-docks.operating/2021/1003245.9f3c21ab>) |
| 2022年 | [188](<#trace-docks.operating/2022/1003245.9f3c21ab>) |

*数据来源：台账快照1003245；指标 docks.operating，快照 1003245.9f3c21ab*

江城市直机关工作委员会

2023年1月10日

---

## 数值来源

正文中每个带点线的数值都由台账记录计算得出，其标识、定义和快照如下。

| 指标 | 数值 | 计入行数 | 待核验 | 数值标识 |
| --- | ---: | ---: | ---: | --- |
| 码头数量（2016年12月31日） | 583个 | 188 | 0 | `docks.operating/2016-12-31/1003245.9f3c21ab` |
| 码头数量（2022年） | 188个 | 188 | 0 | `docks.operating/2022/1003245.9f3c21ab` |
| 造林面积（2022年） | 21400.00亩 | 188 | 0 | `afforestation.area/2022/1003245.9f3c21ab` |
| 空气质量优良天数（2022年） | 294天 | 188 | 0 | `air.good_days/2022/1003245.9f3c21ab` |
| 高新技术企业数（2022年） | 10003家 | 188 | 0 | `hightech/2022/1003245.9f3c21ab` |
| 志愿者人数（2022年） | 200000人 | 188 | 0 | `volunteers/2022/1003245.9f3c21ab` |
| 参与干部人数（2022年） | 20314名 | 188 | 0 | `cadres/2022/1003245.9f3c21ab` |
| 码头数量（2022年，左岸） | 188个 | 188 | 0 | `docks.operating/2022/bank=left/1003245.9f3c21ab` |
| 绿色驿站数量（2022年） | 423个 | 188 | 3 | `stations/2022/1003245.9f3c21ab` |
| 关停码头数量（2022年，左岸） | 6个 | 188 | 0 | `docks.closed/2022/bank=left/1003245.9f3c21ab` |
| 码头数量（2022年，右岸） | 94个 | 188 | 0 | `docks.operating/2022/bank=right/1003245.9f3c21ab` |
| 关停码头数量（2022年，右岸） | 6个 | 188 | 0 | `docks.closed/2022/bank=right/1003245.9f3c21ab` |
| 关停码头数量（2022年） | 12个 | 188 | 0 | `docks.closed/2022/1003245.9f3c21ab` |
| 码头数量（2021年，左岸） | 291个 | 188 | 0 | `docks.operating/2021/bank=left/1003245.9f3c21ab` |
| 码头数量（2021年，右岸） | 292个 | 188 | 0 | `docks.operating/2021/bank=right/1003245.9f3c21ab` |
| 江滩公园面积（2022年） | 7400000.000000平方米 | 188 | 0 | `parks.area/2022/1003245.9f3c21ab` |
| 码头数量（2021年） | 583个 | 188 | 0 | `docks.operating/2021/1003245.9f3c21ab` |

文中数值由台账快照1003245按指标定义jiangcheng（9f9f9f9f9f9f9f9f）计算。
"#);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (first, second) = (document(WORK_REPORT), document(WORK_REPORT));
    assert_eq!(docx(&first), docx(&second));
    assert_eq!(html(&first), html(&second));
    assert_eq!(markdown(&first), markdown(&second));
}

#[test]
fn every_output_says_what_it_is() {
    let document = document(WORK_REPORT);
    let main = part(&docx(&document), "word/document.xml");
    for text in [main, html(&document), markdown(&document)] {
        assert!(text.contains("演示数据：由种子生成的虚构城市"));
        assert!(text.contains("1003245") && text.contains("9f9f9f9f9f9f9f9f"));
    }
}

#[test]
fn traditional_and_english() {
    let traditional = document_with(
        &front("码头{{ fig(\"docks.operating\") }}。\n"),
        &Meta { language: Language::Traditional, ..meta() },
    );
    let page = html(&traditional.expect("sound"));
    assert!(
        page.contains("lang=\"zh-TW\"")
            && page.contains("碼頭<a class=\"figure\"")
            && page.contains(">188個</a>"),
        "{page}"
    );
    let english = document_with(
        &front("Docks: {{ fig(\"docks.operating\", bare=true) }}.\n"),
        &Meta { language: Language::English, ..meta() },
    );
    let page = html(&english.expect("sound"));
    assert!(
        page.contains("lang=\"en\"")
            && page.contains("Synthetic data")
            && page.contains("label of docks.operating (2022)")
    );
}

#[test]
fn links_lead_where_the_server_says() {
    let meta = Meta { trace_prefix: "/figures/".to_owned(), ..meta() };
    let page = html(
        &document_with(&front("{{ fig(\"docks.operating\", of=\"district=汉阳\") }}\n"), &meta)
            .expect("sound"),
    );
    assert!(
        page.contains("href=\"/figures/docks.operating/2022/district=%E6%B1%89%E9%98%B3/1003245.9f3c21ab\""),
        "{page}"
    );
}

#[test]
fn a_page_asks_for_nothing_outside() {
    let page = html(&document(WORK_REPORT));
    let links = page.match_indices("href=\"").map(|(at, _)| &page[at + 6..at + 12]);
    assert!(links.clone().all(|link| link == "#trace"), "{:?}", links.collect::<Vec<_>>());
    assert!(!page.contains("src=") && !page.contains("url(") && !page.contains("@import"));
    for fragment in
        page.match_indices("href=\"#").map(|(at, _)| page[at + 7..].split('"').next().unwrap_or_default())
    {
        assert!(page.contains(&format!("id=\"{fragment}\"")), "{fragment} leads nowhere");
    }
}

#[test]
fn the_page_is_that_of_the_standard() {
    let bytes = docx(&document(WORK_REPORT));
    let body = part(&bytes, "word/document.xml");
    let has = |text: &str, wanted: &str| assert!(text.contains(wanted), "{wanted}");
    // A4; 37, 26, 35 and 28 mm; 22 lines of 28 characters.
    has(&body, r#"<w:pgSz w:w="11906" w:h="16838"/>"#);
    has(&body, r#"w:top="2098" w:right="1474" w:bottom="1984" w:left="1587""#);
    has(&body, r#"<w:docGrid w:type="linesAndChars" w:linePitch="579""#);
    has(&body, "<w:tblHeader/>");
    has(&part(&bytes, "word/settings.xml"), "<w:evenAndOddHeaders/>");
    has(&part(&bytes, "word/footer1.xml"), r#"w:rightChars="100""#);
    has(&part(&bytes, "word/footer2.xml"), r#"w:leftChars="100""#);
    has(&part(&bytes, "word/fontTable.xml"), r#"<w:font w:name="仿宋_GB2312"><w:altName w:val="FangSong,"#);
    has(&body, r#"<w:tag w:val="cadres/2022/1003245.9f3c21ab"/>"#);
}

#[test]
fn hostile_text_survives() {
    let nasty = "x\u{0}\u{1}\u{b}]]>&amp;<script>alert('1')</script>\"\u{202e}😀\u{fffe}";
    let shown = "x]]>&amp;<script>alert('1')</script>\"\u{202e}😀";
    let mut document = document(WORK_REPORT);
    rename(&mut document, nasty);
    let bytes = docx(&document);
    for name in [
        "word/document.xml",
        "docProps/core.xml",
        "customXml/item1.xml",
        "word/styles.xml",
        "word/settings.xml",
        "word/fontTable.xml",
        "word/footer1.xml",
        "word/footer2.xml",
        "[Content_Types].xml",
        "word/_rels/document.xml.rels",
    ] {
        well_formed(&part(&bytes, name), name);
    }
    let tags = crate::common::tags_of(&bytes);
    assert!(tags.iter().all(|(_, text)| *text == shown), "{tags:?}");
    let page = html(&document);
    assert!(!page.contains("<script") && !page.contains('\u{0}'));
}

fn rename(document: &mut Document, nasty: &str) {
    use report::{Block, Inline};
    fn each(inlines: &mut [Inline], nasty: &str) {
        for inline in inlines {
            match inline {
                Inline::Text(text) => *text = nasty.to_owned(),
                Inline::Figure { shown, .. } => *shown = nasty.to_owned(),
                Inline::Strong(inner) | Inline::Emphasis(inner) => each(inner, nasty),
                Inline::Break => {}
            }
        }
    }
    document.title = nasty.to_owned();
    document.signature.issuer = Some(nasty.to_owned());
    for figure in &mut document.figures {
        figure.label = nasty.to_owned();
    }
    for block in &mut document.blocks {
        match block {
            Block::Heading { text, .. } | Block::Paragraph(text) | Block::Item { text, .. } => {
                each(text, nasty)
            }
            Block::Table(table) => table.rows.iter_mut().flatten().for_each(|cell| each(cell, nasty)),
            Block::Chart(chart) => {
                chart.title = nasty.to_owned();
                chart.points.iter_mut().for_each(|point| point.label = nasty.to_owned());
                chart.table.rows.iter_mut().flatten().for_each(|cell| each(cell, nasty));
            }
        }
    }
}

/// One part of a zip file, as text.
pub fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a zip file");
    let mut text = String::new();
    archive.by_name(name).expect(name).read_to_string(&mut text).expect("text");
    text
}

/// The text parses, and holds only characters that XML 1.0 allows.
fn well_formed(text: &str, name: &str) {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => panic!("{name}: {error}"),
        }
    }
    assert!(!text.chars().any(|character| matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}')), "{name}");
}
