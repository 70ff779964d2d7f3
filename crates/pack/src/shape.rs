//! Whether a file's keys and values have the shape that `syntax` says.

use std::sync::Arc;

use message::{Diagnostic, Source, Span, Text};

use crate::faults::{Faults, list, suggest};
use crate::rules;
use crate::syntax::{Key, Own, Table, Variant, Wants};
use crate::tree::{Entry, Node, Value};
use crate::words::{DECIMAL, INDICATOR, Pattern};

/// Reports every key that is missing or unknown and every value of the wrong type.
pub(crate) fn check(source: &Arc<Source>, root: &Node, table: &'static Table, faults: &mut Faults) {
    Checker { source, faults }.table(root, "", table);
}

struct Checker<'a> {
    source: &'a Arc<Source>,
    faults: &'a mut Faults,
}

impl Checker<'_> {
    fn error(&self, rule: &'static str, span: &Span, message: Text) -> Diagnostic {
        Diagnostic::error(rule, self.source, span.clone(), message)
    }

    /// `path` is the table's name as messages show it; empty for the file itself.
    fn table(&mut self, node: &Node, path: &str, table: &'static Table) {
        let variant = self.variant(node, table);
        let own_keys: &[Key] = variant.map_or(&[], |variant| variant.keys);
        let known = || table.keys.iter().chain(own_keys);
        for entry in node.entries() {
            match (known().find(|key| key.name == entry.key), table.own) {
                (Some(key), _) => self.value(&entry.node, &join(path, &entry.key), &key.wants, table),
                (None, Some(own)) => self.own_entry(entry, path, own),
                (None, None) => self.unknown(entry, path, table, variant),
            }
        }
        for key in known().filter(|key| key.required && node.entry(key.name).is_none()) {
            self.missing(node, path, key);
        }
    }

    fn variant(&self, node: &Node, table: &'static Table) -> Option<&'static Variant> {
        let variants = table.variants.as_ref()?;
        let value = node.text(variants.tag)?;
        variants.list.iter().find(|variant| variant.value == value)
    }

    fn missing(&mut self, node: &Node, path: &str, key: &Key) {
        let name = key.name;
        let message = if path.is_empty() {
            message::text!("缺少 `{name}`", "`{name}` is missing")
        } else {
            message::text!("`{path}` 缺少 `{name}`", "`{path}` has no `{name}`")
        };
        let (chinese, english) = (key.chinese, key.english);
        let fault = self
            .error(key.missing, &node.span, message)
            .hint(message::text!("`{name}`：{chinese}", "`{name}`: {english}"));
        self.faults.push(fault);
    }

    fn unknown(
        &mut self,
        entry: &Entry,
        path: &str,
        table: &'static Table,
        variant: Option<&'static Variant>,
    ) {
        let key = &entry.key;
        let kinds: Vec<&'static Variant> = table.variants.iter().flat_map(|variants| variants.list).collect();
        let elsewhere: Vec<&str> = kinds
            .iter()
            .filter(|kind| kind.keys.iter().any(|own| own.name == *key))
            .map(|kind| kind.value)
            .collect();
        let fault = match (variant, list(&elsewhere)) {
            // Without a type that is known, nobody can say whether the key goes with it.
            (None, Some(_)) => return,
            (Some(variant), Some(kinds)) => {
                let kind = variant.value;
                self.error(
                    rules::MISPLACED_KEY,
                    &entry.key_span,
                    message::text!(
                        "`{key}` 与类型 `{kind}` 不相配",
                        "`{key}` does not go with type `{kind}`"
                    ),
                )
                .hint(message::text!("它属于：{kinds}", "it goes with: {kinds}"))
            }
            (_, None) => {
                let place = if path.is_empty() {
                    message::text!("没有键 `{key}`", "there is no key `{key}` here")
                } else {
                    message::text!("`{path}` 没有键 `{key}`", "`{path}` has no key `{key}`")
                };
                let known = table.keys.iter().chain(variant.map_or(&[][..], |variant| variant.keys));
                suggest(
                    self.error(rules::UNKNOWN_KEY, &entry.key_span, place),
                    key,
                    known.map(|key| key.name),
                )
            }
        };
        self.faults.push(fault);
    }

    fn own_entry(&mut self, entry: &Entry, path: &str, own: &'static Own) {
        if std::ptr::eq(own.written, &INDICATOR) && is_unquoted(entry) {
            self.unquoted(entry);
            return;
        }
        self.written(&entry.key, &entry.key_span, own.written);
        let path = join(path, &entry.key);
        if matches!(entry.node.value, Value::Table(_)) {
            self.table(&entry.node, &path, own.table);
        } else {
            self.wrong(&entry.node, &path, Text::new("一个表", "a table"), None);
        }
    }

    /// `[docks.operating]` means `operating` inside `docks`; the key is `"docks.operating"`.
    fn unquoted(&mut self, entry: &Entry) {
        for inner in entry.node.entries() {
            let key = format!("{}.{}", entry.key, inner.key);
            let fault = self
                .error(
                    rules::UNQUOTED_KEY,
                    &inner.key_span,
                    message::text!("带点的键 `{key}` 没有加引号", "the dotted key `{key}` is not quoted"),
                )
                .hint(message::text!("应写作 `[\"{key}\"]`", "write `[\"{key}\"]`"));
            self.faults.push(fault);
        }
    }

    fn written(&mut self, text: &str, span: &Span, pattern: &Pattern) {
        if (pattern.fits)(text) {
            return;
        }
        let (chinese, english) = (pattern.chinese, pattern.english);
        let fault = self
            .error(
                rules::BAD_IDENTIFIER,
                span,
                message::text!("`{text}` 不是合法的名字", "`{text}` is not written as a name here is"),
            )
            .hint(message::text!("写法：{chinese}", "write {english}"));
        self.faults.push(fault);
    }

    fn value(&mut self, node: &Node, path: &str, wants: &'static Wants, table: &'static Table) {
        match (wants, &node.value) {
            (Wants::Text, Value::Text(text)) => self.not_blank(node, path, text),
            (Wants::Written(pattern), Value::Text(text)) => self.written(text, &node.span, pattern),
            (Wants::Decimal, Value::Text(text)) => self.decimal(node, path, text),
            (Wants::Decimal, Value::Whole(number)) => self.decimal(node, path, &number.to_string()),
            (Wants::Whole(least, greatest), Value::Whole(number)) => {
                self.bounds(node, path, *number, *least, *greatest);
            }
            (Wants::Scalar, Value::Text(text)) => self.not_blank(node, path, text),
            (Wants::YesNo, Value::YesNo(_))
            | (Wants::Day, Value::Day(_))
            | (Wants::Scalar, Value::Whole(_) | Value::YesNo(_) | Value::Day(_)) => {}
            (Wants::OneOf(words), Value::Text(text)) => {
                self.one_of(node, path, text, words.iter().map(|word| word.word));
            }
            (Wants::Tag, Value::Text(text)) => {
                let variants = table.variants.iter().flat_map(|variants| variants.list);
                self.one_of(node, path, text, variants.map(|variant| variant.value));
            }
            (Wants::Pair(each), Value::List(items)) => {
                if items.len() == 2 {
                    items.iter().for_each(|item| self.value(item, path, each, table));
                } else {
                    self.wrong(node, path, wanted(wants), None);
                }
            }
            (Wants::List(each), Value::List(items)) => {
                self.not_empty(node, path, items.len());
                items.iter().for_each(|item| self.value(item, path, each, table));
            }
            (Wants::Tables(each), Value::List(items)) => {
                self.not_empty(node, path, items.len());
                for item in items {
                    if matches!(item.value, Value::Table(_)) {
                        self.table(item, path, each);
                    } else {
                        self.wrong(item, path, Text::new("一个表", "a table"), None);
                    }
                }
            }
            (Wants::Table(inner), Value::Table(_)) => self.table(node, path, inner),
            (Wants::Own(own), Value::Table(entries)) => {
                self.not_empty(node, path, entries.len());
                entries.iter().for_each(|entry| self.own_entry(entry, path, own));
            }
            _ => self.wrong(node, path, wanted(wants), mend(wants, &node.value, path)),
        }
    }

    fn not_blank(&mut self, node: &Node, path: &str, text: &str) {
        if text.trim().is_empty() {
            let fault = self.error(
                rules::EMPTY_TEXT,
                &node.span,
                message::text!("`{path}` 是空的", "`{path}` is empty"),
            );
            self.faults.push(fault);
        }
    }

    fn not_empty(&mut self, node: &Node, path: &str, count: usize) {
        if count == 0 {
            let fault = self.error(
                rules::EMPTY_LIST,
                &node.span,
                message::text!("`{path}` 一项也没有", "`{path}` lists nothing"),
            );
            self.faults.push(fault);
        }
    }

    fn decimal(&mut self, node: &Node, path: &str, text: &str) {
        if !(DECIMAL.fits)(text) {
            let (chinese, english) = (DECIMAL.chinese, DECIMAL.english);
            let fault = self
                .error(
                    rules::BAD_DECIMAL,
                    &node.span,
                    message::text!("`{path}` 的 `{text}` 不是小数", "`{text}` in `{path}` is no decimal"),
                )
                .hint(message::text!("写法：{chinese}", "write {english}"));
            self.faults.push(fault);
        }
    }

    fn bounds(&mut self, node: &Node, path: &str, number: i64, least: i64, greatest: i64) {
        if !(least..=greatest).contains(&number) {
            let fault = self.error(
                rules::OUT_OF_BOUNDS,
                &node.span,
                message::text!(
                    "`{path}` 应在 {least} 到 {greatest} 之间，却是 {number}",
                    "`{path}` must lie between {least} and {greatest}, not be {number}"
                ),
            );
            self.faults.push(fault);
        }
    }

    fn one_of<'w>(&mut self, node: &Node, path: &str, text: &str, words: impl Iterator<Item = &'w str>) {
        let words: Vec<&str> = words.collect();
        if !words.contains(&text) {
            let fault = self.error(
                rules::UNKNOWN_VALUE,
                &node.span,
                message::text!("`{path}` 没有取值 `{text}`", "`{path}` cannot be `{text}`"),
            );
            self.faults.push(suggest(fault, text, words));
        }
    }

    fn wrong(&mut self, node: &Node, path: &str, wanted: Text, mend: Option<Text>) {
        let found = found(&node.value);
        let message = Text::new(
            format!("`{path}` 应为{}，却是{}", wanted.simplified, found.simplified),
            format!("`{path}` must be {}, not {}", wanted.english, found.english),
        );
        let mut fault = self.error(rules::WRONG_TYPE, &node.span, message);
        fault.hints.extend(mend);
        self.faults.push(fault);
    }
}

