// What all maps share: MapLibre, the colours, the base map, the symbols.
//
// The style is a function of the page's colours and of what is to be shown; when anything changes, a new style is made and
// MapLibre finds the difference. So there is one place that says how a map looks, and none where it is mended piecemeal.

/** The page's colours, read from the style sheets: light, dark and high contrast come from there. */
export function palette(element) {
  const style = getComputedStyle(element);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim() || "#888888";
  const found = {};
  for (const name of ["ground", "paper", "sunk", "ink", "muted", "line", "edge", "accent", "accent-strong", "bad"]) {
    found[name.replace(/-(.)/, (_, letter) => letter.toUpperCase())] = colour(name);
  }
  found.layers = [1, 2, 3, 4, 5, 6].map((number) => colour(`map-${number}`));
  found.scale = [1, 2, 3, 4, 5].map((number) => colour(`scale-${number}`));
  found.water = mix(found.accent, found.paper, 0.66);
  found.font = style.getPropertyValue("--font").split(",").map((one) => one.trim().replace(/^["']|["']$/g, ""));
  return found;
}

const channels = (colour) => {
  const hex = colour.replace("#", "");
  const wide = hex.length === 3 ? [...hex].map((one) => one + one).join("") : hex;
  return [0, 2, 4].map((at) => parseInt(wide.slice(at, at + 2), 16));
};

/** So much of the second colour in the first; both as #rrggbb. */
export function mix(one, other, share) {
  const [a, b] = [channels(one), channels(other)];
  return `#${a.map((value, at) => Math.round(value + (b[at] - value) * share).toString(16).padStart(2, "0")).join("")}`;
}

/** Metres on the ground as pixels at zoom 7 and 30 degrees north: near enough anywhere in the country for a stroke's width. */
const METRES = (2 ** 7 * 512) / (40075017 * Math.cos(Math.PI / 6));
const across = (metres, least) => ["interpolate", ["exponential", 2], ["zoom"],
  7, ["max", least, ["*", metres, METRES]], 19, ["max", least, ["*", metres, METRES * 2 ** 12]]];

const label = (p, size, colour, more = {}) => ({
  layout: { "text-field": ["get", "name"], "text-font": p.font.slice(0, 6), "text-size": size, "text-max-width": 8, ...more },
  paint: { "text-color": colour, "text-halo-color": p.paper, "text-halo-width": 1.4 },
});

/**
 * A name that moves aside where a symbol stands, the nearest place first; it is left out where all are taken. From afar,
 * where districts are small, it stays so near that it never stands in the next one.
 */
const around = (...steps) => ["literal", ["center", [0, 0], ...steps.flatMap((far) => [
  "top", [0, far], "bottom", [0, -far], "left", [far, 0], "right", [-far, 0],
  "top-left", [far, far], "top-right", [-far, far], "bottom-left", [far, -far], "bottom-right", [-far, -far],
])]];
const aside = { "text-justify": "auto", "text-variable-anchor-offset": ["step", ["zoom"], around(0.6, 1.2), 8, around(1.2, 2.4, 3.6)] };

/**
 * Where a river's name stands: in the water where that is wide enough for it between the docks of both banks, else beside
 * the river, out of the way of the clusters and docks that line it. (A name on a line has one place only, so it cannot look
 * for a free one as the others do.) Widths are in metres; at zoom 12 a pixel is some 16 metres.
 */
const beside = (far) => ["literal", [0, -far]];
const inside = (least, otherwise) => ["case", [">=", ["get", "width"], least], beside(0), otherwise];
const ofRiver = {
  "symbol-placement": "line", "text-letter-spacing": 0.4, "symbol-spacing": 160,
  "text-offset": ["step", ["zoom"], beside(2.3), 10, beside(2.9), 11, ["case", [">=", ["get", "width"], 800], beside(3.5), beside(2.9)],
    12, inside(750, beside(2.9)), 13, inside(380, beside(2.9)), 14, inside(190, beside(2.4)), 15, beside(0)],
};

/** Pale land, its districts, and water in the accent; `fill` colours the districts by a theme. */
export function base(p, tiles, { fill = null, over = [] } = {}) {
  const source = { source: "base" };
  // Symbols come last: what is drawn on top takes its place first, and the names below look for theirs around it.
  const isSymbol = (layer) => layer.type === "symbol";
  return {
    version: 8,
    sources: { base: { type: "vector", tiles: [new URL(tiles, location.href).href.replace(/%7B/g, "{").replace(/%7D/g, "}")], maxzoom: 14 } },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": p.sunk } },
      { id: "land", type: "fill", ...source, "source-layer": "land", paint: { "fill-color": fill ?? p.paper } },
      { id: "river", type: "line", ...source, "source-layer": "river", layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": p.water, "line-width": across(["get", "width"], 1.5) } },
      { id: "lake", type: "fill", ...source, "source-layer": "lake", paint: { "fill-color": p.water } },
      { id: "border", type: "line", ...source, "source-layer": "land",
        paint: { "line-color": p.edge, "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.6, 14, 1.2], "line-dasharray": [4, 2], "line-opacity": 0.7 } },
      ...over.filter((layer) => !isSymbol(layer)),
      { id: "lake-name", type: "symbol", ...source, "source-layer": "lake-name", minzoom: 11, ...label(p, 11, mix(p.accent, p.ink, 0.2), aside) },
      { id: "land-name", type: "symbol", ...source, "source-layer": "land-name", ...label(p, ["interpolate", ["linear"], ["zoom"], 8, 11, 12, 14], p.ink, aside) },
      // Above the districts' names, which can give way.
      { id: "river-name", type: "symbol", ...source, "source-layer": "river", ...label(p, 13, mix(p.accent, p.ink, 0.2), ofRiver) },
      ...over.filter(isSymbol),
    ],
  };
}

/** The layers of names. */
const NAMES = new Set(["lake-name", "land-name", "river-name"]);

let library = null;

/** A map in an element, with whatever style `styled(palette)` makes; made again when the colours change. */
export async function open(element, styled, options = {}) {
  const { library: url, worker, css } = element.dataset;
  if (css && !document.querySelector(`link[href="${CSS.escape(css)}"]`)) {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: css });
    const ready = new Promise((done) => { link.onload = link.onerror = done; });
    document.head.prepend(link);
    await ready;
  }
  library ??= import(url).then((module) => { module.setWorkerUrl(new URL(worker, location.href).href); return module; });
  const { Map: MapLibre, NavigationControl, ScaleControl } = await library;
  // A name that moves aside keeps the place it once found. So names wait until everything that they move aside for is there:
  // else where they stand would depend on which tile came first, and the same map would not be the same picture.
  let named = false;
  const drawn = () => {
    const style = styled(palette(element));
    const layers = style.layers.map((layer) => (named || !NAMES.has(layer.id) ? layer : { ...layer, layout: { ...layer.layout, visibility: "none" } }));
    return { ...style, layers };
  };
  const words = JSON.parse(element.dataset.words || "{}");
  const canvas = Object.assign(document.createElement("div"), { className: "map-canvas" });
  element.replaceChildren(canvas);
  const map = new MapLibre({
    container: canvas,
    style: drawn(),
    attributionControl: false,
    dragRotate: false, pitchWithRotate: false, touchPitch: false, rollEnabled: false,
    maxZoom: 18, minZoom: 6,
    fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    locale: {
      "Map.Title": words.title ?? "Map", "NavigationControl.ZoomIn": words.nearer ?? "Zoom in",
      "NavigationControl.ZoomOut": words.farther ?? "Zoom out",
    },
    ...options,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-left");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  map.setMissingStyleImageResolver((id) => {
    const image = symbol(id, palette(element));
    if (image && !map.hasImage(id)) map.addImage(id, image, { pixelRatio: 2 });
  });
  map.restyle = () => map.setStyle(drawn());
  const again = () => {
    for (const id of map.listImages()) if (/^(mark|many)\|/.test(id)) map.removeImage(id);
    map.restyle();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  // For tests and for whoever wants to know: the map, and whether it has drawn what it was told.
  element.map = map;
  map.on("idle", () => {
    if (named) { element.dataset.idle = "yes"; return; }
    named = true;
    map.restyle();
    map.triggerRepaint();
  });
  map.on("movestart", () => { delete element.dataset.idle; });
  return { map, words };
}

/**
 * Symbols are drawn when a tile asks for one: `mark|colour|form`, with `|waits` if it does not count yet, and
 * `many|colour|count of form 0|of form 1|…|+count of those that wait`.
 */
function symbol(id, p) {
  const [kind, colour, ...rest] = id.split("|");
  const ink = /^#/.test(colour) ? colour : p.layers[(Number(colour) - 1) % 6];
  if (kind === "mark") return (rest[1] === "waits" ? waits : mark)(ink, Number(rest[0]) || 0, p);
  if (kind === "many") return many(ink, rest.slice(0, -1).map(Number), Number(rest.at(-1)), p);
  return null;
}

const drawing = (side) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
  return canvas.getContext("2d", { willReadFrequently: true });
};

/** A thing by its state: the forms differ without their colours. */
function mark(ink, form, p) {
  const side = 36;
  const pen = drawing(side);
  path(pen, form, side / 2, 11);
  pen.lineWidth = 9;
  pen.strokeStyle = p.paper;
  pen.stroke();
  pen.fillStyle = form === 0 ? ink : p.paper;
  pen.fill();
  pen.lineWidth = 4;
  pen.strokeStyle = ink;
  pen.stroke();
  return pen.getImageData(0, 0, side, side);
}

/** A thing that does not count yet: the form of its state, dashed and hollow, so large that what counts is seen within. */
function waits(ink, form, p) {
  const side = 48;
  const pen = drawing(side);
  path(pen, form, side / 2, 16);
  pen.lineWidth = 8;
  pen.strokeStyle = p.paper;
  pen.stroke();
  path(pen, form, side / 2, 16);
  pen.setLineDash([7, 5]);
  pen.lineWidth = 4;
  pen.strokeStyle = ink;
  pen.stroke();
  return pen.getImageData(0, 0, side, side);
}

/** Disc, ring, diamond, square, triangle. */
export function path(pen, form, middle, radius) {
  pen.beginPath();
  if (form <= 1) {
    pen.arc(middle, middle, radius - (form ? 1 : 0), 0, 2 * Math.PI);
    return;
  }
  const corners = form === 4 ? 3 : 4;
  const turn = form === 3 ? Math.PI / 4 : 0;
  for (let corner = 0; corner < corners; corner += 1) {
    const angle = turn + (corner * 2 * Math.PI) / corners - Math.PI / 2;
    pen.lineTo(middle + Math.cos(angle) * radius * 1.15, middle + Math.sin(angle) * radius * 1.15);
  }
  pen.closePath();
}

/**
 * Many things: how many count, in a ring whose arcs are the shares of the states; below it, after a plus, how many wait for
 * verification. The two are never added up: a map says no number that the figures do not say.
 */
function many(ink, counts, waiting, p) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const short = (number) => (number < 10000 ? String(number) : `${Math.round(number / 1000)}k`);
  const text = short(total);
  const side = Math.round(52 + 9 * Math.min(4, Math.log10(Math.max(total + waiting, 1)) * 1.3)) + (waiting && total ? 8 : 0);
  const pen = drawing(side);
  const middle = side / 2;
  pen.beginPath();
  pen.arc(middle, middle, middle - 1, 0, 2 * Math.PI);
  pen.fillStyle = p.paper;
  pen.fill();
  let from = -Math.PI / 2;
  counts.forEach((count, form) => {
    const to = from + (2 * Math.PI * count) / Math.max(total, 1);
    if (count > 0) {
      pen.beginPath();
      pen.arc(middle, middle, middle - 6, from, to);
      pen.lineWidth = 8;
      pen.strokeStyle = mix(ink, p.paper, [0, 0.62, 0.35, 0.8, 0.5][form % 5]);
      pen.stroke();
    }
    from = to;
  });
  if (total === 0) {
    pen.beginPath();
    pen.arc(middle, middle, middle - 6, 0, 2 * Math.PI);
    pen.setLineDash([7, 5]);
    pen.lineWidth = 4;
    pen.strokeStyle = ink;
    pen.stroke();
  }
  const font = (weight, size) => `${weight} ${size}px ${p.font.map((one) => (/[^a-z-]/i.test(one) ? `"${one}"` : one)).join(",")}`;
  pen.fillStyle = p.ink;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  if (total > 0) {
    pen.font = font(600, text.length > 3 ? 19 : 22);
    pen.fillText(text, middle, middle + (waiting ? -5 : 1));
  }
  if (waiting > 0) {
    pen.font = font(400, 18);
    pen.fillText(`+${short(waiting)}`, middle, middle + (total > 0 ? 12 : 1));
  }
  return pen.getImageData(0, 0, side, side);
}

/** The box around GeoJSON: [[west, south], [east, north]], or null. */
export function bounds(geojson) {
  let box = null;
  const see = (at) => {
    if (typeof at?.[0] === "number") {
      box ??= [[at[0], at[1]], [at[0], at[1]]];
      box = [[Math.min(box[0][0], at[0]), Math.min(box[0][1], at[1])], [Math.max(box[1][0], at[0]), Math.max(box[1][1], at[1])]];
    } else if (Array.isArray(at)) at.forEach(see);
  };
  const walk = (one) => {
    (one?.features ?? []).forEach(walk);
    (one?.geometries ?? []).forEach(walk);
    if (one?.geometry) walk(one.geometry);
    see(one?.coordinates);
  };
  walk(geojson);
  return box;
}
