// The map's own page. The server sends everything that can be read: layers with counts, the list, the panel of a record, the
// table of a theme. This draws it, moves the clock, measures, and fetches parts of the same page again when the day, the
// layers or the record change; the address always says what is shown.
import { base, open } from "./map-base.js";
import { pencil, withDrawing } from "./map-draw.js";
import { write } from "./map-edit.js";

const $ = (selector, root = document) => root.querySelector(selector);
const absolute = (path) => `${location.origin}${path}`;
const whole = (date) => Number(date.replaceAll("-", ""));

/**
 * The layers of one register: surfaces, lines, clusters, marks, in the colour of the layer and the form of the state. What
 * waits for verification is hollow and dashed, around what counts at the same place.
 */
function register(layer, p, now) {
  const source = { source: layer.key, "source-layer": layer.key };
  const colour = p.layers[layer.colour - 1];
  const kind = (name) => ["match", ["geometry-type"], [name, `Multi${name}`], true, false];
  const then = now.ever
    ? [["<=", ["get", "from"], whole(now.at)], [">", ["get", "until"], whole(now.at)]]
    : [];
  if (layer.states) then.push(["in", ["get", "state"], ["literal", layer.states]]);
  const form = ["match", ["get", "state"], ...Object.entries(layer.forms).flat(), 0];
  const forms = Object.entries(layer.forms).sort((a, b) => a[1] - b[1]);
  const shares = forms.flatMap(([state]) => ["|", ["to-string", ["coalesce", ["get", `n_${state}`], 0]]]);
  const id = (part) => `at:${layer.key}:${part}`;
  const counts = ["!", ["has", "waits"]];
  const waits = ["has", "waits"];
  return [
    { id: id("fill"), type: "fill", ...source, filter: ["all", kind("Polygon"), ...then], paint: { "fill-color": colour, "fill-opacity": ["case", waits, 0, ["==", form, 0], 0.4, 0.2] } },
    { id: id("edge"), type: "line", ...source, filter: ["all", kind("Polygon"), counts, ...then], paint: { "line-color": colour, "line-width": 1.2 } },
    { id: id("waits"), type: "line", ...source, filter: ["all", ["!", kind("Point")], waits, ...then],
      paint: { "line-color": colour, "line-width": 2, "line-dasharray": [1.5, 1.5], "line-offset": ["match", ["geometry-type"], ["LineString", "MultiLineString"], 4, 0] } },
    { id: id("line"), type: "line", ...source, filter: ["all", kind("LineString"), counts, ["==", form, 0], ...then],
      layout: { "line-cap": "round" }, paint: { "line-color": colour, "line-width": 3.5 } },
    { id: id("line-other"), type: "line", ...source, filter: ["all", kind("LineString"), counts, ["!=", form, 0], ...then],
      paint: { "line-color": colour, "line-width": 3, "line-dasharray": [2, 1.2] } },
    { id: id("mark"), type: "symbol", ...source, filter: ["all", kind("Point"), ["!", ["has", "count"]], ...then],
      layout: { "icon-image": ["concat", `mark|${layer.colour}|`, ["to-string", form], ["case", waits, "|waits", ""]], "icon-allow-overlap": true,
        // What waits surrounds what counts at the same place.
        "symbol-sort-key": ["case", waits, 1, 0] } },
    { id: id("many"), type: "symbol", ...source, filter: ["has", "count"],
      layout: { "icon-image": ["concat", `many|${layer.colour}`, ...shares, "|+", ["to-string", ["coalesce", ["get", "n_not-verified"], 0]]],
        "icon-allow-overlap": true } },
  ];
}

/** Stations with their latest value, in the official colour of its class and with the value in words. */
function stations(p) {
  const source = { source: "latest" };
  return [
    { id: "at:latest:disc", type: "circle", ...source,
      paint: { "circle-radius": 9, "circle-color": ["get", "colour"], "circle-stroke-color": p.ink, "circle-stroke-width": 1 } },
    { id: "at:latest:text", type: "symbol", ...source,
      layout: { "text-field": ["get", "text"], "text-font": p.font.slice(0, 6), "text-size": 12, "text-offset": [0, 1.4], "text-optional": true },
      paint: { "text-color": p.ink, "text-halo-color": p.paper, "text-halo-width": 1.6 } },
  ];
}

