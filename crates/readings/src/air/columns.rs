//! Wide Parquet files, a row group at a time, column by column.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Field, Float32Type, Float64Type, Int32Type, Int64Type, Schema, TimeUnit};
use arrow::record_batch::RecordBatch;
use message::{Text, text};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use standards::air::Item;

use super::{BATCH, Block, MISSING, MOST, NO_HOUR, Rows, Sink, Stations, no_concentration, open};
use crate::error::{ReadError, Told};
use crate::layout::{Layout, Shape, TimeColumns};
use crate::options::{Hours, Options, Zone};
use crate::parquet::unreadable;
use crate::record::note;

/// How the columns of a file are read.
pub(super) struct Columns {
    metadata: ArrowReaderMetadata,
    mask: ProjectionMask,
    /// Places in the projected batch.
    time: usize,
    station: Option<usize>,
    city: Option<usize>,
    items: [Option<usize>; Item::COUNT],
    headings: [String; Item::COUNT],
    time_heading: String,
    /// Ticks of the time column in an hour.
    ticks: i64,
    /// Hours from the label to the hour's START in UTC+8.
    shift: i32,
    options: Options,
    /// How the file is understood.
    pub(super) note: Text,
}

/// What is read.
pub(super) struct Place<'p> {
    pub(super) path: &'p Path,
    pub(super) file: usize,
    pub(super) group: usize,
    pub(super) first_row: u64,
}

impl Columns {
    /// The columns of a wide file of plain types; `None` if the file must be read row by row.
    pub(super) fn of(path: &Path, options: &Options) -> Result<Option<Self>, ReadError> {
        let file = open(path)?;
        let found = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())
            .map_err(|error| unreadable(path, error))?;
        let schema = found.schema().clone();
        let headings: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        let layout = Layout::of(&headings, options).map_err(|fault| ReadError::file(path, fault))?;
        let (Shape::Wide(wide), TimeColumns::Whole(time), None) = (&layout.shape, &layout.time, layout.flag)
        else {
            return Ok(None);
        };
        let kind = |column: usize| schema.field(column).data_type();
        let DataType::Timestamp(unit, zone) = kind(*time) else { return Ok(None) };
        if options.moments {
            return Ok(None);
        }
        let mut columns = [None; Item::COUNT];
        for (column, key) in wide {
            let Some(item) = Item::ALL.into_iter().find(|item| item.key() == key) else { continue };
            let plain = matches!(
                kind(*column),
                DataType::Float64 | DataType::Float32 | DataType::Decimal128(_, 0..=30)
            ) || (kind(*column).is_integer() && *kind(*column) != DataType::UInt64);
            if !plain {
                return Ok(None);
            }
            columns[item.index()] = Some(*column);
        }
        // Names are read as dictionaries, so that a name is looked at once and not once a row.
        let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        for column in layout.station.iter().chain(&layout.city) {
            let is_text = matches!(kind(*column), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
                || matches!(kind(*column), DataType::Dictionary(_, of) if matches!(**of, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View));
            if !is_text {
                return Ok(None);
            }
        }
        let fields: Vec<Arc<Field>> = schema
            .fields()
            .iter()
            .enumerate()
            .map(|(column, field)| {
                if layout.station == Some(column) || layout.city == Some(column) {
                    Arc::new(field.as_ref().clone().with_data_type(dictionary.clone()))
                } else {
                    field.clone()
                }
            })
            .collect();
        let wanted = ArrowReaderOptions::new()
            .with_schema(Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone())));
        let Ok(metadata) = ArrowReaderMetadata::load(&file, wanted) else { return Ok(None) };
        let mut roots: Vec<usize> = columns
            .iter()
            .flatten()
            .chain([time])
            .chain(&layout.station)
            .chain(&layout.city)
            .copied()
            .collect();
        roots.sort_unstable();
        roots.dedup();
        let place = |column: usize| roots.iter().position(|root| *root == column);
        let mask = ProjectionMask::roots(metadata.parquet_schema(), roots.iter().copied());
        let is_local = zone.is_none() && options.zone == Zone::Local;
        let shift = if is_local { 0 } else { 8 } - if layout.hours == Hours::End { 1 } else { 0 };
        Ok(Some(Self {
            mask,
            time: place(*time).unwrap_or(0),
            station: layout.station.and_then(place),
            city: layout.city.and_then(place),
            items: columns.map(|column| column.and_then(place)),
            headings: columns.map(|column| column.map(|column| headings[column].clone()).unwrap_or_default()),
            time_heading: headings[*time].clone(),
            ticks: 3600
                * match unit {
                    TimeUnit::Second => 1,
                    TimeUnit::Millisecond => 1_000,
                    TimeUnit::Microsecond => 1_000_000,
                    TimeUnit::Nanosecond => 1_000_000_000,
                },
            shift,
            options: options.clone(),
            note: note(&path.display().to_string(), &layout, options),
            metadata,
        }))
    }

    pub(super) fn groups(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    pub(super) fn rows_of(&self, group: usize) -> u64 {
        u64::try_from(self.metadata.metadata().row_group(group).num_rows()).unwrap_or(0)
    }
}

