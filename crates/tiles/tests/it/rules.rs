//! What is promised of every tile.

use proptest::prelude::*;
use tiles::{Builder, Clustering, Drawn, Feature, Layer, Options, Place, Shape, Small, TileId, Value, draw};

use crate::decoded::{Read, ReadFeature, read};

fn feature(id: u64, shape: Shape) -> Feature {
    Feature {
        id,
        class: id as usize % 2,
        shape,
        properties: vec![("name".to_owned(), Value::from("望江1号"))],
    }
}

fn layer(options: Options, features: impl IntoIterator<Item = Feature>) -> Layer {
    let mut builder = Builder::new("docks", options);
    for feature in features {
        builder.add(feature).expect("a shape that is drawn");
    }
    builder.build()
}

fn tile(layer: &Layer, id: TileId) -> (Drawn, Vec<ReadFeature>) {
    let drawn = draw(&[layer], id).expect("a tile");
    let mut layers: Vec<Read> = read(&drawn.bytes);
    assert!(layers.len() <= 1);
    let features = layers.pop().map(|layer| {
        assert_eq!((layer.name.as_str(), layer.version, layer.extent), ("docks", 2, 4096));
        layer.features
    });
    (drawn, features.unwrap_or_default())
}

/// Twice the surface by the surveyor's formula.
fn surface(ring: &[(i64, i64)]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum()
}

fn square(west: i32, north: i32, side: i32) -> Vec<Place> {
    vec![(west, north), (west, north - side), (west + side, north - side), (west + side, north)]
}

#[test]
fn rings_run_as_the_format_wants_whichever_way_they_came() {
    let outer = square(1_140_000_000, 306_000_000, 4_000_000);
    let hole = square(1_141_000_000, 305_000_000, 1_000_000);
    let backwards = |ring: &[Place]| ring.iter().rev().copied().collect::<Vec<_>>();
    for polygon in [
        vec![outer.clone(), hole.clone()],
        vec![backwards(&outer), hole.clone()],
        vec![outer.clone(), backwards(&hole)],
    ] {
        let layer = layer(Options::default(), [feature(1, Shape::Polygons(vec![polygon]))]);
        let (_, features) = tile(&layer, TileId::holding((1_141_500_000, 304_500_000), 8));
        let [only] = &features[..] else { panic!("{features:?}") };
        assert_eq!((only.kind, only.parts.len()), (3, 2));
        assert!(surface(&only.parts[0]) > 0 && surface(&only.parts[1]) < 0);
        assert!(surface(&only.parts[0]) > -surface(&only.parts[1]));
    }
}

#[test]
fn a_second_ring_that_begins_where_the_first_ended_is_a_ring() {
    // The clipped corner makes the last point of the first the first point of the second.
    let one = vec![(0, 0), (0, 40_000_000), (40_000_000, 40_000_000)];
    let two = vec![(40_000_000, 40_000_000), (80_000_000, 40_000_000), (80_000_000, 80_000_000)];
    for polygons in
        [vec![vec![one.clone()], vec![two.clone()]], vec![vec![one], vec![two.into_iter().rev().collect()]]]
    {
        let layer = layer(Options::default(), [feature(1, Shape::Polygons(polygons))]);
        let (_, features) = tile(&layer, TileId::new(2, 2, 1).unwrap());
        assert_eq!(features[0].parts.len(), 2);
        assert!(features[0].parts.iter().all(|ring| surface(ring) > 0));
    }
}

#[test]
fn nothing_is_a_tile_too() {
    let layer = layer(Options::default(), []);
    let (drawn, features) = tile(&layer, TileId::new(0, 0, 0).unwrap());
    assert!(layer.is_empty() && drawn.bytes.is_empty() && features.is_empty() && drawn.thinned.is_empty());
}

#[test]
fn what_is_too_small_is_left_out_or_becomes_a_point() {
    let park = || feature(1, Shape::Polygons(vec![vec![square(1_143_000_000, 306_000_000, 3_000)]]));
    let far = TileId::holding((1_143_000_000, 306_000_000), 9);
    let near = TileId::holding((1_143_000_000, 306_000_000), 15);
    let dropped = layer(Options::default(), [park()]);
    assert!(tile(&dropped, far).1.is_empty());
    assert_eq!(tile(&dropped, near).1[0].kind, 3);
    let pointed = layer(Options { small: Small::Point(6), ..Options::default() }, [park()]);
    assert_eq!(tile(&pointed, far).1[0].kind, 1);
    assert_eq!(tile(&pointed, near).1[0].kind, 3);
}

#[test]
fn too_many_are_thinned_and_that_is_said() {
    let points =
        (0..500).map(|id| feature(id, Shape::Points(vec![(1_143_000_000 + id as i32, 306_000_000)])));
    let layer = layer(Options { most: 100, ..Options::default() }, points);
    let (drawn, features) = tile(&layer, TileId::holding((1_143_000_000, 306_000_000), 10));
    assert_eq!((features.len(), drawn.thinned[0].1.kept, drawn.thinned[0].1.of), (100, 100, 500));
    let ids: Vec<u64> = features.iter().map(|feature| feature.id).collect();
    assert!(ids.is_sorted(), "still in the order in which they came");
}

