//! What waits for somebody: records to verify where they may, and records of their own that were sent back.
//!
//! One rule for the badge, the overview, the lists of the inbox and the reminders by mail: who is reminded of something
//! finds it in the list.

use access::Action;
use jiff::civil::Date;
use jiff::{Span, ToSpan};
use pack::Register;
use shelf::{By, Filter, Query, Sort, Status, Test, Units};

use crate::fault::Fault;
use crate::page::rights::{Reach, reach, reach_among};
use crate::visitor::Visitor;
use crate::when;

/// The records of a register that stand so with their verifiers and are the visitor's to see to.
pub(crate) struct Waits<'v> {
    /// The register.
    pub(crate) register: &'v Register,
    /// Which records: the oldest first, whenever they hold.
    pub(crate) query: Query,
    /// How many.
    pub(crate) records: usize,
    visitor: &'v Visitor,
}

/// What stands so in every register where the visitor has the right to do something about it, also where that is nothing.
pub(crate) fn within_reach(
    visitor: &Visitor,
    status: Status,
    right: Action,
) -> Result<Vec<Waits<'_>>, Fault> {
    let units = units(visitor)?;
    let registers = visitor.now.pack.registers.iter().filter(|register| register.needs_verification);
    registers
        .filter_map(|register| match reach(visitor, right, &register.key, &units) {
            Reach::Nowhere => None,
            reach => Some(Waits::of(visitor, register, query(visitor, register, status, reach.owners()))),
        })
        .collect()
}

/// The records with entries of the visitor that were sent back, in every register where there are any.
pub(crate) fn sent_back(visitor: &Visitor) -> Result<Vec<Waits<'_>>, Fault> {
    let mut found = Vec::new();
    for register in visitor.now.pack.registers.iter().filter(|register| register.needs_verification) {
        if !visitor.may_anywhere(Action::Amend, Some(&register.key)) {
            continue;
        }
        let mut query = query(visitor, register, Status::Returned, None);
        query.filters.push(entered_by(visitor));
        let waits = Waits::of(visitor, register, query)?;
        if waits.records > 0 {
            found.push(waits);
        }
    }
    Ok(found)
}

impl<'v> Waits<'v> {
    fn of(visitor: &'v Visitor, register: &'v Register, query: Query) -> Result<Self, Fault> {
        let records = count(visitor, &query)?;
        Ok(Self { register, query, records, visitor })
    }

    /// How many wait for longer than the register allows.
    pub(crate) fn late(&self) -> Result<usize, Fault> {
        if self.records == 0 { Ok(0) } else { count(self.visitor, &self.old()) }
    }

    /// The same without those that somebody else has to verify, since the visitor has entered something of them.
    pub(crate) fn late_to_verify(&self) -> Result<usize, Fault> {
        let late = self.late()?;
        let author = [self.visitor.actor().to_owned()];
        let units = units(self.visitor)?;
        let own = reach_among(self.visitor, Action::Verify, &self.register.key, &units, &author);
        if late == 0 || own != Reach::Nowhere {
            return Ok(late);
        }
        let mut query = self.old();
        query.filters.push(entered_by(self.visitor));
        Ok(late.saturating_sub(count(self.visitor, &query)?))
    }

    fn old(&self) -> Query {
        let days: Span = (i32::from(self.register.verify_within) + 1).days();
        let to = Some(when::today().saturating_sub(days).to_string());
        let mut query = self.query.clone();
        query.filters.push(Filter { column: By::Recorded, test: Test::Range { from: None, to } });
        query
    }
}

fn query(visitor: &Visitor, register: &Register, status: Status, owners: Option<Vec<String>>) -> Query {
    // A day that is to come is verified as well: what was entered waits, whenever it holds.
    let mut query = Query::new(&register.key, Date::MAX);
    query.presence = shelf::Presence::All;
    query.owners = owners;
    query.language = visitor.language;
    query.filters = vec![Filter { column: By::Status, test: Test::OneOf(vec![status.key().to_owned()]) }];
    query.sort = Sort { by: By::Recorded, descending: false };
    query.columns = Some(Vec::new());
    query
}

fn entered_by(visitor: &Visitor) -> Filter {
    Filter { column: By::Author, test: Test::OneOf(vec![visitor.actor().to_owned()]) }
}

fn count(visitor: &Visitor, query: &Query) -> Result<usize, Fault> {
    visitor.now.shelf.count(query).map_err(Fault::internal)
}

fn units(visitor: &Visitor) -> Result<std::sync::Arc<Units>, Fault> {
    visitor.now.shelf.units(when::today()).map_err(Fault::internal)
}
