//! A job that was sent before: the same job gets the same receipt, another one under its key is refused.
//!
//! Why it exists: a client that has not heard the answer sends its job again, perhaps after a restart of ours. By then
//! the job would be judged otherwise (its record is changed already, its name is taken, by itself). So before a refusal
//! is told, the book is asked whether the key has been entered, and what was entered is compared with what is asked.

use std::collections::{BTreeMap, HashMap, VecDeque};

use ledger::{
    Batch, Draft, Entry, EntryNumber, EvidenceHash, Kind, Ledger, LedgerError, Pseudonym, RecordId, Value,
};
use message::text;

use super::answer::{Answer, Entered, Refusal};
use super::conflict::Version;
use super::job::{Form, Job, Work};
use super::prepare::kind_of;
use crate::actions::{Act, Action};
use crate::book::Book;
use crate::error::IntakeError;
use crate::judge::{Context, stated};
use crate::read::Stated;
use crate::rules::state_called;
use crate::writer::person_entry;

/// How many receipts are remembered; older ones are compared with the book.
const REMEMBERED: usize = 10_000;

/// The receipts of late, by key.
#[derive(Default)]
pub(crate) struct Recent {
    known: HashMap<String, ([u8; 32], Entered)>,
    order: VecDeque<String>,
}

impl Recent {
    pub(crate) fn answer(&self, key: &str, mark: &[u8; 32]) -> Option<Answer> {
        let (known, entered) = self.known.get(key)?;
        Some(if known == mark {
            Ok(Entered { repeated: true, ..entered.clone() })
        } else {
            Err(Refusal::KeyReused)
        })
    }

