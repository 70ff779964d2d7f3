//! One value: what a person typed or a spreadsheet held, read by its field's kind.

mod date;
mod number;
mod shape;
mod value;

pub(crate) use date::{from_number as from_number_cell, from_serial, parse_date};
pub(crate) use number::parse_number;
pub(crate) use shape::measured;
pub(crate) use value::{Stated, Surroundings, display, is_unprintable, read_value};
