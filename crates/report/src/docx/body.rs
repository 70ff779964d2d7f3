//! The text of the document: paragraphs, content controls, tables, pictures.

use std::fmt::Write;

use super::page::{CHARACTER, KAI, NAMESPACES, TEXT_WIDTH, fonts, section};
use super::tags::{BOOKMARK, Tags};
use crate::document::{Block, Chart, Document, Inline, Signature, Table};
use chart::{Drawing, escape};

const DRAWING_NAMESPACES: &str = r#"xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture""#;

/// The main part.
pub(super) fn document_xml(document: &Document, tags: &Tags, pictures: &[Drawing]) -> String {
    let mut writer =
        Writer { out: String::with_capacity(1 << 16), document, tags, controls: 0, pictures, drawn: 0 };
    let out = &mut writer.out;
    let _ = write!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:document {NAMESPACES} {DRAWING_NAMESPACES}><w:body>"
    );
    for line in document.title.lines() {
        writer.text_paragraph("Title", line);
    }
    if let Some(notice) = &document.notice {
        writer.text_paragraph("Notice", notice);
    }
    writer.empty_line();
    let signed = document.signature.issuer.is_some() || document.signature.date.is_some();
    for (index, block) in document.blocks.iter().enumerate() {
        // A signature never stands on a page without text. (A long paragraph breaks over pages by itself,
        // and LibreOffice would rather move all of it than its last lines.)
        let last = signed && index + 1 == document.blocks.len() && is_short(block);
        writer.block(block, if last { "<w:keepNext/>" } else { "" });
    }
    writer.signature(&document.signature);
    writer.text_paragraph("Colophon", &document.colophon);
    writer.out.push_str(&section());
    writer.out.push_str("</w:body></w:document>");
    writer.out
}

struct Writer<'a> {
    out: String,
    document: &'a Document,
    tags: &'a Tags,
    /// How many content controls there are so far; each needs a number of its own.
    controls: u32,
    pictures: &'a [Drawing],
    drawn: usize,
}

/// How a run looks.
#[derive(Clone, Copy, Default)]
struct Look {
    strong: bool,
    emphasis: bool,
}

/// Whether the block is of five lines or fewer.
fn is_short(block: &Block) -> bool {
    fn width(text: &[Inline]) -> usize {
        text.iter()
            .map(|inline| match inline {
                Inline::Text(text) | Inline::Figure { shown: text, .. } => text.chars().count(),
                Inline::Strong(inner) | Inline::Emphasis(inner) => width(inner),
                Inline::Break => 28,
            })
            .sum()
    }
    match block {
        Block::Paragraph(text) | Block::Item { text, .. } => width(text) <= 5 * 28,
        _ => false,
    }
}

/// Whether Word would set the character in the Latin font unless told otherwise: quotation marks, dashes,
/// dots, and signs that exist in both scripts.
fn is_ambiguous(character: char) -> bool {
    matches!(character, '\u{b0}'..='\u{d7}' | '\u{f7}' | '\u{2010}'..='\u{203b}' | '\u{2103}'..='\u{22ff}' | '\u{2460}'..='\u{24ff}')
}

