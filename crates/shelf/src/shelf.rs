//! The shelf: every register of a book, read when first asked for, following the book from then on.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use jiff::civil::Date;
use ledger::{Entry, Ledger};
use message::Language;
use pack::{Pack, Register, UNITS};
use rayon::prelude::*;

use crate::column::Column;
use crate::error::ShelfError;
use crate::kept::Kept;
use crate::label::Labels;
use crate::number::day_of;
use crate::order::Sorting;
use crate::part::Sight;
use crate::query::{By, Facet};
use crate::table::Table;
use crate::units::Units;

/// Every register of a book as lists see it.
///
/// Readers take a register as it is and keep it while they read: nobody who writes makes them wait. Whoever asks sees
/// everything that was in the book when he asked.
pub struct Shelf {
    pack: Arc<Pack>,
    book: Arc<Ledger>,
    /// In the order of the pack's registers.
    places: Arc<Vec<Place>>,
    /// How many entries every register that was read has followed; taken by whoever follows.
    followed: Mutex<u64>,
    /// The same number, to be looked at without waiting.
    seen: AtomicU64,
    units: Mutex<Option<Tree>>,
    /// Counts beside lists, by question.
    pub(crate) counted: Kept<Facet>,
}

/// The organisation tree that was last asked for: of which table, on which day.
type Tree = ((u64, i32), Arc<Units>);

/// How many counts are kept: some for each register.
const FACETS: usize = 512;

/// Where a register's table stands.
#[derive(Default)]
struct Place {
    table: RwLock<Option<Arc<Table>>>,
    /// Held by whoever reads the register or makes it follow.
    writing: Mutex<()>,
    merging: AtomicBool,
}

