//! The stations as the city's book has them today.

use arrow::array::{Array, AsArray, StringViewArray};
use arrow::datatypes::DataType;
use arrow::record_batch::RecordBatch;
use lake::Kind;
use listener::{StationConfig, Stations, known_items, parse_mapping};
use message::Text;

use crate::command::record::today;
use crate::failure::Failure;
use city::City;

/// The registered stations that have a device; every fault of a mapping is told.
pub fn stations(city: &City) -> Result<Stations, Failure> {
    let size = city.book()?.size()?;
    let batches = city.engine()?.export(figures::STATIONS, today(), size)?;
    let (mut stations, mut faults) = (Vec::new(), Vec::new());
    for batch in &batches {
        read(batch, &mut stations, &mut faults)?;
    }
    if !faults.is_empty() {
        let join = |of: fn(&Text) -> &String| faults.iter().map(of).cloned().collect::<Vec<_>>().join("\n");
        return Err(Failure::refused(Text::new(join(|text| &text.simplified), join(|text| &text.english))));
    }
    if stations.is_empty() {
        return Err(Failure::refused(Text::new(
            "账本中没有登记设备标识（mn）的点位：请先登记，或用 --stations 指明点位配置文件",
            "no registered station has a device (mn): register one, or name a stations file with --stations",
        )));
    }
    Stations::new(stations).map_err(|error| Failure::refused(error.text()))
}

fn read(
    batch: &RecordBatch,
    stations: &mut Vec<StationConfig>,
    faults: &mut Vec<Text>,
) -> Result<(), Failure> {
    let column = |name: &str| -> Result<StringViewArray, Failure> {
        match batch.column_by_name(name) {
            Some(column) => {
                let column = arrow::compute::cast(column, &DataType::Utf8View).map_err(Failure::broken)?;
                Ok(column.as_string_view().clone())
            }
            None => Ok(StringViewArray::new_null(batch.num_rows())),
        }
    };
    let (code, kind, mn) = (column("code")?, column("kind")?, column("mn")?);
    let (mapping, state) = (column("mapping")?, column("state")?);
    let held = |column: &StringViewArray, row: usize| {
        if column.is_valid(row) { column.value(row).to_owned() } else { String::new() }
    };
    for row in 0..batch.num_rows() {
        let (code, mn) = (held(&code, row), held(&mn, row));
        if mn.is_empty() || held(&state, row) == "stopped" {
            continue;
        }
        let kind = Kind::of(&held(&kind, row)).unwrap_or(Kind::Other);
        let mapping = held(&mapping, row);
        let items = match mapping.trim() {
            "" => known_items(kind, &|_| None),
            line => parse_mapping(kind, line),
        };
        match items {
            Ok(items) => stations.push(StationConfig::new(mn, code, kind, items)),
            Err(all) => faults.extend(all.iter().map(|fault| {
                let Text { simplified, english, .. } = fault.text();
                Text::new(format!("点位 {code}：{simplified}"), format!("station {code}: {english}"))
            })),
        }
    }
    Ok(())
}
