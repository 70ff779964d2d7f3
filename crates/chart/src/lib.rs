//! Charts: data become a drawing; a drawing becomes SVG for a page or EMF for a paper.
//!
//! ```text
//! Lines · Bars · Shares · Multiples · Timeline · Calendar ──draw(size)──▶ Drawing ──page_svg──▶ SVG in classes
//!        │                                                      │
//!        └──table()──▶ Table (the same data, to be read)        └──emf / svg──▶ a picture that stands alone
//! ```
//!
//! The entry for pages is [`pictures`]: a chart in two widths, beside which the page sets the chart's table. [`framed`]
//! and [`paper`] draw charts that stand alone, the latter those of reports. [`sparkline`] and [`progress`] are drawn without words, beside the number that they belong to.
//!
//! The rules, which no caller can leave: bars stand from zero; a missing value is a gap; what was promised is a line;
//! what is drawn is named where it is drawn, not in a legend; a chart has a table. Everything is laid out in whole
//! numbers and values stay exact decimals, so the same data give the same bytes on every machine.
//!
//! **What is absent:** colours of a page (its style sheet has them, by class; there is no `style` in the SVG), fonts,
//! floating point numbers, scripts, and numbers of the chart's own but for the ticks of an axis.

mod bars;
mod calendar;
mod canvas;
mod drawing;
mod emf;
mod escape;
mod figure;
mod lines;
mod multiples;
mod paper;
mod scale;
mod shares;
mod small;
mod svg;
mod timeline;

pub use bars::{Bar, Bars};
pub use calendar::{Calendar, Day};
pub use canvas::Size;
pub use drawing::{Anchor, Drawing, Ink, Shape, points, text_width};
pub use emf::emf;
pub use escape::escape;
pub use figure::{Cell, Column, Frame, Plot, Table, framed, pictures};
pub use lines::{Lines, Mark, Series, Value};
pub use multiples::{Multiples, Panel};
pub use paper::{ChartKind, Paper, Point, paper};
pub use scale::{Scale, ticks};
pub use shares::{Share, ShareRow, Shares};
pub use small::{Progress, progress, sparkline};
pub use svg::{decoration, page_svg, svg};
pub use timeline::{Span, Timeline};
