//! `/tiles/{layer}/{z}/{x}/{y}.mvt`: a register, or the base map, as vector tiles.
//!
//! The tag of a tile is made of what it is made of (the register's version, the pack, whose records are seen), so that a
//! browser asks again without being sent the same bytes again.

use std::fmt::Write as _;

use access::Action;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use tiles::TileId;
use url::form_urlencoded;

use super::kept::Tile;
use super::sheet::{Part, Sheet, SheetKey};
use super::sight::Sight;
use crate::app::{App, InForce};
use crate::fault::{Answer, Fault};
use crate::visitor::Visitor;
use crate::when;

/// The layer of the base map.
const BASE: &str = "base";

/// The registers that draw it, and what of each.
const BASE_REGISTERS: &[(&str, Part)] = &[
    ("districts", Part::Base),
    ("rivers", Part::Base),
    ("lakes", Part::Base),
    ("lakes", Part::Names),
    ("districts", Part::Names),
];

/// Whether a register only draws the base map.
pub fn is_base(register: &str) -> bool {
    BASE_REGISTERS.iter().any(|(key, _)| *key == register)
}

/// Layer, zoom, column, row with its ending: as text, since what is no number is no address.
type Address = Path<(String, String, String, String)>;

/// A tile for somebody who signed in.
pub async fn of_visitor(visitor: Visitor, path: Address, uri: Uri, headers: HeaderMap) -> Answer {
    answer(visitor, path, &uri, &headers, false).await
}

/// A tile for everybody: open layers, verified records.
pub async fn of_public(visitor: Visitor, path: Address, uri: Uri, headers: HeaderMap) -> Answer {
    answer(visitor, path, &uri, &headers, true).await
}

async fn answer(
    visitor: Visitor,
    Path((layer, z, x, file)): Address,
    uri: &Uri,
    headers: &HeaderMap,
    public: bool,
) -> Answer {
    let tile = address(&z, &x, &file).ok_or(Fault::NotFound)?;
    let wanted = Wanted::of(uri);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    let app = visitor.app.clone();
    let (tag, tile) = app
        .work(move |app| {
            let keys = keys(app, &visitor, &layer, &wanted, public)?;
            let tag = tag(&keys, tile);
            if known.is_some_and(|known| known == tag) {
                return Ok((tag, None));
            }
            let drawn = drawn(app, &visitor.now, keys, tile)?;
            Ok((tag, Some(drawn)))
        })
        .await?;
    Ok(response(&tag, tile, public))
}

fn address(z: &str, x: &str, file: &str) -> Option<TileId> {
    TileId::new(z.parse().ok()?, x.parse().ok()?, file.strip_suffix(".mvt")?.parse().ok()?)
}

/// What of a register.
#[derive(Default)]
struct Wanted {
    at: Option<Date>,
    /// Everything that ever was, with its days.
    ever: bool,
    /// Without what waits for verification.
    counted: bool,
    states: Vec<String>,
}

impl Wanted {
    fn of(uri: &Uri) -> Self {
        let mut wanted = Self::default();
        for (key, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            match &*key {
                "at" => wanted.at = value.parse().ok(),
                "ever" => wanted.ever = true,
                "reading" => wanted.counted = value == "counted",
                "states" => wanted.states = value.split(',').take(50).map(str::to_owned).collect(),
                _ => {}
            }
        }
        wanted
    }
}

/// The layers of which the tile is made, as the visitor may see them.
fn keys(
    app: &App,
    visitor: &Visitor,
    layer: &str,
    asked: &Wanted,
    public: bool,
) -> Result<Vec<SheetKey>, Fault> {
    let now = &visitor.now;
    let part = if asked.ever { Part::Ever } else { Part::On(asked.at.unwrap_or_else(when::today)) };
    let wanted: Vec<(&str, Part)> = if layer == BASE {
        BASE_REGISTERS.iter().copied().filter(|(key, _)| has_shapes(now, key)).collect()
    } else if has_shapes(now, layer) {
        vec![(layer, part)]
    } else {
        return Err(Fault::NotFound);
    };
    let mut keys = Vec::new();
    for (register, part) in wanted {
        if public {
            if now.pack.public.layers.iter().any(|open| open == register) {
                keys.push(SheetKey::new(now, register, part, true)?);
            }
        } else if visitor.may_anywhere(Action::View, Some(register)) {
            keys.push(seen(app, visitor, register, part, asked.counted)?);
        }
    }
    // States that the register does not have would only fill the cache.
    if let Some(register) = now.pack.register(layer) {
        let known = register.states.iter().filter(|state| asked.states.contains(&state.key));
        let known: Vec<String> = known.map(|state| state.key.clone()).collect();
        keys = keys.into_iter().map(|key| key.in_states(known.clone())).collect();
    }
    // A layer that is not open is as if it were not there; a base map without rivers is a base map.
    if keys.is_empty() && layer != BASE {
        return Err(if public { Fault::NotFound } else { crate::visitor::no_right(Action::View) });
    }
    Ok(keys)
}

/// Whether a register has shapes.
pub fn has_shapes(now: &InForce, register: &str) -> bool {
    now.pack.register(register).is_some_and(|register| register.geometry().is_some())
}

/// The key of a layer as a visitor sees it.
pub fn seen(
    app: &App,
    visitor: &Visitor,
    register: &str,
    part: Part,
    counted: bool,
) -> Result<SheetKey, Fault> {
    let now = &visitor.now;
    let all = SheetKey::new(now, register, Part::Ever, false)?;
    let all = app.maps.sheet(&all, || Sheet::make(now, &all))?;
    let sight = Sight::of(app, visitor, register, &all)?;
    Ok(SheetKey::new(now, register, part, counted)?.seen_by(sight))
}

fn drawn(app: &App, now: &InForce, keys: Vec<SheetKey>, tile: TileId) -> Result<Tile, Fault> {
    app.maps.tile((keys.clone(), (tile.z(), tile.x(), tile.y())), || {
        let sheets = keys
            .iter()
            .map(|key| app.maps.sheet(key, || Sheet::make(now, key)))
            .collect::<Result<Vec<_>, Fault>>()?;
        let layers: Vec<&tiles::Layer> = sheets.iter().map(|sheet| &sheet.layer).collect();
        let drawn = tiles::draw(&layers, tile).map_err(Fault::internal)?;
        let thinned = drawn.thinned.first().map(|(_, thinned)| (thinned.kept, thinned.of));
        Ok(Tile { bytes: Bytes::from(drawn.bytes), thinned })
    })
}

fn tag(keys: &[SheetKey], tile: TileId) -> String {
    let digest = Sha256::digest(format!("{} {keys:?} {tile:?}", env!("CARGO_PKG_VERSION")));
    let mut tag = String::from("\"");
    digest.iter().take(12).for_each(|byte| {
        let _ = write!(tag, "{byte:02x}");
    });
    tag.push('"');
    tag
}

fn response(tag: &str, tile: Option<Tile>, public: bool) -> Response {
    let mut headers = HeaderMap::new();
    let kept = if public { "private, max-age=60" } else { "private, no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, tag);
    }
    let Some(tile) = tile else { return (StatusCode::NOT_MODIFIED, headers).into_response() };
    if let Some((kept, of)) = tile.thinned
        && let Ok(value) = HeaderValue::from_str(&format!("{kept} of {of}"))
    {
        headers.insert(HeaderName::from_static("x-thinned"), value);
    }
    if tile.bytes.is_empty() {
        return (StatusCode::NO_CONTENT, headers).into_response();
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/vnd.mapbox-vector-tile"));
    (headers, tile.bytes).into_response()
}
