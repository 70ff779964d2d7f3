//! What every chart gives: its pictures in two widths, its data as a table, itself with heading and foot.

use std::fmt::Write;

use crate::canvas::{Canvas, Size};
use crate::drawing::{Drawing, Ink, Shape};
use crate::svg::page_svg;

/// More characters than this are not read out before the table, which has them all.
const MOST_TOLD: usize = 400;

/// What can be drawn, and read.
pub trait Plot {
    /// The picture, without heading and foot.
    fn draw(&self, size: Size) -> Drawing;
    /// The same data, for those who read instead of look.
    fn table(&self) -> Table;
}

/// What stands around a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The finding's subject.
    pub title: String,
    /// The unit and the date.
    pub subtitle: String,
    /// The source and the identity of the figures.
    pub foot: String,
}

/// The data of a chart as a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows; each has as many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
}

/// A column of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// The heading.
    pub head: String,
    /// Whether it holds numbers, which are right-aligned.
    pub numeric: bool,
}

impl Column {
    /// A column of words.
    pub fn words(head: impl Into<String>) -> Self {
        Self { head: head.into(), numeric: false }
    }

    /// A column of numbers.
    pub fn number(head: impl Into<String>) -> Self {
        Self { head: head.into(), numeric: true }
    }
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// What it says.
    pub text: String,
    /// Where it leads, for numbers that are doors.
    pub address: Option<String>,
}

impl Cell {
    /// Words that lead nowhere.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), address: None }
    }
}

/// The chart's pictures for a page whose style sheet has `chart.css`: one for a desk, one for a phone, of which it shows
/// one. Both are named by the title and told by the data. `id` is the chart's own on the page.
pub fn pictures(plot: &dyn Plot, id: &str, title: &str, subtitle: &str) -> String {
    let told = description(subtitle, &plot.table());
    let mut out = String::new();
    for (size, class) in [(Size::Wide, "wide"), (Size::Narrow, "narrow")] {
        let picture = page_svg(&plot.draw(size), &format!("{id}-{class}"), title, &told);
        // Writing to a string does not fail.
        let _ = write!(out, r#"<div class="chart-{class}">{picture}</div>"#);
    }
    out
}

/// A picture that stands alone: heading, plot and foot in one drawing.
pub fn framed(plot: &dyn Plot, frame: &Frame, size: Size) -> Drawing {
    let mut canvas = Canvas::new(size);
    let m = canvas.m;
    canvas.paragraph(&frame.title, m.title, Ink::Text, true);
    canvas.paragraph(&frame.subtitle, m.small, Ink::Muted, false);
    canvas.y += m.small;
    let drawing = plot.draw(size);
    let down = canvas.y;
    canvas.shapes.extend(drawing.shapes.into_iter().map(|shape| lowered(shape, down)));
    canvas.y += drawing.height + m.small;
    canvas.paragraph(&frame.foot, m.foot, Ink::Muted, false);
    Drawing { width: m.width, height: canvas.y + m.small / 3, shapes: canvas.shapes }
}

fn lowered(mut shape: Shape, down: i32) -> Shape {
    match &mut shape {
        Shape::Rectangle { y, .. } | Shape::Dot { y, .. } | Shape::Text { y, .. } => *y += down,
        Shape::Line { from, to, .. } => {
            from.1 += down;
            to.1 += down;
        }
        Shape::Path { stretches, .. } => {
            stretches.iter_mut().flatten().for_each(|point| point.1 += down);
        }
    }
    shape
}

/// The table in a sentence: `2016年 583；2017年 520`, as far as it is short.
fn description(subtitle: &str, table: &Table) -> String {
    let mut told = subtitle.to_owned();
    let mut length = 0;
    for row in &table.rows {
        let words: Vec<&str> = row.iter().map(|cell| cell.text.as_str()).collect();
        let words = words.join(" ");
        length += words.chars().count();
        if length > MOST_TOLD {
            told.push_str(" …");
            break;
        }
        if !told.is_empty() {
            told.push_str("; ");
        }
        told.push_str(&words);
    }
    told
}
