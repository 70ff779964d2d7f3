//! The body as headings, paragraphs, lists, tables and calls.

use std::sync::Arc;

use message::{Diagnostic, Source, Span, Text};
use pulldown_cmark::{Alignment, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::arguments::Ask;
use super::call::Call;

/// A part of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A heading, level 1 to 4.
    Heading(u8, Vec<Run>),
    /// A paragraph.
    Paragraph(Vec<Run>),
    /// An item of a list, with its number.
    Item(Option<u64>, Vec<Run>),
    /// A table that the template wrote itself: whether each column is right-aligned, then its rows,
    /// the first of which is the heading.
    Table(Vec<bool>, Vec<Vec<Vec<Run>>>),
    /// A table or chart, by the index of its call.
    Call(usize),
}

/// A run of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Run {
    Text(String),
    Strong(Vec<Run>),
    Emphasis(Vec<Run>),
    /// A figure, by the index of its call.
    Call(usize),
    Break,
}

/// Reads the body. Calls that could not be read leave no trace.
pub(super) fn read(
    source: &Arc<Source>,
    body: Span,
    calls: &[Call],
    asks: &[Option<Ask>],
    faults: &mut Vec<Diagnostic>,
) -> Vec<Part> {
    let Some(mark) = unused_character(&source.text) else {
        let message =
            Text::new("模板含有过多的私用区字符", "the template holds too many private-use characters");
        faults.push(Diagnostic::error("not-supported", source, body, message));
        return Vec::new();
    };
    let text = with_placeholders(&source.text, &body, calls, mark);
    let mut builder = Builder {
        source,
        calls,
        asks,
        faults,
        mark,
        parts: Vec::new(),
        stack: vec![Vec::new()],
        lists: Vec::new(),
        row: Vec::new(),
        rows: Vec::new(),
        columns: Vec::new(),
        soft_break: false,
        in_block: false,
    };
    for (event, range) in Parser::new_ext(&text, Options::ENABLE_TABLES).into_offset_iter() {
        builder.event(event, range.start + body.start..range.end + body.start);
    }
    builder.flush();
    builder.parts
}

/// A private-use character that the text does not hold, to mark placeholders with.
fn unused_character(text: &str) -> Option<char> {
    let (first, last) = (0xE000_u32, 0xF8FF_u32);
    let mut used = vec![false; (last - first + 1) as usize];
    for character in text.chars().map(u32::from).filter(|code| (first..=last).contains(code)) {
        used[(character - first) as usize] = true;
    }
    let free = used.iter().position(|used| !used)?;
    char::from_u32(first + u32::try_from(free).ok()?)
}

/// The body with every call replaced by `mark`, its index, `mark`, of the same length in bytes.
fn with_placeholders(text: &str, body: &Span, calls: &[Call], mark: char) -> String {
    let mut out = String::with_capacity(body.len());
    let mut at = body.start;
    for (index, call) in calls.iter().enumerate() {
        out.push_str(&text[at..call.span.start]);
        // The shortest call that can be read, `{{fig("a")}}`, leaves six digits between its marks. A
        // shorter one is faulty; filling letters keep the offsets of what follows.
        let digits = call.span.len().saturating_sub(2 * mark.len_utf8());
        let number = format!("{index:0digits$}");
        if call.body.is_some() && number.len() == digits {
            out.push(mark);
            out.push_str(&number);
            out.push(mark);
        } else {
            out.extend(std::iter::repeat_n('x', call.span.len()));
        }
        at = call.span.end;
    }
    out.push_str(&text[at..body.end]);
    // `\{{` is how a template writes the braces; Markdown itself drops the backslash.
    out
}

