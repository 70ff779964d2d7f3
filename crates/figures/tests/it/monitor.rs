//! Figures from measurements: evaluated by an edition, pinned to a state of the lake, followed down to hours.

use std::sync::{Arc, Mutex};

use arrow::array::{
    ArrayRef, Decimal128Builder, Int64Builder, RecordBatch, StringDictionaryBuilder,
    TimestampMicrosecondBuilder,
};
use arrow::datatypes::Int32Type;
use figure::{FigureId, Period};
use figures::blocking::Engine;
use figures::{FigureError, MeasurementSource, Request};
use insta::assert_snapshot;
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};
use lake::{Kind, Query, Span};

use crate::book::{self, Book};

const STATIONS: &str = r#"
label = { zh = "监测点位", en = "Stations" }
[fields.code]
label = { zh = "编码", en = "Code" }
type = "text"
required = true
unique = true
[fields.name]
label = { zh = "名称", en = "Name" }
type = "text"
[fields.kind]
label = { zh = "类别", en = "Kind" }
type = "choice"
options = [
    { key = "air", label = { zh = "空气", en = "Air" } },
    { key = "water", label = { zh = "水", en = "Water" } },
    { key = "noise", label = { zh = "噪声", en = "Noise" } },
]
[fields.city]
label = { zh = "城市", en = "City" }
type = "text"
[fields.evaluated]
label = { zh = "参与评价", en = "Evaluated" }
type = "yes-no"
[fields.area_class]
label = { zh = "功能区", en = "Area" }
type = "text"
[fields.water_body]
label = { zh = "水体", en = "Water" }
type = "text"
"#;

const INDICATORS: &str = r#"
["air.good_days"]
label = { zh = "优良天数", en = "Good days" }
unit = "天"
decimals = 0
measure = "flow"
dimensions = ["month"]
rows = '''select day as key, day as occurred, substr(cast(day as varchar), 6, 2) as month, measured
from air_city_days where city = '江城' and good'''
sum = "count"

["air.days"]
label = { zh = "有效天数", en = "Valid days" }
unit = "天"
decimals = 0
measure = "flow"
dimensions = ["month"]
rows = '''select day as key, day as occurred, substr(cast(day as varchar), 6, 2) as month, measured
from air_city_days where aqi is not null'''
sum = "count"

["air.good_rate"]
label = { zh = "优良率", en = "Share of good days" }
unit = "%"
decimals = 1
measure = "flow"
dimensions = ["month"]
formula = "air.good_days / air.days * 100"

["air.pm2_5_mean"]
label = { zh = "PM2.5", en = "PM2.5" }
unit = "微克/立方米"
decimals = 1
measure = "flow"
rows = "select day as key, pm2_5 as amount, day as occurred, measured from air_city_days where pm2_5 is not null"
sum = "mean"

["air.over"]
label = { zh = "超标", en = "Over the annual limit" }
unit = "天"
decimals = 0
measure = "flow"
rows = "select day as key, day as occurred from air_city_days where pm2_5 > air_limit('pm2_5', 'year', 'II', day)"
sum = "count"

["water.class"]
label = { zh = "类别", en = "Class" }
unit = "类"
decimals = 0
measure = "flow"
dimensions = ["station"]
rows = "select station as key, class as amount, month as occurred, station, measured from water_section_months"
sum = "max"

["noise.nights"]
label = { zh = "夜间达标", en = "Nights attained" }
unit = "夜"
decimals = 0
measure = "flow"
rows = "select station || '/' || cast(day as varchar) as key, day as occurred, measured from noise_station_days where night_attained"
sum = "count"
"#;

const PACK: &str = r#"name = "tiny"
label = { zh = "小城", en = "Tiny" }
[roles.clerk]
label = { zh = "录入员", en = "Clerk" }
[dimensions.month]
label = { zh = "月份", en = "Month" }
[dimensions.station]
label = { zh = "点位", en = "Station" }
"#;

fn files() -> Vec<(String, String)> {
    [("pack.toml", PACK), ("registers/stations.toml", STATIONS), ("indicators/all.toml", INDICATORS)]
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .to_vec()
}

struct Row {
    kind: Kind,
    span: Span,
    station: &'static str,
    item: &'static str,
    time: Timestamp,
    millionths: i64,
    flag: &'static str,
    batch: u64,
}

/// A lake in memory.
#[derive(Default)]
struct Measurements(Mutex<Vec<Row>>);

