//! Charts without words, as high as a line of text, beside the number that they belong to.

use rust_decimal::Decimal;

use crate::canvas::part;
use crate::drawing::{Drawing, Ink, Shape};
use crate::scale::place;

const SPARK: (i32, i32) = (1_000, 240);
const BAR: (i32, i32) = (1_200, 120);

/// A line of values without axis, its own range from top to bottom; its last point is marked.
pub fn sparkline(values: &[Option<Decimal>]) -> Drawing {
    let (width, height) = SPARK;
    let inset = 24;
    let known = || values.iter().flatten().copied();
    let range = (known().min().unwrap_or_default(), known().max().unwrap_or_default());
    let steps = values.len().saturating_sub(1);
    let x_of =
        |index: usize| if steps == 0 { width / 2 } else { inset + part(width - inset * 2, index, steps) };
    let y_of = |value: Decimal| {
        if range.0 == range.1 { height / 2 } else { height - inset - place(value, range, height - inset * 2) }
    };
    let points: Vec<Option<(i32, i32)>> =
        values.iter().enumerate().map(|(index, value)| Some((x_of(index), y_of((*value)?)))).collect();
    let stretches: Vec<Vec<(i32, i32)>> = points
        .split(Option::is_none)
        .map(|stretch| stretch.iter().flatten().copied().collect())
        .filter(|stretch: &Vec<_>| stretch.len() > 1)
        .collect();
    let mut shapes = Vec::new();
    if !stretches.is_empty() {
        shapes.push(Shape::Path { stretches, width: 15, ink: Ink::Muted });
    }
    if let Some((x, y)) = points.iter().rev().flatten().next() {
        shapes.push(Shape::Dot { x: *x, y: *y, radius: 24, ink: Ink::Accent });
    }
    Drawing { width, height, shapes }
}

/// How far a promise is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The part that is done, from 0 to 1; `None` where nothing is known.
    pub done: Option<Decimal>,
    /// The part that was to be done by now: a mark across the bar.
    pub expected: Option<Decimal>,
    /// The colour of the state.
    pub ink: Ink,
}

/// A bar from nothing to all. What is beyond all is all.
pub fn progress(progress: &Progress) -> Drawing {
    let (width, height) = BAR;
    let x_of = |share: Decimal| place(share, (Decimal::ZERO, Decimal::ONE), width);
    let mut shapes =
        vec![Shape::Rectangle { x: 0, y: height / 4, width, height: height / 2, ink: Ink::Faint }];
    if let Some(done) = progress.done {
        let width = x_of(done).max(4);
        shapes.push(Shape::Rectangle { x: 0, y: height / 4, width, height: height / 2, ink: progress.ink });
    }
    if let Some(expected) = progress.expected {
        let x = x_of(expected).clamp(8, width - 8);
        shapes.push(Shape::Line { from: (x, 0), to: (x, height), width: 16, ink: Ink::Text });
    }
    Drawing { width, height, shapes }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use rust_decimal::Decimal;

    use super::{Progress, progress, sparkline};
    use crate::drawing::Ink;
    use crate::svg::decoration;

    #[test]
    fn a_sparkline_is_small() {
        let values: Vec<Option<Decimal>> =
            [Some(583), Some(400), None, Some(190), Some(188)].map(|value| value.map(Decimal::from)).into();
        assert_snapshot!(decoration(&sparkline(&values), "chart-spark"), @r#"<svg class="chart-spark" viewBox="0 0 1000 240" width="100" height="24" aria-hidden="true" focusable="false"><path d="M24 24l238 89M738 215l238 1" fill="none" class="k-muted" stroke-width="15" stroke-linejoin="round" stroke-linecap="round"/><circle cx="976" cy="216" r="24" class="f-accent"/></svg>"#);
        assert_eq!(sparkline(&[]).shapes, []);
        assert_eq!(sparkline(&[Some(Decimal::ONE), Some(Decimal::ONE)]).shapes.len(), 2);
    }

    #[test]
    fn progress_never_leaves_its_bar() {
        let bar = |done, expected| {
            decoration(&progress(&Progress { done, expected, ink: Ink::Good }), "chart-progress")
        };
        assert_snapshot!(bar(Some(Decimal::TWO), Some(Decimal::NEGATIVE_ONE)), @r#"<svg class="chart-progress" viewBox="0 0 1200 120" width="120" height="12" aria-hidden="true" focusable="false"><rect x="0" y="30" width="1200" height="60" class="f-faint"/><rect x="0" y="30" width="1200" height="60" class="f-good"/><line x1="8" y1="0" x2="8" y2="120" class="k-ink" stroke-width="16"/></svg>"#);
        assert_snapshot!(bar(None, None), @r#"<svg class="chart-progress" viewBox="0 0 1200 120" width="120" height="12" aria-hidden="true" focusable="false"><rect x="0" y="30" width="1200" height="60" class="f-faint"/></svg>"#);
    }
}
