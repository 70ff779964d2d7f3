//! Where everything in a chart stands.
//!
//! Title, subtitle, plot, foot, from the top. Bars stand from zero and carry their value; a missing
//! value is a gap. There is no axis of numbers: the values say it themselves, and no number is made here.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{Anchor, Drawing, Ink, Shape, points, text_width};
use crate::document::{Chart, ChartKind, Point};

const WIDTH: i32 = 15_600;
const TITLE: i32 = points(14);
const SMALL: i32 = points(10);
const FOOT: i32 = points(9);
const PLOT_HEIGHT: i32 = 5_200;
const ROW: i32 = 620;
/// More rows than this would not fit a page, so they grow thinner.
const MOST_ROWS_HEIGHT: i32 = 16_000;

/// The chart's picture.
pub(crate) fn draw(chart: &Chart) -> Drawing {
    let mut canvas = Canvas { shapes: Vec::new(), y: 0 };
    canvas.paragraph(&chart.title, TITLE, Ink::Text, true);
    canvas.paragraph(&chart.subtitle, SMALL, Ink::Muted, false);
    canvas.y += 300;
    if chart.kind == ChartKind::Bars && wants_rows(&chart.points) {
        canvas.rows(&chart.points);
    } else {
        canvas.columns(&chart.points, chart.kind);
    }
    canvas.y += 250;
    canvas.paragraph(&chart.foot, FOOT, Ink::Muted, false);
    Drawing { width: WIDTH, height: canvas.y + 100, shapes: canvas.shapes }
}

/// Long names and many bars are easier to read as rows.
fn wants_rows(points: &[Point]) -> bool {
    let slot = WIDTH / i32::try_from(points.len().max(1)).unwrap_or(i32::MAX);
    points.iter().any(|point| text_width(&point.label, SMALL) > slot - SMALL / 2)
}

/// The least and greatest value, with zero between them.
fn bounds(points: &[Point]) -> (Decimal, Decimal) {
    let values = || points.iter().filter_map(|point| point.value);
    (
        values().min().unwrap_or_default().min(Decimal::ZERO),
        values().max().unwrap_or_default().max(Decimal::ZERO),
    )
}

/// How far the value lies from the least, of a length that holds the whole range.
fn place(value: Decimal, (least, greatest): (Decimal, Decimal), length: i32) -> i32 {
    let share = greatest
        .checked_sub(least)
        .and_then(|range| value.checked_sub(least)?.checked_div(range))
        .and_then(|share| (share * Decimal::from(length)).round().to_i32());
    share.unwrap_or(0).clamp(0, length)
}

struct Canvas {
    shapes: Vec<Shape>,
    y: i32,
}

impl Canvas {
    /// Lines of text, broken where they would leave the picture.
    fn paragraph(&mut self, text: &str, size: i32, ink: Ink, heading: bool) {
        for line in wrap(text, size, WIDTH) {
            self.y += size * 13 / 10;
            let text = Shape::Text { x: 0, y: self.y, size, anchor: Anchor::Start, ink, heading, text: line };
            self.shapes.push(text);
        }
        self.y += size * 2 / 10;
    }

    fn columns(&mut self, points: &[Point], kind: ChartKind) {
        let count = i32::try_from(points.len().max(1)).unwrap_or(i32::MAX);
        let slot = (WIDTH / count).max(1);
        let bounds = bounds(points);
        let top = self.y + SMALL * 3 / 2;
        let bottom = top + PLOT_HEIGHT;
        let zero = bottom - place(Decimal::ZERO, bounds, PLOT_HEIGHT);
        self.shapes.push(Shape::Line { from: (0, zero), to: (WIDTH, zero), width: 18, ink: Ink::Pale });

        // Where labels would touch, every second (third, …) is written.
        let widest = |text: fn(&Point) -> &str| {
            points.iter().map(|point| text_width(text(point), SMALL)).max().unwrap_or(0) + SMALL / 2
        };
        let every = |width: i32| usize::try_from(((width + slot - 1) / slot).max(1)).unwrap_or(1);
        let (every_value, every_label) =
            (every(widest(|point| &point.shown)), every(widest(|point| &point.label)));

        let mut last: Option<(i32, i32)> = None;
        for (index, point) in points.iter().enumerate() {
            let left = i32::try_from(i64::from(WIDTH) * index as i64 / i64::from(count)).unwrap_or(0);
            let middle = left + slot / 2;
            // From the last, so that the newest period always has its labels.
            let shows = |every: usize| (points.len() - 1 - index).is_multiple_of(every);
            if shows(every_label) {
                self.label(middle, bottom + SMALL * 3 / 2, Anchor::Middle, Ink::Muted, &point.label);
            }
            let Some(value) = point.value else {
                last = None;
                self.label(middle, zero - SMALL / 2, Anchor::Middle, Ink::Muted, &point.shown);
                continue;
            };
            let y = bottom - place(value, bounds, PLOT_HEIGHT);
            match kind {
                ChartKind::Bars => {
                    let width = (slot * 6 / 10).clamp(1, 1_600);
                    let (y, height) = (y.min(zero), (zero - y).abs().max(1));
                    self.shapes.push(Shape::Rectangle {
                        x: middle - width / 2,
                        y,
                        width,
                        height,
                        ink: Ink::Accent,
                    });
                }
                ChartKind::Line => {
                    if let Some(from) = last {
                        self.shapes.push(Shape::Line { from, to: (middle, y), width: 45, ink: Ink::Accent });
                    }
                    let radius = (slot / 5).clamp(20, 80);
                    self.shapes.push(Shape::Dot { x: middle, y, radius, ink: Ink::Accent });
                    last = Some((middle, y));
                }
            }
            if shows(every_value) {
                let below = value < Decimal::ZERO && kind == ChartKind::Bars;
                let y = if below { y + SMALL * 11 / 10 } else { y - SMALL * 4 / 10 };
                self.label(middle, y, Anchor::Middle, Ink::Text, &point.shown);
            }
        }
        self.y = bottom + SMALL * 2;
    }

