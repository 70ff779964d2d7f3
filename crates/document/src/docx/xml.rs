//! Mark-up, event by event, with its places.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use crate::{DocumentError, MOST_DEPTH};

/// Calls `visit` for each event of a part, with its place in the text. No entity is expanded, and mark-up that is
/// nested past [`MOST_DEPTH`] is refused.
pub(super) fn each_event(
    part: &str,
    text: &str,
    mut visit: impl FnMut(&Event<'_>, Range<usize>) -> Result<(), DocumentError>,
) -> Result<(), DocumentError> {
    let broken = |reason: String| DocumentError::Broken { part: part.to_owned(), reason };
    let mut reader = Reader::from_str(text);
    let mut depth = 0_usize;
    let mut begin = 0;
    loop {
        let event = reader.read_event().map_err(|error| broken(format!("byte {begin}: {error}")))?;
        let end = usize::try_from(reader.buffer_position()).unwrap_or(text.len()).min(text.len());
        match &event {
            Event::Eof if depth > 0 => return Err(broken("it ends too early".to_owned())),
            Event::Eof => return Ok(()),
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MOST_DEPTH {
            return Err(DocumentError::TooDeep { part: part.to_owned(), most: MOST_DEPTH });
        }
        visit(&event, begin..end)?;
        begin = end;
    }
}

/// An attribute by its local name, unescaped. That no attribute stands twice is not checked: it would cost the square
/// of their number.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned())
}

/// Text as XML may hold it: mark-up escaped, and what XML cannot hold replaced.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            character => out.push(character),
        }
    }
    out
}
