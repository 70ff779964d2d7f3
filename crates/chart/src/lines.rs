//! Values over time: a line for each series, with gaps where values are missing, and the promise as a dashed line.

use message::Language;
use rust_decimal::Decimal;

use crate::canvas::{Canvas, Size, every, part, room, shorten};
use crate::drawing::{Anchor, Drawing, Ink, Shape};
use crate::figure::{Cell, Column, Plot, Table};
use crate::scale::{Scale, place};

/// Points of a longer line are not marked one by one.
const MARKED: usize = 40;
/// How many ticks an axis has, about.
const TICKS: usize = 4;

/// A chart of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    /// The periods, in order.
    pub axis: Vec<String>,
    /// What the periods are, for the table's first heading: 年份.
    pub axis_name: String,
    /// The lines.
    pub series: Vec<Series>,
    /// What was promised.
    pub target: Option<Mark>,
    /// Whether the axis must begin at zero.
    pub from_zero: bool,
    /// The language of large numbers on the axis.
    pub language: Language,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Its name, written at its end where there are several; also the heading of its column, so with its unit.
    pub label: String,
    /// One value for each period.
    pub values: Vec<Value>,
    /// Its colour.
    pub ink: Ink,
}

/// A value of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// How high; `None` leaves a gap.
    pub value: Option<Decimal>,
    /// As printed.
    pub shown: String,
    /// Where the number leads.
    pub address: Option<String>,
}

/// A promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What is written at it: 目标 188.
    pub label: String,
    /// How high.
    pub value: Decimal,
}

/// What stands right of the plot.
struct End {
    y: i32,
    text: String,
    ink: Ink,
}

impl Plot for Lines {
    fn draw(&self, size: Size) -> Drawing {
        let mut canvas = Canvas::new(size);
        self.lay(&mut canvas);
        Drawing { width: canvas.m.width, height: canvas.y, shapes: canvas.shapes }
    }

    fn table(&self) -> Table {
        let mut columns = vec![Column::words(&self.axis_name)];
        columns.extend(self.series.iter().map(|series| Column::number(&series.label)));
        let rows = self.axis.iter().enumerate().map(|(index, period)| {
            let mut row = vec![Cell::new(period)];
            row.extend(self.series.iter().map(|series| {
                let value = series.values.get(index).cloned().unwrap_or_default();
                Cell { text: value.shown, address: value.address }
            }));
            row
        });
        Table { columns, rows: rows.collect() }
    }
}

impl Lines {
    fn lay(&self, canvas: &mut Canvas) {
        let m = canvas.m;
        let values =
            self.series.iter().flat_map(|series| series.values.iter().filter_map(|value| value.value));
        let target = self.target.as_ref().map(|mark| mark.value);
        let scale = Scale::holding(values.chain(target), self.from_zero, TICKS, self.language);
        let labels: Vec<String> = scale.ticks.iter().map(|tick| scale.label(*tick)).collect();
        let left = room(labels.iter().map(String::as_str), m.small) + m.small / 2;
        let ends: Vec<(usize, String)> =
            self.series.iter().filter_map(|series| self.end_of(series)).collect();
        let mark = self.target.as_ref().map(|mark| mark.label.as_str());
        let right = room(ends.iter().map(|(_, text)| text.as_str()).chain(mark), m.small);
        let right = right.min(m.width / 3) + m.small;
        let length = (m.width - left - right).max(1);
        let top = canvas.y + m.small;
        let bottom = top + m.plot;
        let height_of = |value: Decimal| bottom - place(value, scale.bounds(), m.plot);

        for (tick, label) in scale.ticks.iter().zip(&labels) {
            let y = height_of(*tick);
            let ink = if tick.is_zero() { Ink::Pale } else { Ink::Faint };
            canvas.line((left, y), (left + length, y), m.axis, ink);
            canvas.label(left - m.small / 2, y + m.small * 35 / 100, Anchor::End, Ink::Muted, label);
        }
        let steps = self.axis.len().saturating_sub(1);
        let x_of =
            |index: usize| if steps == 0 { left + length / 2 } else { left + part(length, index, steps) };
        self.periods(canvas, bottom, length, &x_of);

        let mut marks = Vec::new();
        if let Some(mark) = &self.target {
            let y = height_of(mark.value);
            canvas.line((left, y), (left + length, y), m.line * 3 / 4, Ink::Target);
            marks.push(End { y, text: shorten(&mark.label, m.small, m.width / 3), ink: Ink::Target });
        }
        for series in &self.series {
            let points: Vec<Option<(i32, i32)>> = series
                .values
                .iter()
                .take(self.axis.len())
                .enumerate()
                .map(|(index, value)| Some((x_of(index), height_of(value.value?))))
                .collect();
            draw_line(canvas, series.ink, &points);
            if let (Some((index, text)), Some(&Some(point))) =
                (self.end_of(series), points.iter().rev().find(|point| point.is_some()))
            {
                debug_assert!(index < self.axis.len());
                let ink = if self.series.len() > 1 { series.ink } else { Ink::Text };
                marks.push(End { y: point.1, text: shorten(&text, m.small, m.width / 3), ink });
            }
        }
        let gap = m.small * 12 / 10;
        spread(&mut marks, gap, top, bottom);
        for end in &marks {
            let y = end.y + m.small * 35 / 100;
            canvas.label(left + length + m.small * 2 / 3, y, Anchor::Start, end.ink, &end.text);
        }
        canvas.y = bottom + m.small * 2;
    }

