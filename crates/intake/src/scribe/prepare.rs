//! From a job to a batch that may enter, judged by the book as it stands.
//!
//! Why it exists: here a job meets the one rule of intake (forms by [`crate::validate`]'s judge, acts by
//! [`Standing::act`]), and says what it touches, so that a round never enters two jobs that depend on each other.

use std::collections::HashMap;

use ledger::{Batch, Draft, Entry, EntryNumber, Kind, Ledger, Pseudonym, Receipt, RecordId, Value};
use message::text;

use super::answer::{Entered, Refusal};
use super::conflict::Conflict;
use super::job::{Checked, Form, Job, Question, Work};
use crate::actions::{Act, Action, Standing};
use crate::book::{Book, Loaded};
use crate::current::{ValueRef, key_of};
use crate::error::{FieldFault, IntakeError};
use crate::judge::{Context, Judged, Target, judge, not_yours, repeated_row};
use crate::options::OwnerGuard;
use crate::reorganise::reorganise;
use crate::writer::person_entry;

/// A job that has been judged.
pub(crate) enum Prepared {
    /// Nothing of it is new.
    Nothing(Entered),
    Ready(Ready),
}

/// A batch with what it lacks and what it touches.
#[derive(Default)]
pub(crate) struct Ready {
    batch: Option<Batch>,
    pub(crate) claims: Vec<Claim>,
    pub(crate) people: Vec<Person>,
    /// The record of each form or act, or the place of the draft that creates it.
    records: Vec<Result<RecordId, usize>>,
    refused: Vec<(usize, Refusal)>,
    /// Its drafts name each other by numbers that are certain only if nothing else enters before.
    pub(crate) alone: bool,
}

/// A thing that only one job of a round may touch.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Claim {
    Record(u64),
    /// A unique key of a register: register, group, key.
    Key(String, usize, String),
}

/// A person whose pseudonym a draft lacks.
pub(crate) struct Person {
    draft: usize,
    field: String,
    pub(crate) lookup: String,
    pub(crate) data: String,
    /// The pseudonym that the record has now.
    now: Option<String>,
}

impl Ready {
    pub(crate) fn take_batch(&mut self) -> Batch {
        let empty =
            || Batch { key: String::new(), actor: String::new(), drafts: Vec::new(), expect_size: None };
        self.batch.take().unwrap_or_else(empty)
    }

    /// Takes the pseudonyms of its people, in their order.
    pub(crate) fn name_people(&mut self, pseudonyms: &mut impl Iterator<Item = Pseudonym>) {
        let Some(batch) = &mut self.batch else { return };
        for (person, pseudonym) in self.people.drain(..).zip(pseudonyms) {
            if person.now.as_deref() == Some(pseudonym.as_str()) {
                continue;
            }
            if let Some(draft) = batch.drafts.get_mut(person.draft) {
                draft.fields.insert(person.field, Value::Text(pseudonym.as_str().to_owned()));
            }
        }
        // A change of a person who is the same changes nothing.
        let empty =
            |draft: &Draft| draft.kind == Kind::Amend && draft.fields.is_empty() && draft.unit.is_none();
        if batch.drafts.first().is_some_and(empty) {
            let base = batch.drafts.remove(0).based_on;
            if let Some(next) = batch.drafts.first_mut() {
                next.based_on = base;
            }
        }
    }

    pub(crate) fn entered(self, receipt: Option<Receipt>, size: u64) -> Entered {
        let first = receipt.map_or(0, |receipt| receipt.first.0);
        let records = self.records.into_iter().map(|record| match record {
            Ok(record) => record,
            Err(draft) => RecordId(first + draft as u64),
        });
        Entered {
            entries: receipt.map(|receipt| (receipt.first, receipt.count)),
            size,
            repeated: receipt.is_some_and(|receipt| receipt.repeated),
            records: records.collect(),
            refused: self.refused,
            import: None,
        }
    }
}

