//! `public.toml`: what everyone may see without signing in.

use message::{Diagnostic, Text};

use crate::compile::Document;
use crate::faults::{Faults, suggest};
use crate::model::{FieldKind, Public, PublicRegister, Register};
use crate::names::{Names, known};
use crate::rules;
use crate::tree::Node;

/// What the file says; that what it names is declared.
pub(crate) fn read(document: &Document, names: &Names<'_>, faults: &mut Faults) -> Public {
    let (source, root) = (&document.source, &document.root);
    for indicator in texts(root, "indicators") {
        known(rules::UNKNOWN_INDICATOR, source, Some(indicator), &names.indicators, faults);
    }
    for layer in texts(root, "layers") {
        known(rules::UNKNOWN_REGISTER, source, Some(layer), &names.registers, faults);
    }
    let entries = root.entries_of("registers");
    for entry in entries {
        let named = (entry.key.as_str(), entry.key_span.clone());
        known(rules::UNKNOWN_REGISTER, source, Some(named), &names.registers, faults);
    }
    let keys = |node: &Node, key| texts(node, key).map(|(text, _)| text.to_owned()).collect();
    Public {
        indicators: keys(root, "indicators"),
        registers: entries
            .iter()
            .map(|entry| PublicRegister { key: entry.key.clone(), fields: keys(&entry.node, "fields") })
            .collect(),
        layers: keys(root, "layers"),
    }
}

/// That what is open can be: fields of their registers and nobody's own, layers with something to draw.
pub(crate) fn check(document: &Document, registers: &[Register], faults: &mut Faults) {
    let (source, root) = (&document.source, &document.root);
    let register = |key: &str| registers.iter().find(|register| register.key == key);
    for (key, span) in texts(root, "layers") {
        if register(key).is_some_and(|register| register.geometry().is_none()) {
            let message = message::text!("台账 `{key}` 没有图形", "the register `{key}` has no geometry");
            let with: Vec<&str> = registers
                .iter()
                .filter(|register| register.geometry().is_some())
                .map(|register| register.key.as_str())
                .collect();
            faults.push(suggest(Diagnostic::error(rules::PUBLIC_LAYER, source, span, message), key, with));
        }
    }
    for entry in root.entries_of("registers") {
        let Some(register) = register(&entry.key) else { continue };
        for (key, span) in texts(&entry.node, "fields") {
            let register_key = &register.key;
            match register.field(key).map(|field| &field.kind) {
                None => {
                    let message = message::text!(
                        "台账 `{register_key}` 没有字段 `{key}`",
                        "the register `{register_key}` has no field `{key}`"
                    );
                    let fields = register.fields.iter().map(|field| field.key.as_str());
                    faults.push(suggest(
                        Diagnostic::error(rules::PUBLIC_FIELD, source, span, message),
                        key,
                        fields,
                    ));
                }
                Some(FieldKind::Person) => {
                    let message = message::text!(
                        "`{key}` 涉及个人，不能公开",
                        "`{key}` is a person, who is never open"
                    );
                    let fault = Diagnostic::error(rules::PUBLIC_FIELD, source, span, message);
                    faults.push(fault.hint(Text::new("从列表中去掉它", "take it off the list")));
                }
                Some(_) => {}
            }
        }
    }
}

/// The texts of a list with their places.
fn texts<'a>(node: &'a Node, key: &str) -> impl Iterator<Item = (&'a str, message::Span)> {
    node.items_of(key).iter().filter_map(|item| Some((item.as_text()?, item.span.clone())))
}
