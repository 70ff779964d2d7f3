//! How long tiles of large layers take: the median and the slowest of every tile that shows anything, zoom by zoom.
//! `cargo run --release -p tiles --example tiles_speed`

use std::time::{Duration, Instant};

use tiles::{Builder, Clustering, Feature, Layer, Options, Place, Shape, Small, TileId, Value, draw};

/// South-west corner and size of a city in 1e-7 degrees.
const CITY: (Place, (i32, i32)) = ((1_138_000_000, 302_400_000), (10_000_000, 7_200_000));

fn main() {
    let classes = ["operating", "closed", "moved"].map(str::to_owned).to_vec();
    let clustered = Options {
        clustering: Some(Clustering { until: 12, radius: 40, least: 2, classes }),
        small: Small::Point(6),
        ..Options::default()
    };
    measure("50,000 points, clustered", 50_000, clustered.clone(), |random, at| {
        Shape::Points(vec![jitter(random, at, 1)])
    });
    measure("50,000 points, as they are", 50_000, Options::default(), |random, at| {
        Shape::Points(vec![jitter(random, at, 1)])
    });
    measure("50,000 lines of 20 points, clustered where small", 50_000, clustered.clone(), |random, at| {
        Shape::Lines(vec![(0..20).map(|step| jitter(random, (at.0 + step * 1_000, at.1), 900)).collect()])
    });
    measure("50,000 surfaces of 40 points, clustered where small", 50_000, clustered, ring);
    measure("50,000 surfaces of 40 points, dropped where small", 50_000, Options::default(), ring);
}

fn ring(random: &mut u64, at: Place) -> Shape {
    let size = f64::from(1_000 + (next(random) % 20_000) as i32);
    let corner = |step: i32| {
        let turn = f64::from(step) / 40.0 * std::f64::consts::TAU;
        (at.0 + (turn.cos() * size) as i32, at.1 + (turn.sin() * size) as i32)
    };
    Shape::Polygons(vec![vec![(0..40).map(|step| jitter(random, corner(step), 200)).collect()]])
}

fn jitter(random: &mut u64, at: Place, by: i32) -> Place {
    (at.0 + (next(random) % by as u64) as i32, at.1 + (next(random) % by as u64) as i32)
}

fn next(random: &mut u64) -> u64 {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    *random
}

fn measure(name: &str, count: u64, options: Options, mut shape: impl FnMut(&mut u64, Place) -> Shape) {
    let mut random = 0x9e37_79b9_7f4a_7c15;
    let began = Instant::now();
    let mut builder = Builder::new("layer", options);
    for id in 0..count {
        let at = (
            CITY.0.0 + (next(&mut random) % CITY.1.0 as u64) as i32,
            CITY.0.1 + (next(&mut random) % CITY.1.1 as u64) as i32,
        );
        let properties = vec![
            ("name".to_owned(), Value::Text(format!("望江{id}号"))),
            ("state".to_owned(), Value::from(["operating", "closed", "moved"][id as usize % 3])),
            ("record".to_owned(), Value::Whole(id as i64)),
        ];
        let shape = shape(&mut random, at);
        builder.add(Feature { id, class: id as usize % 3, shape, properties }).expect("it fits");
    }
    let layer = builder.build();
    println!("{name}: built in {:.0?}, about {} MB", began.elapsed(), layer.weight() >> 20);
    for z in [7, 9, 10, 11, 12, 13, 14, 16] {
        zoom(&layer, z);
    }
}

fn zoom(layer: &Layer, z: u8) {
    let corners = [CITY.0, (CITY.0.0 + CITY.1.0, CITY.0.1 + CITY.1.1)].map(|at| TileId::holding(at, z));
    let columns = corners[0].x()..=corners[1].x();
    let rows = corners[1].y()..=corners[0].y();
    let mut times: Vec<(Duration, usize, usize)> = Vec::new();
    let mut thinned = 0;
    for (x, y) in columns.flat_map(|x| rows.clone().map(move |y| (x, y))).step_by(if z > 13 { 97 } else { 1 })
    {
        let Some(tile) = TileId::new(z, x, y) else { continue };
        let began = Instant::now();
        let drawn = draw(&[layer], tile).expect("a tile");
        times.push((began.elapsed(), drawn.features, drawn.bytes.len()));
        thinned += usize::from(!drawn.thinned.is_empty());
    }
    times.retain(|(_, features, _)| *features > 0);
    times.sort_unstable();
    let (Some(middle), Some(slowest)) = (times.get(times.len() / 2), times.last()) else { return };
    println!(
        "  zoom {z:>2}: {:>5} tiles, median {:>9.1?} ({:>5} features), slowest {:>9.1?} ({:>5} features, {:>4} kB), thinned {thinned}",
        times.len(),
        middle.0,
        middle.1,
        slowest.0,
        slowest.1,
        slowest.2 / 1000,
    );
}
