//! The chain: what makes the trail's past unchangeable without the key.

use ring::hmac;
use rusqlite::{Connection, OptionalExtension};

use super::read::{self, Words};
use super::{Event, Recorded};
use crate::error::AccountError;

/// The end of the trail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The last event's number; 0 in an empty trail.
    pub number: i64,
    /// Its chain; empty in an empty trail.
    pub chain: Vec<u8>,
}

/// What is wrong with the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditFault {
    /// A line is missing before this number.
    Missing(i64),
    /// The line of this number is not as it was written, or the key is another.
    Changed(i64),
    /// Lines were taken from the end, after this number.
    Cut(i64),
}

/// What the examination of the trail has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditReport {
    /// How many events stand in it.
    pub events: u64,
    /// The first fault, if any.
    pub fault: Option<AuditFault>,
    /// Its end.
    pub head: Head,
}

/// The chain's next link.
pub(crate) fn link(key: &hmac::Key, before: &[u8], number: i64, at: i64, event: &Event) -> Vec<u8> {
    let mut text = Vec::with_capacity(256);
    // Every part has its length before it, so that no two events have the same text.
    let mut part = |bytes: &[u8]| {
        text.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        text.extend_from_slice(bytes);
    };
    part(before);
    part(&number.to_be_bytes());
    part(&at.to_be_bytes());
    part(&event.account.map(i64::to_be_bytes).map_or(Vec::new(), Vec::from));
    for word in [&event.action, &event.method, &event.route] {
        part(word.as_bytes());
    }
    for word in [&event.register, &event.record, &event.unit] {
        part(&[u8::from(word.is_some())]);
        part(word.as_deref().unwrap_or_default().as_bytes());
    }
    part(event.outcome.key().as_bytes());
    part(event.from.as_bytes());
    part(event.detail.as_bytes());
    hmac::sign(key, &text).as_ref().to_vec()
}

/// The seal of the trail's end.
pub(crate) fn head_mac(key: &hmac::Key, head: &Head) -> Vec<u8> {
    let text = [b"head".as_slice(), &head.number.to_be_bytes(), &head.chain].concat();
    hmac::sign(key, &text).as_ref().to_vec()
}

/// The end of the trail as it stands in the file.
pub(crate) fn head(db: &Connection) -> Result<Head, AccountError> {
    Ok(db
        .prepare_cached("SELECT number, chain FROM audit ORDER BY number DESC LIMIT 1")?
        .query_row([], |row| Ok(Head { number: row.get(0)?, chain: row.get(1)? }))
        .optional()?
        .unwrap_or_default())
}

pub(crate) fn verify(db: &Connection, key: &hmac::Key) -> Result<AuditReport, AccountError> {
    // One state of the file, while others go on writing.
    let db = db.unchecked_transaction()?;
    let mut words = Words::default();
    let mut statement = db.prepare(&format!("SELECT {}, chain FROM audit ORDER BY number", read::COLUMNS))?;
    let mut rows = statement.query([])?;
    let mut end = Head::default();
    let mut events = 0;
    let mut fault = None;
    while let Some(row) = rows.next()? {
        events += 1;
        let Recorded { number, at, event } = read::recorded(&db, &mut words, row)?;
        let chain: Vec<u8> = row.get("chain")?;
        if fault.is_none() {
            if number != end.number + 1 {
                fault = Some(AuditFault::Missing(number));
            } else if chain != link(key, &end.chain, number, at.as_microsecond(), &event) {
                fault = Some(AuditFault::Changed(number));
            }
        }
        end = Head { number, chain };
    }
    let sealed: Option<(i64, Vec<u8>)> = db
        .query_row("SELECT number, mac FROM audit_head", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let cut = match sealed {
        None => end.number != 0,
        Some((number, mac)) => number != end.number || mac != head_mac(key, &end),
    };
    if cut && fault.is_none() {
        fault = Some(AuditFault::Cut(end.number));
    }
    Ok(AuditReport { events, fault, head: end })
}
