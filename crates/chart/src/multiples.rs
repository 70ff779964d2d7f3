//! Small multiples: many small lines of the same make, each with its name and its last value.

use rust_decimal::Decimal;

use crate::canvas::{Canvas, Size, part, shorten};
use crate::drawing::{Anchor, Drawing, Ink, Shape};
use crate::figure::{Cell, Column, Plot, Table};
use crate::lines::{Value, draw_line};
use crate::scale::{bounds, place};

/// A chart of small multiples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Multiples {
    /// The periods that all panels share, in order.
    pub axis: Vec<String>,
    /// What the panels are, for the table's first heading.
    pub kind: String,
    /// The panels, in order.
    pub panels: Vec<Panel>,
    /// Whether all panels have one scale, so that their heights can be compared; else each has its own from zero.
    pub common: bool,
}

/// A panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panel {
    /// Its name, with the unit where panels have different ones.
    pub label: String,
    /// One value for each period.
    pub values: Vec<Value>,
    /// What was promised.
    pub target: Option<Decimal>,
}

impl Plot for Multiples {
    fn draw(&self, size: Size) -> Drawing {
        let mut canvas = Canvas::new(size);
        let m = canvas.m;
        let (across, gap) = (if size == Size::Narrow { 2 } else { 4 }, m.small * 2);
        let width = (m.width - gap * (across - 1)) / across;
        let plot = m.plot / 4;
        let height = m.small * 9 / 2 + plot + m.small;
        let all = |panel: &Panel| {
            panel.values.iter().filter_map(|value| value.value).chain(panel.target).collect::<Vec<_>>()
        };
        let common = bounds(self.panels.iter().flat_map(all));
        let down = self.panels.len().div_ceil(usize::try_from(across).unwrap_or(1));
        for (index, panel) in self.panels.iter().enumerate() {
            let index = i32::try_from(index).unwrap_or(i32::MAX);
            let at = ((index % across) * (width + gap), (index / across).saturating_mul(height));
            let bounds = if self.common { common } else { bounds(all(panel)) };
            self.panel(&mut canvas, panel, at, (width, plot), bounds);
        }
        let height = i32::try_from(down).unwrap_or(i32::MAX).saturating_mul(height);
        Drawing { width: m.width, height, shapes: canvas.shapes }
    }

    fn table(&self) -> Table {
        let mut columns = vec![Column::words(&self.kind)];
        columns.extend(self.axis.iter().map(Column::number));
        let rows = self.panels.iter().map(|panel| {
            let mut row = vec![Cell::new(&panel.label)];
            row.extend((0..self.axis.len()).map(|index| {
                let value = panel.values.get(index).cloned().unwrap_or_default();
                Cell { text: value.shown, address: value.address }
            }));
            row
        });
        Table { columns, rows: rows.collect() }
    }
}

impl Multiples {
    fn panel(
        &self,
        canvas: &mut Canvas,
        panel: &Panel,
        (left, top): (i32, i32),
        (width, plot): (i32, i32),
        bounds: (Decimal, Decimal),
    ) {
        let m = canvas.m;
        canvas.label(left, top + m.small, Anchor::Start, Ink::Muted, &shorten(&panel.label, m.small, width));
        let last = panel.values.iter().rfind(|value| value.value.is_some());
        canvas.shapes.push(Shape::Text {
            x: left,
            y: top + m.small * 5 / 2,
            size: m.small * 12 / 10,
            anchor: Anchor::Start,
            ink: Ink::Text,
            heading: true,
            text: shorten(last.map_or("—", |value| value.shown.as_str()), m.small * 12 / 10, width),
        });
        let bottom = top + m.small * 3 + plot;
        let y_of = |value: Decimal| bottom - place(value, bounds, plot);
        canvas.line((left, y_of(Decimal::ZERO)), (left + width, y_of(Decimal::ZERO)), m.axis, Ink::Pale);
        if let Some(target) = panel.target {
            canvas.line((left, y_of(target)), (left + width, y_of(target)), m.axis, Ink::Target);
        }
        let steps = self.axis.len().saturating_sub(1);
        let inset = m.dot.1;
        let x_of = |index: usize| {
            if steps == 0 { left + width / 2 } else { left + inset + part(width - inset * 2, index, steps) }
        };
        let points: Vec<Option<(i32, i32)>> = panel
            .values
            .iter()
            .take(self.axis.len())
            .enumerate()
            .map(|(index, value)| Some((x_of(index), y_of(value.value?))))
            .collect();
        draw_line(canvas, Ink::Accent, &points);
        let size = m.small * 85 / 100;
        if let (Some(first), Some(last)) = (self.axis.first(), self.axis.last()) {
            canvas.sized(left, bottom + m.small * 3 / 2, size, Anchor::Start, Ink::Muted, first);
            if self.axis.len() > 1 {
                canvas.sized(left + width, bottom + m.small * 3 / 2, size, Anchor::End, Ink::Muted, last);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Multiples, Panel};
    use crate::canvas::Size;
    use crate::drawing::Shape;
    use crate::figure::Plot;
    use crate::lines::Value;

    #[test]
    fn panels_stand_in_rows() {
        fn check(count: usize, size: Size, expected: i32) {
            let value =
                |value: i64| Value { value: Some(value.into()), shown: value.to_string(), address: None };
            let panel =
                Panel {
                    label: "指标".to_owned(), values: vec![value(1), value(2)], target: Some(2.into())
                };
            let chart = Multiples {
                axis: vec!["2021".to_owned(), "2022".to_owned()],
                kind: String::new(),
                panels: vec![panel; count],
                common: false,
            };
            let drawing = chart.draw(size);
            let row = size.metrics().small * 11 / 2 + size.metrics().plot / 4;
            assert_eq!(drawing.height, row * expected);
            let inside = drawing.shapes.iter().all(|shape| match shape {
                Shape::Dot { x, y, .. } => {
                    (0..=drawing.width).contains(x) && (0..=drawing.height).contains(y)
                }
                _ => true,
            });
            assert!(inside);
        }
        check(0, Size::Wide, 0);
        check(4, Size::Wide, 1);
        check(5, Size::Wide, 2);
        check(5, Size::Narrow, 3);
    }
}
