//! The thread that writes the trail.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ring::hmac;
use rusqlite::{Connection, OptionalExtension, params};

use super::chain::{self, Head};
use super::{Event, Outcome};
use crate::error::AccountError;
use crate::settings::Clock;
use crate::store::Store;

/// So many events may wait; then whoever brings another waits too.
const QUEUE: usize = 8192;
/// So many are written at once.
const BATCH: usize = 4096;
/// So long may what was merely noted wait.
const PATIENCE: Duration = Duration::from_millis(500);
const MOST_DETAIL: usize = 500;
const MOST_WORD: usize = 120;

/// The way to the thread.
pub(crate) struct Trail {
    queue: Option<SyncSender<Message>>,
    thread: Option<JoinHandle<()>>,
}

struct Message {
    /// None: only tell when all before is written.
    event: Option<(i64, Event)>,
    answer: Option<SyncSender<Result<(), AccountError>>>,
}

impl Trail {
    pub(crate) fn start(store: &Store, key: hmac::Key, clock: Clock) -> Result<Trail, AccountError> {
        let (queue, messages) = sync_channel(QUEUE);
        let mut writer = Writer { store: store.clone(), key, clock, words: HashMap::new(), lost: 0 };
        let thread = std::thread::Builder::new()
            .name("audit".into())
            .spawn(move || writer.run(&messages))
            .map_err(|error| AccountError::Store(format!("no thread for the audit trail: {error}")))?;
        Ok(Trail { queue: Some(queue), thread: Some(thread) })
    }

    pub(crate) fn record(&self, event: Event, at: i64) -> Result<(), AccountError> {
        self.ask(Some((at, event)))
    }

    pub(crate) fn note(&self, event: Event, at: i64) {
        if let Some(queue) = &self.queue {
            // It fails only where the thread is gone, and then `record` says so.
            let _ = queue.send(Message { event: Some((at, event)), answer: None });
        }
    }

    /// Returns when all that was noted before is written.
    pub(crate) fn flush(&self) -> Result<(), AccountError> {
        self.ask(None)
    }

    fn ask(&self, event: Option<(i64, Event)>) -> Result<(), AccountError> {
        let gone = || AccountError::Store("the audit trail is not written any more".into());
        let (answer, result) = sync_channel(1);
        let queue = self.queue.as_ref().ok_or_else(gone)?;
        queue.send(Message { event, answer: Some(answer) }).map_err(|_| gone())?;
        result.recv().map_err(|_| gone())?
    }
}

