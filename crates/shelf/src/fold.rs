//! [`Events`] → [`Part`]: the rule by which entries make a record.
//!
//! The record as it stood on a day is what its entries with an effective date up to that day make of it, in the order
//! of (effective date, number). Where the register asks for verification, an entry counts once a later verification of
//! the record covers it; what the record would be if all entries counted stands beside what counts. It is the rule of
//! `figures::fold` (figures) and `intake` (forms); a record that was withdrawn stays here, marked so.

use pack::Register;

use crate::column::Growing;
use crate::dictionary::{Interner, NONE};
use crate::part::{Builder, Head, Part, Standing, Status, Stretch};
use crate::read::{Cell, Event, Events};
use ledger::Kind;

/// Everything that these entries make of their records.
pub(crate) fn fold(register: &Register, mut events: Events) -> Part {
    let initial = events.states.code(&register.initial_state().key).unwrap_or(NONE);
    let mut list = std::mem::take(&mut events.list);
    let order = |event: &Event| (event.record, event.effective, event.number);
    if !list.is_sorted_by_key(order) {
        list.sort_unstable_by_key(order);
    }
    let mut out = Builder::new(register);
    out.owners = std::mem::take(&mut events.owners);
    out.states = std::mem::take(&mut events.states);
    out.authors = std::mem::take(&mut events.authors);
    out.columns =
        (0..).zip(&register.fields).map(|(at, field)| Growing::of_events(field, at, &mut events)).collect();
    let mut current = Current { initial, ..Current::default() };
    for entries in list.chunk_by(|a, b| a.record == b.record) {
        let judged = Judged::of(register, entries, &mut out.authors);
        out.begin(judged.head);
        if entries.iter().filter(|event| acts(event)).all(|event| judged.counts(event)) {
            current.stretches(entries.iter().filter(|event| acts(event)), Standing::Both, &events, &mut out);
        } else {
            let counted = entries.iter().filter(|event| acts(event) && judged.counts(event));
            current.stretches(counted, Standing::Counted, &events, &mut out);
            current.stretches(
                entries.iter().filter(|event| acts(event)),
                Standing::Entered,
                &events,
                &mut out,
            );
        }
        out.end();
    }
    out.finish()
}

/// Whether the entry changes what the record is.
fn acts(event: &Event) -> bool {
    !matches!(event.kind, Kind::Verify | Kind::Return)
}

/// What the judgements on a record come to.
struct Judged {
    head: Head,
    /// Entries before this one count.
    covered: u64,
}

impl Judged {
    fn of(register: &Register, entries: &[Event], names: &mut Interner) -> Self {
        let latest = |wanted: &dyn Fn(&Event) -> bool| {
            entries.iter().filter(|event| wanted(event)).max_by_key(|event| event.number)
        };
        let version = latest(&|_| true);
        let acted = latest(&acts);
        let number = |event: Option<&Event>| event.map(|event| event.number);
        let acted_at = number(acted);
        let verified = number(latest(&|event| event.kind == Kind::Verify));
        let returned = number(latest(&|event| event.kind == Kind::Return));
        let status = if verified > acted_at {
            Status::Verified
        } else if !register.needs_verification {
            Status::Entered
        } else if returned > acted_at {
            Status::Returned
        } else {
            Status::Pending
        };
        let waiting = entries.iter().filter(|event| acts(event) && Some(event.number) > verified);
        let authors = joined(waiting, acted, names);
        let head = Head {
            record: version.map_or(0, |event| event.record),
            version: number(version).unwrap_or_default(),
            recorded: version.map_or(0, |event| event.recorded),
            status,
            authors,
        };
        let covered = if register.needs_verification { verified.unwrap_or_default() } else { u64::MAX };
        Self { head, covered }
    }

    fn counts(&self, event: &Event) -> bool {
        event.number < self.covered
    }
}

/// The names of those whose entries wait, each once, a line each; if none waits, of the last who entered anything.
fn joined<'e>(waiting: impl Iterator<Item = &'e Event>, acted: Option<&Event>, names: &mut Interner) -> u32 {
    let mut authors: Vec<u32> = waiting.map(|event| event.author).collect();
    authors.sort_unstable();
    authors.dedup();
    match authors.as_slice() {
        [] => acted.map_or(NONE, |event| event.author),
        [only] => *only,
        several => {
            let mut several: Vec<&str> = several.iter().map(|code| names.dictionary.get(*code)).collect();
            several.sort_unstable();
            let several = several.join("\n");
            names.code(&several).unwrap_or(NONE)
        }
    }
}

/// A record while its entries are applied.
#[derive(Default)]
struct Current {
    initial: u32,
    cells: Vec<Cell>,
}

impl Current {
    fn stretches<'e>(
        &mut self,
        entries: impl Iterator<Item = &'e Event>,
        standing: Standing,
        events: &Events,
        out: &mut Builder,
    ) {
        self.cells.clear();
        self.cells.resize(out.columns.len(), Cell::Null);
        let mut created = false;
        let mut now = Stretch {
            from: 0,
            to: i32::MAX,
            standing,
            owner: NONE,
            state: self.initial,
            entered: 0,
            state_since: 0,
            withdrawn: false,
        };
        let mut entries = entries.peekable();
        while let Some(event) = entries.next() {
            match event.kind {
                Kind::Create => {
                    created = true;
                    now.entered = event.effective;
                    now.state = event.state.unwrap_or(self.initial);
                    now.state_since = event.effective;
                }
                Kind::Advance => {
                    if let Some(state) = event.state {
                        now.state = state;
                        now.state_since = event.effective;
                    }
                }
                Kind::Withdraw => now.withdrawn = true,
                Kind::Amend | Kind::Verify | Kind::Return => {}
            }
            now.owner = event.owner.unwrap_or(now.owner);
            for &(field, cell) in &events.patches[event.patches.0 as usize..event.patches.1 as usize] {
                self.cells[usize::from(field)] = cell;
            }
            let next = entries.peek().map(|next| next.effective);
            if next == Some(event.effective) || !created {
                continue;
            }
            out.push(Stretch { from: event.effective, to: next.unwrap_or(i32::MAX), ..now });
            for (column, cell) in out.columns.iter_mut().zip(&self.cells) {
                column.push(*cell);
            }
        }
    }
}
