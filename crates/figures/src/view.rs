//! What of a [`Part`](crate::table::Part) is seen on a day: which rows, and their columns once asked for.

use std::sync::{Arc, OnceLock};

use arrow::array::{Array, ArrayRef, AsArray, Date32Array, StringViewArray, UInt8Array, UInt32Array};
use arrow::compute::{cast, take};
use arrow::datatypes::{DataType, Date32Type, Int32Type, Int64Type, UInt8Type};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;

use crate::schema::{Standing, stored};
use crate::units::Tree;

/// Which versions are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sight {
    /// The day.
    pub day: i32,
    /// Every version that had begun by then, not only the one that held.
    pub history: bool,
    /// As if everything were verified.
    pub would: bool,
}

/// The rows of a part that are seen, and their columns, each made when first asked for.
#[derive(Debug)]
pub struct View {
    batch: RecordBatch,
    sight: Sight,
    rows: Option<UInt32Array>,
    /// Whether some of the rows are seen only because of [`Sight::would`], or only without it.
    pub partial: bool,
    stored: Vec<OnceLock<ArrayRef>>,
    spelt: [OnceLock<ArrayRef>; 2],
    until: OnceLock<ArrayRef>,
}

impl View {
    /// What is seen of a part's versions.
    pub fn new(batch: &RecordBatch, sight: Sight) -> Self {
        let (rows, partial) = seen(batch, sight);
        Self {
            rows,
            partial,
            batch: batch.clone(),
            sight,
            stored: (0..batch.num_columns()).map(|_| OnceLock::new()).collect(),
            spelt: [OnceLock::new(), OnceLock::new()],
            until: OnceLock::new(),
        }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows.as_ref().map_or(self.batch.num_rows(), Array::len)
    }

    /// A stored column.
    pub fn stored(&self, column: usize) -> Result<ArrayRef, ArrowError> {
        let Some(rows) = &self.rows else { return Ok(Arc::clone(self.batch.column(column))) };
        memo(&self.stored[column], || take(self.batch.column(column), rows, None))
    }

    /// The owners or states, spelt out.
    pub fn spelt(&self, column: usize) -> Result<ArrayRef, ArrowError> {
        memo(&self.spelt[usize::from(column == stored::STATE)], || {
            cast(&self.stored(column)?, &DataType::Utf8View)
        })
    }

    /// The ends of versions; what ends after the day is still open on it.
    pub fn until(&self) -> Result<ArrayRef, ArrowError> {
        memo(&self.until, || {
            let ends = self.stored(stored::TO)?;
            let day = self.sight.day;
            let ends: Date32Array =
                ends.as_primitive::<Date32Type>().iter().map(|end| end.filter(|&end| end <= day)).collect();
            Ok(Arc::new(ends))
        })
    }

    /// The owners' ancestors at a level: each distinct owner is looked up once, so no row can double.
    pub fn level(&self, level: usize, tree: &Tree) -> Result<ArrayRef, ArrowError> {
        let owners = self.stored(stored::OWNER)?;
        let owners = owners.as_dictionary::<Int32Type>();
        let codes = owners.values().as_string::<i32>();
        let ancestors: StringViewArray =
            codes.iter().map(|code| code.and_then(|code| tree.ancestor(code, level))).collect();
        take(&ancestors, owners.keys(), None)
    }

    /// The rows of these records: stretches to leave out when a later part has them anew.
    pub fn stretches_without(&self, hidden: &[i64]) -> Result<Vec<(usize, usize)>, ArrowError> {
        let mut stretches = Vec::new();
        let mut start = 0;
        if !hidden.is_empty() {
            let records = self.stored(stored::RECORD)?;
            let records = records.as_primitive::<Int64Type>().values();
            for record in hidden {
                let first = records.partition_point(|at| at < record);
                let last = records.partition_point(|at| at <= record);
                if first < last {
                    stretches.push((start, first - start));
                    start = last;
                }
            }
        }
        stretches.push((start, self.len() - start));
        stretches.retain(|&(_, length)| length > 0);
        Ok(stretches)
    }
}

fn memo(
    place: &OnceLock<ArrayRef>,
    make: impl FnOnce() -> Result<ArrayRef, ArrowError>,
) -> Result<ArrayRef, ArrowError> {
    if let Some(made) = place.get() {
        return Ok(Arc::clone(made));
    }
    let made = make()?;
    Ok(Arc::clone(place.get_or_init(|| made)))
}

/// The indices of the rows that are seen (`None` for all of them), and whether any is of one standing only.
fn seen(batch: &RecordBatch, sight: Sight) -> (Option<UInt32Array>, bool) {
    let Sight { day, history, would } = sight;
    let from = batch.column(stored::FROM).as_primitive::<Date32Type>().values();
    let to = batch.column(stored::TO).as_primitive::<Date32Type>();
    let standing: &UInt8Array = batch.column(stored::STANDING).as_primitive::<UInt8Type>();
    let wrong = if would { Standing::Counted } else { Standing::Would } as u8;
    let mut rows: Vec<u32> = Vec::with_capacity(batch.num_rows());
    let begun = |row: usize| from[row] <= day && standing.value(row) != wrong;
    let lasts = |row: usize| history || to.is_null(row) || to.value(row) > day;
    // A register holds fewer than 2³² versions: `entry::Reader` refuses larger ones long before.
    rows.extend(
        (0_u32..).zip(0..batch.num_rows()).filter(|&(_, row)| begun(row) && lasts(row)).map(|(row, _)| row),
    );
    let partial = rows.iter().any(|&row| standing.value(row as usize) != Standing::Both as u8);
    ((rows.len() < batch.num_rows()).then(|| UInt32Array::from(rows)), partial)
}
