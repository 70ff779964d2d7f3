//! The map: tiles, counts, rights, what is open; and the page of the stations.

use serde_json::Value;
use tiles::TileId;

use super::stage::{Person, Stage};

fn reader(stage: &Stage) -> Person {
    stage.signed_in("map-reader", &[("clerk", None)])
}

/// The tile of the city's middle.
fn tile(layer: &str, z: u8, query: &str) -> String {
    let tile = TileId::holding((1_143_000_000, 306_000_000), z);
    format!("/tiles/{layer}/{z}/{}/{}.mvt{query}", tile.x(), tile.y())
}

fn layer<'a>(map: &'a Value, key: &str) -> &'a Value {
    let layers = map["layers"].as_array().expect("layers");
    layers.iter().find(|layer| layer["key"] == key).expect("the layer")
}

fn count(map: &Value, key: &str, state: &str) -> u64 {
    let states = layer(map, key)["states"].as_array().expect("states").clone();
    states.iter().find(|one| one["key"] == state).and_then(|one| one["count"].as_u64()).expect("a count")
}

#[test]
fn a_tile_is_sent_once_and_then_known() {
    let stage = Stage::open();
    let reader = reader(&stage);
    for layer in ["base", "docks"] {
        let path = tile(layer, 9, "");
        let first = reader.get(&path);
        assert_eq!(first.status(), 200, "{path}");
        assert_eq!(first.headers()["content-type"], "application/vnd.mapbox-vector-tile");
        assert!(first.headers()["cache-control"].to_str().expect("text").starts_with("private"));
        let tag = first.headers()["etag"].to_str().expect("a tag").to_owned();
        assert!(first.bytes().expect("bytes").len() > 50);
        let again = reader.asks(&path).header("if-none-match", &tag).send().expect("an answer");
        assert_eq!(again.status(), 304);
        let other_day = reader.asks(&tile(layer, 9, "?at=2017-12-31")).header("if-none-match", &tag).send();
        assert_eq!(other_day.expect("an answer").status(), if layer == "base" { 304 } else { 200 });
    }
    // Over the sea there is nothing, which is no error.
    assert_eq!(reader.get("/tiles/docks/9/0/0.mvt").status(), 204);
}

#[test]
fn what_is_no_tile_is_not_there() {
    let stage = Stage::open();
    let reader = reader(&stage);
    for path in [
        "/tiles/docks/9/0/0",
        "/tiles/docks/9/0/x.mvt",
        "/tiles/docks/21/0/0.mvt",
        "/tiles/docks/1/2/0.mvt",
        "/tiles/docks/300/0/0.mvt",
        "/tiles/docks/-1/0/0.mvt",
        "/tiles/nothing/9/0/0.mvt",
        "/tiles/contracts/9/0/0.mvt",
        "/tiles/..%2Fbook.db/9/0/0.mvt",
    ] {
        assert_eq!(reader.get(path).status(), 404, "{path}");
    }
}

#[test]
fn nobody_sees_a_tile_without_a_right() {
    let stage = Stage::open();
    let anybody = stage.anybody();
    assert_eq!(anybody.get(&tile("docks", 9, "")).status(), 303);
    assert_eq!(anybody.get(&tile("base", 9, "")).status(), 303);
    assert_eq!(anybody.get("/map").status(), 303);
    let without = stage.signed_in("without-role", &[]);
    assert_eq!(without.get(&tile("docks", 9, "")).status(), 403);
    assert_eq!(without.get("/map").status(), 403);
}

#[test]
fn only_open_layers_are_open() {
    let stage = Stage::open();
    let anybody = stage.anybody();
    let public = |layer: &str| anybody.get(&format!("/public{}", tile(layer, 9, ""))).status();
    assert_eq!(public("docks"), 200);
    assert_eq!(public("base"), 200);
    assert_eq!(public("enforcement_cases"), 404);
    assert_eq!(public("chemical_enterprises"), 404);
    let page = anybody.page("/public/map?layer=docks,chemical_enterprises&record=1");
    assert!(page.contains("data-map=\"page\"") && page.contains("码头"));
    assert!(!page.contains("value=\"chemical_enterprises\""));
    assert!(!page.contains("/records/"), "the open map leads to no record");
}

