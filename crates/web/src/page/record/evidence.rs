//! Files that bear an entry out: what they are, by their first bytes and never by their names.

use std::io::Read;

use ledger::EvidenceHash;
use maud::{Markup, html};
use message::Language;

use crate::app::App;
use crate::page::evidence::{Sniffed, sniff};
use crate::ui::*;

/// A file.
pub struct Evidence {
    /// None if the store has lost it.
    pub bytes: Option<u64>,
    what: Sniffed,
}

/// Looks at a file.
pub fn evidence(app: &App, hash: &EvidenceHash) -> Evidence {
    let look = || {
        let path = app.book.evidence_path(hash).ok()??;
        let mut file = std::fs::File::open(path).ok()?;
        let bytes = file.metadata().ok()?.len();
        let mut head = Vec::new();
        file.by_ref().take(4096).read_to_end(&mut head).ok()?;
        Some(Evidence { bytes: Some(bytes), what: sniff(&head) })
    };
    look().unwrap_or_else(|| Evidence { bytes: None, what: sniff(&[]) })
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
    let picture = evidence.what.shown && evidence.what.kind.starts_with("image/");
    let words = match evidence.what.ending {
        _ if picture => l.t("图片", "Picture").to_owned(),
        "bin" => l.t("文件", "File").to_owned(),
        ending => ending.to_uppercase(),
    };
    html! {
        a.evidence href=(address) {
            @if picture {
                img src=(address) alt=(l.t("佐证图片", "Evidence picture")) width="120" height="90" loading="lazy";
            } @else { (Icon::File) }
            span { (words) " " span.muted { (size) " kB · " (short) } }
        }
    }
}
