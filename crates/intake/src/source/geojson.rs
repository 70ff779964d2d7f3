//! GeoJSON FeatureCollections, one feature at a time.

use std::cell::Cell;
use std::fmt;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use geodesy::Geometry;
use message::{Text, text};
use serde::Deserializer;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{MAX_ROWS, Sink, io_error};
use crate::error::IntakeError;
use crate::words::geometry_fault;

/// The most bytes that one feature may have.
const MAX_FEATURE_BYTES: u64 = 32 << 20;

pub(super) fn read(file: File, path: &Path, sink: &mut dyn Sink) -> Result<(), IntakeError> {
    let size = file.metadata().map_err(io_error(path))?.len();
    let (done, since) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let metered = Metered { file, done: Rc::clone(&done), since: Rc::clone(&since), begun: false };
    let mut reading = Reading { sink, done, since, size, number: 0, stopped: None, found: false };
    // serde_json refuses nesting beyond 128 levels.
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(64 << 10, metered));
    let result = json.deserialize_map(Collection { reading: &mut reading }).and_then(|()| json.end());
    if let Some(error) = reading.stopped {
        return Err(error);
    }
    result.map_err(|error| IntakeError::File(broken(&error)))?;
    if !reading.found {
        return Err(IntakeError::File(text!(
            "不是 GeoJSON 要素集合（FeatureCollection）",
            "this is not a GeoJSON FeatureCollection"
        )));
    }
    Ok(())
}

fn broken(error: &serde_json::Error) -> Text {
    let (line, column) = (error.line(), error.column());
    if error.is_io() {
        return text!(
            "一个要素超过32 MB或文件不是 UTF-8 文本（第{line}行）",
            "a feature is larger than 32 MB, or the file cannot be read (line {line})"
        );
    }
    if error.to_string().contains("recursion limit") {
        return text!("第{line}行第{column}列嵌套过深", "line {line}, column {column}: nested too deep");
    }
    let reason = error.to_string();
    if error.is_eof() {
        return text!("文件不完整：在第{line}行中断", "the file is cut off at line {line}");
    }
    text!("第{line}行第{column}列不是有效的 GeoJSON：{reason}", "not valid GeoJSON: {reason}")
}

struct Reading<'s> {
    sink: &'s mut dyn Sink,
    done: Rc<Cell<u64>>,
    since: Rc<Cell<u64>>,
    size: u64,
    number: u32,
    stopped: Option<IntakeError>,
    found: bool,
}

impl Reading<'_> {
    fn feature(&mut self, feature: &Value) -> Result<(), IntakeError> {
        self.number += 1;
        if self.number >= MAX_ROWS {
            return Err(IntakeError::File(text!("超过 {MAX_ROWS} 个要素", "more than {MAX_ROWS} features")));
        }
        let number = self.number;
        let empty = Map::new();
        let properties = match feature.get("properties") {
            Some(Value::Object(properties)) => properties,
            Some(Value::Null) | None => &empty,
            Some(_) => {
                return Err(IntakeError::File(text!(
                    "第{number}个要素的 properties 不是对象",
                    "feature {number}: `properties` is not an object"
                )));
            }
        };
        let geometry = match feature.get("geometry") {
            Some(Value::Null) | None => None,
            Some(geometry) => Some(Geometry::from_geojson(geometry).map_err(|fault| geometry_fault(&fault))),
        };
        self.sink.feature(number, properties, geometry)?;
        self.sink.progress(self.done.get(), self.size);
        Ok(())
    }
}

struct Collection<'r, 's> {
    reading: &'r mut Reading<'s>,
}

impl<'de> Visitor<'de> for Collection<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a GeoJSON FeatureCollection")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "features" => {
                    self.reading.found = true;
                    map.next_value_seed(Features { reading: self.reading })?;
                }
                "crs" => {
                    let crs: Value = map.next_value()?;
                    check_crs(&crs, self.reading).map_err(M::Error::custom)?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

struct Features<'r, 's> {
    reading: &'r mut Reading<'s>,
}

impl<'de> DeserializeSeed<'de> for Features<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Features<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of features")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut features: S) -> Result<(), S::Error> {
        self.reading.since.set(0);
        while let Some(feature) = features.next_element::<Value>()? {
            if let Err(error) = self.reading.feature(&feature) {
                self.reading.stopped = Some(error);
                return Err(S::Error::custom("stopped"));
            }
            self.reading.since.set(0);
        }
        Ok(())
    }
}

/// CGCS2000, WGS 84 and CRS 84 are longitude and latitude; anything else would be read wrongly.
fn check_crs(crs: &Value, reading: &mut Reading<'_>) -> Result<(), &'static str> {
    let name = crs.pointer("/properties/name").and_then(Value::as_str).unwrap_or_default();
    let code = name.rsplit([':', '/']).next().unwrap_or_default();
    if crs.is_null() || matches!(code, "4490" | "4326" | "CRS84" | "CRS84h") {
        return Ok(());
    }
    let name: String = name.chars().take(60).collect();
    reading.stopped = Some(IntakeError::File(text!(
        "坐标系 `{name}` 不支持；请转换为 CGCS2000（EPSG:4490）经纬度",
        "the coordinate system `{name}` is not supported; convert to CGCS2000 longitude and latitude (EPSG:4490)"
    )));
    Err("stopped")
}

/// Counts what is read, and stops a feature that grows without end.
struct Metered {
    file: File,
    done: Rc<Cell<u64>>,
    since: Rc<Cell<u64>>,
    begun: bool,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.since.get() > MAX_FEATURE_BYTES {
            return Err(std::io::Error::other("a feature is too large"));
        }
        let mut count = self.file.read(buffer)?;
        // A byte order mark, which JSON does not know and Windows programs write.
        if !std::mem::replace(&mut self.begun, true) && buffer[..count].starts_with(&[0xEF, 0xBB, 0xBF]) {
            buffer.copy_within(3..count, 0);
            count -= 3;
        }
        self.done.set(self.done.get() + count as u64);
        self.since.set(self.since.get() + count as u64);
        Ok(count)
    }
}
