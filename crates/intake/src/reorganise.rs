//! Merging, splitting and moving units on a date.
//!
//! Nothing of the past changes: a unit that ends is dissolved with a successor from a date on, a unit that moves gets
//! another parent from a date on, and records change their owner only where a split says so.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use ledger::{Draft, EntryNumber, Kind, RecordId, Value};
use message::{Text, text};
use pack::{Pack, UNITS};

use crate::actions::{Act, Action, Standing};
use crate::book::Book;
use crate::error::IntakeError;

/// A unit that begins with the reorganisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUnit {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its level's key; by default the level of the unit it comes from.
    pub level: Option<String>,
    /// Its parent's code; by default the parent of the unit it comes from.
    pub parent: Option<String>,
}

/// What happens to the organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reorganisation {
    /// Units end and another goes on in their place; their sub-units move to it.
    Merge {
        /// The codes of the units that end.
        from: Vec<String>,
        /// The code of the unit that goes on.
        into: String,
        /// The unit that goes on, if it begins only now.
        new: Option<NewUnit>,
    },
    /// New units take over a part of a unit, or all of it.
    Split {
        /// The code of the unit that is divided.
        unit: String,
        /// The units that begin.
        new: Vec<NewUnit>,
        /// The code of the unit that succeeds it if it ends; none if it goes on.
        successor: Option<String>,
        /// Records that get another owner, with the owner's code.
        records: Vec<(RecordId, String)>,
        /// Sub-units that get another parent: code and parent's code.
        children: Vec<(String, String)>,
    },
    /// A unit gets another parent.
    Move {
        /// The unit's code.
        unit: String,
        /// The parent's code.
        parent: String,
    },
}

/// The drafts of a reorganisation, to be entered as one batch that expects the book to have `book.size()` entries.
///
/// The registers of all records that get another owner must be loaded in `book`, as must `units`.
pub fn reorganise(
    book: &Book<'_>,
    what: &Reorganisation,
    on: Date,
    role: &str,
    note: Option<&str>,
) -> Result<Vec<Draft>, IntakeError> {
    let pack = book.pack;
    book.loaded(UNITS)?;
    let mut plan = Plan {
        book,
        pack,
        on,
        role,
        note,
        drafts: Vec::new(),
        versions: HashMap::new(),
        created: Vec::new(),
    };
    match what {
        Reorganisation::Merge { from, into, new } => plan.merge(from, into, new.as_ref())?,
        Reorganisation::Split { unit, new, successor, records, children } => {
            plan.split(unit, new, successor.as_deref(), records, children)?;
        }
        Reorganisation::Move { unit, parent } => plan.move_to(unit, parent)?,
    }
    Ok(plan.drafts)
}

struct Plan<'b, 'p> {
    book: &'b Book<'p>,
    pack: &'p Pack,
    on: Date,
    role: &'b str,
    note: Option<&'b str>,
    drafts: Vec<Draft>,
    /// The latest entry of each record that the drafts touch.
    versions: HashMap<u64, u64>,
    created: Vec<NewUnit>,
}

impl Plan<'_, '_> {
    fn merge(&mut self, from: &[String], into: &str, new: Option<&NewUnit>) -> Result<(), IntakeError> {
        if from.is_empty() || from.iter().any(|code| code == into) {
            return Err(refused(text!(
                "合并应有另外的单位并入 {into}",
                "a merger needs other units to go into {into}"
            )));
        }
        match new {
            Some(unit) if unit.code == into => self.create(unit, &from[0])?,
            Some(unit) => {
                let code = &unit.code;
                return Err(refused(text!(
                    "新单位 {code} 应为合并后的单位 {into}",
                    "the new unit {code} must be {into}"
                )));
            }
            None => drop(self.existing(into)?),
        }
        for code in from {
            self.existing(code)?;
            for child in self.children_of(code) {
                if child != into {
                    self.amend_unit(&child, "parent", into)?;
                }
            }
            self.dissolve(code, into)?;
        }
        // The unit that goes on must not hang below one that ended.
        if new.is_none()
            && let Some(parent) = self.existing(into)?.parent
            && from.iter().any(|code| *code == *parent)
        {
            return Err(refused(text!(
                "{into} 是 {parent} 的下级，请先移动",
                "{into} lies below {parent}; move it first"
            )));
        }
        Ok(())
    }

