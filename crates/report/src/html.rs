//! A document as one HTML file: no outside requests, light and dark, a clean A4 page when printed.
//!
//! Every figure is a link. With the usual prefix `#trace-` it leads to the appendix of the same page,
//! which tells its identity, definition, rows and snapshot; a server gives another prefix.

use std::fmt::Write;

use crate::document::{Block, Chart, CitedFigure, Document, Inline, Table};
use chart::escape;

const STYLE: &str = include_str!("html.css");

/// The whole page.
pub fn html(document: &Document) -> String {
    let title = escape(&document.title).replace("&#10;", "");
    let mut out = String::with_capacity(1 << 15);
    let _ = write!(
        out,
        concat!(
            "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n",
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n",
            "<meta name=\"generator\" content=\"Qingyuan\">\n<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        ),
        language = document.language,
        title = title,
        style = STYLE
    );
    out.push_str(&html_body(document));
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

/// The report and its appendix alone, for a page that brings its own head and styles.
pub fn html_body(document: &Document) -> String {
    let mut writer = Writer { out: String::with_capacity(1 << 15), document, list: None };
    writer.out.push_str("<article>\n");
    writer.head();
    for block in &document.blocks {
        writer.block(block);
    }
    writer.close_list();
    writer.foot();
    writer.appendix();
    writer.out
}

struct Writer<'a> {
    out: String,
    document: &'a Document,
    /// The list that is open: `ol` or `ul`.
    list: Option<&'static str>,
}

impl Writer<'_> {
    fn head(&mut self) {
        let lines: Vec<_> = self.document.title.lines().map(escape).collect();
        let _ = writeln!(self.out, "<h1>{}</h1>", lines.join("<br>"));
        if let Some(notice) = &self.document.notice {
            let _ = writeln!(self.out, "<p class=\"notice\">{}</p>", escape(notice));
        }
    }

    fn block(&mut self, block: &Block) {
        if let Block::Item { number, text } = block {
            let kind = if number.is_some() { "ol" } else { "ul" };
            if self.list != Some(kind) {
                self.close_list();
                let start = number.map_or(String::new(), |number| format!(" start=\"{number}\""));
                let _ = writeln!(self.out, "<{kind}{start}>");
                self.list = Some(kind);
            }
            self.element("li", text);
            return;
        }
        self.close_list();
        match block {
            Block::Heading { level, text } => {
                let tag = ["h2", "h3", "h4", "h5"][usize::from(level.clamp(&1, &4) - 1)];
                self.element(tag, text);
            }
            Block::Paragraph(text) => self.element("p", text),
            Block::Table(table) => self.table(table),
            Block::Chart(chart) => self.chart(chart),
            Block::Item { .. } => {}
        }
    }

    fn close_list(&mut self) {
        if let Some(kind) = self.list.take() {
            let _ = writeln!(self.out, "</{kind}>");
        }
    }

    fn element(&mut self, tag: &str, text: &[Inline]) {
        let _ = write!(self.out, "<{tag}>");
        self.inlines(text);
        let _ = writeln!(self.out, "</{tag}>");
    }

    fn inlines(&mut self, text: &[Inline]) {
        for inline in text {
            match inline {
                Inline::Text(text) => self.out.push_str(&escape(text)),
                Inline::Strong(inner) => self.wrapped("strong", inner),
                Inline::Emphasis(inner) => self.wrapped("em", inner),
                Inline::Break => self.out.push_str("<br>"),
                Inline::Figure { figure, shown } => self.figure(*figure, shown),
            }
        }
    }

    fn wrapped(&mut self, tag: &str, inner: &[Inline]) {
        let _ = write!(self.out, "<{tag}>");
        self.inlines(inner);
        let _ = write!(self.out, "</{tag}>");
    }

    fn figure(&mut self, figure: usize, shown: &str) {
        let Some(cited) = self.document.figures.get(figure) else {
            self.out.push_str(&escape(shown));
            return;
        };
        let title = self.describe(cited);
        let _ = write!(
            self.out,
            "<a class=\"figure\" href=\"{}\" title=\"{}\">{}</a>",
            escape(&address(&self.document.trace_prefix, &cited.id)),
            escape(&title),
            escape(shown)
        );
    }

    /// 码头数量（2022年）：188个；计入行数 188；快照 1003245.
    fn describe(&self, cited: &CitedFigure) -> String {
        let words = &self.document.words;
        let mut out = format!("{}: {}; {} {}", cited.label, cited.value, words.rows, cited.rows);
        if cited.pending > 0 {
            let _ = write!(out, "; {} {}", words.pending, cited.pending);
        }
        let _ = write!(out, "; {} {}", words.snapshot, cited.known_at);
        out
    }

    fn table(&mut self, table: &Table) {
        self.out.push_str("<div class=\"table\"><table>\n");
        if table.caption.is_some() || table.unit.is_some() {
            self.out.push_str("<caption>");
            self.out.push_str(&table.caption.as_deref().map(escape).unwrap_or_default());
            if let Some(unit) = &table.unit {
                let _ = write!(self.out, "<span class=\"unit\">{}</span>", escape(unit));
            }
            self.out.push_str("</caption>\n");
        }
        self.out.push_str("<thead><tr>");
        for column in &table.columns {
            let class = if column.numeric { " class=\"number\"" } else { "" };
            let _ = write!(self.out, "<th scope=\"col\"{class}>");
            self.inlines(&column.head);
            self.out.push_str("</th>");
        }
        self.out.push_str("</tr></thead>\n<tbody>\n");
        for row in &table.rows {
            self.out.push_str("<tr>");
            for (index, (cell, column)) in row.iter().zip(&table.columns).enumerate() {
                let (open, close) = match (index, column.numeric) {
                    (0, false) => ("<th scope=\"row\">", "</th>"),
                    (_, true) => ("<td class=\"number\">", "</td>"),
                    (_, false) => ("<td>", "</td>"),
                };
                self.out.push_str(open);
                self.inlines(cell);
                self.out.push_str(close);
            }
            self.out.push_str("</tr>\n");
        }
        self.out.push_str("</tbody>\n</table>\n");
        if let Some(foot) = &table.foot {
            let _ = writeln!(self.out, "<p class=\"source\">{}</p>", escape(foot));
        }
        self.out.push_str("</div>\n");
    }

    fn chart(&mut self, chart: &Chart) {
        let picture = chart::svg(&chart.picture(), &format!("{}，{}", chart.title, chart.subtitle));
        let _ = write!(
            self.out,
            "<figure>\n{picture}\n<details><summary>{}</summary>\n",
            escape(&self.document.words.data_table)
        );
        self.table(&chart.table);
        self.out.push_str("</details>\n</figure>\n");
    }

    fn foot(&mut self) {
        let signature = &self.document.signature;
        if signature.issuer.is_some() || signature.date.is_some() {
            self.out.push_str("<p class=\"signature\">");
            let lines: Vec<_> =
                [&signature.issuer, &signature.date].into_iter().flatten().map(|line| escape(line)).collect();
            self.out.push_str(&lines.join("<br>"));
            self.out.push_str("</p>\n");
        }
        self.out.push_str("</article>\n");
    }

    /// Every cited figure, with what is needed to find and to recompute it.
    fn appendix(&mut self) {
        let words = &self.document.words;
        if !self.document.figures.is_empty() {
            let _ = write!(
                self.out,
                concat!(
                    "<section class=\"appendix\" aria-labelledby=\"appendix\">\n<h2 id=\"appendix\">{}</h2>\n<p>{}</p>\n<div class=\"table\"><table>\n",
                    "<thead><tr><th scope=\"col\">{}</th><th scope=\"col\" class=\"number\">{}</th><th scope=\"col\" class=\"number\">{}</th><th scope=\"col\" class=\"number\">{}</th><th scope=\"col\">{}</th></tr></thead>\n<tbody>\n"
                ),
                escape(&words.appendix),
                escape(&words.appendix_note),
                escape(&words.definition),
                escape(&words.figure),
                escape(&words.rows),
                escape(&words.pending),
                escape(&words.identity)
            );
            for cited in &self.document.figures {
                let _ = writeln!(
                    self.out,
                    "<tr id=\"trace-{}\"><th scope=\"row\">{}</th><td class=\"number\">{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td><td><code>{}</code></td></tr>",
                    escape(&cited.id),
                    escape(&cited.label),
                    escape(&cited.value),
                    cited.rows,
                    cited.pending,
                    escape(&cited.id)
                );
            }
            self.out.push_str("</tbody>\n</table></div>\n</section>\n");
        }
        let _ = writeln!(self.out, "<p class=\"colophon\">{}</p>", escape(&self.document.colophon));
    }
}

/// Where the link of a figure leads. An anchor is the identity as it stands; in a path, what a path
/// cannot hold is percent-encoded.
pub(crate) fn address(prefix: &str, id: &str) -> String {
    let mut out = prefix.to_owned();
    if prefix.starts_with('#') {
        out.push_str(id);
        return out;
    }
    for byte in id.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'=' | b'@' => {
                out.push(char::from(byte))
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
