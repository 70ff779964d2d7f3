//! What validation must know of the book: current records, unique keys, the organisation tree.

use std::collections::HashMap;

use jiff::civil::Date;
use ledger::{Entry, EntryNumber, Kind, Ledger, RecordId, Value};
use message::{Text, did_you_mean, text};
use pack::{Pack, UNITS};

use crate::current::{Current, Step, ValueRef};
use crate::error::IntakeError;
use crate::rules::Rules;

/// The book as validation sees it: registers are loaded once, when first needed, and follow what is entered.
pub struct Book<'p> {
    pub(crate) pack: &'p Pack,
    /// The book's size that all of this is true of.
    pub(crate) size: u64,
    registers: Vec<Option<Loaded<'p>>>,
    owners: Names,
    units: Units,
}

/// A register with its rules and records.
pub(crate) struct Loaded<'p> {
    pub(crate) rules: Rules<'p>,
    pub(crate) current: Current,
    /// The keys of earlier batches of imports: first entry and number of entries.
    imports: HashMap<String, (u64, u64)>,
}

/// The mark of the keys of imports.
pub(crate) const IMPORT_KEY: &str = "import:";

impl<'p> Book<'p> {
    /// A book of this size of which nothing is loaded yet; for an empty book nothing ever needs to be.
    pub fn new(pack: &'p Pack, size: u64) -> Self {
        let registers = pack.registers.iter().map(|_| None).collect();
        Self { pack, size, registers, owners: Names::default(), units: Units::default() }
    }

    /// An empty book, for trying rules out without a ledger.
    pub fn empty(pack: &'p Pack) -> Self {
        let mut book = Self::new(pack, 0);
        for index in 0..book.registers.len() {
            book.registers[index] = Some(Loaded::new(Rules::new(&pack.registers[index])));
        }
        book
    }

    /// The book with everything loaded that validating records of these registers needs.
    pub fn open(pack: &'p Pack, ledger: &Ledger, registers: &[&str]) -> Result<Self, IntakeError> {
        let mut book = Self::new(pack, ledger.size()?);
        for register in registers {
            book.load(ledger, register)?;
        }
        Ok(book)
    }

    /// Loads a register, the registers its fields refer to, and the organisation tree.
    pub fn load(&mut self, ledger: &Ledger, register: &str) -> Result<(), IntakeError> {
        let index = self.index_of(register)?;
        let mut wanted = vec![index];
        for field in &self.pack.registers[index].fields {
            if let pack::FieldKind::Reference { register } = &field.kind {
                wanted.push(self.index_of(register)?);
            }
        }
        if let Some(units) = self.pack.registers.iter().position(|register| register.key == UNITS) {
            wanted.push(units);
        }
        for index in wanted {
            if self.registers[index].is_none() {
                self.read(ledger, index)?;
            }
        }
        Ok(())
    }

    /// Follows what has been entered since, by whomever, in the registers that are loaded.
    pub fn catch_up(&mut self, ledger: &Ledger) -> Result<(), IntakeError> {
        let size = ledger.size()?;
        if size <= self.size {
            return Ok(());
        }
        let (registers, owners) = (&mut self.registers, &mut self.owners);
        let (pack, units) = (self.pack, &mut self.units);
        ledger.for_each(None, self.size..size, &mut |number, bytes| {
            let entry = Entry::decode(number, bytes)?;
            let index = pack.registers.iter().position(|register| register.key == entry.register);
            let Some(loaded) = index.and_then(|index| registers[index].as_mut()) else { return Ok(()) };
            if let Some(head) = entry.batch.as_ref().filter(|head| head.key.starts_with(IMPORT_KEY)) {
                loaded.imports.insert(head.key.clone(), (number.0, head.count));
            }
            with_step(&loaded.rules, owners, &entry, |rules, step| loaded.current.apply(rules, step));
            if entry.register == UNITS
                && let Some(slot) = loaded.current.slot_of(entry.record.0)
            {
                units.learn(&loaded.rules, &loaded.current, slot);
            }
            Ok(())
        })?;
        self.size = size;
        Ok(())
    }

