//! Bars from zero, upright where their names are short, lying where they are long or many.

use rust_decimal::Decimal;

use crate::canvas::{Canvas, Metrics, Size, every, shorten, whole, widest};
use crate::drawing::{Anchor, Drawing, Ink, Shape, text_width};
use crate::figure::{Cell, Column, Plot, Table};
use crate::paper::ChartKind;
use crate::scale::{bounds, place};

/// A bar, with what was promised of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What it is.
    pub label: String,
    /// How long it is; `None` leaves a gap. Only geometry is taken from it, never digits.
    pub value: Option<Decimal>,
    /// What stands at it, as printed.
    pub shown: String,
    /// What was promised: a mark across the bar.
    pub target: Option<Decimal>,
    /// Its colour, by what it means.
    pub ink: Ink,
    /// Where the number leads.
    pub address: Option<String>,
}

impl Default for Bar {
    fn default() -> Self {
        Self {
            label: String::new(),
            value: None,
            shown: String::new(),
            target: None,
            ink: Ink::Accent,
            address: None,
        }
    }
}

/// A chart of bars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bars {
    /// The bars, in order.
    pub bars: Vec<Bar>,
    /// What the bars are, for the table's first heading: 城区.
    pub kind: String,
    /// What is measured, with its unit, for the table's second heading.
    pub measure: String,
}

impl Plot for Bars {
    fn draw(&self, size: Size) -> Drawing {
        let mut canvas = Canvas::new(size);
        if wants_rows(&self.bars, canvas.m) {
            rows(&mut canvas, &self.bars);
        } else {
            columns(&mut canvas, &self.bars, ChartKind::Bars);
        }
        Drawing { width: canvas.m.width, height: canvas.y, shapes: canvas.shapes }
    }

    fn table(&self) -> Table {
        let rows = self.bars.iter().map(|bar| {
            vec![Cell::new(&bar.label), Cell { text: bar.shown.clone(), address: bar.address.clone() }]
        });
        Table {
            columns: vec![Column::words(&self.kind), Column::number(&self.measure)],
            rows: rows.collect(),
        }
    }
}

/// Long names and many bars are easier to read as rows.
pub(crate) fn wants_rows(bars: &[Bar], m: Metrics) -> bool {
    let slot = m.width / whole(bars.len().max(1));
    bars.iter().any(|bar| text_width(&bar.label, m.small) > slot - m.small / 2)
}

/// Upright bars, or the same as a line of points.
pub(crate) fn columns(canvas: &mut Canvas, bars: &[Bar], kind: ChartKind) {
    let m = canvas.m;
    let count = whole(bars.len().max(1));
    let slot = (m.width / count).max(1);
    let bounds = bounds(bars.iter().flat_map(|bar| [bar.value, bar.target]).flatten());
    let top = canvas.y + m.small * 3 / 2;
    let bottom = top + m.plot;
    let zero = bottom - place(Decimal::ZERO, bounds, m.plot);
    canvas.line((0, zero), (m.width, zero), m.axis, Ink::Pale);

    // Where labels would touch, every second (third, …) is written.
    let room = |texts: i32| every(texts + m.small / 2, slot);
    let every_value = room(widest(bars.iter().map(|bar| bar.shown.as_str()), m.small));
    let every_label = room(widest(bars.iter().map(|bar| bar.label.as_str()), m.small));

    let mut last: Option<(i32, i32)> = None;
    for (index, bar) in bars.iter().enumerate() {
        let left = i32::try_from(i64::from(m.width) * index as i64 / i64::from(count)).unwrap_or(0);
        let middle = left + slot / 2;
        // From the last, so that the newest period always has its labels.
        let shows = |every: usize| (bars.len() - 1 - index).is_multiple_of(every);
        if shows(every_label) {
            canvas.label(middle, bottom + m.small * 3 / 2, Anchor::Middle, Ink::Muted, &bar.label);
        }
        let Some(value) = bar.value else {
            last = None;
            canvas.label(middle, zero - m.small / 2, Anchor::Middle, Ink::Muted, &bar.shown);
            continue;
        };
        let y = bottom - place(value, bounds, m.plot);
        match kind {
            ChartKind::Bars => {
                let width = (slot * 6 / 10).clamp(1, m.column);
                let (y, height) = (y.min(zero), (zero - y).abs().max(1));
                canvas.rectangle(middle - width / 2, y, width, height, bar.ink);
                if let Some(target) = bar.target {
                    let y = bottom - place(target, bounds, m.plot);
                    let half = width * 7 / 10;
                    canvas.line((middle - half, y), (middle + half, y), m.line, Ink::Text);
                }
            }
            ChartKind::Line => {
                if let Some(from) = last {
                    canvas.shapes.push(Shape::Line { from, to: (middle, y), width: m.line, ink: bar.ink });
                }
                canvas.dot((middle, y), (slot / 5).clamp(m.dot.0, m.dot.1), bar.ink);
                last = Some((middle, y));
            }
        }
        if shows(every_value) {
            let below = value < Decimal::ZERO && kind == ChartKind::Bars;
            let y = if below { y + m.small * 11 / 10 } else { y - m.small * 4 / 10 };
            canvas.label(middle, y, Anchor::Middle, Ink::Text, &bar.shown);
        }
    }
    canvas.y = bottom + m.small * 2;
}

/// Lying bars, one below the other.
pub(crate) fn rows(canvas: &mut Canvas, bars: &[Bar]) {
    let m = canvas.m;
    let row = m.row.min(m.most / whole(bars.len().max(1))).max(1);
    let size = m.small.min(row * 7 / 10).max(1);
    let labels = widest(bars.iter().map(|bar| bar.label.as_str()), size).min(m.width / 3) + size;
    let values = widest(bars.iter().map(|bar| bar.shown.as_str()), size) + size;
    let length = (m.width - labels - values).max(1);
    let bounds = bounds(bars.iter().flat_map(|bar| [bar.value, bar.target]).flatten());
    let zero = labels + place(Decimal::ZERO, bounds, length);
    let top = canvas.y;
    for bar in bars {
        let baseline = canvas.y + row / 2 + size * 35 / 100;
        let label = shorten(&bar.label, size, m.width / 3);
        canvas.sized(labels - size / 2, baseline, size, Anchor::End, Ink::Text, &label);
        let mut end = bar.value.map_or(zero, |value| labels + place(value, bounds, length));
        if bar.value.is_some() {
            let (x, width) = (zero.min(end), (end - zero).abs().max(1));
            let height = (row * 6 / 10).max(1);
            canvas.rectangle(x, canvas.y + (row - height) / 2, width, height, bar.ink);
        }
        if let Some(target) = bar.target {
            let x = labels + place(target, bounds, length);
            canvas.line((x, canvas.y + row / 10), (x, canvas.y + row * 9 / 10), m.line, Ink::Text);
            // The value stands behind whichever is farther.
            end = end.max(x);
        }
        canvas.sized(zero.max(end) + size / 3, baseline, size, Anchor::Start, Ink::Text, &bar.shown);
        canvas.y += row;
    }
    canvas.line((zero, top), (zero, canvas.y), m.axis, Ink::Pale);
}
