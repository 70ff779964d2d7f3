//! A figure → its rows → the entries that made them.

use std::collections::{BTreeMap, BTreeSet};

use figure::{Figure, FigureId, Row};
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::{Entry, EntryNumber};
use pack::{Definition, Indicator};
use standards::air::Edition;

use crate::engine::{Engine, Inner};
use crate::error::FigureError;
use crate::evaluate::{self, Leaf};
use crate::formula;
use crate::listing;
use crate::monitor::{EDITION, MeasuredAt};
use crate::request::Request;

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
        let rows = with_entries(engine.inner(), &leaf, rows)?;
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
pub(crate) fn amount_unit(indicator: &Indicator) -> &str {
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
    listing::part(engine, leaf.clone(), scope).await?.all()
}

/// The rows, each with the entries of its record.
pub(crate) fn with_entries(
    inner: &Inner,
    leaf: &Leaf,
    rows: Vec<Row>,
) -> Result<Vec<TracedRow>, FigureError> {
    let notes = entries(inner, leaf, &rows)?;
    let traced = |row: Row| {
        let entries = row.record.and_then(|record| notes.get(&record)).cloned().unwrap_or_default();
        TracedRow { row, entries }
    };
    Ok(rows.into_iter().map(traced).collect())
}

/// The entries behind rows, by record.
fn entries(inner: &Inner, leaf: &Leaf, rows: &[Row]) -> Result<BTreeMap<u64, Vec<EntryNote>>, FigureError> {
    let records: BTreeSet<u64> = rows.iter().filter_map(|row| row.record).collect();
    let mut notes: BTreeMap<u64, Vec<EntryNote>> = BTreeMap::new();
    let mut take = |number: u64, bytes: &[u8]| {
        let entry = decode(number, bytes)?;
        if is_told(leaf, &entry) && records.contains(&entry.record.0) {
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

/// Whether an entry of a row's record is behind the row: known by then, and in effect or a verification.
pub(crate) fn is_told(leaf: &Leaf, entry: &Entry) -> bool {
    let judges = matches!(entry.kind, ledger::Kind::Verify | ledger::Kind::Return);
    entry.number.0 < leaf.known_at && (judges || entry.effective <= leaf.as_of)
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