fn clustering() -> Options {
    let classes = vec!["operating".to_owned(), "closed".to_owned()];
    let clustering = Clustering { until: 12, radius: 40, least: 2, classes };
    Options { clustering: Some(clustering), small: Small::Point(4), ..Options::default() }
}

fn count_of(feature: &ReadFeature) -> u64 {
    feature.properties.get("count").map_or(1, |count| count.parse().expect("a count"))
}

#[test]
fn clusters_count_by_state_and_say_where_they_fall_apart() {
    let points =
        (0..10).map(|id| feature(id, Shape::Points(vec![(1_143_000_000 + id as i32 * 20_000, 306_000_000)])));
    let layer = layer(clustering(), points);
    let at = |z| tile(&layer, TileId::holding((1_143_090_000, 306_000_000), z)).1;
    let [all] = &at(8)[..] else { panic!("{:?}", at(8)) };
    let property = |key: &str| all.properties[key].as_str();
    assert_eq!((property("count"), property("n_operating"), property("n_closed")), ("10", "5", "5"));
    let expand: u8 = property("expand").parse().unwrap();
    assert!((9..=13).contains(&expand) && at(expand - 1).len() == 1 && at(expand).len() > 1);
    assert!(at(13).iter().all(|feature| feature.properties["name"] == "望江1号"));
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        (1_138_000_000..1_148_000_000, 302_000_000..310_000_000),
        (-1_800_000_000..1_800_000_000, -850_000_000..850_000_000),
        (any::<i32>(), any::<i32>()),
    ]
}

fn shape() -> impl Strategy<Value = Shape> {
    let run = || prop::collection::vec(place(), 0..12);
    prop_oneof![
        run().prop_map(Shape::Points),
        prop::collection::vec(run(), 0..4).prop_map(Shape::Lines),
        prop::collection::vec(prop::collection::vec(run(), 0..3), 0..3).prop_map(Shape::Polygons),
    ]
}

proptest! {
    #[test]
    fn a_place_is_in_the_tile_that_holds_it_and_else_only_in_rims(at in place(), z in 0u8..=20) {
        let layer = layer(Options::default(), [feature(7, Shape::Points(vec![at]))]);
        let home = TileId::holding(at, z);
        for dx in -1i64..=1 {
            for dy in -1i64..=1 {
                let (x, y) = (i64::from(home.x()) + dx, i64::from(home.y()) + dy);
                let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { continue };
                let Some(id) = TileId::new(z, x, y) else { continue };
                let features = tile(&layer, id).1;
                prop_assert!(features.len() <= 1);
                let inside = features.iter().any(|feature| {
                    let (x, y) = feature.parts[0][0];
                    (0..4096).contains(&x) && (0..4096).contains(&y)
                });
                prop_assert_eq!(inside, dx == 0 && dy == 0);
            }
        }
    }

    #[test]
    fn every_shape_gives_a_tile_that_can_be_read(
        shapes in prop::collection::vec(shape(), 0..8), near in place(), z in 0u8..=20, clustered in any::<bool>()
    ) {
        let features = shapes.into_iter().zip(0..).map(|(shape, id)| feature(id, shape));
        let layer = layer(if clustered { clustering() } else { Options::default() }, features);
        let (drawn, features) = tile(&layer, TileId::holding(near, z));
        prop_assert_eq!(drawn.features, features.len());
        for feature in &features {
            let fits = |at: i64| (-128..=4096 + 128).contains(&at);
            prop_assert!(feature.parts.iter().flatten().all(|(x, y)| fits(*x) && fits(*y)));
            if feature.kind == 3 {
                prop_assert!(surface(&feature.parts[0]) > 0, "an outer ring comes first");
                prop_assert!(feature.parts.iter().all(|ring| ring.len() >= 3 && surface(ring) != 0));
            }
        }
        prop_assert_eq!(tile(&layer, TileId::holding(near, z)).0, drawn, "the same again");
    }

    #[test]
    fn every_thing_is_counted_once_at_every_zoom(places in prop::collection::vec(place(), 1..60), z in 0u8..=3) {
        let count = places.len() as u64;
        let features = places.into_iter().zip(0..).map(|(at, id)| feature(id, Shape::Points(vec![at])));
        let layer = layer(clustering(), features);
        let mut sum = 0;
        for x in 0..1 << z {
            for y in 0..1 << z {
                let features = tile(&layer, TileId::new(z, x, y).unwrap()).1;
                let home = |at: &&ReadFeature| {
                    let (x, y) = at.parts[0][0];
                    (0..4096).contains(&x) && (0..4096).contains(&y)
                };
                sum += features.iter().filter(home).map(count_of).sum::<u64>();
            }
        }
        prop_assert_eq!(sum, count);
    }

    #[test]
    fn a_polygon_around_the_tile_covers_it(z in 6u8..=16, at in (1_130_000_000..1_150_000_000, 200_000_000..400_000_000)) {
        let around = square(at.0 - 250_000_000, at.1 + 250_000_000, 500_000_000);
        let layer = layer(Options::default(), [feature(1, Shape::Polygons(vec![vec![around]]))]);
        let features = tile(&layer, TileId::holding(at, z)).1;
        prop_assert_eq!(surface(&features[0].parts[0]), 2 * (4096 + 256) * (4096 + 256));
    }
}
