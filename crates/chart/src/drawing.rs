//! One drawing for screen and paper: rectangles, lines, dots and texts in whole numbers.
//!
//! The charts lay themselves out once; [`crate::page_svg`], [`crate::svg`] and [`crate::emf()`] only write down what is
//! there. Text is measured by a rule of its own (a Chinese character is one em wide, a Latin one half), so the
//! same data give the same picture on a machine with no fonts at all.

/// A picture. Its unit is a hundredth of a millimetre on paper, a tenth of a pixel on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// How wide it is.
    pub width: i32,
    /// How high it is.
    pub height: i32,
    /// What is drawn, from the back to the front.
    pub shapes: Vec<Shape>,
}

/// Something drawn; later shapes lie above earlier ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A filled rectangle.
    Rectangle {
        /// Its left edge.
        x: i32,
        /// Its upper edge.
        y: i32,
        /// How wide it is.
        width: i32,
        /// How high it is.
        height: i32,
        /// Its colour.
        ink: Ink,
    },
    /// A straight line.
    Line {
        /// Where it begins.
        from: (i32, i32),
        /// Where it ends.
        to: (i32, i32),
        /// How thick it is.
        width: i32,
        /// Its colour.
        ink: Ink,
    },
    /// Lines through points, each stretch by itself: what is between two stretches is a gap.
    Path {
        /// The stretches, each of two points or more.
        stretches: Vec<Vec<(i32, i32)>>,
        /// How thick it is.
        width: i32,
        /// Its colour.
        ink: Ink,
    },
    /// A filled circle.
    Dot {
        /// Its middle.
        x: i32,
        /// Its middle.
        y: i32,
        /// Half its width.
        radius: i32,
        /// Its colour.
        ink: Ink,
    },
    /// A line of text.
    Text {
        /// The end that `anchor` names.
        x: i32,
        /// The baseline.
        y: i32,
        /// The em.
        size: i32,
        /// Which end of the text `x` is.
        anchor: Anchor,
        /// Its colour.
        ink: Ink,
        /// Whether it is set as a heading.
        heading: bool,
        /// What it says.
        text: String,
    },
}

/// A colour by its meaning, so that pages can be dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// What is read first.
    Text,
    /// What is read second.
    Muted,
    /// The data.
    Accent,
    /// Axes.
    Pale,
    /// What lies under the data: tracks, grids, empty days.
    Faint,
    /// What was promised; lines of it are dashed.
    Target,
    /// Reached or on the way.
    Good,
    /// At risk.
    Watch,
    /// Missed.
    Bad,
    /// One of several kinds, told apart also by those who see fewer colours; after the sixth they begin again.
    Series(u8),
    /// Words upon the data's own colour.
    Upon,
    /// A class of an official scale, from 1: the AQI's six levels, in the standard's colours.
    Level(u8),
}

impl Ink {
    /// On paper: red, green, blue.
    pub fn rgb(self) -> (u8, u8, u8) {
        match self {
            Self::Text => (0x1c, 0x24, 0x2b),
            Self::Muted => (0x55, 0x60, 0x6a),
            Self::Accent => (0x0b, 0x5c, 0x7a),
            Self::Pale => (0x9a, 0xa7, 0xae),
            Self::Faint => (0xe6, 0xeb, 0xee),
            Self::Target => (0x8a, 0x4b, 0x08),
            Self::Good => (0x1f, 0x7a, 0x4d),
            Self::Watch => (0x9a, 0x67, 0x00),
            Self::Bad => (0xb4, 0x23, 0x18),
            Self::Upon => (0xff, 0xff, 0xff),
            Self::Series(kind) => match kind % 6 {
                0 => (0x0b, 0x5c, 0x7a),
                1 => (0xa8, 0x54, 0x0a),
                2 => (0x3f, 0x7d, 0x4e),
                3 => (0x7a, 0x4f, 0x9a),
                4 => (0x2f, 0x77, 0xb8),
                _ => (0x8c, 0x3b, 0x52),
            },
            // HJ 633: green, yellow, orange, red, purple, maroon.
            Self::Level(level) => match level {
                1 => (0, 228, 0),
                2 => (255, 255, 0),
                3 => (255, 126, 0),
                4 => (255, 0, 0),
                5 => (153, 0, 76),
                6 => (126, 0, 35),
                _ => (0xe6, 0xeb, 0xee),
            },
        }
    }

    /// On a page: the class that the style sheet colours.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Text => "ink",
            Self::Muted => "muted",
            Self::Accent => "accent",
            Self::Pale => "pale",
            Self::Faint => "faint",
            Self::Target => "target",
            Self::Good => "good",
            Self::Watch => "watch",
            Self::Bad => "bad",
            Self::Upon => "upon",
            Self::Series(kind) => ["s0", "s1", "s2", "s3", "s4", "s5"][usize::from(kind % 6)],
            Self::Level(level) => {
                let level = usize::from(level);
                ["l0", "l1", "l2", "l3", "l4", "l5", "l6"].get(level).copied().unwrap_or("l0")
            }
        }
    }
}

/// Which end of a text its x is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Where it begins.
    Start,
    /// Its middle.
    Middle,
    /// Where it ends.
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
pub fn text_width(text: &str, size: i32) -> i32 {
    let halves: i64 = text.chars().map(|character| i64::from(half_ems(character))).sum();
    i32::try_from(halves * i64::from(size) / 2).unwrap_or(i32::MAX)
}

/// Points (1/72 inch) in hundredths of a millimetre.
pub const fn points(size: i32) -> i32 {
    size * 2540 / 72
}