/// Judges a job. What its registers need must be loaded.
pub(crate) fn prepare(book: &Book<'_>, ledger: &Ledger, job: &Job, key: &str) -> Result<Prepared, Refusal> {
    let mut draft = Drafting { book, job, drafts: Vec::new(), ready: Ready::default() };
    match &job.work {
        Work::Create { register, form } => {
            draft.rows(register, std::slice::from_ref(form)).map_err(|mut faults| match faults.pop() {
                Some((_, refusal)) => refusal,
                None => Refusal::Faults(Vec::new()),
            })?;
        }
        Work::Rows { register, forms } => draft.rows(register, forms).map_err(Refusal::Several)?,
        Work::Amend { record, base, form } => draft.amend(ledger, *record, *base, form)?,
        Work::Acts { acts, together } => draft.acts(ledger, acts, *together)?,
        Work::Reorganise { what, on, note } => {
            let drafts =
                as_any_role(book, &job.roles, |role| reorganise(book, what, *on, role, note.as_deref()));
            draft.drafts = drafts?;
            draft.ready.alone = true;
        }
        // A file is read when it is its turn.
        Work::Import { .. } => {}
    }
    let Drafting { drafts, mut ready, .. } = draft;
    if drafts.is_empty() && ready.people.is_empty() {
        return Ok(Prepared::Nothing(ready.entered(None, book.size())));
    }
    let expect_size = ready.alone.then(|| book.size());
    ready.batch = Some(Batch { key: key.to_owned(), actor: job.actor.clone(), drafts, expect_size });
    Ok(Prepared::Ready(ready))
}

/// Judges forms of which nothing is entered, each as if those before it were.
pub(crate) fn check(book: &Book<'_>, question: &Question) -> Result<Vec<Checked>, Refusal> {
    let loaded = book.loaded(&question.register)?;
    let target = question.record.map_or(Ok(Target::New), |record| target_of(loaded, record))?;
    let mut taken = HashMap::new();
    let checked = question.forms.iter().enumerate().map(|(row, form)| {
        let judged = judge_form(book, loaded, form, target, &question.roles, question.guard.as_ref());
        let judged = judged.and_then(|judged| match twice(loaded, &judged, row, &mut taken) {
            Some(fault) => Err(vec![fault]),
            None => Ok(judged),
        });
        match judged {
            Ok(judged) => {
                Checked { faults: Vec::new(), change: Some(judged.change()), fields: judged.fields }
            }
            Err(faults) => Checked { faults, change: None, fields: Default::default() },
        }
    });
    Ok(checked.collect())
}

/// The register of a record.
pub(crate) fn register_of(book: &Book<'_>, ledger: &Ledger, record: RecordId) -> Result<String, Refusal> {
    if let Some((loaded, _)) = book.find(record) {
        return Ok(loaded.rules.register.key.clone());
    }
    let created = ledger.entry(EntryNumber(record.0))?.filter(|entry: &Entry| entry.kind == Kind::Create);
    created.map(|entry| entry.register).ok_or(Refusal::NoRecord(record))
}

struct Drafting<'d, 'p> {
    book: &'d Book<'p>,
    job: &'d Job,
    drafts: Vec<Draft>,
    ready: Ready,
}

impl Drafting<'_, '_> {
    fn rows(&mut self, register: &str, forms: &[Form]) -> Result<(), Vec<(usize, Refusal)>> {
        let loaded = self.book.loaded(register).map_err(|error| vec![(0, error.into())])?;
        let (mut taken, mut refused) = (HashMap::new(), Vec::new());
        for (row, form) in forms.iter().enumerate() {
            let (roles, guard) = (&self.job.roles, self.job.guard.as_ref());
            match judge_form(self.book, loaded, form, Target::New, roles, guard) {
                Ok(judged) => match twice(loaded, &judged, row, &mut taken) {
                    Some(fault) => refused.push((row, Refusal::Faults(vec![fault]))),
                    None => self.keep(loaded, judged),
                },
                Err(faults) => refused.push((row, Refusal::Faults(faults))),
            }
        }
        self.ready.claims.extend(taken.into_keys());
        if refused.is_empty() { Ok(()) } else { Err(refused) }
    }

