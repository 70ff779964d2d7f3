//! The book: an append-only ledger of entries that anybody can verify.
//!
//! A city's departments enter their records here, and every figure is computed from what stands here. So the ledger
//! makes three promises: what it acknowledged is never lost, what stands in it is never changed, and both can be checked
//! by somebody who trusts neither us nor the machine.
//!
//! ```text
//!  Batch ──append──▶ checks ──▶ numbers, bytes (canonical.rs) ──▶ segments ──▶ one commit ──▶ Receipt
//!                      ▲               │                             │
//!                      │          leaf hashes ──▶ tree (merkle.rs) ──▶ signed checkpoint
//!   versions.rs ───────┘ which entry is each record's current version, in memory
//!
//!  book ──for_each──▶ entry bytes ──Entry::decode──▶ figures, intake …
//!  book ──prove──▶ text ──verify_proof──▶ ProvenRecord        (offline, no book)
//!  book ──verify──▶ faults: everything re-derived, the first tampered entry named
//! ```
//!
//! What is absent:
//! - The ledger knows no pack: no register, field, state or unit is special to it. Who calls it has validated.
//! - There is no way to change or remove an entry, and no floating point number in one.
//! - There is no personal data in an entry: only pseudonyms, whose meaning is kept beside the book and can be erased.
//! - No entry's bytes depend on the machine; only `recorded` depends on the clock that the caller supplies.
//! - No engine's type appears outside `store/`: see [`store`] for the contract.
//!
//! What it cannot see: somebody with all the keys who rewrites the whole book, or cuts its end off, leaves a book that
//! verifies. Keep checkpoints outside (print them, publish them): [`Ledger::confirm`] finds either out.

mod append;
mod backup;
mod canonical;
mod checkpoint;
mod clock;
mod entry;
mod error;
mod evidence;
mod files;
mod home;
mod keys;
mod ledger;
mod links;
mod merkle;
mod person;
mod proof;
mod segment;
pub mod store;
mod verify;
mod versions;

pub use backup::{Copied, CopyOptions};
pub use checkpoint::SignedCheckpoint;
pub use clock::{Clock, FixedClock, SystemClock};
pub use entry::{
    Batch, BatchHead, Draft, Entry, EntryNumber, Kind, MAX_BATCH_DRAFTS, MAX_ENTRY_BYTES, Receipt, RecordId,
    Value,
};
pub use error::{BatchFault, DraftFault, LedgerError};
pub use evidence::{BadEvidenceHash, EvidenceHash};
pub use home::Home;
pub use ledger::{Ledger, SeeEntry};
pub use person::Pseudonym;
pub use proof::{ProofError, ProvenRecord, verify_proof};
pub use segment::Segment;
pub use verify::{Fault, FaultKind};
