// The entry form's map: draws into a field that holds WKT. The field stays visible, stays what is sent and can be typed
// into; the drawing follows it. Text that is no WKT of the wanted kind is left alone.
import { base, bounds, open } from "./map-base.js";
import { pencil, withDrawing } from "./map-draw.js";

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
  const box = points.length ? bounds({ coordinates: points }) : JSON.parse(element.dataset.bounds || "null") ?? await city();
  const { map, words } = await open(element, (p) => withDrawing(base(p, element.dataset.tiles), p, kind, points), {
    bounds: box, fitBoundsOptions: { padding: 48, maxZoom: 14 },
    doubleClickZoom: false,
  });
  const says = Object.assign(document.createElement("p"), { className: "map-says" });
  says.setAttribute("role", "status");
  const tell = () => { says.textContent = (words.points ?? "{n}").replace("{n}", points.length); };
  let own = false;
  const pen = pencil(map, kind, (next) => {
    points = next;
    own = true;
    field.value = write(kind, points);
    for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
    own = false;
    tell();
  });
  field.addEventListener("input", () => {
    if (own) return;
    points = read(kind, field.value) ?? [];
    pen.show(points);
    tell();
    const around = bounds({ coordinates: points });
    if (around) map.fitBounds(around, { padding: 48, maxZoom: 14, animate: false });
  });
  const tools = Object.assign(document.createElement("div"), { className: "map-tools" });
  const button = (text, act) => {
    if (!text) return;
    const one = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: text });
    one.addEventListener("click", act);
    tools.append(one);
  };
  if (kind !== "point") button(words.undo, () => pen.undo());
  button(words.clear, () => pen.clear());
  if (isSecureContext && navigator.geolocation) {
    button(words.here, () => navigator.geolocation.getCurrentPosition(
      ({ coords }) => { pen.add(coords.longitude, coords.latitude); map.easeTo({ center: [coords.longitude, coords.latitude], zoom: 15 }); },
      () => { says.textContent = words.nowhere ?? ""; },
      { enableHighAccuracy: true, timeout: 15000 },
    ));
  }
  element.append(tools, says);
  tell();
}
