//! A file that leaves while it is made: its parts go to the client as they are written, in constant memory.
//!
//! ```text
//! write ─▶ Pieces (32 KiB) ─▶ channel of a few ─▶ chunks of the answer
//!   └─ fails ─▶ the end of the body never comes ─▶ no client takes what came for the whole
//!            └▶ log (request, route, reason) · metrics · audit trail
//! ```

use std::io::{self, Write};
use std::sync::Arc;

use access::Action;
use accounts::{Event, Outcome};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use tokio::sync::mpsc;

use crate::fault::Fault;
use crate::visitor::Visitor;

/// How much is gathered before it is sent.
const PIECE: usize = 32 * 1024;
/// Pieces that wait for a slow reader; then the writer waits.
const AHEAD: usize = 4;

/// What is sent, and what is told of it if it breaks off.
#[derive(Clone, Debug)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// The route's pattern, for the log and the trail.
    pub route: &'static str,
    /// The register it is of, for the trail.
    pub register: Option<String>,
    /// What else it is of: an indicator.
    pub subject: Option<String>,
}

/// Answers with a file that `write` makes. It waits for its turn among other long work; if it fails, the connection is
/// broken off, and the reason is in the log, the fact in the audit trail and in the metrics.
pub fn streamed(
    visitor: &Visitor,
    file: File,
    write: impl FnOnce(Pieces) -> io::Result<()> + Send + 'static,
) -> Response {
    let (pieces, mut rest) = mpsc::channel::<io::Result<Bytes>>(AHEAD);
    let mut response =
        Body::from_stream(futures::stream::poll_fn(move |context| rest.poll_recv(context))).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.media_type));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", file.name)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let visitor = visitor.clone();
    tokio::spawn(async move {
        let app = Arc::clone(&visitor.app);
        let client = pieces.clone();
        let written = app.heavy_work(move |_| write(Pieces::new(pieces)).map_err(Fault::internal)).await;
        let Err(fault) = written else { return };
        if client.is_closed() {
            tracing::debug!(request = visitor.request, route = file.route, "nobody reads the file any more");
            return;
        }
        tracing::error!(request = visitor.request, route = file.route, %fault, "a file broke off");
        app.metrics.broken_files.inc();
        app.accounts.note(broken(&visitor, file));
        // The end of the body never comes.
        let _ = client.send(Err(io::Error::other(fault.to_string()))).await;
    });
    response
}

/// What the trail says beside the line that the export began.
fn broken(visitor: &Visitor, file: File) -> Event {
    Event {
        account: visitor.account.as_ref().map(|account| account.id),
        action: Action::Export.key().to_owned(),
        method: "GET".to_owned(),
        route: file.route.to_owned(),
        register: file.register,
        record: file.subject,
        unit: None,
        outcome: Outcome::Failed,
        from: visitor.from.clone(),
        detail: format!("broken off; request {}", visitor.request),
    }
}

/// Gathers what is written into pieces of some size and sends them; waits while the reader is slow.
pub struct Pieces {
    out: mpsc::Sender<io::Result<Bytes>>,
    piece: Vec<u8>,
}

impl Pieces {
    fn new(out: mpsc::Sender<io::Result<Bytes>>) -> Self {
        Self { out, piece: Vec::with_capacity(PIECE) }
    }

    fn send(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        // Whoever went away wants no more of it.
        self.out.blocking_send(Ok(Bytes::from(piece))).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}
