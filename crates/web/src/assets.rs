//! Styles, scripts and pictures, inside the binary. Their addresses carry their content's hash, so that browsers may keep
//! them for ever and a new version is fetched at once.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::fault::{Answer, Fault};
use crate::routes::{Need, Routes};

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Ours;

/// What comes from npm, fetched by `build.rs`: the map's renderer, which needs neither `eval` nor inline styles.
const THEIRS: &[(&str, &[u8])] = &[
    (
        "maplibre-gl.js",
        include_bytes!(concat!(env!("OUT_DIR"), "/npm/node_modules/maplibre-gl/dist/maplibre-gl.mjs")),
    ),
    (
        "maplibre-gl-worker.js",
        include_bytes!(concat!(env!("OUT_DIR"), "/npm/node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs")),
    ),
    (
        "maplibre-gl.css",
        include_bytes!(concat!(env!("OUT_DIR"), "/npm/node_modules/maplibre-gl/dist/maplibre-gl.css")),
    ),
];

struct Asset {
    bytes: Cow<'static, [u8]>,
    tag: String,
}

static ALL: LazyLock<BTreeMap<String, Asset>> = LazyLock::new(|| {
    // The folder also holds what npm reads.
    let served =
        |name: &str| [".css", ".js", ".svg", ".webmanifest"].iter().any(|ending| name.ends_with(ending));
    let ours = Ours::iter().filter(|name| served(name));
    let ours = ours.filter_map(|name| Some((name.to_string(), Ours::get(&name)?.data)));
    let theirs = THEIRS.iter().map(|(name, bytes)| ((*name).to_owned(), Cow::Borrowed(*bytes)));
    ours.chain(theirs)
        .map(|(name, bytes)| {
            let digest = Sha256::digest(&bytes);
            let tag = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
            (name, Asset { bytes, tag })
        })
        .collect()
});

/// `/assets/…`.
pub fn routes() -> Routes {
    Routes::new().get("/assets/{*name}", Need::Open, asset)
}

/// The address of an asset, with its hash.
pub fn url(name: &str) -> String {
    match ALL.get(name) {
        Some(asset) => format!("/assets/{name}?v={}", asset.tag),
        None => format!("/assets/{name}"),
    }
}

async fn asset(Path(name): Path<String>, RawQuery(query): RawQuery, headers: HeaderMap) -> Answer {
    let asset = ALL.get(&name).ok_or(Fault::NotFound)?;
    let tag = format!("\"{}\"", asset.tag);
    // A module that another one imports is asked for by its plain name, and must be asked about again.
    let pinned = query.and_then(|query| query.strip_prefix("v=").map(|of| of == asset.tag)).unwrap_or(false);
    let keep = if pinned { "public, max-age=31536000, immutable" } else { "public, no-cache" };
    let kept = [(header::CACHE_CONTROL, keep.to_owned()), (header::ETAG, tag.clone())];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    };
    Ok(([(header::CONTENT_TYPE, kind)], kept, asset.bytes.clone()).into_response())
}
