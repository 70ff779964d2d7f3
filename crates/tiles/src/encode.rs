//! What a tile shows → bytes.

use mvt::{Feature as Written, GeomData, GeomEncoder, GeomType, Tile};

use crate::TileFault;
use crate::cut::{Cut, Drawing, What, cut};
use crate::feature::Value;
use crate::layer::Layer;
use crate::world::{EXTENT, Point, TileId};

/// A tile's bytes, and what is in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The tile, not compressed; no bytes at all if there is nothing to show, which is a valid tile.
    pub bytes: Vec<u8>,
    /// How many features it has, a cluster counted as one.
    pub features: usize,
    /// What had to be left out, by layer.
    pub thinned: Vec<(String, Thinned)>,
}

/// A layer had more than a tile may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thinned {
    /// So many are shown.
    pub kept: usize,
    /// Of so many whose box meets the tile.
    pub of: usize,
}

/// One tile of several layers, whose names differ.
///
/// # Errors
/// If two layers have the same name, or the format's encoder refuses.
pub fn draw(layers: &[&Layer], tile: TileId) -> Result<Drawn, TileFault> {
    let mut written = Tile::new(EXTENT as u32);
    let mut drawn = Drawn { bytes: Vec::new(), features: 0, thinned: Vec::new() };
    for layer in layers {
        let (cuts, thinned) = cut(layer, tile);
        drawn.thinned.extend(thinned.map(|thinned| (layer.name.clone(), thinned)));
        if cuts.is_empty() {
            continue;
        }
        drawn.features += cuts.len();
        let mut sheet = written.create_layer(&layer.name);
        for Cut { what, drawing } in cuts {
            let mut feature = sheet.into_feature(geometry(&drawing)?);
            describe(layer, what, &mut feature);
            sheet = feature.into_layer();
        }
        written.add_layer(sheet)?;
    }
    drawn.bytes = written.to_bytes()?;
    Ok(drawn)
}

fn describe(layer: &Layer, what: What, feature: &mut Written) {
    match what {
        What::Thing(thing) => {
            feature.set_id(thing.id);
            for (key, value) in &layer.tags[thing.tags.clone()] {
                let key = &layer.keys[*key];
                match &layer.values[*value] {
                    Value::Text(text) => feature.add_tag_string(key, text),
                    Value::Whole(number) => feature.add_tag_sint(key, *number),
                    Value::Flag(flag) => feature.add_tag_bool(key, *flag),
                }
            }
        }
        What::Cluster { id, node } => {
            feature.set_id(id);
            feature.add_tag_sint("count", i64::from(node.count));
            feature.add_tag_sint("expand", i64::from(node.expand));
            let names = layer.options.clustering.iter().flat_map(|clustering| &clustering.classes);
            for (name, count) in names.zip(&node.classes).filter(|(_, count)| **count > 0) {
                feature.add_tag_sint(&format!("n_{name}"), i64::from(*count));
            }
        }
    }
}

fn geometry(drawing: &Drawing) -> Result<GeomData, mvt::Error> {
    let (kind, parts): (GeomType, &[Vec<Point>]) = match drawing {
        Drawing::Points(points) => (GeomType::Point, std::slice::from_ref(points)),
        Drawing::Lines(lines) => (GeomType::Linestring, lines),
        Drawing::Rings(rings) => (GeomType::Polygon, rings),
    };
    let ring = kind == GeomType::Polygon;
    let mut encoder = GeomEncoder::<i32>::new(kind);
    let mut end = None;
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            encoder.complete_geom()?;
        }
        // The encoder leaves out the step to a part that begins where the one before ended. For a ring that is
        // wrong, since the one before has been closed: such a ring begins at its second point instead.
        let turn = usize::from(ring && part.len() > 1 && part.first() == end.as_ref());
        for (x, y) in part[turn..].iter().chain(&part[..turn]) {
            // Clipping has left numbers of four digits.
            encoder.add_point(*x as i32, *y as i32)?;
            end = Some((*x, *y));
        }
    }
    encoder.encode()
}
