//! `/evidence/{hash}`: a file that bears an entry out, given to those who may see its record, and never as a page of ours.
//!
//! What a file is, its bytes say, not its name: pictures and PDF are shown, everything else is a download. Whatever it
//! is, it runs nothing: sandboxed, its type fixed, and nothing else may be loaded from it.

use access::Action;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use ledger::EvidenceHash;
use serde::Deserialize;
use tokio::io::AsyncReadExt;

use crate::fault::{Answer, Fault};
use crate::page::entry::Held;
use crate::routes::{Need, Routes};
use crate::visitor::Visitor;

/// The one route.
pub fn routes() -> Routes {
    Routes::new().get("/evidence/{hash}", Need::May(Action::View), show)
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sniffed {
    /// Its media type.
    pub(crate) kind: &'static str,
    /// The ending of its name when it is saved.
    pub(crate) ending: &'static str,
    /// Whether a browser may show it.
    pub(crate) shown: bool,
    /// Whether it is taken as new evidence.
    pub(crate) welcome: bool,
}

/// What a file is, by its first bytes.
pub(crate) fn sniff(head: &[u8]) -> Sniffed {
    let is = |kind, ending, shown| Sniffed { kind, ending, shown, welcome: true };
    let brand = head.get(8..12).unwrap_or_default();
    if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        is("image/png", "png", true)
    } else if head.starts_with(b"\xff\xd8\xff") {
        is("image/jpeg", "jpg", true)
    } else if head.starts_with(b"RIFF") && brand == b"WEBP" {
        is("image/webp", "webp", true)
    } else if head.starts_with(b"%PDF-") {
        is("application/pdf", "pdf", true)
    } else if head.get(4..8) == Some(b"ftyp")
        && matches!(brand, b"heic" | b"heix" | b"mif1" | b"msf1" | b"hevc")
    {
        is("image/heic", "heic", false)
    } else if head.starts_with(b"PK\x03\x04") {
        // Word and Excel are archives; what is in them is looked at by who opens them.
        is("application/zip", office(head), false)
    } else {
        Sniffed { kind: "application/octet-stream", ending: "bin", shown: false, welcome: false }
    }
}

/// The ending of an office file; its parts' names stand near its beginning.
fn office(head: &[u8]) -> &'static str {
    let holds = |part: &[u8]| head.windows(part.len()).any(|window| window == part);
    if holds(b"word/") {
        "docx"
    } else if holds(b"xl/") {
        "xlsx"
    } else {
        "zip"
    }
}

#[derive(Deserialize)]
struct Asked {
    record: Option<u64>,
}

async fn show(visitor: Visitor, Path(hash): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let hash: EvidenceHash = hash.parse().map_err(|_| Fault::NotFound)?;
    let asking = visitor.clone();
    let path = visitor
        .app
        .work(move |app| {
            // A file is seen through a record that names it: the hash alone opens nothing.
            let record = asked.record.ok_or(Fault::NotFound)?;
            let held = Held::find(app, &asking, record, Action::View)?;
            if !held.history.iter().any(|entry| entry.evidence.contains(&hash)) {
                return Err(Fault::NotFound);
            }
            app.book.evidence_path(&hash)?.ok_or(Fault::NotFound)
        })
        .await?;
    let mut file = tokio::fs::File::open(path).await.map_err(Fault::internal)?;
    let size = file.metadata().await.map_err(Fault::internal)?.len();
    let mut head = vec![0; 4096];
    let mut length = 0;
    while length < head.len() {
        match file.read(&mut head[length..]).await.map_err(Fault::internal)? {
            0 => break,
            more => length += more,
        }
    }
    head.truncate(length);
    let found = sniff(&head);
    let first = futures::stream::iter([Ok::<Bytes, std::io::Error>(Bytes::from(head))]);
    let rest = futures::stream::unfold(file, |mut file| async {
        let mut piece = vec![0; 64 << 10];
        match file.read(&mut piece).await {
            Ok(0) => None,
            Ok(length) => {
                piece.truncate(length);
                Some((Ok(Bytes::from(piece)), file))
            }
            Err(error) => Some((Err(error), file)),
        }
    });
    // Whoever compresses asks once more after the end.
    let body = Body::from_stream(futures::StreamExt::fuse(futures::StreamExt::chain(first, rest)));
    Ok(harmless(body, found, &hash, size))
}

fn harmless(body: Body, found: Sniffed, hash: &EvidenceHash, size: u64) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    let how = if found.shown { "inline" } else { "attachment" };
    let disposition = format!("{how}; filename=\"{}.{}\"", &hash.to_string()[..16], found.ending);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(found.kind));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; img-src 'self'; sandbox; frame-ancestors 'self'"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::sniff;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        fn check(head: &[u8], kind: &str, shown: bool, welcome: bool) {
            let found = sniff(head);
            assert_eq!((found.kind, found.shown, found.welcome), (kind, shown, welcome));
        }
        check(b"\x89PNG\r\n\x1a\n....", "image/png", true, true);
        check(b"\xff\xd8\xff\xe0", "image/jpeg", true, true);
        check(b"%PDF-1.7", "application/pdf", true, true);
        check(b"....ftypheic", "image/heic", false, true);
        check(b"PK\x03\x04....word/document.xml", "application/zip", false, true);
        check(b"<svg xmlns='http://www.w3.org/2000/svg'>", "application/octet-stream", false, false);
        check(b"<!doctype html><script>", "application/octet-stream", false, false);
        check(b"GIF89a/*", "application/octet-stream", false, false);
        check(b"", "application/octet-stream", false, false);
    }
}
