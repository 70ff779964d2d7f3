//! The functions that packs' SQL has besides DataFusion's: geodesic measures, the figure's days, and the published
//! standards.

mod standard;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Decimal128Array};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use geodesy::Geometry;
use standards::air::Edition;

use crate::schema::PRECISION;

/// The days that a rows query may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Days {
    /// The day whose state counts.
    pub as_of: i32,
    /// The period's first day.
    pub first: i32,
    /// The period's last day.
    pub last: i32,
    /// The edition of a standard that is to judge; none to go by the date of the data.
    pub edition: Option<Edition>,
}

/// The names of the functions of this module.
pub fn names() -> impl Iterator<Item = &'static str> {
    ["length_m", "area_m2", "as_of", "period_first", "period_last"].into_iter().chain(standard::NAMES)
}

/// The function of this name, for a figure of these days.
pub fn function(name: &str, days: Days) -> Option<Arc<ScalarUDF>> {
    let day = |name, day| {
        Some(Arc::new(ScalarUDF::from(Day {
            name,
            day,
            signature: Signature::nullary(Volatility::Immutable),
        })))
    };
    let measure = |measure| {
        let signature = Signature::string(1, Volatility::Immutable);
        Some(Arc::new(ScalarUDF::from(Measured { measure, signature })))
    };
    match name {
        "as_of" => day("as_of", days.as_of),
        "period_first" => day("period_first", days.first),
        "period_last" => day("period_last", days.last),
        "length_m" => measure(Measure::Length),
        "area_m2" => measure(Measure::Area),
        _ => standard::function(name, days),
    }
}

/// A day that is fixed for the figure.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Day {
    name: &'static str,
    day: i32,
    signature: Signature,
}

impl ScalarUDFImpl for Day {
    fn name(&self) -> &str {
        self.name
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Date32)
    }
    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        Ok(ColumnarValue::Scalar(ScalarValue::Date32(Some(self.day))))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Measure {
    /// Metres, to the millimetre.
    Length,
    /// Square metres, to the square millimetre.
    Area,
}

/// A geodesic measure of a shape in WKT.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Measured {
    measure: Measure,
    signature: Signature,
}

impl ScalarUDFImpl for Measured {
    fn name(&self) -> &str {
        match self.measure {
            Measure::Length => "length_m",
            Measure::Area => "area_m2",
        }
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Decimal128(PRECISION, self.measure.decimals()))
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let shapes = ColumnarValue::values_to_arrays(&args.args)?;
        let shapes = cast(&shapes[0], &DataType::Utf8View)?;
        let values = shapes
            .as_string_view()
            .iter()
            .map(|shape| shape.map(|shape| self.measure.of(shape)).transpose())
            .collect::<Result<Decimal128Array>>()?
            .with_precision_and_scale(PRECISION, self.measure.decimals())?;
        let values: ArrayRef = Arc::new(values);
        debug_assert_eq!(values.len(), shapes.len());
        Ok(ColumnarValue::Array(values))
    }
}

impl Measure {
    fn decimals(self) -> i8 {
        match self {
            Self::Length => 3,
            Self::Area => 6,
        }
    }

    fn of(self, shape: &str) -> Result<i128> {
        let geometry = Geometry::parse_wkt(shape)
            .map_err(|fault| DataFusionError::Execution(format!("{shape:.60?} is no shape: {fault}")))?;
        Ok(match self {
            Self::Length => i128::from(geometry.length_mm()),
            Self::Area => geometry.area_mm2(),
        })
    }
}