impl Writer<'_> {
    fn block(&mut self, block: &Block, properties: &str) {
        match block {
            Block::Heading { level, text } => {
                let style =
                    ["Heading1", "Heading2", "Heading3", "Heading4"][usize::from(level.clamp(&1, &4) - 1)];
                self.paragraph(style, "", text);
            }
            Block::Paragraph(text) => self.paragraph("BodyText", properties, text),
            Block::Item { number, text } => {
                let mark = number.map_or_else(|| "· ".to_owned(), |number| format!("{number}. "));
                self.open_paragraph("BodyText", properties);
                self.run(&mark, Look::default());
                self.inlines(text, Look::default());
                self.out.push_str("</w:p>");
            }
            Block::Table(table) => self.table(table),
            Block::Chart(chart) => self.chart(chart),
        }
    }

    fn paragraph(&mut self, style: &str, properties: &str, text: &[Inline]) {
        self.open_paragraph(style, properties);
        self.inlines(text, Look::default());
        self.out.push_str("</w:p>");
    }

    fn text_paragraph(&mut self, style: &str, text: &str) {
        self.open_paragraph(style, "");
        self.run(text, Look::default());
        self.out.push_str("</w:p>");
    }

    fn empty_line(&mut self) {
        self.open_paragraph("BodyText", "");
        self.out.push_str("</w:p>");
    }

    fn open_paragraph(&mut self, style: &str, properties: &str) {
        let _ = write!(self.out, r#"<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>"#);
    }

    fn inlines(&mut self, text: &[Inline], look: Look) {
        for inline in text {
            match inline {
                Inline::Text(text) => self.run(text, look),
                Inline::Strong(inner) => self.inlines(inner, Look { strong: true, ..look }),
                Inline::Emphasis(inner) => self.inlines(inner, Look { emphasis: true, ..look }),
                Inline::Break => self.out.push_str("<w:r><w:br/></w:r>"),
                Inline::Figure { figure, shown } => self.figure(*figure, shown, look),
            }
        }
    }

    fn run(&mut self, text: &str, look: Look) {
        self.out.push_str("<w:r>");
        self.properties(look, text.contains(is_ambiguous));
        self.out.push_str(r#"<w:t xml:space="preserve">"#);
        self.out.push_str(&escape(text));
        self.out.push_str("</w:t></w:r>");
    }

    fn properties(&mut self, look: Look, chinese: bool) {
        if !(look.strong || look.emphasis || chinese) {
            return;
        }
        self.out.push_str("<w:rPr>");
        if look.emphasis {
            self.out.push_str(&fonts(KAI));
        } else if chinese {
            self.out.push_str(r#"<w:rFonts w:hint="eastAsia"/>"#);
        }
        if look.strong {
            self.out.push_str("<w:b/><w:bCs/>");
        }
        self.out.push_str("</w:rPr>");
    }

    /// A figure: its tag is its identity, its alias what a reader of Word sees when pointing at it.
    ///
    /// The hidden bookmark around it names its place in the list of tags, for programs that drop tags
    /// (LibreOffice 7.4 does). The control is not declared plain text (`w:text`): LibreOffice 7.4 would
    /// write such a text three times.
    fn figure(&mut self, figure: usize, shown: &str, look: Look) {
        self.controls += 1;
        let alias = self.document.figures.get(figure).map_or("", |cited| cited.label.as_str());
        let alias: String = alias.chars().take(60).collect();
        let _ = write!(
            self.out,
            r#"<w:bookmarkStart w:id="{id}" w:name="{BOOKMARK}{id}_{figure}"/><w:sdt><w:sdtPr><w:alias w:val="{alias}"/><w:tag w:val="{tag}"/><w:id w:val="{id}"/></w:sdtPr><w:sdtContent>"#,
            id = self.controls,
            alias = escape(&alias),
            tag = escape(self.tags.tag(figure)),
        );
        self.run(shown, look);
        let _ = write!(self.out, r#"</w:sdtContent></w:sdt><w:bookmarkEnd w:id="{}"/>"#, self.controls);
    }

    fn table(&mut self, table: &Table) {
        if let Some(caption) = &table.caption {
            self.text_paragraph("Caption", caption);
        }
        if let Some(unit) = &table.unit {
            self.text_paragraph("TableUnit", unit);
        }
        self.out.push_str(concat!(
            r#"<w:tbl><w:tblPr><w:tblW w:w="8845" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>"#,
            r#"<w:top w:val="single" w:sz="8" w:space="0" w:color="000000"/><w:left w:val="single" w:sz="4" w:space="0" w:color="000000"/>"#,
            r#"<w:bottom w:val="single" w:sz="8" w:space="0" w:color="000000"/><w:right w:val="single" w:sz="4" w:space="0" w:color="000000"/>"#,
            r#"<w:insideH w:val="single" w:sz="4" w:space="0" w:color="000000"/><w:insideV w:val="single" w:sz="4" w:space="0" w:color="000000"/>"#,
            r#"</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>"#
        ));
        let widths = widths(table);
        for width in &widths {
            let _ = write!(self.out, r#"<w:gridCol w:w="{width}"/>"#);
        }
        self.out.push_str("</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
        for (column, width) in table.columns.iter().zip(&widths) {
            self.cell(*width, "center", &[Inline::Strong(column.head.clone())]);
        }
        self.out.push_str("</w:tr>");
        for row in &table.rows {
            self.out.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
            for ((cell, column), width) in row.iter().zip(&table.columns).zip(&widths) {
                self.cell(*width, if column.numeric { "right" } else { "left" }, cell);
            }
            self.out.push_str("</w:tr>");
        }
        self.out.push_str("</w:tbl>");
        self.text_paragraph("TableFoot", table.foot.as_deref().unwrap_or(""));
    }

    fn cell(&mut self, width: u32, align: &str, text: &[Inline]) {
        let _ = write!(
            self.out,
            r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>"#
        );
        self.paragraph("TableText", &format!(r#"<w:jc w:val="{align}"/>"#), text);
        self.out.push_str("</w:tc>");
    }

    fn chart(&mut self, chart: &Chart) {
        let Some(picture) = self.pictures.get(self.drawn) else { return };
        self.drawn += 1;
        let number = self.drawn;
        // English Metric Units: 360 a hundredth of a millimetre.
        let (width, height) = (i64::from(picture.width) * 360, i64::from(picture.height) * 360);
        let said: Vec<String> =
            chart.points.iter().map(|point| format!("{} {}", point.label, point.shown)).collect();
        let (name, described) = (escape(&chart.title).into_owned(), said.join("；"));
        let described = escape(&described).into_owned();
        self.open_paragraph("Picture", "");
        let _ = write!(
            self.out,
            concat!(
                r#"<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>"#,
                r#"<wp:docPr id="{number}" name="{name}" descr="{described}"/>"#,
                r#"<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">"#,
                r#"<pic:pic><pic:nvPicPr><pic:cNvPr id="{number}" name="chart{number}.emf"/><pic:cNvPicPr/></pic:nvPicPr>"#,
                r#"<pic:blipFill><a:blip r:embed="rIdChart{number}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>"#,
                r#"<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>"#,
                r#"</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"#
            ),
            width = width,
            height = height,
            number = number,
            name = name,
            described = described
        );
        self.table(&chart.table);
    }

    /// 发文机关署名 and 成文日期 of a paper without a seal: the issuer two characters from the right, the
    /// date beginning two characters right of where the issuer begins; if the date is the longer one, the
    /// date stands two from the right and the issuer moves left.
    fn signature(&mut self, signature: &Signature) {
        if signature.issuer.is_none() && signature.date.is_none() {
            return;
        }
        self.open_paragraph("BodyText", "<w:keepNext/>");
        self.out.push_str("</w:p>");
        // Where each line begins, in hundredths of a character. Measured from the left, so that the date
        // stands right under the issuer whatever font the digits get.
        let length = |text: &Option<String>| text.as_deref().map_or(0, |text| chart::text_width(text, 100));
        let (issuer, date) = (length(&signature.issuer), length(&signature.date));
        let end = 2_600;
        let (issuer_at, date_at) = if date > issuer || signature.issuer.is_none() {
            (end - date - 200, end - date)
        } else {
            (end - issuer, end - issuer + 200)
        };
        for (text, at) in [(&signature.issuer, issuer_at), (&signature.date, date_at)] {
            if let Some(text) = text {
                let left = at.max(0).cast_unsigned() * CHARACTER / 100;
                self.open_paragraph(
                    "Signature",
                    &format!(r#"<w:ind w:left="{left}" w:firstLineChars="0" w:firstLine="0"/>"#),
                );
                self.run(text, Look::default());
                self.out.push_str("</w:p>");
            }
        }
    }
}

/// The columns' widths: the first, which names the rows, half as wide again as the others.
fn widths(table: &Table) -> Vec<u32> {
    let count = u32::try_from(table.columns.len()).unwrap_or(u32::MAX).max(1);
    let share = TEXT_WIDTH * 2 / (count.saturating_mul(2).saturating_add(1));
    let mut widths = vec![share; table.columns.len()];
    if let Some(first) = widths.first_mut() {
        *first = TEXT_WIDTH.saturating_sub(share.saturating_mul(count - 1));
    }
    widths
}
