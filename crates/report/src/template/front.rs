//! The front matter: TOML between two lines of `+++`.

use std::sync::Arc;

use figure::Period;
use jiff::civil::Date;
use message::{Diagnostic, Source, Span, Text, did_you_mean, text};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What stands in a template's front matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Front {
    /// The title; line breaks in it are kept.
    pub title: String,
    /// Who issues the report.
    pub issuer: Option<String>,
    /// The period of figures that name none.
    pub period: Option<Period>,
    /// The report's date.
    pub date: Option<Date>,
}

const KEYS: [&str; 4] = ["title", "issuer", "period", "date"];
const FENCE: &str = "+++";

/// The front matter, and the bytes of the body that follows.
pub(super) fn read(source: &Arc<Source>, faults: &mut Vec<Diagnostic>) -> (Front, Span) {
    let text = source.text.as_str();
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let Some(open) = line_at(text, start).filter(|line| text[line.clone()].trim_end() == FENCE) else {
        faults.push(
            Diagnostic::error(
                "front-matter",
                source,
                start..start,
                Text::new("缺少文前信息", "the front matter is missing"),
            )
            .hint(Text::new(
                "第一行写 +++，接着写 title = \"…\"，再以 +++ 结束",
                "begin with a line `+++`, then `title = \"…\"`, then a line `+++`",
            )),
        );
        return (Front::default(), start..text.len());
    };
    let toml_start = next_line(text, open.end);
    let mut at = toml_start;
    let close = loop {
        match line_at(text, at) {
            Some(line) if text[line.clone()].trim_end() == FENCE => break line,
            Some(line) if next_line(text, line.end) > at => at = next_line(text, line.end),
            _ => {
                faults.push(Diagnostic::error(
                    "front-matter",
                    source,
                    open,
                    Text::new("文前信息没有结束行 `+++`", "the front matter has no closing line `+++`"),
                ));
                return (Front::default(), text.len()..text.len());
            }
        }
    };
    let front = read_toml(source, toml_start..close.start, open, faults);
    (front, next_line(text, close.end)..text.len())
}

/// The line that begins at `start`, without its break; `None` past the end.
fn line_at(text: &str, start: usize) -> Option<Span> {
    let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
    Some(start..start + rest.find('\n').unwrap_or(rest.len()))
}

fn next_line(text: &str, end: usize) -> usize {
    (end + 1).min(text.len())
}

fn read_toml(source: &Arc<Source>, span: Span, open: Span, faults: &mut Vec<Diagnostic>) -> Front {
    let shift = |inner: Span| inner.start + span.start..inner.end + span.start;
    let (table, errors) = DeTable::parse_recoverable(&source.text[span.clone()]);
    for error in &errors {
        let place = error.span().map_or(span.clone(), shift);
        let why = error.message();
        faults.push(Diagnostic::error("front-matter", source, place, text!("TOML 语法有误：{why}", "{why}")));
    }
    let mut front = Front::default();
    // What a faulty text was recovered to may be anything: its keys and values prove nothing.
    if !errors.is_empty() {
        return front;
    }
    for (key, value) in table.get_ref() {
        let place = shift(value.span());
        match key.get_ref().as_ref() {
            "title" => front.title = read_text(source, "title", value, &place, faults).unwrap_or_default(),
            "issuer" => front.issuer = read_text(source, "issuer", value, &place, faults),
            "period" => {
                front.period = plain(value).and_then(|text| text.parse().ok());
                if front.period.is_none() {
                    faults.push(Diagnostic::error(
                        "bad-period",
                        source,
                        place,
                        Text::new(
                            "`period` 须写作 \"2022\"、\"2022-Q3\"、\"2022-05\" 或 \"2022-05-04\"",
                            "`period` must read \"2022\", \"2022-Q3\", \"2022-05\" or \"2022-05-04\"",
                        ),
                    ));
                }
            }
            "date" => {
                front.date = plain(value).and_then(|text| text.parse().ok());
                if front.date.is_none() {
                    faults.push(Diagnostic::error(
                        "bad-date",
                        source,
                        place,
                        Text::new("`date` 须写作 2023-01-10", "`date` must read 2023-01-10"),
                    ));
                }
            }
            unknown => {
                let mut fault = Diagnostic::error(
                    "unknown-key",
                    source,
                    shift(key.span()),
                    text!("文前信息没有 `{unknown}` 这一项", "the front matter has no key `{unknown}`"),
                );
                if let Some(near) = did_you_mean(unknown, KEYS) {
                    fault = fault.hint(text!("是否想写 `{near}`", "did you mean `{near}`?"));
                }
                faults.push(fault);
            }
        }
    }
    if !table.get_ref().iter().any(|(key, _)| key.get_ref().as_ref() == "title") {
        faults.push(
            Diagnostic::error(
                "missing-title",
                source,
                open,
                Text::new("文前信息缺少标题", "the front matter has no title"),
            )
            .hint(Text::new("加一行 title = \"…\"", "add a line `title = \"…\"`")),
        );
    }
    front
}

fn read_text(
    source: &Arc<Source>,
    key: &str,
    value: &Spanned<DeValue<'_>>,
    place: &Span,
    faults: &mut Vec<Diagnostic>,
) -> Option<String> {
    match value.get_ref().as_str().map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => Some(text.to_owned()),
        None => {
            let message = text!("`{key}` 须为非空文本", "`{key}` must be a text that is not empty");
            faults.push(Diagnostic::error("wrong-type", source, place.clone(), message));
            None
        }
    }
}

/// A text, a whole number or a date, as it was written.
fn plain(value: &Spanned<DeValue<'_>>) -> Option<String> {
    match value.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Datetime(date) => Some(date.to_string()),
        _ => None,
    }
}
