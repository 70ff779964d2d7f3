// The entry form's map: draws into a field that holds WKT. The field stays visible, stays what is sent and can be typed
// into; the drawing follows it. Text that is no WKT of the wanted kind is left alone.
import { base, bounds, open } from "./map-base.js";
import { pencil, withDrawing } from "./map-draw.js";
import { shapes } from "./map-show.js";

const number = (value) => String(Math.round(value * 1e7) / 1e7);
const pair = ([lng, lat]) => `${number(lng)} ${number(lat)}`;

/** Points → WKT; nothing if there are too few. */
export function write(kind, points) {
  if (kind === "point") return points.length ? `POINT(${pair(points[0])})` : "";
  if (kind === "line") return points.length > 1 ? `LINESTRING(${points.map(pair).join(", ")})` : "";
  return points.length > 2 ? `POLYGON((${[...points, points[0]].map(pair).join(", ")}))` : "";
}

/** WKT of one part without holes → points; null for anything else, which is then not drawn over. */
export function read(kind, text) {
  const form = { point: /^\s*POINT\s*\(([^()]*)\)\s*$/i, line: /^\s*LINESTRING\s*\(([^()]*)\)\s*$/i, polygon: /^\s*POLYGON\s*\(\s*\(([^()]*)\)\s*\)\s*$/i }[kind];
  const inner = form.exec(text)?.[1];
  if (inner === undefined) return null;
  const points = inner.split(",").map((one) => one.trim().split(/\s+/).map(Number));
  if (points.some((one) => one.length !== 2 || one.some(Number.isNaN))) return null;
  if (kind === "polygon" && points.length > 1 && points[0].join() === points.at(-1).join()) points.pop();
  return points;
}

/** Any WKT → GeoJSON, to be looked at; null for what is none. */
export function seen(text) {
  const [, name, rest] = /^\s*(MULTI)?(?:POINT|LINESTRING|POLYGON)\s*(\([-\d.,()\s]+\))\s*$/i.exec(text) ?? [];
  if (!rest) return null;
  const type = ["Point", "LineString", "Polygon"].find((one) => new RegExp(`^\\s*(MULTI)?${one}`, "i").test(text));
  try {
    const coordinates = JSON.parse(rest.replace(/(-?[\d.]+)\s+(-?[\d.]+)/g, "[$1,$2]").replaceAll("(", "[").replaceAll(")", "]"));
    return { type: `${name ? "Multi" : ""}${type}`, coordinates: type === "Point" && !name ? coordinates[0] : coordinates };
  } catch { return null; }
}

/** The box around the city, as the server knows it. */
async function city() {
  const response = await fetch("/api/v1/map?chosen=1", { headers: { accept: "application/json" } });
  const [west, south, east, north] = response.ok ? (await response.json()).bounds : [73, 18, 135, 54];
  return [[west, south], [east, north]];
}

export async function edit(element) {
  const kind = element.dataset.shape;
  const field = document.getElementById(element.dataset.input);
  if (!field || !["point", "line", "polygon"].includes(kind)) return;
  let points = read(kind, field.value) ?? [];
  // A shape of several parts, or with holes, is looked at and not drawn over: one click would take it away.
  let whole = null;
  const look = () => { whole = field.value.trim() && !read(kind, field.value) ? seen(field.value) : null; };
  look();
  const around = () => bounds(whole ?? { coordinates: points });
  const box = around() ?? JSON.parse(element.dataset.bounds || "null") ?? await city();
  const below = () => ({ type: "FeatureCollection", features: whole ? [{ type: "Feature", properties: { colour: 2, form: 3 }, geometry: whole }] : [] });
  const { map, words } = await open(element, (p) => {
    const style = base(p, element.dataset.tiles, { over: shapes(p, "whole") });
    style.sources.whole = { type: "geojson", data: below() };
    return withDrawing(style, p, kind, points);
  }, {
    bounds: box, fitBoundsOptions: { padding: 48, maxZoom: 14 },
    doubleClickZoom: false,
  });
  const says = Object.assign(document.createElement("p"), { className: "map-says" });
  says.setAttribute("role", "status");
  const say = (words, values = {}) => { says.textContent = Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words ?? ""); };

  // How long or large it is, or that it crosses itself, is said as it is drawn; whether it may be saved is said at the field.
  let turn = 0;
  const tell = async () => {
    const mine = (turn += 1);
    if (whole) { say(words.whole); return; }
    say(words.points ?? "{n}", { n: points.length });
    const text = write(kind, points);
    if (kind === "point" || !text || text.length > 6000) return;
    try {
      const response = await fetch(`/map/measure?${new URLSearchParams({ wkt: text })}`, { headers: { accept: "application/json" } });
      const measured = response.ok ? (await response.json()).text : "";
      if (measured && mine === turn) says.prepend(Object.assign(document.createElement("strong"), { textContent: measured }), " ");
    } catch { /* Without a connection it is measured when it is saved. */ }
  };
  let own = false;
  let judged;
  const judge = () => {
    clearTimeout(judged);
    judged = setTimeout(() => field.dispatchEvent(new Event("judge", { bubbles: true })), 600);
  };
  const remove = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: words.remove, hidden: true });
  const pen = pencil(map, kind, points, {
    changed(next) {
      points = next;
      own = true;
      field.value = write(kind, points);
      for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
      own = false;
      tell();
      judge();
    },
    chose(number) {
      remove.hidden = number < 0;
      if (number >= 0) { turn += 1; say(words.chosen, { n: number + 1 }); } else tell();
    },
  });
  pen.set(!whole);
  const tools = Object.assign(document.createElement("div"), { className: "map-tools" });
  const button = (text, act) => {
    if (!text) return null;
    const one = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: text });
    one.addEventListener("click", act);
    tools.append(one);
    return one;
  };
  const hands = [];
  if (kind !== "point") hands.push(button(words.undo, () => pen.undo()), button(words.next, () => pen.next()));
  tools.append(remove);
  remove.addEventListener("click", () => { pen.remove(); map.getCanvas().focus(); });
  button(words.clear, () => {
    whole = null;
    map.getSource("whole")?.setData(below());
    pen.set(true);
    pen.clear();
    ready();
  });
  if (isSecureContext && navigator.geolocation) {
    hands.push(button(words.here, () => navigator.geolocation.getCurrentPosition(
      ({ coords }) => { pen.add(coords.longitude, coords.latitude); map.easeTo({ center: [coords.longitude, coords.latitude], zoom: 15 }); },
      () => { say(words.nowhere); },
      { enableHighAccuracy: true, timeout: 15000 },
    )));
  }
  const ready = () => { for (const one of hands) if (one) one.disabled = Boolean(whole); };
  ready();
  field.addEventListener("input", () => {
    if (own) return;
    points = read(kind, field.value) ?? [];
    look();
    map.getSource("whole")?.setData(below());
    pen.show(points);
    pen.set(!whole);
    ready();
    const box = around();
    if (box) map.fitBounds(box, { padding: 48, maxZoom: 14, animate: false });
  });
  element.append(tools, says);
  tell();
}