/// A thread's memory for a batch, used again for the next.
#[derive(Default)]
pub(super) struct Buffers {
    stations: Vec<u32>,
    hours: Vec<i32>,
    values: [Vec<i32>; Item::COUNT],
}

/// Reads one row group.
pub(super) fn read(
    columns: &Columns,
    place: &Place<'_>,
    buffers: &mut Buffers,
    stations: &mut Stations,
    sink: &mut dyn Sink,
    told: &mut Told,
) -> Result<(), ReadError> {
    let fail = |error: &dyn std::fmt::Display| unreadable(place.path, error);
    let reader =
        ParquetRecordBatchReaderBuilder::new_with_metadata(open(place.path)?, columns.metadata.clone())
            .with_projection(columns.mask.clone())
            .with_row_groups(vec![place.group])
            .with_batch_size(BATCH)
            .build()
            .map_err(|error| fail(&error))?;
    let mut reading = Reading {
        columns,
        file: place.path.display().to_string(),
        row: place.first_row,
        station_names: Names::default(),
        city_names: Names::default(),
        cities: Vec::new(),
    };
    for batch in reader {
        let batch = batch.map_err(|error| fail(&error))?;
        let count = batch.num_rows();
        reading.hours(&batch, buffers, told).ok_or_else(|| fail(&"time"))?;
        reading.stations(&batch, buffers, stations, told).ok_or_else(|| fail(&"station"))?;
        for item in Item::ALL {
            let out = &mut buffers.values[item.index()];
            match columns.items[item.index()] {
                Some(column) => {
                    let heading = &columns.headings[item.index()];
                    values(batch.column(column), out).map_err(|error| fail(&error))?;
                    reading.faults(batch.column(column), heading, out, told);
                }
                None => {
                    out.clear();
                    out.resize(count, MISSING);
                }
            }
        }
        let block = Block {
            file: place.file,
            rows: Rows::From(reading.row),
            stations: &buffers.stations,
            hours: &buffers.hours,
            values: buffers.values.each_ref().map(Vec::as_slice),
            whole: true,
        };
        sink.block(&block, stations);
        reading.row += count as u64;
    }
    Ok(())
}

/// The state of reading a row group.
struct Reading<'c> {
    columns: &'c Columns,
    file: String,
    /// The place of the batch's first row.
    row: u64,
    station_names: Names,
    city_names: Names,
    /// By the thread's number of a station: its city's number in this row group plus one, 0 for not yet seen.
    cities: Vec<u32>,
}

/// The numbers that a dictionary's values have with us.
#[derive(Default)]
struct Names {
    dictionary: Option<ArrayRef>,
    numbers: Vec<u32>,
}

impl Names {
    /// The numbers of this dictionary's values; looked up anew only if it is another than before.
    fn of(&mut self, array: &DictionaryArray<Int32Type>, mut number: impl FnMut(&str) -> u32) -> &[u32] {
        let values = array.values();
        let same = self
            .dictionary
            .as_ref()
            .is_some_and(|before| Arc::ptr_eq(before, values) || before.to_data().ptr_eq(&values.to_data()));
        if !same {
            self.numbers.clear();
            if let Some(names) = values.as_string_opt::<i32>() {
                self.numbers
                    .extend(names.iter().map(|name| name.map_or(u32::MAX, |name| number(name.trim()))));
            }
            self.dictionary = Some(values.clone());
        }
        &self.numbers
    }
}