    pub(crate) fn remember(&mut self, key: String, mark: [u8; 32], entered: Entered) {
        if self.known.insert(key.clone(), (mark, entered)).is_none() {
            self.order.push_back(key);
        }
        while self.order.len() > REMEMBERED {
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
    }
}

/// The key of a job's batch: its actor's own, so that nobody can take another's. None if it cannot be a key.
pub(crate) fn key_of(job: &Job, mark: &[u8; 32]) -> Option<String> {
    let Job { actor, key, .. } = job;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if key.is_empty() || key.len() > 80 || !key.bytes().all(plain) || actor.len() > 100 {
        return None;
    }
    // What a reorganisation has entered does not tell all that was asked; so its key does.
    let told = match job.work {
        Work::Reorganise { .. } => mark[..8].iter().map(|byte| format!("{byte:02x}")).collect(),
        _ => String::new(),
    };
    Some(format!("job:{actor}:{key}{}{told}", if told.is_empty() { "" } else { ":" }))
}

/// What became of a job with this key earlier; none if it is new.
pub(crate) fn earlier(book: &Book<'_>, ledger: &Ledger, job: &Job, key: &str) -> Option<Answer> {
    let entries = match probe(ledger, &job.actor, key) {
        Ok(None) => return None,
        Ok(Some((first, count))) => read(ledger, first, count),
        Err(error) => Err(error),
    };
    let compared = entries.map_err(IntakeError::from).and_then(|entries| {
        let same = entries.iter().all(|entry| entry.actor == job.actor);
        Ok(compare(book, ledger, job, &entries)?.filter(|_| same).map(|entered| (entries, entered)))
    });
    Some(match compared {
        Ok(Some((entries, (records, refused)))) => {
            let first = entries.first().map_or(EntryNumber(0), |entry| entry.number);
            let count = entries.len() as u64;
            let (entries, size) = (Some((first, count)), first.0 + count);
            Ok(Entered { entries, size, repeated: true, records, refused, import: None })
        }
        Ok(None) => Err(Refusal::KeyReused),
        Err(error) => Err(error.into()),
    })
}

/// The entries of the batch that has this key. The ledger looks a key up before it looks at anything else of a batch,
/// so a batch that no book can have room for asks without entering.
fn probe(ledger: &Ledger, actor: &str, key: &str) -> Result<Option<(u64, u64)>, LedgerError> {
    let nothing = Draft {
        kind: Kind::Create,
        register: "probe".to_owned(),
        record: None,
        based_on: None,
        effective: jiff::civil::Date::constant(2000, 1, 1),
        unit: None,
        state: None,
        fields: BTreeMap::new(),
        evidence: Vec::new(),
        note: None,
    };
    let (key, actor) = (key.to_owned(), actor.to_owned());
    match ledger.append(Batch { key, actor, drafts: vec![nothing], expect_size: Some(u64::MAX) }) {
        Err(LedgerError::KeyReused { first, count, .. }) => Ok(Some((first, count))),
        Ok(receipt) => Ok(Some((receipt.first.0, receipt.count))),
        Err(LedgerError::Moved { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn read(ledger: &Ledger, first: u64, count: u64) -> Result<Vec<Entry>, LedgerError> {
    let mut entries = Vec::new();
    ledger.for_each(None, first..first.saturating_add(count), &mut |number, bytes| {
        entries.push(Entry::decode(number, bytes)?);
        Ok(())
    })?;
    Ok(entries)
}

type Records = (Vec<RecordId>, Vec<(usize, Refusal)>);

/// The records of the job if these are its entries; none if they are another's.
fn compare(
    book: &Book<'_>,
    ledger: &Ledger,
    job: &Job,
    entries: &[Entry],
) -> Result<Option<Records>, IntakeError> {
    let rows = |register: &str, forms: &[Form]| -> Result<Option<Records>, IntakeError> {
        let (mut records, mut left) = (Vec::new(), entries);
        for form in forms {
            let Some((entry, rest)) = left.split_first() else { return Ok(None) };
            let (moved, rest) = match rest.split_first() {
                Some((next, rest)) if next.record == entry.record => (Some(next), rest),
                _ => (None, rest),
            };
            let created = entry.kind == Kind::Create && entry.register == register;
            let as_stated = &entry.fields;
            if !created
                || !says(book, ledger, form, register, entry, as_stated)?
                || !moves(book, form, entry, moved)
            {
                return Ok(None);
            }
            records.push(entry.record);
            left = rest;
        }
        Ok(left.is_empty().then_some((records, Vec::new())))
    };
    match &job.work {
        Work::Create { register, form } => rows(register, std::slice::from_ref(form)),
        Work::Rows { register, forms } => rows(register, forms),
        Work::Amend { record, base, form } => {
            let Some((entry, rest)) = entries.split_first() else { return Ok(None) };
            let mine = entry.record == *record && entry.based_on == Some(*base) && rest.len() < 2;
            let history = if mine { ledger.history(*record)? } else { Vec::new() };
            let Some(after) = Version::after(&history, Some(entry.number)) else { return Ok(None) };
            let moved = if entry.kind == Kind::Advance { Some(entry) } else { rest.first() };
            let same = says(book, ledger, form, &entry.register, entry, &after.fields)?
                && moves(book, form, entry, moved);
            Ok(same.then(|| (vec![*record], Vec::new())))
        }
        Work::Acts { acts, together } => Ok(done(book, acts, *together, entries)),
        // Their keys tell all of them.
        Work::Reorganise { .. } | Work::Import { .. } => Ok(Some((Vec::new(), Vec::new()))),
    }
}

/// Whether an entry says what the form states; `after` are the record's fields with it.
fn says(
    book: &Book<'_>,
    ledger: &Ledger,
    form: &Form,
    register: &str,
    entry: &Entry,
    after: &BTreeMap<String, Value>,
) -> Result<bool, IntakeError> {
    let loaded = book.loaded(register)?;
    let raw = form.raw();
    let read = stated(book, loaded, &raw, &Context::default());
    for (place, stated) in read.iter().enumerate() {
        let field = &loaded.rules.register.fields[place].key;
        if loaded.rules.measured.iter().any(|(measured, _)| *measured == place) {
            // What is measured of the shape follows from the shape.
            continue;
        }
        let is = after.get(field).unwrap_or(&Value::Null);
        let same = match stated {
            // What the form does not state it does not set.
            Stated::Nothing => !entry.fields.contains_key(field),
            Stated::Clear => *is == Value::Null,
            Stated::Value(value) => is == value,
            Stated::Person { name, phone } => match is {
                Value::Text(text) => is_person(ledger, text, &person_entry(name, phone).1)?,
                _ => false,
            },
        };
        if !same {
            return Ok(false);
        }
    }
    let owner = form.owner.as_deref().map(str::trim).filter(|owner| !owner.is_empty());
    let owner = owner.and_then(|owner| book.unit_called(owner, form.effective).ok());
    let same_owner = owner.is_none() || entry.unit.is_none() || owner == entry.unit;
    Ok(same_owner
        && form.effective.is_none_or(|effective| effective == entry.effective)
        && same_papers(&form.evidence, form.note.as_deref(), entry))
}

/// Whether the pseudonym stands for these data. If they were erased since, nobody can tell, and it passes.
fn is_person(ledger: &Ledger, pseudonym: &str, data: &str) -> Result<bool, IntakeError> {
    let Some(pseudonym) = Pseudonym::parse(pseudonym) else { return Ok(false) };
    Ok(ledger.person_data(&pseudonym)?.is_none_or(|known| known == data))
}

/// Whether the state that the form wants is the one that the entries reach.
fn moves(book: &Book<'_>, form: &Form, entry: &Entry, moved: Option<&Entry>) -> bool {
    let word = form.state.as_deref().map(str::trim).filter(|state| !state.is_empty());
    let reached = moved.or(Some(entry)).and_then(|entry| entry.state.as_deref());
    let Some(register) = book.pack.register(&entry.register) else { return false };
    match (word.and_then(|word| state_called(register, word)), reached) {
        (Some(wanted), Some(reached)) => register.states[wanted].key == reached,
        (Some(_), None) => moved.is_none(),
        (None, _) => moved.is_none(),
    }
}

fn same_papers(evidence: &[EvidenceHash], note: Option<&str>, entry: &Entry) -> bool {
    let note = note.map(str::trim).filter(|note| !note.is_empty());
    entry.evidence == evidence && entry.note.as_deref() == note
}

fn done(
    book: &Book<'_>,
    acts: &[(RecordId, EntryNumber, Act)],
    together: bool,
    entries: &[Entry],
) -> Option<Records> {
    let is = |entry: &Entry, (record, base, act): &(RecordId, EntryNumber, Act)| {
        let state = match &act.action {
            Action::Advance(word) => book
                .pack
                .register(&entry.register)
                .and_then(|register| Some(&register.states[state_called(register, word)?].key)),
            _ => None,
        };
        entry.record == *record
            && entry.based_on == Some(*base)
            && entry.kind == kind_of(&act.action)
            && entry.effective == act.effective
            && entry.state.as_ref() == state
            && same_papers(&act.evidence, act.note.as_deref(), entry)
    };
    let (mut records, mut refused, mut left) = (Vec::new(), Vec::new(), entries);
    for (place, act) in acts.iter().enumerate() {
        match left.split_first() {
            Some((entry, rest)) if is(entry, act) => {
                records.push(act.0);
                left = rest;
            }
            _ => {
                let text = text!("这一项上次提交时未能办理", "this was not done when it was first submitted");
                refused.push((place, Refusal::Refused(text)));
            }
        }
    }
    (left.is_empty() && (!together || refused.is_empty())).then_some((records, refused))
}