    /// Whether everything is loaded that validating records of this register needs.
    pub fn has(&self, register: &str) -> bool {
        let Some(declared) = self.pack.register(register) else { return false };
        let referred = declared.fields.iter().filter_map(|field| match &field.kind {
            pack::FieldKind::Reference { register } => Some(register.as_str()),
            _ => None,
        });
        [register, UNITS].into_iter().chain(referred).all(|key| match self.index_of(key) {
            Ok(index) => self.registers[index].is_some(),
            // A pack without an organisation has no units to load.
            Err(_) => key == UNITS,
        })
    }

    /// Code and name of every unit that exists, in the order of the codes; of a book in which `units` is loaded.
    pub fn units_listed(&self) -> Vec<(String, String)> {
        self.units.listed()
    }

    /// The code of the unit that a person means by a code or name, on a day, or why there is none.
    pub fn unit_called(&self, word: &str, on: Option<Date>) -> Result<String, Text> {
        self.units.resolve(word, None, on)
    }

    /// The number of the next entry.
    pub fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn index_of(&self, register: &str) -> Result<usize, IntakeError> {
        let keys = || self.pack.registers.iter().map(|register| register.key.as_str());
        keys().position(|key| key == register).ok_or_else(|| IntakeError::NoRegister {
            register: register.to_owned(),
            suggestion: did_you_mean(register, keys()).map(str::to_owned),
        })
    }

    pub(crate) fn loaded(&self, register: &str) -> Result<&Loaded<'p>, IntakeError> {
        let index = self.index_of(register)?;
        self.registers[index].as_ref().ok_or_else(|| {
            IntakeError::File(text!("台账 `{register}` 尚未载入", "the register `{register}` is not loaded"))
        })
    }

    pub(crate) fn owner_name(&self, owner: u32) -> Option<&str> {
        self.owners.list.get(owner as usize).map(AsRef::as_ref)
    }

    pub(crate) fn units(&self) -> &Units {
        &self.units
    }

    /// The entries of an earlier import with this key into this register.
    pub(crate) fn imported(&self, register: &str, key: &str) -> Option<(u64, u64)> {
        self.loaded(register).ok()?.imports.get(key).copied()
    }

    /// The register and place of a record, among what is loaded.
    pub(crate) fn find(&self, record: RecordId) -> Option<(&Loaded<'p>, u32)> {
        self.registers.iter().flatten().find_map(|loaded| Some((loaded, loaded.current.slot_of(record.0)?)))
    }

    fn read(&mut self, ledger: &Ledger, index: usize) -> Result<(), IntakeError> {
        let register = &self.pack.registers[index];
        let mut loaded = Loaded::new(Rules::new(register));
        loaded.current = Current::default();
        let owners = &mut self.owners;
        // A writer's book counts entries that are still on their way; they belong to registers loaded before.
        let known = self.size.min(ledger.size()?);
        ledger.for_each(Some(&register.key), 0..known, &mut |number, bytes| {
            let entry = Entry::decode(number, bytes)?;
            if let Some(head) = entry.batch.as_ref().filter(|head| head.key.starts_with(IMPORT_KEY)) {
                loaded.imports.insert(head.key.clone(), (number.0, head.count));
            }
            with_step(&loaded.rules, owners, &entry, |rules, step| loaded.current.apply(rules, step));
            Ok(())
        })?;
        for record in loaded.current.take_disordered() {
            let mut history = ledger.history(RecordId(record))?;
            history.retain(|entry| entry.number.0 < self.size);
            history.sort_by_key(|entry| (entry.effective, entry.number));
            // A verification covers what was entered before it, whatever the dates: what reading in the book's own
            // order has found stands.
            let pending = loaded.current.pending_mut(record).is_some_and(|pending| *pending);
            for entry in history.iter().filter(|entry| entry.kind == Kind::Create) {
                with_step(&loaded.rules, owners, entry, |rules, step| loaded.current.reset(rules, step));
            }
            for entry in history.iter().filter(|entry| entry.kind != Kind::Create) {
                with_step(&loaded.rules, owners, entry, |rules, step| loaded.current.apply(rules, step));
            }
            if let Some(now) = loaded.current.pending_mut(record) {
                *now = pending;
            }
            loaded.current.take_disordered();
        }
        loaded.current.index(&loaded.rules);
        if register.key == UNITS {
            self.units = Units::default();
            for slot in 0..loaded.current.len() as u32 {
                self.units.learn(&loaded.rules, &loaded.current, slot);
            }
        }
        self.registers[index] = Some(loaded);
        Ok(())
    }

    /// Follows an entry that will have the next number. The draft's register must be loaded.
    pub(crate) fn follow(&mut self, draft: &ledger::Draft, row: u32) -> Result<EntryNumber, IntakeError> {
        let number = self.size;
        self.follow_as(draft, number, row)?;
        self.size += 1;
        Ok(EntryNumber(number))
    }

    /// Follows an entry that will have this number.
    pub(crate) fn follow_as(
        &mut self,
        draft: &ledger::Draft,
        number: u64,
        row: u32,
    ) -> Result<(), IntakeError> {
        let index = self.index_of(&draft.register)?;
        let Some(loaded) = self.registers[index].as_mut() else { return Ok(()) };
        let record = draft.record.map_or(number, |record| record.0);
        let owner = draft.unit.as_deref().map(|unit| self.owners.number(unit));
        let fields = fields_of(&loaded.rules, &draft.fields);
        let step = Step {
            number,
            kind: draft.kind,
            record,
            effective: draft.effective,
            owner,
            state: draft.state.as_deref().and_then(|state| state_of(&loaded.rules, state)),
            fields: &fields,
            row,
        };
        loaded.current.apply(&loaded.rules, &step);
        if draft.register == UNITS
            && let Some(slot) = loaded.current.slot_of(record)
        {
            self.units.learn(&loaded.rules, &loaded.current, slot);
        }
        Ok(())
    }
}

