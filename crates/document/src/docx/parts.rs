//! Which parts of a DOCX file are read, and in what order: the body, then foot- and endnotes as they are called.

use std::collections::BTreeMap;

use super::figures::List;
use super::hosts::{Control, Host};
use super::package::Package;
use super::walk::Walker;
use super::xml::each_event;
use crate::place::Place;
use crate::{Document, DocumentError};

/// The parts that are read.
pub(super) struct Parts {
    /// The main part's name and text.
    pub(super) main: (String, String),
    /// Foot- and endnotes: name and text.
    notes: Vec<(String, String)>,
    list: List,
}

impl Parts {
    pub(super) fn read(package: &mut Package<'_>) -> Result<Self, DocumentError> {
        let name = package.main.clone();
        let main = package.part(&name)?;
        let mut notes = Vec::new();
        for relation in package.relations(&name)? {
            let kind = relation.kind.as_str();
            if (kind == "footnotes" || kind == "endnotes") && package.has(&relation.target) && notes.len() < 2
            {
                let text = package.part(&relation.target)?;
                notes.push((relation.target, text));
            }
        }
        Ok(Self { main: (name, main), notes, list: List::read(package)? })
    }
}

/// What a walk through the parts finds.
pub(super) struct Walked {
    pub(super) document: Document,
    /// Where the text stands in the main part, if that was asked for. Text of notes stands where they are called.
    pub(super) places: Vec<Place>,
    pub(super) hosts: Vec<Host>,
    pub(super) controls: Vec<Control>,
}

/// Reads the parts; with `record`, it is kept where every stretch of text stands.
pub(super) fn walk(parts: &Parts, record: bool) -> Result<Walked, DocumentError> {
    let mut notes = BTreeMap::new();
    for (name, text) in &parts.notes {
        let mut walker = Walker::new(&parts.list, record);
        walker.of_notes = true;
        each_event(name, text, |event, place| walker.event(event, place))?;
        notes.append(&mut walker.notes);
    }
    let (name, text) = &parts.main;
    let mut walker = Walker::new(&parts.list, record);
    each_event(name, text, |event, place| walker.event(event, place))?;
    if !walker.document {
        return Err(DocumentError::NotDocx(format!("`{name}` is no document")));
    }
    let Walker { mut out, recorder, calls, .. } = walker;
    for (id, host) in calls {
        if let Some(note) = notes.remove(&id) {
            out.append(note, host);
        }
    }
    let (document, places) = out.finish()?;
    Ok(Walked { document, places, hosts: recorder.hosts, controls: recorder.controls })
}
