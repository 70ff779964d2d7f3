//! A national year for benchmarks: made, decoded, evaluated.
//!
//! ```text
//! air_national generate FILE.parquet [--years N] [--by time|station] [--seed N] [--stations N] [--absent]
//! air_national decode FILE.parquet [THREADS]      only decodes the nine columns, as fast as the reader can
//! air_national evaluate FILE.parquet [THREADS]    stage by stage: read, cities, statistics, and each edition
//! ```
//!
//! With `--absent`, a station that is out has no rows at all; else its rows are there and empty.
//!
//! Generated are 1,500 stations in 350 cities with the six items by the hour, seasons, days and episodes, and gaps: single
//! values, outages of hours and days. Everything follows from the seed. Each line that is
//! printed is `what seconds …` or `memory_peak_mb …`.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use arrow::array::{Float64Builder, RecordBatch, StringDictionaryBuilder, TimestampMicrosecondBuilder};
use arrow::datatypes::{DataType, Field, Int32Type, Schema, TimeUnit};
use evaluation::{Head, Judge, Repeated, Span, tables};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use standards::air::{Edition, Settings};
use standards::calendar::Date;

type Failed = Box<dyn std::error::Error>;

const CITIES: usize = 350;
const FIRST_YEAR: i16 = 2021;
const HOUR: i64 = 3_600_000_000;

fn main() -> Result<(), Failed> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option =
        |name: &str| arguments.iter().position(|text| text == name).and_then(|at| arguments.get(at + 1));
    let number = |name: &str, or: u64| option(name).map_or(Ok(or), |text| text.parse());
    let file =
        arguments.get(1).map(PathBuf::from).ok_or("air_national generate|decode|evaluate FILE.parquet …")?;
    let threads = arguments.get(2).map_or(Ok(2), |text| text.parse()).unwrap_or(2);
    match arguments[0].as_str() {
        "generate" => {
            let by_station = option("--by").is_some_and(|by| by == "station");
            let years = number("--years", 1)? as i16;
            let made = Made {
                years,
                by_station,
                absent: arguments.iter().any(|text| text == "--absent"),
                seed: number("--seed", 1)?,
                stations: number("--stations", 1500)? as usize,
            };
            generate(&file, &made)
        }
        "decode" => decode(&file, threads),
        "evaluate" => evaluate(&file, threads),
        other => Err(format!("unknown: {other}").into()),
    }
}

/// A small generator of random numbers (splitmix64): the same on every machine.
#[derive(Clone)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn chance(&mut self, one_in: u64) -> bool {
        self.next().is_multiple_of(one_in)
    }
}

/// A station as it goes through the hours.
struct Station {
    code: String,
    city: usize,
    random: Random,
    level: f64,
    /// The weather of the last days: an episode rises and fades.
    episode: f64,
    /// Hours that the whole station, and that each item, is still out.
    out: u32,
    item_out: [u32; 6],
}

impl Station {
    fn of(number: usize, seed: u64) -> Self {
        let mut random = Random(seed ^ (number as u64 + 1).wrapping_mul(0x2545_f491_4f6c_dd1d));
        let level = 0.6 + random.unit();
        // Large cities have many stations: the square draws towards the first ones.
        let city = if number < CITIES { number } else { (random.unit().powi(2) * CITIES as f64) as usize };
        Self {
            code: format!("{}A", 1001 + number),
            city,
            random,
            level,
            episode: 0.0,
            out: 0,
            item_out: [0; 6],
        }
    }

