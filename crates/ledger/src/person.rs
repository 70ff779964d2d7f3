//! Personal data lives beside the book, never in it.
//!
//! The book names people by pseudonyms that carry no information. What a pseudonym stands for is in a table of its own
//! and is deleted, bytes and all, when a person is erased; entries, hashes and proofs stay as they are. The table finds
//! a known person again by a keyed hash of the lookup text (an identity number, say), so that the file alone does not
//! tell whether somebody is in it.

use std::fmt;

use crate::error::LedgerError;
use crate::keys::{self, random};
use crate::ledger::Ledger;

/// What stands for a person in the book: `p-` and 16 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pseudonym(String);

impl Pseudonym {
    /// Reads a pseudonym; none if the text is not one.
    pub fn parse(text: &str) -> Option<Pseudonym> {
        let digits = text.strip_prefix("p-")?;
        let fits = digits.len() == 16 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        fits.then(|| Pseudonym(text.to_owned()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn new() -> Result<Pseudonym, LedgerError> {
        Ok(Pseudonym(format!("p-{:016x}", u64::from_be_bytes(random()?))))
    }
}

impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Ledger {
    /// The pseudonym of a person, a new one if the lookup text is new. What is kept of the person becomes `data`.
    pub fn person(&self, lookup: &str, data: &str) -> Result<Pseudonym, LedgerError> {
        self.persons(&[(lookup, data)])?
            .pop()
            .ok_or_else(|| LedgerError::Damaged("no pseudonym for a person".into()))
    }

    /// The same for many persons, in one transaction: pseudonyms in the order of `people`, each (lookup text, data).
    pub fn persons(&self, people: &[(&str, &str)]) -> Result<Vec<Pseudonym>, LedgerError> {
        let key = self.keys.person.ok_or_else(|| LedgerError::KeyMissing(self.home.person_key()))?;
        let session = self.store.write()?;
        let mut pseudonyms = Vec::with_capacity(people.len());
        for &(lookup, data) in people {
            let lookup = keys::hmac(&key, lookup.as_bytes());
            let known = session.person_by_lookup(&lookup)?;
            let pseudonym = match &known {
                Some(text) => Pseudonym::parse(text).ok_or_else(|| {
                    LedgerError::Damaged(format!("`{text}` in the table of persons is no pseudonym"))
                })?,
                None => Pseudonym::new()?,
            };
            let same = known.is_some() && session.person(pseudonym.as_str())?.as_deref() == Some(data);
            if !same {
                session.delete_person(pseudonym.as_str())?;
                session.put_person(pseudonym.as_str(), &lookup, data)?;
            }
            pseudonyms.push(pseudonym);
        }
        session.commit()?;
        Ok(pseudonyms)
    }

    /// What is kept of a person; none if nothing is, or no longer.
    pub fn person_data(&self, pseudonym: &Pseudonym) -> Result<Option<String>, LedgerError> {
        self.store.read()?.person(pseudonym.as_str())
    }

    /// Deletes what is kept of a person, and its bytes from the files of the home; false if nothing was kept. The book
    /// does not change. Backups made earlier still have the data: they must be erased or expire as well.
    ///
    /// While another process reads an old state, the bytes cannot all be removed: the data is gone from the table, the
    /// answer is [`LedgerError::EraseUnfinished`], and erasing again completes it.
    pub fn erase_person(&self, pseudonym: &Pseudonym) -> Result<bool, LedgerError> {
        let session = self.store.write()?;
        let deleted = session.delete_person(pseudonym.as_str())?;
        session.commit()?;
        if self.store.scrub()? { Ok(deleted) } else { Err(LedgerError::EraseUnfinished) }
    }
}
