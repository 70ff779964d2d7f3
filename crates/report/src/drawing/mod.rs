//! One drawing for screen and paper: rectangles, lines, dots and texts in hundredths of a millimetre.
//!
//! [`chart`] lays a chart out once; [`svg`] and [`emf`] only write down what is there. All coordinates
//! are whole numbers and text is measured by a rule of its own (a Chinese character is one em wide, a
//! Latin one half), so the same data give the same picture on a machine with no fonts at all.

mod chart;
mod emf;
mod svg;

pub(crate) use chart::draw;
pub(crate) use emf::emf;
pub(crate) use svg::svg;

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Drawing {
    /// In hundredths of a millimetre, as all lengths here.
    pub(crate) width: i32,
    pub(crate) height: i32,
    pub(crate) shapes: Vec<Shape>,
}

/// Something drawn; later shapes lie above earlier ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Rectangle { x: i32, y: i32, width: i32, height: i32, ink: Ink },
    Line { from: (i32, i32), to: (i32, i32), width: i32, ink: Ink },
    Dot { x: i32, y: i32, radius: i32, ink: Ink },
    Text { x: i32, y: i32, size: i32, anchor: Anchor, ink: Ink, heading: bool, text: String },
}

/// A colour by its meaning, so that pages can be dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// What is read first.
    Text,
    /// What is read second.
    Muted,
    /// The data.
    Accent,
    /// Axes.
    Pale,
}

impl Ink {
    /// On paper: red, green, blue.
    pub(crate) fn rgb(self) -> (u8, u8, u8) {
        match self {
            Self::Text => (0x1c, 0x24, 0x2b),
            Self::Muted => (0x55, 0x60, 0x6a),
            Self::Accent => (0x0b, 0x5c, 0x7a),
            Self::Pale => (0x9a, 0xa7, 0xae),
        }
    }
}

/// Which end of a text its x is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How far a character moves on, in halves of an em.
pub(crate) fn half_ems(character: char) -> i32 {
    match u32::from(character) {
        // Combining marks, joiners and variation selectors take no room.
        0x300..=0x36f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        0..=0x2ff | 0x370..=0x10ff | 0x2009 | 0x2010..=0x2013 => 1,
        _ => 2,
    }
}

/// The width of a text of this size.
pub(crate) fn text_width(text: &str, size: i32) -> i32 {
    let halves: i64 = text.chars().map(|character| i64::from(half_ems(character))).sum();
    i32::try_from(halves * i64::from(size) / 2).unwrap_or(i32::MAX)
}

/// Points (1/72 inch) in hundredths of a millimetre.
pub(crate) const fn points(size: i32) -> i32 {
    size * 2540 / 72
}
