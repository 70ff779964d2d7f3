//! A figure then and now: the rows that differ, and the entries that made them differ.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use figure::{Figure, FigureId, Row, Snapshot};
use pack::UNITS;

use crate::engine::{Engine, Inner};
use crate::error::FigureError;
use crate::evaluate;
use crate::monitor::{MeasuredAt, MeasuredChange};
use crate::trace::{self, EntryNote};

/// How many entries are listed where a difference cannot be laid to single records.
pub const MOST: usize = 1_000;

/// A figure then and now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The figure as it was pinned.
    pub then: Figure,
    /// The same question, asked of the later book.
    pub now: Figure,
    /// The indicators with rows that it rests on, each with its own difference.
    pub parts: Vec<DifferencePart>,
    /// The entries since that made the difference, in the order of the book.
    pub entries: Vec<EntryNote>,
    /// The measurements that were added, corrected or flagged since, behind the rows that differ.
    pub measurements: Vec<MeasuredChange>,
}

/// The difference of one indicator's rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferencePart {
    /// The indicator's key.
    pub indicator: String,
    /// Its figure then.
    pub then: Figure,
    /// Its figure now.
    pub now: Figure,
    /// Rows that are new.
    pub added: Vec<Row>,
    /// Rows that are gone.
    pub removed: Vec<Row>,
    /// Rows of which something changed: as they were, as they are.
    pub changed: Vec<(Row, Row)>,
}

/// Compares a figure with itself, later.
pub(crate) async fn diff(
    engine: &Engine,
    id: &FigureId,
    now: Option<u64>,
) -> Result<Difference, FigureError> {
    engine.check_pack(id)?;
    let inner = engine.inner();
    let known_at = match now {
        Some(known_at) => known_at,
        None => inner.book.size()?,
    };
    let lake = match id.snapshot.lake {
        Some(_) => inner.monitor.version()?,
        None => None,
    };
    let later = FigureId { snapshot: Snapshot { known_at, lake, ..id.snapshot }, ..id.clone() };
    let mut parts = Vec::new();
    let mut entries = BTreeMap::new();
    let mut measurements = Vec::new();
    for (leaf, _) in trace::leaves(inner, id)? {
        let of = |id: &FigureId| FigureId { indicator: leaf.indicator.clone(), ..id.clone() };
        let before = trace::rows_of(engine, &leaf, &id.scope).await?;
        let measured_later = leaf.measured.map(|at| MeasuredAt { lake, ..at });
        let leaf_later = evaluate::Leaf { known_at, measured: measured_later, ..leaf.clone() };
        let after = trace::rows_of(engine, &leaf_later, &id.scope).await?;
        let part = compare(
            &leaf.indicator,
            (trace::one(engine, &of(id)).await?, trace::one(engine, &of(&later)).await?),
            (before, after),
        );
        causes(inner, &part, &leaf, known_at, &mut entries)?;
        if let (Some(then), Some(now)) = (id.snapshot.lake, lake) {
            measurements.extend(measured_causes(inner, &part, then, now)?);
        }
        parts.push(part);
    }
    Ok(Difference {
        then: trace::one(engine, id).await?,
        now: trace::one(engine, &later).await?,
        parts,
        entries: entries.into_values().collect(),
        measurements,
    })
}

fn compare(
    indicator: &str,
    (then, now): (Figure, Figure),
    (before, after): (Vec<Row>, Vec<Row>),
) -> DifferencePart {
    let mut gone: BTreeMap<String, Row> = before.into_iter().map(|row| (row.key.clone(), row)).collect();
    let (mut added, mut changed) = (Vec::new(), Vec::new());
    for row in after {
        match gone.remove(&row.key) {
            None => added.push(row),
            Some(was) if was == row => {}
            Some(was) => changed.push((was, row)),
        }
    }
    let mut removed: Vec<Row> = gone.into_values().collect();
    removed.sort_by_cached_key(|row| (row.key.parse::<i128>().unwrap_or(i128::MAX), row.key.clone()));
    DifferencePart { indicator: indicator.to_owned(), then, now, added, removed, changed }
}

/// The measurements that explain a part's difference: those behind its rows that are known otherwise now.
fn measured_causes(
    inner: &Inner,
    part: &DifferencePart,
    then: u64,
    now: u64,
) -> Result<Vec<MeasuredChange>, FigureError> {
    let rows = part.added.iter().chain(&part.removed).chain(part.changed.iter().map(|(_, is)| is));
    let mut looked_at = HashSet::new();
    let mut changes = Vec::new();
    for place in rows.filter_map(|row| row.measured.as_ref()) {
        if changes.len() < MOST && looked_at.insert(place) {
            changes.extend(inner.monitor.changes(place, then, now)?);
        }
    }
    changes.truncate(MOST);
    Ok(changes)
}

/// Collects the entries between the two snapshots that explain a part's difference: those of the records
/// of its rows; and where a row differs though its record has none (a unit was moved, another register
/// changed, a row that stands for many records), those of all registers that the rows come from.
fn causes(
    inner: &Inner,
    part: &DifferencePart,
    leaf: &evaluate::Leaf,
    known_at: u64,
    entries: &mut BTreeMap<u64, EntryNote>,
) -> Result<(), FigureError> {
    let between = leaf.known_at.min(known_at)..leaf.known_at.max(known_at);
    let rows =
        part.added.iter().chain(&part.removed).chain(part.changed.iter().flat_map(|(was, is)| [was, is]));
    let mut looked_at = BTreeSet::new();
    let mut unexplained = false;
    for row in rows {
        let Some(record) = row.record else {
            unexplained = true;
            continue;
        };
        if !looked_at.insert(record) {
            continue;
        }
        let before = entries.len();
        inner.book.history(record, &mut |number, bytes| {
            if between.contains(&number) {
                entries.insert(number, trace::note(trace::decode(number, bytes)?));
            }
            Ok(())
        })?;
        unexplained |= entries.len() == before && !entries.values().any(|entry| entry.record == record);
    }
    if unexplained {
        let mut registers = evaluate::needs(inner, leaf)?.registers;
        if inner.pack.register(UNITS).is_some() {
            registers.insert(UNITS.to_owned());
        }
        for register in registers {
            inner.book.for_each(&register, between.clone(), &mut |number, bytes| {
                if entries.len() < MOST {
                    entries.insert(number, trace::note(trace::decode(number, bytes)?));
                }
                Ok(())
            })?;
        }
    }
    Ok(())
}