impl Drop for Trail {
    fn drop(&mut self) {
        // The thread writes what is in the queue, and ends with it.
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Writer {
    store: Store,
    key: hmac::Key,
    clock: Clock,
    words: HashMap<String, i64>,
    /// Noted events that could not be written.
    lost: u64,
}

impl Writer {
    fn run(&mut self, messages: &Receiver<Message>) {
        while let Ok(first) = messages.recv() {
            let mut batch = vec![first];
            gather(messages, &mut batch);
            let result = self.write(&batch);
            for message in &batch {
                if let Some(answer) = &message.answer {
                    let told =
                        result.as_ref().map(|_| ()).map_err(|error| AccountError::Store(error.to_string()));
                    // Whoever does not wait any more needs no answer.
                    let _ = answer.send(told);
                } else if result.is_err() {
                    self.lost += 1;
                }
            }
            if result.is_err() {
                // What was looked up may have been taken back with the batch.
                self.words.clear();
            } else {
                self.lost = 0;
            }
        }
    }

    fn write(&mut self, batch: &[Message]) -> Result<(), AccountError> {
        if batch.iter().all(|message| message.event.is_none()) && self.lost == 0 {
            return Ok(());
        }
        let (key, words, lost, now) =
            (&self.key, &mut self.words, self.lost, (self.clock)().as_microsecond());
        self.store.write(|db| {
            let mut head = chain::head(db)?;
            let mut last: i64 = db
                .prepare_cached("SELECT at FROM audit WHERE number = ?1")?
                .query_row([head.number], |row| row.get(0))
                .optional()?
                .unwrap_or(i64::MIN);
            if lost > 0 {
                let event = Event {
                    action: "audit.lost".into(),
                    outcome: Outcome::Failed,
                    detail: format!("{lost} noted events could not be written"),
                    ..Event::default()
                };
                append(db, key, words, &mut head, &mut last, now, &event)?;
            }
            for (at, event) in batch.iter().filter_map(|message| message.event.as_ref()) {
                append(db, key, words, &mut head, &mut last, *at, &kept(event))?;
            }
            db.prepare_cached(
                "INSERT INTO audit_head (one, number, mac) VALUES (1, ?1, ?2)
                 ON CONFLICT DO UPDATE SET number = excluded.number, mac = excluded.mac",
            )?
            .execute(params![head.number, chain::head_mac(key, &head)])?;
            Ok(())
        })
    }
}

/// Takes what comes, until somebody waits for it or the first has waited long enough.
fn gather(messages: &Receiver<Message>, batch: &mut Vec<Message>) {
    let end = Instant::now() + PATIENCE;
    while batch.len() < BATCH && batch.last().is_some_and(|message| message.answer.is_none()) {
        match messages.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(message) => batch.push(message),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    while batch.len() < BATCH {
        match messages.try_recv() {
            Ok(message) => batch.push(message),
            Err(_) => break,
        }
    }
}

fn append(
    db: &Connection,
    key: &hmac::Key,
    words: &mut HashMap<String, i64>,
    head: &mut Head,
    last: &mut i64,
    at: i64,
    event: &Event,
) -> Result<(), AccountError> {
    *last = at.max(*last);
    let number = head.number + 1;
    let chain = chain::link(key, &head.chain, number, *last, event);
    let mut word = |text: &str| -> Result<i64, AccountError> { word_number(db, words, text) };
    let (action, method, route) = (word(&event.action)?, word(&event.method)?, word(&event.route)?);
    let register = event.register.as_deref().map(&mut word).transpose()?;
    let unit = event.unit.as_deref().map(&mut word).transpose()?;
    let outcome = word(event.outcome.key())?;
    db.prepare_cached(
        "INSERT INTO audit (number, at, account, action, method, route, register, unit, outcome, record, address,
             detail, chain)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?
    .execute(params![
        number,
        *last,
        event.account,
        action,
        method,
        route,
        register,
        unit,
        outcome,
        event.record,
        event.from,
        event.detail,
        chain
    ])?;
    *head = Head { number, chain };
    Ok(())
}

fn word_number(db: &Connection, words: &mut HashMap<String, i64>, text: &str) -> Result<i64, AccountError> {
    if let Some(&id) = words.get(text) {
        return Ok(id);
    }
    db.prepare_cached("INSERT INTO audit_word (word) VALUES (?1) ON CONFLICT DO NOTHING")?.execute([text])?;
    let id = db
        .prepare_cached("SELECT id FROM audit_word WHERE word = ?1")?
        .query_row([text], |row| row.get(0))?;
    if words.len() > 100_000 {
        words.clear();
    }
    words.insert(text.to_owned(), id);
    Ok(id)
}

/// An event no larger than is kept, on one line.
fn kept(event: &Event) -> Event {
    let short = |text: &str, most: usize| -> String {
        text.chars()
            .take(most)
            .map(|character| if character.is_control() { ' ' } else { character })
            .collect()
    };
    let word = |text: &String| short(text, MOST_WORD);
    Event {
        account: event.account,
        action: word(&event.action),
        method: word(&event.method),
        route: word(&event.route),
        register: event.register.as_ref().map(word),
        record: event.record.as_ref().map(word),
        unit: event.unit.as_ref().map(word),
        outcome: event.outcome,
        from: word(&event.from),
        detail: short(&event.detail, MOST_DETAIL),
    }
}
