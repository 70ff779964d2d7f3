//! What a chart is laid out on: its width, its sizes of text, and the shapes so far.

use crate::drawing::{Anchor, Ink, Shape, half_ems, points, text_width};

/// How wide a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// For a desk: 720 pixels.
    Wide,
    /// For a phone: 360 pixels, so that its words stay as large as those around it.
    Narrow,
    /// For a page of A4: 156 millimetres.
    Paper,
}

/// The measures of a size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Metrics {
    pub(crate) width: i32,
    pub(crate) title: i32,
    pub(crate) small: i32,
    pub(crate) foot: i32,
    /// The height of a plot with columns or lines.
    pub(crate) plot: i32,
    /// The height of a row of a bar chart.
    pub(crate) row: i32,
    /// More rows than this would not fit, so they grow thinner.
    pub(crate) most: i32,
    /// A column is no wider.
    pub(crate) column: i32,
    pub(crate) axis: i32,
    pub(crate) line: i32,
    /// The least and the greatest radius of a dot.
    pub(crate) dot: (i32, i32),
}

const PAPER: Metrics = Metrics {
    width: 15_600,
    title: points(14),
    small: points(10),
    foot: points(9),
    plot: 5_200,
    row: 620,
    most: 16_000,
    column: 1_600,
    axis: 18,
    line: 45,
    dot: (20, 80),
};

const WIDE: Metrics = Metrics {
    width: 7_200,
    title: 160,
    small: 130,
    foot: 120,
    plot: 2_000,
    row: 250,
    most: 20_000,
    column: 520,
    axis: 10,
    line: 20,
    dot: (12, 32),
};

const NARROW: Metrics = Metrics { width: 3_600, plot: 1_600, column: 320, ..WIDE };

impl Size {
    pub(crate) fn metrics(self) -> Metrics {
        match self {
            Self::Wide => WIDE,
            Self::Narrow => NARROW,
            Self::Paper => PAPER,
        }
    }
}

/// Shapes, from the top down.
pub(crate) struct Canvas {
    pub(crate) shapes: Vec<Shape>,
    pub(crate) y: i32,
    pub(crate) m: Metrics,
}

impl Canvas {
    pub(crate) fn new(size: Size) -> Self {
        Self { shapes: Vec::new(), y: 0, m: size.metrics() }
    }

    /// Lines of text, broken where they would leave the picture.
    pub(crate) fn paragraph(&mut self, text: &str, size: i32, ink: Ink, heading: bool) {
        for line in wrap(text, size, self.m.width) {
            self.y += size * 13 / 10;
            let text = Shape::Text { x: 0, y: self.y, size, anchor: Anchor::Start, ink, heading, text: line };
            self.shapes.push(text);
        }
        self.y += size * 2 / 10;
    }

    pub(crate) fn label(&mut self, x: i32, y: i32, anchor: Anchor, ink: Ink, text: &str) {
        self.sized(x, y, self.m.small, anchor, ink, text);
    }

    pub(crate) fn sized(&mut self, x: i32, y: i32, size: i32, anchor: Anchor, ink: Ink, text: &str) {
        self.shapes.push(Shape::Text { x, y, size, anchor, ink, heading: false, text: text.to_owned() });
    }

    pub(crate) fn line(&mut self, from: (i32, i32), to: (i32, i32), width: i32, ink: Ink) {
        self.shapes.push(Shape::Line { from, to, width, ink });
    }

    pub(crate) fn rectangle(&mut self, x: i32, y: i32, width: i32, height: i32, ink: Ink) {
        self.shapes.push(Shape::Rectangle { x, y, width, height, ink });
    }

    pub(crate) fn dot(&mut self, (x, y): (i32, i32), radius: i32, ink: Ink) {
        self.shapes.push(Shape::Dot { x, y, radius, ink });
    }
}

/// `index` of `count` parts of a length, without ever leaving it.
pub(crate) fn part(length: i32, index: usize, count: usize) -> i32 {
    let (index, count) =
        (i64::try_from(index).unwrap_or(i64::MAX), i64::try_from(count.max(1)).unwrap_or(i64::MAX));
    i32::try_from(i64::from(length).saturating_mul(index) / count).unwrap_or(length)
}

/// A number of things as a length.
pub(crate) fn whole(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// The widest of some texts.
pub(crate) fn widest<'a>(texts: impl IntoIterator<Item = &'a str>, size: i32) -> i32 {
    texts.into_iter().map(|text| text_width(text, size)).max().unwrap_or(0)
}

/// The room that some texts want in a font whose letters and digits are wider than half an em.
pub(crate) fn room<'a>(texts: impl IntoIterator<Item = &'a str>, size: i32) -> i32 {
    widest(texts, size).saturating_mul(125) / 100
}

/// Which of equally spaced labels may be written so that none touches the next: every so many.
pub(crate) fn every(width: i32, slot: i32) -> usize {
    let slot = slot.max(1);
    usize::try_from(((width.saturating_add(slot) - 1) / slot).max(1)).unwrap_or(1)
}

/// Lines no wider than `width`.
pub(crate) fn wrap(text: &str, size: i32, width: i32) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for character in text.chars().filter(|character| !character.is_control()) {
        let advance = half_ems(character) * size / 2;
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

/// The text, or as much of its beginning as there is room for.
pub(crate) fn shorten(text: &str, size: i32, width: i32) -> String {
    if text_width(text, size) <= width {
        return text.to_owned();
    }
    let mut line = wrap(text, size, width - size).into_iter().next().unwrap_or_default();
    line.push('…');
    line
}

#[cfg(test)]
mod tests {
    use super::{every, part, shorten, wrap};

    #[test]
    fn text_finds_room() {
        assert_eq!(wrap("一二三四", 100, 250), ["一二", "三四"]);
        assert_eq!(shorten("武汉经济技术开发区", 100, 500), "武汉经济…");
        assert_eq!(shorten("江岸", 100, 500), "江岸");
        assert_eq!((every(100, 100), every(101, 100), every(0, 0)), (1, 2, 1));
        assert_eq!((part(100, 1, 3), part(i32::MAX, usize::MAX, 0)), (33, i32::MAX));
    }
}
