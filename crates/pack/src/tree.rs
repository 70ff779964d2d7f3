//! TOML text → a tree of values, each with its place, tables in the order of the file.

use std::sync::Arc;

use jiff::civil::Date;
use message::{Source, Span, Text};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml_parser::parser::EventReceiver;

use crate::faults::Faults;

/// A value and its place.
#[derive(Debug)]
pub(crate) struct Node {
    /// Of a table with a header: the header. Of the whole file: its start.
    pub(crate) span: Span,
    pub(crate) value: Value,
}

/// What TOML can say. Floats stay unread: no value of a pack is one.
#[derive(Debug)]
pub(crate) enum Value {
    Text(String),
    Whole(i64),
    /// A whole number beyond 64 bits, or a float.
    OtherNumber,
    YesNo(bool),
    Day(Date),
    /// A time, or a date with a time.
    Time,
    List(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key of a table with what it holds.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_span: Span,
    pub(crate) node: Node,
}

/// Reads a file. Faults of syntax are reported, all of them; what could be read is returned.
pub(crate) fn parse(source: &Arc<Source>, faults: &mut Faults) -> Node {
    let empty = Node { span: 0..0, value: Value::Table(Vec::new()) };
    if let Some(span) = too_deep(&source.text) {
        faults.push_syntax(
            source,
            span,
            message::text!("嵌套超过 {DEEPEST} 层", "this is nested more than {DEEPEST} deep"),
        );
        return empty;
    }
    let (root, errors) = DeTable::parse_recoverable(&source.text);
    for error in errors.iter().take(MOST_ERRORS) {
        let span = error.span().unwrap_or(0..0);
        faults.push_syntax(source, span, syntax_text(error.message()));
    }
    if let Some(error) = errors.get(MOST_ERRORS) {
        let rest = errors.len() - MOST_ERRORS;
        faults.push_syntax(
            source,
            error.span().unwrap_or(0..0),
            message::text!("此后还有 {rest} 处语法错误", "{rest} more faults of syntax follow"),
        );
    }
    Node { span: 0..0, value: Value::Table(entries(root.into_inner())) }
}

/// A file that is not TOML at all has a fault in every line; nobody reads more than this.
const MOST_ERRORS: usize = 30;

/// The parser's messages are English. The common ones are put into Chinese.
fn syntax_text(english: &str) -> Text {
    const KNOWN: &[(&str, &str)] = &[
        ("duplicate key", "键重复"),
        ("key with no value", "键没有值"),
        ("missing value", "缺少值"),
        ("string values must be quoted", "文字必须加引号"),
        ("invalid basic string", "文字的引号或转义不对"),
        ("invalid literal string", "文字的单引号不对"),
        ("unclosed table", "表头没有写完"),
        ("unclosed array", "列表没有写完"),
        ("unclosed inline table", "花括号没有写完"),
        ("extra comma", "多了逗号"),
        ("missing comma", "缺少逗号"),
        ("unexpected key or value", "此处不应有键或值"),
    ];
    match KNOWN.iter().find(|(start, _)| english.starts_with(start)) {
        Some((_, chinese)) => Text::new(format!("{chinese}（{english}）"), english),
        None => Text::new(format!("不是合法的 TOML（{english}）"), english),
    }
}

fn entries(table: DeTable<'_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .into_iter()
        .map(|(key, value)| Entry {
            key_span: key.span(),
            key: key.into_inner().into_owned(),
            node: node(value),
        })
        .collect();
    // The parser's tables are ordered by key; people's are ordered by the file.
    entries.sort_by_key(|entry| entry.key_span.start);
    entries
}

fn node(value: Spanned<DeValue<'_>>) -> Node {
    let span = value.span();
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(digits) => {
            i64::from_str_radix(digits.as_str(), digits.radix()).map_or(Value::OtherNumber, Value::Whole)
        }
        DeValue::Float(_) => Value::OtherNumber,
        DeValue::Boolean(yes) => Value::YesNo(yes),
        DeValue::Datetime(time) => match (time.date, time.time) {
            (Some(date), None) => i16::try_from(date.year)
                .ok()
                .zip(i8::try_from(date.month).ok().zip(i8::try_from(date.day).ok()))
                .and_then(|(year, (month, day))| Date::new(year, month, day).ok())
                .map_or(Value::Time, Value::Day),
            _ => Value::Time,
        },
        DeValue::Array(list) => Value::List(list.into_iter().map(node).collect()),
        DeValue::Table(table) => Value::Table(entries(table)),
    };
    Node { span, value }
}

/// How deep keys and brackets may nest; the deepest a pack needs is six.
const DEEPEST: usize = 16;

/// The place where the text nests too deep to be read.
///
/// The parser bounds brackets but not dotted keys, and its tables are dropped by recursion, so that a
/// header of a hundred thousand dots would exhaust the stack. This pass keeps no tree.
fn too_deep(text: &str) -> Option<Span> {
    let mut gauge = Gauge::default();
    let tokens = toml_parser::Source::new(text).lex().into_vec();
    toml_parser::parser::parse_document(&tokens, &mut gauge, &mut ());
    gauge.found
}