    fn amend(
        &mut self,
        ledger: &Ledger,
        record: RecordId,
        base: EntryNumber,
        form: &Form,
    ) -> Result<(), Refusal> {
        let (loaded, slot) = self.book.find(record).ok_or(Refusal::NoRecord(record))?;
        if loaded.current.slot(slot).version != base.0 {
            return Err(stale(ledger, record, base));
        }
        let target = target_of(loaded, record)?;
        let (roles, guard) = (&self.job.roles, self.job.guard.as_ref());
        let judged = judge_form(self.book, loaded, form, target, roles, guard).map_err(Refusal::Faults)?;
        let mut taken = HashMap::new();
        twice(loaded, &judged, 0, &mut taken);
        self.ready.claims.extend(taken.into_keys());
        self.keep(loaded, judged);
        Ok(())
    }

    /// Keeps the drafts of what was judged.
    fn keep(&mut self, loaded: &Loaded<'_>, judged: Judged) {
        let place = self.drafts.len();
        let number = self.book.size() + place as u64;
        let record = judged.record.unwrap_or(RecordId(number));
        self.ready.records.push(judged.record.ok_or(place));
        self.ready.claims.extend(judged.record.map(|record| Claim::Record(record.0)));
        let advance = judged.advance_draft(record, judged.version.unwrap_or(EntryNumber(number)));
        for person in &judged.people {
            let (lookup, data) = person_entry(&person.name, &person.phone);
            let now = judged.record.and_then(|record| text_now(loaded, record, &person.field));
            self.ready.people.push(Person { draft: place, field: person.field.clone(), lookup, data, now });
        }
        self.drafts.extend(judged.into_draft());
        if let Some(mut advance) = advance {
            if self.drafts.len() > place {
                advance.based_on = Some(EntryNumber(number));
                self.ready.alone = true;
            }
            self.drafts.push(advance);
        }
    }

    fn acts(
        &mut self,
        ledger: &Ledger,
        acts: &[(RecordId, EntryNumber, Act)],
        together: bool,
    ) -> Result<(), Refusal> {
        let mut refused = Vec::new();
        for (place, (record, base, act)) in acts.iter().enumerate() {
            let claim = Claim::Record(record.0);
            let done = if self.ready.claims.contains(&claim) {
                let message = text!("同一条记录列了两次", "the record is listed twice");
                Err(Refusal::Faults(vec![FieldFault::new("@record", format!("#{record}"), message)]))
            } else {
                self.act(ledger, *record, *base, act)
            };
            match done {
                Ok(draft) => {
                    self.ready.claims.push(claim);
                    self.ready.records.push(Ok(*record));
                    self.drafts.push(draft);
                }
                Err(refusal) => refused.push((place, refusal)),
            }
        }
        if refused.is_empty() || !together {
            self.ready.refused = refused;
            return Ok(());
        }
        match (acts.len(), refused.pop()) {
            (1, Some((_, refusal))) => Err(refusal),
            (_, last) => {
                refused.extend(last);
                Err(Refusal::Several(refused))
            }
        }
    }

    fn act(&self, ledger: &Ledger, record: RecordId, base: EntryNumber, act: &Act) -> Result<Draft, Refusal> {
        // One record's entries are read sooner than its register is loaded.
        let standing = match Standing::in_book(self.book, record) {
            Err(IntakeError::NoRecord(_)) => Standing::of(self.book.pack, ledger, record),
            found => found,
        }?;
        if standing.version != base {
            return Err(stale(ledger, record, base));
        }
        if let (Some(guard), Some(owner)) = (&self.job.guard, &standing.owner)
            && !guard.allows(owner)
        {
            return Err(Refusal::Faults(vec![FieldFault::new("@owner", owner, not_yours())]));
        }
        let pack = self.book.pack;
        Ok(as_any_role(self.book, &self.job.roles, |role| standing.act(pack, role, act.clone()))?)
    }
}

