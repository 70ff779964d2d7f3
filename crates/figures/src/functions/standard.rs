//! The published standards as functions of SQL: limits, sub-indices, classes, rounding.
//!
//! Those that depend on an edition of the air standards take the day of the data, and go by the edition that was asked
//! for, if one was.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, Int64Array, StringViewArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Int64Type};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use standards::air::{self, Averaging, Edition, Grade, Item, Level, Scale, Settings};
use standards::rounding::half_even_wide;
use standards::{calendar, noise, water};

use super::Days;
use crate::monitor::decimal;

/// The names of the functions.
pub const NAMES: [&str; 7] =
    ["iaqi", "aqi_level", "aqi_level_name", "air_limit", "water_class", "noise_limit", "round_half_even"];

/// The function of this name.
pub fn function(name: &str, days: Days) -> Option<Arc<ScalarUDF>> {
    let rule = Rule::named(name)?;
    let signature = Signature::any(rule.arguments().len(), Volatility::Immutable);
    Some(Arc::new(ScalarUDF::from(Function { rule, edition: days.edition, signature })))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Rule {
    /// `iaqi(item, concentration, day)`: the sub-index of a daily value.
    Iaqi,
    /// `aqi_level(aqi)`: 1 to 6.
    AqiLevel,
    /// `aqi_level_name(aqi)`: 优 to 严重污染.
    AqiLevelName,
    /// `air_limit(item, averaging, grade, day)`, averaging `hour`, `8h`, `day` or `year`, grade `I` or `II`.
    AirLimit,
    /// `water_class(item, value, body)`: 1 to 5, 6 for worse; body `river` or `lake`.
    WaterClass,
    /// `noise_limit(area_class, part)`, part `day` or `night`.
    NoiseLimit,
    /// `round_half_even(value, decimals)`, by GB/T 8170.
    RoundHalfEven,
}

/// What an argument is brought to.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Number,
    Whole,
    Day,
}

impl Rule {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "iaqi" => Self::Iaqi,
            "aqi_level" => Self::AqiLevel,
            "aqi_level_name" => Self::AqiLevelName,
            "air_limit" => Self::AirLimit,
            "water_class" => Self::WaterClass,
            "noise_limit" => Self::NoiseLimit,
            "round_half_even" => Self::RoundHalfEven,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        NAMES[self as usize]
    }

    fn arguments(self) -> &'static [Kind] {
        match self {
            Self::Iaqi => &[Kind::Text, Kind::Number, Kind::Day],
            Self::AqiLevel | Self::AqiLevelName => &[Kind::Whole],
            Self::AirLimit => &[Kind::Text, Kind::Text, Kind::Text, Kind::Day],
            Self::WaterClass => &[Kind::Text, Kind::Number, Kind::Text],
            Self::NoiseLimit => &[Kind::Text, Kind::Text],
            Self::RoundHalfEven => &[Kind::Number, Kind::Whole],
        }
    }

    fn returns(self) -> DataType {
        match self {
            Self::AqiLevelName => DataType::Utf8View,
            Self::AirLimit | Self::NoiseLimit | Self::RoundHalfEven => decimal(),
            Self::Iaqi | Self::AqiLevel | Self::WaterClass => DataType::Int64,
        }
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Function {
    rule: Rule,
    edition: Option<Edition>,
    signature: Signature,
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        self.rule.name()
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.rule.returns())
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let given = ColumnarValue::values_to_arrays(&args.args)?;
        let arguments = given
            .iter()
            .zip(self.rule.arguments())
            .map(|(array, kind)| Ok(cast(array, &kind.data_type())?))
            .collect::<Result<Vec<ArrayRef>>>()?;
        let rows = arguments.first().map_or(0, |array| array.len());
        let row = |row| Row { arguments: &arguments, row };
        let array: ArrayRef = match self.rule.returns() {
            DataType::Utf8View => {
                let names: StringViewArray =
                    (0..rows).map(|at| row(at).whole(0).and_then(level).map(Level::category_zh)).collect();
                Arc::new(names)
            }
            DataType::Int64 => {
                let numbers = (0..rows).map(|at| self.whole(&row(at))).collect::<Result<Int64Array>>()?;
                Arc::new(numbers)
            }
            _ => {
                let numbers =
                    (0..rows).map(|at| self.millionths(&row(at))).collect::<Result<Decimal128Array>>()?;
                Arc::new(numbers.with_data_type(decimal()))
            }
        };
        Ok(ColumnarValue::Array(array))
    }
}

impl Function {
    fn edition_on(&self, day: i32) -> Edition {
        let calendar::Date { year, month, day } = calendar::Date::of_number(day);
        self.edition.unwrap_or(Edition::on(year, month, day))
    }

