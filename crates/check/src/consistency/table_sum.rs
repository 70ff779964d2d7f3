//! A table's total row or column against its parts.

use std::ops::Range;

use message::text;
use rust_decimal::Decimal;

use super::cells::{Cell, Grid, heading_unit};
use super::words::has;
use super::{Place, Relation, Rule, TableCells};

/// Columns whose numbers no sum adds up to.
const NO_SUMS: &[&str] = &[
    "率", "比", "均", "%", "‰", "浓度", "指数", "排名", "位次", "序号", "编号", "年份", "年度", "增幅",
    "降幅", "增速", "分贝", "微克", "毫克", "温", "速度", "密度", "单价",
];

pub(super) fn find(source: &str, tables: &[TableCells], out: &mut Vec<Relation>) {
    for table in tables {
        let grid = Grid::new(source, table);
        columns(&grid, out);
        rows(&grid, out);
    }
}

fn is_total(words: &str) -> bool {
    matches!(
        words,
        "合计"
            | "总计"
            | "共计"
            | "总数"
            | "合计数"
            | "总计数"
            | "全市合计"
            | "全省合计"
            | "合計"
            | "總計"
    )
}

fn is_subtotal(words: &str) -> bool {
    matches!(words, "小计" | "小計")
}

/// Whether a row's label says that it is a total, a subtotal or neither: in the first two cells, as the first may be a
/// number of order or a group.
fn kind(row: &[Cell]) -> Line {
    let mut labels = row.iter().take(2).map(|cell| cell.words.as_str());
    if labels.clone().any(is_total) {
        Line::Total
    } else if labels.clone().any(is_subtotal) {
        Line::Subtotal
    } else if labels.any(|label| label.starts_with("其中")) {
        Line::Detail
    } else {
        Line::Part
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Part,
    Detail,
    Subtotal,
    Total,
}

/// A total with its parts, each a cell.
struct Sum<'g> {
    total: &'g Cell,
    parts: Vec<&'g Cell>,
}

fn columns(grid: &Grid, out: &mut Vec<Relation>) {
    let body = grid.body();
    let lines: Vec<Line> = grid.rows.iter().map(|row| kind(row)).collect();
    let rows = body..grid.rows.len();
    // What follows 其中 are details down to no known row.
    if lines[rows.clone()].contains(&Line::Detail) {
        return;
    }
    let totals: Vec<usize> = rows.clone().filter(|row| lines[*row] == Line::Total).collect();
    let subtotals: Vec<usize> = rows.clone().filter(|row| lines[*row] == Line::Subtotal).collect();
    if let [total] = totals[..] {
        let first = total == body;
        let last = total + 1 == grid.rows.len();
        if first || last {
            let range = if first { total + 1..grid.rows.len() } else { body..total };
            let parts: Vec<usize> = if subtotals.is_empty() {
                range.collect()
            } else {
                // Only subtotals that end every group cover all parts.
                let covered = subtotals.iter().max().is_some_and(|latest| latest + 1 == range.end);
                if covered && !first { subtotals.clone() } else { Vec::new() }
            };
            judge(grid, body, total, &parts, out);
        }
    }
    let mut start = body;
    for subtotal in subtotals {
        let parts: Vec<usize> = (start..subtotal).filter(|row| lines[*row] == Line::Part).collect();
        judge(grid, body, subtotal, &parts, out);
        start = subtotal + 1;
    }
}

/// The total row against the rows that it sums up, column by column.
fn judge(grid: &Grid, body: usize, total: usize, parts: &[usize], out: &mut Vec<Relation>) {
    let width = grid.rows[total].len();
    if parts.len() < 2 || parts.iter().any(|row| grid.rows[*row].len() != width) {
        return;
    }
    let mut sums = Vec::new();
    for column in 1..width {
        let heading = grid.heading(body, column, width);
        let cell = &grid.rows[total][column];
        if has(&heading, NO_SUMS) || cell.number.as_ref().is_none_or(|number| has(&number.unit, NO_SUMS)) {
            continue;
        }
        let cells: Vec<&Cell> = parts.iter().map(|row| &grid.rows[*row][column]).collect();
        // A blank is nothing; words are an unknown.
        if cells.iter().any(|cell| cell.number.is_none() && !is_blank(&cell.words)) {
            continue;
        }
        sums.push(Sum {
            total: cell,
            parts: cells.into_iter().filter(|cell| cell.number.is_some()).collect(),
        });
    }
    settle(sums, "合计行", "the total row", out);
}

