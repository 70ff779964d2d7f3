//! Markdown: paragraphs, headings and items are lines, tables are tables.
//!
//! Strikethrough is left off on purpose: a single tilde is how ranges are written (`5~6万、7~8万`).

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::build::Builder;
use crate::{Document, DocumentError, html, link};

pub(crate) fn read(text: &str) -> Result<Document, DocumentError> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let mut out = Builder::new();
    // Links do not nest in Markdown; one is open at a time.
    let mut link: Option<(usize, usize, String)> = None;
    // Blocks of HTML come line by line and are read as one.
    let mut page: Option<String> = None;
    let mut skipped = false;
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::MetadataBlock(_)) => skipped = true,
            Event::End(TagEnd::MetadataBlock(_)) => skipped = false,
            _ if skipped => {}
            Event::Start(Tag::Table(_)) => out.open_table(),
            Event::End(TagEnd::Table) => out.close_table(),
            Event::Start(Tag::TableHead | Tag::TableRow) => out.open_row(),
            Event::End(TagEnd::TableHead | TagEnd::TableRow) => out.close_row(),
            Event::Start(Tag::TableCell) => out.open_cell(),
            Event::End(TagEnd::TableCell) => out.close_cell(),
            Event::Start(Tag::Link { dest_url, .. }) => {
                link = link::figure(&dest_url).map(|figure| (out.reserve_tag(), out.mark(), figure));
            }
            Event::End(TagEnd::Link) => {
                if let Some((reserved, begin, figure)) = link.take() {
                    let end = out.end();
                    out.tag(reserved, begin.min(end)..end, Some(figure));
                }
            }
            Event::Start(Tag::HtmlBlock) => page = Some(String::new()),
            Event::End(TagEnd::HtmlBlock) => {
                if let Some(page) = page.take() {
                    out.end_block();
                    html::read_into(&mut out, &page);
                    out.end_block();
                }
            }
            Event::Html(text) => match &mut page {
                Some(page) => page.push_str(&text),
                None => html::read_into(&mut out, &text),
            },
            Event::InlineHtml(tag) => {
                if tag.get(..3).is_some_and(|tag| tag.eq_ignore_ascii_case("<br")) {
                    out.blank();
                }
            }
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                lines(&mut out, &text);
            }
            Event::SoftBreak => out.soft_blank(),
            Event::HardBreak => out.blank(),
            Event::Start(tag) if is_block(&tag) => out.end_block(),
            Event::End(tag) if is_block_end(&tag) => out.end_block(),
            Event::Start(_) | Event::End(_) => {}
            Event::Rule => out.end_block(),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }
    Ok(out.finish()?.0)
}

/// Text of a block of code has lines; any other has none.
fn lines(out: &mut Builder, text: &str) {
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.end_block();
        }
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.contains('\t') {
            out.push(&line.replace('\t', " "));
        } else {
            out.push(line);
        }
    }
}

fn is_block(tag: &Tag<'_>) -> bool {
    !matches!(
        tag,
        Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Image { .. }
    )
}

fn is_block_end(tag: &TagEnd) -> bool {
    !matches!(
        tag,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Image
    )
}