    fn rows(&mut self, points: &[Point]) {
        let count = i32::try_from(points.len().max(1)).unwrap_or(i32::MAX);
        let row = ROW.min(MOST_ROWS_HEIGHT / count).max(1);
        let size = SMALL.min(row * 7 / 10).max(1);
        let widest = |text: fn(&Point) -> &str| {
            points.iter().map(|point| text_width(text(point), size)).max().unwrap_or(0)
        };
        let labels = widest(|point| &point.label).min(WIDTH / 3) + size;
        let values = widest(|point| &point.shown) + size;
        let length = (WIDTH - labels - values).max(1);
        let bounds = bounds(points);
        let zero = labels + place(Decimal::ZERO, bounds, length);
        let top = self.y;
        for point in points {
            let baseline = self.y + row / 2 + size * 35 / 100;
            let label = shorten(&point.label, size, WIDTH / 3);
            self.sized(labels - size / 2, baseline, size, Anchor::End, Ink::Text, &label);
            let end = point.value.map_or(zero, |value| labels + place(value, bounds, length));
            if point.value.is_some() {
                let (x, width) = (zero.min(end), (end - zero).abs().max(1));
                let height = (row * 6 / 10).max(1);
                let y = self.y + (row - height) / 2;
                self.shapes.push(Shape::Rectangle { x, y, width, height, ink: Ink::Accent });
            }
            self.sized(zero.max(end) + size / 3, baseline, size, Anchor::Start, Ink::Text, &point.shown);
            self.y += row;
        }
        self.shapes.push(Shape::Line { from: (zero, top), to: (zero, self.y), width: 18, ink: Ink::Pale });
    }

    fn label(&mut self, x: i32, y: i32, anchor: Anchor, ink: Ink, text: &str) {
        self.sized(x, y, SMALL, anchor, ink, text);
    }

    fn sized(&mut self, x: i32, y: i32, size: i32, anchor: Anchor, ink: Ink, text: &str) {
        self.shapes.push(Shape::Text { x, y, size, anchor, ink, heading: false, text: text.to_owned() });
    }
}

/// Lines no wider than `width`.
fn wrap(text: &str, size: i32, width: i32) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for character in text.chars().filter(|character| !character.is_control()) {
        let advance = super::half_ems(character) * size / 2;
        if used + advance > width {
            lines.push(String::new());
            used = 0;
        }
        used += advance;
        if let Some(line) = lines.last_mut() {
            line.push(character);
        }
    }
    lines
}

fn shorten(text: &str, size: i32, width: i32) -> String {
    if text_width(text, size) <= width {
        return text.to_owned();
    }
    let mut line = wrap(text, size, width - size).into_iter().next().unwrap_or_default();
    line.push('…');
    line
}

#[cfg(test)]
mod tests {
    use super::{Canvas, wrap};
    use crate::document::{Chart, ChartKind, Point, Table};
    use crate::drawing::{Shape, draw};

    fn chart(kind: ChartKind, values: &[Option<i64>]) -> Chart {
        let points = values
            .iter()
            .enumerate()
            .map(|(index, value)| Point {
                label: format!("{}年", 2016 + index),
                value: value.map(Into::into),
                shown: value.map_or("—".to_owned(), |value| value.to_string()),
            })
            .collect();
        Chart {
            title: "码头数量".to_owned(),
            subtitle: "单位：个".to_owned(),
            foot: "数据来源".to_owned(),
            kind,
            points,
            table: Table::default(),
        }
    }

    /// Bars' heights, from the shapes.
    fn heights(values: &[Option<i64>]) -> Vec<i32> {
        let shapes = draw(&chart(ChartKind::Bars, values)).shapes;
        shapes
            .iter()
            .filter_map(|shape| match shape {
                Shape::Rectangle { height, .. } => Some(*height),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn bars_stand_from_zero() {
        assert_eq!(heights(&[Some(583), Some(188)]), [5200, 1677]);
        assert_eq!(heights(&[Some(0), Some(10)]), [1, 5200]);
        assert_eq!(heights(&[Some(-10), Some(10)]), [2600, 2600]);
        assert_eq!(heights(&[None, Some(10), None]), [5200]);
        assert_eq!(heights(&[]), [0_i32; 0]);
        assert_eq!(heights(&[Some(0)]), [1]);
        assert_eq!(heights(&[Some(i64::MAX), Some(i64::MIN)]).len(), 2);
    }

    #[test]
    fn a_line_breaks_where_a_value_is_missing() {
        let drawing = draw(&chart(ChartKind::Line, &[Some(1), Some(2), None, Some(3), Some(4)]));
        let strokes =
            drawing.shapes.iter().filter(|shape| matches!(shape, Shape::Line { width: 45, .. })).count();
        assert_eq!(strokes, 2);
    }

    #[test]
    fn many_points_keep_their_place() {
        let values: Vec<_> = (0..400).map(Some).collect();
        for kind in [ChartKind::Bars, ChartKind::Line] {
            let drawing = draw(&chart(kind, &values));
            assert!(drawing.height < 22_500, "{} does not fit a page", drawing.height);
        }
        assert_eq!(wrap("一二三四", 100, 250), ["一二", "三四"]);
        let _ = Canvas { shapes: Vec::new(), y: 0 };
    }
}
