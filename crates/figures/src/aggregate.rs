//! Rows → sums, in integers: for the whole, for scopes, for groups, from one pass over the rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Decimal256Type, Int64Type, UInt64Type};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use arrow::row::{RowConverter, SortField};
use hashbrown::HashMap;
use hashbrown::HashSet;
use hashbrown::hash_map::Entry;
use pack::Sum;

use crate::ratio::Ratio;
use crate::rows::{Rows, texts};

/// Which rows are added up together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ask {
    /// The values that dimensions (by index among the rows' dimensions) are held to.
    pub scope: Vec<(usize, String)>,
    /// The dimensions to group by.
    pub by: Vec<usize>,
}

/// What rows add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many rows.
    pub rows: u64,
    /// How many would be there as well, were everything verified.
    pub pending: u64,
    /// The sum of the amounts.
    pub total: i128,
    /// The greatest amount; zero while there is no row.
    pub most: i128,
    /// The least amount; zero while there is no row.
    pub least: i128,
}

/// The tallies of an ask: one for each combination of values of the dimensions grouped by.
pub type Groups = BTreeMap<Vec<String>, Tally>;

/// Rows that cannot be added up.
#[derive(Debug)]
pub enum Fault {
    /// Two rows have one key.
    Duplicate,
    /// A row has no key.
    NullKey,
    /// A row has no amount.
    NullAmount,
    /// A sum is larger than 128 bits.
    Overflow,
    /// A type that is not expected here.
    Arrow(ArrowError),
}

impl From<ArrowError> for Fault {
    fn from(error: ArrowError) -> Self {
        Self::Arrow(error)
    }
}

/// The decimals that the integers of a tally have.
pub fn scale(rows: &Rows) -> u32 {
    let kind = rows.amount.and_then(|at| Some(rows.batches.first()?.column(at).data_type()));
    match kind {
        Some(DataType::Decimal128(_, scale) | DataType::Decimal256(_, scale)) => {
            u32::try_from(*scale).unwrap_or(0)
        }
        _ => 0,
    }
}

impl Tally {
    /// The value of an indicator that sums so; nothing where there is no row to tell it from.
    pub fn value(&self, sum: Sum, scale: u32) -> Option<Ratio> {
        match sum {
            Sum::Count => Ratio::new(i128::from(self.rows), 0, 1),
            Sum::Sum => Ratio::new(self.total, scale, 1),
            Sum::Mean => Ratio::new(self.total, scale, self.rows),
            Sum::Max => (self.rows > 0).then(|| Ratio::new(self.most, scale, 1)).flatten(),
            Sum::Min => (self.rows > 0).then(|| Ratio::new(self.least, scale, 1)).flatten(),
        }
    }

    fn add(&mut self, amount: i128) -> Option<()> {
        (self.most, self.least) = match self.rows {
            0 => (amount, amount),
            _ => (self.most.max(amount), self.least.min(amount)),
        };
        self.rows += 1;
        self.total = self.total.checked_add(amount)?;
        Some(())
    }
}

/// Makes sure that no two rows have one key and none has no key.
pub fn check_keys(rows: &Rows) -> Result<(), Fault> {
    if rows.batches.iter().any(|batch| batch.column(0).null_count() > 0) {
        return Err(Fault::NullKey);
    }
    let Some(first) = rows.batches.first() else { return Ok(()) };
    let count = rows.batches.iter().map(|batch| batch.num_rows()).sum();
    if first.column(0).data_type().is_integer() {
        let columns = integers(rows)?;
        let keys = || columns.iter().flat_map(|column| column.as_primitive::<Int64Type>().values()).copied();
        // Registers lie in the order of their records, so most lists of records come sorted.
        if keys().is_sorted_by(|a, b| a < b) {
            return Ok(());
        }
        let mut seen = HashSet::with_capacity(count);
        return if keys().all(|key| seen.insert(key)) { Ok(()) } else { Err(Fault::Duplicate) };
    }
    let columns = rows.batches.iter().map(|batch| texts(batch.column(0))).collect::<Result<Vec<_>, _>>()?;
    let mut seen: HashSet<&str> = HashSet::with_capacity(count);
    let distinct = columns.iter().flat_map(|column| column.iter().flatten()).all(|key| seen.insert(key));
    if distinct { Ok(()) } else { Err(Fault::Duplicate) }
}

