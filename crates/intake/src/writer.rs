//! Many records from a program (the demo city, later the web): judged by the same rules, entered in large batches.

use jiff::civil::Date;
use ledger::{Batch, Draft, EntryNumber, EvidenceHash, Ledger, RecordId, Value};
use pack::Pack;
use serde_json::json;

use crate::actions::{Act, Action, Standing};
use crate::book::Book;
use crate::error::IntakeError;
use crate::judge::{Change, Context, Judged, Target, judge};
use crate::raw::RawRecord;

/// Drafts that enter together, unless [`Writer::flush`] is called earlier.
const BATCH: usize = 10_000;

/// What a writer has entered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Entries, the repeated ones included.
    pub entries: u64,
    /// Batches.
    pub batches: u64,
    /// Batches that had been entered by an earlier run with the same keys.
    pub repeated: u64,
}

/// Judges records and enters them batch by batch. What is not flushed is not in the book: call [`Writer::finish`].
///
/// The numbers it answers are certain only because each batch is refused if the book has grown otherwise
/// ([`ledger::LedgerError::Moved`]); after an error the writer must be thrown away.
pub struct Writer<'w> {
    pack: &'w Pack,
    ledger: &'w Ledger,
    book: Book<'w>,
    actor: String,
    role: String,
    key: String,
    drafts: Vec<Draft>,
    /// Persons of the drafts: draft, field, lookup text, data.
    people: Vec<(usize, String, (String, String))>,
    /// The book's size when the present batch began.
    start: u64,
    summary: Summary,
    size: usize,
}

impl<'w> Writer<'w> {
    /// A writer whose batches have the keys `key/0`, `key/1` …
    pub fn new(
        pack: &'w Pack,
        ledger: &'w Ledger,
        actor: impl Into<String>,
        role: impl Into<String>,
        key: impl Into<String>,
    ) -> Result<Self, IntakeError> {
        let start = ledger.size()?;
        let role = role.into();
        if !pack.roles.iter().any(|known| known.key == role) {
            return Err(IntakeError::NoRole(role));
        }
        Ok(Self {
            pack,
            ledger,
            book: Book::new(pack, start),
            actor: actor.into(),
            role,
            key: key.into(),
            drafts: Vec::with_capacity(BATCH),
            people: Vec::new(),
            start,
            summary: Summary::default(),
            size: BATCH,
        })
    }

    /// The same with another size of batches.
    #[must_use]
    pub fn with_batch_size(mut self, size: usize) -> Self {
        self.size = size.clamp(1, ledger::MAX_BATCH_DRAFTS);
        self
    }

    /// Who acts from now on; the present batch is entered first, since a batch has one actor.
    pub fn act_as(&mut self, actor: &str, role: &str) -> Result<(), IntakeError> {
        if !self.pack.roles.iter().any(|known| known.key == role) {
            return Err(IntakeError::NoRole(role.to_owned()));
        }
        if self.actor != actor {
            self.flush()?;
            self.actor = actor.to_owned();
        }
        self.role = role.to_owned();
        Ok(())
    }

    /// A new record. A state other than the initial one makes a second entry that moves it there.
    pub fn create(&mut self, register: &str, raw: &RawRecord<'_>) -> Result<RecordId, IntakeError> {
        Ok(self.enter(register, raw, Target::New)?.0)
    }

    /// A record by its natural key: a new one, or changes of one that exists.
    pub fn submit(&mut self, register: &str, raw: &RawRecord<'_>) -> Result<(RecordId, Change), IntakeError> {
        self.enter(register, raw, Target::ByKey)
    }

    /// Changes of this record.
    pub fn amend(
        &mut self,
        register: &str,
        record: RecordId,
        raw: &RawRecord<'_>,
    ) -> Result<Change, IntakeError> {
        self.load(register)?;
        let slot =
            self.book.loaded(register)?.current.slot_of(record.0).ok_or(IntakeError::NoRecord(record))?;
        Ok(self.enter(register, raw, Target::Slot(slot))?.1)
    }

    /// Moves a record to another state.
    pub fn advance(
        &mut self,
        register: &str,
        record: RecordId,
        state: &str,
        effective: Date,
        evidence: &[EvidenceHash],
    ) -> Result<EntryNumber, IntakeError> {
        let action = Action::Advance(state.to_owned());
        self.act(register, record, Act { evidence: evidence.to_vec(), ..Act::new(action, effective) })
    }

