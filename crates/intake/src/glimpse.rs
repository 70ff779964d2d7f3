//! A look at some rows of a file, as they are typed: to show a fault among what stands around it.
//!
//! Why it exists: who mends a file wants to see the cell with its neighbours and headings, not only its name. Nothing
//! is judged here; what the cells mean is [`crate::import`]'s.

use std::collections::BTreeMap;
use std::path::Path;

use geodesy::Geometry;
use message::Text;
use pack::Pack;
use serde_json::{Map, Value};

use crate::error::IntakeError;
use crate::options::Format;
use crate::raw::RawValue;
use crate::read::display;
use crate::source::{self, Sink};
use crate::words::forms;

/// How many cells of a row and letters of a cell are shown: a hostile file must not make a page without end.
const MOST_CELLS: usize = 200;
const MOST_LETTERS: usize = 200;

/// Some rows of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glimpse {
    /// The sheet that they come from.
    pub sheet: Option<String>,
    /// The rows that were wanted and are not empty, by number, cell after cell.
    pub rows: BTreeMap<u32, Vec<String>>,
}

/// Reads the rows that are wanted of the sheet which an import into the register would read. Of GeoJSON there are none.
pub fn glimpse(
    pack: &Pack,
    register: &str,
    file: &Path,
    format: Option<Format>,
    wanted: &dyn Fn(u32) -> bool,
) -> Result<Glimpse, IntakeError> {
    let declared = pack
        .register(register)
        .ok_or_else(|| IntakeError::NoRegister { register: register.to_owned(), suggestion: None })?;
    let mut sheets: Vec<String> = forms(&declared.label).into();
    sheets.push(declared.key.clone());
    let mut looking = Looking { wanted, seen: Glimpse::default() };
    source::read(file, format, &sheets, &mut looking)?;
    Ok(looking.seen)
}

struct Looking<'w> {
    wanted: &'w dyn Fn(u32) -> bool,
    seen: Glimpse,
}

impl Sink for Looking<'_> {
    fn sheet(&mut self, name: &str) {
        self.seen.sheet = Some(name.to_owned());
    }

    fn row(&mut self, number: u32, cells: &[RawValue<'_>]) -> Result<(), IntakeError> {
        if (self.wanted)(number) {
            let shown =
                cells.iter().take(MOST_CELLS).map(|cell| display(cell).chars().take(MOST_LETTERS).collect());
            self.seen.rows.insert(number, shown.collect());
        }
        Ok(())
    }

    fn feature(
        &mut self,
        _: u32,
        _: &Map<String, Value>,
        _: Option<Result<Geometry, Text>>,
    ) -> Result<(), IntakeError> {
        Ok(())
    }

    fn progress(&mut self, _: u64, _: u64) {}
}
