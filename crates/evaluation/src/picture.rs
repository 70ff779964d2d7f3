//! Pictures of evaluated air: a year's calendar in the official colours, and the same period under every
//! edition.
//!
//! Pure functions from data to SVG. They stand by themselves (white paper, system fonts), so that the same
//! picture serves a page, a print and a PNG. Every colour of a level comes with its number or name, for
//! those who print in grey or see colours differently.
//!
//! **What is absent:** fonts and their measures (a Chinese character counts as one em, a Latin one as a bit
//! more than half), files, and numbers that are not in the evaluation.

mod calendar;
mod canvas;
mod comparison;

pub use calendar::Calendar;
pub use comparison::{Column, Comparison};
