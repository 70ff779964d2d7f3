//! Evaluated days and periods as Arrow tables, for SQL and for files.
//!
//! | table | one row for each | function |
//! |---|---|---|
//! | `station_days`, `city_days` | scope, day, edition | [`days`] |
//! | `station_months`, `city_months`, `station_years`, `city_years` | scope, period, edition | [`periods`] |
//!
//! **Columns of days:** `station`, `city` (a city's table has only `city`), `date`, `edition`; for each item
//! `so2 no2 pm10 co o3_8h pm2_5` its concentration, `…_hours` (of a city `…_stations`: valid ones) and `…_iaqi`; `o3_1h`;
//! `aqi`, `level` (优 …), `level_number` (1 … 6), `is_good`, `primary_pollutants`, `exceeding`, `missing` (symbols divided
//! by commas; empty for none).
//!
//! **Columns of periods:** the scope, `year` (and `month`), `edition`; `expected_days`, `valid_days`, `good_days`, `good_share`
//! (per cent), `days_1` … `days_6` by level; for each item `…_days` (valid ones), `…_mean`, the percentile (`so2_p98 no2_p98 pm10_p95
//! co_p95 o3_8h_p90 pm2_5_p95`), `…_attained` (null where the rule forbids a judgement), `…_refused` (why; null if judged),
//! `…_primary_days`; `attained` (all items), `composite_index`, `main_pollutants`.
//!
//! A command's tables ([`Head::Scope`]) begin with `scope`, `by` (station or city) and `city` instead, so that stations and
//! cities stand in one table; the counts behind a day's values are then `…_from`.
//!
//! Means and percentiles are those of what there is; whether there is enough is said by `…_refused`.
//! Concentrations are decimal(18, 6) or of the decimals asked for, rounded once from the exact ratio; no float. Counts are
//! bigint. What does not exist is null.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanBuilder, Date32Builder, Decimal128Builder, Int64Builder, RecordBatch,
    StringBuilder,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::datatypes::{Date32Type, Decimal128Type, Int64Type};
use arrow::error::ArrowError;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use standards::air::{Item, Level, Period, Ratio, Settings};

use crate::evaluate::{Evaluation, PeriodStatistics, Scope, Span};
use crate::judge::{Judge, Judged};

/// Decimals of concentrations, shares and indices.
pub const SCALE: i8 = 6;

/// A table.
pub type Table = RecordBatch;

/// Whether a table is of stations or of cities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Stations.
    Station,
    /// Cities.
    City,
}

impl Kind {
    /// The key: `station`, `city`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Station => "station",
            Self::City => "city",
        }
    }
}

/// What the rows of a table begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// `station` and `city`, or `city`: scopes of one kind.
    Of(Kind),
    /// `scope`, `by`, `city`: scopes of both kinds.
    Scope,
}

/// The prefix of an item's columns; ozone's day is its maximum 8 hours.
pub const fn prefix(item: Item) -> &'static str {
    match item {
        Item::O3 => "o3_8h",
        other => other.key(),
    }
}

/// The name of an item's percentile: `so2_p98`.
pub fn percentile_column(item: Item, settings: &Settings) -> String {
    format!("{}_p{}", prefix(item), settings.percentiles[item.index()])
}

/// The schema of [`days`].
pub fn day_schema(head: Head, scale: i8) -> SchemaRef {
    let made_from = match head {
        Head::Of(Kind::Station) => "hours",
        Head::Of(Kind::City) => "stations",
        Head::Scope => "from",
    };
    let decimal = |name: &str| decimal(name, scale);
    let mut fields = scope_fields(head);
    fields.push(Field::new("date", DataType::Date32, false));
    fields.push(text("edition", false));
    for item in Item::ALL {
        fields.push(decimal(prefix(item)));
        fields.push(count(&format!("{}_{made_from}", prefix(item)), false));
        fields.push(count(&format!("{}_iaqi", prefix(item)), true));
    }
    fields.extend([
        decimal("o3_1h"),
        count("aqi", true),
        text("level", true),
        count("level_number", true),
        Field::new("is_good", DataType::Boolean, true),
        text("primary_pollutants", false),
        text("exceeding", false),
        text("missing", false),
    ]);
    Arc::new(Schema::new(fields))
}