impl Measurements {
    fn push(&self, row: Row) {
        self.0.lock().expect("no panic").push(row);
    }

    /// A whole day of equal hours.
    fn day(&self, station: &'static str, item: &'static str, day: Date, value: i64, batch: u64) {
        (0..24).for_each(|hour| self.hour(station, item, (day, hour), value, "N", batch));
    }

    fn hour(
        &self,
        station: &'static str,
        item: &'static str,
        (day, hour): (Date, i8),
        value: i64,
        flag: &'static str,
        batch: u64,
    ) {
        let kind = if item == "leq" { Kind::Noise } else { Kind::Air };
        let time = local(day, hour);
        self.push(Row {
            kind,
            span: Span::Hour,
            station,
            item,
            time,
            millionths: value * 1_000_000,
            flag,
            batch,
        });
    }
}

fn local(day: Date, hour: i8) -> Timestamp {
    jiff::tz::Offset::constant(8).to_timestamp(day.at(hour, 0, 0, 0)).expect("a time")
}

impl MeasurementSource for Measurements {
    fn version(&self) -> Result<u64, FigureError> {
        Ok(self.0.lock().expect("no panic").iter().map(|row| row.batch).max().unwrap_or(0))
    }

    fn read(
        &self,
        query: &Query,
        each: &mut dyn FnMut(&RecordBatch) -> Result<(), FigureError>,
    ) -> Result<(), FigureError> {
        let rows = self.0.lock().expect("no panic");
        let mut latest = std::collections::BTreeMap::new();
        for row in rows.iter().filter(|row| {
            row.kind == query.kind
                && row.span == query.span
                && query.known_at.is_none_or(|known| row.batch <= known)
                && (query.from..query.to).contains(&row.time)
                && query.stations.as_ref().is_none_or(|some| some.iter().any(|code| code == row.station))
        }) {
            latest.insert((row.station, row.item, row.time), row);
        }
        let mut words: [StringDictionaryBuilder<Int32Type>; 4] = Default::default();
        let (mut time, mut recorded) =
            (TimestampMicrosecondBuilder::new(), TimestampMicrosecondBuilder::new());
        let (mut value, mut batch) = (Decimal128Builder::new(), Int64Builder::new());
        for row in latest.into_values() {
            let texts = [row.station, row.item, row.flag, "test"];
            words.iter_mut().zip(texts).for_each(|(column, text)| column.append_value(text));
            time.append_value(row.time.as_microsecond());
            value.append_value(i128::from(row.millionths));
            batch.append_value(i64::try_from(row.batch).expect("small"));
            recorded.append_value(row.time.as_microsecond());
        }
        let [mut station, mut item, mut flag, mut source] = words;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(station.finish()),
            Arc::new(item.finish()),
            Arc::new(time.finish().with_timezone("UTC")),
            Arc::new(value.finish().with_precision_and_scale(18, 6).expect("it fits")),
            Arc::new(flag.finish()),
            Arc::new(source.finish()),
            Arc::new(batch.finish()),
            Arc::new(recorded.finish().with_timezone("UTC")),
        ];
        each(&RecordBatch::try_new(lake::schema(), columns).expect("the lake's columns"))
    }
}

/// Two stations that count and one that does not; two days of July 2022, the second above 75.
fn city() -> (Arc<Book>, Arc<Measurements>) {
    let book = Book::new();
    book.appends(
        r#"
create stations 2020-01-01 {"code":"A1","kind":"air","city":"江城","evaluated":true}
create stations 2020-01-01 {"code":"A2","kind":"air","city":"江城","evaluated":true}
create stations 2020-01-01 {"code":"A9","kind":"air","city":"江城","evaluated":false}
create stations 2020-01-01 {"code":"W1","kind":"water","city":"江城","water_body":"river"}
create stations 2020-01-01 {"code":"W2","kind":"water","city":"江城","water_body":"lake"}
create stations 2020-01-01 {"code":"N1","kind":"noise","city":"江城","area_class":"2"}
"#,
    );
    let lake = Arc::new(Measurements::default());
    let (first, second) = (date(2022, 7, 1), date(2022, 7, 2));
    lake.day("A1", "pm2_5", first, 60, 1);
    lake.day("A2", "pm2_5", first, 80, 1);
    lake.day("A1", "pm2_5", second, 76, 1);
    lake.day("A2", "pm2_5", second, 76, 1);
    lake.day("A9", "pm2_5", second, 1, 1);
    (book, lake)
}

