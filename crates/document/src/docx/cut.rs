//! Where a comment's marks go, and how a run is cut in two to let them in.
//!
//! A mark may stand between runs only. At the end of a run it stands after it; in the middle of one, the run is closed
//! before the mark and opened again after it, with the same look. In a text box, a formula or a note, Word has no
//! place for comments: there the marks stand around the run that holds it. A mark at the edge of a content control
//! stands outside, so that the control's text stays what it was.

use std::ops::Range;

use super::hosts::{Control, Host};
use super::parts::Walked;
use crate::place::{Kind, Place};

/// A place in the mark-up for marks, and what has to stand around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) at: usize,
    /// Mark-up that ends what is open here.
    pub(super) before: String,
    /// Mark-up that opens it again.
    pub(super) after: String,
    /// Where `xml:space` has to be added, so that a blank at the cut is kept.
    pub(super) preserve: Option<usize>,
}

/// The main part, and where its text stands.
pub(super) struct Sheet<'a> {
    pub(super) xml: &'a str,
    pub(super) walked: &'a Walked,
    /// The ends of content controls, by where they begin in the text and where they end.
    starts: Vec<&'a Control>,
    ends: Vec<&'a Control>,
    plain: Vec<&'a Control>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(xml: &'a str, walked: &'a Walked) -> Self {
        let mut starts: Vec<&Control> = walked.controls.iter().collect();
        // Of controls that begin at one place, the outermost comes first.
        starts.sort_by_key(|control| (control.text.start, control.source.start));
        let mut ends = starts.clone();
        ends.sort_by_key(|control| (control.text.end, std::cmp::Reverse(control.source.end)));
        let mut plain: Vec<&Control> = starts.iter().copied().filter(|control| control.plain).collect();
        plain.sort_by_key(|control| control.source.start);
        Self { xml, walked, starts, ends, plain }
    }

    /// Where the marks of a remark go: the same cut twice for a remark on no text. `None` where there is no place.
    pub(super) fn cuts(&self, bytes: &Range<usize>) -> Option<(Cut, Cut)> {
        let places = &self.walked.places;
        let first = places.partition_point(|place| end(place) <= bytes.start);
        let last = places.partition_point(|place| (place.at as usize) < bytes.end).checked_sub(1);
        match last {
            Some(last) if first <= last && bytes.start < bytes.end => {
                let (first, last) = (&places[first], &places[last]);
                let (from, to) = (self.start(first, bytes.start), self.end(last, bytes.end));
                Some(if from.at <= to.at {
                    (from, to)
                } else {
                    // Text boxes stand after their paragraph in the text, but inside it in the mark-up.
                    (self.start(last, last.at as usize), self.end(first, end(first)))
                })
            }
            // Nothing, or only what separates lines and cells: the end of what stands before it.
            Some(last) => {
                let cut = self.end(&places[last], bytes.start);
                Some((cut.clone(), cut))
            }
            None => {
                let cut = self.start(places.first()?, 0);
                Some((cut.clone(), cut))
            }
        }
    }

    fn start(&self, place: &Place, offset: usize) -> Cut {
        let Some(host) = self.host(place) else { return Cut::plain(place.open as usize) };
        let cut = match place.kind {
            Kind::Within => Cut::plain(host.source.start),
            _ => self.cut(place, host, offset),
        };
        match offset.max(place.at as usize) == place.at as usize {
            true => self.before_controls(cut, place.at as usize),
            false => self.outside_plain(cut, false),
        }
    }

    fn end(&self, place: &Place, offset: usize) -> Cut {
        let Some(host) = self.host(place) else { return Cut::plain(place.open as usize) };
        let cut = match place.kind {
            Kind::Within => Cut::plain(host.source.end),
            _ => self.cut(place, host, offset),
        };
        match offset.min(end(place)) == end(place) {
            true => self.after_controls(cut, end(place)),
            false => self.outside_plain(cut, true),
        }
    }

    fn host(&self, place: &Place) -> Option<&'a Host> {
        self.walked.hosts.get(place.host as usize)
    }

    /// The cut at an offset of the text, in or at the edge of a stretch that stands right in a run.
    fn cut(&self, place: &Place, host: &Host, offset: usize) -> Cut {
        let into = offset.saturating_sub(place.at as usize).min(place.length as usize);
        let at_end = into == place.length as usize;
        let source = place.source as usize;
        match place.kind {
            Kind::Text | Kind::CData => self.cut_text(place, host, source + into),
            Kind::Entity if at_end => self.cut_text(place, host, source + place.source_length as usize),
            Kind::Entity => self.cut_text(place, host, source),
            _ if at_end => self.cut_run(host, source + place.source_length as usize),
            _ => self.cut_run(host, source),
        }
    }

    /// The cut inside an element of text.
    fn cut_text(&self, place: &Place, host: &Host, at: usize) -> Cut {
        let open = place.open as usize;
        let Some(tag) = tag_end(self.xml, open) else { return Cut::plain(host.source.start) };
        if at == tag {
            return self.cut_run(host, open);
        }
        if self.rest(at).starts_with("</") {
            return self.cut_run(host, tag_end(self.xml, at).unwrap_or(at));
        }
        let run = self.cut_run(host, at);
        let name = name_of(&self.xml[open..tag]);
        let (leave, enter) = if place.kind == Kind::CData { ("]]>", "<![CDATA[") } else { ("", "") };
        let kept = self.xml[open..tag].contains("xml:space");
        let tag_again = match (kept, self.xml[open..tag].strip_suffix('>')) {
            (false, Some(tag)) => format!("{tag} xml:space=\"preserve\">"),
            _ => self.xml[open..tag].to_owned(),
        };
        Cut {
            at,
            before: format!("{leave}</{name}>{}", run.before),
            after: format!("{}{tag_again}{enter}", run.after),
            preserve: (!kept && self.xml[..at].ends_with(char::is_whitespace)).then(|| tag - 1),
        }
    }

    /// The cut between two elements of a run, or outside it at its edges.
    fn cut_run(&self, host: &Host, at: usize) -> Cut {
        if at <= host.content() {
            return Cut::plain(host.source.start);
        }
        if self.rest(at).trim_start().starts_with("</") && at >= host.content() && self.closes(host, at) {
            return Cut::plain(host.source.end);
        }
        let tag = &self.xml[host.source.start..host.tag_end];
        Cut {
            at,
            before: format!("</{}>", name_of(tag)),
            after: format!("{tag}{}", &self.xml[host.look.clone()]),
            preserve: None,
        }
    }

    /// Whether nothing but the run's end tag stands between `at` and its end.
    fn closes(&self, host: &Host, at: usize) -> bool {
        let blanks = self.rest(at).len() - self.rest(at).trim_start().len();
        tag_end(self.xml, at + blanks) == Some(host.source.end)
    }

    fn rest(&self, at: usize) -> &'a str {
        self.xml.get(at..).unwrap_or_default()
    }

    /// Moves a cut at the beginning of controls' text before the outermost.
    fn before_controls(&self, cut: Cut, offset: usize) -> Cut {
        let first = self.starts.partition_point(|control| control.text.start < offset);
        match self.starts.get(first) {
            Some(control) if control.text.start == offset && control.source.start <= cut.at => {
                Cut::plain(control.source.start)
            }
            _ => cut,
        }
    }

    /// Moves a cut at the end of controls' text behind the outermost.
    fn after_controls(&self, cut: Cut, offset: usize) -> Cut {
        let first = self.ends.partition_point(|control| control.text.end < offset);
        match self.ends.get(first) {
            Some(control) if control.text.end == offset && control.source.end >= cut.at => {
                Cut::plain(control.source.end)
            }
            _ => cut,
        }
    }

    /// Moves a cut inside a control of plain text to its edge.
    fn outside_plain(&self, cut: Cut, end: bool) -> Cut {
        let after = self.plain.partition_point(|control| control.source.start < cut.at);
        match after.checked_sub(1).and_then(|index| self.plain.get(index)) {
            Some(control) if cut.at < control.source.end => {
                Cut::plain(if end { control.source.end } else { control.source.start })
            }
            _ => cut,
        }
    }
}

impl Cut {
    fn plain(at: usize) -> Self {
        Self { at, before: String::new(), after: String::new(), preserve: None }
    }
}

fn end(place: &Place) -> usize {
    place.at as usize + place.length as usize
}

/// Where the tag that begins at `at` ends.
fn tag_end(xml: &str, at: usize) -> Option<usize> {
    let mut quote = None;
    for (index, byte) in xml.get(at..)?.bytes().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'>') => return Some(at + index + 1),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// The name in a start tag.
fn name_of(tag: &str) -> &str {
    let tag = tag.trim_start_matches('<');
    tag.split(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/')).next().unwrap_or_default()
}