/// Judges a form by the first of the roles that lets it through; otherwise the faults that the first one finds.
pub(super) fn judge_form(
    book: &Book<'_>,
    loaded: &Loaded<'_>,
    form: &Form,
    target: Target,
    roles: &[String],
    guard: Option<&OwnerGuard>,
) -> Result<Judged, Vec<FieldFault>> {
    let raw = form.raw();
    let judge_as =
        |role: &str| judge(book, loaded, &raw, &Context { role, target, guard, ..Context::default() });
    let mut roles = roles.iter().map(String::as_str);
    let first = judge_as(roles.next().unwrap_or_default());
    match first {
        // Only a change of state is a matter of the role.
        Err(faults) if faults.iter().any(|fault| fault.field == "@state") => {
            roles.find_map(|role| judge_as(role).ok()).ok_or(faults)
        }
        first => first,
    }
}

/// Does something as the first of the roles for which it can be done; otherwise as the first.
fn as_any_role<T>(
    book: &Book<'_>,
    roles: &[String],
    mut act: impl FnMut(&str) -> Result<T, IntakeError>,
) -> Result<T, IntakeError> {
    let known = |role: &&String| book.pack.roles.iter().any(|known| known.key == **role);
    let mut first = None;
    for role in roles.iter().filter(known) {
        match act(role) {
            Ok(done) => return Ok(done),
            Err(error) => first = first.or(Some(error)),
        }
    }
    Err(first.unwrap_or_else(|| IntakeError::NoRole(roles.first().cloned().unwrap_or_default())))
}

/// A record that can be changed.
fn target_of(loaded: &Loaded<'_>, record: RecordId) -> Result<Target, Refusal> {
    let slot = loaded.current.slot_of(record.0).ok_or(Refusal::NoRecord(record))?;
    if loaded.current.slot(slot).withdrawn {
        let message = text!("记录 #{record} 已撤回", "record #{record} is withdrawn");
        return Err(Refusal::Faults(vec![FieldFault::new("@record", format!("#{record}"), message)]));
    }
    Ok(Target::Slot(slot))
}

/// The fault of a unique key that another row of the same job takes too; otherwise the row's keys are taken now.
fn twice(
    loaded: &Loaded<'_>,
    judged: &Judged,
    row: usize,
    taken: &mut HashMap<Claim, usize>,
) -> Option<FieldFault> {
    let register = loaded.rules.register;
    let slot = judged.record.and_then(|record| loaded.current.slot_of(record.0));
    let now = slot.map(|slot| loaded.current.values(slot, register.fields.len()));
    for (group, fields) in loaded.rules.unique.iter().enumerate() {
        let value = |place: &usize| match judged.fields.get(&register.fields[*place].key) {
            Some(value) => ValueRef::from(value),
            None => now.as_ref().map_or(ValueRef::Null, |now| now[*place]),
        };
        let Some(key) = key_of(fields.iter().map(value)) else { continue };
        let shown = key.replace('\u{1f}', " / ");
        if let Some(first) = taken.insert(Claim::Key(register.key.clone(), group, key), row) {
            // Rows of a grid are counted from one.
            let message = repeated_row(u32::try_from(first + 1).unwrap_or(u32::MAX));
            return Some(FieldFault::new(&register.fields[fields[0]].key, shown, message));
        }
    }
    None
}

fn text_now(loaded: &Loaded<'_>, record: RecordId, field: &str) -> Option<String> {
    let (slot, place) = (loaded.current.slot_of(record.0)?, loaded.rules.field(field)?);
    match loaded.current.values(slot, loaded.rules.register.fields.len()).get(place) {
        Some(ValueRef::Text(text)) => Some((*text).to_owned()),
        _ => None,
    }
}

fn stale(ledger: &Ledger, record: RecordId, base: EntryNumber) -> Refusal {
    match Conflict::find(ledger, record, base) {
        Ok(conflict) => Refusal::Stale(Box::new(conflict)),
        Err(error) => error.into(),
    }
}

/// What an act does, as its entry's kind.
pub(super) fn kind_of(action: &Action) -> Kind {
    match action {
        Action::Advance(_) => Kind::Advance,
        Action::Verify => Kind::Verify,
        Action::Return => Kind::Return,
        Action::Withdraw => Kind::Withdraw,
    }
}
