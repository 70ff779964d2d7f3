// Drawing by hand: points are set by clicking or, from the keyboard, at the cross in the middle; set points can be moved.
// Used by the entry form and by the measuring tool.
import { shapes } from "./map-show.js";

/** What is drawn as GeoJSON: the shape as far as it goes, and its corners. */
function drawn(kind, points) {
  const corners = points.map((at, number) => ({ type: "Feature", properties: { number, form: 3, colour: 2 }, geometry: { type: "Point", coordinates: at } }));
  if (kind === "point" || points.length < 2) return { type: "FeatureCollection", features: corners };
  const geometry = kind === "polygon" && points.length > 2
    ? { type: "Polygon", coordinates: [[...points, points[0]]] }
    : { type: "LineString", coordinates: points };
  return { type: "FeatureCollection", features: [{ type: "Feature", properties: { colour: 2 }, geometry }, ...corners] };
}

/** Adds the source and the layers of what is drawn to a style. */
export function withDrawing(style, p, kind, points) {
  style.sources.drawn = { type: "geojson", data: drawn(kind, points) };
  style.layers.push(...shapes(p, "drawn"));
  return style;
}

/** A pencil over a map. `changed(points)` is told of every change that a hand made. */
export function pencil(map, kind, changed) {
  let points = [];
  let active = true;
  const canvas = map.getCanvas();
  const redraw = () => map.getSource("drawn")?.setData(drawn(kind, points));
  const put = (next) => { points = next; redraw(); changed(points); };
  const round = ({ lng, lat }) => [Math.round(lng * 1e7) / 1e7, Math.round(lat * 1e7) / 1e7];
  const add = (at) => put(kind === "point" ? [round(at)] : [...points, round(at)]);

  const clicked = (event) => { if (active && !event.defaultPrevented) add(event.lngLat); };
  // A second click at the same place would set a point twice.
  const twice = (event) => { if (active) event.preventDefault(); };
  const pressed = (event) => {
    if (!active) return;
    if (event.key === "Enter") { event.preventDefault(); add(map.getCenter()); }
    if (event.key === "Backspace") { event.preventDefault(); put(points.slice(0, -1)); }
  };
  const grab = (event) => {
    const corner = active && map.queryRenderedFeatures(event.point, { layers: ["drawn-mark"] })[0];
    if (!corner) return;
    event.preventDefault();
    const number = corner.properties.number;
    const move = (moved) => { points = points.map((at, index) => (index === number ? round(moved.lngLat) : at)); redraw(); };
    const drop = () => {
      for (const type of ["mousemove", "touchmove"]) map.off(type, move);
      changed(points);
    };
    for (const type of ["mousemove", "touchmove"]) map.on(type, move);
    map.once(event.type === "touchstart" ? "touchend" : "mouseup", drop);
  };
  map.on("click", clicked);
  map.on("dblclick", twice);
  for (const type of ["mousedown", "touchstart"]) map.on(type, grab);
  canvas.addEventListener("keydown", pressed);

  const set = (on) => {
    active = on;
    map.getContainer().closest(".map").classList.toggle("drawing", on);
  };
  set(true);
  return {
    get points() { return points; },
    show(next) { points = next; redraw(); },
    undo() { put(points.slice(0, -1)); },
    clear() { put([]); },
    add: (lng, lat) => add({ lng, lat }),
    set,
    end() {
      set(false);
      map.off("click", clicked);
      map.off("dblclick", twice);
      for (const type of ["mousedown", "touchstart"]) map.off(type, grab);
      canvas.removeEventListener("keydown", pressed);
    },
  };
}