struct Builder<'a> {
    source: &'a Arc<Source>,
    calls: &'a [Call],
    asks: &'a [Option<Ask>],
    faults: &'a mut Vec<Diagnostic>,
    mark: char,
    parts: Vec<Part>,
    /// Open runs: the block's own, then one for each emphasis that is open.
    stack: Vec<Vec<Run>>,
    /// The next number of each open list.
    lists: Vec<Option<u64>>,
    row: Vec<Vec<Run>>,
    rows: Vec<Vec<Vec<Run>>>,
    columns: Vec<bool>,
    soft_break: bool,
    /// Whether a heading or a table's cell is open, whose runs must not become a paragraph.
    in_block: bool,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, range: Span) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) => self.text(&text),
            Event::SoftBreak => self.soft_break = true,
            Event::HardBreak => self.push(Run::Break),
            Event::Html(html) | Event::InlineHtml(html) => {
                let html = html.trim();
                if !(html.is_empty() || html.starts_with("<!--")) {
                    self.unsupported(range, Text::new("模板中不能写 HTML", "a template cannot hold HTML"));
                }
            }
            Event::Rule => self.unsupported(range, Text::new("公文不用分隔线", "a report has no rules")),
            _ => self.unsupported(range, Text::new("模板不支持这种写法", "a template cannot hold this")),
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Span) {
        match tag {
            Tag::Paragraph => {}
            Tag::Heading { level, .. } => {
                self.flush();
                self.in_block = true;
                let place = range.start..range.start + 1;
                if level == HeadingLevel::H1 {
                    self.faults.push(
                        Diagnostic::error(
                            "title-in-body",
                            self.source,
                            place,
                            Text::new(
                                "标题来自文前信息，正文不用 `#`",
                                "the title stands in the front matter, the body has no `#`",
                            ),
                        )
                        .hint(Text::new("一级标题写作 ## 一、…", "a first-level heading reads `## 一、…`")),
                    );
                } else if level == HeadingLevel::H6 {
                    self.unsupported(place, Text::new("标题至多四级", "there are four levels of headings"));
                }
            }
            Tag::List(first) => {
                self.flush();
                self.lists.push(first);
            }
            Tag::Item => self.flush(),
            Tag::Emphasis | Tag::Strong => self.stack.push(Vec::new()),
            Tag::Table(alignments) => {
                self.flush();
                self.columns = alignments.iter().map(|alignment| *alignment == Alignment::Right).collect();
            }
            Tag::TableHead | Tag::TableRow => {}
            Tag::TableCell => self.in_block = true,
            Tag::HtmlBlock => {}
            Tag::CodeBlock(_) => {
                self.flush();
                self.unsupported(range, Text::new("公文不用代码块", "a report has no code blocks"));
            }
            Tag::BlockQuote(_) => {
                self.flush();
                self.unsupported(range, Text::new("公文不用引用块", "a report has no block quotes"));
            }
            Tag::Link { .. } | Tag::Image { .. } => {
                self.unsupported(
                    range,
                    Text::new("公文中不能有链接和图片", "a report has no links or pictures"),
                );
            }
            _ => self.unsupported(range, Text::new("模板不支持这种写法", "a template cannot hold this")),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.flush(),
            TagEnd::Heading(level) => {
                let runs = self.take();
                self.in_block = false;
                self.refuse_blocks(&runs);
                let level = (level as u8).saturating_sub(1).clamp(1, 4);
                if !runs.is_empty() {
                    self.parts.push(Part::Heading(level, runs));
                }
            }
            TagEnd::Item => {
                self.flush();
                if let Some(Some(number)) = self.lists.last_mut() {
                    *number += 1;
                }
            }
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
            }
            TagEnd::Emphasis | TagEnd::Strong if self.stack.len() > 1 => {
                let runs = self.stack.pop().unwrap_or_default();
                let run = if tag == TagEnd::Strong { Run::Strong(runs) } else { Run::Emphasis(runs) };
                self.push(run);
            }
            TagEnd::TableCell => {
                let runs = self.take();
                self.in_block = false;
                self.refuse_blocks(&runs);
                self.row.push(runs);
            }
            TagEnd::TableHead | TagEnd::TableRow => {
                let mut row = std::mem::take(&mut self.row);
                row.resize(self.columns.len(), Vec::new());
                self.rows.push(row);
            }
            TagEnd::Table => {
                let rows = std::mem::take(&mut self.rows);
                self.parts.push(Part::Table(std::mem::take(&mut self.columns), rows));
            }
            _ => {}
        }
    }

    /// Ends the open paragraph or item, if it holds anything.
    fn flush(&mut self) {
        if self.in_block {
            return;
        }
        let runs = self.take();
        if runs.is_empty() {
            return;
        }
        if let [Run::Call(call)] = runs.as_slice()
            && matches!(self.asks[*call], Some(Ask::Table(_) | Ask::Chart(_)))
        {
            self.parts.push(Part::Call(*call));
            return;
        }
        self.refuse_blocks(&runs);
        self.parts.push(match self.lists.last() {
            Some(number) => Part::Item(*number, runs),
            None => Part::Paragraph(runs),
        });
    }

    fn take(&mut self) -> Vec<Run> {
        self.soft_break = false;
        self.stack.truncate(1);
        self.stack.first_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Tables and charts stand by themselves.
    fn refuse_blocks(&mut self, runs: &[Run]) {
        for run in runs {
            match run {
                Run::Strong(inner) | Run::Emphasis(inner) => self.refuse_blocks(inner),
                Run::Call(call) if !matches!(self.asks[*call], None | Some(Ask::Figure(_))) => {
                    let message =
                        Text::new("表格和图表须独占一段", "a table or chart must be a paragraph of its own");
                    let span = self.calls[*call].span.clone();
                    self.faults.push(Diagnostic::error("not-a-paragraph", self.source, span, message));
                }
                _ => {}
            }
        }
    }

    /// Text, with calls where the marks are.
    fn text(&mut self, text: &str) {
        let mut inside = false;
        for part in text.split(self.mark) {
            match (inside, part.parse::<usize>()) {
                (true, Ok(call)) if call < self.calls.len() => self.push(Run::Call(call)),
                _ => self.plain(part),
            }
            inside = !inside;
        }
    }

    fn plain(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        // A line break in the source is a space between Latin words and nothing between Chinese ones.
        let latin = |character: Option<char>| character.is_some_and(|character| character.is_ascii_graphic());
        let space = std::mem::take(&mut self.soft_break)
            && latin(text.chars().next())
            && latin(self.last_character());
        let runs = self.runs();
        if !matches!(runs.last(), Some(Run::Text(_))) {
            runs.push(Run::Text(String::new()));
        }
        if let Some(Run::Text(last)) = runs.last_mut() {
            if space {
                last.push(' ');
            }
            last.push_str(text);
        }
    }

    fn push(&mut self, run: Run) {
        self.soft_break = false;
        self.runs().push(run);
    }

    fn runs(&mut self) -> &mut Vec<Run> {
        if self.stack.is_empty() {
            self.stack.push(Vec::new());
        }
        let last = self.stack.len() - 1;
        &mut self.stack[last]
    }

    fn last_character(&self) -> Option<char> {
        match self.stack.last()?.last()? {
            Run::Text(text) => text.chars().next_back(),
            _ => None,
        }
    }

    fn unsupported(&mut self, place: Span, message: Text) {
        self.faults.push(Diagnostic::error("not-supported", self.source, place, message));
    }
}