    /// The names of the periods, from the last, as many as have room.
    fn periods(&self, canvas: &mut Canvas, bottom: i32, length: i32, x_of: &dyn Fn(usize) -> i32) {
        let m = canvas.m;
        let slot = length / i32::try_from(self.axis.len().saturating_sub(1).max(1)).unwrap_or(i32::MAX);
        let every = every(room(self.axis.iter().map(String::as_str), m.small) + m.small / 2, slot);
        for (index, label) in self.axis.iter().enumerate() {
            if (self.axis.len() - 1 - index).is_multiple_of(every) {
                canvas.label(x_of(index), bottom + m.small * 3 / 2, Anchor::Middle, Ink::Muted, label);
            }
        }
    }

    /// What is written at the end of a line, and where it ends.
    fn end_of(&self, series: &Series) -> Option<(usize, String)> {
        let mut values = series.values.iter().take(self.axis.len()).enumerate();
        let (index, last) = values.rfind(|(_, value)| value.value.is_some())?;
        let text = if self.series.len() > 1 {
            format!("{} {}", series.label, last.shown)
        } else {
            last.shown.clone()
        };
        Some((index, text))
    }
}

/// A line through the points that there are; a point between two gaps is a dot.
pub(crate) fn draw_line(canvas: &mut Canvas, ink: Ink, points: &[Option<(i32, i32)>]) {
    let m = canvas.m;
    let stretches: Vec<Vec<(i32, i32)>> = points
        .split(Option::is_none)
        .map(|stretch| stretch.iter().flatten().copied().collect())
        .filter(|stretch: &Vec<_>| stretch.len() > 1)
        .collect();
    if !stretches.is_empty() {
        canvas.shapes.push(Shape::Path { stretches, width: m.line, ink });
    }
    let count = points.iter().flatten().count();
    let last = points.iter().rposition(Option::is_some);
    for (index, point) in points.iter().enumerate() {
        let Some(point) = *point else { continue };
        let known =
            |place: Option<usize>| place.and_then(|place| points.get(place)).is_some_and(Option::is_some);
        let alone = !known(index.checked_sub(1)) && !known(index.checked_add(1));
        if count <= MARKED || alone || Some(index) == last {
            let radius = if Some(index) == last { m.dot.1 } else { m.dot.1 * 2 / 3 };
            canvas.dot(point, radius, ink);
        }
    }
}

