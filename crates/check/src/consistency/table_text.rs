//! What a sentence says of a table's row and column against the table's cell.

use std::collections::BTreeMap;

use message::text;
use quantity::read::Kind;
use quantity::{Unit, convert};
use rust_decimal::Decimal;

use super::cells::{Cell, Grid, heading_unit};
use super::reading::{Reading, Sentence};
use super::span::{Span, counts_exactly, is_exact};
use super::words::{has, noun};
use super::{Place, Relation, Rule, TableCells};

/// A cell that a sentence can speak of: unique by its row and column.
struct Entry {
    row: String,
    column: String,
    bytes: std::ops::Range<usize>,
    words: String,
    value: Decimal,
    step: Decimal,
    unit: String,
}

pub(super) fn find(reading: &Reading<'_>, tables: &[TableCells], out: &mut Vec<Relation>) {
    // By column, whose words stand right before the number; the row is looked for before it.
    let mut columns: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for table in tables {
        for entry in entries(&Grid::new(reading.text, table)) {
            columns.entry(entry.column.clone()).or_default().push(entry);
        }
    }
    if columns.is_empty() {
        return;
    }
    for sentence in reading.sentences().filter(|sentence| !sentence.in_table()) {
        for item in 0..sentence.len() {
            out.extend(look_up(sentence, item, &columns));
        }
    }
}

fn entries(grid: &Grid) -> Vec<Entry> {
    let body = grid.body();
    let mut out = Vec::new();
    for row in &grid.rows[body..] {
        // The label: the first cell with words, at most the second (the first may be a number of order).
        let label = row.iter().take(2).find(|cell| cell.number.is_none() && cell.words.chars().count() >= 2);
        let Some(label) = label else { continue };
        for (column, cell) in row.iter().enumerate().skip(1) {
            let Some(number) = &cell.number else { continue };
            let heading = grid.heading(body, column, row.len());
            let (noun, unit) = heading_unit(&heading);
            let unit = if number.unit.is_empty() { unit.unwrap_or_default() } else { number.unit.as_str() };
            if noun.chars().count() < 2
                || noun.contains(|character: char| character.is_ascii_digit())
                || unit.is_empty()
            {
                continue;
            }
            out.push(entry(label, noun, cell, number.value, number.step, unit));
        }
    }
    out
}

fn entry(label: &Cell, column: &str, cell: &Cell, value: Decimal, step: Decimal, unit: &str) -> Entry {
    Entry {
        row: label.words.clone(),
        column: column.to_owned(),
        bytes: cell.bytes.clone(),
        words: cell.words.clone(),
        value,
        step,
        unit: unit.to_owned(),
    }
}

fn look_up(sentence: Sentence<'_>, item: usize, columns: &BTreeMap<String, Vec<Entry>>) -> Option<Relation> {
    let quantity = sentence.quantity(item);
    if !is_exact(quantity) || !matches!(quantity.kind, Kind::Level | Kind::Share) {
        return None;
    }
    // 汉阳区公园面积为: the words between the numbers, from the row's name to the column's.
    let words = noun(sentence.clause(item));
    if has(
        words,
        &["计划", "目标", "新增", "增加", "减少", "上年", "去年", "同期", "比", "其中", "平均", "、", "和"],
    ) || sentence.dates_before(item).next().is_some()
        || words.chars().count() > 60
    {
        return None;
    }
    // The column's words end the clause: try each end that is a column.
    let (start, entries) =
        words.char_indices().find_map(|(at, _)| columns.get(&words[at..]).map(|entries| (at, entries)))?;
    let subject = words[..start].trim_end_matches('的').trim();
    let mut matching = entries.iter().filter(|entry| {
        entry.row == subject || subject.strip_prefix("全市").is_some_and(|rest| rest == entry.row)
    });
    let entry = matching.next()?;
    if matching.next().is_some() {
        return None;
    }
    let unit = Unit::parse(&entry.unit)?;
    let there = quantity.measure()?;
    if !unit.converts_to(&there) {
        return None;
    }
    let half = if entry.step == Decimal::ONE && counts_exactly(quantity) {
        Decimal::ZERO
    } else {
        entry.step / Decimal::TWO
    };
    let low = convert(entry.value - half, &unit, &there)?;
    let high = convert(entry.value + half, &unit, &there)?;
    let holds = Span::new(low.min(high), low.max(high)).meets(Span::of(quantity)?);
    let expected = format!("{}{}", entry.value.normalize(), entry.unit);
    let found = sentence.surface(item).to_owned();
    let sign = super::span::sign(holds, &expected, &found);
    let (row, column, cell) = (&entry.row, &entry.column, &entry.words);
    Some(Relation {
        rule: Rule::TableText,
        places: vec![sentence.place(item), Place { bytes: entry.bytes.clone(), quantity: None }],
        holds,
        equality: true,
        explanation: text!(
            "表中“{row}”的“{column}”为{cell}：{expected} {sign} {found}",
            "the table has {cell} for `{row}`, `{column}`: {expected} {sign} {found}"
        ),
        expected,
        found,
    })
}
