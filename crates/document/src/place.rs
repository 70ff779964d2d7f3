//! Where a text stands in the mark-up that it was read from: what comments need, and nothing else.

/// Where a stretch of text stands in the mark-up that it was read from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Its place in the text.
    pub(crate) at: u32,
    pub(crate) length: u32,
    /// Its place in the mark-up.
    pub(crate) source: u32,
    pub(crate) source_length: u32,
    /// Where the start tag around it begins.
    pub(crate) open: u32,
    /// Which element holds it, by index.
    pub(crate) host: u32,
    pub(crate) kind: Kind,
}

/// How a stretch of text is written in the mark-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// As it stands, byte for byte.
    Text,
    /// As it stands, in a CDATA section.
    CData,
    /// As an entity, inside an element of text.
    Entity,
    /// As an element of its own.
    Element,
    /// Anyhow, deeper in its host than can be cut.
    Within,
}