impl<'p> Loaded<'p> {
    fn new(rules: Rules<'p>) -> Self {
        let mut current = Current::default();
        current.index(&rules);
        Self { rules, current, imports: HashMap::new() }
    }
}

/// States are stored by key; a state that the pack no longer has is left as it was.
fn state_of(rules: &Rules<'_>, key: &str) -> Option<usize> {
    rules.register.states.iter().position(|state| state.key == key)
}

fn fields_of<'a>(
    rules: &Rules<'_>,
    fields: &'a std::collections::BTreeMap<String, Value>,
) -> Vec<(usize, ValueRef<'a>)> {
    // A field that the pack no longer has is not compared with anything.
    fields.iter().filter_map(|(key, value)| Some((rules.field(key)?, ValueRef::from(value)))).collect()
}

fn with_step(rules: &Rules<'_>, owners: &mut Names, entry: &Entry, then: impl FnOnce(&Rules<'_>, &Step<'_>)) {
    let fields = fields_of(rules, &entry.fields);
    let step = Step {
        number: entry.number.0,
        kind: entry.kind,
        record: entry.record.0,
        effective: entry.effective,
        owner: entry.unit.as_deref().map(|unit| owners.number(unit)),
        state: entry.state.as_deref().and_then(|state| state_of(rules, state)),
        fields: &fields,
        row: 0,
    };
    then(rules, &step);
}

/// Owners' codes, each kept once.
#[derive(Default)]
struct Names {
    list: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u32>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.list.len() as u32;
        self.list.push(name.into());
        self.numbers.insert(name.into(), number);
        number
    }
}

/// The organisation tree as it stands, by code and by name.
#[derive(Default)]
pub(crate) struct Units {
    by_code: HashMap<Box<str>, UnitNow>,
    by_name: HashMap<Box<str>, Vec<Box<str>>>,
}

/// A unit as it stands.
#[derive(Clone, Debug)]
pub(crate) struct UnitNow {
    pub(crate) record: u64,
    pub(crate) name: Box<str>,
    pub(crate) level: Box<str>,
    pub(crate) parent: Option<Box<str>>,
    pub(crate) successor: Option<Box<str>>,
    pub(crate) created: Date,
    /// From when it no longer exists.
    pub(crate) dissolved: Option<Date>,
}

impl Units {
    pub(crate) fn get(&self, code: &str) -> Option<&UnitNow> {
        self.by_code.get(code)
    }

    /// Code and name of every unit that exists, in the order of the codes.
    pub(crate) fn listed(&self) -> Vec<(String, String)> {
        let existing = self.by_code.iter().filter(|(_, unit)| unit.dissolved.is_none());
        let mut listed: Vec<_> =
            existing.map(|(code, unit)| (code.to_string(), unit.name.to_string())).collect();
        listed.sort();
        listed
    }

