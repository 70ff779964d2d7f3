//! The text of a part, from its mark-up.
//!
//! Elements are told apart by their local names: the prefixes are the writing program's. Left out: what is deleted or
//! moved away under review, instructions of fields, readings above characters (ruby), the second copy of a text box
//! that is there for old programs, and cells that another cell covers.

use std::collections::BTreeMap;
use std::ops::Range;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use super::figures::{Finder, List};
use super::hosts::Recorder;
use super::xml::attribute;
use crate::DocumentError;
use crate::build::{Builder, Flow};
use crate::place::Kind;

/// The most text boxes that may stand one in the other. Word has none in another.
const MOST_ASIDES: usize = 8;
/// The most columns that a cell may span.
const MOST_COLUMNS: usize = 1000;

/// What kind of properties is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Properties {
    Run,
    Paragraph,
    Row,
    Cell,
    Control,
    Other,
}

/// What is put aside while a text box is read.
struct Around {
    pictures: usize,
    fields: Vec<bool>,
    instructions: usize,
    mark_deleted: bool,
}

/// The state of a walk through one part.
pub(super) struct Walker<'a> {
    pub(super) out: Builder,
    finder: Finder<'a>,
    pub(super) recorder: Recorder,
    /// Whether the outermost element is a document.
    pub(super) document: bool,
    depth: usize,
    /// Everything down to the end of this depth is left out.
    skipped: Option<usize>,
    /// The outermost properties that are open: depth, kind, beginning.
    properties: Option<(usize, Properties, usize)>,
    /// Whether the cell is covered by one above it or before it.
    covered: bool,
    /// Pictures that are open: nothing in them is text but text boxes.
    pictures: usize,
    /// Choices between two ways to write the same, by depth, and whether one is taken.
    choices: Vec<(usize, bool)>,
    /// Fields that are open, and whether each is still at its instruction.
    fields: Vec<bool>,
    instructions: usize,
    /// Paragraphs that are open: one, and one more in a text box.
    paragraphs: usize,
    /// Whether the end of the paragraph is deleted under review.
    mark_deleted: bool,
    /// The start tag of the text that is open, and its depth.
    text: Option<(usize, usize)>,
    around: Vec<Around>,
    /// Notes that are called, in order, with the host of the call.
    pub(super) calls: Vec<(String, u32)>,
    pub(super) of_notes: bool,
    note: Option<String>,
    pub(super) notes: BTreeMap<String, Flow>,
}

impl<'a> Walker<'a> {
    pub(super) fn new(list: &'a List, record: bool) -> Self {
        Self {
            out: Builder::new(),
            finder: Finder::new(list),
            recorder: Recorder::new(record),
            document: false,
            depth: 0,
            skipped: None,
            properties: None,
            covered: false,
            pictures: 0,
            choices: Vec::new(),
            fields: Vec::new(),
            instructions: 0,
            paragraphs: 0,
            mark_deleted: false,
            text: None,
            around: Vec::new(),
            calls: Vec::new(),
            of_notes: false,
            note: None,
            notes: BTreeMap::new(),
        }
    }

