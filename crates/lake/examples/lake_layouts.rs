//! Two ways to lay a month of the country out in a Parquet file, measured: sorted by station, item and time (as the lake
//! does it), or in day-blocks (a row group a day, sorted by station, item and time within it).
//!
//! `lake_layouts DIR [STATIONS]` writes 12 months each way and asks both for a station's year and the country's hour, with
//! row groups and pages left out by their statistics. Told as the best of five.

#![allow(clippy::unwrap_used, reason = "a measurement, not a program")]

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{
    ArrayRef, AsArray, BooleanArray, Decimal128Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow::compute::kernels::cmp::eq;
use arrow::datatypes::TimestampMicrosecondType;
use parquet::arrow::arrow_reader::{
    ArrowPredicate, ArrowPredicateFn, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowFilter,
    RowSelection,
};
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::PageIndexPolicy;
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::statistics::Statistics;
use parquet::schema::types::ColumnPath;

const HOUR: i64 = 3_600_000_000;
const DAYS: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const ITEMS: [&str; 6] = ["co", "no2", "o3", "pm10", "pm2_5", "so2"];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let dir = PathBuf::from(arguments.next().expect("lake_layouts DIR [STATIONS]"));
    let stations: i64 = arguments.next().map_or(1500, |number| number.parse().unwrap());
    std::fs::create_dir_all(&dir).unwrap();
    for (name, day_blocks, page_rows) in [
        ("station-8k", false, 8192),
        ("station-20k", false, 20_000),
        ("day-8k", true, 8192),
        ("day-2k", true, 2048),
    ] {
        let begun = Instant::now();
        let mut files = Vec::new();
        let mut first = 0;
        for (month, days) in DAYS.into_iter().enumerate() {
            let path = dir.join(format!("{name}-{month:02}.parquet"));
            write(&path, stations, first..first + days, day_blocks, page_rows);
            files.push(path);
            first += days;
        }
        let bytes: u64 = files.iter().map(|file| file.metadata().unwrap().len()).sum();
        println!("{name}: {} MB, written in {:.1} s", bytes >> 20, begun.elapsed().as_secs_f64());
        let station = format!("S{:05}", stations / 2);
        best(&format!("{name}: one station's year"), || {
            files.iter().map(|file| read(file, Some(&station), 0..i64::MAX)).sum()
        });
        let at = 200 * 24 * HOUR;
        best(&format!("{name}: the country's hour"), || {
            files.iter().map(|file| read(file, None, at..at + HOUR)).sum()
        });
    }
}

fn write(path: &Path, stations: i64, days: Range<i64>, day_blocks: bool, page_rows: usize) {
    let column = |name: &str| ColumnPath::from(name);
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(if day_blocks { 1 << 30 } else { 1 << 20 }))
        .set_data_page_row_count_limit(page_rows)
        .set_write_batch_size(page_rows)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_dictionary_enabled(column("time"), false)
        .set_column_encoding(column("time"), Encoding::DELTA_BINARY_PACKED);
    for name in ["station", "item", "time"] {
        properties = properties.set_column_statistics_enabled(column(name), EnabledStatistics::Page);
    }
    let blocks: Vec<Range<i64>> =
        if day_blocks { days.map(|day| day..day + 1).collect() } else { vec![days] };
    let mut writer = None;
    let properties = properties.build();
    for block in blocks {
        for station in 0..stations {
            let (mut names, mut items, mut times, mut values) = (vec![], vec![], vec![], vec![]);
            let name = format!("S{station:05}");
            for item in ITEMS {
                for hour in block.start * 24..block.end * 24 {
                    names.push(name.as_str());
                    items.push(item);
                    times.push(hour * HOUR);
                    let noise = (station * 7919 + hour * 104_729 + item.len() as i64) % 97;
                    values.push(i128::from((20 + noise + station % 40) * 1_000_000));
                }
            }
            let values = Decimal128Array::from(values).with_precision_and_scale(18, 6).unwrap();
            let columns: [(&str, ArrayRef); 4] = [
                ("station", Arc::new(StringArray::from(names))),
                ("item", Arc::new(StringArray::from(items))),
                ("time", Arc::new(TimestampMicrosecondArray::from(times).with_timezone("UTC"))),
                ("value", Arc::new(values)),
            ];
            let batch = RecordBatch::try_from_iter(columns).unwrap();
            writer
                .get_or_insert_with(|| {
                    ArrowWriter::try_new(
                        File::create(path).unwrap(),
                        batch.schema(),
                        Some(properties.clone()),
                    )
                    .unwrap()
                })
                .write(&batch)
                .unwrap();
        }
        writer.as_mut().unwrap().flush().unwrap();
    }
    writer.unwrap().close().unwrap();
}

