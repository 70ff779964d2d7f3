//! `registers/KEY.toml`.

use std::collections::BTreeSet;
use std::sync::Arc;

use message::{Diagnostic, Text};

use crate::compile::Document;
use crate::faults::Faults;
use crate::field;
use crate::files::stem;
use crate::model::{Register, State, Transition, UNITS, VERIFY_WITHIN};
use crate::names::{Becomes, Names, Seen, known, not_reserved, written};
use crate::organisation::state;
use crate::rules;
use crate::words::{ENGINE_COLUMNS, IDENTIFIER};

pub(crate) fn read(document: &Document, names: &Names<'_>, faults: &mut Faults) -> Register {
    let (source, root) = (&document.source, &document.root);
    let key = stem(&source.path);
    named(document, key, faults);
    // The top level is the whole city, of which there is no column.
    let below_city = names.levels.get(1..).unwrap_or_default();
    let taken = [ENGINE_COLUMNS, below_city].concat();
    let (fields, mut unique) = field::read_all(document, &taken, names, faults);
    for group in groups(document, faults) {
        if !unique.contains(&group) {
            unique.push(group);
        }
    }
    if root.yes("two_person") && !root.yes("verification") {
        let span = root.entry("two_person").map_or(0..0, |entry| entry.key_span.clone());
        let message =
            Text::new("没有核验，双人核验无从谈起", "there is no second person where nothing is verified");
        let fault = Diagnostic::error(rules::TWO_PERSON, source, span, message);
        faults.push(fault.hint(Text::new("加上 verification = true", "add verification = true")));
    }
    if root.get("verify_within").is_some() && !root.yes("verification") {
        let span = root.entry("verify_within").map_or(0..0, |entry| entry.key_span.clone());
        let message =
            Text::new("没有核验，谈不上期限", "there is no time to verify within where nothing is verified");
        let fault = Diagnostic::error(rules::VERIFY_WITHIN, source, span, message);
        faults.push(fault.hint(Text::new("加上 verification = true", "add verification = true")));
    }
    let states = states(document, faults);
    let transitions = transitions(document, &states, names, faults);
    reachable(document, &states, &transitions, faults);
    Register {
        key: key.to_owned(),
        label: root.label("label", key),
        fields,
        unique,
        states,
        transitions,
        evidence_on_create: root.yes("evidence"),
        needs_verification: root.yes("verification"),
        two_person: root.yes("two_person"),
        verify_within: root
            .whole("verify_within")
            .and_then(|days| u16::try_from(days).ok())
            .unwrap_or(VERIFY_WITHIN),
        source: Arc::clone(source),
        span: root.get("label").map_or(0..0, |label| label.span.clone()),
    }
}

/// The file's name is the table's name.
fn named(document: &Document, key: &str, faults: &mut Faults) {
    let source = &document.source;
    written(source, &(0..0), key, &IDENTIFIER, faults);
    if key == UNITS {
        let message = message::text!(
            "台账 `{UNITS}` 是系统自带的组织机构",
            "the register `{UNITS}` is the engine's own"
        );
        let fault = Diagnostic::error(rules::RESERVED_NAME, source, 0..0, message);
        faults.push(fault.hint(Text::new(
            "附加字段写在 organisation.toml 的 [fields.*]",
            "add fields to it in organisation.toml, as [fields.*]",
        )));
    } else {
        not_reserved(source, key, &(0..0), Becomes::Table, &[], faults);
    }
}

/// `unique = [["name", "bank"]]`.
fn groups(document: &Document, faults: &mut Faults) -> Vec<Vec<String>> {
    let fields: Vec<&str> =
        document.root.entries_of("fields").iter().map(|entry| entry.key.as_str()).collect();
    let read = |group: &crate::tree::Node| {
        let mut keys: Vec<String> = Vec::new();
        for item in group.items() {
            let Some(key) = item.as_text() else { continue };
            known(rules::UNKNOWN_FIELD, &document.source, Some((key, item.span.clone())), &fields, faults);
            if !keys.iter().any(|known| known == key) {
                keys.push(key.to_owned());
            }
        }
        keys
    };
    document.root.items_of("unique").iter().map(read).collect()
}