#[derive(Default)]
struct Gauge {
    /// Open brackets.
    open: usize,
    /// Dots of the key that is being read.
    dots: usize,
    found: Option<Span>,
}

impl Gauge {
    fn measure(&mut self, span: toml_parser::Span) -> bool {
        let within = self.open <= DEEPEST && self.dots <= DEEPEST;
        if !within && self.found.is_none() {
            self.found = Some(span.start()..span.end());
        }
        within
    }

    fn open(&mut self, span: toml_parser::Span) -> bool {
        self.open += 1;
        self.dots = 0;
        self.measure(span)
    }
}

impl EventReceiver for Gauge {
    fn std_table_open(&mut self, _: toml_parser::Span, _: &mut dyn toml_parser::ErrorSink) {
        self.dots = 0;
    }
    fn array_table_open(&mut self, _: toml_parser::Span, _: &mut dyn toml_parser::ErrorSink) {
        self.dots = 0;
    }
    fn inline_table_open(&mut self, span: toml_parser::Span, _: &mut dyn toml_parser::ErrorSink) -> bool {
        self.open(span)
    }
    fn inline_table_close(&mut self, _: toml_parser::Span, _: &mut dyn toml_parser::ErrorSink) {
        self.open = self.open.saturating_sub(1);
        self.dots = 0;
    }
    fn array_open(&mut self, span: toml_parser::Span, _: &mut dyn toml_parser::ErrorSink) -> bool {
        self.open(span)
    }
    fn array_close(&mut self, _: toml_parser::Span, _: &mut dyn toml_parser::ErrorSink) {
        self.open = self.open.saturating_sub(1);
    }
    fn key_sep(&mut self, span: toml_parser::Span, _: &mut dyn toml_parser::ErrorSink) {
        self.dots += 1;
        self.measure(span);
    }
    fn key_val_sep(&mut self, _: toml_parser::Span, _: &mut dyn toml_parser::ErrorSink) {
        self.dots = 0;
    }
    fn value_sep(&mut self, _: toml_parser::Span, _: &mut dyn toml_parser::ErrorSink) {
        self.dots = 0;
    }
    fn newline(&mut self, _: toml_parser::Span, _: &mut dyn toml_parser::ErrorSink) {
        self.dots = 0;
    }
}

// What readers ask of a tree. All answer `None` or nothing where the shape is wrong: `shape::check` has
// said so already, and a pack with a fault is never handed out.
impl Node {
    /// The entries of a table.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Table(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The entry of a table.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value of a table's key.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The entries of the table at a key.
    pub(crate) fn entries_of(&self, key: &str) -> &[Entry] {
        self.get(key).map_or(&[], Node::entries)
    }

    /// The items of the list at a key.
    pub(crate) fn items_of(&self, key: &str) -> &[Node] {
        self.get(key).map_or(&[], Node::items)
    }

    /// This, if it is text.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text at a key.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Node::as_text)
    }

    /// The text at a key with its place.
    pub(crate) fn text_at(&self, key: &str) -> Option<(&str, Span)> {
        self.get(key).and_then(|node| Some((node.as_text()?, node.span.clone())))
    }

    /// The whole number at a key.
    pub(crate) fn whole(&self, key: &str) -> Option<i64> {
        match self.get(key)?.value {
            Value::Whole(number) => Some(number),
            _ => None,
        }
    }

    /// The day at a key.
    pub(crate) fn day(&self, key: &str) -> Option<Date> {
        match self.get(key)?.value {
            Value::Day(day) => Some(day),
            _ => None,
        }
    }

    /// Whether a key is `true`.
    pub(crate) fn yes(&self, key: &str) -> bool {
        matches!(self.get(key), Some(Node { value: Value::YesNo(true), .. }))
    }

    /// The label at a key; `name` stands in for one that is faulty.
    pub(crate) fn label(&self, key: &str, name: &str) -> Text {
        let read = |label: &Node| {
            let mut text = Text::new(label.text("zh")?, label.text("en")?);
            text.traditional = label.text("zh-Hant").map(str::to_owned);
            Some(text)
        };
        self.get(key).and_then(read).unwrap_or_else(|| Text::same(name))
    }
}

/// The place of a string's content inside its quotes, so that an offset in the text is an offset in the
/// file. Exact for literal strings and for basic strings without escapes.
pub(crate) fn content(source: &Source, span: &Span) -> Span {
    let Some(raw) = source.text.get(span.clone()) else { return span.clone() };
    for quotes in ["'''", "\"\"\""] {
        if let Some(inner) = raw.strip_prefix(quotes).and_then(|rest| rest.strip_suffix(quotes)) {
            let trimmed = inner.strip_prefix("\r\n").or_else(|| inner.strip_prefix('\n')).unwrap_or(inner);
            let start = span.start + quotes.len() + (inner.len() - trimmed.len());
            return start..start + trimmed.len();
        }
    }
    if raw.len() >= 2 { span.start + 1..span.end - 1 } else { span.clone() }
}