impl Reading<'_> {
    fn hours(&self, batch: &RecordBatch, buffers: &mut Buffers, told: &mut Told) -> Option<()> {
        let array = arrow::compute::cast(batch.column(self.columns.time), &DataType::Int64).ok()?;
        let array = array.as_primitive_opt::<Int64Type>()?;
        let (ticks, shift) = (self.columns.ticks, self.columns.shift);
        let out = &mut buffers.hours;
        out.clear();
        // Files are sorted one way or the other: the label of a row is mostly that of the row before, or the
        // next hour. Only where it is not, there is a division.
        let (mut last, mut last_hour) = (i64::MIN / 2, NO_HOUR);
        for (row, &label) in array.values().iter().enumerate() {
            if label == last + ticks && last_hour != NO_HOUR {
                last_hour += 1;
            } else if label != last {
                let hour = label.div_euclid(ticks);
                last_hour = if label.rem_euclid(ticks) != 0 {
                    let fault = text!("时间不是整点", "the time is no full hour");
                    if array.is_valid(row) {
                        told.fault(&self.file, self.row + row as u64, &self.columns.time_heading, fault);
                    }
                    NO_HOUR
                } else {
                    i32::try_from(hour).ok().and_then(|hour| hour.checked_add(shift)).unwrap_or(NO_HOUR)
                };
            }
            last = label;
            out.push(last_hour);
        }
        for row in missing(array.nulls()) {
            out[row] = NO_HOUR;
            told.fault(
                &self.file,
                self.row + row as u64,
                &self.columns.time_heading,
                text!("没有时间", "there is no time"),
            );
        }
        Some(())
    }

    fn stations(
        &mut self,
        batch: &RecordBatch,
        buffers: &mut Buffers,
        stations: &mut Stations,
        told: &mut Told,
    ) -> Option<()> {
        let out = &mut buffers.stations;
        out.clear();
        match self.columns.station {
            None => {
                let number = stations.number(self.columns.options.station.as_deref().unwrap_or_default());
                out.resize(batch.num_rows(), number);
            }
            Some(column) => {
                let array = batch.column(column).as_dictionary_opt::<Int32Type>()?;
                let numbers = self.station_names.of(array, |name| stations.number(name));
                out.extend(
                    array
                        .keys()
                        .values()
                        .iter()
                        .map(|&key| numbers.get(key as usize).copied().unwrap_or(u32::MAX)),
                );
                for row in missing(array.nulls()) {
                    out[row] = u32::MAX;
                }
                // A row without a station has no place.
                for (row, station) in out.iter_mut().enumerate().filter(|(_, station)| **station == u32::MAX)
                {
                    *station = 0;
                    buffers.hours[row] = NO_HOUR;
                    told.fault(
                        &self.file,
                        self.row + row as u64,
                        "",
                        text!("没有站点", "there is no station"),
                    );
                }
            }
        }
        self.cities.resize(stations.all().len(), 0);
        let Some(column) = self.columns.city else {
            if let Some(city) = &self.columns.options.city {
                for &number in &*out {
                    if self.cities[number as usize] == 0 {
                        self.cities[number as usize] = 1;
                        stations.place(number, city);
                    }
                }
            }
            return Some(());
        };
        let array = batch.column(column).as_dictionary_opt::<Int32Type>()?;
        // Here a city's number is its place in the dictionary, which is enough to see whether it changes.
        let mut names: Vec<String> = Vec::new();
        let numbers = self.city_names.of(array, |name| {
            names.push(name.to_owned());
            names.len() as u32
        });
        if !names.is_empty() {
            // Another dictionary, other numbers.
            self.cities.iter_mut().for_each(|city| *city = 0);
        }
        let some = array.nulls().is_none_or(|nulls| nulls.null_count() == 0);
        for (row, (&number, &key)) in out.iter().zip(array.keys().values()).enumerate() {
            let city = numbers.get(key as usize).copied().unwrap_or(u32::MAX);
            if self.cities[number as usize] == city || !(some || array.is_valid(row)) || city == u32::MAX {
                continue;
            }
            let values = array.values().as_string_opt::<i32>()?;
            let name = values.value(key as usize).trim();
            if name.is_empty() || stations.place(number, name) {
                self.cities[number as usize] = city;
                continue;
            }
            let station = stations.get(number).cloned()?;
            let (station, known) = (station.name, station.city.unwrap_or_default());
            told.fault(
                &self.file,
                self.row + row as u64,
                "",
                text!(
                    "站点 {station} 先属“{known}”，这里属“{name}”；按前者",
                    "station {station} was in `{known}` before and is in `{name}` here; the former is taken"
                ),
            );
        }
        Some(())
    }

    /// Tells the values that are no concentrations: those that are there and were made missing.
    fn faults(&self, array: &ArrayRef, heading: &str, out: &[i32], told: &mut Told) {
        let absent = out.iter().filter(|value| **value == MISSING).count();
        if absent == array.null_count() {
            return;
        }
        let Ok(floats) = arrow::compute::cast(array, &DataType::Float64) else { return };
        let floats = floats.as_primitive::<Float64Type>();
        for (row, value) in out.iter().enumerate() {
            if *value == MISSING && floats.is_valid(row) && !floats.value(row).is_nan() {
                told.fault(&self.file, self.row + row as u64, heading, no_concentration(floats.value(row)));
            }
        }
    }
}

