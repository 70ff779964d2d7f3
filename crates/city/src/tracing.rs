//! A figure's rows, entries and differences as JSON: the contract of `trace` and `diff`, wherever they are asked.

use figure::{Figure, Row};
use figures::blocking::Engine;
use figures::{Difference, EntryNote, MeasuredNote, Trace, TracePart};
use serde_json::{Map, Value, json};

use crate::error::CityError;

/// A trace with all its rows; `measurements` lists what was measured behind each.
pub fn trace_as_json(engine: &Engine, trace: &Trace, measurements: bool) -> Result<Value, CityError> {
    let lake = trace.figure.id.snapshot.lake.filter(|_| measurements);
    let parts = trace.parts.iter().map(|part| part_as_json(engine, part, lake));
    Ok(json!({
        "id": trace.figure.id.to_string(),
        "value": exact(&trace.figure),
        "recomputed": exact(&trace.recomputed),
        "proven": trace.is_proven(),
        "unit": trace.figure.unit,
        "parts": parts.collect::<Result<Vec<_>, CityError>>()?,
    }))
}

/// The measurements behind a row as a batch of the lake knows them; none where there is no batch or no such row.
pub fn measured_notes(engine: &Engine, row: &Row, lake: Option<u64>) -> Result<Vec<MeasuredNote>, CityError> {
    match (&row.measured, lake) {
        (Some(place), Some(lake)) => Ok(engine.measurements(place, lake)?),
        _ => Ok(Vec::new()),
    }
}

fn part_as_json(engine: &Engine, part: &TracePart, lake: Option<u64>) -> Result<Value, CityError> {
    let rows = part.rows.iter().map(|traced| {
        let row = &traced.row;
        let dimensions: Map<_, _> =
            row.dimensions.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
        let entries: Vec<_> = traced.entries.iter().map(entry_as_json).collect();
        let notes = measured_notes(engine, row, lake)?;
        Ok(json!({
            "key": row.key,
            "amount": row.amount.normalize().to_string(),
            "occurred": row.occurred.map(|day| day.to_string()),
            "dimensions": dimensions,
            "record": row.record,
            "entries": entries,
            "measured": row.measured.as_ref().map(ToString::to_string),
            "measurements": notes.iter().map(note_as_json).collect::<Vec<_>>(),
        }))
    });
    let rows = rows.collect::<Result<Vec<_>, CityError>>()?;
    Ok(json!({ "indicator": part.indicator, "amount_unit": part.amount_unit, "rows": rows }))
}

/// A difference between then and now, with what caused it.
pub fn difference_as_json(difference: &Difference) -> Value {
    let row = |row: &Row| json!({ "key": row.key, "amount": row.amount.normalize().to_string(), "record": row.record });
    let parts: Vec<_> = difference
        .parts
        .iter()
        .map(|part| {
            json!({
                "indicator": part.indicator,
                "then": exact(&part.then),
                "now": exact(&part.now),
                "added": part.added.iter().map(row).collect::<Vec<_>>(),
                "removed": part.removed.iter().map(row).collect::<Vec<_>>(),
                "changed": part.changed.iter().map(|(was, is)| json!([row(was), row(is)])).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "then": { "id": difference.then.id.to_string(), "value": exact(&difference.then) },
        "now": { "id": difference.now.id.to_string(), "value": exact(&difference.now) },
        "parts": parts,
        "entries": difference.entries.iter().map(entry_as_json).collect::<Vec<_>>(),
        "measurements": difference
            .measurements
            .iter()
            .map(|change| json!({
                "then": change.then.as_ref().map(note_as_json),
                "now": change.now.as_ref().map(note_as_json),
            }))
            .collect::<Vec<_>>(),
    })
}

/// A measurement.
pub fn note_as_json(note: &MeasuredNote) -> Value {
    json!({
        "station": note.station,
        "item": note.item,
        "time": note.time.to_string(),
        "value": note.value.map(|value| value.normalize().to_string()),
        "flag": note.flag,
        "batch": note.batch,
        "source": note.source,
    })
}

/// An entry.
pub fn entry_as_json(entry: &EntryNote) -> Value {
    json!({
        "number": entry.number,
        "kind": entry.kind,
        "register": entry.register,
        "record": entry.record,
        "effective": entry.effective.to_string(),
        "recorded": entry.recorded.to_string(),
        "actor": entry.actor,
        "evidence": entry.evidence,
        "note": entry.note,
    })
}

/// The value as it is, not rounded.
fn exact(figure: &Figure) -> Option<String> {
    figure.value.map(|value| value.normalize().to_string())
}