/// The schema of [`periods`].
pub fn period_schema(head: Head, span: Span, settings: &Settings, scale: i8) -> SchemaRef {
    let decimal = |name: &str| decimal(name, scale);
    let mut fields = scope_fields(head);
    fields.push(count("year", false));
    if span == Span::Month {
        fields.push(count("month", false));
    }
    fields.extend([
        text("edition", false),
        count("expected_days", false),
        count("valid_days", false),
        count("good_days", false),
        decimal("good_share"),
    ]);
    fields.extend(Level::ALL.map(|level| count(&format!("days_{}", level.number()), false)));
    for item in Item::ALL {
        let prefix = prefix(item);
        fields.extend([
            count(&format!("{prefix}_days"), false),
            decimal(&format!("{prefix}_mean")),
            decimal(&percentile_column(item, settings)),
            Field::new(format!("{prefix}_attained"), DataType::Boolean, true),
            text(&format!("{prefix}_refused"), true),
            count(&format!("{prefix}_primary_days"), false),
        ]);
    }
    fields.extend([
        Field::new("attained", DataType::Boolean, true),
        // Published with two decimals.
        self::decimal("composite_index", scale.max(3)),
        text("main_pollutants", true),
    ]);
    Arc::new(Schema::new(fields))
}

/// The days of all scopes of a kind, by scope and date.
pub fn days(evaluation: &Evaluation, judge: Judge, kind: Kind) -> Result<RecordBatch, ArrowError> {
    days_of(evaluation, judge, Head::Of(kind), &evaluation.scopes(kind), SCALE)
}

/// The days of some scopes, with so many decimals.
pub fn days_of(
    evaluation: &Evaluation,
    judge: Judge,
    head: Head,
    scopes: &[Scope],
    scale: i8,
) -> Result<RecordBatch, ArrowError> {
    let schema = day_schema(head, scale);
    let mut columns = Columns::new(&schema);
    let scale = u32::from(scale.unsigned_abs());
    let settings = evaluation.settings();
    for &scope in scopes {
        for place in 0..evaluation.len() {
            let (day, number) = (evaluation.day(scope, place), evaluation.number(place));
            let edition = judge.on(number);
            let index = day.index(edition, settings);
            columns.scope(evaluation, scope, head);
            columns.date(number);
            columns.text(Some(edition.key()));
            for item in Item::ALL {
                columns.micro(day.value(item).rounded(scale));
                columns.count(Some(i64::from(evaluation.made_from(scope, place, item))));
                columns.count(index.sub_index(item).map(i64::from));
            }
            columns.micro(day.ozone_hour.rounded(scale));
            columns.count(index.aqi().map(i64::from));
            columns.text(index.level().map(Level::category_zh));
            columns.count(index.level().map(|level| i64::from(level.number())));
            columns.flag(index.level().map(Level::is_good));
            columns.text(Some(&index.primary().to_string()));
            columns.text(Some(&index.exceeding().to_string()));
            columns.text(Some(&index.missing().to_string()));
        }
    }
    columns.finish(schema)
}

/// Those of the judged periods that are of this kind. All must be of one span.
pub fn periods(
    evaluation: &Evaluation,
    statistics: &[PeriodStatistics],
    judged: &[Judged],
    kind: Kind,
) -> Result<RecordBatch, ArrowError> {
    periods_of(evaluation, statistics, judged, Head::Of(kind), SCALE)
}