fn read(path: &Path, station: Option<&str>, times: Range<i64>) -> u64 {
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
    let builder =
        ParquetRecordBatchReaderBuilder::try_new_with_options(File::open(path).unwrap(), options).unwrap();
    let inside = Arc::clone(builder.metadata());
    let may_time = |least: i64, greatest: i64| least < times.end && greatest >= times.start;
    let may_word = |least: &[u8], greatest: &[u8]| {
        station.is_none_or(|station| least <= station.as_bytes() && station.as_bytes() <= greatest)
    };
    let (mut groups, mut ranges, mut total) = (vec![], vec![], 0);
    for (index, group) in inside.row_groups().iter().enumerate() {
        let time = match group.column(2).statistics() {
            Some(Statistics::Int64(times)) => may_time(*times.min_opt().unwrap(), *times.max_opt().unwrap()),
            _ => true,
        };
        let word = match group.column(0).statistics() {
            Some(Statistics::ByteArray(words)) => {
                may_word(words.min_opt().unwrap().data(), words.max_opt().unwrap().data())
            }
            _ => true,
        };
        if !time || !word {
            continue;
        }
        let rows = group.num_rows() as usize;
        let places = inside.offset_index().unwrap()[index][0].page_locations();
        for page in 0..places.len() {
            let start = places[page].first_row_index as usize;
            let end = places.get(page + 1).map_or(rows, |next| next.first_row_index as usize);
            let ColumnIndexMetaData::BYTE_ARRAY(words) = &inside.column_index().unwrap()[index][0] else {
                panic!()
            };
            if may_word(words.min_value(page).unwrap(), words.max_value(page).unwrap()) {
                ranges.push(total + start..total + end);
            }
        }
        groups.push(index);
        total += rows;
    }
    let mask = |column: usize| ProjectionMask::leaves(inside.file_metadata().schema_descr(), [column]);
    let mut filters: Vec<Box<dyn ArrowPredicate>> = Vec::new();
    if let Some(station) = station {
        let station = StringArray::new_scalar(station);
        filters.push(Box::new(ArrowPredicateFn::new(mask(0), move |batch: RecordBatch| {
            eq(batch.column(0), &station)
        })));
    }
    if times.start > 0 {
        filters.push(Box::new(ArrowPredicateFn::new(mask(2), move |batch: RecordBatch| {
            let column = batch.column(0).as_primitive::<TimestampMicrosecondType>();
            Ok(BooleanArray::from_unary(column, |time| times.contains(&time)))
        })));
    }
    let reader = builder
        .with_row_groups(groups)
        .with_row_selection(RowSelection::from_consecutive_ranges(ranges.into_iter(), total))
        .with_row_filter(RowFilter::new(filters))
        .with_batch_size(16384)
        .build()
        .unwrap();
    reader.map(|batch| batch.unwrap().num_rows() as u64).sum()
}

fn best(what: &str, run: impl Fn() -> u64) {
    let times = (0..5).map(|_| {
        let begun = Instant::now();
        let rows = run();
        (begun.elapsed(), rows)
    });
    let (time, rows) = times.min().unwrap();
    println!("{what}: {rows} rows in {:.1} ms", time.as_secs_f64() * 1e3);
}
