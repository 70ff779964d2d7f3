//! Shapes → Mapbox vector tiles.
//!
//! ```text
//! Feature (id, class, shape in lon/lat, properties)
//!    │ Builder::add … build           projected, weighed for simplifying, clustered, indexed: once a version
//!    ▼
//!  Layer ──draw(&[&Layer], TileId)──▶ found ─▶ simplified ─▶ clipped ─▶ cleaned ─▶ bytes (MVT 2.1)
//! ```
//!
//! Why it exists: a map of a city's registers must answer a tile in a few milliseconds, however many things
//! lie in it, and from the city's own server: nothing is asked of anybody else's.
//!
//! What it promises:
//! - **The same layer gives the same bytes.** Clusters are made here and not in the browser, whole layers at
//!   a time, so neighbouring tiles agree, a count is never shown twice and everybody sees the same map.
//! - **A place is in exactly one tile of a zoom**, plus the rims ([`Options::buffer`]) of its neighbours.
//! - **Polygons stay polygons**: rings are closed, outer rings run clockwise on the screen and holes against it,
//!   a ring without surface is left out together with its holes.
//! - **Nothing here panics or recurses**, whatever it is given, and a tile is bounded ([`Options::most`],
//!   [`Options::most_vertices`]); what had to be left out is said in [`Drawn::thinned`].
//!
//! Absent: files, clocks, compression, caches (the server's matter), styles (the browser's), measuring
//! (`geodesy`'s: a tile is a picture, and no length is ever taken from one).

mod clip;
mod cluster;
mod cut;
mod encode;
mod feature;
mod index;
mod layer;
mod weigh;
mod world;

pub use encode::{Drawn, Thinned, draw};
pub use feature::{Feature, Place, Shape, Value};
pub use layer::{Builder, Clustering, Layer, Options, Small};
pub use world::{EXTENT, MOST_ZOOM, TileId};

/// Why there is no layer or no tile.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TileFault {
    /// More points than one layer can hold.
    #[error("a layer holds at most {} points", layer::MOST_POINTS)]
    LayerFull,
    /// Two layers of one tile have the same name, or a shape could not be written.
    #[error("the tile could not be written: {0}")]
    Encoding(#[from] mvt::Error),
}