    /// The six values of an hour (SO2, NO2, CO, O3, PM10, PM2.5), or no row at all.
    fn hour(&mut self, of_year: f64, of_day: i64) -> Option<[Option<f64>; 6]> {
        let random = &mut self.random;
        if self.out > 0 {
            self.out -= 1;
            return None;
        }
        if random.chance(2500) {
            self.out = 1 + (random.next() % 12) as u32;
        } else if random.chance(40_000) {
            self.out = 24 + (random.next() % 96) as u32;
        }
        self.episode = self.episode * 0.98 + if random.chance(300) { 2.0 * random.unit() } else { 0.0 };
        let winter = (of_year * std::f64::consts::TAU).cos();
        let day = ((of_day as f64 - 9.0) / 24.0 * std::f64::consts::TAU).sin();
        let particles =
            self.level * (28.0 + 16.0 * winter + 30.0 * self.episode) * (0.8 + 0.4 * random.unit());
        let values = [
            self.level * (7.0 + 4.0 * winter) * (0.7 + 0.6 * random.unit()),
            self.level * (24.0 + 9.0 * winter - 6.0 * day) * (0.7 + 0.6 * random.unit()),
            self.level * (0.6 + 0.25 * winter + 0.15 * self.episode) * (0.8 + 0.4 * random.unit()),
            (70.0 - 42.0 * winter + 38.0 * day + 20.0 * self.episode).max(2.0) * (0.75 + 0.5 * random.unit()),
            particles * (1.5 + 0.4 * random.unit()),
            particles,
        ];
        let mut row = [None; 6];
        for (place, value) in values.into_iter().enumerate() {
            if self.item_out[place] > 0 {
                self.item_out[place] -= 1;
                continue;
            }
            if random.chance(150) {
                self.item_out[place] = if random.chance(20) { (random.next() % 60) as u32 } else { 0 };
                continue;
            }
            row[place] = Some(if place == 2 { (value * 10.0).round() / 10.0 } else { value.round() });
        }
        Some(row)
    }
}

struct Writer {
    writer: ArrowWriter<File>,
    schema: Arc<Schema>,
    time: TimestampMicrosecondBuilder,
    station: StringDictionaryBuilder<Int32Type>,
    city: StringDictionaryBuilder<Int32Type>,
    items: [Float64Builder; 6],
    rows: usize,
}

