//! `pack.toml`.

use message::Text;

use crate::compile::Document;
use crate::faults::Faults;
use crate::model::{Dimension, Role};
use crate::names::{Becomes, not_reserved};

/// What the file says.
#[derive(Debug)]
pub(crate) struct PackFile {
    pub(crate) name: String,
    pub(crate) label: Text,
    pub(crate) roles: Vec<Role>,
    pub(crate) dimensions: Vec<Dimension>,
    pub(crate) units: Vec<Text>,
}

impl Default for PackFile {
    fn default() -> Self {
        Self {
            name: String::new(),
            label: Text::same(""),
            roles: Vec::new(),
            dimensions: Vec::new(),
            units: Vec::new(),
        }
    }
}

pub(crate) fn read(document: &Document, faults: &mut Faults) -> PackFile {
    let root = &document.root;
    let name = root.text("name").unwrap_or_default();
    for dimension in root.entries_of("dimensions") {
        let (key, span) = (&dimension.key, &dimension.key_span);
        not_reserved(&document.source, key, span, Becomes::Dimension, &[], faults);
    }
    PackFile {
        name: name.to_owned(),
        label: root.label("label", name),
        roles: root
            .entries_of("roles")
            .iter()
            .map(|entry| Role { key: entry.key.clone(), label: entry.node.label("label", &entry.key) })
            .collect(),
        dimensions: root
            .entries_of("dimensions")
            .iter()
            .map(|entry| Dimension { key: entry.key.clone(), label: entry.node.label("label", &entry.key) })
            .collect(),
        units: root
            .entries_of("units")
            .iter()
            .map(|entry| Text {
                traditional: entry.node.text("zh-Hant").map(str::to_owned),
                ..Text::new(entry.key.clone(), entry.node.text("en").unwrap_or(&entry.key))
            })
            .collect(),
    }
}
