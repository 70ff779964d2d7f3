//! A figure → its rows → the entries that made them.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Date32Type, Int64Type};
use figure::{Figure, FigureId, Row};
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::{Entry, EntryNumber};
use pack::{Definition, Indicator};
use standards::air::Edition;

use crate::aggregate;
use crate::decimal;
use crate::engine::{Engine, Inner};
use crate::error::FigureError;
use crate::evaluate::{self, Leaf};
use crate::formula;
use crate::monitor::{EDITION, MeasuredAt};
use crate::request::Request;
use crate::rows::{self, Rows, Wanted};

/// More rows than this are not followed one by one: their registers are read through once instead.
const FEW: usize = 500;

/// A figure with everything behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The figure.
    pub figure: Figure,
    /// The same figure, computed a second time from the book alone: no cache file, nothing kept in memory.
    pub recomputed: Figure,
    /// The indicators with rows that it rests on: itself, or those of its formula in their order.
    pub parts: Vec<TracePart>,
}

impl Trace {
    /// Whether both computations agree, and the figure's rows are as many as it says.
    pub fn is_proven(&self) -> bool {
        let rows: usize = self.parts.iter().map(|part| part.rows.len()).sum();
        self.figure == self.recomputed && u64::try_from(rows) == Ok(self.figure.rows)
    }
}

/// The rows of one indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracePart {
    /// The indicator's key.
    pub indicator: String,
    /// The unit of the rows' amounts.
    pub amount_unit: String,
    /// The indicator's own figure.
    pub figure: Figure,
    /// The rows, in the order of their keys.
    pub rows: Vec<TracedRow>,
}

/// A row with the entries of its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracedRow {
    /// The row.
    pub row: Row,
    /// What was entered for its record by then and took effect by the figure's day, with its
    /// verifications, in the order of the book. Empty if the row names no record.
    pub entries: Vec<EntryNote>,
}

/// An entry, as far as a trace tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryNote {
    /// Its number.
    pub number: u64,
    /// What it did: `create`, `amend`, `advance`, `verify`, `return`, `withdraw`.
    pub kind: String,
    /// The register.
    pub register: String,
    /// The record.
    pub record: u64,
    /// The day from which it holds.
    pub effective: Date,
    /// When it was entered.
    pub recorded: Timestamp,
    /// Who entered it.
    pub actor: String,
    /// The evidence, by content hash.
    pub evidence: Vec<String>,
    /// A remark.
    pub note: Option<String>,
}

/// Traces a figure.
pub(crate) async fn trace(engine: &Engine, id: &FigureId) -> Result<Trace, FigureError> {
    engine.check_pack(id)?;
    let figure = one(engine, id).await?;
    let recomputed = one(&engine.afresh()?, id).await?;
    let mut parts = Vec::new();
    for (leaf, indicator) in leaves(engine.inner(), id)? {
        let figure = one(engine, &FigureId { indicator: leaf.indicator.clone(), ..id.clone() }).await?;
        let rows = rows_of(engine, &leaf, &id.scope).await?;
        let notes = entries(engine.inner(), &leaf, &rows)?;
        let rows = rows
            .into_iter()
            .map(|row| {
                let entries = row.record.and_then(|record| notes.get(&record)).cloned().unwrap_or_default();
                TracedRow { row, entries }
            })
            .collect();
        parts.push(TracePart {
            indicator: leaf.indicator.clone(),
            amount_unit: amount_unit(indicator).to_owned(),
            figure,
            rows,
        });
    }
    Ok(Trace { figure, recomputed, parts })
}

/// The figure of an identity, computed.
pub(crate) async fn one(engine: &Engine, id: &FigureId) -> Result<Figure, FigureError> {
    // Not by the engine's own method: that may answer with a figure kept from earlier.
    let mut answers = evaluate::evaluate(engine.inner(), None, &[Request::of(id)]).await;
    let lost = || FigureError::Engine("a figure was lost".to_owned());
    answers.pop().ok_or_else(lost)??.into_iter().next().ok_or_else(lost)
}

/// The indicators with rows that a figure rests on.
pub(crate) fn leaves<'a>(inner: &'a Inner, id: &FigureId) -> Result<Vec<(Leaf, &'a Indicator)>, FigureError> {
    let leaves = formula::leaves(&inner.pack, &id.indicator)?;
    leaves
        .into_iter()
        .map(|indicator| {
            let leaf = Leaf {
                indicator: indicator.key.clone(),
                period: id.period,
                as_of: id.as_of,
                known_at: id.snapshot.known_at,
                measured: measured(inner, indicator, id)?,
            };
            Ok((leaf, indicator))
        })
        .collect()
}

/// What of the measurements enters the rows of an indicator, for a figure.
fn measured(inner: &Inner, indicator: &Indicator, id: &FigureId) -> Result<Option<MeasuredAt>, FigureError> {
    if !inner.tables_of(indicator)?.iter().any(|table| inner.measured_table(table).is_some()) {
        return Ok(None);
    }
    let key = id.scope.iter().find(|(dimension, _)| dimension == EDITION).map(|(_, key)| key.as_str());
    Ok(Some(MeasuredAt { lake: id.snapshot.lake, edition: key.and_then(Edition::parse) }))
}

/// The unit in which an indicator's rows state their amounts.
fn amount_unit(indicator: &Indicator) -> &str {
    match &indicator.definition {
        Definition::Rows { amount_unit: Some(unit), .. } => unit,
        _ => &indicator.unit,
    }
}