#[test]
fn the_years_pass() {
    let stage = Stage::open();
    let reader = reader(&stage);
    let then = reader.json("/api/v1/map?layer=docks&at=2016-12-31");
    let now = reader.json("/api/v1/map?layer=docks&at=2022-12-31");
    assert!(count(&then, "docks", "operating") > count(&now, "docks", "operating"));
    assert!(count(&then, "docks", "closed") < count(&now, "docks", "closed"));
    // The slider says the same as the day asked for.
    let slid = &layer(&now, "docks")["counts"]["2016-12-31"]["operating"];
    assert_eq!(slid.as_u64(), Some(count(&then, "docks", "operating")));
    // And the list has as many.
    let total: u64 = ["operating", "closed", "moved"].iter().map(|state| count(&now, "docks", state)).sum();
    assert_eq!(now["lists"][0]["total"].as_u64(), Some(total));
    // Of some states only, list and tile have those.
    let closed = reader.json("/api/v1/map?layer=docks&at=2022-12-31&state=docks:closed");
    assert_eq!(closed["lists"][0]["total"].as_u64(), Some(count(&now, "docks", "closed")));
    let bytes = |query: &str| reader.get(&tile("docks", 12, query)).bytes().expect("bytes").len();
    assert!(bytes("?at=2022-12-31&states=operating") < bytes("?at=2022-12-31"));
    assert_eq!(bytes("?at=2022-12-31&states=no-such"), bytes("?at=2022-12-31"));
}

#[test]
fn map_list_and_figure_say_the_same_number() {
    let stage = Stage::open();
    let reader = reader(&stage);
    let day = "2022-12-31";
    // Indicators that count the things of a state, and the layers that draw them.
    for (indicator, register, state) in [
        ("docks.operating", "docks", "operating"),
        ("parks.count", "parks", "open"),
        ("green_stations.count", "green_stations", "open"),
        ("chemicals.completed", "chemical_enterprises", "completed"),
    ] {
        let figure = &reader.json(&format!("/api/v1/figures/{indicator}?period=2022"))["figure"];
        let map = reader.json(&format!("/api/v1/map?layer={register}&state={register}:{state}&at={day}"));
        let counted = count(&map, register, state);
        // What has no place is in the figure and not on the map, which says how many that are.
        let states = layer(&map, register)["states"].as_array().expect("states").clone();
        let placeless =
            states.iter().find(|one| one["key"] == state).and_then(|one| one["placeless"].as_u64());
        let placeless = placeless.expect("a count");
        let all = counted + placeless;
        assert_eq!(figure["value"], all.to_string(), "{indicator}: the figure and the map");
        if placeless > 0 {
            let page = reader.page(&format!("/map?layer={register}&at={day}"));
            assert!(page.contains("条没有位置"), "{indicator}: the page tells of those without a place");
        }
        assert_eq!(map["lists"][0]["total"], counted, "{indicator}: the map and its list");
        let list = |reading: &str| {
            let path = format!(
                "/api/v1/registers/{register}/records?day={day}&filter=@state:is:{state}&reading={reading}&limit=1"
            );
            reader.json(&path)["total"].clone()
        };
        assert_eq!(list("counted"), all, "{indicator}: the register's list");
        let only = reader.json(&format!("/api/v1/map?layer={register}&at={day}&reading=counted"));
        assert_eq!(count(&only, register, state), counted);
        assert_eq!(only["lists"][0]["waiting"], 0);
    }

    // What is not verified yet is told apart, with the figure's own number of rows that wait.
    let figure = &reader.json("/api/v1/figures/docks.operating?period=2022")["figure"];
    let map = reader.json(&format!("/api/v1/map?layer=docks&at={day}"));
    let states = layer(&map, "docks")["states"].as_array().expect("states").clone();
    let waiting =
        |key: &str| states.iter().find(|state| state["key"] == key).expect("a state")["waiting"].clone();
    assert!(figure["pending"].as_u64() > Some(0), "the demo city has docks that wait");
    assert_eq!(waiting("operating"), figure["pending"]);
    assert_eq!(waiting("closed"), 1, "a closing that nobody has verified");
    assert_eq!(map["lists"][0]["waiting"].as_u64(), figure["pending"].as_u64().map(|pending| pending + 1));
    assert_eq!(layer(&map, "docks")["waiting"]["2022-12-31"]["operating"], figure["pending"]);

    // The page says so in words, and the register's page says both of its numbers.
    let page = reader.page(&format!("/map?layer=docks&at={day}"));
    assert!(page.contains("条待核验") && page.contains("虚线：待核验，不计入"));
    let page = reader.page(&format!("/map?layer=docks&at={day}&reading=counted"));
    assert!(!page.contains("虚线：待核验，不计入") && page.contains("与指标同口径"));
    let page = reader.page(&format!("/registers/docks?state=operating&day={day}"));
    assert!(page.contains("计入指标"), "the list says how many of its records count");

    // A tile without what waits is another tile; a thing that waits says so.
    let text = |query: &str| {
        let bytes = reader.get(&tile("docks", 6, query)).bytes().expect("bytes");
        String::from_utf8_lossy(&bytes).into_owned()
    };
    assert!(text(&format!("?at={day}")).contains("not-verified"));
    assert!(!text(&format!("?at={day}&reading=counted")).contains("not-verified"));

    // Of a dock whose closing waits the panel says both.
    let waits = map["lists"][0]["waiting_things"].as_array().expect("things").clone();
    let closing = waits.iter().find(|thing| thing["state"] == "closed").expect("the closing");
    let told = reader.json(&format!("/api/v1/map?layer=docks&at={day}&record={}", closing["record"]));
    assert_eq!(
        (&told["panel"]["state"], &told["panel"]["counts"]),
        (&Value::from("已关停"), &Value::from("运营中"))
    );
}