function styled(p, tiles, config, now, measured) {
  const fill = config.theme && Object.keys(config.theme).length
    ? ["match", ["to-string", ["get", "record"]], ...Object.entries(config.theme).flatMap(([record, step]) => [record, p.scale[step]]), p.paper]
    : null;
  const over = config.layers.flatMap((layer) => register(layer, p, now));
  if (now.selected) {
    over.push(
      { id: "selected-edge", type: "line", source: "selected", filter: ["!=", ["geometry-type"], "Point"],
        layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": p.bad, "line-width": 3 } },
      { id: "selected-ring", type: "circle", source: "selected", filter: ["==", ["geometry-type"], "Point"],
        paint: { "circle-radius": 14, "circle-color": "rgba(0,0,0,0)", "circle-stroke-color": p.bad, "circle-stroke-width": 3 } },
    );
  }
  if (config.stations) over.push(...stations(p));
  const style = base(p, tiles, { fill, over });
  for (const layer of config.layers) {
    style.sources[layer.key] = { type: "vector", tiles: [absolute(now.ever ? layer.ever : layer.tiles)], maxzoom: 16 };
  }
  if (config.stations) style.sources.latest = { type: "geojson", data: config.stations };
  if (now.selected) {
    const feature = (geometry) => ({ type: "Feature", properties: {}, geometry });
    // A shape may be too small to be seen, so its middle is ringed as well.
    const middle = feature({ type: "Point", coordinates: now.selected });
    const own = config.shape && !/Point$/.test(config.shape.type) ? [feature(config.shape)] : [];
    style.sources.selected = { type: "geojson", data: { type: "FeatureCollection", features: [middle, ...own] } };
  }
  return measured ? withDrawing(style, p, measured.kind, measured.points) : style;
}

export async function page(element) {
  let config = JSON.parse(element.dataset.config);
  const now = { at: config.at, ever: false, selected: config.selected };
  let measured = null;
  const start = config.selected ? { center: config.selected, zoom: 13 } : { bounds: config.bounds, fitBoundsOptions: { padding: 24 } };
  const { map, words } = await open(element, (p) => styled(p, element.dataset.tiles, config, now, measured), start);
  const parts = ["map-layers", "map-panel", "map-list", "map-theme"];

  /** The same page again with other questions; the parts that can be read are put in place, and the map follows. */
  let asked = 0;
  async function again(change, { picture = true } = {}) {
    const url = new URL(location.href);
    for (const [key, value] of Object.entries(change)) {
      url.searchParams.delete(key);
      for (const one of [value].flat()) if (one) url.searchParams.append(key, one);
    }
    history.replaceState(null, "", url);
    const turn = (asked += 1);
    const response = await fetch(url, { headers: { accept: "text/html" } });
    if (!response.ok || turn !== asked) return;
    const other = new DOMParser().parseFromString(await response.text(), "text/html");
    const held = document.activeElement?.id;
    for (const id of parts) {
      const [here, there] = [document.getElementById(id), other.getElementById(id)];
      if (here && there) here.replaceChildren(...there.childNodes);
    }
    if (held && document.activeElement?.id !== held) document.getElementById(held)?.focus({ preventScroll: true });
    config = JSON.parse($("[data-map=page]", other).dataset.config);
    now.selected = config.selected;
    if (picture) { now.at = config.at; now.ever = false; }
    map.restyle();
  }

  // Layers and theme: the form works without this; with it, a tick is enough.
  const form = $("#map-form");
  form?.addEventListener("change", (event) => {
    if (event.target.closest("[data-clock]")) return;
    const data = new FormData(form);
    // A layer all of whose states are ticked needs none of them in the address.
    const some = (layer) => form.querySelector(`[name=state][value^="${CSS.escape(layer)}:"]:not(:checked)`);
    const state = data.getAll("state").filter((one) => some(one.split(":")[0]));
    again({ layer: data.getAll("layer"), state, theme: data.get("theme"), at: data.get("at"), latest: data.get("latest"), reading: data.get("reading"), chosen: "1" });
  });

  // A thing, a cluster, a station.
  const touchable = () => map.getStyle().layers.map((layer) => layer.id).filter((id) => id.startsWith("at:"));
  const under = (point) => {
    const box = [[point.x - 6, point.y - 6], [point.x + 6, point.y + 6]];
    return map.queryRenderedFeatures(box, { layers: touchable() })[0];
  };
  map.on("click", (event) => {
    const thing = measured ? null : under(event.point);
    if (!thing) return;
    if (thing.properties.count) {
      map.easeTo({ center: thing.geometry.coordinates, zoom: Math.min(thing.properties.expand, 17) });
      return;
    }
    if (config.tells) again({ record: String(thing.properties.record) }, { picture: !now.ever });
  });
  map.on("mousemove", (event) => { map.getCanvas().style.cursor = measured ? "crosshair" : under(event.point) ? "pointer" : ""; });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-at-record]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    again({ record: link.dataset.atRecord }, { picture: !now.ever }).then(() => {
      if (now.selected) map.easeTo({ center: now.selected, zoom: Math.max(map.getZoom(), 12) });
      $("#map-panel")?.focus();
    });
  });

  clock(config, now, words, map, again, () => config);
  measuring(element, words, map, (next) => { measured = next; });
}