/// The rows of a leaf within a scope, in the order of their keys.
pub(crate) async fn rows_of(
    engine: &Engine,
    leaf: &Leaf,
    scope: &[(String, String)],
) -> Result<Vec<Row>, FigureError> {
    let inner = engine.inner();
    let indicator = inner.indicator(&leaf.indicator)?;
    let Definition::Rows { sql, .. } = &indicator.definition else { return Ok(Vec::new()) };
    let needs = evaluate::needs(inner, leaf)?;
    let city = inner.city(&needs, leaf.as_of, leaf.known_at, leaf.measured).await?;
    let days = evaluate::days(leaf);
    let with_amount = Wanted {
        amount: true,
        occurred: true,
        record: true,
        measured: true,
        dimensions: &indicator.dimensions,
    };
    let rows = match rows::rows(indicator, sql, &city, days, false, with_amount).await {
        // A count need not have amounts; then each row adds one.
        Err(_) if matches!(indicator.definition, Definition::Rows { sum: pack::Sum::Count, .. }) => {
            let without = Wanted { amount: false, ..with_amount };
            rows::rows(indicator, sql, &city, days, false, without).await?
        }
        rows => rows?,
    };
    let mut found = read(indicator, &rows)?;
    found.retain(|row| {
        evaluate::rows_scope(scope).all(|(dimension, value)| {
            let held = row.dimensions.iter().find(|(name, _)| name == dimension);
            held.is_some_and(|(_, held)| held.as_deref().unwrap_or_default() == value)
        })
    });
    // Numbers in their order, other keys in that of their characters.
    found.sort_by_cached_key(|row| {
        (row.key.parse::<i128>().unwrap_or(i128::MAX), row.key.clone(), row.record)
    });
    Ok(found)
}

fn read(indicator: &Indicator, rows: &Rows) -> Result<Vec<Row>, FigureError> {
    let engine = |error: arrow::error::ArrowError| FigureError::Engine(error.to_string());
    // Of a count, an amount that is absent is no fault; elsewhere there is no figure then, and no trace.
    let amounts = aggregate::amounts(rows).unwrap_or_default();
    let scale = aggregate::scale(rows);
    let mut found = Vec::new();
    for batch in &rows.batches {
        let keys = rows::texts(batch.column(0)).map_err(engine)?;
        let dimensions = (0..indicator.dimensions.len())
            .map(|index| rows::texts(batch.column(rows.dimensions + index)))
            .collect::<Result<Vec<_>, _>>()
            .map_err(engine)?;
        let locators = rows.measured.map(|at| rows::texts(batch.column(at))).transpose().map_err(engine)?;
        for row in 0..batch.num_rows() {
            let amount = match &amounts {
                Some(amounts) => decimal::to_decimal(amounts[found.len()], scale),
                None => Some(rust_decimal::Decimal::ONE),
            };
            found.push(Row {
                key: if keys.is_valid(row) { keys.value(row).to_owned() } else { String::new() },
                amount: amount.ok_or_else(|| FigureError::Overflow { indicator: indicator.key.clone() })?,
                occurred: rows.occurred.and_then(|at| {
                    let days = batch.column(at).as_primitive::<Date32Type>();
                    days.is_valid(row).then(|| crate::day::date(days.value(row))).flatten()
                }),
                dimensions: indicator
                    .dimensions
                    .iter()
                    .zip(&dimensions)
                    .map(|(name, values)| {
                        (name.clone(), values.is_valid(row).then(|| values.value(row).to_owned()))
                    })
                    .collect(),
                record: rows.record.and_then(|at| {
                    let records = batch.column(at).as_primitive::<Int64Type>();
                    records.is_valid(row).then(|| u64::try_from(records.value(row)).ok()).flatten()
                }),
                measured: locators.as_ref().and_then(|places| {
                    places.is_valid(row).then(|| places.value(row).parse().ok()).flatten()
                }),
            });
        }
    }
    Ok(found)
}

/// The entries behind rows, by record.
fn entries(inner: &Inner, leaf: &Leaf, rows: &[Row]) -> Result<BTreeMap<u64, Vec<EntryNote>>, FigureError> {
    let records: BTreeSet<u64> = rows.iter().filter_map(|row| row.record).collect();
    let mut notes: BTreeMap<u64, Vec<EntryNote>> = BTreeMap::new();
    let mut take = |number: u64, bytes: &[u8]| {
        let entry = decode(number, bytes)?;
        let told = matches!(entry.kind, ledger::Kind::Verify | ledger::Kind::Return)
            || entry.effective <= leaf.as_of;
        if number < leaf.known_at && told && records.contains(&entry.record.0) {
            notes.entry(entry.record.0).or_default().push(note(entry));
        }
        Ok(())
    };
    if records.len() <= FEW {
        for &record in &records {
            inner.book.history(record, &mut take)?;
        }
    } else {
        for register in evaluate::needs(inner, leaf)?.registers {
            inner.book.for_each(&register, 0..leaf.known_at, &mut take)?;
        }
    }
    Ok(notes)
}

/// Reads an entry whole.
pub(crate) fn decode(number: u64, bytes: &[u8]) -> Result<Entry, crate::book::SourceError> {
    Entry::decode(EntryNumber(number), bytes).map_err(|error| crate::book::SourceError(Box::new(error)))
}

/// What a trace tells of an entry.
pub(crate) fn note(entry: Entry) -> EntryNote {
    EntryNote {
        number: entry.number.0,
        kind: entry.kind.word().to_owned(),
        register: entry.register,
        record: entry.record.0,
        effective: entry.effective,
        recorded: entry.recorded,
        actor: entry.actor,
        evidence: entry.evidence.iter().map(ToString::to_string).collect(),
        note: entry.note,
    }
}