fn states(document: &Document, faults: &mut Faults) -> Vec<State> {
    let entries = document.root.entries_of("states");
    let Some(first) = entries.first() else {
        return vec![state("active", Text::new("有效", "Active"), true)];
    };
    let source = &document.source;
    let mut labels = Seen::default();
    for entry in entries {
        if let Some((label, span)) = entry.node.get("label").and_then(|label| label.text_at("zh")) {
            labels.label(label, source, &span, faults);
        }
    }
    let initial: Vec<_> = entries.iter().filter(|entry| entry.node.yes("initial")).collect();
    match initial.as_slice() {
        [_] => {}
        [] => {
            let message = Text::new("没有初始状态", "no state is initial");
            let fault = Diagnostic::error(rules::INITIAL_STATE, source, first.key_span.clone(), message);
            faults.push(
                fault.hint(Text::new(
                    "在其中一个状态写 initial = true",
                    "write initial = true in one of them",
                )),
            );
        }
        [first, others @ ..] => {
            for other in others {
                let key = &other.key;
                let message = message::text!("`{key}` 是第二个初始状态", "`{key}` is a second initial state");
                let fault = Diagnostic::error(rules::INITIAL_STATE, source, other.key_span.clone(), message);
                faults.push(
                    fault.related(first.key_span.clone(), Text::new("第一个在这里", "the first is here")),
                );
            }
        }
    }
    entries
        .iter()
        .map(|entry| state(&entry.key, entry.node.label("label", &entry.key), entry.node.yes("initial")))
        .collect()
}

fn transitions(
    document: &Document,
    states: &[State],
    names: &Names<'_>,
    faults: &mut Faults,
) -> Vec<Transition> {
    let source = &document.source;
    let states: Vec<&str> = states.iter().map(|state| state.key.as_str()).collect();
    let mut seen = BTreeSet::new();
    let mut transitions = Vec::new();
    for item in document.root.items_of("transitions") {
        known(rules::UNKNOWN_STATE, source, item.text_at("from"), &states, faults);
        known(rules::UNKNOWN_STATE, source, item.text_at("to"), &states, faults);
        let mut by = Vec::new();
        for role in item.items_of("by") {
            let Some(key) = role.as_text() else { continue };
            known(rules::UNKNOWN_ROLE, source, Some((key, role.span.clone())), &names.roles, faults);
            by.push(key.to_owned());
        }
        let from = item.text("from").unwrap_or_default();
        let to = item.text("to").unwrap_or_default();
        if !seen.insert((from, to)) {
            let message = message::text!(
                "从 `{from}` 到 `{to}` 已经声明过",
                "the move from `{from}` to `{to}` is declared already"
            );
            let fault = Diagnostic::error(rules::DUPLICATE_TRANSITION, source, item.span.clone(), message);
            faults.push(fault.hint(Text::new("把角色合并到一条的 by 里", "put all its roles into one `by`")));
        }
        transitions.push(Transition {
            from: from.to_owned(),
            to: to.to_owned(),
            by,
            evidence: item.yes("evidence"),
        });
    }
    transitions
}

/// A state that no record can come to is likely a transition forgotten.
fn reachable(document: &Document, states: &[State], transitions: &[Transition], faults: &mut Faults) {
    let mut reached: BTreeSet<&str> =
        states.iter().filter(|state| state.initial).map(|state| state.key.as_str()).collect();
    if reached.is_empty() {
        return;
    }
    let mut before = 0;
    while reached.len() > before {
        before = reached.len();
        for transition in transitions {
            if reached.contains(transition.from.as_str()) {
                reached.insert(&transition.to);
            }
        }
    }
    for entry in document.root.entries_of("states") {
        let key = &entry.key;
        if !reached.contains(key.as_str()) {
            let message =
                message::text!("没有流转能到达状态 `{key}`", "no transition leads to the state `{key}`");
            let fault = Diagnostic::warning(
                rules::UNREACHABLE_STATE,
                &document.source,
                entry.key_span.clone(),
                message,
            );
            faults.push(fault.hint(message::text!(
                "加一条 to = \"{key}\" 的 [[transitions]]",
                "add [[transitions]] with to = \"{key}\""
            )));
        }
    }
}
