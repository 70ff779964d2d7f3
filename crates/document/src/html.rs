//! HTML, however it is written: blocks are lines, innermost tables are tables.
//!
//! The tokens of WHATWG's HTML are read, without building a tree: text needs none, and so no nesting is too deep. Old
//! pages lay themselves out with tables; a table that holds another is such a layout, and its cells are blocks.

use std::collections::BTreeMap;

use html5gum::{DefaultEmitter, StringReader, Token, Tokenizer};

use crate::build::Builder;
use crate::{Document, DocumentError, link};

/// The most columns and rows that a cell may span, as browsers have it.
const MOST_COLUMNS: usize = 1000;
const MOST_ROWS: usize = 65_534;
/// The most columns in which cells that span several rows are followed.
const MOST_FOLLOWED: usize = 256;

pub(crate) fn read(text: &str) -> Result<Document, DocumentError> {
    let mut out = Builder::new();
    read_into(&mut out, text);
    Ok(out.finish()?.0)
}

/// Reads a page, or a piece of one, into a document that is being built.
pub(crate) fn read_into(out: &mut Builder, text: &str) {
    let mut page = Page {
        out,
        layouts: layouts(text),
        tables: 0,
        open: Vec::new(),
        spans: Spans::default(),
        skipping: None,
        preformatted: 0,
        link: None,
    };
    for Ok(token) in tokens(text) {
        match token {
            Token::StartTag(tag) => {
                let get = |name: &str| {
                    tag.attributes
                        .get(name.as_bytes())
                        .map(|value| String::from_utf8_lossy(value).into_owned())
                };
                page.start(&String::from_utf8_lossy(&tag.name), tag.self_closing, &get);
            }
            Token::EndTag(tag) => page.end(&String::from_utf8_lossy(&tag.name)),
            Token::String(text) => page.text(&String::from_utf8_lossy(&text)),
            _ => {}
        }
    }
    // What is left out ends with the page, or no table below would.
    page.skipping = None;
    page.end_link();
    while !page.open.is_empty() {
        page.end("table");
    }
}

fn tokens(text: &str) -> Tokenizer<StringReader<'_>, DefaultEmitter> {
    let mut emitter = DefaultEmitter::default();
    // Scripts, styles and titles are not read as mark-up.
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(text, emitter)
}

/// Which tables, in order, hold another.
fn layouts(text: &str) -> Vec<bool> {
    let mut layouts: Vec<bool> = Vec::new();
    let mut open = Vec::new();
    for Ok(token) in tokens(text) {
        match token {
            Token::StartTag(tag) if tag.name.as_slice() == b"table" => {
                if let Some(outer) = open.last() {
                    layouts[*outer] = true;
                }
                open.push(layouts.len());
                layouts.push(false);
            }
            Token::EndTag(tag) if tag.name.as_slice() == b"table" => {
                open.pop();
            }
            _ => {}
        }
    }
    layouts
}

struct Page<'a> {
    out: &'a mut Builder,
    layouts: Vec<bool>,
    /// How many tables have begun.
    tables: usize,
    /// The tables that are open, and whether each is a layout.
    open: Vec<bool>,
    spans: Spans,
    /// What is left out until it ends, and how often it is open.
    skipping: Option<(String, usize)>,
    preformatted: usize,
    /// A figure's link: its place in the order, its beginning, its identity.
    link: Option<(usize, usize, String)>,
}