/// The judged periods, with so many decimals; of both kinds if the head has room for both.
pub fn periods_of(
    evaluation: &Evaluation,
    statistics: &[PeriodStatistics],
    judged: &[Judged],
    head: Head,
    scale: i8,
) -> Result<RecordBatch, ArrowError> {
    let months = statistics.iter().any(|period| matches!(period.period, Period::Month(..)));
    let settings = evaluation.settings();
    let schema = period_schema(head, if months { Span::Month } else { Span::Year }, settings, scale);
    let mut columns = Columns::new(&schema);
    let scale = u32::from(scale.unsigned_abs());
    let wanted = |scope: Scope| head == Head::Scope || head == Head::Of(scope.kind());
    for (period, judged) in statistics.iter().zip(judged).filter(|(period, _)| wanted(period.scope)) {
        columns.scope(evaluation, period.scope, head);
        columns.count(Some(i64::from(period.period.first().year)));
        if months {
            columns.count(Some(i64::from(period.period.first().month)));
        }
        // A year that mixes editions is judged day by day: no single key is true of it.
        columns.text(Some(match judged.edition {
            Some(edition) if !judged.is_mixed => edition.key(),
            _ => "by-date",
        }));
        columns.count(Some(i64::from(period.period.days())));
        columns.count(Some(i64::from(judged.count.valid())));
        columns.count(Some(i64::from(judged.count.good())));
        columns.micro(judged.count.good_share(scale));
        for days in judged.count.by_level {
            columns.count(Some(i64::from(days)));
        }
        for item in Item::ALL {
            let of_item = &period.items[item.index()];
            let ratio = |ratio: Option<Ratio>| ratio.map(|ratio| ratio.rounded(scale));
            columns.count(Some(i64::from(of_item.completeness.valid)));
            columns.micro(ratio(of_item.mean_of_what_there_is()));
            columns.micro(ratio(of_item.percentile_of_what_there_is()));
            let judgement = &judged.items[item.index()];
            columns.flag(judgement.as_ref().ok().map(|judgement| judgement.attains));
            columns.text(judgement.as_ref().err().map(ToString::to_string).as_deref());
            columns.count(Some(i64::from(judged.primary_days[item.index()])));
        }
        columns.flag(judged.attains());
        columns.micro(judged.composite.as_ref().ok().map(|index| index.rounded(scale.max(3))));
        columns.text(judged.composite.as_ref().ok().map(|index| index.main().to_string()).as_deref());
    }
    columns.finish(schema)
}

fn scope_fields(head: Head) -> Vec<Field> {
    match head {
        Head::Of(Kind::Station) => vec![text("station", false), text("city", true)],
        Head::Of(Kind::City) => vec![text("city", false)],
        Head::Scope => vec![text("scope", false), text("by", false), text("city", true)],
    }
}

fn text(name: &str, nullable: bool) -> Field {
    Field::new(name, DataType::Utf8, nullable)
}

fn count(name: &str, nullable: bool) -> Field {
    Field::new(name, DataType::Int64, nullable)
}

fn decimal(name: &str, scale: i8) -> Field {
    Field::new(name, DataType::Decimal128(18, scale), true)
}

/// The columns as they grow, filled row by row from the left.
struct Columns {
    builders: Vec<Builder>,
    next: usize,
}

enum Builder {
    Text(StringBuilder),
    Count(Int64Builder),
    Micro(Decimal128Builder),
    Flag(BooleanBuilder),
    Date(Date32Builder),
}

impl Columns {
    fn new(schema: &Schema) -> Self {
        let builders = schema
            .fields()
            .iter()
            .map(|field| match field.data_type() {
                DataType::Utf8 => Builder::Text(StringBuilder::new()),
                DataType::Boolean => Builder::Flag(BooleanBuilder::new()),
                DataType::Date32 => Builder::Date(Date32Builder::new()),
                DataType::Decimal128(..) => {
                    Builder::Micro(Decimal128Builder::new().with_data_type(field.data_type().clone()))
                }
                _ => Builder::Count(Int64Builder::new()),
            })
            .collect();
        Self { builders, next: 0 }
    }