/// How many different keys there are; none if they are of a type that is left to others.
pub fn distinct(batches: &[RecordBatch]) -> Result<Option<Groups>, Fault> {
    let Some(first) = batches.first() else { return Ok(Some(whole(0))) };
    if batches.iter().any(|batch| batch.column(0).null_count() > 0) {
        return Err(Fault::NullKey);
    }
    let count: usize = batches.iter().map(RecordBatch::num_rows).sum();
    let different = match first.column(0).data_type() {
        DataType::Utf8View => {
            let mut seen: HashSet<&[u8]> = HashSet::with_capacity(count / 4);
            for batch in batches {
                seen.extend(batch.column(0).as_string_view().bytes_iter());
            }
            seen.len()
        }
        DataType::Int64 => {
            let mut seen: HashSet<i64> = HashSet::with_capacity(count / 4);
            for batch in batches {
                seen.extend(batch.column(0).as_primitive::<Int64Type>().values());
            }
            seen.len()
        }
        _ => return Ok(None),
    };
    Ok(Some(whole(different as u64)))
}

/// The answer to an ask for everything, where rows are only counted.
fn whole(rows: u64) -> Groups {
    Groups::from([(Vec::new(), Tally { rows, ..Tally::default() })])
}

/// The keys as 64-bit integers; unsigned ones are taken by their bits, which keeps them apart.
fn integers(rows: &Rows) -> Result<Vec<ArrayRef>, ArrowError> {
    rows.batches
        .iter()
        .map(|batch| match batch.column(0).data_type() {
            DataType::Int64 => Ok(Arc::clone(batch.column(0))),
            DataType::UInt64 => {
                let keys = batch.column(0).as_primitive::<UInt64Type>();
                Ok(Arc::new(keys.unary::<_, Int64Type>(u64::cast_signed)) as ArrayRef)
            }
            _ => cast(batch.column(0), &DataType::Int64),
        })
        .collect()
}

/// Adds the rows up for each ask.
pub fn tally(rows: &Rows, asks: &[Ask]) -> Result<Vec<Groups>, Fault> {
    let amounts = amounts(rows)?;
    let mut coded: HashMap<usize, Coded> = HashMap::new();
    for ask in asks {
        for &dimension in ask.by.iter().chain(ask.scope.iter().map(|(dimension, _)| dimension)) {
            if let Entry::Vacant(place) = coded.entry(dimension) {
                place.insert(Coded::new(rows, rows.dimensions + dimension)?);
            }
        }
    }
    asks.iter().map(|ask| tally_one(rows, amounts.as_deref(), &coded, ask)).collect()
}

fn tally_one(
    rows: &Rows,
    amounts: Option<&[i128]>,
    coded: &HashMap<usize, Coded>,
    ask: &Ask,
) -> Result<Groups, Fault> {
    let count: usize = rows.batches.iter().map(|batch| batch.num_rows()).sum();
    let amount = |row: usize| amounts.map_or(0, |amounts| amounts[row]);
    let mut scopes = Vec::new();
    for (dimension, value) in &ask.scope {
        let column = &coded[dimension];
        match column.names.iter().position(|name| name == value).map(u32::try_from) {
            Some(Ok(code)) => scopes.push((column, code)),
            // No row has this value.
            _ => return Ok(Groups::new()),
        }
    }
    let inside = |row: usize| scopes.iter().all(|(column, code)| column.codes[row] == *code);
    if ask.by.is_empty() {
        if scopes.is_empty() && amounts.is_none() {
            return Ok(whole(count as u64));
        }
        let mut tally = Tally::default();
        (0..count)
            .filter(|&row| inside(row))
            .try_for_each(|row| tally.add(amount(row)))
            .ok_or(Fault::Overflow)?;
        return Ok(Groups::from([(Vec::new(), tally)]));
    }
    let columns: Vec<&Coded> = ask.by.iter().map(|dimension| &coded[dimension]).collect();
    // Each group is first known by the codes of its values; only as many names are spelt as there are groups.
    let mut groups: HashMap<u64, Tally> = HashMap::new();
    let mut last: Option<(u64, Tally)> = None;
    for row in (0..count).filter(|&row| inside(row)) {
        let mut number: u64 = 0;
        for column in &columns {
            number = number
                .checked_mul(column.names.len() as u64)
                .and_then(|number| number.checked_add(u64::from(column.codes[row])))
                .ok_or(Fault::Overflow)?;
        }
        match &mut last {
            Some((known, tally)) if *known == number => tally.add(amount(row)).ok_or(Fault::Overflow)?,
            _ => {
                if let Some((known, tally)) = last.take() {
                    groups.insert(known, tally);
                }
                let mut tally = groups.get(&number).copied().unwrap_or_default();
                tally.add(amount(row)).ok_or(Fault::Overflow)?;
                last = Some((number, tally));
            }
        }
    }
    groups.extend(last);
    let spell = |mut number: u64| {
        let mut values: Vec<String> = columns
            .iter()
            .rev()
            .map(|column| {
                let size = column.names.len() as u64;
                let value = column.names[usize::try_from(number % size).unwrap_or_default()].clone();
                number /= size;
                value
            })
            .collect();
        values.reverse();
        values
    };
    Ok(groups.into_iter().map(|(number, tally)| (spell(number), tally)).collect())
}

