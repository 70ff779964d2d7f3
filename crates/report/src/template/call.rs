//! A call as it was written: a name and arguments, each with its place.

use message::Span;

/// `name(value, key = value)`.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// From `{{` to `}}`.
    pub(crate) span: Span,
    /// What is called; `None` if the text between the braces could not be read.
    pub(crate) body: Option<CallBody>,
}

/// What stands between the braces.
#[derive(Clone, Debug)]
pub(crate) struct CallBody {
    /// The function.
    pub(crate) name: String,
    /// Its place.
    pub(crate) name_span: Span,
    /// The arguments, in order.
    pub(crate) arguments: Vec<Argument>,
}

/// One argument.
#[derive(Clone, Debug)]
pub(crate) struct Argument {
    /// The key, unless it is given by position.
    pub(crate) key: Option<(String, Span)>,
    /// The value.
    pub(crate) value: Value,
    /// The value's place.
    pub(crate) span: Span,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// `"…"`.
    Text(String),
    /// `2`, `0.5`, as written.
    Number(String),
    /// `true`, `false`.
    Flag(bool),
}

impl Value {
    /// As text, whichever it is.
    pub(crate) fn as_text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Number(text) => text,
            Self::Flag(true) => "true",
            Self::Flag(false) => "false",
        }
    }
}
