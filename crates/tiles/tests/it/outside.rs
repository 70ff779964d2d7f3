//! What another program makes of a tile: `mapbox-vector-tile` of PyPI. Skipped, with a line that says so, where it is
//! not installed.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tiles::{Builder, Clustering, Feature, Options, Place, Shape, Small, TileId, Value, draw};

const SCRIPT: &str = "
import sys, json, mapbox_vector_tile as m
for name, layer in sorted(m.decode(sys.stdin.buffer.read(), default_options={'y_coord_down': True}).items()):
    print(name, layer['extent'], layer['version'])
    for f in layer['features']:
        g = f['geometry']
        print(f['id'], g['type'], json.dumps(g['coordinates']).replace(' ', ''), json.dumps(f['properties'], ensure_ascii=False, sort_keys=True))
";

fn layer(name: &str, options: Options, shapes: Vec<Shape>) -> tiles::Layer {
    let mut builder = Builder::new(name, options);
    for (shape, id) in shapes.into_iter().zip(1..) {
        let properties = vec![
            ("name".to_owned(), Value::from("望江1号码头")),
            ("berths".to_owned(), Value::from(-2i64)),
            ("pending".to_owned(), Value::from(id == 1)),
        ];
        builder.add(Feature { id, class: 0, shape, properties }).expect("a shape that is drawn");
    }
    builder.build()
}

/// A place of the tile 10/837/420 by its units.
fn unit(x: f64, y: f64) -> Place {
    let world = |number: f64, units: f64| (number + units / 4096.0) / 1024.0;
    let east = (world(837.0, x) - 0.5) * 360.0;
    let north = (std::f64::consts::PI * (1.0 - 2.0 * world(420.0, y))).sinh().atan().to_degrees();
    ((east * 1e7).round() as i32, (north * 1e7).round() as i32)
}

#[test]
fn python_reads_what_was_drawn() {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let own = home.join(".cache/qingyuan/python/bin/python");
    let python = if own.exists() { own } else { PathBuf::from("python3") };
    let ready = Command::new(&python).args(["-c", "import mapbox_vector_tile"]).output();
    if !ready.is_ok_and(|output| output.status.success()) {
        println!("skipped: there is no mapbox-vector-tile");
        return;
    }
    let run = |units: &[(f64, f64)]| units.iter().map(|(x, y)| unit(*x + 0.5, *y + 0.5)).collect::<Vec<_>>();
    let points = layer(
        "points",
        Options::default(),
        vec![
            Shape::Points(run(&[(25.0, 17.0)])),
            Shape::Points(run(&[(5.0, 7.0), (3000.0, 2000.0), (9000.0, 0.0)])),
        ],
    );
    let lines = layer(
        "lines",
        Options::default(),
        vec![Shape::Lines(vec![
            run(&[(2000.0, 2000.0), (2000.0, 6000.0)]),
            run(&[(10.0, 10.0), (90.0, 90.0)]),
        ])],
    );
    let outer = run(&[(0.0, 0.0), (1000.0, 0.0), (1000.0, 1000.0), (0.0, 1000.0)]);
    let hole = run(&[(200.0, 200.0), (800.0, 200.0), (800.0, 800.0), (200.0, 800.0)]);
    let island = run(&[(400.0, 400.0), (600.0, 400.0), (600.0, 600.0), (400.0, 400.0)]);
    let polygons =
        layer("polygons", Options::default(), vec![Shape::Polygons(vec![vec![outer, hole], vec![island]])]);
    let clustering = Clustering { until: 11, radius: 40, least: 2, classes: vec!["open".to_owned()] };
    let near = vec![Shape::Points(run(&[(100.0, 100.0)])), Shape::Points(run(&[(110.0, 120.0)]))];
    let options = Options { clustering: Some(clustering), small: Small::Point(4), ..Options::default() };
    let clusters = layer("clusters", options, near);
    let drawn = draw(&[&points, &lines, &polygons, &clusters], TileId::new(10, 837, 420).unwrap()).unwrap();

    let mut child = Command::new(&python)
        .args(["-c", SCRIPT])
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&drawn.bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let expected = r#"clusters 4096 2
4503642577043456 Point [105,110] {"count": 2, "expand": 12, "n_open": 2}
lines 4096 2
1 MultiLineString [[[2000,2000],[2000,4224]],[[10,10],[90,90]]] {"berths": -2, "name": "望江1号码头", "pending": true}
points 4096 2
1 Point [25,17] {"berths": -2, "name": "望江1号码头", "pending": true}
2 MultiPoint [[5,7],[3000,2000]] {"berths": -2, "name": "望江1号码头", "pending": false}
polygons 4096 2
1 MultiPolygon [[[[0,0],[1000,0],[1000,1000],[0,1000],[0,0]],[[200,800],[800,800],[800,200],[200,200],[200,800]]],[[[400,400],[600,400],[600,600],[400,400]]]] {"berths": -2, "name": "望江1号码头", "pending": true}
"#;
    assert_eq!(text, expected);
}
