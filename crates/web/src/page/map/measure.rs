//! `/map/measure`: the length of a line or the area of a surface, on the ellipsoid as everywhere else.

use axum::Json;
use axum::http::Uri;
use axum::response::IntoResponse;
use geodesy::Geometry;
use serde_json::json;
use url::form_urlencoded;

use crate::fault::{Answer, Fault};
use crate::ui::Speak;
use crate::visitor::Visitor;

/// Longer texts are not drawn by hand.
const MOST: usize = 64 << 10;

/// What was drawn (`?wkt=`), measured.
pub async fn measure(visitor: Visitor, uri: Uri) -> Answer {
    let mut asked = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let drawn = asked.find(|(key, _)| key == "wkt").map(|(_, value)| value).unwrap_or_default();
    if drawn.len() > MOST {
        return Err(Fault::TooLarge(MOST));
    }
    let shape =
        Geometry::parse_wkt_rounded(&drawn).map_err(|fault| Fault::Bad(intake::geometry_fault(&fault)))?;
    let l = visitor.language;
    let text = match &shape {
        Geometry::Points(_) => String::new(),
        Geometry::Lines(_) => {
            let length = metres(shape.length_mm());
            l.say(&message::text!("长度 {length}", "Length {length}")).into_owned()
        }
        // A surface that crosses itself has none that anybody means.
        Geometry::Polygons(_) if shape.validate().is_err() => {
            l.t("边界自相交，不能量算面积", "The border crosses itself: no area can be measured").to_owned()
        }
        Geometry::Polygons(_) => {
            let (area, border) = (square_metres(shape.area_mm2()), metres(shape.perimeter_mm()));
            l.say(&message::text!("面积 {area}，周长 {border}", "Area {area}, border {border}")).into_owned()
        }
    };
    let (length, area) = (shape.length_mm(), shape.area_mm2().to_string());
    Ok(Json(json!({ "text": text, "length_mm": length, "area_mm2": area })).into_response())
}

/// `845 m`, `12.35 km`.
fn metres(millimetres: i64) -> String {
    if millimetres < 1_000_000 {
        return format!("{} m", (millimetres + 500) / 1000);
    }
    let hundredths = (millimetres + 5_000) / 10_000;
    format!("{}.{:02} km", hundredths / 100, hundredths % 100)
}

/// `845 m²`, `12.35 km²`; below a square kilometre hectares from one on.
fn square_metres(millimetres: i128) -> String {
    const SQUARE_METRE: i128 = 1_000_000;
    let (size, unit) = match millimetres / SQUARE_METRE {
        ..10_000 => return format!("{} m²", (millimetres + SQUARE_METRE / 2) / SQUARE_METRE),
        10_000..1_000_000 => (10_000, "ha"),
        _ => (1_000_000, "km²"),
    };
    let hundredths = (millimetres * 100 / SQUARE_METRE + size / 2) / size;
    format!("{}.{:02} {unit}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::{metres, square_metres};

    #[test]
    fn measures_are_told_in_units_that_fit() {
        assert_eq!(
            ["845 m", "1.00 km", "12.35 km"],
            [845_400, 999_999_000 / 999, 12_345_678].map(metres).each_ref().map(String::as_str)
        );
        let areas = [900_000_000, 15_000_000_000, 12_345_678_000_000].map(square_metres);
        assert_eq!(areas, ["900 m²", "1.50 ha", "12.35 km²"]);
    }
}