impl Place {
    fn table(&self) -> Option<Arc<Table>> {
        self.table.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, table: Table) -> Arc<Table> {
        let table = Arc::new(table);
        *self.table.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&table));
        table
    }

    fn write(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    /// A shelf of a book by a pack. Nothing is read yet.
    pub fn new(pack: Arc<Pack>, book: Arc<Ledger>) -> Self {
        let places = Arc::new(pack.registers.iter().map(|_| Place::default()).collect());
        Self {
            pack,
            book,
            places,
            followed: Mutex::default(),
            seen: AtomicU64::new(0),
            units: Mutex::default(),
            counted: Kept::new(FACETS),
        }
    }

    /// The pack that the lists are made by.
    pub fn pack(&self) -> &Arc<Pack> {
        &self.pack
    }

    /// Reads every register, several at once, and sorts every column, so that nobody's first question waits.
    pub fn warm(&self) -> Result<(), ShelfError> {
        self.load_all()?;
        for register in &self.pack.registers {
            self.sharpen(register)?;
        }
        Ok(())
    }

    /// Reads every register, several at once.
    pub fn load_all(&self) -> Result<(), ShelfError> {
        // The longest first, so that none is left alone at the end.
        let sizes: BTreeMap<String, u64> = self.book.registers()?.into_iter().collect();
        let mut registers: Vec<&Register> = self.pack.registers.iter().collect();
        registers.sort_by_key(|register| std::cmp::Reverse(sizes.get(&register.key).copied().unwrap_or(0)));
        registers.par_iter().with_max_len(1).try_for_each(|register| self.table(&register.key).map(drop))
    }

    /// Makes ready what the first question about each column of a register would have to make.
    fn sharpen(&self, register: &Register) -> Result<(), ShelfError> {
        let table = self.table(&register.key)?;
        // Labels only matter for references, which are sorted by the day they are asked for.
        let labels = Labels::new(&self.pack, BTreeMap::new(), Arc::default(), 0, Language::Simplified);
        let plain = register.fields.iter().filter(|field| {
            !matches!(field.kind, pack::FieldKind::Reference { .. } | pack::FieldKind::Geometry { .. })
        });
        let fields = plain.map(|field| By::Field(field.key.clone()));
        let all = [By::Record, By::State, By::Owner, By::Recorded, By::Effective, By::Status]
            .into_iter()
            .chain(fields);
        for (part, _) in table.parts() {
            for by in all.clone() {
                if let Some(sorting) = Sorting::new(register, &by, &labels) {
                    sorting.order(part);
                }
            }
            for column in &part.columns {
                if let Column::Texts(texts) = column {
                    texts.dictionary.fold();
                }
            }
        }
        Ok(())
    }

    /// Takes in what was entered since; answers how many entries of the book every list now shows. Every question does
    /// so by itself.
    pub fn follow(&self) -> Result<u64, ShelfError> {
        let size = self.book.size()?;
        if self.seen.load(Ordering::Acquire) >= size {
            return Ok(size);
        }
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        let size = self.book.size()?;
        if *followed >= size {
            return Ok(size);
        }
        // Of a register that nobody has asked for, nothing is kept: its entries are read when somebody does.
        let mut fresh: BTreeMap<usize, Vec<Entry>> = BTreeMap::new();
        if self.places.iter().any(|place| place.table().is_some() || place.writing.try_lock().is_err()) {
            self.book.for_each(None, *followed..size, &mut |number, bytes| {
                let entry = Entry::decode(number, bytes)?;
                if let Some(at) =
                    self.pack.registers.iter().position(|register| register.key == entry.register)
                {
                    fresh.entry(at).or_default().push(entry);
                }
                Ok(())
            })?;
        }
        for (at, entries) in fresh {
            self.grow(at, size, entries)?;
        }
        *followed = size;
        self.seen.store(size, Ordering::Release);
        Ok(size)
    }

    fn grow(&self, at: usize, size: u64, mut entries: Vec<Entry>) -> Result<(), ShelfError> {
        let (place, register) = (&self.places[at], &self.pack.registers[at]);
        let _writing = place.write();
        let Some(table) = place.table() else { return Ok(()) };
        entries.retain(|entry| entry.number.0 >= table.known);
        if entries.is_empty() {
            return Ok(());
        }
        let table = place.put(table.grown(&self.book, register, size, &entries)?);
        if table.is_scattered() && !place.merging.swap(true, Ordering::AcqRel) {
            self.merge(at, table);
        }
        Ok(())
    }

    /// Merges a register's parts into one, beside everybody who reads and writes.
    fn merge(&self, at: usize, old: Arc<Table>) {
        let (places, pack) = (Arc::clone(&self.places), Arc::clone(&self.pack));
        std::thread::spawn(move || {
            let (place, register) = (&places[at], &pack.registers[at]);
            let part = old.merged(register);
            // Whoever had sorted by a column finds it sorted again.
            let labels = Labels::new(&pack, BTreeMap::new(), Arc::default(), 0, Language::Simplified);
            for by in old.sorted_by(register) {
                if let Some(sorting) = Sorting::new(register, &by, &labels) {
                    sorting.order(&part);
                }
            }
            let _writing = place.write();
            if let Some(table) = place.table().and_then(|now| now.adopting(&old, part)) {
                place.put(table);
            }
            place.merging.store(false, Ordering::Release);
        });
    }

    /// A register as it is now, read if nobody has asked for it before.
    pub(crate) fn table(&self, key: &str) -> Result<Arc<Table>, ShelfError> {
        self.follow()?;
        self.known(key)
    }

    /// A register as it was when last followed: what else a question needs that has followed already.
    fn known(&self, key: &str) -> Result<Arc<Table>, ShelfError> {
        let at = self.pack.registers.iter().position(|register| register.key == key);
        let at = at.ok_or_else(|| ShelfError::NoRegister(key.to_owned()))?;
        let place = &self.places[at];
        if let Some(table) = place.table() {
            return Ok(table);
        }
        let _writing = place.write();
        if let Some(table) = place.table() {
            return Ok(table);
        }
        // Whoever follows meanwhile waits for the lock above, and then brings what came after this size.
        let size = self.book.size()?;
        Ok(place.put(Table::load(&self.book, &self.pack.registers[at], size)?))
    }

    pub(crate) fn register(&self, key: &str) -> Result<&Register, ShelfError> {
        self.pack.register(key).ok_or_else(|| ShelfError::NoRegister(key.to_owned()))
    }

    /// What a register's rows need of other registers.
    pub(crate) fn labels(
        &self,
        register: &Register,
        day: Date,
        language: Language,
    ) -> Result<Labels<'_>, ShelfError> {
        let mut tables = BTreeMap::new();
        let own = self.register(&register.key)?;
        for key in Labels::reach(&self.pack, own) {
            tables.insert(key, self.known(key)?);
        }
        Ok(Labels::new(&self.pack, tables, self.units_known(day)?, day_of(day), language))
    }

    /// What records are called, in the order in which they are asked for.
    pub fn called(
        &self,
        register: &str,
        records: &[ledger::RecordId],
        day: Date,
        language: Language,
    ) -> Result<Vec<String>, ShelfError> {
        let own = self.register(register)?;
        let table = self.table(register)?;
        let mut labels = self.labels(own, day, language)?;
        labels.add(&own.key, table);
        Ok(records.iter().map(|record| labels.label(register, record.0)).collect())
    }

    /// The organisation tree on a day.
    pub fn units(&self, day: Date) -> Result<Arc<Units>, ShelfError> {
        self.follow()?;
        self.units_known(day)
    }

    fn units_known(&self, day: Date) -> Result<Arc<Units>, ShelfError> {
        let Some(_) = self.pack.register(UNITS) else { return Ok(Arc::default()) };
        let table = self.known(UNITS)?;
        let of = (table.generation, day_of(day));
        let mut kept = self.units.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, units)) = &*kept
            && *known == of
        {
            return Ok(Arc::clone(units));
        }
        let units = Arc::new(Units::new(&self.pack, &table, of.1));
        *kept = Some((of, Arc::clone(&units)));
        Ok(units)
    }

    /// The codes of the units that own, or once owned, records of a register, in order.
    pub fn owners(&self, register: &str) -> Result<Vec<String>, ShelfError> {
        let table = self.table(register)?;
        let codes: std::collections::BTreeSet<&str> =
            table.parts().iter().flat_map(|(part, _)| part.owners.iter()).collect();
        Ok(codes.into_iter().map(str::to_owned).collect())
    }

    /// The register that a record belongs to, among those that were read; asks the book for others.
    pub fn find(&self, record: ledger::RecordId) -> Result<Option<String>, ShelfError> {
        let entry = self.book.entry(record.into())?;
        Ok(entry.filter(|entry| entry.record == record).map(|entry| entry.register))
    }

    pub(crate) fn sight(day: Date, reading: crate::query::Reading) -> Sight {
        Sight { day: day_of(day), counted: reading == crate::query::Reading::Counted }
    }
}
