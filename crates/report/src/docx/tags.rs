//! The tags of content controls, and the list that resolves them.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::document::Document;
use chart::escape;

/// The namespace of the list of tags. Frozen: documents that were handed out carry it.
pub(super) const NAMESPACE: &str = "urn:qingyuan:figures:1";
/// What the bookmarks around figures begin with; a running number, `_` and the figure's place in the
/// list follow. Word hides bookmarks that begin with an underscore. Frozen, too.
pub(super) const BOOKMARK: &str = "_qy";
/// What Word allows in `w:tag`, in UTF-16 units.
const MOST_UNITS: usize = 64;

/// The tag of each of a document's figures, by index.
pub(super) struct Tags {
    tags: Vec<(String, String)>,
}

impl Tags {
    pub(super) fn of(document: &Document) -> Self {
        Self { tags: document.figures.iter().map(|figure| (tag(&figure.id), figure.id.clone())).collect() }
    }

    /// The tag of the figure with this index.
    pub(super) fn tag(&self, figure: usize) -> &str {
        self.tags.get(figure).map_or("", |(tag, _)| tag)
    }

    /// The custom XML part.
    pub(super) fn xml(&self) -> String {
        let mut out = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<figures xmlns=\"{NAMESPACE}\">"
        );
        for (tag, id) in &self.tags {
            let _ = write!(out, "<figure tag=\"{}\" id=\"{}\"/>", escape(tag), escape(id));
        }
        out.push_str("</figures>");
        out
    }
}

/// The tag of an identity.
pub(super) fn tag(id: &str) -> String {
    if id.encode_utf16().count() <= MOST_UNITS {
        return id.to_owned();
    }
    let digest = Sha256::digest(id.as_bytes());
    let mut tag = String::from("#");
    for byte in digest.iter().take(10) {
        let _ = write!(tag, "{byte:02x}");
    }
    tag
}