/// Whether an indicator's key was written as a path, so that all it holds is tables.
pub(crate) fn is_unquoted(entry: &Entry) -> bool {
    let nested = entry.node.entries();
    let is_inner = |inner: &Entry| inner.key != "label" && matches!(inner.node.value, Value::Table(_));
    !nested.is_empty() && nested.iter().all(is_inner)
}

fn join(path: &str, key: &str) -> String {
    match (path.is_empty(), key.contains('.')) {
        (true, false) => key.to_owned(),
        (true, true) => format!("\"{key}\""),
        (false, _) => format!("{path}.{key}"),
    }
}

fn wanted(wants: &Wants) -> Text {
    match wants {
        Wants::Text | Wants::Written(_) | Wants::OneOf(_) | Wants::Tag => Text::new("文字", "text"),
        Wants::Decimal => Text::new("加引号的小数", "a decimal in quotes"),
        Wants::Whole(..) => Text::new("整数", "a whole number"),
        Wants::YesNo => Text::new(" true 或 false", "true or false"),
        Wants::Day => Text::new("不加引号的日期", "a date without quotes"),
        Wants::Scalar => Text::new("一个值", "one value"),
        Wants::Pair(each) => {
            let each = wanted(each);
            Text::new(
                format!("两项的列表（每项为{}）", each.simplified),
                format!("a list of two (each {})", each.english),
            )
        }
        Wants::List(each) => {
            let each = wanted(each);
            Text::new(format!("列表（每项为{}）", each.simplified), format!("a list (each {})", each.english))
        }
        Wants::Table(_) | Wants::Own(_) => Text::new("一个表", "a table"),
        Wants::Tables(_) => Text::new("表的列表", "a list of tables"),
    }
}

