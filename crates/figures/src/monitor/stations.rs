//! The stations, as the book's register tells them.

use arrow::array::{Array, ArrayRef, AsArray, StringViewArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;

use super::schema::Theme;

/// The state of a station that measures no more, whatever else its register calls states.
const STOPPED: &str = "stopped";

/// A station as it stood for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Station {
    /// Its code, as measurements carry it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it measures.
    pub theme: Theme,
    /// The city that it stands for.
    pub city: String,
    /// Whether the city's values are made of it.
    pub evaluated: bool,
    /// The functional area of noise: `0` … `4b`.
    pub area_class: String,
    /// `lake` or `river`.
    pub water_body: String,
    /// The first day, in days since 1970.
    pub from: i32,
    /// The day after the last, if it ended.
    pub to: Option<i32>,
}

/// The stations of the register's history, in the order of their codes and days.
pub fn read(batches: &[RecordBatch]) -> Result<Vec<Station>, ArrowError> {
    let mut stations = Vec::new();
    for batch in batches {
        let text = |name: &str| -> Result<StringViewArray, ArrowError> {
            match batch.column_by_name(name) {
                Some(column) => Ok(cast(column, &DataType::Utf8View)?.as_string_view().clone()),
                None => Ok(StringViewArray::new_null(batch.num_rows())),
            }
        };
        let (code, name, kind, city) = (text("code")?, text("name")?, text("kind")?, text("city")?);
        let (area_class, water_body, state) = (text("area_class")?, text("water_body")?, text("state")?);
        let evaluated =
            batch.column_by_name("evaluated").filter(|column| *column.data_type() == DataType::Boolean);
        let day = |name: &str| -> Result<ArrayRef, ArrowError> {
            let column = batch.column_by_name(name).filter(|column| *column.data_type() == DataType::Date32);
            column.cloned().ok_or_else(|| ArrowError::SchemaError(format!("no column `{name}` of days")))
        };
        let (from, to) = (day("valid_from")?, day("valid_to")?);
        let (from, to) = (from.as_primitive::<Date32Type>(), to.as_primitive::<Date32Type>());
        for row in 0..batch.num_rows() {
            let held = |column: &StringViewArray| match column.is_valid(row) {
                true => column.value(row).to_owned(),
                false => String::new(),
            };
            let kind = held(&kind);
            let Some(theme) = Theme::ALL.into_iter().find(|theme| theme.key() == kind) else { continue };
            if held(&state) == STOPPED || code.is_null(row) {
                continue;
            }
            stations.push(Station {
                code: held(&code),
                name: held(&name),
                theme,
                city: held(&city),
                // Without the column, every station counts.
                evaluated: evaluated
                    .is_none_or(|column| column.as_boolean().is_valid(row) && column.as_boolean().value(row)),
                area_class: held(&area_class),
                water_body: held(&water_body),
                from: from.value(row),
                to: to.is_valid(row).then(|| to.value(row)),
            });
        }
    }
    stations.sort_by(|a, b| (&a.code, a.from).cmp(&(&b.code, b.from)));
    Ok(stations)
}

/// Whether the station stood so on a day.
pub fn on(station: &Station, day: i32) -> bool {
    station.from <= day && station.to.is_none_or(|to| day < to)
}