/// Counts, into the groups, the rows that would be there were everything verified and are not now.
pub fn tally_pending(groups: &mut [Groups], counted: &Rows, would: &Rows, asks: &[Ask]) -> Result<(), Fault> {
    let Some(first) = would.batches.first() else { return Ok(()) };
    let kinds = first.columns().iter().map(|column| SortField::new(column.data_type().clone())).collect();
    let converter = RowConverter::new(kinds)?;
    let counted = counted
        .batches
        .iter()
        .map(|batch| converter.convert_columns(batch.columns()))
        .collect::<Result<Vec<_>, _>>()?;
    let known: HashSet<&[u8]> = counted.iter().flat_map(|rows| rows.iter()).map(|row| row.data()).collect();
    let mut added = Vec::new();
    for batch in &would.batches {
        let rows = converter.convert_columns(batch.columns())?;
        let new: arrow::array::BooleanArray =
            rows.iter().map(|row| Some(!known.contains(row.data()))).collect();
        added.push(arrow::compute::filter_record_batch(batch, &new)?);
    }
    let added = Rows { batches: added, dimensions: would.dimensions, ..Rows::default() };
    for (groups, pending) in groups.iter_mut().zip(tally(&added, asks)?) {
        for (values, tally) in pending {
            if tally.rows > 0 {
                groups.entry(values).or_default().pending += tally.rows;
            }
        }
    }
    Ok(())
}

/// All amounts as integers of the same decimals.
pub fn amounts(rows: &Rows) -> Result<Option<Vec<i128>>, Fault> {
    let Some(at) = rows.amount else { return Ok(None) };
    let mut all = Vec::with_capacity(rows.batches.iter().map(|batch| batch.num_rows()).sum());
    for batch in &rows.batches {
        let column = batch.column(at);
        if column.null_count() > 0 {
            return Err(Fault::NullAmount);
        }
        match column.data_type() {
            DataType::Int64 => {
                all.extend(
                    column.as_primitive::<Int64Type>().values().iter().map(|&value| i128::from(value)),
                );
            }
            DataType::UInt64 => {
                all.extend(
                    column.as_primitive::<UInt64Type>().values().iter().map(|&value| i128::from(value)),
                );
            }
            DataType::Decimal128(..) => {
                all.extend_from_slice(column.as_primitive::<Decimal128Type>().values())
            }
            DataType::Decimal256(..) => {
                for value in column.as_primitive::<Decimal256Type>().values() {
                    all.push(value.to_i128().ok_or(Fault::Overflow)?);
                }
            }
            _ => {
                let column = cast(column, &DataType::Int64)?;
                all.extend(
                    column.as_primitive::<Int64Type>().values().iter().map(|&value| i128::from(value)),
                );
            }
        }
    }
    Ok(Some(all))
}

/// A column of which each value is known by a number. What is null has the empty name.
struct Coded {
    codes: Vec<u32>,
    names: Vec<String>,
}

impl Coded {
    fn new(rows: &Rows, at: usize) -> Result<Self, Fault> {
        let columns =
            rows.batches.iter().map(|batch| texts(batch.column(at))).collect::<Result<Vec<_>, _>>()?;
        let mut names: Vec<String> = Vec::new();
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let mut codes = Vec::with_capacity(columns.iter().map(|column| column.len()).sum());
        let mut last: Option<(&str, u32)> = None;
        for name in columns.iter().flat_map(|column| column.iter()).map(Option::unwrap_or_default) {
            let code = match last {
                Some((known, code)) if known == name => code,
                _ => *numbers.entry(name).or_insert_with(|| {
                    names.push(name.to_owned());
                    // There are fewer names than rows, and fewer than 2³² rows.
                    u32::try_from(names.len() - 1).unwrap_or(u32::MAX)
                }),
            };
            last = Some((name, code));
            codes.push(code);
        }
        Ok(Self { codes, names })
    }
}
