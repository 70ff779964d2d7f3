//! What changed: the entries of the book's last seven days, counted by register and kind.
//!
//! The first of them is found by halving (times in the book never go back), then the days' own entries are read. The
//! counts are kept for the book's size, so that only the first visitor after a change waits for them.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use ledger::{Entry, EntryNumber, Kind, Ledger};
use serde::Serialize;
use utoipa::ToSchema;

use crate::fault::Fault;
use crate::page::figures::desk::Desk;
use crate::when;

/// The entries of a register in the week.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = RegisterChange)]
pub struct Changed {
    /// The register's key.
    pub register: String,
    /// What it is called.
    pub label: String,
    /// New records.
    pub created: u64,
    /// Records changed or moved to another state.
    pub changed: u64,
    /// Records withdrawn.
    pub withdrawn: u64,
    /// Entries verified.
    pub verified: u64,
    /// Entries returned.
    pub returned: u64,
}

impl Changed {
    fn all(&self) -> u64 {
        self.created + self.changed + self.withdrawn + self.verified + self.returned
    }
}

/// The seven days that end with the book's last, and what was entered in them.
pub struct Week {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
    /// By register, the busiest first; without labels, which depend on the language.
    pub changed: Vec<Changed>,
}

/// The week that ends on a day, kept from earlier or counted.
pub fn week(desk: &Desk<'_>, last: Date) -> Result<Arc<Week>, Fault> {
    let size = desk.snapshot.known_at;
    let question = format!("week {last} {size}");
    desk.now.kept.answer(&question, || Ok((count(&desk.app.book, size, last)?, 1)))
}

fn count(book: &Ledger, size: u64, last: Date) -> Result<Week, Fault> {
    let day = last.saturating_sub(6.days());
    let from = day.to_zoned(when::calendar()).map_err(Fault::internal)?.timestamp();
    let first = first_since(book, size, from)?;
    let mut counts: BTreeMap<String, Changed> = BTreeMap::new();
    book.for_each(None, first..size, &mut |number, bytes| {
        let entry = Entry::decode(number, bytes)?;
        let register = counts.entry(entry.register.clone()).or_default();
        *match entry.kind {
            Kind::Create => &mut register.created,
            Kind::Amend | Kind::Advance => &mut register.changed,
            Kind::Withdraw => &mut register.withdrawn,
            Kind::Verify => &mut register.verified,
            Kind::Return => &mut register.returned,
        } += 1;
        Ok(())
    })?;
    let mut changed: Vec<Changed> =
        counts.into_iter().map(|(register, one)| Changed { register, ..one }).collect();
    changed.sort_by(|a, b| b.all().cmp(&a.all()).then_with(|| a.register.cmp(&b.register)));
    Ok(Week { first: day, last, changed })
}

/// The number of the first entry recorded at or after an instant.
fn first_since(book: &Ledger, size: u64, from: Timestamp) -> Result<u64, Fault> {
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low + (high - low) / 2;
        let before = book.entry(EntryNumber(middle))?.is_some_and(|entry| entry.recorded < from);
        if before { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}