    fn next(&mut self) -> &mut Builder {
        let place = self.next;
        self.next = (place + 1) % self.builders.len();
        &mut self.builders[place]
    }

    fn scope(&mut self, evaluation: &Evaluation, scope: Scope, head: Head) {
        self.text(Some(evaluation.name(scope)));
        if head == Head::Scope {
            self.text(Some(scope.kind().key()));
        }
        if head != Head::Of(Kind::City) {
            self.text(evaluation.city(scope));
        }
    }

    fn text(&mut self, value: Option<&str>) {
        if let Builder::Text(builder) = self.next() {
            builder.append_option(value);
        }
    }

    fn count(&mut self, value: Option<i64>) {
        if let Builder::Count(builder) = self.next() {
            builder.append_option(value);
        }
    }

    fn micro(&mut self, value: Option<i64>) {
        if let Builder::Micro(builder) = self.next() {
            builder.append_option(value.map(i128::from));
        }
    }

    fn flag(&mut self, value: Option<bool>) {
        if let Builder::Flag(builder) = self.next() {
            builder.append_option(value);
        }
    }

    fn date(&mut self, number: i32) {
        if let Builder::Date(builder) = self.next() {
            builder.append_value(number);
        }
    }

    fn finish(self, schema: SchemaRef) -> Result<RecordBatch, ArrowError> {
        let arrays: Vec<ArrayRef> = self
            .builders
            .into_iter()
            .map(|builder| -> ArrayRef {
                match builder {
                    Builder::Text(mut builder) => Arc::new(builder.finish()),
                    Builder::Count(mut builder) => Arc::new(builder.finish()),
                    Builder::Micro(mut builder) => Arc::new(builder.finish()),
                    Builder::Flag(mut builder) => Arc::new(builder.finish()),
                    Builder::Date(mut builder) => Arc::new(builder.finish()),
                }
            })
            .collect();
        RecordBatch::try_new(schema, arrays)
    }
}

/// Writes tables of one schema as a Parquet file.
pub fn write_parquet(path: &Path, tables: &[RecordBatch]) -> Result<(), parquet::errors::ParquetError> {
    let Some(first) = tables.first() else { return Ok(()) };
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = ArrowWriter::try_new(File::create(path)?, first.schema(), Some(properties))?;
    for table in tables {
        writer.write(table)?;
    }
    writer.close().map(|_| ())
}

/// A value of a table, for printing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// Text, a date.
    Text(String),
    /// A whole number.
    Count(i64),
    /// A decimal, as it is written: `84.4`.
    Decimal(String),
    /// Yes or no.
    Flag(bool),
}

/// The names of a table's columns.
pub fn headings(table: &RecordBatch) -> Vec<String> {
    table.schema().fields().iter().map(|field| field.name().clone()).collect()
}

/// The values of a table row by row.
pub fn rows(table: &RecordBatch) -> impl Iterator<Item = Vec<Value>> + '_ {
    (0..table.num_rows()).map(|row| table.columns().iter().map(|column| value(column, row)).collect())
}

fn value(column: &ArrayRef, row: usize) -> Value {
    if column.is_null(row) {
        return Value::Null;
    }
    match column.data_type() {
        DataType::Utf8 => Value::Text(column.as_string::<i32>().value(row).to_owned()),
        DataType::Boolean => Value::Flag(column.as_boolean().value(row)),
        DataType::Date32 => {
            Value::Text(crate::days::date(column.as_primitive::<Date32Type>().value(row)).to_string())
        }
        DataType::Decimal128(..) => {
            Value::Decimal(trimmed(&column.as_primitive::<Decimal128Type>().value_as_string(row)))
        }
        _ => Value::Count(column.as_primitive::<Int64Type>().value(row)),
    }
}

/// Without zeros behind the last digit that says something: `84.400` is `84.4`.
fn trimmed(decimal: &str) -> String {
    if decimal.contains('.') {
        decimal.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        decimal.to_owned()
    }
}
