//! Files that bear an entry out: what they are, by their first bytes and never by their names.

use std::io::Read;

use ledger::EvidenceHash;
use maud::{Markup, html};
use message::Language;

use crate::app::App;
use crate::ui::*;

/// A file.
pub struct Evidence {
    /// None if the store has lost it.
    pub bytes: Option<u64>,
    what: What,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Picture,
    Pdf,
    Other,
}

/// Looks at a file.
pub fn evidence(app: &App, hash: &EvidenceHash) -> Evidence {
    let look = || {
        let path = app.book.evidence_path(hash).ok()??;
        let mut file = std::fs::File::open(path).ok()?;
        let bytes = file.metadata().ok()?.len();
        let mut head = Vec::new();
        file.by_ref().take(16).read_to_end(&mut head).ok()?;
        Some(Evidence { bytes: Some(bytes), what: sniff(&head) })
    };
    look().unwrap_or(Evidence { bytes: None, what: What::Other })
}

fn sniff(head: &[u8]) -> What {
    let webp = head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP");
    if head.starts_with(b"\x89PNG\r\n\x1a\n") || head.starts_with(b"\xff\xd8\xff") || webp {
        What::Picture
    } else if head.starts_with(b"%PDF-") {
        What::Pdf
    } else {
        What::Other
    }
}

/// The file as a small picture or a line; either leads to the file. Pictures are the only thing shown in a page, and
/// the file's own answer forbids it to run or load anything.
pub fn draw(l: Language, record: u64, hash: &str, evidence: &Evidence) -> Markup {
    let address = format!("/evidence/{hash}?record={record}");
    let short = hash.get(..12).unwrap_or(hash);
    let Some(bytes) = evidence.bytes else {
        return html! { span.evidence { (Icon::Fault) " " (short) " " (l.t("文件缺失", "the file is missing")) } };
    };
    let size = grouped(bytes.div_ceil(1024).to_string());
    let words = match evidence.what {
        What::Picture => l.t("图片", "Picture"),
        What::Pdf => "PDF",
        What::Other => l.t("文件", "File"),
    };
    html! {
        a.evidence href=(address) {
            @if evidence.what == What::Picture {
                img src=(address) alt=(l.t("佐证图片", "Evidence picture")) width="120" height="90" loading="lazy";
            } @else { (Icon::File) }
            span { (words) " " span.muted { (size) " kB · " (short) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{What, sniff};

    #[test]
    fn a_file_is_what_its_bytes_say() {
        assert!(sniff(b"\x89PNG\r\n\x1a\n") == What::Picture);
        assert!(sniff(b"RIFF\0\0\0\0WEBPVP8 ") == What::Picture);
        assert!(sniff(b"%PDF-1.7") == What::Pdf);
        assert!(sniff(b"<svg onload=alert(1)>") == What::Other);
        assert!(sniff(b"") == What::Other);
    }
}