    fn whole(&self, row: &Row<'_>) -> Result<Option<i64>> {
        Ok(match self.rule {
            Rule::Iaqi => {
                let (Some(item), Some(value), Some(day)) = (row.text(0), row.number(1), row.day(2)) else {
                    return Ok(None);
                };
                let item = item_of(item)?;
                let unit = 10_i128.pow(6 - item.decimals());
                let Ok(rounded) = i64::try_from(half_even_wide(value, unit)) else { return Ok(None) };
                air::sub_index(self.edition_on(day), Scale::of_day(item), rounded, &Settings::default())
                    .map(i64::from)
            }
            Rule::WaterClass => {
                let (Some(item), Some(value), Some(body)) = (row.text(0), row.number(1), row.text(2)) else {
                    return Ok(None);
                };
                let known = water::Item::ALL.into_iter().find(|known| known.key() == item);
                let item = known.ok_or_else(|| unknown("water item", item))?;
                let body = match body {
                    "river" => water::Body::River,
                    "lake" => water::Body::Lake,
                    other => return Err(unknown("water body", other)),
                };
                let Ok(value) = i64::try_from(value) else { return Ok(None) };
                let sample = water::Sample::EMPTY.with(item, value);
                water::class_of(item, &sample, body, &water::Settings::default())
                    .map(|class| class as i64 + 1)
            }
            _ => row.whole(0).and_then(level).map(|level| i64::from(level.number())),
        })
    }

    fn millionths(&self, row: &Row<'_>) -> Result<Option<i128>> {
        Ok(match self.rule {
            Rule::AirLimit => {
                let (Some(item), Some(averaging), Some(grade), Some(day)) =
                    (row.text(0), row.text(1), row.text(2), row.day(3))
                else {
                    return Ok(None);
                };
                let averaging = match averaging {
                    "hour" => Averaging::Hour,
                    "8h" => Averaging::EightHours,
                    "day" => Averaging::Day,
                    "year" => Averaging::Year,
                    other => return Err(unknown("averaging time", other)),
                };
                let grade = match grade {
                    "I" => Grade::I,
                    "II" => Grade::II,
                    other => return Err(unknown("grade", other)),
                };
                let limit = air::limit(self.edition_on(day), item_of(item)?, averaging, grade);
                limit.map(|thousandths| i128::from(thousandths) * 1000)
            }
            Rule::NoiseLimit => {
                let (Some(class), Some(part)) = (row.text(0), row.text(1)) else { return Ok(None) };
                let class = noise::AreaClass::from_key(class)
                    .ok_or_else(|| unknown("class of noise areas", class))?;
                let part = match part {
                    "day" => noise::DayNight::Day,
                    "night" => noise::DayNight::Night,
                    other => return Err(unknown("part of the day", other)),
                };
                Some(i128::from(class.limits(&noise::Settings::default()).of(part)))
            }
            _ => {
                let (Some(value), Some(decimals)) = (row.number(0), row.whole(1)) else { return Ok(None) };
                let decimals = u32::try_from(decimals.clamp(0, 6)).unwrap_or(6);
                let unit = 10_i128.pow(6 - decimals);
                Some(half_even_wide(value, unit) * unit)
            }
        })
    }
}

fn level(aqi: i64) -> Option<Level> {
    u16::try_from(aqi).ok().map(Level::of)
}

fn item_of(key: &str) -> Result<Item> {
    Item::parse(key.strip_suffix("_8h").unwrap_or(key)).ok_or_else(|| unknown("air item", key))
}

fn unknown(what: &str, key: &str) -> DataFusionError {
    DataFusionError::Execution(format!("there is no {what} `{key}`"))
}

impl Kind {
    fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8View,
            Self::Number => decimal(),
            Self::Whole => DataType::Int64,
            Self::Day => DataType::Date32,
        }
    }
}

/// The arguments of one row.
struct Row<'a> {
    arguments: &'a [ArrayRef],
    row: usize,
}

impl<'a> Row<'a> {
    fn text(&self, at: usize) -> Option<&'a str> {
        let array = self.arguments[at].as_string_view();
        array.is_valid(self.row).then(|| array.value(self.row))
    }

    fn number(&self, at: usize) -> Option<i128> {
        let array = self.arguments[at].as_primitive::<Decimal128Type>();
        array.is_valid(self.row).then(|| array.value(self.row))
    }

    fn whole(&self, at: usize) -> Option<i64> {
        let array = self.arguments[at].as_primitive::<Int64Type>();
        array.is_valid(self.row).then(|| array.value(self.row))
    }

    fn day(&self, at: usize) -> Option<i32> {
        let array = self.arguments[at].as_primitive::<Date32Type>();
        array.is_valid(self.row).then(|| array.value(self.row))
    }
}
