//! GeoJSON geometries (RFC 7946).

use serde_json::{Value, json};

use crate::validity::{GeometryFault, Wanted};
use crate::{Coordinate, Geometry, MAX_POINTS};

impl Geometry {
    /// Reads a GeoJSON geometry object; positions are rounded half to even to 1e-7 degrees.
    ///
    /// A height of zero, which many programs write, is dropped; any other height is refused.
    pub fn from_geojson(value: &Value) -> Result<Self, GeometryFault> {
        let name = value.get("type").and_then(Value::as_str).unwrap_or_default();
        let at = value.get("coordinates").unwrap_or(&Value::Null);
        let mut reader = Reader { points: 0 };
        match name {
            "Point" => Ok(Self::Points(vec![reader.position(at)?])),
            "MultiPoint" => Ok(Self::Points(reader.positions(at)?)),
            "LineString" => Ok(Self::Lines(vec![reader.positions(at)?])),
            "MultiLineString" => Ok(Self::Lines(reader.list(at, Reader::positions)?)),
            "Polygon" => Ok(Self::Polygons(vec![reader.list(at, Reader::positions)?])),
            "MultiPolygon" => {
                Ok(Self::Polygons(reader.list(at, |reader, item| reader.list(item, Reader::positions))?))
            }
            "" => Err(GeometryFault::GeoJson { wanted: Wanted::TypedObject }),
            other => Err(GeometryFault::Unsupported { what: other.chars().take(40).collect() }),
        }
    }

    /// Reads a GeoJSON geometry from its text.
    pub fn from_geojson_text(text: &str) -> Result<Self, GeometryFault> {
        // serde_json refuses nesting beyond 128 levels, so hostile depth cannot exhaust the stack.
        let value: Value =
            serde_json::from_str(text).map_err(|_| GeometryFault::GeoJson { wanted: Wanted::ShallowJson })?;
        Self::from_geojson(&value)
    }

    /// Writes a GeoJSON geometry object.
    pub fn to_geojson(&self) -> Value {
        let place = |at: &Coordinate| {
            let (longitude, latitude) = at.degrees();
            json!([longitude, latitude])
        };
        let places = |line: &Vec<Coordinate>| line.iter().map(place).collect::<Value>();
        let rings = |rings: &Vec<Vec<Coordinate>>| rings.iter().map(places).collect::<Value>();
        let (name, coordinates) = match self {
            Self::Points(points) if points.len() == 1 => ("Point", place(&points[0])),
            Self::Points(points) => ("MultiPoint", places(points)),
            Self::Lines(lines) if lines.len() == 1 => ("LineString", places(&lines[0])),
            Self::Lines(lines) => ("MultiLineString", rings(lines)),
            Self::Polygons(polygons) if polygons.len() == 1 => ("Polygon", rings(&polygons[0])),
            Self::Polygons(polygons) => ("MultiPolygon", polygons.iter().map(rings).collect()),
        };
        json!({ "type": name, "coordinates": coordinates })
    }
}

struct Reader {
    points: usize,
}

impl Reader {
    fn list<T>(
        &mut self,
        value: &Value,
        item: impl Fn(&mut Self, &Value) -> Result<T, GeometryFault>,
    ) -> Result<Vec<T>, GeometryFault> {
        let items = value.as_array().ok_or(GeometryFault::GeoJson { wanted: Wanted::Coordinates })?;
        if items.is_empty() {
            return Err(GeometryFault::Empty);
        }
        items.iter().map(|value| item(self, value)).collect()
    }

    fn positions(&mut self, value: &Value) -> Result<Vec<Coordinate>, GeometryFault> {
        self.list(value, Self::position)
    }

    fn position(&mut self, value: &Value) -> Result<Coordinate, GeometryFault> {
        self.points += 1;
        if self.points > MAX_POINTS {
            return Err(GeometryFault::TooManyPoints { limit: MAX_POINTS });
        }
        let wanted = GeometryFault::GeoJson { wanted: Wanted::Position };
        let numbers = value.as_array().ok_or(wanted.clone())?;
        let number = |index: usize| numbers.get(index).and_then(Value::as_f64).ok_or(wanted.clone());
        let (longitude, latitude) = (number(0)?, number(1)?);
        if numbers.len() > 3 || (numbers.len() == 3 && number(2)? != 0.0) {
            return Err(GeometryFault::Unsupported { what: "Z".to_owned() });
        }
        Coordinate::from_degrees(longitude, latitude)
            .ok_or_else(|| GeometryFault::OutOfRange { place: format!("{longitude} {latitude}") })
    }
}

#[cfg(test)]
mod tests {
    use crate::Geometry;

    fn check(text: &str, expected: &str) {
        let found = match Geometry::from_geojson_text(text) {
            Ok(geometry) => geometry.to_wkt(),
            Err(fault) => fault.to_string(),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn geometries_are_read() {
        check(r#"{"type":"Point","coordinates":[114.3,30.5]}"#, "POINT(114.3000000 30.5000000)");
        check(r#"{"type":"Point","coordinates":[114.3,30.5,0]}"#, "POINT(114.3000000 30.5000000)");
        check(
            r#"{"type":"Point","coordinates":[114.3,30.5,12.5]}"#,
            "`Z` is not supported: only points, lines and polygons in longitude and latitude",
        );
        check(
            r#"{"type":"Point","coordinates":[30.5,114.3]}"#,
            "30.5 114.3 is not a longitude and a latitude",
        );
        check(r#"{"type":"LineString","coordinates":[]}"#, "the geometry is empty");
        check(r#"{"type":"LineString","coordinates":[[1,"2"]]}"#, "wanted a position: [longitude, latitude]");
        check(
            r#"{"type":"GeometryCollection","geometries":[]}"#,
            "`GeometryCollection` is not supported: only points, lines and polygons in longitude and latitude",
        );
        check("[1,2]", "wanted an object with a `type`");
        check("{", "wanted JSON that nests at most 128 deep");
        let deep =
            format!(r#"{{"type":"Point","coordinates":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
        check(&deep, "wanted JSON that nests at most 128 deep");
    }
}
