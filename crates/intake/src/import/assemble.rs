//! The last step of an import: evidence into the store, people to pseudonyms, drafts into one batch.

use std::fs::File;
use std::io::BufReader;

use ledger::{Batch, Draft, EntryNumber, EvidenceHash, Kind, Ledger, Value};

use super::table::{Pending, Table};
use crate::current::ValueRef;
use crate::error::IntakeError;
use crate::options::{ImportOptions, ImportOutcome};
use crate::writer::person_entry;

pub(crate) fn enter(
    mut table: Table<'_>,
    ledger: &Ledger,
    register: &str,
    options: &ImportOptions,
    key: &str,
) -> Result<ImportOutcome, IntakeError> {
    if options.dry_run {
        return Ok(table.outcome);
    }
    let evidence = put_evidence(&table, ledger)?;
    let (mut creates, mut changes) = (std::mem::take(&mut table.creates), std::mem::take(&mut table.changes));
    fill_people(ledger, &mut creates, &mut changes)?;
    drop_unchanged(&mut table, register, &mut changes)?;
    let drafts: Vec<Draft> = creates
        .into_iter()
        .chain(changes)
        .map(|mut pending| {
            pending.draft.evidence.extend(pending.files.iter().map(|file| evidence[*file]));
            pending.draft
        })
        .collect();
    if drafts.is_empty() {
        return Ok(table.outcome);
    }
    let drafts = renumber(table.base, drafts);
    let batch =
        Batch { key: key.to_owned(), actor: options.actor.clone(), drafts, expect_size: Some(table.base) };
    let receipt = ledger.append(batch)?;
    let mut outcome = table.outcome;
    outcome.entries = Some((receipt.first.0, receipt.count));
    outcome.repeated = receipt.repeated;
    Ok(outcome)
}

fn put_evidence(table: &Table<'_>, ledger: &Ledger) -> Result<Vec<EvidenceHash>, IntakeError> {
    let files = table.evidence.files.iter();
    files
        .map(|path| {
            let file = File::open(path).map_err(|source| IntakeError::Io { path: path.clone(), source })?;
            Ok(ledger.put_evidence(&mut BufReader::new(file))?)
        })
        .collect()
}

/// Asks for all pseudonyms in one transaction.
fn fill_people(ledger: &Ledger, creates: &mut [Pending], changes: &mut [Pending]) -> Result<(), IntakeError> {
    let people: Vec<(String, String)> = creates
        .iter()
        .chain(changes.iter())
        .flat_map(|pending| &pending.people)
        .map(|person| person_entry(&person.name, &person.phone))
        .collect();
    if people.is_empty() {
        return Ok(());
    }
    let asked: Vec<(&str, &str)> =
        people.iter().map(|(lookup, data)| (lookup.as_str(), data.as_str())).collect();
    let mut pseudonyms = ledger.persons(&asked)?.into_iter();
    for pending in creates.iter_mut().chain(changes) {
        for person in std::mem::take(&mut pending.people) {
            if let Some(pseudonym) = pseudonyms.next() {
                pending.draft.fields.insert(person.field, Value::Text(pseudonym.as_str().to_owned()));
            }
        }
    }
    Ok(())
}

/// A person's pseudonym is known only now; where it is the one in the book, nothing changes.
fn drop_unchanged(
    table: &mut Table<'_>,
    register: &str,
    changes: &mut Vec<Pending>,
) -> Result<(), IntakeError> {
    let loaded = table.book.loaded(register)?;
    let rules = &loaded.rules;
    let mut dropped = 0;
    let mut unverified = None;
    changes.retain_mut(|pending| {
        let draft = &mut pending.draft;
        // The verification of a change that is none falls with it.
        if draft.kind == Kind::Verify && draft.record == unverified {
            table.outcome.verifies -= 1;
            return false;
        }
        if draft.kind == Kind::Advance {
            unverified = None;
        }
        let Some(slot) = draft.record.and_then(|record| loaded.current.slot_of(record.0)) else {
            return true;
        };
        if draft.kind != Kind::Amend || loaded.current.slot(slot).row > 0 {
            return true;
        }
        let current = loaded.current.values(slot, rules.register.fields.len());
        draft.fields.retain(|key, value| match rules.field(key) {
            Some(field) if rules.register.fields[field].kind == pack::FieldKind::Person => {
                current[field] != ValueRef::from(&*value)
            }
            _ => true,
        });
        let empty = draft.fields.is_empty() && draft.unit.is_none();
        if empty {
            dropped += 1;
            unverified = draft.record;
        }
        !empty
    });
    table.outcome.amends -= dropped;
    table.outcome.unchanged += dropped;
    Ok(())
}

/// Several drafts of one record follow each other; each is based on the one before.
fn renumber(base: u64, mut drafts: Vec<Draft>) -> Vec<Draft> {
    let mut last = None;
    for (index, draft) in drafts.iter_mut().enumerate() {
        let number = base + index as u64;
        let record = draft.record.map_or(number, |record| record.0);
        if draft.kind != Kind::Create {
            match last {
                Some((same, version)) if same == record => draft.based_on = Some(EntryNumber(version)),
                _ if record >= base => draft.based_on = Some(EntryNumber(record)),
                _ => {}
            }
        }
        last = Some((record, number));
    }
    drafts
}
