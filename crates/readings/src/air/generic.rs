//! Any file by its records: CSV, XLSX, long tables, Parquet files of unusual types.

use std::path::Path;

use message::text;
use standards::air::Item;

use super::{Block, MISSING, Rows, Sink, Stations, is_normal, no_concentration, thousandths};
use crate::error::{ReadError, Told};
use crate::options::Options;
use crate::record::{Record, read as read_records};

const ROWS: usize = 8192;

/// Reads a whole file into blocks.
pub(super) fn read(
    path: &Path,
    file: usize,
    options: &Options,
    stations: &mut Stations,
    sink: &mut dyn Sink,
    told: &mut Told,
) -> Result<(), ReadError> {
    let mut gathered = Gathered { file, whole: true, ..Gathered::default() };
    // Faults of values that are numbers but no concentrations are found here, not by the reader.
    let mut mine = Told::default();
    let shown = path.display().to_string();
    let its = read_records(path, options, &mut |record| {
        gathered.whole = record.whole;
        gathered.push(record, &shown, stations, &mut mine);
        if gathered.hours.len() >= ROWS {
            gathered.flush(sink, stations);
        }
        Ok(())
    })?;
    gathered.flush(sink, stations);
    told.join(its);
    told.join(mine);
    Ok(())
}

#[derive(Default)]
struct Gathered {
    file: usize,
    whole: bool,
    rows: Vec<u64>,
    stations: Vec<u32>,
    hours: Vec<i32>,
    values: [Vec<i32>; Item::COUNT],
    /// The station of the row before, which mostly is the station of this one.
    last: Option<(String, u32)>,
}

impl Gathered {
    fn push(&mut self, record: &Record<'_>, file: &str, stations: &mut Stations, told: &mut Told) {
        let station = match &self.last {
            Some((name, number)) if name == record.station => *number,
            _ => {
                let number = stations.number(record.station);
                self.last = Some((record.station.to_owned(), number));
                number
            }
        };
        if let Some(city) = record.city
            && !stations.place(station, city)
        {
            let known = stations.get(station).and_then(|station| station.city.clone()).unwrap_or_default();
            let name = record.station;
            told.fault(
                file,
                record.row,
                "",
                text!(
                    "站点 {name} 先属“{known}”，这里属“{city}”；按前者",
                    "station {name} was in `{known}` before and is in `{city}` here; the former is taken"
                ),
            );
        }
        let mut of_row = [MISSING; Item::COUNT];
        for value in record.values {
            let Some(item) = Item::ALL.into_iter().find(|item| item.key() == value.item) else { continue };
            let Some(micro) = value.micro else { continue };
            match thousandths(micro) {
                _ if !is_normal(record.flag) => told.flagged += 1,
                Some(value) => of_row[item.index()] = value,
                None => told.fault(file, record.row, item.key(), no_concentration(micro as f64 / 1e6)),
            }
        }
        self.rows.push(record.row);
        self.stations.push(station);
        // From UTC to the civil hour of the country; a record's start is a full hour.
        self.hours
            .push(i32::try_from(record.start.as_second().div_euclid(3600) + 8).unwrap_or(super::NO_HOUR));
        for (column, value) in self.values.iter_mut().zip(of_row) {
            column.push(value);
        }
    }

    fn flush(&mut self, sink: &mut dyn Sink, stations: &Stations) {
        let block = Block {
            file: self.file,
            rows: Rows::At(&self.rows),
            stations: &self.stations,
            hours: &self.hours,
            values: self.values.each_ref().map(Vec::as_slice),
            whole: self.whole,
        };
        sink.block(&block, stations);
        self.rows.clear();
        self.stations.clear();
        self.hours.clear();
        self.values.iter_mut().for_each(Vec::clear);
    }
}
