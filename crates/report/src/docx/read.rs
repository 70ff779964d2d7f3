//! Reading figures back from a DOCX file that people may have edited and saved with another program.
//!
//! Bounded: no part is read past [`MOST_BYTES`], whatever its zip entry claims, and no entity is
//! expanded, so a zip bomb or a billion laughs costs no more than that.
//!
//! A figure is found by its content control's tag or, where a program dropped that, by the bookmark
//! around it.

use std::collections::BTreeMap;
use std::io::{BufReader, Cursor, Read};

use figure::FigureId;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::tags::{BOOKMARK, NAMESPACE};

/// The most that is read of any part.
const MOST_BYTES: u64 = 128 << 20;
/// The most custom XML parts that are looked at.
const MOST_LISTS: usize = 64;
/// The most controls and bookmarks that may be open at once.
const MOST_OPEN: usize = 64;

/// A figure found in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The identity; the hashed tag itself (`#…`) where the list that resolves it is gone.
    pub figure: String,
    /// What the text shows now.
    pub shown: String,
}

/// Why a file cannot be read as DOCX.
#[derive(Debug, thiserror::Error)]
pub enum ReadTagsError {
    /// Not a zip file, or a damaged one.
    #[error("this is no DOCX file, or a damaged one: {0}")]
    NotDocx(String),
    /// A part larger than any report.
    #[error("the part `{0}` is larger than 128 MB")]
    TooLarge(String),
    /// Mark-up that is not well-formed.
    #[error("the part `{part}` is not well-formed: {reason}")]
    NotXml {
        /// The part.
        part: String,
        /// What the parser says.
        reason: String,
    },
}

impl ReadTagsError {
    /// What to tell the user.
    pub fn text(&self) -> message::Text {
        match self {
            Self::NotDocx(_) => {
                message::Text::new("这不是 DOCX 文件，或文件已损坏", "this is no DOCX file, or a damaged one")
            }
            Self::TooLarge(part) => {
                message::text!("文件中的 `{part}` 超过 128 MB", "the part `{part}` is larger than 128 MB")
            }
            Self::NotXml { part, .. } => {
                message::text!("文件中的 `{part}` 已损坏", "the part `{part}` is damaged")
            }
        }
    }
}

/// The figures of a document, in the order of the text.
pub fn read_tags(bytes: &[u8]) -> Result<Vec<Tag>, ReadTagsError> {
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| ReadTagsError::NotDocx(error.to_string()))?;
    let main = main_part(&mut archive)?;
    let list = tag_list(&mut archive)?;
    let by_tag: BTreeMap<&str, &str> = list.iter().map(|(tag, id)| (tag.as_str(), id.as_str())).collect();
    let identity = |name: Name| match name {
        Name::Listed(place) => list.get(place).map(|(_, id)| id.clone()),
        Name::Tag(tag) => match by_tag.get(tag.as_str()) {
            Some(id) => Some((*id).to_owned()),
            None => (is_hashed(&tag) || tag.parse::<FigureId>().is_ok()).then_some(tag),
        },
    };
    let mut found = Finder::default();
    each_event(&mut archive, &main, |event| found.event(event))?;
    let spans = found.spans.into_iter().flatten();
    Ok(spans.filter_map(|(name, shown)| Some(Tag { figure: identity(name)?, shown })).collect())
}