    fn split(
        &mut self,
        unit: &str,
        new: &[NewUnit],
        successor: Option<&str>,
        records: &[(RecordId, String)],
        children: &[(String, String)],
    ) -> Result<(), IntakeError> {
        self.existing(unit)?;
        for begun in new {
            self.create(begun, unit)?;
        }
        for (child, parent) in children {
            self.known(parent)?;
            self.amend_unit(child, "parent", parent)?;
        }
        for (record, owner) in records {
            self.known(owner)?;
            self.give(*record, owner)?;
        }
        if let Some(successor) = successor {
            self.known(successor)?;
            for child in self.children_of(unit) {
                if child != successor && !children.iter().any(|(moved, _)| *moved == child) {
                    self.amend_unit(&child, "parent", successor)?;
                }
            }
            self.dissolve(unit, successor)?;
        }
        if self.drafts.is_empty() {
            return Err(refused(text!(
                "拆分没有新单位，也没有移交",
                "a division needs new units or something handed over"
            )));
        }
        Ok(())
    }

    fn move_to(&mut self, unit: &str, parent: &str) -> Result<(), IntakeError> {
        let own = self.existing(unit)?;
        if own.parent.as_deref() == Some(parent) {
            return Err(refused(text!("{unit} 已在 {parent} 之下", "{unit} lies below {parent} already")));
        }
        // A unit below itself would be a circle; the tree is shallow, but the book may be wrong.
        let mut above = Some(parent.to_owned());
        for _ in 0..64 {
            let Some(code) = above else { break };
            if code == unit {
                return Err(refused(text!("{parent} 是 {unit} 的下级", "{parent} lies below {unit}")));
            }
            above = self.book.units().get(&code).and_then(|above| above.parent.as_deref().map(str::to_owned));
        }
        let parent_level = self.existing(parent)?.level;
        let order = |level: &str| self.pack.levels.iter().position(|known| known.key == level);
        if order(&parent_level) >= order(&own.level) {
            return Err(refused(text!(
                "{parent} 的层级不高于 {unit}",
                "{parent} is of no higher level than {unit}"
            )));
        }
        self.amend_unit(unit, "parent", parent)
    }

    fn create(&mut self, unit: &NewUnit, like: &str) -> Result<(), IntakeError> {
        let code = &unit.code;
        let taken =
            self.book.units().get(code).is_some() || self.created.iter().any(|known| known.code == *code);
        if taken {
            return Err(refused(text!("单位代码 {code} 已被使用", "the unit code {code} is in use")));
        }
        let model = self.existing(like)?;
        let level = unit.level.clone().unwrap_or_else(|| model.level.to_string());
        if !self.pack.levels.iter().any(|known| known.key == level) {
            return Err(refused(text!("没有层级 `{level}`", "there is no level `{level}`")));
        }
        let parent = unit.parent.clone().or_else(|| model.parent.as_deref().map(str::to_owned));
        let mut fields = BTreeMap::from([
            ("code".to_owned(), Value::Text(code.clone())),
            ("name".to_owned(), Value::Text(unit.name.clone())),
            ("level".to_owned(), Value::Text(level)),
        ]);
        if let Some(parent) = parent {
            fields.insert("parent".to_owned(), Value::Text(parent));
        }
        let initial = self.pack.register(UNITS).map(|register| register.initial_state().key.clone());
        self.created.push(unit.clone());
        self.drafts.push(Draft {
            kind: Kind::Create,
            register: UNITS.to_owned(),
            record: None,
            based_on: None,
            effective: self.on,
            unit: Some(code.clone()),
            state: initial,
            fields,
            evidence: Vec::new(),
            note: self.note.map(str::to_owned),
        });
        Ok(())
    }

