//! The rules that entries keep among each other, followed while the book is read once: form, batches, versions. At the
//! end the table of requests, which only repeats what the entries say, is compared with them.

use std::collections::HashMap;

use super::{FaultKind, Faults};
use crate::entry::{Entry, EntryNumber, Kind};
use crate::error::LedgerError;
use crate::store::{Reading, Run};

/// What must be remembered of each entry: 16 bytes.
#[derive(Clone, Copy)]
struct Step {
    record: u64,
    register: u32,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// It is its record's latest entry so far.
    Current,
    /// It is, and the record is withdrawn: by this entry, or by one that it only judges.
    Withdrawn,
    /// A later entry is based on it.
    Superseded,
    /// Its bytes are not to be believed.
    Unknown,
}

#[derive(Default)]
pub(super) struct Histories {
    steps: Vec<Step>,
    registers: HashMap<String, u32>,
    /// The register of the last entry, as neighbours mostly share it.
    last_register: Option<(String, u32)>,
    /// The entries that are still to come of the batch that began last; none if that is not known.
    rest_of_batch: Option<u64>,
    batches: u64,
    /// Entries that are not believed: what the table should say is then not known either.
    unknown: u64,
    scratch: Vec<u8>,
    begun: bool,
}

impl Histories {
    /// An entry whose contents are not believed.
    pub(super) fn unknown(&mut self) {
        self.unknown += 1;
        self.rest_of_batch = None;
        self.begun = true;
        self.steps.push(Step { record: u64::MAX, register: u32::MAX, state: State::Unknown });
    }

    pub(super) fn entry(
        &mut self,
        entry: &Entry,
        register: &str,
        bytes: &[u8],
        session: &dyn Reading,
        faults: &mut Faults,
    ) {
        let number = entry.number;
        let mut broken = |what: &str| {
            faults.add(FaultKind::Entry, Some(number), format!("entry {number} {what}"));
        };
        self.scratch.clear();
        entry.encode_to(&mut self.scratch);
        if self.scratch != bytes {
            broken("is not in the canonical form");
        }
        if entry.register != register {
            let detail = format!("entry {number} of `{}` is stored under `{register}`", entry.register);
            faults.add(FaultKind::Segment, Some(number), detail);
        }
        self.batch(entry, session, faults);
        let register = self.register(&entry.register);
        self.version(entry, register, faults);
    }

    /// Batches are whole: each begins with an entry that tells its key and length.
    fn batch(&mut self, entry: &Entry, session: &dyn Reading, faults: &mut Faults) {
        let number = entry.number;
        let rest = if self.begun { self.rest_of_batch } else { Some(0) };
        self.begun = true;
        match (&entry.batch, rest) {
            (Some(_), Some(rest)) if rest > 0 => {
                let detail =
                    format!("entry {number} begins a batch, but the one before lacks {rest} entries");
                faults.add(FaultKind::Entry, Some(number), detail);
            }
            (None, Some(0)) => {
                faults.add(FaultKind::Entry, Some(number), format!("entry {number} belongs to no batch"));
            }
            _ => {}
        }
        let Some(head) = &entry.batch else {
            self.rest_of_batch = rest.and_then(|rest| rest.checked_sub(1));
            return;
        };
        self.rest_of_batch = head.count.checked_sub(1);
        self.batches += 1;
        let wanted = Run { first: number.0, count: head.count };
        let problem = match session.request(&head.key) {
            Ok(Some(run)) if run == wanted => return,
            Ok(Some(run)) => {
                format!("is recorded for entries {} and {} more", run.first, run.count.saturating_sub(1))
            }
            Ok(None) => "is not recorded".to_owned(),
            Err(error) => format!("cannot be looked up: {error}"),
        };
        let detail = format!("the request `{}` of entry {number} {problem}", head.key);
        faults.add(FaultKind::Request, Some(number), detail);
    }