#[test]
fn the_open_map_has_only_what_counts() {
    let stage = Stage::open();
    let anybody = stage.anybody();
    let figure =
        reader(&stage).json("/api/v1/figures/docks.operating?period=2022")["figure"]["value"].clone();
    let page = anybody.page("/public/map?layer=docks&at=2022-12-31");
    let number = figure.as_str().expect("a value");
    assert!(page.contains(&format!("data-count=\"docks:operating\">{number}<")), "{number} docks");
    assert!(page.contains("与指标同口径") && !page.contains("虚线：待核验，不计入"));
    let tile = anybody.get(&format!("/public{}", tile("docks", 6, "?at=2022-12-31"))).bytes().expect("bytes");
    assert!(!String::from_utf8_lossy(&tile).contains("not-verified"));
}

#[test]
fn the_page_says_in_words_what_the_map_shows() {
    let stage = Stage::open();
    let reader = reader(&stage);
    let map = reader.json("/api/v1/map?layer=docks,parks");
    let first = &map["lists"][0]["things"][0];
    let (name, record) =
        (first["name"].as_str().expect("a name"), first["record"].as_u64().expect("a number"));
    let page = reader.page(&format!("/map?layer=docks,parks&record={record}&theme=docks.operating&latest=1"));
    assert!(page.contains(name) && page.contains(&format!("/records/{record}")));
    assert!(page.contains("望江区"), "the theme's districts are a table");
    assert!(page.contains("/f/"), "a figure is a door");
    assert!(!page.contains(" style=\"") && !page.contains("<script>"));
    let none = reader.page("/map?chosen=1&record=999999999&theme=no.such&at=yesterday");
    assert!(none.contains("map-form"));
}

#[test]
fn a_drawing_is_measured_on_the_ellipsoid() {
    let stage = Stage::open();
    let reader = reader(&stage);
    let check = |wkt: &str, expected: &str| {
        let path = format!("/map/measure?wkt={}", wkt.replace(' ', "%20"));
        assert_eq!(reader.json(&path)["text"], expected, "{wkt}");
    };
    check("LINESTRING(114.3 30.6, 114.4 30.6)", "长度 9.59 km");
    check("POLYGON((114.3 30.6, 114.31 30.6, 114.31 30.61, 114.3 30.6))", "面积 53.16 ha，周长 3.53 km");
    check("POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))", "边界自相交，不能量算面积");
    assert_eq!(reader.get("/map/measure?wkt=LINE").status(), 400);
    assert_eq!(reader.get("/map/measure").status(), 400);
}

#[test]
fn the_stations_are_told_of() {
    let stage = Stage::open();
    let reader = reader(&stage);
    for part in ["now", "calendar", "editions", "completeness", "devices"] {
        let page = reader.page(&format!("/monitoring?part={part}"));
        assert!(!page.contains(" style=\""), "{part}");
        let data = reader.json(&format!("/api/v1/monitoring?part={part}"));
        assert_eq!(data["part"], part);
    }
    let calendar = reader.json("/api/v1/monitoring?part=calendar");
    if calendar["measured"] == true {
        assert_eq!(calendar["months"].as_array().map(Vec::len), Some(12));
    }
}