/// Moves labels apart that would touch, keeping their order from the top.
fn spread(ends: &mut [End], gap: i32, top: i32, bottom: i32) {
    ends.sort_by_key(|end| end.y);
    let mut least = top;
    for end in ends.iter_mut() {
        end.y = end.y.max(least);
        least = end.y + gap;
    }
    let mut most = bottom;
    for end in ends.iter_mut().rev() {
        end.y = end.y.min(most);
        most = end.y - gap;
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use message::Language;

    use super::{Lines, Mark, Series, Value};
    use crate::canvas::Size;
    use crate::drawing::{Ink, Shape};
    use crate::figure::Plot;
    use crate::svg::page_svg;

    fn lines(values: &[Option<i64>]) -> Lines {
        let value = |value: &Option<i64>| Value {
            value: value.map(Into::into),
            shown: value.map_or("—".to_owned(), |value| value.to_string()),
            address: value.map(|value| format!("/f/{value}")),
        };
        Lines {
            axis: (0..values.len()).map(|index| (2016 + index).to_string()).collect(),
            axis_name: "年份".to_owned(),
            series: vec![Series {
                label: "码头数量（个）".to_owned(),
                values: values.iter().map(value).collect(),
                ink: Ink::Accent,
            }],
            target: Some(Mark { label: "目标 188".to_owned(), value: 188.into() }),
            from_zero: true,
            language: Language::Simplified,
        }
    }

    #[test]
    fn a_line_has_an_axis_a_promise_and_its_last_value() {
        let drawing = lines(&[Some(583), None, Some(188)]).draw(Size::Narrow);
        assert_snapshot!(page_svg(&drawing, "c", "码头", "<b>"), @r#"<svg class="chart-picture" viewBox="0 0 3600 1990" role="img" aria-labelledby="c-t" aria-describedby="c-d"><title id="c-t">码头</title><desc id="c-d">&lt;b&gt;</desc><line x1="308" y1="1730" x2="2820" y2="1730" class="k-pale" stroke-width="10"/><text x="243" y="1775" font-size="130" text-anchor="end" class="f-muted">0</text><line x1="308" y1="1197" x2="2820" y2="1197" class="k-faint" stroke-width="10"/><text x="243" y="1242" font-size="130" text-anchor="end" class="f-muted">200</text><line x1="308" y1="663" x2="2820" y2="663" class="k-faint" stroke-width="10"/><text x="243" y="708" font-size="130" text-anchor="end" class="f-muted">400</text><line x1="308" y1="130" x2="2820" y2="130" class="k-faint" stroke-width="10"/><text x="243" y="175" font-size="130" text-anchor="end" class="f-muted">600</text><text x="308" y="1925" font-size="130" text-anchor="middle" class="f-muted">2016</text><text x="1564" y="1925" font-size="130" text-anchor="middle" class="f-muted">2017</text><text x="2820" y="1925" font-size="130" text-anchor="middle" class="f-muted">2018</text><line x1="308" y1="1229" x2="2820" y2="1229" class="k-target" stroke-width="15" stroke-dasharray="60 60"/><circle cx="308" cy="175" r="21" class="f-accent"/><circle cx="2820" cy="1229" r="32" class="f-accent"/><text x="2906" y="1274" font-size="130" text-anchor="start" class="f-target">目标 188</text><text x="2906" y="1430" font-size="130" text-anchor="start" class="f-ink">188</text></svg>"#);
    }

    #[test]
    fn a_missing_value_is_a_gap() {
        fn check(values: &[Option<i64>], stretches: usize, dots: usize) {
            let shapes = lines(values).draw(Size::Wide).shapes;
            let drawn: usize = shapes
                .iter()
                .filter_map(|shape| match shape {
                    Shape::Path { stretches, .. } => Some(stretches.len()),
                    _ => None,
                })
                .sum();
            let marked = shapes.iter().filter(|shape| matches!(shape, Shape::Dot { .. })).count();
            assert_eq!((drawn, marked), (stretches, dots), "{values:?}");
        }
        check(&[Some(1), Some(2), None, Some(3), Some(4)], 2, 4);
        check(&[Some(1), None, Some(2)], 0, 2);
        check(&[None, None], 0, 0);
        check(&[], 0, 0);
        check(&vec![Some(1); 400], 1, 1);
    }

    #[test]
    fn labels_at_the_ends_do_not_touch() {
        let mut chart = lines(&[Some(10), Some(20)]);
        chart.target = Some(Mark { label: "目标 20".to_owned(), value: 20.into() });
        let shapes = chart.draw(Size::Wide).shapes;
        let mut heights: Vec<i32> = shapes
            .iter()
            .filter_map(|shape| match shape {
                Shape::Text { y, text, .. } if text == "20" || text == "目标 20" => Some(*y),
                _ => None,
            })
            .collect();
        heights.dedup();
        assert!(heights.windows(2).all(|pair| (pair[0] - pair[1]).abs() >= 130), "{heights:?}");
    }
}