    /// Each entry but a creation continues its record's latest version, in the same register. After the record's end
    /// there are only verifications and returns.
    fn version(&mut self, entry: &Entry, register: u32, faults: &mut Faults) {
        let number = entry.number;
        let mut state = if entry.kind == Kind::Withdraw { State::Withdrawn } else { State::Current };
        if let Some(before) = entry.based_on {
            let step = usize::try_from(before.0).ok().and_then(|before| self.steps.get_mut(before));
            let problem = match step {
                None => Some("is based on an entry that is not before it".to_owned()),
                Some(Step { state: State::Unknown, .. }) => None,
                Some(step) if step.record != entry.record.0 => {
                    Some(format!("is based on entry {before}, which is of record {}", step.record))
                }
                Some(step) if step.register != register => Some("is not in its record's register".to_owned()),
                Some(Step { state: State::Superseded, .. }) => {
                    Some(format!("is based on entry {before}, which was no longer current"))
                }
                Some(Step { state: State::Withdrawn, .. }) if !entry.kind.may_follow_withdrawal() => {
                    // What continues this entry is no better.
                    state = State::Withdrawn;
                    Some("continues a withdrawn record".to_owned())
                }
                Some(step) => {
                    if step.state == State::Withdrawn {
                        state = State::Withdrawn;
                    }
                    step.state = State::Superseded;
                    None
                }
            };
            if let Some(problem) = problem {
                faults.add(FaultKind::Entry, Some(number), format!("entry {number} {problem}"));
            }
        }
        self.steps.push(Step { record: entry.record.0, register, state });
    }

    fn register(&mut self, name: &str) -> u32 {
        if let Some((last, index)) = &self.last_register
            && last == name
        {
            return *index;
        }
        let next = u32::try_from(self.registers.len()).unwrap_or(u32::MAX);
        let index = *self.registers.entry(name.to_owned()).or_insert(next);
        self.last_register = Some((name.to_owned(), index));
        index
    }

    /// What was signed never ends within a batch.
    pub(super) fn end_of_commit(&mut self, size: u64, faults: &mut Faults) {
        if let Some(rest) = self.rest_of_batch.filter(|rest| *rest > 0) {
            let entry = size.checked_sub(1).map(EntryNumber);
            faults.add(
                FaultKind::Entry,
                entry,
                format!("the batch that ends at {size} entries lacks {rest}"),
            );
            self.rest_of_batch = None;
        }
    }

    /// Compares the table of requests with what the entries say: each batch was looked up, so only their number is left.
    pub(super) fn compare_requests(
        self,
        session: &dyn Reading,
        faults: &mut Faults,
    ) -> Result<(), LedgerError> {
        let mut requests = 0_u64;
        session.requests(&mut |_, _| {
            requests += 1;
            Ok(())
        })?;
        if self.unknown > 0 {
            return Ok(());
        }
        if requests != self.batches {
            let detail = format!("{} requests were entered, {requests} are recorded", self.batches);
            faults.add(FaultKind::Request, None, detail);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;
    use jiff::civil::date;

    use super::*;
    use crate::entry::RecordId;

    /// What is found in a record's entries; each is based on the one before it, or on the one that is given.
    fn check(kinds: &[(Kind, Option<u64>)], expected: &[&str]) {
        let (mut histories, mut faults) = (Histories::default(), Faults::default());
        for (number, (kind, based_on)) in (0_u64..).zip(kinds) {
            let before = number.checked_sub(1).map(|before| EntryNumber(based_on.unwrap_or(before)));
            let entry = Entry {
                number: EntryNumber(number),
                kind: *kind,
                register: "docks".to_owned(),
                record: RecordId(0),
                based_on: before,
                effective: date(2022, 5, 4),
                recorded: Timestamp::UNIX_EPOCH,
                actor: "zhang".to_owned(),
                unit: None,
                state: None,
                fields: BTreeMap::new(),
                evidence: Vec::new(),
                note: None,
                batch: None,
            };
            histories.version(&entry, 0, &mut faults);
        }
        assert_eq!(faults.list.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn only_judgements_follow_a_withdrawal() {
        use Kind::{Advance, Amend, Create, Return, Verify, Withdraw};
        let all = |kinds: &[Kind]| kinds.iter().map(|kind| (*kind, None)).collect::<Vec<_>>();
        check(&all(&[Create, Verify, Amend, Return, Withdraw, Return, Verify, Verify]), &[]);
        check(&all(&[Create, Withdraw, Amend]), &["entry 2 continues a withdrawn record"]);
        check(&all(&[Create, Withdraw, Verify, Return, Advance]), &["entry 4 continues a withdrawn record"]);
        check(
            &all(&[Create, Withdraw, Verify, Withdraw, Verify, Amend]),
            &["entry 3 continues a withdrawn record", "entry 5 continues a withdrawn record"],
        );
        // A verification that was based on what is no longer current is none.
        check(
            &[(Create, None), (Withdraw, None), (Return, None), (Verify, Some(1))],
            &["entry 3 is based on entry 1, which was no longer current"],
        );
    }
}
