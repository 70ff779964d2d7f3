//! A cell as the file has it.

use std::borrow::Cow;

use jiff::civil::DateTime;

/// A cell of any kind of file.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text.
    Text(Cow<'a, str>),
    /// A binary number.
    Number(f64),
    /// A whole number.
    Whole(i64),
    /// An exact number of millionths.
    Micro(i64),
    /// A moment without a zone.
    Moment(DateTime),
    /// Seconds since 1970 in UTC.
    Instant(i64),
    /// What can be no value: a formula's error, a list.
    Broken(Cow<'a, str>),
}

impl Cell<'_> {
    /// Whether there is nothing in the cell, or nothing but white space.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// The cell as it would be shown.
    pub fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) | Self::Broken(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Whole(number) => Cow::Owned(number.to_string()),
            Self::Micro(micro) => Cow::Owned(format!("{}e-6", micro)),
            Self::Moment(moment) => Cow::Owned(moment.to_string()),
            Self::Instant(seconds) => Cow::Owned(format!("@{seconds}")),
        }
    }
}
