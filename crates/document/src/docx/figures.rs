//! The figures that a report's writer tagged, found after people have edited the text.
//!
//! A figure is found by its content control's tag or, where a program dropped that, by the bookmark around it. Word
//! allows 64 characters in a tag; a longer identity is tagged `#` and 20 hexadecimal digits, and a custom XML part
//! lists every tag with its full identity.

use std::collections::BTreeMap;

use figure::FigureId;
use quick_xml::events::{BytesStart, Event};

use super::package::Package;
use super::xml::{attribute, each_event};
use crate::DocumentError;
use crate::build::Builder;

/// The namespace of the list of tags. Frozen: documents that were handed out carry it.
const NAMESPACE: &str = "urn:qingyuan:figures:1";
/// What the bookmarks around figures begin with; a running number, `_` and the figure's place in the list follow.
/// Frozen, too.
const BOOKMARK: &str = "_qy";
/// The most custom XML parts that are looked at.
const MOST_LISTS: usize = 64;
/// How much of a custom XML part is looked at for the namespace.
const HEAD: u64 = 1024;
/// The most controls and bookmarks that may be open at once.
const MOST_OPEN: usize = 64;

/// The tags of a document's figures and their full identities.
#[derive(Default)]
pub(super) struct List {
    figures: Vec<String>,
    by_tag: BTreeMap<String, String>,
}

impl List {
    /// The list, from whichever custom XML part holds it.
    pub(super) fn read(package: &mut Package<'_>) -> Result<Self, DocumentError> {
        let mut names: Vec<String> = package
            .names()
            .filter(|name| {
                name.starts_with("customXml/") && name.ends_with(".xml") && !name.contains("/_rels/")
            })
            .take(MOST_LISTS)
            .collect();
        names.sort();
        let mut list = Self::default();
        for name in names {
            let head = package.head(&name, HEAD).unwrap_or_default();
            if !String::from_utf8_lossy(&head).contains(NAMESPACE) {
                continue;
            }
            let text = package.part(&name)?;
            let mut ours = false;
            each_event(&name, &text, |event, _| {
                let (Event::Empty(element) | Event::Start(element)) = event else { return Ok(()) };
                match element.local_name().as_ref() {
                    "figures" => {
                        let mut attributes = element.attributes();
                        ours = attributes
                            .with_checks(false)
                            .flatten()
                            .any(|attribute| attribute.value == NAMESPACE);
                    }
                    "figure" if ours => {
                        if let (Some(tag), Some(id)) = (attribute(element, "tag"), attribute(element, "id")) {
                            list.figures.push(id.clone());
                            list.by_tag.insert(tag, id);
                        }
                    }
                    _ => {}
                }
                Ok(())
            })?;
        }
        Ok(list)
    }

    fn identity(&self, name: Name) -> Option<String> {
        match name {
            Name::Listed(place) => self.figures.get(place).cloned(),
            Name::Tag(tag) => match self.by_tag.get(&tag) {
                Some(id) => Some(id.clone()),
                None => (is_hashed(&tag) || tag.parse::<FigureId>().is_ok()).then_some(tag),
            },
        }
    }
}

fn is_hashed(tag: &str) -> bool {
    let digits = tag.strip_prefix('#').unwrap_or_default();
    digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// How a stretch of text names its figure.
enum Name {
    /// By the tag of a content control.
    Tag(String),
    /// By the place in the list of tags, from a bookmark.
    Listed(usize),
}

/// A content control or bookmark that is open.
struct Open {
    /// A bookmark's number; `None` for a control.
    bookmark: Option<String>,
    name: Option<Name>,
    begin: usize,
    reserved: usize,
    /// How many text boxes it stands in.
    asides: usize,
}

/// Collects the stretches of text that name a figure.
pub(super) struct Finder<'a> {
    list: &'a List,
    open: Vec<Open>,
    /// Controls past [`MOST_OPEN`], which are not followed.
    beyond: usize,
}

impl<'a> Finder<'a> {
    pub(super) fn new(list: &'a List) -> Self {
        Self { list, open: Vec::new(), beyond: 0 }
    }

    pub(super) fn open_control(&mut self, out: &mut Builder) {
        if !self.push(out, None, None) {
            self.beyond += 1;
        }
    }

    /// The tag of the innermost control.
    pub(super) fn tag(&mut self, element: &BytesStart<'_>) {
        if self.beyond == 0
            && let Some(control) = self.open.iter_mut().rev().find(|open| open.bookmark.is_none())
        {
            control.name = attribute(element, "val").map(Name::Tag);
        }
    }

    pub(super) fn close_control(&mut self, out: &mut Builder) {
        if self.beyond > 0 {
            self.beyond -= 1;
        } else {
            self.close(out, None);
        }
    }

    pub(super) fn open_bookmark(&mut self, element: &BytesStart<'_>, out: &mut Builder) {
        let place = attribute(element, "name").and_then(|name| {
            let (number, place) = name.strip_prefix(BOOKMARK)?.split_once('_')?;
            number.parse::<u32>().ok()?;
            place.parse().ok()
        });
        if let (Some(place), Some(id)) = (place, attribute(element, "id")) {
            self.push(out, Some(id), Some(Name::Listed(place)));
        }
    }

    pub(super) fn close_bookmark(&mut self, element: &BytesStart<'_>, out: &mut Builder) {
        if !self.open.is_empty()
            && let Some(id) = attribute(element, "id")
        {
            self.close(out, Some(&id));
        }
    }

    /// Forgets what began in a text box that has ended.
    pub(super) fn end_aside(&mut self, out: &Builder) {
        self.open.retain(|open| open.asides <= out.asides());
    }

    fn push(&mut self, out: &mut Builder, bookmark: Option<String>, name: Option<Name>) -> bool {
        let room = self.open.len() < MOST_OPEN;
        if room {
            let (begin, reserved, asides) = (out.mark(), out.reserve_tag(), out.asides());
            self.open.push(Open { bookmark, name, begin, reserved, asides });
        }
        room
    }

    /// Ends the innermost control, or the bookmark of this number. A bookmark that held a figure's control says
    /// nothing new.
    fn close(&mut self, out: &mut Builder, bookmark: Option<&str>) {
        let Some(at) = self.open.iter().rposition(|open| open.bookmark.as_deref() == bookmark) else {
            return;
        };
        if self.open[at].asides != out.asides() {
            return;
        }
        let open = self.open.remove(at);
        if open.bookmark.is_some() && out.tagged_since(open.reserved) {
            return;
        }
        if let Some(name) = open.name {
            let end = out.end();
            out.tag(open.reserved, open.begin.min(end)..end, self.list.identity(name));
        }
    }
}
