// One or several shapes on the base map, to look at: the record page, a difference, an import's row.
import { base, bounds, open } from "./map-base.js";

/** The layers of a GeoJSON source `shapes` whose features have `label`, `colour` (1 to 6, or #rrggbb) and `form`. */
export function shapes(p, source) {
  const colour = ["match", ["to-string", ["get", "colour"]], ...p.layers.flatMap((one, at) => [String(at + 1), one]), p.layers[0]];
  const kind = (name) => ["match", ["geometry-type"], [name, `Multi${name}`], true, false];
  return [
    { id: `${source}-fill`, type: "fill", source, filter: kind("Polygon"), paint: { "fill-color": colour, "fill-opacity": 0.25 } },
    { id: `${source}-line`, type: "line", source, filter: ["!", kind("Point")], layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": colour, "line-width": 3 } },
    { id: `${source}-mark`, type: "symbol", source, filter: kind("Point"),
      layout: { "icon-image": ["concat", "mark|", ["to-string", ["coalesce", ["get", "colour"], 1]], "|", ["to-string", ["coalesce", ["get", "form"], 0]]],
        "icon-allow-overlap": true, "icon-ignore-placement": true } },
  ];
}

export async function show(element) {
  const data = JSON.parse(element.dataset.geojson);
  const box = bounds(data);
  if (!box) return;
  await open(element, (p) => {
    const style = base(p, element.dataset.tiles, { over: shapes(p, "shapes") });
    style.sources.shapes = { type: "geojson", data };
    return style;
  }, { bounds: box, fitBoundsOptions: { padding: 48, maxZoom: 14 }, cooperativeGestures: false, scrollZoom: false });
}