    pub(super) fn event(&mut self, event: &Event<'_>, place: Range<usize>) -> Result<(), DocumentError> {
        match event {
            Event::Start(element) => {
                self.depth += 1;
                self.start(element, place, false)?;
            }
            Event::Empty(element) => {
                self.depth += 1;
                self.start(element, place.clone(), true)?;
                self.end(element.local_name().as_ref(), place.end);
                self.depth -= 1;
            }
            Event::End(element) => {
                self.end(element.local_name().as_ref(), place.end);
                self.depth = self.depth.saturating_sub(1);
            }
            Event::Text(text) => self.push(text, place, Kind::Text)?,
            Event::CData(text) => {
                let begin = place.start + "<![CDATA[".len();
                self.push(text, begin..begin + text.len(), Kind::CData)?;
            }
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(character)) => self.push(character.encode_utf8(&mut [0; 4]), place, Kind::Entity)?,
                _ => {
                    let text = resolve_predefined_entity(reference).unwrap_or_default();
                    self.push(text, place, Kind::Entity)?;
                }
            },
            _ => {}
        }
        Ok(())
    }

    /// Text counts inside `w:t` only: not where it is deleted (`w:delText`) or an instruction (`w:instrText`).
    fn push(&mut self, text: &str, place: Range<usize>, kind: Kind) -> Result<(), DocumentError> {
        let Some(open) = self.text else { return Ok(()) };
        // What stands in an element in there is not text of Word's.
        if self.skipped.is_some() || self.instructions > 0 || self.depth != open.1 {
            return Ok(());
        }
        // A line break in the mark-up is a blank. Byte for byte, so that places stay countable.
        if text.contains(['\n', '\r', '\t']) {
            let text = text.replace(['\n', '\r', '\t'], " ");
            return self.recorder.push(&mut self.out, &text, place, open, kind);
        }
        self.recorder.push(&mut self.out, text, place, open, kind)
    }

    fn start(
        &mut self,
        element: &BytesStart<'_>,
        place: Range<usize>,
        empty: bool,
    ) -> Result<(), DocumentError> {
        if self.skipped.is_some() {
            return Ok(());
        }
        let name = element.local_name();
        let name = name.as_ref();
        if let Some((depth, properties, _)) = self.properties {
            self.property(name, element, properties, depth);
            return Ok(());
        }
        match name {
            "document" if self.depth == 1 => self.document = true,
            "footnote" | "endnote" if self.of_notes && self.depth == 2 => self.start_note(element, name),
            "del" | "moveFrom" | "rt" | "instrText" | "delText" | "delInstrText" => {
                self.skipped = Some(self.depth)
            }
            _ if name.ends_with("Change") => self.skipped = Some(self.depth),
            _ if name.ends_with("Pr") => self.properties = Some((self.depth, kind(name), place.start)),
            "AlternateContent" => {
                if self.paragraphs > 0 && self.pictures == 0 {
                    self.recorder.open(self.depth, place, false);
                }
                self.choices.push((self.depth, false));
            }
            "Choice" | "Fallback" => self.choose(),
            "drawing" | "pict" | "object" => self.pictures += 1,
            "txbxContent" => self.start_text_box()?,
            _ if self.pictures > 0 => {}
            "p" => self.paragraphs += 1,
            "tbl" => self.out.open_table(),
            "tr" => self.out.open_row(),
            "tc" => self.out.open_cell(),
            "sdt" => {
                self.finder.open_control(&mut self.out);
                if self.paragraphs > 0 {
                    self.recorder.open_control(self.depth, place.start, &self.out);
                }
            }
            "bookmarkStart" => self.finder.open_bookmark(element, &mut self.out),
            "bookmarkEnd" => self.finder.close_bookmark(element, &mut self.out),
            "r" => self.recorder.open(self.depth, place, true),
            "oMath" | "oMathPara" => self.recorder.open(self.depth, place, false),
            "t" => {
                self.recorder.open(self.depth, place.clone(), false);
                self.text = (!empty).then_some((place.start, self.depth));
            }
            "tab" | "ptab" | "br" | "cr" => self.symbol(" ", place, empty)?,
            "noBreakHyphen" => self.symbol("-", place, empty)?,
            // A fraction's rule.
            "den" => self.symbol("/", place, false)?,
            "fldChar" => self.field(attribute(element, "fldCharType").as_deref()),
            "footnoteReference" | "endnoteReference" if self.recorder.in_host() => {
                if let Some(id) = attribute(element, "id") {
                    let kind = name.strip_suffix("Reference").unwrap_or_default();
                    self.calls.push((format!("{kind} {id}"), self.recorder.host()));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, end: usize) {
        if let Some(depth) = self.skipped {
            if depth != self.depth {
                return;
            }
            self.skipped = None;
        }
        if let Some((depth, properties, begin)) = self.properties {
            if depth == self.depth {
                self.end_properties(properties, begin..end);
            }
            return;
        }
        match name {
            "AlternateContent" => {
                self.choices.pop_if(|(depth, _)| *depth == self.depth);
            }
            "drawing" | "pict" | "object" => self.pictures = self.pictures.saturating_sub(1),
            "txbxContent" => self.end_text_box(),
            "footnote" | "endnote" if self.of_notes && self.depth == 2 => self.end_note(),
            _ if self.pictures > 0 => {}
            "p" => {
                self.paragraphs = self.paragraphs.saturating_sub(1);
                if !std::mem::take(&mut self.mark_deleted) {
                    self.out.end_block();
                }
            }
            "tbl" => self.out.close_table(),
            "tr" => self.out.close_row(),
            "tc" => self.out.close_cell(),
            "sdt" => {
                self.finder.close_control(&mut self.out);
                self.recorder.close_control(self.depth, end, &self.out);
            }
            "t" => self.text = None,
            _ => {}
        }
        self.recorder.close(self.depth, end);
    }

    /// An element that stands for a character.
    fn symbol(&mut self, text: &str, place: Range<usize>, empty: bool) -> Result<(), DocumentError> {
        if self.recorder.in_host() && self.instructions == 0 {
            let open = (place.start, self.depth);
            let kind = if empty { Kind::Element } else { Kind::Within };
            self.recorder.push(&mut self.out, text, place, open, kind)?;
        }
        Ok(())
    }

    fn property(&mut self, name: &str, element: &BytesStart<'_>, properties: Properties, depth: usize) {
        let number = || attribute(element, "val").and_then(|value| value.parse::<usize>().ok()).unwrap_or(1);
        match (properties, name) {
            (_, name) if name.ends_with("Change") => self.skipped = Some(self.depth),
            (Properties::Cell, "gridSpan") => self.out.columns(number().clamp(1, MOST_COLUMNS)),
            (Properties::Cell, "vMerge" | "hMerge") => {
                self.covered = attribute(element, "val").as_deref() != Some("restart");
            }
            (Properties::Row, "gridBefore") if self.out.in_table() && number() > 0 => {
                self.out.open_cell();
                self.out.columns(number().min(MOST_COLUMNS));
                self.out.close_cell();
            }
            (Properties::Paragraph, "del" | "moveFrom") => self.mark_deleted = true,
            (Properties::Control, "tag") => self.finder.tag(element),
            (Properties::Control, "text" | "dropDownList" | "comboBox" | "date") => {
                self.recorder.plain(depth - 1)
            }
            _ => {}
        }
    }

    fn end_properties(&mut self, properties: Properties, place: Range<usize>) {
        self.properties = None;
        match properties {
            Properties::Run => self.recorder.look(self.depth, place),
            Properties::Cell if std::mem::take(&mut self.covered) => self.skipped = Some(self.depth - 1),
            _ => {}
        }
    }

    /// Of several ways to write the same, the first is read.
    fn choose(&mut self) {
        if let Some((depth, taken)) = self.choices.last_mut()
            && *depth + 1 == self.depth
        {
            if *taken {
                self.skipped = Some(self.depth);
            }
            *taken = true;
        }
    }

    fn field(&mut self, step: Option<&str>) {
        match step {
            Some("begin") => {
                self.fields.push(true);
                self.instructions += 1;
            }
            Some("separate") => {
                if let Some(instruction) = self.fields.last_mut()
                    && std::mem::take(instruction)
                {
                    self.instructions -= 1;
                }
            }
            Some("end") => self.instructions -= usize::from(self.fields.pop() == Some(true)),
            _ => {}
        }
    }

    fn start_text_box(&mut self) -> Result<(), DocumentError> {
        if self.out.asides() > MOST_ASIDES {
            return Err(DocumentError::TooDeep { part: "w:txbxContent".to_owned(), most: MOST_ASIDES });
        }
        self.out.begin_aside();
        self.around.push(Around {
            pictures: std::mem::take(&mut self.pictures),
            fields: std::mem::take(&mut self.fields),
            instructions: std::mem::take(&mut self.instructions),
            mark_deleted: std::mem::take(&mut self.mark_deleted),
        });
        Ok(())
    }

    fn end_text_box(&mut self) {
        if let Some(around) = self.around.pop() {
            self.out.end_aside();
            self.finder.end_aside(&self.out);
            self.pictures = around.pictures;
            self.fields = around.fields;
            self.instructions = around.instructions;
            self.mark_deleted = around.mark_deleted;
        }
    }

    fn start_note(&mut self, element: &BytesStart<'_>, name: &str) {
        let normal = attribute(element, "type").is_none_or(|kind| kind == "normal");
        match attribute(element, "id") {
            Some(id) if normal => {
                self.note = Some(format!("{name} {id}"));
                self.out.begin_aside();
            }
            // The lines that separate notes from the text are notes, too.
            _ => self.skipped = Some(self.depth),
        }
    }

    fn end_note(&mut self) {
        if let Some(note) = self.note.take() {
            self.out.end_aside();
            self.finder.end_aside(&self.out);
            self.fields.clear();
            self.instructions = 0;
            if let Some(flow) = self.out.take_aside() {
                self.notes.insert(note, flow);
            }
        }
    }
}

fn kind(name: &str) -> Properties {
    match name {
        "rPr" => Properties::Run,
        "pPr" => Properties::Paragraph,
        "trPr" => Properties::Row,
        "tcPr" => Properties::Cell,
        "sdtPr" => Properties::Control,
        _ => Properties::Other,
    }
}