impl Page<'_> {
    fn start(&mut self, name: &str, closed: bool, get: &dyn Fn(&str) -> Option<String>) {
        let table = name == "table";
        self.tables += usize::from(table);
        if let Some((skipped, times)) = &mut self.skipping {
            *times += usize::from(skipped == name && !closed);
            return;
        }
        match name {
            "title" | "script" | "style" | "template" | "svg" | "noscript" | "iframe" | "noembed"
            | "noframes" | "object" | "rt" | "rp"
                if !closed =>
            {
                self.skipping = Some((name.to_owned(), 1));
            }
            "br" | "wbr" => self.line_break(name),
            "a" => {
                self.end_link();
                let figure = get("href").and_then(|address| link::figure(&address));
                self.link = figure.map(|figure| (self.out.reserve_tag(), self.out.mark(), figure));
            }
            "table" => {
                let layout = self.layouts.get(self.tables - 1).copied().unwrap_or(true);
                self.open.push(layout);
                self.spans = Spans::default();
                if layout { self.out.end_block() } else { self.out.open_table() }
            }
            "tr" if self.in_table() => {
                self.end_row();
                self.spans.row = true;
                self.out.open_row();
            }
            "td" | "th" if self.in_table() => {
                let number = |name: &str| get(name).and_then(|value| value.trim().parse::<usize>().ok());
                let columns = number("colspan").unwrap_or(1).clamp(1, MOST_COLUMNS);
                let rows = match number("rowspan") {
                    Some(0) => MOST_ROWS,
                    rows => rows.unwrap_or(1).min(MOST_ROWS),
                };
                self.spans.row = true;
                self.spans.cover(self.out, None);
                self.out.open_cell();
                self.out.columns(columns);
                self.spans.add(columns, rows);
            }
            "thead" | "tbody" | "tfoot" if self.in_table() => {
                self.end_row();
                self.spans = Spans::default();
            }
            "pre" | "textarea" => {
                self.preformatted += 1;
                self.out.end_block();
            }
            _ if is_block(name) => self.out.end_block(),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        if let Some((skipped, times)) = &mut self.skipping {
            if skipped == name {
                *times -= 1;
                if *times == 0 {
                    self.skipping = None;
                }
            }
            return;
        }
        match name {
            "a" => self.end_link(),
            "table" => {
                if self.in_table() {
                    self.end_row();
                    self.out.close_table();
                } else {
                    self.out.end_block();
                }
                self.open.pop();
            }
            "td" | "th" if self.in_table() => self.out.close_cell(),
            "tr" | "thead" | "tbody" | "tfoot" if self.in_table() => self.end_row(),
            "pre" | "textarea" => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.out.end_block();
            }
            "p" | "br" => self.line_break(name),
            _ if is_block(name) => self.out.end_block(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.skipping.is_some() {
            return;
        }
        if self.preformatted > 0 {
            for (index, line) in text.split('\n').enumerate() {
                if index > 0 {
                    self.out.end_block();
                }
                self.out.push(&line.replace('\t', " "));
            }
            return;
        }
        let mut rest = text;
        while !rest.is_empty() {
            let word = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
            let blanks = &rest[..rest.len() - word.len()];
            if blanks.contains('\n') {
                self.out.soft_blank();
            } else if !blanks.is_empty() {
                self.out.blank();
            }
            let end = word.find(|c: char| c.is_ascii_whitespace()).unwrap_or(word.len());
            self.out.push(&word[..end]);
            rest = &word[end..];
        }
    }

    fn line_break(&mut self, name: &str) {
        match name {
            "br" => self.out.blank(),
            "p" => self.out.end_block(),
            _ => {}
        }
    }

    fn end_link(&mut self) {
        if let Some((reserved, begin, figure)) = self.link.take() {
            let end = self.out.end();
            self.out.tag(reserved, begin.min(end)..end, Some(figure));
        }
    }

    fn end_row(&mut self) {
        if std::mem::take(&mut self.spans.row) {
            self.spans.cover(self.out, Some(()));
            self.spans.end_row();
        }
        self.out.close_row();
    }

    fn in_table(&self) -> bool {
        self.open.last() == Some(&false)
    }
}

/// The cells of earlier rows that reach into the row, by column: how many rows are left, and their columns. They
/// stand in the row as empty cells, so that columns are counted alike in every row.
#[derive(Default)]
struct Spans {
    reaching: BTreeMap<usize, (usize, usize)>,
    begun: Vec<(usize, usize, usize)>,
    /// The next column of the row.
    column: usize,
    /// Whether a row is open.
    row: bool,
}

impl Spans {
    /// Writes the cells that stand here; to the end of the row, or until a column is free.
    fn cover(&mut self, out: &mut Builder, to_the_end: Option<()>) {
        while let Some((column, (_, columns))) = self.reaching.range(self.column..).next() {
            if to_the_end.is_none() && *column > self.column {
                return;
            }
            out.open_cell();
            out.columns(*columns);
            out.close_cell();
            self.column = column + columns;
        }
    }

    fn add(&mut self, columns: usize, rows: usize) {
        if rows > 1 && self.column < MOST_FOLLOWED {
            self.begun.push((self.column, rows - 1, columns));
        }
        self.column = self.column.saturating_add(columns);
    }

    fn end_row(&mut self) {
        self.reaching.retain(|_, (rows, _)| {
            *rows -= 1;
            *rows > 0
        });
        self.reaching.extend(self.begun.drain(..).map(|(column, rows, columns)| (column, (rows, columns))));
        self.column = 0;
    }
}

fn is_block(name: &str) -> bool {
    const BLOCKS: &[&str] = &[
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "option",
        "p",
        "search",
        "section",
        "select",
        "summary",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ];
    BLOCKS.binary_search(&name).is_ok()
}
