//! Well-known text: how the book holds geometries.
//!
//! Written: `POINT(114.3000000 30.5000000)`, always seven decimals, no spaces but the one between longitude and
//! latitude, single-part names for single parts. Read: any case and spacing, the six simple types.

use crate::coordinate::PER_DEGREE;
use crate::validity::{GeometryFault, Wanted};
use crate::{Coordinate, Geometry, MAX_POINTS};

impl Geometry {
    /// Reads the book's WKT: numbers of at most seven decimals, so that nothing is lost.
    ///
    /// The text decides the form only; see [`Geometry::validate`] for the meaning.
    pub fn parse_wkt(text: &str) -> Result<Self, GeometryFault> {
        Parser { text: text.as_bytes(), at: 0, points: 0, round: false }.geometry()
    }

    /// Reads WKT as other programs write it: further decimals are rounded half to even to the seventh (1.1 cm).
    pub fn parse_wkt_rounded(text: &str) -> Result<Self, GeometryFault> {
        Parser { text: text.as_bytes(), at: 0, points: 0, round: true }.geometry()
    }

    /// Writes the book's WKT, which [`Geometry::parse_wkt`] reads back to the same geometry.
    pub fn to_wkt(&self) -> String {
        let mut out = String::with_capacity(24 + 24 * self.coordinates().count());
        match self {
            Self::Points(points) if points.len() == 1 => {
                named("POINT", &mut out, |out| write_list(points, out))
            }
            Self::Points(points) => named("MULTIPOINT", &mut out, |out| {
                wrapped(points, out, |at, out| {
                    out.push('(');
                    at.write(' ', out);
                    out.push(')');
                });
            }),
            Self::Lines(lines) if lines.len() == 1 => {
                named("LINESTRING", &mut out, |out| write_list(&lines[0], out));
            }
            Self::Lines(lines) => named("MULTILINESTRING", &mut out, |out| {
                wrapped(lines, out, |line, out| write_list(line, out));
            }),
            Self::Polygons(polygons) if polygons.len() == 1 => named("POLYGON", &mut out, |out| {
                wrapped(&polygons[0], out, |ring, out| write_list(ring, out));
            }),
            Self::Polygons(polygons) => named("MULTIPOLYGON", &mut out, |out| {
                wrapped(polygons, out, |rings, out| wrapped(rings, out, |ring, out| write_list(ring, out)));
            }),
        }
        out
    }
}

fn named(name: &str, out: &mut String, write: impl FnOnce(&mut String)) {
    out.push_str(name);
    write(out);
}

fn wrapped<T>(items: &[T], out: &mut String, write: impl Fn(&T, &mut String)) {
    out.push('(');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(')');
}

fn write_list(points: &[Coordinate], out: &mut String) {
    wrapped(points, out, |at, out| at.write(' ', out));
}

/// One pass over the bytes; the grammar nests at most three deep, so there is no recursion to exhaust.
struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    points: usize,
    round: bool,
}

