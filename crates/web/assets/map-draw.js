// Drawing by hand: points are set by clicking or, from the keyboard, at the cross in the middle. A corner that stands can be
// dragged; or it is chosen, and the next point is where it goes, so that nobody has to drag, or to see well enough to.
// Used by the entry form and by the measuring tool.
import { shapes } from "./map-show.js";

/** What is drawn as GeoJSON: the shape as far as it goes, and its corners, the chosen one filled. */
function drawn(kind, points, chosen = -1) {
  const corners = points.map((at, number) => ({ type: "Feature", properties: { number, form: number === chosen ? 0 : 3, colour: 2 }, geometry: { type: "Point", coordinates: at } }));
  if (kind === "point" || points.length < 2) return { type: "FeatureCollection", features: corners };
  const part = (geometry) => ({ type: "Feature", properties: { colour: 2 }, geometry });
  const ring = kind === "polygon" && points.length > 2 ? [...points, points[0]] : points;
  // The border stands for itself: a surface that crosses itself may have no area, and would not be seen.
  const parts = [part({ type: "LineString", coordinates: ring })];
  if (ring !== points) parts.unshift(part({ type: "Polygon", coordinates: [ring] }));
  return { type: "FeatureCollection", features: [...parts, ...corners] };
}

/** Adds the source and the layers of what is drawn to a style. */
export function withDrawing(style, p, kind, points) {
  style.sources.drawn = { type: "geojson", data: drawn(kind, points) };
  style.layers.push(...shapes(p, "drawn"));
  return style;
}

/** A finger is wider than a corner's symbol. */
const REACH = matchMedia("(pointer: coarse)").matches ? 12 : 0;

/**
 * A pencil over a map, from the points that stand there. `changed(points)` is told of every change that a hand made,
 * `chose(number)` which corner the next point will move; -1 if none.
 */
export function pencil(map, kind, points, { changed, chose = () => {} }) {
  let chosen = -1;
  let past = [];
  let active = true;
  const canvas = map.getCanvas();
  const redraw = () => map.getSource("drawn")?.setData(drawn(kind, points, chosen));
  const choose = (number) => { chosen = number; redraw(); chose(chosen); };
  const put = (next) => { past.push(points); points = next; choose(-1); changed(points); };
  const round = ({ lng, lat }) => [Math.round(lng * 1e7) / 1e7, Math.round(lat * 1e7) / 1e7];
  const moved = (corner, at) => points.map((one, number) => (number === corner ? round(at) : one));
  const add = (at) => {
    if (chosen >= 0) put(moved(chosen, at));
    else put(kind === "point" ? [round(at)] : [...points, round(at)]);
  };
  const undo = () => {
    if (!past.length) return;
    points = past.pop();
    choose(-1);
    changed(points);
  };
  const remove = () => { if (chosen >= 0) put(points.filter((_, number) => number !== chosen)); };
  const cornerAt = ({ x, y }) => map.queryRenderedFeatures([[x - REACH, y - REACH], [x + REACH, y + REACH]], { layers: ["drawn-mark"] })[0]?.properties.number;

  const clicked = (event) => {
    if (!active || event.defaultPrevented) return;
    // A click on a corner would else set a second one in the same place, which no shape can have.
    const corner = kind === "point" ? undefined : cornerAt(event.point);
    if (corner === undefined) add(event.lngLat); else choose(corner === chosen ? -1 : corner);
  };
  // A second click at the same place would set a point twice.
  const twice = (event) => { if (active) event.preventDefault(); };
  const pressed = (event) => {
    if (!active) return;
    const act = {
      Enter: () => add(map.getCenter()),
      Backspace: undo,
      Delete: remove,
      Escape: chosen >= 0 && (() => choose(-1)),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const grab = (event) => {
    const corner = active && !(event.points?.length > 1) ? cornerAt(event.point) : undefined;
    if (corner === undefined) return;
    event.preventDefault();
    const before = points;
    const move = (event) => { points = moved(corner, event.lngLat); redraw(); };
    const drop = () => {
      for (const type of ["mousemove", "touchmove"]) map.off(type, move);
      // A corner that was pressed and not moved is chosen, by the click that follows.
      if (points === before) return;
      past.push(before);
      choose(-1);
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
    /** What was written elsewhere; it can be undone here, too. */
    show(next) { past.push(points); points = next; choose(-1); },
    /** The next corner is chosen, and comes to the cross. */
    next() {
      if (!points.length) return;
      choose((chosen + 1) % points.length);
      map.easeTo({ center: points[chosen], duration: 0 });
    },
    remove,
    undo,
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
