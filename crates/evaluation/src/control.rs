//! Control points (对照点): stations that show the air before it reaches a city. They take no part in the city's values
//! (HJ 663; the ministry's evaluation of cities), though they are printed beside its other stations.

/// National control points by code, by name, and by the name that data sets in Latin letters use. Lists of the national
/// network mark them in the name, "定陵(对照点)", but many files leave the mark out. Source: lists of the network's stations
/// in public repositories; only points that they mark are here, so the list is not complete.
const KNOWN: &[&[&str]] = &[
    // Beijing.
    &["1002A", "定陵", "昌平定陵", "Dingling"],
    // Shanghai.
    &["1146A", "青浦淀山湖"],
    // Chengdu.
    &["灵岩寺", "Lingyansi"],
];

/// Whether a station is a control point, as far as its name or code tells.
pub fn is_control_point(station: &str) -> bool {
    let station = station.trim();
    station.contains("对照点")
        || station.contains("對照點")
        || KNOWN.iter().any(|names| names.iter().any(|name| name.eq_ignore_ascii_case(station)))
}

#[cfg(test)]
mod tests {
    use super::is_control_point;

    #[test]
    fn a_name_tells_a_control_point() {
        fn check(station: &str, expected: bool) {
            assert_eq!(is_control_point(station), expected, "{station}");
        }
        check("定陵(对照点)", true);
        check("Dingling", true);
        check("1002A", true);
        check("1001A", false);
        check("定陵路", false);
        check("某山（对照点）", true);
    }
}