fn is_blank(words: &str) -> bool {
    matches!(words, "" | "-" | "~" | "/" | "无" | "—")
}

/// The total column against the columns that it sums up, row by row.
fn rows(grid: &Grid, out: &mut Vec<Relation>) {
    let body = grid.body();
    let Some(width) = grid.rows.get(body).map(Vec::len) else { return };
    let headings: Vec<String> = (0..width).map(|column| grid.heading(body, column, width)).collect();
    let totals: Vec<usize> = (1..width)
        .filter(|column| {
            is_total(heading_unit(&headings[*column]).0) || is_subtotal(heading_unit(&headings[*column]).0)
        })
        .collect();
    let [total] = totals[..] else { return };
    if total != 1 && total + 1 != width {
        return;
    }
    // Columns in other units are no parts of it.
    let parts: Vec<usize> =
        (1..width).filter(|column| *column != total && !has(&headings[*column], NO_SUMS)).collect();
    let mut sums = Vec::new();
    for row in grid.rows[body..].iter().filter(|row| row.len() == width && row[total].number.is_some()) {
        let cells: Vec<&Cell> =
            parts.iter().map(|column| &row[*column]).filter(|cell| cell.number.is_some()).collect();
        if cells.len() >= 2 {
            sums.push(Sum { total: &row[total], parts: cells });
        }
    }
    // One row alone does not show that the column sums up the others.
    if sums.iter().filter(|sum| holds(sum).is_some_and(|(holds, _)| holds)).count() < 2 {
        return;
    }
    settle(sums, "合计列", "the total column", out);
}

/// Whether the parts add up within their printed places, and what they add up to.
fn holds(sum: &Sum<'_>) -> Option<(bool, Decimal)> {
    let total = sum.total.number.as_ref()?;
    let (mut exact, mut step) = (Decimal::ZERO, Decimal::ZERO);
    let whole = |number: &super::cells::CellNumber| number.step == Decimal::ONE;
    let mut all_whole = whole(total);
    for part in &sum.parts {
        let number = part.number.as_ref()?;
        if number.unit != total.unit {
            return None;
        }
        exact = exact.checked_add(number.value)?;
        step = step.checked_add(number.step)?;
        all_whole &= whole(number);
    }
    // Whole numbers in a table count things; decimals are rounded.
    let allowed = if all_whole { Decimal::ZERO } else { (step + total.step) / Decimal::TWO };
    Some(((exact - total.value).abs() <= allowed, exact))
}

/// The sums of one total row or column: right ones show that it is one; of wrong ones those near are errors.
fn settle(sums: Vec<Sum<'_>>, zh: &str, en: &str, out: &mut Vec<Relation>) {
    let judged: Vec<(Sum<'_>, bool, Decimal)> =
        sums.into_iter().filter_map(|sum| holds(&sum).map(|(holds, exact)| (sum, holds, exact))).collect();
    let right = judged.iter().filter(|(_, holds, _)| *holds).count();
    for (sum, holds, exact) in &judged {
        let Some(number) = &sum.total.number else { continue };
        // Where the others add up, this one should; alone it must be near enough to be meant.
        let others = right > 0 && right * 2 >= judged.len();
        let near = (exact - number.value).abs() * Decimal::from(6) <= number.value.abs();
        if !holds && !others && (right > 0 || judged.len() > 1 || !near) {
            continue;
        }
        let terms: Vec<&str> = sum.parts.iter().map(|part| part.words.as_str()).collect();
        let expected = format!("{}{}", exact.normalize(), number.unit);
        let (terms, found) = (shortened(&terms), sum.total.words.clone());
        let sign = super::span::sign(*holds, &expected, &found);
        let place = |bytes: &Range<usize>| Place { bytes: bytes.clone(), quantity: None };
        out.push(Relation {
            rule: Rule::TableSum,
            places: std::iter::once(place(&sum.total.bytes))
                .chain(sum.parts.iter().map(|part| place(&part.bytes)))
                .collect(),
            holds: *holds,
            equality: true,
            explanation: text!(
                "{zh}：{terms} = {expected} {sign} {found}",
                "{en}: {terms} = {expected} {sign} {found}"
            ),
            expected,
            found,
        });
    }
}

/// A long sum shows its beginning and end.
fn shortened(terms: &[&str]) -> String {
    match terms {
        [a, b, c, .., z] if terms.len() > 14 => format!("{a} + {b} + {c} + … + {z}"),
        _ => terms.join(" + "),
    }
}