fn found(value: &Value) -> Text {
    match value {
        Value::Text(_) => Text::new("文字", "text"),
        Value::Whole(_) => Text::new("整数", "a whole number"),
        Value::OtherNumber => Text::new("浮点数或过大的数", "a floating-point or too great a number"),
        Value::YesNo(_) => Text::new(" true 或 false", "true or false"),
        Value::Day(_) => Text::new("日期", "a date"),
        Value::Time => Text::new("带时刻的时间", "a time"),
        Value::List(items) => {
            let count = items.len();
            message::text!(" {count} 项的列表", "a list of {count}")
        }
        Value::Table(_) => Text::new("表", "a table"),
    }
}

/// How to mend the mistakes that are made most.
fn mend(wants: &Wants, value: &Value, path: &str) -> Option<Text> {
    match (wants, value) {
        (Wants::Table(table), Value::Text(text)) if std::ptr::eq(*table, &crate::syntax::LABEL) => {
            let label = if text.is_ascii() {
                format!("{{ zh = \"…\", en = \"{text}\" }}")
            } else {
                format!("{{ zh = \"{text}\", en = \"…\" }}")
            };
            Some(message::text!("写作 `{label}`", "write `{label}`"))
        }
        (Wants::Decimal | Wants::Scalar, Value::OtherNumber) => {
            Some(Text::new("给它加上引号", "put it in quotes"))
        }
        (Wants::Day, Value::Text(_)) => {
            Some(Text::new("写作 `2022-12-31`，不加引号", "write `2022-12-31`, without quotes"))
        }
        (Wants::YesNo, Value::Text(_)) => {
            Some(Text::new("写作 `true` 或 `false`，不加引号", "write `true` or `false`, without quotes"))
        }
        (Wants::Whole(..), Value::Text(_)) => Some(Text::new("去掉引号", "leave the quotes away")),
        (Wants::Tables(_), Value::Table(_)) => {
            Some(message::text!("表头用双方括号：`[[{path}]]`", "use double brackets: `[[{path}]]`"))
        }
        (Wants::List(Wants::List(_)), Value::Text(text)) => {
            Some(message::text!("写作 `[[\"{text}\"]]`", "write `[[\"{text}\"]]`"))
        }
        (Wants::List(_), Value::Text(text)) => {
            Some(message::text!("写作 `[\"{text}\"]`", "write `[\"{text}\"]`"))
        }
        _ => None,
    }
}
