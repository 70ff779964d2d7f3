//! A figure → all its rows, however many: in columns, in the order of their keys, and read a few at a time.
//!
//! ```text
//! FigureId ──listing──▶ Listing (columns + order) ──rows(range)──▶ a page: rows with their entries
//!                                        └──numbers──▶ EntryNumbers ──▶ a file: every row with its entries' numbers
//! ```
//!
//! [`crate::trace`] gives each row its own structure and computes the figure twice: right for what people look through,
//! half a gigabyte for half a million rows. Here a row stays what the query gave, a place in columns that mostly share
//! their texts with the loaded registers; it becomes a [`Row`] when it is read.
//!
//! A listing is whole or an error: it has as many rows as its figure says ([`FigureError::Engine`] otherwise).

use std::collections::BTreeSet;
use std::ops::Range;

use arrow::array::{Array, AsArray, BooleanArray, Date32Array, Int64Array, StringViewArray};
use arrow::datatypes::{Date32Type, Int64Type};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use figure::{Figure, FigureId, Row};
use pack::{Definition, Indicator, Sum};

use crate::aggregate;
use crate::decimal;
use crate::engine::{Engine, Inner};
use crate::error::FigureError;
use crate::evaluate::{self, Leaf};
use crate::request::Request;
use crate::rows::{self, Rows, Wanted};
use crate::trace::{self, TracedRow};

/// The rows of a figure: those of its parts, one part after the other.
pub struct Listing {
    /// The figure.
    pub figure: Figure,
    /// The indicators with rows that it rests on: itself, or those of its formula in their order.
    pub parts: Vec<ListingPart>,
}

/// The rows of one indicator, in the order of their keys.
pub struct ListingPart {
    /// The indicator's key.
    pub indicator: String,
    /// The unit of the rows' amounts.
    pub amount_unit: String,
    /// The dimensions of the rows.
    pub dimensions: Vec<String>,
    leaf: Leaf,
    columns: Vec<Columns>,
    /// Where each row is, in the order of keys: which columns, and which place in them.
    order: Vec<(u32, u32)>,
    /// The amounts in the order of the columns, as integers with `scale` decimals; none where each row adds one.
    amounts: Option<Vec<i128>>,
    scale: u32,
}

/// What the query gave at once.
struct Columns {
    /// How many rows came before, for the amounts.
    first: usize,
    keys: StringViewArray,
    occurred: Option<Date32Array>,
    records: Option<Int64Array>,
    measured: Option<StringViewArray>,
    dimensions: Vec<StringViewArray>,
}

impl Listing {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.parts.iter().map(ListingPart::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The dimensions of all parts, in order, each once.
    pub fn dimensions(&self) -> Vec<&str> {
        let mut dimensions: Vec<&str> = Vec::new();
        for key in self.parts.iter().flat_map(|part| &part.dimensions) {
            if !dimensions.contains(&key.as_str()) {
                dimensions.push(key);
            }
        }
        dimensions
    }

    /// The first row with this key, with its part.
    pub fn find(&self, key: &str) -> Result<Option<(&ListingPart, Row)>, FigureError> {
        for part in &self.parts {
            let is_it = |&(columns, place): &(u32, u32)| {
                let keys = &part.columns[columns as usize].keys;
                keys.is_valid(place as usize) && keys.value(place as usize) == key
            };
            if let Some(at) = part.order.iter().position(is_it) {
                return Ok(Some((part, part.row(at)?)));
            }
        }
        Ok(None)
    }
}

impl ListingPart {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// A row by its place in the order of keys.
    pub fn row(&self, at: usize) -> Result<Row, FigureError> {
        let lost = || FigureError::Engine(format!("row {at} of `{}` was lost", self.indicator));
        let &(columns, place) = self.order.get(at).ok_or_else(lost)?;
        let columns = &self.columns[columns as usize];
        let place = place as usize;
        let amount = match &self.amounts {
            Some(amounts) => decimal::to_decimal(amounts[columns.first + place], self.scale),
            None => Some(rust_decimal::Decimal::ONE),
        };
        Ok(Row {
            key: text(&columns.keys, place).unwrap_or_default().to_owned(),
            amount: amount.ok_or_else(|| FigureError::Overflow { indicator: self.indicator.clone() })?,
            occurred: columns
                .occurred
                .as_ref()
                .and_then(|days| days.is_valid(place).then(|| crate::day::date(days.value(place))).flatten()),
            dimensions: self
                .dimensions
                .iter()
                .zip(&columns.dimensions)
                .map(|(name, values)| (name.clone(), text(values, place).map(str::to_owned)))
                .collect(),
            record: columns.record(place),
            measured: columns
                .measured
                .as_ref()
                .and_then(|places| text(places, place).and_then(|place| place.parse().ok())),
        })
    }