fn engine(book: &Arc<Book>, lake: &Arc<Measurements>) -> Engine {
    let pack = book::pack(&files());
    let engine = Engine::open(pack, book.clone(), None).expect("it opens");
    engine.with_measurements(lake.clone())
}

fn ask(engine: &Engine, request: Request) -> String {
    let snapshot = engine.snapshot().expect("a snapshot");
    let digest: String = snapshot.pack.iter().map(|byte| format!("{byte:02x}")).collect();
    match engine.evaluate(&[request]) {
        Ok(figures) => figures
            .concat()
            .iter()
            .map(|figure| {
                let value = figure.value.map_or("none".to_owned(), |value| value.normalize().to_string());
                format!("{} = {value}", figure.id.to_string().replace(&digest, "PACK"))
            })
            .collect::<Vec<_>>()
            .join("\n"),
        Err(error) => error.to_string(),
    }
}

fn of_2022(indicator: &str) -> Request {
    Request::new(indicator, Period::Year(2022))
}

#[test]
fn days_are_judged_by_the_edition_of_their_date_or_by_the_one_asked_for() {
    let (book, lake) = city();
    let engine = engine(&book, &lake);
    assert_snapshot!(ask(&engine, of_2022("air.good_days")), @"air.good_days/2022/6+1.PACK = 1");
    let edition = vec![("edition".to_owned(), "2026".to_owned())];
    assert_snapshot!(
        ask(&engine, Request { scope: edition, ..of_2022("air.good_days") }),
        @"air.good_days/2022/edition=2026/6+1.PACK = 0"
    );
    assert_snapshot!(ask(&engine, Request { by: vec!["edition".to_owned()], ..of_2022("air.good_rate") }), @r"
    air.good_rate/2022/edition=2012/6+1.PACK = 50
    air.good_rate/2022/edition=2026-transition/6+1.PACK = 0
    air.good_rate/2022/edition=2026/6+1.PACK = 0
    ");
    let (by, scope) = (vec!["month".to_owned()], vec![("edition".to_owned(), "2012".to_owned())]);
    assert_snapshot!(
        ask(&engine, Request { by, scope, ..of_2022("air.good_days") }),
        @"air.good_days/2022/edition=2012/month=07/6+1.PACK = 1"
    );
    let wrong = vec![("edition".to_owned(), "1996".to_owned())];
    assert_snapshot!(ask(&engine, Request { scope: wrong, ..of_2022("air.good_days") }), @"there is no edition `1996`");
}

#[test]
fn functions_of_the_standards_go_by_the_edition_too() {
    let (book, lake) = city();
    let engine = engine(&book, &lake);
    // 70 and 76 are both above 35.
    assert_snapshot!(ask(&engine, of_2022("air.over")), @"air.over/2022/6+1.PACK = 2");
}

#[test]
fn a_correction_changes_what_is_known_now_and_never_what_was_known_then() {
    let (book, lake) = city();
    let engine = engine(&book, &lake);
    let before: FigureId = engine.evaluate(&[of_2022("air.pm2_5_mean")]).expect("a figure")[0][0].id.clone();
    // Five hours of a station are marked as calibration: its day falls below 20 hours, and one of two is enough.
    let second = date(2022, 7, 2);
    (0..5).for_each(|hour| lake.hour("A1", "pm2_5", (second, hour), 76, "C", 2));
    (0..24).for_each(|hour| lake.hour("A2", "pm2_5", (second, hour), 50, "N", 2));
    assert_snapshot!(ask(&engine, of_2022("air.pm2_5_mean")), @"air.pm2_5_mean/2022/6+2.PACK = 60");
    assert_snapshot!(ask(&engine, Request::of(&before)), @"air.pm2_5_mean/2022/6+1.PACK = 73");
    assert_snapshot!(
        ask(&engine, Request { lake: Some(3), ..of_2022("air.pm2_5_mean") }),
        @"there are 2 batches of measurements, not 3"
    );

    let difference = engine.diff(&before, None).expect("a difference");
    assert_eq!(difference.measurements.len(), 29);
    let change = &difference.measurements[0];
    let told = |note: &Option<figures::MeasuredNote>| {
        let note = note.as_ref().expect("it was there");
        format!(
            "{} {} {} {:?} {}",
            note.station,
            note.item,
            note.time,
            note.value.map(|v| v.normalize().to_string()),
            note.flag
        )
    };
    assert_snapshot!(told(&change.then), @r#"A1 pm2_5 2022-07-01T16:00:00Z Some("76") N"#);
    assert_snapshot!(told(&change.now), @r#"A1 pm2_5 2022-07-01T16:00:00Z Some("76") C"#);

    let trace = engine.trace(&before).expect("a trace");
    assert!(trace.is_proven());
    let places: Vec<String> = trace.parts[0]
        .rows
        .iter()
        .map(|traced| traced.row.measured.as_ref().expect("it was measured").to_string())
        .collect();
    assert_snapshot!(places.join("\n"), @r"
    air/hour/A1,A2/2022-07-01/2022-07-01
    air/hour/A1,A2/2022-07-02/2022-07-02
    ");
    let place = places[1].parse().expect("a locator");
    let hours = engine.measurements(&place, before.snapshot.lake.expect("measured")).expect("hours");
    assert_eq!(hours.len(), 48);
    assert!(hours.iter().all(|note| note.flag == "N" && note.batch == 1));
}

#[test]
fn absent_hours_are_missing_and_too_few_are_no_day() {
    let (book, lake) = city();
    let third = date(2022, 7, 3);
    (0..19).for_each(|hour| lake.hour("A1", "pm2_5", (third, hour), 10, "N", 2));
    let engine = engine(&book, &lake);
    assert_snapshot!(ask(&engine, of_2022("air.days")), @"air.days/2022/6+2.PACK = 2");
    // One hour more makes the station's day, and one of two stations the city's.
    lake.hour("A1", "pm2_5", (third, 19), 10, "", 3);
    assert_snapshot!(ask(&engine, of_2022("air.days")), @"air.days/2022/6+3.PACK = 3");
    // A value that does not count changes nothing.
    lake.hour("A1", "pm2_5", (third, 20), 900, "D", 4);
    assert_snapshot!(ask(&engine, of_2022("air.good_days")), @"air.good_days/2022/6+4.PACK = 2");
}

#[test]
fn a_station_counts_from_the_day_it_is_evaluated() {
    let (book, lake) = city();
    book.appends(r#"amend stations 2 2022-07-02 {"evaluated":true}"#);
    let engine = engine(&book, &lake);
    // On the 2nd, 76, 76 and 1.
    assert_snapshot!(ask(&engine, of_2022("air.pm2_5_mean")), @"air.pm2_5_mean/2022/7+1.PACK = 60.5");
}

#[test]
fn sections_are_classed_by_month_and_points_by_night() {
    let (book, lake) = city();
    let sample = |station, item, day: Date, millionths, flag| {
        let time = local(day, 10);
        lake.push(Row {
            kind: Kind::Water,
            span: Span::Moment,
            station,
            item,
            time,
            millionths,
            flag,
            batch: 0,
        });
    };
    for station in ["W1", "W2"] {
        sample(station, "total_phosphorus", date(2022, 7, 5), 60_000, "N");
        sample(station, "ammonia_nitrogen", date(2022, 7, 5), 400_000, "N");
    }
    // Half of the detection limit would be class Ⅰ; a value that was produced in maintenance does not count.
    sample("W1", "total_phosphorus", date(2022, 7, 20), 20_000, "L");
    sample("W1", "ammonia_nitrogen", date(2022, 7, 20), 9_000_000, "M");
    for hour in [22, 23] {
        lake.hour("N1", "leq", (date(2022, 7, 1), hour), 50, "N", 1);
    }
    for hour in 0..6 {
        lake.hour("N1", "leq", (date(2022, 7, 1).saturating_add(1.day()), hour), 49, "N", 1);
    }
    let engine = engine(&book, &lake);
    assert_snapshot!(ask(&engine, Request { by: vec!["station".to_owned()], ..of_2022("water.class") }), @r"
    water.class/2022/station=W1/6+1.PACK = 2
    water.class/2022/station=W2/6+1.PACK = 4
    ");
    assert_snapshot!(ask(&engine, of_2022("noise.nights")), @"noise.nights/2022/6+1.PACK = 1");
    let request = of_2022("noise.nights");
    let id = engine.evaluate(&[request]).expect("a figure")[0][0].id.clone();
    let trace = engine.trace(&id).expect("a trace");
    assert!(trace.is_proven());
}

#[test]
fn without_a_lake_there_are_no_days() {
    let (book, _) = city();
    let pack = book::pack(&files());
    let engine = Engine::open(pack, book, None).expect("it opens");
    assert_snapshot!(ask(&engine, of_2022("air.good_days")), @"air.good_days/2022/6.PACK = 0");
}
