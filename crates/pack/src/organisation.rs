//! `organisation.toml`: the levels of the tree, and the register that holds it.

use std::sync::Arc;

use message::Text;

use crate::compile::Document;
use crate::faults::Faults;
use crate::field;
use crate::model::{
    ChoiceOption, Field, FieldKind, Register, State, Transition, UNITS, UnitLevel, VERIFY_WITHIN,
};
use crate::names::{Becomes, Names, not_reserved};
use crate::words::{ENGINE_COLUMNS, UNIT_FIELDS};

/// The levels, from the top down.
pub(crate) fn levels(document: &Document, faults: &mut Faults) -> Vec<UnitLevel> {
    let read = |entry: &crate::tree::Entry| {
        not_reserved(&document.source, &entry.key, &entry.key_span, Becomes::Column, &[], faults);
        UnitLevel { key: entry.key.clone(), label: entry.node.label("label", &entry.key) }
    };
    document.root.entries_of("levels").iter().map(read).collect()
}

/// The register of units. Its first fields are the engine's; the pack's own follow.
pub(crate) fn units(document: &Document, names: &Names<'_>, faults: &mut Faults) -> Register {
    let levels = document.root.entries_of("levels");
    let mut fields = vec![
        engine("code", Text::new("代码", "Code"), true, FieldKind::Text { max_chars: 40 }),
        engine("name", Text::new("名称", "Name"), true, FieldKind::Text { max_chars: 200 }),
        engine(
            "level",
            Text::new("层级", "Level"),
            true,
            FieldKind::Choice {
                options: levels
                    .iter()
                    .map(|level| ChoiceOption {
                        key: level.key.clone(),
                        label: level.node.label("label", &level.key),
                    })
                    .collect(),
            },
        ),
        engine("parent", Text::new("上级单位", "Parent"), false, FieldKind::Unit { level: None }),
        engine("successor", Text::new("承接单位", "Successor"), false, FieldKind::Unit { level: None }),
    ];
    let taken = [UNIT_FIELDS, ENGINE_COLUMNS, &names.levels].concat();
    let (own, mut unique) = field::read_all(document, &taken, names, faults);
    fields.extend(own);
    unique.insert(0, vec!["code".to_owned()]);
    Register {
        key: UNITS.to_owned(),
        label: Text::new("组织机构", "Units"),
        fields,
        unique,
        states: vec![
            state("active", Text::new("在册", "Active"), true),
            state("dissolved", Text::new("已撤销", "Dissolved"), false),
        ],
        // Who may re-organise is a question of access, not of the tree: every role the pack knows.
        transitions: vec![Transition {
            from: "active".to_owned(),
            to: "dissolved".to_owned(),
            by: names.roles.iter().map(|&role| role.to_owned()).collect(),
            evidence: false,
        }],
        evidence_on_create: false,
        needs_verification: false,
        two_person: false,
        verify_within: VERIFY_WITHIN,
        source: Arc::clone(&document.source),
        span: document.root.entry("levels").map_or(0..0, |entry| entry.key_span.clone()),
    }
}

fn engine(key: &str, label: Text, required: bool, kind: FieldKind) -> Field {
    Field { key: key.to_owned(), label, help: None, kind, required, example: None }
}

/// A state in the making of a register that the engine itself knows.
pub(crate) fn state(key: &str, label: Text, initial: bool) -> State {
    State { key: key.to_owned(), label, initial }
}