    fn amend_unit(&mut self, code: &str, field: &str, value: &str) -> Result<(), IntakeError> {
        let record = RecordId(self.existing(code)?.record);
        let fields = BTreeMap::from([(field.to_owned(), Value::Text(value.to_owned()))]);
        self.amend(UNITS, record, fields, None)
    }

    fn dissolve(&mut self, code: &str, successor: &str) -> Result<(), IntakeError> {
        self.amend_unit(code, "successor", successor)?;
        let record = RecordId(self.existing(code)?.record);
        let standing = Standing::in_book(self.book, record)?;
        let act = Act {
            note: self.note.map(str::to_owned),
            ..Act::new(Action::Advance("dissolved".to_owned()), self.on)
        };
        let mut draft = standing.act(self.pack, self.role, act)?;
        draft.based_on = Some(EntryNumber(self.version(record, standing.version.0)));
        self.push(record, draft);
        Ok(())
    }

    fn give(&mut self, record: RecordId, owner: &str) -> Result<(), IntakeError> {
        let standing = Standing::in_book(self.book, record)?;
        self.amend(&standing.register.key, record, BTreeMap::new(), Some(owner.to_owned()))
    }

    fn amend(
        &mut self,
        register: &str,
        record: RecordId,
        fields: BTreeMap<String, Value>,
        unit: Option<String>,
    ) -> Result<(), IntakeError> {
        let standing = Standing::in_book(self.book, record)?;
        if standing.withdrawn {
            return Err(refused(text!("记录 #{record} 已撤回", "record #{record} is withdrawn")));
        }
        if self.on < standing.last {
            let (on, last) = (self.on, standing.last);
            return Err(refused(text!(
                "记录 #{record} 已有自{last}起生效的内容，不能自{on}变更",
                "record #{record} has values that hold from {last}; it cannot change from {on}"
            )));
        }
        let draft = Draft {
            kind: Kind::Amend,
            register: register.to_owned(),
            record: Some(record),
            based_on: Some(EntryNumber(self.version(record, standing.version.0))),
            effective: self.on,
            unit,
            state: None,
            fields,
            evidence: Vec::new(),
            note: self.note.map(str::to_owned),
        };
        self.push(record, draft);
        Ok(())
    }

    fn version(&self, record: RecordId, in_book: u64) -> u64 {
        self.versions.get(&record.0).copied().unwrap_or(in_book)
    }

    fn push(&mut self, record: RecordId, draft: Draft) {
        self.versions.insert(record.0, self.book.size() + self.drafts.len() as u64);
        self.drafts.push(draft);
    }

    fn children_of(&self, code: &str) -> Vec<String> {
        self.book.units().children(code).into_iter().map(|(child, _)| child.to_owned()).collect()
    }

    /// A unit that exists on the day.
    fn existing(&self, code: &str) -> Result<crate::book::UnitNow, IntakeError> {
        let unit = self
            .book
            .units()
            .get(code)
            .ok_or_else(|| refused(text!("没有单位 {code}", "there is no unit {code}")))?;
        if let Some(dissolved) = unit.dissolved {
            return Err(refused(text!("{code} 已于{dissolved}撤并", "{code} was dissolved on {dissolved}")));
        }
        if unit.created > self.on {
            let created = unit.created;
            return Err(refused(text!("{code} 自{created}才成立", "{code} exists only from {created}")));
        }
        Ok(unit.clone())
    }

    /// A unit that exists on the day, or begins on it.
    fn known(&self, code: &str) -> Result<(), IntakeError> {
        if self.created.iter().any(|unit| unit.code == code) {
            return Ok(());
        }
        self.existing(code).map(|_| ())
    }
}

fn refused(text: Text) -> IntakeError {
    IntakeError::Organisation(text)
}
