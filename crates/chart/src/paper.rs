//! The charts of reports: title, subtitle, plot, foot, from the top.
//!
//! There is no axis of numbers: the values say it themselves, and no number is made here.

use rust_decimal::Decimal;

use crate::bars::{self, Bar};
use crate::canvas::{Canvas, Size};
use crate::drawing::{Drawing, Ink};

/// A chart of a report.
#[derive(Clone, Copy, Debug)]
pub struct Paper<'a> {
    /// The subject.
    pub title: &'a str,
    /// The unit and the time.
    pub subtitle: &'a str,
    /// The source and the identity of the figures.
    pub foot: &'a str,
    /// Bars or a line.
    pub kind: ChartKind,
    /// The data, in order.
    pub points: &'a [Point],
}

/// How points are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChartKind {
    /// Bars from zero.
    #[default]
    Bars,
    /// A line with its points.
    Line,
}

/// A datum of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// What stands under it.
    pub label: String,
    /// How high it is; `None` leaves a gap. Only geometry is taken from it, never digits.
    pub value: Option<Decimal>,
    /// What stands at it, as printed.
    pub shown: String,
}

/// The chart's picture.
pub fn paper(chart: &Paper<'_>) -> Drawing {
    let mut canvas = Canvas::new(Size::Paper);
    let m = canvas.m;
    canvas.paragraph(chart.title, m.title, Ink::Text, true);
    canvas.paragraph(chart.subtitle, m.small, Ink::Muted, false);
    canvas.y += 300;
    let bars: Vec<Bar> = chart
        .points
        .iter()
        .map(|point| Bar {
            label: point.label.clone(),
            value: point.value,
            shown: point.shown.clone(),
            ..Bar::default()
        })
        .collect();
    if chart.kind == ChartKind::Bars && bars::wants_rows(&bars, m) {
        bars::rows(&mut canvas, &bars);
    } else {
        bars::columns(&mut canvas, &bars, chart.kind);
    }
    canvas.y += 250;
    canvas.paragraph(chart.foot, m.foot, Ink::Muted, false);
    Drawing { width: m.width, height: canvas.y + 100, shapes: canvas.shapes }
}

#[cfg(test)]
mod tests {
    use super::{ChartKind, Paper, Point, paper};
    use crate::drawing::{Drawing, Shape};

    fn draw(kind: ChartKind, values: &[Option<i64>]) -> Drawing {
        let points: Vec<Point> = values
            .iter()
            .enumerate()
            .map(|(index, value)| Point {
                label: format!("{}年", 2016 + index),
                value: value.map(Into::into),
                shown: value.map_or("—".to_owned(), |value| value.to_string()),
            })
            .collect();
        paper(&Paper {
            title: "码头数量", subtitle: "单位：个", foot: "数据来源", kind, points: &points
        })
    }

    /// Bars' heights, from the shapes.
    fn heights(values: &[Option<i64>]) -> Vec<i32> {
        let shapes = draw(ChartKind::Bars, values).shapes;
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
        let drawing = draw(ChartKind::Line, &[Some(1), Some(2), None, Some(3), Some(4)]);
        let strokes =
            drawing.shapes.iter().filter(|shape| matches!(shape, Shape::Line { width: 45, .. })).count();
        assert_eq!(strokes, 2);
    }

    #[test]
    fn many_points_keep_their_place() {
        let values: Vec<_> = (0..400).map(Some).collect();
        for kind in [ChartKind::Bars, ChartKind::Line] {
            let drawing = draw(kind, &values);
            assert!(drawing.height < 22_500, "{} does not fit a page", drawing.height);
        }
    }
}
