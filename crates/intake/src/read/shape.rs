//! Geometries in cells, and what is measured of them.

use geodesy::Geometry;
use message::{Text, text};
use pack::{Measure, Shape};
use quantity::{Unit, convert, round_half_even};
use rust_decimal::Decimal;

use crate::words::geometry_fault;

/// The longest WKT that fits into an entry beside other fields.
const MAX_WKT_BYTES: usize = 900_000;

/// Reads WKT, a GeoJSON geometry or, for points, `114.3, 30.5`.
pub(crate) fn parse_shape(text: &str, shape: Shape) -> Result<Geometry, Text> {
    let text = text.trim();
    let read = if text.starts_with('{') {
        Geometry::from_geojson_text(text)
    } else if shape == Shape::Point && text.starts_with(|first: char| first.is_ascii_digit() || first == '-')
    {
        let place = text.replace([',', '，', ';'], " ");
        Geometry::parse_wkt_rounded(&format!("POINT({place})"))
    } else {
        Geometry::parse_wkt_rounded(text)
    };
    read.map_err(|fault| geometry_fault(&fault))
}

/// Checks a shape against its field and returns what the book will hold.
pub(crate) fn check_shape(geometry: &Geometry, shape: Shape) -> Result<String, Text> {
    let fits = matches!(
        (geometry, shape),
        (Geometry::Points(_), Shape::Point)
            | (Geometry::Lines(_), Shape::Line)
            | (Geometry::Polygons(_), Shape::Polygon)
    );
    if !fits {
        return Err(crate::words::wanted(&pack::FieldKind::Geometry { shape }));
    }
    geometry.validate().map_err(|fault| geometry_fault(&fault))?;
    let wkt = geometry.to_wkt();
    if wkt.len() > MAX_WKT_BYTES {
        return Err(text!(
            "图形的点过多（超过约36000个），请简化",
            "the shape has too many points (more than about 36,000); simplify it"
        ));
    }
    Ok(wkt)
}

/// A measure of a shape in a field's unit, rounded half to even to its decimals; none if the shape has no such
/// measure or the unit is none of length or area.
pub(crate) fn measured(
    geometry: &Geometry,
    measure: Measure,
    unit: Option<&Unit>,
    decimals: u8,
) -> Option<Decimal> {
    let (amount, base) = match (measure, geometry) {
        (Measure::Length, Geometry::Lines(_)) => (Decimal::new(geometry.length_mm(), 3), "米"),
        (Measure::Area, Geometry::Polygons(_)) => {
            (Decimal::try_from_i128_with_scale(geometry.area_mm2(), 6).ok()?, "平方米")
        }
        _ => return None,
    };
    let amount = convert(amount, &Unit::parse(base)?, unit?)?;
    Some(round_half_even(amount, u32::from(decimals)))
}
