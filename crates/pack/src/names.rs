//! What a pack declares, before anything is checked; and whether names may be taken.

use std::collections::BTreeMap;
use std::sync::Arc;

use message::{Diagnostic, Source, Span};

use crate::compile::Document;
use crate::faults::{Faults, suggest};
use crate::files::{FileKind, stem};
use crate::model::UNITS;
use crate::rules;
use crate::tree::Node;
use crate::words::{ENGINE_COLUMNS, HISTORY, Pattern, is_sql_word};

/// Everything that can be referred to, in the order of the files.
#[derive(Default)]
pub(crate) struct Names<'a> {
    pub(crate) roles: Vec<&'a str>,
    pub(crate) levels: Vec<&'a str>,
    pub(crate) registers: Vec<&'a str>,
    /// Dimensions declared, levels below the city, and choices.
    pub(crate) dimensions: Vec<&'a str>,
    pub(crate) indicators: Vec<&'a str>,
    pub(crate) plans: Vec<&'a str>,
    pub(crate) programmes: Vec<&'a str>,
    pub(crate) projects: Vec<&'a str>,
}

impl<'a> Names<'a> {
    /// Collects the names; two things of one name are a fault.
    pub(crate) fn of(documents: &'a [Document], faults: &mut Faults) -> Self {
        let mut names = Names { registers: vec![UNITS], ..Names::default() };
        let mut seen = Seen::default();
        for document in documents {
            let (source, root) = (&document.source, &document.root);
            match document.kind {
                FileKind::Pack => {
                    names.roles.extend(keys_of(root, "roles"));
                    names.dimensions.extend(keys_of(root, "dimensions"));
                }
                FileKind::Organisation => {
                    names.levels.extend(keys_of(root, "levels"));
                    // The top level is the whole city: nothing is broken down by it.
                    names.dimensions.extend(keys_of(root, "levels").skip(1));
                    names.dimensions.extend(choices(root));
                    // The engine's own choice: units by their level.
                    names.dimensions.push("level");
                }
                FileKind::Register => {
                    names.registers.push(stem(&source.path));
                    names.dimensions.extend(choices(root));
                }
                FileKind::Indicators => {
                    for entry in root.entries() {
                        seen.declare("indicator", &entry.key, source, &entry.key_span, faults);
                        names.indicators.push(&entry.key);
                    }
                }
                FileKind::Plan => {
                    for (kind, list) in [
                        ("plan", Some(&mut names.plans)),
                        ("programme", Some(&mut names.programmes)),
                        ("project", Some(&mut names.projects)),
                        ("target", None),
                    ] {
                        let keys: Vec<_> =
                            root.items_of(kind).iter().filter_map(|item| item.text_at("key")).collect();
                        for (key, span) in &keys {
                            seen.declare(kind, key, source, span, faults);
                        }
                        if let Some(list) = list {
                            list.extend(keys.into_iter().map(|(key, _)| key));
                        }
                    }
                }
                FileKind::Report | FileKind::Policies | FileKind::Public => {}
            }
        }
        names.dimensions.sort_unstable();
        names.dimensions.dedup();
        names
    }
}

fn keys_of<'a>(root: &'a Node, table: &str) -> impl Iterator<Item = &'a str> {
    root.entries_of(table).iter().map(|entry| entry.key.as_str())
}

fn choices(root: &Node) -> impl Iterator<Item = &str> {
    root.entries_of("fields")
        .iter()
        .filter(|field| field.node.text("type") == Some("choice"))
        .map(|field| field.key.as_str())
}

/// Names in use, each with the place that took it.
#[derive(Default)]
pub(crate) struct Seen<'a> {
    taken: BTreeMap<(&'static str, &'a str), (Arc<Source>, Span)>,
}

impl<'a> Seen<'a> {
    /// Takes a name of a kind; a fault if it is taken.
    pub(crate) fn declare(
        &mut self,
        kind: &'static str,
        key: &'a str,
        source: &Arc<Source>,
        span: &Span,
        faults: &mut Faults,
    ) {
        self.take(kind, key, source, span, rules::DUPLICATE_KEY, faults);
    }

    /// The same for labels, which headings and lists show: two alike could not be told apart.
    pub(crate) fn label(&mut self, label: &'a str, source: &Arc<Source>, span: &Span, faults: &mut Faults) {
        self.take("label", label, source, span, rules::DUPLICATE_LABEL, faults);
    }

