//! Questions → pages, streams, facets and shapes.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::civil::Date;
use ledger::RecordId;
use message::Language;
use pack::{FieldKind, Register};

use crate::bits::Bits;
use crate::column::Column;
use crate::cursor;
use crate::dictionary::NONE;
use crate::error::ShelfError;
use crate::label::Labels;
use crate::number::{date_of, day_of};
use crate::order::Sorting;
use crate::part::{Part, Sight, Standing, Status, Stretch};
use crate::query::{At, By, Facet, FacetValue, Filter, Page, Placed, Presence, Query, Reading, Row, When};
use crate::row::Shown;
use crate::select::{Condition, Search};
use crate::shelf::Shelf;
use crate::table::Table;
use crate::walk::Walk;

/// What a question means, with everything looked up that it needs.
struct Asked<'a> {
    register: &'a Register,
    table: Arc<Table>,
    labels: Labels<'a>,
    conditions: Vec<Condition<'a>>,
    search: Search,
    query: &'a Query,
}

impl Shelf {
    /// A page of a list.
    pub fn list(&self, query: &Query) -> Result<Page, ShelfError> {
        let asked = self.ask(query)?;
        let shown = Shown::new(asked.register, query.columns.as_deref(), &asked.labels)?;
        asked.walk(|walk| {
            let total = walk.total();
            let place = |word: &str| cursor::read(word).ok_or(ShelfError::Cursor);
            let (first, limit) = match &query.at {
                At::Row(row) => (*row, query.limit),
                At::After(word) => (walk.rank(&place(word)?, true), query.limit),
                At::Before(word) => {
                    let end = walk.rank(&place(word)?, false);
                    (end.saturating_sub(query.limit), query.limit.min(end))
                }
            };
            let rows: Vec<(&Part, usize)> = walk.from(first.min(total)).take(limit).collect();
            let word =
                |row: Option<&(&Part, usize)>| row.map(|(part, row)| cursor::write(&walk.place(part, *row)));
            Ok(Page {
                total,
                first,
                next: word(rows.last()).filter(|_| first + rows.len() < total),
                previous: word(rows.first()).filter(|_| first > 0),
                rows: rows.into_iter().map(|(part, row)| shown.row(part, row)).collect(),
                columns: shown.columns(),
                known: asked.table.known,
            })
        })
    }

    /// Every row of a list, one after the other, of one moment and in constant memory; where the page begins and how
    /// long it is does not matter. Answers how many there were.
    pub fn stream(
        &self,
        query: &Query,
        each: &mut dyn FnMut(Row) -> ControlFlow<()>,
    ) -> Result<usize, ShelfError> {
        let asked = self.ask(query)?;
        let shown = Shown::new(asked.register, query.columns.as_deref(), &asked.labels)?;
        asked.walk(|walk| {
            let mut count = 0;
            for (part, row) in walk.from(0) {
                count += 1;
                if each(shown.row(part, row)).is_break() {
                    break;
                }
            }
            Ok(count)
        })
    }

    /// How many records a question has.
    pub fn count(&self, query: &Query) -> Result<usize, ShelfError> {
        let asked = self.ask(query)?;
        Ok(asked.table.parts().iter().map(|(part, hidden)| asked.rows(part, hidden, None).count()).sum())
    }

    /// A record as it stands on a day, whatever became of it; if it begins later, as it will begin. Nothing if there is
    /// no such record.
    pub fn record(
        &self,
        register: &str,
        record: RecordId,
        day: Date,
        language: Language,
    ) -> Result<Option<Row>, ShelfError> {
        let own = self.register(register)?;
        let table = self.table(register)?;
        let Some((part, place)) = table.find(record.0) else { return Ok(None) };
        let labels = self.labels(own, day, language)?;
        let shown = Shown::new(own, None, &labels)?;
        let row = part.row_on(place, Self::sight(day, Reading::Entered));
        Ok(row.map(|row| shown.row(part, row)))
    }

