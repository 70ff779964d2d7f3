//! The one rule of what may be entered: a raw record in, a change or all its faults out.
//!
//! ```text
//! RawRecord ─ values ─ keys (which record?) ─ measures ─ required, unique ─ circumstances ─▶ Judged, or every fault
//! ```
//!
//! Why it exists: forms, files and the demo city ask the same [`judge`], so that none of them can enter what another
//! may not. No step stops the next one: a record's faults are found all at once.

mod circumstances;
mod judged;
mod keys;
mod measures;
mod values;

use jiff::civil::Date;
use ledger::{EntryNumber, RecordId};
use message::Text;

use crate::book::{Book, Loaded};
use crate::error::{FieldFault, IntakeError};
use crate::options::OwnerGuard;
use crate::raw::RawRecord;
use crate::read::Stated;
pub(crate) use circumstances::not_yours;
pub(crate) use judged::NamedPerson;
pub use judged::{Change, Judged};
pub(crate) use keys::repeated_row;

/// Checks a record by the rules of its register: the same rules for forms, files and the demo city.
///
/// Without `record`, the natural key decides whether it is a new record or changes one that exists.
pub fn validate(
    book: &Book<'_>,
    register: &str,
    raw: &RawRecord<'_>,
    role: &str,
    record: Option<RecordId>,
) -> Result<Judged, IntakeError> {
    let loaded = book.loaded(register)?;
    let target = match record {
        Some(record) => {
            let slot = loaded.current.slot_of(record.0).filter(|slot| !loaded.current.slot(*slot).withdrawn);
            Target::Slot(slot.ok_or(IntakeError::NoRecord(record))?)
        }
        None => Target::ByKey,
    };
    let context = Context { role, target, ..Context::default() };
    judge(book, loaded, raw, &context).map_err(IntakeError::Record)
}

/// Which record is meant.
#[derive(Clone, Copy, Default)]
pub(crate) enum Target {
    /// The one with the natural key, or a new one.
    #[default]
    ByKey,
    /// A new one, whatever its key.
    New,
    /// This one.
    Slot(u32),
}

/// What is said of many records at once.
#[derive(Clone, Copy, Default)]
pub(crate) struct Context<'c> {
    pub(crate) role: &'c str,
    pub(crate) target: Target,
    pub(crate) effective: Option<Date>,
    pub(crate) owner: Option<&'c str>,
    pub(crate) gcj02: bool,
    /// Whether the records stand in a file.
    pub(crate) in_file: bool,
    /// Evidence files that will be in the store when the record enters.
    pub(crate) evidence_files: usize,
    /// Whose records the actor may touch; none if that is somebody else's question.
    pub(crate) guard: Option<&'c OwnerGuard>,
}

/// What a record states, by the places of its register's fields; what cannot be read states nothing.
pub(crate) fn stated(
    book: &Book<'_>,
    loaded: &Loaded<'_>,
    raw: &RawRecord<'_>,
    context: &Context<'_>,
) -> Vec<Stated> {
    let effective = raw.effective.or(context.effective);
    Judge { book, loaded, context, effective, faults: Vec::new() }.read_values(raw)
}

pub(crate) fn judge(
    book: &Book<'_>,
    loaded: &Loaded<'_>,
    raw: &RawRecord<'_>,
    context: &Context<'_>,
) -> Result<Judged, Vec<FieldFault>> {
    let mut judge =
        Judge { book, loaded, context, effective: raw.effective.or(context.effective), faults: Vec::new() };
    let mut stated = judge.read_values(raw);
    // Whatever could not be read must not be taken for absent: without its key a row is no other record.
    let slot = match context.target {
        Target::Slot(slot) => Some(slot),
        Target::New => None,
        Target::ByKey => judge.by_natural_key(&stated),
    };
    let current = slot.map(|slot| loaded.current.values(slot, stated.len()));
    judge.measure(&mut stated, current.as_deref());
    judge.check_required(&stated, slot);
    judge.check_unique(&stated, slot, current.as_deref());
    let owner = judge.owner(raw, slot, &stated);
    let advance = judge.state(raw, slot);
    let (fields, people) = judge.changed(stated, current.as_deref());
    let changes = slot.is_none() || owner.is_some() || !fields.is_empty() || !people.is_empty();
    judge.check_date(slot, changes || advance.is_some());
    judge.check_evidence(raw, slot, advance.as_ref().is_some_and(|(_, needed)| *needed));
    let note = judge.note(raw);
    let register = loaded.rules.register;
    match (judge.faults.is_empty(), judge.effective) {
        (true, Some(effective)) => Ok(Judged {
            register: register.key.clone(),
            record: slot.map(|slot| RecordId(loaded.current.id(slot))),
            version: slot.map(|slot| EntryNumber(loaded.current.slot(slot).version)),
            effective,
            owner,
            fields,
            begins: register.initial_state().key.clone(),
            advance,
            evidence: raw.evidence.clone(),
            note,
            people,
        }),
        _ => Err(judge.faults),
    }
}

struct Judge<'j, 'p> {
    book: &'j Book<'p>,
    loaded: &'j Loaded<'p>,
    context: &'j Context<'j>,
    effective: Option<Date>,
    faults: Vec<FieldFault>,
}

impl Judge<'_, '_> {
    fn fault(&mut self, field: &str, found: &str, message: Text) {
        self.faults.push(FieldFault::new(field, found, message));
    }
}
