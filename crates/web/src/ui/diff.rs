//! Differences: two versions of a record field by field, with a choice where two people disagree; and two versions of a
//! text in one line.

use maud::{Markup, Render, html};
use message::Language;

use super::{Icon, Speak, Words};

struct Line {
    field: String,
    label: String,
    old: Option<String>,
    new: Option<String>,
}

/// Two versions beside each other. Fields that are the same are folded away.
pub struct Diff {
    titles: (String, String),
    lines: Vec<Line>,
    choose: Option<String>,
    words: Said,
}

#[derive(Clone, Copy)]
struct Said {
    caption: &'static str,
    field: &'static str,
    same: &'static str,
    changed: &'static str,
    empty: &'static str,
    take: &'static str,
}

impl Diff {
    /// What the two versions are: “原值” and “新值”, “您填写的” and “他人已保存的”.
    pub fn new(l: Language, left: impl Words, right: impl Words) -> Self {
        Self {
            titles: (l.say(&left).into_owned(), l.say(&right).into_owned()),
            lines: Vec::new(),
            choose: None,
            words: Said {
                caption: l.t("差异", "Differences"),
                field: l.t("字段", "Field"),
                same: l.t("未变的字段", "Fields that are the same"),
                changed: l.t("有改动", "changed"),
                empty: l.t("（空）", "(empty)"),
                take: l.t("采用", "Take"),
            },
        }
    }

    /// One field as people read it; `None` where it is empty.
    #[must_use]
    pub fn field(
        mut self,
        l: Language,
        key: impl Into<String>,
        label: impl Words,
        left: Option<String>,
        right: Option<String>,
    ) -> Self {
        self.lines.push(Line { field: key.into(), label: l.say(&label).into_owned(), old: left, new: right });
        self
    }

    /// A choice in every differing line: radio buttons `{prefix}{field}` with the values `left` and `right`; nothing is
    /// chosen beforehand. Stands inside a form.
    #[must_use]
    pub fn choose(mut self, prefix: impl Into<String>) -> Self {
        self.choose = Some(prefix.into());
        self
    }

    fn side(&self, line: &Line, value: &Option<String>, side: &str, title: &str) -> Markup {
        let differs = line.old != line.new;
        let shown = html! {
            @match value {
                Some(text) => { @if !differs { (text) } @else if side == "left" { del { (text) } } @else { ins { (text) } } },
                None => span.muted { (self.words.empty) },
            }
        };
        html! {
            @match &self.choose {
                Some(prefix) if differs => label.option {
                    input type="radio" name={ (prefix) (line.field) } value=(side) required
                        aria-label={ (self.words.take) " " (title) " " (line.label) "：" (value.as_deref().unwrap_or(self.words.empty)) };
                    span { (shown) }
                },
                _ => (shown),
            }
        }
    }

    fn rows(&self, lines: &[&Line]) -> Markup {
        html! {
            table.diff {
                caption.unseen { (self.words.caption) }
                thead { tr { th scope="col" { (self.words.field) } th scope="col" { (self.titles.0) } th scope="col" { (self.titles.1) } } }
                tbody {
                    @for line in lines {
                        tr.changed[line.old != line.new] {
                            th scope="row" {
                                (line.label)
                                @if line.old != line.new { (Icon::Edit) span.unseen { " " (self.words.changed) } }
                            }
                            td { (self.side(line, &line.old, "left", &self.titles.0)) }
                            td { (self.side(line, &line.new, "right", &self.titles.1)) }
                        }
                    }
                }
            }
        }
    }
}

impl Render for Diff {
    fn render(&self) -> Markup {
        let (changed, same): (Vec<&Line>, Vec<&Line>) =
            self.lines.iter().partition(|line| line.old != line.new);
        html! {
            div.scroll tabindex="0" role="region" aria-label=(self.words.caption) { (self.rows(&changed)) }
            @if !same.is_empty() {
                details.diff-same {
                    summary { (self.words.same) " " span.number { (same.len()) } }
                    (self.rows(&same))
                }
            }
        }
    }
}

/// Two versions of a text in one line: what went struck through, what came underlined.
pub fn inline_diff(old: &str, new: &str) -> Markup {
    let (old, new) = (pieces(old), pieces(new));
    html! {
        span.inline-diff {
            @for (kind, text) in joined(&old, &new) {
                @match kind {
                    Kept::Both => (text),
                    Kept::Old => del { (text) },
                    Kept::New => ins { (text) },
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kept {
    Both,
    Old,
    New,
}

/// Words of letters and digits whole, everything else (Chinese characters, signs) one by one.
fn pieces(text: &str) -> Vec<&str> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '.';
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = if word(first) { rest.find(|c| !word(c)).unwrap_or(rest.len()) } else { first.len_utf8() };
        let (piece, after) = rest.split_at(end);
        out.push(piece);
        rest = after;
    }
    out
}

/// The longest common sequence, as runs. Texts too long for a table of their lengths are shown whole.
fn joined(old: &[&str], new: &[&str]) -> Vec<(Kept, String)> {
    const MOST: usize = 1_000_000;
    if old.len().saturating_mul(new.len()) > MOST {
        return vec![(Kept::Old, old.concat()), (Kept::New, new.concat())];
    }
    let width = new.len() + 1;
    let mut best = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            best[i * width + j] = if old[i] == new[j] {
                best[(i + 1) * width + j + 1] + 1
            } else {
                best[(i + 1) * width + j].max(best[i * width + j + 1])
            };
        }
    }
    let mut out: Vec<(Kept, String)> = Vec::new();
    let mut push = |kind: Kept, piece: &str| match out.last_mut() {
        Some((last, text)) if *last == kind => text.push_str(piece),
        _ => out.push((kind, piece.to_owned())),
    };
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            push(Kept::Both, old[i]);
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && best[(i + 1) * width + j] >= best[i * width + j + 1]) {
            push(Kept::Old, old[i]);
            i += 1;
        } else {
            push(Kept::New, new[j]);
            j += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Diff, inline_diff};
    use crate::ui::w;
    use maud::Render;
    use message::Language;

    #[test]
    fn a_text_is_compared_piece_by_piece() {
        fn check(old: &str, new: &str, expected: &str) {
            let html = inline_diff(old, new).into_string();
            assert_eq!(
                html.trim_start_matches("<span class=\"inline-diff\">").trim_end_matches("</span>"),
                expected
            );
        }
        check("码头12个", "码头15个", "码头<del>12</del><ins>15</ins>个");
        check("", "a", "<ins>a</ins>");
        check("a", "", "<del>a</del>");
        check("同", "同", "同");
        check("<b>", "<i>", "&lt;<del>b</del><ins>i</ins>&gt;");
    }

    #[test]
    fn only_fields_that_differ_ask_for_a_choice() {
        let l = Language::English;
        let some = |text: &str| Some(text.to_owned());
        let html = Diff::new(l, w("您的", "Yours"), w("已保存", "Saved"))
            .field(l, "name", w("名称", "Name"), some("A"), some("A"))
            .field(l, "berths", w("泊位", "Berths"), some("2"), None)
            .choose("take.")
            .render()
            .into_string();
        assert!(html.contains("name=\"take.berths\"") && !html.contains("name=\"take.name\""), "{html}");
    }
}