/** The slider of days, and the button that lets them pass. */
function clock(first, now, words, map, again, config) {
  const box = $("[data-clock]");
  const slider = box && $("input[type=range]", box);
  if (!slider) return;
  const [said, play] = [$("output", box), $("[data-play]", box)];
  const days = first.days;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let timer = null;
  const show = (place) => {
    now.at = days[place];
    now.ever = true;
    slider.value = place;
    slider.setAttribute("aria-valuetext", now.at);
    said.textContent = now.at;
    for (const cell of document.querySelectorAll("[data-count]")) {
      const [layer, state] = cell.dataset.count.split(":");
      const counts = config().layers.find((one) => one.key === layer)?.counts[now.at];
      if (counts) cell.textContent = (counts[state] ?? 0).toLocaleString("en-US");
    }
    // Told of the day that was asked for; it comes again with the next.
    for (const cell of document.querySelectorAll("[data-placeless]")) cell.hidden = true;
    for (const cell of document.querySelectorAll("[data-waiting]")) {
      const [layer, state] = cell.dataset.waiting.split(":");
      const waiting = config().layers.find((one) => one.key === layer)?.waiting[now.at]?.[state] ?? 0;
      cell.hidden = waiting === 0;
      $(".number", cell).textContent = waiting.toLocaleString("en-US");
    }
    map.restyle();
  };
  const rest = () => {
    const field = $("#map-form [name=at]");
    if (field) field.value = now.at;
    again({ at: now.at });
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = words.play;
    play.setAttribute("aria-pressed", "false");
  };
  slider.addEventListener("input", () => { stop(); show(Number(slider.value)); });
  slider.addEventListener("change", rest);
  // Who asked for less motion gets one step a press instead of a film.
  play.addEventListener("click", () => {
    if (timer) { stop(); rest(); return; }
    let place = Number(slider.value);
    const next = () => (place + 1) % days.length;
    if (still.matches) { show(next()); rest(); return; }
    if (place === days.length - 1) { place = -1; }
    play.textContent = words.pause;
    play.setAttribute("aria-pressed", "true");
    const step = () => {
      place += 1;
      show(place);
      if (place === days.length - 1) { stop(); rest(); }
    };
    timer = setInterval(step, 900);
    step();
  });
  addEventListener("keydown", (event) => { if (event.key === "Escape" && timer) { stop(); rest(); } });
  said.textContent = now.at;
  slider.setAttribute("aria-valuetext", now.at);
}

/** Lengths and areas, computed by the server on the ellipsoid: the picture is flat and knows none. */
function measuring(element, words, map, tell) {
  const tools = $("[data-measure]");
  if (!tools) return;
  const says = $("output", tools);
  const buttons = [...tools.querySelectorAll("button")];
  let pen = null;
  let turn = 0;
  const end = () => {
    pen?.end();
    pen = null;
    tell(null);
    says.textContent = "";
    for (const button of buttons) button.setAttribute("aria-pressed", "false");
    map.doubleClickZoom.enable();
    map.restyle();
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const was = button.getAttribute("aria-pressed") === "true";
      end();
      if (was) return;
      const kind = button.value;
      const measured = { kind, points: [] };
      button.setAttribute("aria-pressed", "true");
      says.textContent = words.measure ?? "";
      tell(measured);
      map.restyle();
      map.doubleClickZoom.disable();
      const changed = async (points) => {
        measured.points = points;
        const wkt = write(kind, points);
        if (!wkt) { says.textContent = words.measure ?? ""; return; }
        const mine = (turn += 1);
        const response = await fetch(`/map/measure?${new URLSearchParams({ wkt })}`, { headers: { accept: "application/json" } });
        if (response.ok && mine === turn && pen) says.textContent = (await response.json()).text;
      };
      pen = pencil(map, kind, [], { changed });
      map.getCanvas().focus();
    });
  }
  addEventListener("keydown", (event) => { if (event.key === "Escape" && pen) end(); });
}