impl Parser<'_> {
    fn geometry(mut self) -> Result<Geometry, GeometryFault> {
        let start = self.at;
        let name = self.word();
        let geometry = match name.as_str() {
            "POINT" => {
                self.open()?;
                let at = self.coordinate()?;
                self.close()?;
                Geometry::Points(vec![at])
            }
            "MULTIPOINT" => Geometry::Points(self.list(|parser| {
                // Both `MULTIPOINT(1 2,3 4)` and `MULTIPOINT((1 2),(3 4))` are in use.
                if parser.eat(b'(') {
                    let at = parser.coordinate()?;
                    parser.close()?;
                    Ok(at)
                } else {
                    parser.coordinate()
                }
            })?),
            "LINESTRING" => Geometry::Lines(vec![self.coordinates()?]),
            "MULTILINESTRING" => Geometry::Lines(self.list(Self::coordinates)?),
            "POLYGON" => Geometry::Polygons(vec![self.list(Self::coordinates)?]),
            "MULTIPOLYGON" => Geometry::Polygons(self.list(|parser| parser.list(Self::coordinates))?),
            "GEOMETRYCOLLECTION" | "CIRCULARSTRING" | "COMPOUNDCURVE" | "CURVEPOLYGON" | "TRIANGLE"
            | "TIN" => {
                return Err(GeometryFault::Unsupported { what: name });
            }
            _ => return Err(GeometryFault::Syntax { at: start, wanted: Wanted::Kind }),
        };
        self.space();
        if self.at < self.text.len() {
            return Err(self.wanted(Wanted::End));
        }
        Ok(geometry)
    }

    fn coordinates(&mut self) -> Result<Vec<Coordinate>, GeometryFault> {
        self.list(Self::coordinate)
    }

    fn list<T>(
        &mut self,
        item: impl Fn(&mut Self) -> Result<T, GeometryFault>,
    ) -> Result<Vec<T>, GeometryFault> {
        self.open()?;
        let mut items = vec![item(self)?];
        while self.eat(b',') {
            items.push(item(self)?);
        }
        self.close()?;
        Ok(items)
    }

    fn coordinate(&mut self) -> Result<Coordinate, GeometryFault> {
        self.points += 1;
        if self.points > MAX_POINTS {
            return Err(GeometryFault::TooManyPoints { limit: MAX_POINTS });
        }
        let place = Coordinate::new(self.number()?, self.number()?);
        self.space();
        match self.text.get(self.at) {
            Some(b',' | b')') => Ok(place),
            Some(b'-' | b'+' | b'.' | b'0'..=b'9') => {
                Err(GeometryFault::Unsupported { what: "Z".to_owned() })
            }
            _ => Err(self.wanted(Wanted::NextOrClosing)),
        }
    }

    /// A decimal number in units of 1e-7; exponents are not part of WKT as people exchange it.
    fn number(&mut self) -> Result<i64, GeometryFault> {
        self.space();
        let start = self.at;
        let negative = self.text.get(self.at) == Some(&b'-');
        if negative || self.text.get(self.at) == Some(&b'+') {
            self.at += 1;
        }
        let digits_start = self.at;
        while self.text.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        let whole = &self.text[digits_start..self.at];
        let mut fraction: &[u8] = &[];
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            let fraction_start = self.at;
            while self.text.get(self.at).is_some_and(u8::is_ascii_digit) {
                self.at += 1;
            }
            fraction = &self.text[fraction_start..self.at];
        }
        if whole.is_empty() && fraction.is_empty() || whole.len() > 9 {
            return Err(GeometryFault::Syntax { at: start, wanted: Wanted::Degrees });
        }
        if self.text.get(self.at).is_some_and(u8::is_ascii_alphabetic) {
            return Err(GeometryFault::Syntax { at: self.at, wanted: Wanted::NoExponent });
        }
        let units = read_units(whole, fraction, self.round).ok_or(GeometryFault::TooPrecise { at: start })?;
        Ok(if negative { -units } else { units })
    }

    fn word(&mut self) -> String {
        self.space();
        let start = self.at;
        while self.text.get(self.at).is_some_and(u8::is_ascii_alphabetic) {
            self.at += 1;
        }
        String::from_utf8_lossy(&self.text[start..self.at]).to_ascii_uppercase()
    }

    fn open(&mut self) -> Result<(), GeometryFault> {
        if self.eat(b'(') {
            return Ok(());
        }
        // `POINT Z (…)`, `POINT EMPTY`
        let start = self.at;
        let word = self.word();
        match word.as_str() {
            "Z" | "M" | "ZM" => Err(GeometryFault::Unsupported { what: word }),
            "EMPTY" => Err(GeometryFault::Empty),
            _ => Err(GeometryFault::Syntax { at: start, wanted: Wanted::Opening }),
        }
    }

    fn close(&mut self) -> Result<(), GeometryFault> {
        if self.eat(b')') { Ok(()) } else { Err(self.wanted(Wanted::Closing)) }
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.text.get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn space(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn wanted(&self, wanted: Wanted) -> GeometryFault {
        GeometryFault::Syntax { at: self.at, wanted }
    }
}

/// `None` if digits would be lost and may not be. `whole` has at most nine digits, so nothing overflows.
fn read_units(whole: &[u8], fraction: &[u8], round: bool) -> Option<i64> {
    let digit = |byte: &u8| i64::from(byte - b'0');
    let mut units = whole.iter().fold(0_i64, |sum, byte| sum * 10 + digit(byte)) * PER_DEGREE;
    let mut place = PER_DEGREE;
    for byte in fraction.iter().take(7) {
        place /= 10;
        units += digit(byte) * place;
    }
    let rest = fraction.get(7..).unwrap_or_default();
    if rest.iter().any(|byte| *byte != b'0') {
        if !round {
            return None;
        }
        let exactly_half = rest[0] == b'5' && rest[1..].iter().all(|byte| *byte == b'0');
        if (exactly_half && units % 2 != 0) || (!exactly_half && rest[0] >= b'5') {
            units += 1;
        }
    }
    Some(units)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::{Coordinate, Geometry};

    fn check(text: &str, expected: &str) {
        let found = match Geometry::parse_wkt(text) {
            Ok(geometry) => geometry.to_wkt(),
            Err(fault) => fault.to_string(),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn text_is_read_strictly_and_written_canonically() {
        check("POINT(114.3 30.5)", "POINT(114.3000000 30.5000000)");
        check(" point ( -0.0000001 +.5 ) ", "POINT(-0.0000001 0.5000000)");
        check("MULTIPOINT(1 2, 3 4)", "MULTIPOINT((1.0000000 2.0000000),(3.0000000 4.0000000))");
        check("MULTIPOINT((1 2))", "POINT(1.0000000 2.0000000)");
        check("LINESTRING(1 2,3 4)", "LINESTRING(1.0000000 2.0000000,3.0000000 4.0000000)");
        check("MultiLineString((1 2,3 4))", "LINESTRING(1.0000000 2.0000000,3.0000000 4.0000000)");
        check(
            "POLYGON((0 0,1 0,1 1,0 0))",
            "POLYGON((0.0000000 0.0000000,1.0000000 0.0000000,1.0000000 1.0000000,0.0000000 0.0000000))",
        );
        check("POINT(114.12345670 30)", "POINT(114.1234567 30.0000000)");
        check("POINT(114.12345678 30)", "more than 7 decimals at character 7");
        check(
            "POINT Z (1 2 3)",
            "`Z` is not supported: only points, lines and polygons in longitude and latitude",
        );
        check(
            "POINT(1 2 3)",
            "`Z` is not supported: only points, lines and polygons in longitude and latitude",
        );
        check("POINT EMPTY", "the geometry is empty");
        check("POINT(1e2 3)", "wanted a number without exponent at character 8");
        check("POINT(1 2) POINT(1 2)", "wanted the end at character 12");
        check("POINT(1 )", "wanted a number of degrees at character 9");
        check("POINT(1,2)", "wanted a number of degrees at character 8");
        check("", "wanted POINT, LINESTRING or POLYGON at character 1");
        check("圆(1 2)", "wanted POINT, LINESTRING or POLYGON at character 1");
        check("POINT(99999999999999999999 1)", "wanted a number of degrees at character 7");
        check(
            "CIRCULARSTRING(1 2)",
            "`CIRCULARSTRING` is not supported: only points, lines and polygons in longitude and latitude",
        );
    }

    #[test]
    fn foreign_text_is_rounded_half_to_even() {
        fn check(text: &str, expected: &str) {
            let text = format!("POINT({text} 0)");
            let read = Geometry::parse_wkt_rounded(&text).expect("reads");
            assert_eq!(read.to_wkt(), format!("POINT({expected} 0.0000000)"));
        }
        check("114.123456749999", "114.1234567");
        check("114.12345675", "114.1234568");
        check("114.12345665", "114.1234566");
        check("-114.123456650001", "-114.1234567");
        check("0.99999999", "1.0000000");
    }

    fn coordinates(least: usize) -> impl Strategy<Value = Vec<Coordinate>> {
        let place = (-1_800_000_000_i64..=1_800_000_000, -900_000_000_i64..=900_000_000);
        proptest::collection::vec(place.prop_map(|(x, y)| Coordinate::new(x, y)), least..6)
    }

    fn geometries() -> impl Strategy<Value = Geometry> {
        prop_oneof![
            coordinates(1).prop_map(Geometry::Points),
            proptest::collection::vec(coordinates(2), 1..4).prop_map(Geometry::Lines),
            proptest::collection::vec(proptest::collection::vec(coordinates(4), 1..3), 1..3)
                .prop_map(Geometry::Polygons),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(geometry in geometries()) {
            prop_assert_eq!(Geometry::parse_wkt(&geometry.to_wkt()).expect("reads"), geometry.clone());
            prop_assert_eq!(Geometry::from_geojson(&geometry.to_geojson()).expect("reads"), geometry);
        }

        #[test]
        fn no_text_panics(text in ".*", shape in "[A-Z]{0,12}[(), 0-9.eE+-]{0,60}") {
            let _ = Geometry::parse_wkt(&text).map(|geometry| geometry.validate());
            let _ = Geometry::parse_wkt_rounded(&shape).map(|geometry| (geometry.validate(), geometry.area_mm2()));
        }
    }
}
