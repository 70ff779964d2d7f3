//! Parts of a whole: bars laid end to end, as long as their sum or all as long as each other.

use rust_decimal::Decimal;

use crate::canvas::{Canvas, Size, shorten, widest};
use crate::drawing::{Anchor, Drawing, Ink, text_width};
use crate::figure::{Cell, Column, Plot, Table};
use crate::scale::place;

/// A chart of stacked bars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shares {
    /// What the rows are, for the table's first heading.
    pub kind: String,
    /// The names of the parts, in order.
    pub parts: Vec<String>,
    /// The colours of the parts, in order; the six of series where there are none.
    pub inks: Vec<Ink>,
    /// The bars.
    pub rows: Vec<ShareRow>,
    /// Whether every bar is as long as the plot: shares of its own sum.
    pub of_whole: bool,
}

/// A stacked bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareRow {
    /// What it is.
    pub label: String,
    /// One part for each name. What is less than zero has no length.
    pub parts: Vec<Share>,
}

/// A part of a bar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How much; `None` has no length.
    pub value: Option<Decimal>,
    /// As printed.
    pub shown: String,
    /// Where the number leads.
    pub address: Option<String>,
}

impl Plot for Shares {
    fn draw(&self, size: Size) -> Drawing {
        let mut canvas = Canvas::new(size);
        let m = canvas.m;
        self.names(&mut canvas);
        let labels = widest(self.rows.iter().map(|row| row.label.as_str()), m.small).min(m.width / 3);
        let left = if labels == 0 { 0 } else { labels + m.small };
        let length = (m.width - left).max(1);
        let greatest = self.rows.iter().map(sum).max().unwrap_or_default();
        let height = m.row * 13 / 10;
        for row in &self.rows {
            let baseline = canvas.y + height / 2 + m.small * 35 / 100;
            let label = shorten(&row.label, m.small, m.width / 3);
            canvas.label(left - m.small / 2, baseline, Anchor::End, Ink::Text, &label);
            let whole = if self.of_whole { sum(row) } else { greatest };
            let mut before = Decimal::ZERO;
            for (index, share) in row.parts.iter().enumerate() {
                let value = share.value.unwrap_or_default().max(Decimal::ZERO);
                let from = left + place(before, (Decimal::ZERO, whole), length);
                before = before.saturating_add(value);
                let to = left + place(before, (Decimal::ZERO, whole), length);
                if to == from {
                    continue;
                }
                canvas.rectangle(from, canvas.y + height / 10, to - from, height * 8 / 10, self.ink(index));
                // A thin seam of paper tells neighbours apart without their colours.
                canvas.line(
                    (to, canvas.y + height / 10),
                    (to, canvas.y + height * 9 / 10),
                    m.axis,
                    Ink::Upon,
                );
                if text_width(&share.shown, m.small) + m.small / 2 <= to - from {
                    canvas.label(i32::midpoint(from, to), baseline, Anchor::Middle, Ink::Upon, &share.shown);
                }
            }
            canvas.y += height;
        }
        Drawing { width: m.width, height: canvas.y, shapes: canvas.shapes }
    }

    fn table(&self) -> Table {
        let mut columns = vec![Column::words(&self.kind)];
        columns.extend(self.parts.iter().map(Column::number));
        let rows = self.rows.iter().map(|row| {
            let mut cells = vec![Cell::new(&row.label)];
            cells.extend((0..self.parts.len()).map(|index| {
                let share = row.parts.get(index).cloned().unwrap_or_default();
                Cell { text: share.shown, address: share.address }
            }));
            cells
        });
        Table { columns, rows: rows.collect() }
    }
}

impl Shares {
    /// The parts' names above the bars, each with its colour.
    fn names(&self, canvas: &mut Canvas) {
        let m = canvas.m;
        let mut x = 0;
        canvas.y += m.small * 13 / 10;
        for (index, name) in self.parts.iter().enumerate() {
            let name = shorten(name, m.small, m.width - m.small * 2);
            let width = m.small * 3 / 2 + text_width(&name, m.small);
            if x > 0 && x + width > m.width {
                x = 0;
                canvas.y += m.small * 15 / 10;
            }
            canvas.rectangle(
                x,
                canvas.y - m.small * 8 / 10,
                m.small * 8 / 10,
                m.small * 8 / 10,
                self.ink(index),
            );
            canvas.label(x + m.small * 11 / 10, canvas.y, Anchor::Start, Ink::Text, &name);
            x += width + m.small;
        }
        canvas.y += m.small * 7 / 10;
    }

    fn ink(&self, index: usize) -> Ink {
        let kind = Ink::Series(u8::try_from(index % 6).unwrap_or(0));
        self.inks.get(index).copied().unwrap_or(kind)
    }
}

fn sum(row: &ShareRow) -> Decimal {
    let values = row.parts.iter().filter_map(|share| share.value);
    values.fold(Decimal::ZERO, |sum, value| sum.saturating_add(value.max(Decimal::ZERO)))
}

#[cfg(test)]
mod tests {
    use super::{Share, ShareRow, Shares};
    use crate::canvas::Size;
    use crate::drawing::{Ink, Shape};
    use crate::figure::Plot;

    #[test]
    fn parts_fill_their_bar() {
        fn check(of_whole: bool, rows: &[&[i64]], expected: &[i32]) {
            let share = |value: &i64| Share { value: Some((*value).into()), ..Share::default() };
            let rows = rows
                .iter()
                .map(|parts| ShareRow { label: String::new(), parts: parts.iter().map(share).collect() });
            let chart = Shares {
                kind: String::new(),
                parts: Vec::new(),
                inks: vec![Ink::Accent; 4],
                rows: rows.collect(),
                of_whole,
            };
            let shapes = chart.draw(Size::Wide).shapes;
            let widths: Vec<i32> = shapes
                .iter()
                .filter_map(|shape| match shape {
                    Shape::Rectangle { width, .. } => Some(*width),
                    _ => None,
                })
                .collect();
            assert_eq!(widths, expected);
        }
        check(true, &[&[1, 3], &[1, 1]], &[1800, 5400, 3600, 3600]);
        check(false, &[&[1, 3], &[1, 1]], &[1800, 5400, 1800, 1800]);
        check(true, &[&[0, 0], &[-5, 5]], &[7200]);
        check(true, &[&[1, 1, 1]], &[2400, 2400, 2400]);
    }
}