    pub(crate) fn children<'a>(&'a self, code: &'a str) -> Vec<(&'a str, &'a UnitNow)> {
        let mut children: Vec<_> = self
            .by_code
            .iter()
            .filter(|(_, unit)| unit.parent.as_deref() == Some(code) && unit.dissolved.is_none())
            .map(|(code, unit)| (code.as_ref(), unit))
            .collect();
        children.sort_by_key(|(code, _)| *code);
        children
    }

    /// The code of the unit that is called so, on this day.
    pub(crate) fn resolve(&self, word: &str, level: Option<&str>, on: Option<Date>) -> Result<String, Text> {
        let word = word.trim();
        // `U012 环保局` is how templates list units.
        let listed = || {
            word.split_once(' ')
                .filter(|(code, name)| self.by_code.get(*code).is_some_and(|unit| *unit.name == *name.trim()))
        };
        let code = if self.by_code.contains_key(word) {
            word
        } else if let Some((code, _)) = listed() {
            code
        } else {
            self.by_name(word)?
        };
        let unit = &self.by_code[code];
        if let Some(level) = level.filter(|level| *level != &*unit.level) {
            let (name, own) = (&unit.name, &unit.level);
            return Err(text!(
                "{name}（{code}）的层级是 `{own}`，应为 `{level}`",
                "{name} ({code}) is of the level `{own}`; wanted `{level}`"
            ));
        }
        if let (Some(on), Some(dissolved)) = (on, unit.dissolved)
            && dissolved <= on
        {
            let name = &unit.name;
            return Err(match unit.successor.as_deref() {
                Some(successor) => text!(
                    "{name}（{code}）已于{dissolved}撤并，由 {successor} 承接",
                    "{name} ({code}) was dissolved on {dissolved}; its successor is {successor}"
                ),
                None => text!(
                    "{name}（{code}）已于{dissolved}撤销",
                    "{name} ({code}) was dissolved on {dissolved}"
                ),
            });
        }
        Ok(code.to_owned())
    }

    fn by_name(&self, word: &str) -> Result<&str, Text> {
        match self.by_name.get(word).map(Vec::as_slice) {
            Some([code]) => Ok(code),
            Some([]) | None => {
                let near = if self.by_name.len() <= 5_000 { self.nearest(word) } else { None };
                Err(match near {
                    Some(near) => text!(
                        "没有这个单位；是否想写“{near}”",
                        "there is no such unit; did you mean “{near}”?"
                    ),
                    None => text!("没有这个单位", "there is no such unit"),
                })
            }
            Some(codes) => {
                let (count, some) = (codes.len(), codes[..codes.len().min(3)].join("、"));
                Err(text!(
                    "有{count}个单位叫这个名称，请填单位代码（{some}……）",
                    "{count} units have this name; give the unit's code ({some} …)"
                ))
            }
        }
    }

    fn nearest(&self, word: &str) -> Option<String> {
        // Codes are too short to guess at.
        let mut names: Vec<&str> = self.by_name.keys().map(AsRef::as_ref).collect();
        // The maps' own order is arbitrary; answers are not.
        names.sort_unstable();
        did_you_mean(word, names).map(str::to_owned)
    }

    fn learn(&mut self, rules: &Rules<'_>, current: &Current, slot: u32) {
        let record = current.slot(slot);
        let values = current.values(slot, rules.register.fields.len());
        let text = |key: &str| match rules.field(key).map(|field| values[field]) {
            Some(ValueRef::Text(text)) => Some(Box::<str>::from(text)),
            _ => None,
        };
        let Some(code) = text("code") else { return };
        if let Some(old) = self.by_code.get(&code)
            && let Some(codes) = self.by_name.get_mut(&old.name)
        {
            codes.retain(|known| *known != code);
        }
        if record.withdrawn {
            self.by_code.remove(&code);
            return;
        }
        let name = text("name").unwrap_or_else(|| code.clone());
        let dissolved =
            rules.register.states.get(record.state as usize).is_some_and(|state| state.key == "dissolved");
        let codes = self.by_name.entry(name.clone()).or_default();
        codes.push(code.clone());
        codes.sort_unstable();
        let unit = UnitNow {
            record: current.id(slot),
            name,
            level: text("level").unwrap_or_default(),
            parent: text("parent"),
            successor: text("successor"),
            created: record.created,
            dissolved: dissolved.then_some(record.state_since),
        };
        self.by_code.insert(code, unit);
    }
}