    fn take(
        &mut self,
        kind: &'static str,
        name: &'a str,
        source: &Arc<Source>,
        span: &Span,
        rule: &'static str,
        faults: &mut Faults,
    ) {
        let Some((first, place)) = self.taken.get(&(kind, name)) else {
            self.taken.insert((kind, name), (Arc::clone(source), span.clone()));
            return;
        };
        let fault = Diagnostic::error(
            rule,
            source,
            span.clone(),
            message::text!("`{name}` 已经用过", "`{name}` is taken already"),
        );
        faults.push(if first.path == source.path {
            fault.related(place.clone(), message::text!("先在这里", "first here"))
        } else {
            let (line, column) = first.line_column(place.start);
            let path = &first.path;
            fault.hint(message::text!("先在 {path}:{line}:{column}", "first at {path}:{line}:{column}"))
        });
    }
}

/// A name at its place that must be one of those declared.
pub(crate) fn known(
    rule: &'static str,
    source: &Arc<Source>,
    name: Option<(&str, Span)>,
    declared: &[&str],
    faults: &mut Faults,
) {
    let Some((name, span)) = name else { return };
    if declared.contains(&name) {
        return;
    }
    let message = match rule {
        rules::UNKNOWN_REGISTER => message::text!("没有台账 `{name}`", "there is no register `{name}`"),
        rules::UNKNOWN_FIELD => message::text!("没有字段 `{name}`", "there is no field `{name}`"),
        rules::UNKNOWN_LEVEL => message::text!("没有组织层级 `{name}`", "there is no level `{name}`"),
        rules::UNKNOWN_ROLE => message::text!("没有角色 `{name}`", "there is no role `{name}`"),
        rules::UNKNOWN_STATE => message::text!("没有状态 `{name}`", "there is no state `{name}`"),
        rules::UNKNOWN_DIMENSION => message::text!("没有维度 `{name}`", "there is no dimension `{name}`"),
        rules::UNKNOWN_INDICATOR => message::text!("没有指标 `{name}`", "there is no indicator `{name}`"),
        rules::UNKNOWN_PLAN => message::text!("没有综合性文件 `{name}`", "there is no plan `{name}`"),
        rules::UNKNOWN_PROGRAMME => {
            message::text!("没有工程或行动 `{name}`", "there is no programme `{name}`")
        }
        _ => message::text!("没有项目 `{name}`", "there is no project `{name}`"),
    };
    faults.push(suggest(Diagnostic::error(rule, source, span, message), name, declared.iter().copied()));
}

/// A name that is a file's stem must be written as such names are; `shape` asks it of keys.
pub(crate) fn written(source: &Arc<Source>, span: &Span, name: &str, pattern: &Pattern, faults: &mut Faults) {
    if !(pattern.fits)(name) {
        let (chinese, english) = (pattern.chinese, pattern.english);
        let message = message::text!(
            "文件名 `{name}` 不是合法的名字",
            "the file's name `{name}` is not written as a name here is"
        );
        let fault = Diagnostic::error(rules::BAD_IDENTIFIER, source, span.clone(), message);
        faults.push(fault.hint(message::text!("写法：{chinese}", "write {english}")));
    }
}

/// The columns of an indicator's rows that are no dimensions, and the dimension that every indicator has which rests on
/// measurements.
const OWN_COLUMNS: [&str; 6] = ["key", "amount", "occurred", "record", "measured", "edition"];

/// What a name is to become in SQL.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Becomes {
    /// A register's table.
    Table,
    /// A column of every register's table.
    Column,
    /// A column of an indicator's rows.
    Dimension,
}

/// A name that becomes a table or a column must not be one that SQL or the engine uses.
pub(crate) fn not_reserved(
    source: &Arc<Source>,
    name: &str,
    span: &Span,
    becomes: Becomes,
    taken: &[&str],
    faults: &mut Faults,
) {
    let message = if is_sql_word(name) {
        message::text!("`{name}` 是 SQL 的保留字", "`{name}` is a word of SQL")
    } else if taken.contains(&name) {
        message::text!("`{name}` 已由系统或组织层级使用", "`{name}` is the engine's own, or a level's")
    } else if becomes == Becomes::Table && name.ends_with(HISTORY) {
        message::text!(
            "`{name}` 以 `{HISTORY}` 结尾，是历史表的名字",
            "`{name}` ends in `{HISTORY}` as tables of histories do"
        )
    } else if becomes == Becomes::Column && ENGINE_COLUMNS.contains(&name) {
        message::text!("`{name}` 是每个台账都有的列", "`{name}` is a column that every register has")
    } else if becomes == Becomes::Dimension && OWN_COLUMNS.contains(&name) {
        message::text!(
            "`{name}` 是指标各行自有的列",
            "`{name}` is a column that an indicator's rows have anyway"
        )
    } else {
        return;
    };
    let fault = Diagnostic::error(rules::RESERVED_NAME, source, span.clone(), message);
    faults.push(
        fault.hint(message::text!("换一个名字，如 `the_{name}`", "choose another, such as `the_{name}`")),
    );
}