    /// How many records have each value of some columns: of each under all the question's filters but its own, so that
    /// what is not chosen can still be chosen. At most `most` values of columns that are not lists of the pack.
    pub fn facets(&self, query: &Query, columns: &[By], most: usize) -> Result<Vec<Facet>, ShelfError> {
        let asked = self.ask(query)?;
        let generation = asked.table.generation;
        let facet = |column: &By| {
            let key = format!("{generation} {column:?} {most} {}", asked.key(Some(column)));
            Ok(Facet::clone(&*self.counted.get(&key, || asked.facet(column, most))?))
        };
        columns.iter().map(facet).collect()
    }

    /// The shapes of a register with all that a map shows of them, on a day or on all days.
    pub fn geometries(
        &self,
        register: &str,
        when: When,
        reading: Reading,
        properties: &[String],
        each: &mut dyn FnMut(Placed<'_>),
    ) -> Result<(), ShelfError> {
        let wrong = if reading == Reading::Counted { Standing::Entered } else { Standing::Counted };
        let is_meant = |row: &Stretch| row.standing != wrong && !row.is_gone();
        self.placed(register, when, reading, &is_meant, properties, each)
    }

    /// The shapes of records that do not count as they were entered, as they would be there were everything verified:
    /// what figures tell as pending. A record may count in another form, which [`Shelf::geometries`] has.
    pub fn unverified(
        &self,
        register: &str,
        when: When,
        properties: &[String],
        each: &mut dyn FnMut(Placed<'_>),
    ) -> Result<(), ShelfError> {
        let is_meant = |row: &Stretch| row.standing == Standing::Entered && !row.withdrawn;
        self.placed(register, when, Reading::Entered, &is_meant, properties, each)
    }

    fn placed(
        &self,
        register: &str,
        when: When,
        reading: Reading,
        is_meant: &dyn Fn(&Stretch) -> bool,
        properties: &[String],
        each: &mut dyn FnMut(Placed<'_>),
    ) -> Result<(), ShelfError> {
        let own = self.register(register)?;
        let Some(field) =
            own.fields.iter().position(|field| matches!(field.kind, FieldKind::Geometry { .. }))
        else {
            return Ok(());
        };
        let table = self.table(register)?;
        let (When::On(today) | When::Ever { today }) = when;
        let labels = self.labels(own, today, Language::Simplified)?;
        let shown = Shown::new(own, Some(properties), &labels)?;
        let sight = Self::sight(today, reading);
        for (part, hidden) in table.parts() {
            let Column::Texts(texts) = &part.columns[field] else { continue };
            let mut rows = match when {
                When::On(_) => part.seen(sight).present.clone(),
                When::Ever { .. } => Bits::from_fn(part.len(), |_| true),
            };
            rows.minus(hidden);
            for row in rows.iter().filter(|row| is_meant(&part.rows[*row])) {
                if let Some(geometry) = texts.shape(row) {
                    each(Placed { geometry, row: shown.row(part, row) });
                }
            }
        }
        Ok(())
    }

    /// A number that changes whenever anything in a register does: what was made of it holds as long as this does.
    pub fn version(&self, register: &str) -> Result<u64, ShelfError> {
        Ok(self.table(register)?.generation)
    }

    fn ask<'a>(&'a self, query: &'a Query) -> Result<Asked<'a>, ShelfError> {
        let register = self.register(&query.register)?;
        let table = self.table(&query.register)?;
        let labels = self.labels(register, query.day, query.language)?;
        let conditions: Result<Vec<_>, _> =
            query.filters.iter().map(|filter| Condition::new(register, filter)).collect();
        Ok(Asked {
            register,
            table,
            labels,
            conditions: conditions?,
            search: Search::new(&query.search),
            query,
        })
    }
}

impl Asked<'_> {
    fn sight(&self) -> Sight {
        Sight { day: day_of(self.query.day), counted: self.query.reading == Reading::Counted }
    }

    /// The rows of a part that the question lets through, one of its filters' columns left aside.
    fn rows(&self, part: &Part, hidden: &Bits, aside: Option<&By>) -> Bits {
        let chosen = part.chosen.get(&self.key(aside), || Ok::<_, Infallible>(self.choose(part, aside)));
        let mut rows = match chosen {
            Ok(chosen) => Bits::clone(&chosen),
            Err(never) => match never {},
        };
        rows.minus(hidden);
        rows
    }

    /// Everything that decides which rows of a part are let through.
    fn key(&self, aside: Option<&By>) -> String {
        let Query { register, day, reading, filters, search, owners, presence, language, .. } = self.query;
        let filters: Vec<&Filter> = filters.iter().filter(|filter| Some(&filter.column) != aside).collect();
        let stamp = self.labels.stamp();
        format!(
            "{register} {day} {reading:?} {presence:?} {language:?} {filters:?} {search:?} {owners:?} {stamp:?}"
        )
    }

    fn choose(&self, part: &Part, aside: Option<&By>) -> Bits {
        let seen = part.seen(self.sight());
        let mut rows = match self.query.presence {
            Presence::Present => seen.present.clone(),
            Presence::Withdrawn => seen.withdrawn.clone(),
            Presence::Upcoming => seen.upcoming.clone(),
            Presence::All => {
                let mut rows = seen.present.clone();
                rows.or(&seen.withdrawn);
                rows
            }
        };
        if let Some(owners) = &self.query.owners {
            let wanted: BTreeSet<&str> = owners.iter().map(String::as_str).collect();
            let codes: Vec<bool> = part.owners.iter().map(|code| wanted.contains(code)).collect();
            let passes = |row: Stretch| codes.get(row.owner as usize).copied().unwrap_or(false);
            rows.and(&Bits::of(&part.rows, passes));
        }
        for condition in self.conditions.iter().filter(|condition| Some(&condition.column) != aside) {
            rows.and(&condition.rows(part, &self.labels));
        }
        if let Some(found) = self.search.rows(self.register, part, &self.labels) {
            rows.and(&found);
        }
        rows
    }

    fn walk<T>(&self, with: impl FnOnce(&Walk<'_>) -> Result<T, ShelfError>) -> Result<T, ShelfError> {
        let sort = &self.query.sort;
        let sorting = Sorting::new(self.register, &sort.by, &self.labels).ok_or_else(|| {
            ShelfError::NoColumn { register: self.register.key.clone(), column: sort.by.to_string() }
        })?;
        let chosen: Vec<(&Part, Bits)> = self
            .table
            .parts()
            .iter()
            .map(|(part, hidden)| (&**part, self.rows(part, hidden, None)))
            .collect();
        let all: Vec<(&Part, &Bits)> = chosen.iter().map(|(part, rows)| (*part, rows)).collect();
        // A table is never without a part.
        let Some((first, rest)) = all.split_first() else {
            return Err(ShelfError::NoRegister(self.register.key.clone()));
        };
        with(&Walk::new(&sorting, sort.descending, *first, rest))
    }

    fn facet(&self, column: &By, most: usize) -> Result<Facet, ShelfError> {
        let field = match column {
            By::Field(key) => {
                let found = self.register.fields.iter().position(|field| field.key == *key);
                Some(found.ok_or_else(|| ShelfError::NoColumn {
                    register: self.register.key.clone(),
                    column: key.clone(),
                })?)
            }
            _ => None,
        };
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let mut empty = 0;
        for (part, hidden) in self.table.parts() {
            let rows = self.rows(part, hidden, Some(column));
            let mut deal = |code: &dyn Fn(usize) -> u32, length: usize, name: &dyn Fn(usize) -> String| {
                let mut by_code = vec![0_usize; length];
                for row in rows.iter() {
                    match by_code.get_mut(code(row) as usize) {
                        Some(count) => *count += 1,
                        None => empty += 1,
                    }
                }
                for (code, count) in by_code.into_iter().enumerate().filter(|(_, count)| *count > 0) {
                    *counts.entry(name(code)).or_default() += count;
                }
            };
            let of = |code: usize| u32::try_from(code).unwrap_or(NONE);
            match (column, field.map(|field| &part.columns[field])) {
                (By::State, _) => {
                    deal(&|row| part.rows[row].state, part.states.len(), &|code| {
                        part.states.get(of(code)).to_owned()
                    });
                }
                (By::Owner, _) => {
                    deal(&|row| part.rows[row].owner, part.owners.len(), &|code| {
                        part.owners.get(of(code)).to_owned()
                    });
                }
                (By::Status, _) => {
                    let code = |row: usize| part.head(row).status as u32;
                    deal(&code, Status::ALL.len(), &|code| Status::ALL[code].key().to_owned());
                }
                (By::Author, _) => {
                    let code = |row: usize| part.head(row).authors;
                    deal(&code, part.authors.len(), &|code| part.authors.get(of(code)).to_owned());
                }
                (_, Some(Column::Texts(texts))) => {
                    let name = |code: usize| texts.dictionary.get(of(code)).to_owned();
                    deal(&|row| texts.codes[row], texts.dictionary.len(), &name);
                }
                (_, Some(Column::References { codes, records })) => {
                    deal(&|row| codes[row], records.len(), &|code| records[code].to_string());
                }
                (_, Some(column)) => {
                    for row in rows.iter() {
                        match column.number(row) {
                            Some(number) => *counts.entry(number.to_string()).or_default() += 1,
                            None => empty += 1,
                        }
                    }
                }
                (By::Record | By::Recorded | By::Effective | By::Field(_), None) => {}
            }
        }
        let values = self.facet_values(column, field, counts, most);
        Ok(Facet { column: column.clone(), values, empty })
    }

    fn facet_values(
        &self,
        column: &By,
        field: Option<usize>,
        mut counts: BTreeMap<String, usize>,
        most: usize,
    ) -> Vec<FacetValue> {
        let kind = field.map(|field| &self.register.fields[field].kind);
        let listed: Vec<&str> = match (column, kind) {
            (By::State, _) => self.register.states.iter().map(|state| state.key.as_str()).collect(),
            (By::Status, _) => Status::ALL.map(Status::key).to_vec(),
            (_, Some(FieldKind::Choice { options })) => {
                options.iter().map(|option| option.key.as_str()).collect()
            }
            _ => Vec::new(),
        };
        let mut values: Vec<FacetValue> = listed
            .into_iter()
            .map(|key| FacetValue {
                key: key.to_owned(),
                label: None,
                count: counts.remove(key).unwrap_or(0),
            })
            .collect();
        let mut others: Vec<(String, usize)> = counts.into_iter().collect();
        others.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let label = |key: &str| match (column, kind) {
            (By::Owner, _) | (_, Some(FieldKind::Unit { .. })) => {
                Some(self.labels.units.name(key).to_owned())
            }
            (_, Some(FieldKind::Reference { register })) => {
                key.parse().ok().map(|record| self.labels.label(register, record))
            }
            _ => None,
        };
        let spelt = |key: String| match kind {
            Some(FieldKind::YesNo) => (key == "1").to_string(),
            Some(FieldKind::Date { .. }) => {
                key.parse().ok().and_then(date_of).map_or(key, |date| date.to_string())
            }
            Some(FieldKind::Decimal { decimals, .. }) => {
                let value = key.parse().ok().and_then(|value| crate::number::to_decimal(value, *decimals));
                value.map_or(key, |value| value.to_string())
            }
            _ => key,
        };
        values.extend(others.into_iter().take(most).map(|(key, count)| FacetValue {
            label: label(&key),
            key: spelt(key),
            count,
        }));
        values
    }
}
