//! The trail as CSV, streamed: some thousand lines at a time, whatever its length.

use std::io::{Error, Result};
use std::sync::Arc;

use accounts::{Filter, Recorded};
use axum::body::{Body, Bytes};
use tokio::sync::mpsc;

use crate::app::App;
use crate::visitor::Visitor;

/// Lines that are read at once.
const LINES: usize = 4000;
const HEADING: [&str; 12] = [
    "number", "at", "account", "action", "method", "route", "register", "record", "unit", "outcome", "from",
    "detail",
];

/// The events of a filter, newest first. A reader that stops reading stops the work; a fault breaks the connection off,
/// so that no short file looks like a whole one.
pub(super) fn stream(visitor: &Visitor, filter: Option<Filter>, before: Option<i64>) -> Body {
    let app = Arc::clone(&visitor.app);
    let (lines, mut parts) = mpsc::channel::<Result<Bytes>>(2);
    tokio::task::spawn_blocking(move || {
        if let Err(error) = write(&app, filter, before, &lines) {
            let _ = lines.blocking_send(Err(error));
        }
    });
    Body::from_stream(futures::stream::poll_fn(move |context| parts.poll_recv(context)))
}

fn write(
    app: &App,
    filter: Option<Filter>,
    mut before: Option<i64>,
    lines: &mpsc::Sender<Result<Bytes>>,
) -> Result<()> {
    // A spreadsheet program reads UTF-8 as such only behind this mark.
    let mut part = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    part.write_record(HEADING)?;
    loop {
        let events = match &filter {
            Some(filter) => app.accounts.audit(filter, before, LINES).map_err(Error::other)?,
            None => Vec::new(),
        };
        for event in &events {
            part.write_record(line(event))?;
        }
        before = events.last().map(|one| one.number);
        let whole = part.into_inner().map_err(|error| Error::other(error.to_string()))?;
        if lines.blocking_send(Ok(Bytes::from(whole))).is_err() || events.len() < LINES {
            return Ok(());
        }
        part = csv::Writer::from_writer(Vec::new());
    }
}

fn line(one: &Recorded) -> [String; 12] {
    let event = &one.event;
    let text = |text: &Option<String>| text.as_deref().map(harmless).unwrap_or_default();
    [
        one.number.to_string(),
        one.at.to_string(),
        event.account.map(|account| account.to_string()).unwrap_or_default(),
        harmless(&event.action),
        harmless(&event.method),
        harmless(&event.route),
        text(&event.register),
        text(&event.record),
        text(&event.unit),
        event.outcome.key().to_owned(),
        harmless(&event.from),
        harmless(&event.detail),
    ]
}

/// A cell that no spreadsheet program takes for a formula.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