    /// Verifies a record.
    pub fn verify(&mut self, register: &str, record: RecordId, on: Date) -> Result<EntryNumber, IntakeError> {
        self.act(register, record, Act::new(Action::Verify, on))
    }

    /// Does anything with a record that exists.
    pub fn act(&mut self, register: &str, record: RecordId, act: Act) -> Result<EntryNumber, IntakeError> {
        self.load(register)?;
        let draft = Standing::in_book(&self.book, record)?.act(self.pack, &self.role, act)?;
        self.push(draft)
    }

    /// Enters a draft that was made elsewhere with this writer's [`Writer::book`], such as by [`crate::reorganise`].
    pub fn push(&mut self, draft: Draft) -> Result<EntryNumber, IntakeError> {
        self.load(&draft.register)?;
        let number = self.book.follow(&draft, 0)?;
        self.drafts.push(draft);
        if self.drafts.len() >= self.size {
            self.flush()?;
        }
        Ok(number)
    }

    /// The book as it will be with everything given so far.
    pub fn book(&self) -> &Book<'w> {
        &self.book
    }

    /// Loads a register before it is first used; otherwise that happens by itself.
    pub fn load(&mut self, register: &str) -> Result<(), IntakeError> {
        if self.book.loaded(register).is_ok() {
            return Ok(());
        }
        self.book.load(self.ledger, register)
    }

    /// Enters what has been given so far; durable when it returns.
    pub fn flush(&mut self) -> Result<(), IntakeError> {
        if self.drafts.is_empty() {
            return Ok(());
        }
        self.fill_people()?;
        let drafts = std::mem::replace(&mut self.drafts, Vec::with_capacity(self.size));
        let key = format!("{}/{}", self.key, self.summary.batches);
        let batch = Batch { key, actor: self.actor.clone(), drafts, expect_size: Some(self.start) };
        let receipt = self.ledger.append(batch)?;
        self.start = receipt.size;
        self.summary.entries += receipt.count;
        self.summary.batches += 1;
        self.summary.repeated += u64::from(receipt.repeated);
        Ok(())
    }

    /// Enters the rest and says how much it was.
    pub fn finish(mut self) -> Result<Summary, IntakeError> {
        self.flush()?;
        Ok(self.summary)
    }

    fn enter(
        &mut self,
        register: &str,
        raw: &RawRecord<'_>,
        target: Target,
    ) -> Result<(RecordId, Change), IntakeError> {
        self.load(register)?;
        let loaded = self.book.loaded(register)?;
        let context = Context { role: &self.role, target, ..Context::default() };
        let judged = judge(&self.book, loaded, raw, &context).map_err(IntakeError::Record)?;
        let change = judged.change();
        let record = judged.record.unwrap_or(RecordId(self.book.size()));
        let mut advance = judged.advance_draft(record, judged.version.unwrap_or(EntryNumber(record.0)));
        self.note_people(&judged);
        if let Some(draft) = judged.into_draft() {
            let version = self.push(draft)?;
            if let Some(advance) = &mut advance {
                advance.based_on = Some(version);
            }
        }
        if let Some(draft) = advance {
            self.push(draft)?;
        }
        Ok((record, change))
    }

    fn note_people(&mut self, judged: &Judged) {
        let draft = self.drafts.len();
        let entries = judged.people.iter();
        self.people.extend(
            entries.map(|person| (draft, person.field.clone(), person_entry(&person.name, &person.phone))),
        );
    }

    fn fill_people(&mut self) -> Result<(), IntakeError> {
        if self.people.is_empty() {
            return Ok(());
        }
        let asked: Vec<(&str, &str)> =
            self.people.iter().map(|(.., (lookup, data))| (lookup.as_str(), data.as_str())).collect();
        let pseudonyms = self.ledger.persons(&asked)?;
        for ((draft, field, _), pseudonym) in self.people.drain(..).zip(pseudonyms) {
            if let Some(draft) = self.drafts.get_mut(draft) {
                draft.fields.insert(field, Value::Text(pseudonym.as_str().to_owned()));
            }
        }
        Ok(())
    }
}

/// What the table of persons gets: the text by which a person is found again, and what is kept.
pub(crate) fn person_entry(name: &str, phone: &str) -> (String, String) {
    // A telephone may be shared, and names repeat: only both together are one person.
    (format!("{name}\u{1f}{phone}"), json!({ "name": name, "phone": phone }).to_string())
}