    /// All rows, each on its own.
    pub(crate) fn all(&self) -> Result<Vec<Row>, FigureError> {
        (0..self.len()).map(|at| self.row(at)).collect()
    }

    fn records(&self) -> impl Iterator<Item = u64> {
        self.order
            .iter()
            .filter_map(|&(columns, place)| self.columns[columns as usize].record(place as usize))
    }
}

impl Columns {
    fn record(&self, place: usize) -> Option<u64> {
        let records = self.records.as_ref()?;
        records.is_valid(place).then(|| u64::try_from(records.value(place)).ok()).flatten()
    }
}

fn text(column: &StringViewArray, place: usize) -> Option<&str> {
    column.is_valid(place).then(|| column.value(place))
}

/// The numbers of the entries behind all rows of a part: sixteen bytes an entry, whatever it says.
pub struct EntryNumbers {
    /// Record and entry, in this order.
    pairs: Vec<(u64, u64)>,
}

impl EntryNumbers {
    /// Those of a record, in the order of the book.
    pub fn of(&self, record: u64) -> impl Iterator<Item = u64> {
        let first = self.pairs.partition_point(|(of, _)| *of < record);
        self.pairs[first..].iter().take_while(move |(of, _)| *of == record).map(|(_, number)| *number)
    }
}

/// Lists the rows of a figure.
pub(crate) async fn listing(engine: &Engine, id: &FigureId) -> Result<Listing, FigureError> {
    engine.check_pack(id)?;
    let lost = || FigureError::Engine("a figure was lost".to_owned());
    let mut answers = engine.evaluate(&[Request::of(id)]).await?;
    let figure = answers.pop().and_then(|figures| figures.into_iter().next()).ok_or_else(lost)?;
    let mut parts = Vec::new();
    for (leaf, _) in trace::leaves(engine.inner(), id)? {
        parts.push(part(engine, leaf, &id.scope).await?);
    }
    let listing = Listing { figure, parts };
    let (listed, counted) = (listing.len() as u64, listing.figure.rows);
    if listed != counted {
        return Err(FigureError::Engine(format!("{counted} rows were counted, {listed} are listed")));
    }
    Ok(listing)
}

/// The rows of a leaf within a scope.
pub(crate) async fn part(
    engine: &Engine,
    leaf: Leaf,
    scope: &[(String, String)],
) -> Result<ListingPart, FigureError> {
    let inner = engine.inner();
    let indicator = inner.indicator(&leaf.indicator)?;
    let amount_unit = trace::amount_unit(indicator).to_owned();
    let empty = |leaf: Leaf| ListingPart {
        indicator: indicator.key.clone(),
        amount_unit: amount_unit.clone(),
        dimensions: indicator.dimensions.clone(),
        leaf,
        columns: Vec::new(),
        order: Vec::new(),
        amounts: None,
        scale: 0,
    };
    let Definition::Rows { sql, .. } = &indicator.definition else { return Ok(empty(leaf)) };
    let needs = evaluate::needs(inner, &leaf)?;
    let city = inner.city(&needs, leaf.as_of, leaf.known_at, leaf.measured).await?;
    let days = evaluate::days(&leaf);
    let with_amount = Wanted {
        amount: true,
        occurred: true,
        record: true,
        measured: true,
        dimensions: &indicator.dimensions,
    };
    let rows = match rows::rows(indicator, sql, &city, days, false, with_amount).await {
        // A count need not have amounts; then each row adds one.
        Err(_) if matches!(indicator.definition, Definition::Rows { sum: Sum::Count, .. }) => {
            let without = Wanted { amount: false, ..with_amount };
            rows::rows(indicator, sql, &city, days, false, without).await?
        }
        rows => rows?,
    };
    let engine = |error: ArrowError| FigureError::Engine(error.to_string());
    let mut part = ListingPart {
        // Of a count, an amount that is absent is no fault; elsewhere there is no figure then, and no listing.
        amounts: aggregate::amounts(&rows).unwrap_or_default(),
        scale: aggregate::scale(&rows),
        columns: columns(indicator, &rows).map_err(engine)?,
        ..empty(leaf)
    };
    part.order = order(&part, scope);
    Ok(part)
}

fn columns(indicator: &Indicator, rows: &Rows) -> Result<Vec<Columns>, ArrowError> {
    let mut first = 0;
    rows.batches
        .iter()
        .map(|batch: &RecordBatch| {
            let columns = Columns {
                first,
                keys: rows::texts(batch.column(0))?,
                occurred: rows.occurred.map(|at| batch.column(at).as_primitive::<Date32Type>().clone()),
                records: rows.record.map(|at| batch.column(at).as_primitive::<Int64Type>().clone()),
                measured: rows.measured.map(|at| rows::texts(batch.column(at))).transpose()?,
                dimensions: (0..indicator.dimensions.len())
                    .map(|index| rows::texts(batch.column(rows.dimensions + index)))
                    .collect::<Result<_, _>>()?,
            };
            first += batch.num_rows();
            Ok(columns)
        })
        .collect()
}

/// The places of the rows within a scope: numbers in their order, other keys in that of their characters.
fn order(part: &ListingPart, scope: &[(String, String)]) -> Vec<(u32, u32)> {
    let mut order = Vec::new();
    for (number, columns) in (0_u32..).zip(&part.columns) {
        let inside = inside(part, columns, scope);
        let places = (0_u32..).zip(inside.values()).filter(|(_, inside)| *inside);
        order.extend(places.map(|(place, _)| (number, place)));
    }
    let key = |&(columns, place): &(u32, u32)| {
        let columns = &part.columns[columns as usize];
        let key = text(&columns.keys, place as usize).unwrap_or_default();
        (key.parse::<i128>().unwrap_or(i128::MAX), key, columns.record(place as usize))
    };
    // Registers lie in the order of their records, so most lists of records come sorted.
    if !order.is_sorted_by_key(key) {
        order.sort_by_cached_key(key);
    }
    order
}

fn inside(part: &ListingPart, columns: &Columns, scope: &[(String, String)]) -> BooleanArray {
    let held: Vec<Option<(&StringViewArray, &str)>> = evaluate::rows_scope(scope)
        .map(|(dimension, value)| {
            let at = part.dimensions.iter().position(|name| name == dimension)?;
            Some((&columns.dimensions[at], value.as_str()))
        })
        .collect();
    (0..columns.keys.len())
        .map(|place| {
            Some(held.iter().all(|held| {
                held.is_some_and(|(values, value)| text(values, place).unwrap_or_default() == value)
            }))
        })
        .collect()
}

/// Some of the rows, counted over all parts, each with its indicator and its entries.
pub(crate) fn rows<'a>(
    inner: &Inner,
    listing: &'a Listing,
    range: Range<usize>,
) -> Result<Vec<(&'a str, TracedRow)>, FigureError> {
    let mut found = Vec::new();
    let mut before = 0;
    for part in &listing.parts {
        let after = before + part.len();
        let wanted = range.start.clamp(before, after)..range.end.clamp(before, after);
        let rows = wanted.map(|at| part.row(at - before)).collect::<Result<Vec<_>, _>>()?;
        let traced = trace::with_entries(inner, &part.leaf, rows)?;
        found.extend(traced.into_iter().map(|traced| (part.indicator.as_str(), traced)));
        before = after;
    }
    Ok(found)
}

/// The numbers of the entries behind all rows of a part, from one pass over its registers.
pub(crate) fn numbers(inner: &Inner, part: &ListingPart) -> Result<EntryNumbers, FigureError> {
    let mut records: Vec<u64> = part.records().collect();
    records.sort_unstable();
    records.dedup();
    let mut pairs = Vec::with_capacity(records.len());
    if !records.is_empty() {
        let registers: BTreeSet<String> = evaluate::needs(inner, &part.leaf)?.registers;
        for register in registers {
            inner.book.for_each(&register, 0..part.leaf.known_at, &mut |number, bytes| {
                let entry = trace::decode(number, bytes)?;
                if trace::is_told(&part.leaf, &entry) && records.binary_search(&entry.record.0).is_ok() {
                    pairs.push((entry.record.0, number));
                }
                Ok(())
            })?;
        }
    }
    pairs.sort_unstable();
    Ok(EntryNumbers { pairs })
}
