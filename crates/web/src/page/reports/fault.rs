//! What is wrong with a template, at its line: the same diagnostics as on the command line.

use message::{Diagnostic, Language, Severity};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ui::*;

/// A diagnostic as a page and a script show it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Told {
    /// `error` or `warning`.
    pub severity: &'static str,
    /// The rule, as the manual names it.
    pub rule: &'static str,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// The place in UTF-16 units, as a browser selects text.
    pub start: usize,
    /// Its end.
    pub end: usize,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub hints: Vec<String>,
    /// The line up to the place, the place, and the rest, shortened.
    pub excerpt: [String; 3],
}

/// In the visitor's language.
pub fn told(diagnostics: &[Diagnostic], language: Language) -> Vec<Told> {
    diagnostics.iter().map(|one| one_told(one, language)).collect()
}

fn one_told(one: &Diagnostic, language: Language) -> Told {
    let text = one.source.text.as_str();
    let (line, column) = one.source.line_column(one.span.start);
    let units = |end: usize| text.get(..end).map_or(0, |before| before.encode_utf16().count());
    Told {
        severity: match one.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        rule: one.rule,
        line,
        column,
        start: units(one.span.start),
        end: units(one.span.end),
        message: language.say(&one.message).into_owned(),
        hints: one.hints.iter().map(|hint| language.say(hint).into_owned()).collect(),
        excerpt: excerpt(text, one.span.start, one.span.end),
    }
}

/// The place within its line, with a little of what stands around it.
fn excerpt(text: &str, start: usize, end: usize) -> [String; 3] {
    const AROUND: usize = 24;
    let before = text.get(..start).unwrap_or_default();
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    let place = text.get(start..end).unwrap_or_default();
    let place = place.lines().next().unwrap_or_default();
    let after = text.get(start + place.len()..).unwrap_or_default();
    let after = after.lines().next().unwrap_or_default();
    let skipped = line.chars().count().saturating_sub(AROUND);
    let lead = if skipped > 0 { "…" } else { "" };
    let tail = if after.chars().count() > AROUND { "…" } else { "" };
    let line: String = line.chars().skip(skipped).collect();
    let after: String = after.chars().take(AROUND).collect();
    [format!("{lead}{line}"), place.to_owned(), format!("{after}{tail}")]
}

/// The list of what is wrong; each place is a button that the script makes select it in the text.
pub fn list(l: Language, faults: &[Told]) -> Markup {
    html! {
        ul.report-faults {
            @for one in faults {
                li.(one.severity) {
                    p {
                        (if one.severity == "error" { Icon::Fault } else { Icon::Warning })
                        " " button.button.quiet.small type="button" data-select={ (one.start) "," (one.end) } {
                            (l.say(&message::text!("第 {} 行第 {} 列", "line {}, column {}", one.line, one.column)))
                        }
                        " " (one.message)
                    }
                    p.report-excerpt { code { (one.excerpt[0]) mark { (one.excerpt[1]) } (one.excerpt[2]) } }
                    @for hint in &one.hints { p.muted { (hint) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn a_place_is_shown_within_its_line() {
        fn check(text: &str, place: &str, expected: [&str; 3]) {
            let start = text.find(place).expect("the place");
            assert_eq!(excerpt(text, start, start + place.len()), expected);
        }
        check("一\n二{{ fig(\"x\") }}三\n四", "fig", ["二{{ ", "fig", "(\"x\") }}三"]);
        check("ab", "ab", ["", "ab", ""]);
        let long = format!("{}x{}", "字".repeat(100), "后".repeat(100));
        let [before, place, after] = excerpt(&long, 300, 301);
        assert!(before.starts_with('…') && after.ends_with('…') && place == "x");
    }
}
