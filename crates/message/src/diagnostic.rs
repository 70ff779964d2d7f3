//! A fault in a text file: where, what, and how to mend it.

use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::{Language, Text};

/// A text file as it was read, named as the user named it.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// The path shown to the user.
    pub path: String,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// Wraps a file's text for sharing between diagnostics.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { path: path.into(), text: text.into() })
    }

    /// Line and column of a byte offset, both from 1, columns in characters.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &self.text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

/// A stretch of a [`Source`], in bytes.
pub type Span = Range<usize>;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is built from a file with an error.
    Error,
    /// Suspicious, but usable.
    Warning,
}

/// A fault with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether the fault stops the build.
    pub severity: Severity,
    /// The stable name of the rule, such as `unknown-field`.
    pub rule: &'static str,
    /// What is wrong, standing alone: lower case in English, no full stop, names in back-ticks.
    pub message: Text,
    /// The file.
    pub source: Arc<Source>,
    /// The place.
    pub span: Span,
    /// A second place in the same file that explains the first.
    pub related: Vec<(Span, Text)>,
    /// How to mend it.
    pub hints: Vec<Text>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(rule: &'static str, source: &Arc<Source>, span: Span, message: Text) -> Self {
        Self {
            severity: Severity::Error,
            rule,
            message,
            source: Arc::clone(source),
            span,
            related: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// A warning at a place.
    pub fn warning(rule: &'static str, source: &Arc<Source>, span: Span, message: Text) -> Self {
        Self { severity: Severity::Warning, ..Self::error(rule, source, span, message) }
    }

    /// Adds a way to mend it.
    #[must_use]
    pub fn hint(mut self, hint: Text) -> Self {
        self.hints.push(hint);
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn related(mut self, span: Span, note: Text) -> Self {
        self.related.push((span, note));
        self
    }
}

/// The diagnostics as a compiler prints them: message, file, line, column, snippet, hints.
///
/// They come in the order of file and place, whatever order they were found in.
pub fn render(diagnostics: &[Diagnostic], language: Language, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for diagnostic in in_order(diagnostics) {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR.with_name(word(language, "错误", "錯誤", "error")),
            Severity::Warning => Level::WARNING.with_name(word(language, "警告", "警告", "warning")),
        };
        let message = diagnostic.message.in_language(language);
        let notes: Vec<_> = diagnostic
            .related
            .iter()
            .map(|(span, note)| (span.clone(), note.in_language(language)))
            .collect();
        let hints: Vec<_> = diagnostic.hints.iter().map(|hint| hint.in_language(language)).collect();
        let snippet = Snippet::source(diagnostic.source.text.as_str())
            .path(diagnostic.source.path.as_str())
            .annotation(AnnotationKind::Primary.span(clamp(&diagnostic.source, &diagnostic.span)))
            .annotations(notes.iter().map(|(span, note)| {
                AnnotationKind::Context.span(clamp(&diagnostic.source, span)).label(note.as_ref())
            }));
        let mut group: Group<'_> = level.primary_title(message.as_ref()).id(diagnostic.rule).element(snippet);
        for hint in &hints {
            let level = Level::HELP.with_name(word(language, "提示", "提示", "hint"));
            group = group.element(level.message(hint.as_ref()));
        }
        out.push_str(&renderer.render(&[group]));
        out.push_str("\n\n");
    }
    out
}

/// One line a diagnostic, for editors and scripts: `path:line:column: rule: message`.
pub fn render_concise(diagnostics: &[Diagnostic], language: Language) -> String {
    in_order(diagnostics)
        .into_iter()
        .map(|diagnostic| {
            let (line, column) = diagnostic.source.line_column(diagnostic.span.start);
            let message = diagnostic.message.in_language(language);
            format!("{}:{line}:{column}: {}: {message}\n", diagnostic.source.path, diagnostic.rule)
        })
        .collect()
}

fn in_order(diagnostics: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut sorted: Vec<_> = diagnostics.iter().collect();
    sorted.sort_by(|a, b| {
        (&a.source.path, a.span.start, a.span.end).cmp(&(&b.source.path, b.span.start, b.span.end))
    });
    sorted
}

fn word(
    language: Language,
    simplified: &'static str,
    traditional: &'static str,
    english: &'static str,
) -> &'static str {
    match language {
        Language::Simplified => simplified,
        Language::Traditional => traditional,
        Language::English => english,
    }
}

/// A span that lies inside the text on character boundaries, so that drawing it cannot fail.
fn clamp(source: &Source, span: &Span) -> Span {
    let floor = |mut at: usize| {
        at = at.min(source.text.len());
        while !source.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = floor(span.start);
    start..floor(span.end).max(start)
}

#[cfg(test)]
mod tests {
    use super::{Diagnostic, Source, render, render_concise};
    use crate::{Language, Text};

    fn sample() -> Diagnostic {
        let source = Source::new("registers/docks.toml", "[fields.name]\ntype = \"txet\" # 名称\n");
        Diagnostic::error(
            "unknown-type",
            &source,
            21..27,
            Text::new("没有字段类型 `txet`", "unknown field type `txet`"),
        )
        .hint(Text::new("是否想写 `text`", "did you mean `text`?"))
    }

    #[test]
    fn a_diagnostic_shows_its_place_and_its_mend() {
        insta::assert_snapshot!(render(&[sample()], Language::English, false), @r#"
        error[unknown-type]: unknown field type `txet`
         --> registers/docks.toml:2:8
          |
        2 | type = "txet" # 名称
          |        ^^^^^^
          |
          = hint: did you mean `text`?
        "#);
        insta::assert_snapshot!(render_concise(&[sample()], Language::Traditional), @"registers/docks.toml:2:8: unknown-type: 沒有字段類型 `txet`");
    }
}