fn is_hashed(tag: &str) -> bool {
    let digits = tag.strip_prefix('#').unwrap_or_default();
    digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// The main part's name, from the package's relations.
fn main_part(archive: &mut Archive<'_>) -> Result<String, ReadTagsError> {
    let usual = "word/document.xml".to_owned();
    let mut main = None;
    if archive.by_name("_rels/.rels").is_ok() {
        each_event(archive, "_rels/.rels", |event| {
            if let Event::Empty(element) | Event::Start(element) = event
                && attribute(element, "Type").is_some_and(|kind| kind.ends_with("/officeDocument"))
            {
                main = attribute(element, "Target").map(|target| target.trim_start_matches('/').to_owned());
            }
        })?;
    }
    let main = main.filter(|name| archive.by_name(name).is_ok()).unwrap_or(usual);
    match archive.by_name(&main) {
        Ok(_) => Ok(main),
        Err(error) => Err(ReadTagsError::NotDocx(error.to_string())),
    }
}

/// Tags and full identities, in order, from whichever custom XML part holds the list.
fn tag_list(archive: &mut Archive<'_>) -> Result<Vec<(String, String)>, ReadTagsError> {
    let mut names: Vec<String> = archive
        .file_names()
        .flatten()
        .filter(|name| name.starts_with("customXml/") && name.ends_with(".xml") && !name.contains("/_rels/"))
        .take(MOST_LISTS)
        .map(std::borrow::Cow::into_owned)
        .collect();
    names.sort();
    let mut full = Vec::new();
    for name in names {
        let mut ours = false;
        each_event(archive, &name, |event| {
            let (Event::Empty(element) | Event::Start(element)) = event else { return };
            match element.local_name().as_ref() {
                "figures" => {
                    ours = element.attributes().flatten().any(|attribute| attribute.value == NAMESPACE)
                }
                "figure" if ours => {
                    if let (Some(tag), Some(id)) = (attribute(element, "tag"), attribute(element, "id")) {
                        full.push((tag, id));
                    }
                }
                _ => {}
            }
        })?;
    }
    Ok(full)
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
    shown: String,
    /// Where its answer goes among the spans.
    place: usize,
}

/// Collects the stretches of text that name a figure, and what they show.
#[derive(Default)]
struct Finder {
    spans: Vec<Option<(Name, String)>>,
    open: Vec<Open>,
    in_properties: u32,
    /// Text counts inside `w:t` only: not where an edit under review has deleted it (`w:delText`).
    in_text: bool,
}

impl Finder {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(element) => self.start(element, false),
            Event::Empty(element) => self.start(element, true),
            Event::End(element) => match element.local_name().as_ref() {
                "sdt" => self.close(None),
                "sdtPr" => self.in_properties = self.in_properties.saturating_sub(1),
                "t" => self.in_text = false,
                _ => {}
            },
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => self.text(&text.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(character)) => self.text(character.encode_utf8(&mut [0; 4])),
                _ => self.text(resolve_predefined_entity(&reference.xml10_content()).unwrap_or("")),
            },
            _ => {}
        }
    }

    fn start(&mut self, element: &BytesStart<'_>, empty: bool) {
        match element.local_name().as_ref() {
            "sdt" if !empty => self.push(None, None),
            "sdtPr" if !empty => self.in_properties += 1,
            "tag" if self.in_properties > 0 => {
                let tag = attribute(element, "val");
                if let Some(control) = self.open.iter_mut().rev().find(|open| open.bookmark.is_none()) {
                    control.name = tag.map(Name::Tag);
                }
            }
            "bookmarkStart" => {
                let place = attribute(element, "name").and_then(|name| {
                    let (number, place) = name.strip_prefix(BOOKMARK)?.split_once('_')?;
                    number.parse::<u32>().ok()?;
                    place.parse().ok()
                });
                if let (Some(place), Some(id)) = (place, attribute(element, "id")) {
                    self.push(Some(id), Some(Name::Listed(place)));
                }
            }
            "bookmarkEnd" => {
                if let Some(id) = attribute(element, "id") {
                    self.close(Some(&id));
                }
            }
            "t" => self.in_text = !empty,
            _ => {}
        }
    }

    fn push(&mut self, bookmark: Option<String>, name: Option<Name>) {
        if self.open.len() < MOST_OPEN {
            self.open.push(Open { bookmark, name, shown: String::new(), place: self.spans.len() });
            self.spans.push(None);
        }
    }

    /// Ends the innermost control, or the bookmark of this number. A bookmark that held a figure's
    /// control says nothing new.
    fn close(&mut self, bookmark: Option<&str>) {
        let Some(at) = self.open.iter().rposition(|open| open.bookmark.as_deref() == bookmark) else {
            return;
        };
        let open = self.open.remove(at);
        let inner = self.spans.get(open.place + 1..).is_some_and(|inner| inner.iter().any(Option::is_some));
        if open.bookmark.is_some() && inner {
            return;
        }
        self.spans[open.place] = open.name.map(|name| (name, open.shown));
    }

    fn text(&mut self, text: &str) {
        if self.in_text {
            self.open.iter_mut().for_each(|open| open.shown.push_str(text));
        }
    }
}

/// Calls `visit` for each event of a part.
fn each_event(
    archive: &mut Archive<'_>,
    part: &str,
    mut visit: impl FnMut(&Event<'_>),
) -> Result<(), ReadTagsError> {
    let file = archive.by_name(part).map_err(|error| ReadTagsError::NotDocx(error.to_string()))?;
    let mut limited = file.take(MOST_BYTES + 1);
    let mut reader = Reader::from_reader(BufReader::new(&mut limited));
    let mut buffer = Vec::new();
    let fault = loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) => break None,
            Ok(event) => visit(&event),
            Err(error) => break Some(error.to_string()),
        }
    };
    drop(reader);
    if limited.limit() == 0 {
        return Err(ReadTagsError::TooLarge(part.to_owned()));
    }
    match fault {
        None => Ok(()),
        Some(reason) => Err(ReadTagsError::NotXml { part: part.to_owned(), reason }),
    }
}

/// An attribute by its local name, unescaped.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute =
        element.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?.into_owned())
}