impl Writer {
    fn new(path: &Path) -> Result<Self, Failed> {
        let names = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let mut fields = vec![
            Field::new("time", DataType::Timestamp(TimeUnit::Microsecond, None), true),
            Field::new("station", names.clone(), true),
            Field::new("city", names, true),
        ];
        fields.extend(
            ["so2", "no2", "co", "o3", "pm10", "pm2_5"].map(|item| Field::new(item, DataType::Float64, true)),
        );
        let schema = Arc::new(Schema::new(fields));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(1 << 20))
            .build();
        Ok(Self {
            writer: ArrowWriter::try_new(File::create(path)?, schema.clone(), Some(properties))?,
            schema,
            time: TimestampMicrosecondBuilder::new(),
            station: StringDictionaryBuilder::new(),
            city: StringDictionaryBuilder::new(),
            items: Default::default(),
            rows: 0,
        })
    }

    fn row(&mut self, time: i64, station: &Station, values: &[Option<f64>; 6]) -> Result<(), Failed> {
        self.time.append_value(time);
        self.station.append(&station.code)?;
        self.city.append(format!("城市{:03}", station.city + 1))?;
        for (builder, value) in self.items.iter_mut().zip(values) {
            builder.append_option(*value);
        }
        self.rows += 1;
        if self.rows.is_multiple_of(1 << 17) { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Failed> {
        let mut arrays: Vec<arrow::array::ArrayRef> =
            vec![Arc::new(self.time.finish()), Arc::new(self.station.finish()), Arc::new(self.city.finish())];
        for builder in &mut self.items {
            arrays.push(Arc::new(builder.finish()));
        }
        self.writer.write(&RecordBatch::try_new(self.schema.clone(), arrays)?)?;
        Ok(())
    }
}

/// What is made.
struct Made {
    years: i16,
    by_station: bool,
    absent: bool,
    seed: u64,
    stations: usize,
}

fn generate(path: &Path, made: &Made) -> Result<(), Failed> {
    let Made { years, by_station, absent, seed, stations } = *made;
    let first = i64::from(Date::new(FIRST_YEAR, 1, 1).number()) * 24;
    let last = i64::from(Date::new(FIRST_YEAR + years, 1, 1).number()) * 24;
    let mut stations: Vec<Station> = (0..stations).map(|number| Station::of(number, seed)).collect();
    let mut writer = Writer::new(path)?;
    let place_in_year = |hour: i64| ((hour - first) % 8766) as f64 / 8766.0;
    if by_station {
        for station in &mut stations {
            for hour in first..last {
                match station.hour(place_in_year(hour), hour % 24) {
                    Some(values) => writer.row(hour * HOUR, station, &values)?,
                    None if absent => {}
                    None => writer.row(hour * HOUR, station, &[None; 6])?,
                }
            }
        }
    } else {
        for hour in first..last {
            for station in &mut stations {
                match station.hour(place_in_year(hour), hour % 24) {
                    Some(values) => writer.row(hour * HOUR, station, &values)?,
                    None if absent => {}
                    None => writer.row(hour * HOUR, station, &[None; 6])?,
                }
            }
        }
    }
    writer.flush()?;
    let rows = writer.rows;
    writer.writer.close()?;
    println!("rows {rows}");
    Ok(())
}

/// Decodes the columns by the same reader and as many threads, and does nothing with them.
fn decode(path: &Path, threads: usize) -> Result<(), Failed> {
    let start = Instant::now();
    let names = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let plain = ArrowReaderMetadata::load(&File::open(path)?, ArrowReaderOptions::new())?;
    let fields: Vec<Field> = plain
        .schema()
        .fields()
        .iter()
        .map(|field| match field.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
                field.as_ref().clone().with_data_type(names.clone())
            }
            _ => field.as_ref().clone(),
        })
        .collect();
    let schema = Arc::new(Schema::new_with_metadata(fields, plain.schema().metadata().clone()));
    let metadata =
        ArrowReaderMetadata::load(&File::open(path)?, ArrowReaderOptions::new().with_schema(schema))?;
    let next = AtomicUsize::new(0);
    let groups = metadata.metadata().num_row_groups();
    let work = || -> Result<usize, String> {
        let mut rows = 0;
        loop {
            let group = next.fetch_add(1, Ordering::Relaxed);
            if group >= groups {
                return Ok(rows);
            }
            let file = File::open(path).map_err(|error| error.to_string())?;
            let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone())
                .with_row_groups(vec![group])
                .with_batch_size(readings::air::BATCH)
                .build()
                .map_err(|error| error.to_string())?;
            for batch in reader {
                rows += std::hint::black_box(batch.map_err(|error| error.to_string())?).num_rows();
            }
        }
    };
    let rows: usize = std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        all.into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err("panic".to_owned())))
            .sum::<Result<usize, String>>()
    })?;
    println!("rows {rows}");
    println!("decode {:.4}", start.elapsed().as_secs_f64());
    memory()
}

fn evaluate(path: &Path, threads: usize) -> Result<(), Failed> {
    let files = [path.to_owned()];
    let options = readings::Options::default();
    let start = Instant::now();
    let mut last = start;
    let mut step = |what: &str| {
        println!("{what} {:.4}", last.elapsed().as_secs_f64());
        last = Instant::now();
    };
    let read = evaluation::read_files(&files, &options, Repeated::Refuse, Settings::default(), threads)?;
    step("read");
    let days = read.hours.finish();
    step("finish");
    let evaluation = evaluation::Evaluation::of(days, threads);
    step("cities");
    let years = evaluation.statistics(Span::Year, threads);
    step("statistics");
    let mut first = None;
    for edition in Edition::ALL {
        let judged = evaluation.judge(&years, Judge::By(edition), threads);
        let table = tables::periods_of(&evaluation, &years, &judged, Head::Scope, tables::SCALE)?;
        std::hint::black_box(table);
        step(&format!("judge_{}", edition.key()));
        first.get_or_insert_with(|| start.elapsed().as_secs_f64());
    }
    println!("first_evaluation {:.4}", first.unwrap_or(0.0));
    let bytes = evaluation.len() * evaluation.station_days().stations().len();
    println!("station_days {bytes}");
    memory()
}

/// The most memory that the program has had.
fn memory() -> Result<(), Failed> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes: f64 =
        peak.and_then(|text| text.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0.0);
    println!("memory_peak_mb {:.1}", kilobytes / 1024.0);
    Ok(())
}
