//! Where the text stands in the mark-up: kept only when comments are to be put there.

use std::ops::Range;

use crate::build::Builder;
use crate::place::{Kind, Place};
use crate::{DocumentError, Large, MOST_PART};

/// The most stretches of text that are kept. A document of the largest size that Word writes has far fewer.
const MOST_PLACES: usize = 12_000_000;
/// The longest look of a run that is copied when the run is cut.
const MOST_COPIED: usize = 1 << 14;

/// An element that holds text and before and after which a comment's marks may stand: mostly a run.
#[derive(Clone, Debug)]
pub(super) struct Host {
    /// Its place in the mark-up.
    pub(super) source: Range<usize>,
    /// For a run: where its start tag ends.
    pub(super) tag_end: usize,
    /// For a run: its look (`w:rPr`), empty where it has none.
    pub(super) look: Range<usize>,
    /// Whether it is a run, which may be cut in two.
    pub(super) run: bool,
}

impl Host {
    /// Where its content begins.
    pub(super) fn content(&self) -> usize {
        if self.look.is_empty() { self.tag_end } else { self.look.end }
    }
}

/// A content control inside a paragraph.
#[derive(Clone, Debug)]
pub(super) struct Control {
    /// Its place in the mark-up.
    pub(super) source: Range<usize>,
    /// Its place in the text.
    pub(super) text: Range<usize>,
    /// Whether it may hold nothing but plain text, so that no mark may stand in it.
    pub(super) plain: bool,
}

struct OpenHost {
    host: Host,
    depth: usize,
    /// Its index, once anything refers to it.
    index: Option<u32>,
}

/// Keeps places, hosts and controls.
#[derive(Default)]
pub(super) struct Recorder {
    on: bool,
    pub(super) hosts: Vec<Host>,
    pub(super) controls: Vec<Control>,
    open: Option<OpenHost>,
    open_controls: Vec<(usize, Control)>,
    places: usize,
}

impl Recorder {
    pub(super) fn new(on: bool) -> Self {
        Self { on, ..Self::default() }
    }

    /// Whether an element is open that holds text.
    pub(super) fn in_host(&self) -> bool {
        self.open.is_some()
    }

    /// Begins a host, unless one is open: what is in it belongs to it.
    pub(super) fn open(&mut self, depth: usize, tag: Range<usize>, run: bool) {
        if self.open.is_none() {
            let host = Host { source: tag.start..tag.start, tag_end: tag.end, look: 0..0, run };
            self.open = Some(OpenHost { host, depth, index: None });
        }
    }

    /// The look of a run, where it stands right in the host.
    pub(super) fn look(&mut self, depth: usize, source: Range<usize>) {
        if let Some(open) = &mut self.open
            && open.depth + 1 == depth
            && open.host.look.is_empty()
        {
            open.host.run &= source.len() <= MOST_COPIED;
            open.host.look = source;
        }
    }

    /// Ends the host that began at this depth.
    pub(super) fn close(&mut self, depth: usize, end: usize) {
        if let Some(open) = self.open.take_if(|open| open.depth == depth)
            && let Some(index) = open.index
            && let Some(host) = self.hosts.get_mut(index as usize)
        {
            *host = open.host;
            host.source.end = end;
        }
    }

    /// The index of the open host.
    pub(super) fn host(&mut self) -> u32 {
        if !self.on {
            return u32::MAX;
        }
        let Some(open) = &mut self.open else { return u32::MAX };
        *open.index.get_or_insert_with(|| {
            self.hosts.push(open.host.clone());
            u32::try_from(self.hosts.len() - 1).unwrap_or(u32::MAX)
        })
    }

    /// Adds text, and keeps where it stands. `open` is the place and depth of the start tag around it.
    pub(super) fn push(
        &mut self,
        out: &mut Builder,
        text: &str,
        source: Range<usize>,
        open: (usize, usize),
        kind: Kind,
    ) -> Result<(), DocumentError> {
        let bytes = out.push(text);
        if !self.on || bytes.is_empty() {
            return Ok(());
        }
        self.places += 1;
        if self.places > MOST_PLACES {
            let what = Large::Part("word/document.xml".to_owned());
            return Err(DocumentError::TooLarge { what, most: MOST_PART >> 20 });
        }
        let cuttable = self.open.as_ref().is_some_and(|host| host.host.run && host.depth + 1 == open.1);
        let short = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let place = Place {
            at: short(bytes.start),
            length: short(bytes.len()),
            source: short(source.start),
            source_length: short(source.len()),
            open: short(open.0),
            host: self.host(),
            kind: if cuttable { kind } else { Kind::Within },
        };
        out.place(place);
        Ok(())
    }

    pub(super) fn open_control(&mut self, depth: usize, at: usize, out: &Builder) {
        if self.on && self.open.is_none() && out.asides() == 0 {
            let control = Control { source: at..at, text: out.mark()..0, plain: false };
            self.open_controls.push((depth, control));
        }
    }

    /// Says of the innermost control that it holds plain text only.
    pub(super) fn plain(&mut self, depth: usize) {
        if let Some((_, control)) = self.open_controls.last_mut().filter(|(open, _)| *open == depth) {
            control.plain = true;
        }
    }

    pub(super) fn close_control(&mut self, depth: usize, end: usize, out: &Builder) {
        if let Some((_, mut control)) = self.open_controls.pop_if(|(open, _)| *open == depth) {
            control.source.end = end;
            control.text.end = out.end();
            if control.text.start < control.text.end {
                self.controls.push(control);
            }
        }
    }
}
