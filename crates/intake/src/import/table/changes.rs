//! From a row's record to what it would change: judged, counted, and followed in the book for the rows below.
//!
//! Why it exists: a row is judged by the book as the rows above would leave it, and no two rows may name the same
//! record; so each row's drafts are kept here in order, with what they still lack before they can enter.

use std::collections::BTreeMap;

use jiff::civil::Date;
use ledger::{Draft, EntryNumber, Kind, MAX_BATCH_DRAFTS, RecordId};

use super::Table;
use super::faults::Place;
use crate::error::{FieldFault, IntakeError};
use crate::judge::{Change, Context, Judged, NamedPerson, Target, judge, repeated_row};
use crate::raw::RawRecord;

/// A draft with what it still lacks.
pub(crate) struct Pending {
    pub(crate) draft: Draft,
    /// Places in the list of evidence files.
    pub(crate) files: Vec<usize>,
    /// Persons whose pseudonyms it lacks.
    pub(crate) people: Vec<NamedPerson>,
}

impl Table<'_> {
    /// Judges a record and keeps what it would change; its faults are placed by `place`.
    pub(super) fn take(
        &mut self,
        row: u32,
        raw: &RawRecord<'_>,
        files: Vec<usize>,
        early: Vec<FieldFault>,
        place: Place<'_>,
    ) -> Result<(), IntakeError> {
        self.outcome.rows += 1;
        let context = Context {
            in_file: true,
            role: &self.options.role,
            target: Target::ByKey,
            effective: self.options.effective,
            owner: self.options.owner.as_deref(),
            gcj02: self.options.gcj02,
            evidence_files: files.len(),
            guard: self.options.guard.as_ref(),
        };
        let loaded = self.book.loaded(&self.book.pack.registers[self.register].key)?;
        let mut judged = judge(&self.book, loaded, raw, &context);
        if let Ok(found) = &judged
            && let Some(fault) = self.second_row(found)
        {
            judged = Err(vec![fault]);
        }
        match judged {
            Ok(judged) if early.is_empty() => self.keep(row, judged, files),
            judged => {
                let late = judged.err().unwrap_or_default();
                let mut faults: Vec<_> = early;
                // A cell that could not be read has been named; that it is missing then is no second fault.
                let named: Vec<String> = faults.iter().map(|fault| fault.field.clone()).collect();
                faults.extend(late.into_iter().filter(|fault| !named.contains(&fault.field)));
                self.place_faults(row, faults, place);
                Ok(())
            }
        }
    }

    /// A record of the book that an earlier row has named already.
    fn second_row(&self, judged: &Judged) -> Option<FieldFault> {
        let loaded = self.book.loaded(&judged.register).ok()?;
        let slot = loaded.current.slot_of(judged.record?.0)?;
        let created = loaded.current.slot(slot).row;
        let first = self.touched.get(&slot).copied().or((created > 0).then_some(created))?;
        let group = loaded.rules.unique.first()?;
        let field = &self.rules.register.fields[*group.first()?].key;
        // Not an absent column: the field is certainly there, so `found` need not say anything.
        let id = judged.record?;
        let found = if created > 0 { "…".to_owned() } else { format!("#{id}") };
        Some(FieldFault::new(field.clone(), found, repeated_row(first)))
    }

    fn keep(&mut self, row: u32, judged: Judged, files: Vec<usize>) -> Result<(), IntakeError> {
        let change = judged.change();
        let register = judged.register.clone();
        let record = match judged.record {
            None => RecordId(self.base + self.outcome.creates),
            Some(record) => record,
        };
        if let Some(record) = judged.record
            && let Some(slot) = self.book.loaded(&register)?.current.slot_of(record.0)
        {
            self.touched.insert(slot, row);
        }
        let advance = judged.advance_draft(record, judged.version.unwrap_or(EntryNumber(record.0)));
        let needed = self.rules.register.needs_verification;
        let verify = needed && self.options.verify && (change != Change::Unchanged || advance.is_some());
        let verify = verify.then(|| verify_draft(&register, record, judged.effective));
        match change {
            Change::Create => self.outcome.creates += 1,
            Change::Amend => self.outcome.amends += 1,
            Change::Unchanged if advance.is_none() => self.outcome.unchanged += 1,
            Change::Unchanged => {}
        }
        self.outcome.advances += u64::from(advance.is_some());
        self.outcome.verifies += u64::from(verify.is_some());
        let move_files = match &judged.advance {
            Some((_, needed)) if *needed || change == Change::Unchanged => files.clone(),
            _ => Vec::new(),
        };
        let people = judged.people.clone();
        let first = judged.into_draft().map(|draft| Pending { draft, files, people });
        let others = [advance.map(|draft| (draft, move_files)), verify.map(|draft| (draft, Vec::new()))];
        let others = others.into_iter().flatten();
        let others: Vec<_> =
            others.map(|(draft, files)| Pending { draft, files, people: Vec::new() }).collect();
        for pending in first.into_iter().chain(others) {
            self.book.follow_as(&pending.draft, record.0, row)?;
            self.drafts += 1;
            // What will not enter is counted but not kept.
            if self.options.dry_run || self.drafts > MAX_BATCH_DRAFTS {
                continue;
            }
            if pending.draft.kind == Kind::Create {
                self.creates.push(pending);
            } else {
                self.changes.push(pending);
            }
        }
        Ok(())
    }
}

fn verify_draft(register: &str, record: RecordId, effective: Date) -> Draft {
    Draft {
        kind: Kind::Verify,
        register: register.to_owned(),
        record: Some(record),
        based_on: Some(EntryNumber(record.0)),
        effective,
        unit: None,
        state: None,
        fields: BTreeMap::new(),
        evidence: Vec::new(),
        note: None,
    }
}