/// The values of a column in thousandths.
fn values(array: &ArrayRef, out: &mut Vec<i32>) -> Result<(), arrow::error::ArrowError> {
    out.clear();
    match array.data_type() {
        DataType::Float64 => {
            out.extend(array.as_primitive::<Float64Type>().values().iter().map(|&value| of_float(value)))
        }
        // A 32-bit float has seven digits; its shortest decimal is what was meant.
        DataType::Float32 => out.extend(
            array
                .as_primitive::<Float32Type>()
                .values()
                .iter()
                .map(|&value| of_float((f64::from(value) * 1e4).round_ties_even() / 1e4)),
        ),
        DataType::Decimal128(_, scale) => {
            let places = u32::from(scale.unsigned_abs());
            let (factor, unit) =
                (10_i128.pow(3_u32.saturating_sub(places)), 10_i128.pow(places.saturating_sub(3)));
            out.extend(array.as_primitive::<arrow::datatypes::Decimal128Type>().values().iter().map(
                |&value| {
                    let thousandths = value
                        .checked_mul(factor)
                        .map_or(-1, |value| standards::rounding::half_even_wide(value, unit));
                    i64::try_from(thousandths).map_or(MISSING, of_thousandths)
                },
            ));
        }
        _ => {
            let whole = arrow::compute::cast(array, &DataType::Int64)?;
            let whole = whole.as_primitive::<Int64Type>();
            out.extend(
                whole.values().iter().map(|&value| value.checked_mul(1000).map_or(MISSING, of_thousandths)),
            );
        }
    }
    for row in missing(array.nulls()) {
        out[row] = MISSING;
    }
    Ok(())
}

fn of_thousandths(value: i64) -> i32 {
    if (0..=i64::from(MOST) * 1000).contains(&value) { value as i32 } else { MISSING }
}

/// The nearest thousandth, half to even; missing for NaN and for what is no concentration.
///
/// Adding 1.5 × 2⁵² leaves the rounded integer in the low bits of the sum. It is the one way to round that
/// needs no instruction beyond those of every 64-bit processor, so that the loop over a column is vectorised.
fn of_float(value: f64) -> i32 {
    const SHIFT: f64 = 6_755_399_441_055_744.0;
    let thousandths = value * 1000.0;
    let rounded = (thousandths + SHIFT).to_bits() as u32 as i32;
    let is_concentration = (thousandths >= -0.5) & (thousandths <= f64::from(MOST) * 1000.0);
    if is_concentration { rounded } else { MISSING }
}

/// The rows without a value, a word of the bitmap at a time.
fn missing(nulls: Option<&NullBuffer>) -> impl Iterator<Item = usize> + '_ {
    let words = nulls.filter(|nulls| nulls.null_count() > 0).map(|nulls| {
        let length = nulls.len();
        let chunks = nulls.inner().bit_chunks();
        let words: Vec<u64> = chunks.iter_padded().take(length.div_ceil(64)).collect();
        (words, length)
    });
    let (words, length) = words.unwrap_or_default();
    words
        .into_iter()
        .enumerate()
        .flat_map(move |(place, word)| {
            let mut zeros = !word;
            std::iter::from_fn(move || {
                let bit = zeros.trailing_zeros();
                (bit < 64).then(|| {
                    zeros &= zeros - 1;
                    place * 64 + bit as usize
                })
            })
        })
        .filter(move |row| *row < length)
}

#[cfg(test)]
mod tests {
    use super::{MISSING, missing, of_float};
    use arrow::buffer::NullBuffer;
    use proptest::prelude::*;

    #[test]
    fn floats_become_thousandths() {
        fn check(value: f64, expected: i32) {
            assert_eq!(of_float(value), expected, "{value}");
        }
        check(0.0, 0);
        check(-0.0, 0);
        check(38.0, 38_000);
        check(0.7, 700);
        check(27.333_333_333_333, 27_333);
        check(0.2856, 286);
        check(999.0, 999_000);
        check(100_000.0, 100_000_000);
        check(100_001.0, MISSING);
        check(-1.0, MISSING);
        check(f64::NAN, MISSING);
        check(f64::INFINITY, MISSING);
    }

    proptest! {
        #[test]
        fn every_decimal_is_exact(thousandths in 0_i32..=100_000_000) {
            let value: f64 = format!("{thousandths}e-3").parse().expect("a number");
            prop_assert_eq!(of_float(value), thousandths);
        }

        #[test]
        fn every_null_is_found(bits in proptest::collection::vec(any::<bool>(), 0..300)) {
            let nulls = NullBuffer::from(bits.clone());
            let found: Vec<usize> = missing(Some(&nulls)).collect();
            let expected: Vec<usize> = (0..bits.len()).filter(|row| !bits[*row]).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
