//! A document as Markdown, for review in a version control system: figures are links to their
//! identity, and a list at the end says what they are.

use std::fmt::Write;

use crate::document::{Block, Document, Inline, Table};
use crate::html::address;

/// The whole text.
pub fn markdown(document: &Document) -> String {
    let mut out = String::new();
    let title: Vec<_> = document.title.lines().map(escape).collect();
    let _ = writeln!(out, "# {}\n", title.join(""));
    if let Some(notice) = &document.notice {
        let _ = writeln!(out, "*{}*\n", escape(notice));
    }
    let mut blocks = document.blocks.iter().peekable();
    while let Some(block) = blocks.next() {
        match block {
            Block::Heading { level, text } => {
                let _ = writeln!(out, "{} {}\n", "#".repeat(usize::from(*level) + 1), line(document, text));
            }
            Block::Paragraph(text) => {
                let _ = writeln!(out, "{}\n", line(document, text));
            }
            Block::Item { number, text } => {
                let mark = number.map_or_else(|| "-".to_owned(), |number| format!("{number}."));
                let _ = writeln!(out, "{mark} {}", line(document, text));
                if !matches!(blocks.peek(), Some(Block::Item { .. })) {
                    out.push('\n');
                }
            }
            Block::Table(table) => self::table(&mut out, document, table),
            Block::Chart(chart) => {
                let _ = writeln!(out, "**{}**（{}）\n", escape(&chart.title), escape(&chart.subtitle));
                self::table(&mut out, document, &chart.table);
                let _ = writeln!(out, "*{}*\n", escape(&chart.foot));
            }
        }
    }
    for text in [&document.signature.issuer, &document.signature.date].into_iter().flatten() {
        let _ = writeln!(out, "{}\n", escape(text));
    }
    if !document.figures.is_empty() {
        appendix(&mut out, document);
    }
    let _ = writeln!(out, "{}", escape(&document.colophon));
    out
}

fn table(out: &mut String, document: &Document, table: &Table) {
    if let Some(caption) = &table.caption {
        let unit = table.unit.as_ref().map(|unit| format!("（{}）", escape(unit))).unwrap_or_default();
        let _ = writeln!(out, "**{}**{unit}\n", escape(caption));
    }
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    out.push_str(&row(table.columns.iter().map(|column| cell(document, &column.head)).collect()));
    let rules = table.columns.iter().map(|column| if column.numeric { "---:" } else { "---" }.to_owned());
    out.push_str(&row(rules.collect()));
    for cells in &table.rows {
        out.push_str(&row(cells.iter().map(|text| cell(document, text)).collect()));
    }
    out.push('\n');
    if let Some(foot) = &table.foot {
        let _ = writeln!(out, "*{}*\n", escape(foot));
    }
}

fn appendix(out: &mut String, document: &Document) {
    let words = &document.words;
    let _ = writeln!(out, "---\n\n## {}\n\n{}\n", words.appendix, words.appendix_note);
    let _ = writeln!(
        out,
        "| {} | {} | {} | {} | {} |",
        words.definition, words.figure, words.rows, words.pending, words.identity
    );
    out.push_str("| --- | ---: | ---: | ---: | --- |\n");
    for cited in &document.figures {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | `{}` |",
            escape(&cited.label),
            escape(&cited.value),
            cited.rows,
            cited.pending,
            cited.id.replace('`', "").replace('|', "\\|")
        );
    }
    out.push('\n');
}

fn cell(document: &Document, text: &[Inline]) -> String {
    line(document, text).replace("\\\n", " ")
}

fn line(document: &Document, text: &[Inline]) -> String {
    let mut out = String::new();
    for inline in text {
        match inline {
            Inline::Text(text) => out.push_str(&escape(text)),
            Inline::Strong(inner) => {
                let _ = write!(out, "**{}**", line(document, inner));
            }
            Inline::Emphasis(inner) => {
                let _ = write!(out, "*{}*", line(document, inner));
            }
            Inline::Break => out.push_str("\\\n"),
            Inline::Figure { figure, shown } => match document.figures.get(*figure) {
                Some(cited) => {
                    // In angle brackets, a destination may hold brackets and Chinese characters.
                    let target: String = address(&document.trace_prefix, &cited.id)
                        .chars()
                        .filter(|character| !matches!(character, '<' | '>' | '\n' | '\r'))
                        .collect();
                    let _ = write!(out, "[{}](<{}>)", escape(shown), target.replace('|', "%7C"));
                }
                None => out.push_str(&escape(shown)),
            },
        }
    }
    out
}

/// The text with everything that Markdown would read as mark-up escaped, on one line.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, character) in text.chars().enumerate() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '&' | '#' | '~' => {
                out.push('\\');
                out.push(character);
            }
            // These mean something at the beginning of a line only.
            '-' | '+' | '=' if index == 0 => {
                out.push('\\');
                out.push(character);
            }
            '\n' | '\r' => out.push(' '),
            character if character.is_control() => {}
            other => out.push(other),
        }
    }
    out
}
