//! Lists that are no tables: facts of one thing, what happened when, a tree of units, code.

use maud::{Markup, Render, html};
use message::Language;

use super::{Speak, Words};

/// The facts of one thing, name and value beside each other.
#[derive(Default)]
pub struct Facts {
    items: Vec<(String, Markup)>,
    two: bool,
}

impl Facts {
    /// No facts yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One fact. An empty value is drawn as “—”.
    #[must_use]
    pub fn fact(mut self, l: Language, name: impl Words, value: impl Render) -> Self {
        self.items.push((l.say(&name).into_owned(), value.render()));
        self
    }

    /// Two facts beside each other where there is room.
    #[must_use]
    pub fn in_two(mut self) -> Self {
        self.two = true;
        self
    }
}

impl Render for Facts {
    fn render(&self) -> Markup {
        html! {
            dl.facts.two[self.two] {
                @for (name, value) in &self.items {
                    div { dt { (name) } dd { @if value.0.is_empty() { "—" } @else { (value) } } }
                }
            }
        }
    }
}

/// Something that happened.
pub struct Event {
    when: (String, String),
    who: Option<String>,
    title: Markup,
    body: Option<Markup>,
    badge: Option<Markup>,
}

impl Event {
    /// When, for machines (`2026-03-01T08:00:00Z`, or a date) and as it is shown; and what, in a few words.
    pub fn new(machine: impl Into<String>, shown: impl Into<String>, title: impl Render) -> Self {
        Self {
            when: (machine.into(), shown.into()),
            who: None,
            title: title.render(),
            body: None,
            badge: None,
        }
    }

    /// Who did it.
    #[must_use]
    pub fn who(mut self, who: impl Into<String>) -> Self {
        self.who = Some(who.into());
        self
    }

    /// More: the differences, the reason, the evidence.
    #[must_use]
    pub fn body(mut self, body: impl Render) -> Self {
        self.body = Some(body.render());
        self
    }

    /// Its state.
    #[must_use]
    pub fn badge(mut self, badge: impl Render) -> Self {
        self.badge = Some(badge.render());
        self
    }
}

/// What happened when, latest first (or first first, as given).
pub fn timeline(l: Language, name: impl Words, events: &[Event]) -> Markup {
    html! {
        ol.timeline aria-label=(l.say(&name)) {
            @for event in events {
                li {
                    p.event-head {
                        time datetime=(event.when.0) { (event.when.1) }
                        @if let Some(who) = &event.who { " " span.event-who { (who) } }
                        @if let Some(badge) = &event.badge { " " (badge) }
                    }
                    p.event-title { (event.title) }
                    @if let Some(body) = &event.body { div.event-body { (body) } }
                }
            }
        }
    }
}

/// A node of a tree.
pub struct Node {
    label: Markup,
    note: Option<Markup>,
    open: bool,
    children: Vec<Node>,
}

impl Node {
    /// A node: usually a link.
    pub fn new(label: impl Render) -> Self {
        Self { label: label.render(), note: None, open: false, children: Vec::new() }
    }

    /// What stands right of it: a count, a state.
    #[must_use]
    pub fn note(mut self, note: impl Render) -> Self {
        self.note = Some(note.render());
        self
    }

    /// Its children are shown from the start.
    #[must_use]
    pub fn open(mut self, open: bool) -> Self {
        self.open = open;
        self
    }

    /// The nodes below it.
    #[must_use]
    pub fn children(mut self, children: Vec<Node>) -> Self {
        self.children = children;
        self
    }

    /// `place` is the node's way from the root, which makes its identity on the page.
    fn draw(&self, place: &str) -> Markup {
        let id = format!("node-{place}");
        html! {
            li {
                div.node {
                    span.node-label id=(id) { (self.label) }
                    @if let Some(note) = &self.note { span.node-note { (note) } }
                }
                // The label may be a link, and a link must not stand inside of a summary; so the summary is only the arrow.
                @if !self.children.is_empty() {
                    details open[self.open] {
                        summary aria-labelledby=(id) {}
                        (branches(&self.children, place))
                    }
                }
            }
        }
    }
}

fn branches(nodes: &[Node], place: &str) -> Markup {
    html! { ul { @for (number, node) in nodes.iter().enumerate() { (node.draw(&format!("{place}-{number}"))) } } }
}

/// A tree that unfolds without scripts: units, programmes and their projects. One tree a page.
pub fn tree(l: Language, name: impl Words, roots: &[Node]) -> Markup {
    html! { div.tree role="group" aria-label=(l.say(&name)) { (branches(roots, "0")) } }
}

/// Text of a machine: SQL, a pack file, an address, a hash. With a button that copies it.
pub fn code_block(l: Language, name: impl Words, text: &str) -> Markup {
    html! {
        div.code {
            pre tabindex="0" role="region" aria-label=(l.say(&name)) { code { (text) } }
            button.button.quiet.small type="button" data-copy=(l.t("已复制", "Copied")) hidden {
                (super::Icon::Copy) span { (l.t("复制", "Copy")) }
            }
        }
    }
}

/// SQL with its keywords set off; else as [`code_block`].
pub fn sql_block(l: Language, name: impl Words, sql: &str) -> Markup {
    html! {
        div.code {
            pre tabindex="0" role="region" aria-label=(l.say(&name)) { code { (marked_sql(sql)) } }
            button.button.quiet.small type="button" data-copy=(l.t("已复制", "Copied")) hidden {
                (super::Icon::Copy) span { (l.t("复制", "Copy")) }
            }
        }
    }
}

/// Keywords bold, comments and literals in their own ink. It marks words, it does not parse.
fn marked_sql(sql: &str) -> Markup {
    const KEYWORDS: &[&str] = &[
        "select",
        "from",
        "where",
        "and",
        "or",
        "not",
        "in",
        "as",
        "on",
        "join",
        "left",
        "inner",
        "group",
        "by",
        "order",
        "having",
        "union",
        "all",
        "distinct",
        "case",
        "when",
        "then",
        "else",
        "end",
        "is",
        "null",
        "between",
        "with",
        "over",
        "partition",
        "exists",
        "limit",
        "like",
        "asc",
        "desc",
        "cast",
    ];
    let mut out = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (class, length) = if rest.starts_with("--") {
            ("comment", rest.find('\n').unwrap_or(rest.len()))
        } else if first == '\'' {
            ("literal", rest[1..].find('\'').map_or(rest.len(), |end| end + 2))
        } else if first.is_alphanumeric() || first == '_' {
            let end =
                rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(rest.len());
            let word = rest[..end].to_ascii_lowercase();
            (if KEYWORDS.contains(&word.as_str()) { "keyword" } else { "" }, end)
        } else {
            ("", first.len_utf8())
        };
        let (part, after) = rest.split_at(length);
        out.push((class, part));
        rest = after;
    }
    html! {
        @for (class, part) in out {
            @if class.is_empty() { (part) } @else { span class={ "sql-" (class) } { (part) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::marked_sql;

    #[test]
    fn sql_is_marked_word_by_word() {
        fn check(sql: &str, expected: &str) {
            assert_eq!(marked_sql(sql).into_string(), expected);
        }
        check("SELECT a", "<span class=\"sql-keyword\">SELECT</span> a");
        check("'it''s", "<span class=\"sql-literal\">'it'</span><span class=\"sql-literal\">'s</span>");
        check("-- 码头", "<span class=\"sql-comment\">-- 码头</span>");
        check("'", "<span class=\"sql-literal\">'</span>");
        check("a<b", "a&lt;b");
    }
}
