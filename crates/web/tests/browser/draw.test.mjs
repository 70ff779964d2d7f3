// Shapes drawn into a form in a real browser: by mouse and by keyboard, changed, taken back, refused, uploaded; and read from
// the API as they were drawn.

import { after } from "node:test";
import assert from "node:assert/strict";
import { base, close, picture, visit } from "./lib.mjs";
import { FORM, complete, drawn, entry, fill, place, save, saved } from "./forms.mjs";

after(close);

const geojson = (value) => ({ name: "place.geojson", mimeType: "application/geo+json", buffer: Buffer.from(typeof value === "string" ? value : JSON.stringify(value)) });

/** The form's map, near enough that a few corners are no park of the whole city, which the register would refuse. */
async function near(page, zoom = 13) {
  const map = page.locator("[data-map=edit]");
  await map.scrollIntoViewIfNeeded();
  await drawn(page);
  await page.evaluate((zoom) => document.querySelector("[data-map=edit]").map.jumpTo({ zoom }), zoom);
  await drawn(page);
  return map.locator("canvas");
}

/** Where on earth these places of the map are: what the mouse points at. */
const earth = (page, places) => page.evaluate((places) => {
  const { map } = document.querySelector("[data-map=edit]");
  return places.map(({ x, y }) => map.unproject([x, y]).toArray());
}, places);

const corners = (text) => text.match(/\d+\.?\d* \d+\.?\d*/g)?.map((pair) => pair.split(" ").map(Number)) ?? [];
const says = (page) => page.locator(".map-says").innerText();
const wrong = (page) => page.locator("[data-field=geometry] .error").first();

/** The record that the page shows, as a program reads it. */
async function held(page) {
  const record = /\/records\/(\d+)$/.exec(new URL(page.url()).pathname)[1];
  const answer = await page.request.get(`${base}/api/v1/records/${record}`);
  return { record, ...await answer.json() };
}

/** The corners of a shape that the API tells; a ring's last is its first. */
const told = ({ geometry }) => (geometry.type === "Polygon" ? geometry.coordinates[0] : geometry.coordinates);

/** The same places to a pixel: at this zoom that is a ten thousandth of a degree. */
const same = (one, other) => {
  assert.equal(one.length, other.length, `${JSON.stringify(one)} and ${JSON.stringify(other)}`);
  one.forEach((at, number) => at.forEach((value, axis) => assert.ok(Math.abs(value - other[number][axis]) < 1e-4, `${at} is not ${other[number]}`)));
};

entry("a place is drawn on the map and stands on the record's page", async (page) => {
  await visit(page, FORM);
  await fill(page);
  const map = page.locator("[data-map=edit]");
  await map.scrollIntoViewIfNeeded();
  await drawn(page);
  await map.locator("canvas").click({ position: { x: 150, y: 120 } });
  const first = await place(page);
  assert.match(first, /^POINT\(\d+\.\d+ \d+\.\d+\)$/);
  // A second click moves it: a dock is in one place.
  await map.locator("canvas").click({ position: { x: 220, y: 160 } });
  const [, east, north] = /^POINT\((\d+\.\d+) (\d+\.\d+)\)$/.exec(await place(page));
  assert.notEqual(await place(page), first);
  await picture(page, "entry-drawn");
  await save(page);
  await saved(page);
  const text = await page.locator("main").innerText();
  assert.ok(text.includes(`${Number(east).toFixed(5)}, ${Number(north).toFixed(5)}`), `${east} ${north} in ${text}`);
  await page.locator("[data-map=show]").scrollIntoViewIfNeeded();
  await drawn(page);
  assert.equal(await page.evaluate(() => document.querySelector("[data-map=show]").map.queryRenderedFeatures({ layers: ["shapes-mark"] }).length), 1);
  await picture(page, "entry-drawn-record");
});

/** Every register of lines and surfaces, and what is measured of the shape. */
const REGISTERS = {
  greenways: { shape: "LineString", measure: "length" },
  blueways: { shape: "LineString", measure: "length" },
  corridor_segments: { shape: "LineString", measure: "length" },
  shoreline_segments: { shape: "LineString", measure: "length" },
  rivers: { shape: "LineString", measure: "length" },
  parks: { shape: "Polygon", measure: "area" },
  riverside_parks: { shape: "Polygon", measure: "area" },
  afforestation_plots: { shape: "Polygon", measure: "area" },
  lakes: { shape: "Polygon", measure: "area" },
  districts: { shape: "Polygon" },
};
const CORNERS = [{ x: 150, y: 120 }, { x: 260, y: 140 }, { x: 200, y: 210 }];
const WKT = { LineString: /^LINESTRING\(\S+ \S+(, \S+ \S+){2}\)$/, Polygon: /^POLYGON\(\(\S+ \S+(, \S+ \S+){3}\)\)$/ };

for (const [register, { shape, measure }] of Object.entries(REGISTERS)) {
  entry(`${register}: a ${shape} is drawn corner by corner, saved, and read back from the API`, async (page) => {
    await visit(page, `/registers/${register}/enter`);
    await complete(page);
    const canvas = await near(page);
    await canvas.click({ position: CORNERS[0] });
    assert.equal(await place(page), "", "one corner is no shape yet");
    for (const position of CORNERS.slice(1)) await canvas.click({ position });
    // A corner too many is taken back, and one that stands is moved.
    await canvas.click({ position: { x: 300, y: 60 } });
    await page.getByRole("button", { name: "Undo a step" }).click();
    const before = await place(page);
    assert.match(before, WKT[shape]);
    same(corners(before).slice(0, 3), await earth(page, CORNERS));
    await drawn(page);
    const box = await canvas.boundingBox();
    const there = { x: CORNERS[2].x + 30, y: CORNERS[2].y + 10 };
    await page.mouse.move(box.x + CORNERS[2].x, box.y + CORNERS[2].y);
    await page.mouse.down();
    await page.mouse.move(box.x + there.x, box.y + there.y, { steps: 4 });
    await page.mouse.up();
    const text = await place(page);
    assert.match(text, WKT[shape]);
    same(corners(text).slice(0, 3), await earth(page, [...CORNERS.slice(0, 2), there]));
    await page.waitForFunction((words) => document.querySelector(".map-says").textContent.includes(words), shape === "Polygon" ? "Area" : "Length");
    await picture(page, `entry-drawn-${register}`);
    await save(page);
    await saved(page);
    const { values } = await held(page);
    assert.equal(values.geometry.type, shape);
    assert.deepEqual(told(values), corners(text), "as it was drawn, to the last of seven decimals");
    if (measure) assert.ok(Number(values[measure]) > 0, `${measure} is measured from the shape: ${values[measure]}`);
    await page.locator("[data-map=show]").scrollIntoViewIfNeeded();
    await drawn(page);
    assert.ok(await page.evaluate(() => document.querySelector("[data-map=show]").map.queryRenderedFeatures({ layers: ["shapes-line"] }).length) > 0);
  });
}

entry("a surface is drawn, moved and mended from the keyboard alone", async (page) => {
  await visit(page, "/registers/parks/enter");
  await complete(page);
  const canvas = await near(page, 14);
  await canvas.focus();
  const walk = async (...keys) => { for (const key of keys) { await page.keyboard.press(key); await drawn(page); } };
  await walk("Enter", "ArrowRight", "Enter", "ArrowDown", "Enter", "ArrowLeft", "Enter");
  const square = corners(await place(page));
  assert.equal(square.length, 5, "four corners and the first again");
  await walk("Backspace");
  assert.equal(corners(await place(page)).length, 4);
  // A corner is chosen, brought to the cross, and goes where the cross goes.
  await page.getByRole("button", { name: "Next point" }).focus();
  await page.keyboard.press("Enter");
  assert.match(await says(page), /Point 1 is chosen/);
  await canvas.focus();
  await walk("ArrowUp", "Enter");
  const moved = corners(await place(page));
  assert.equal(moved[0][0].toFixed(5), square[0][0].toFixed(5));
  assert.ok(moved[0][1] > square[0][1], `${moved[0]} is north of ${square[0]}`);
  assert.deepEqual(moved.slice(1, 3), square.slice(1, 3), "the others stand");
  // A chosen one can be let be, and one can be deleted.
  await walk("ArrowLeft", "Enter");
  assert.equal(corners(await place(page)).length, 5);
  for (const _ of [1, 2]) { await page.getByRole("button", { name: "Next point" }).focus(); await page.keyboard.press("Enter"); }
  await canvas.focus();
  await walk("Escape");
  assert.doesNotMatch(await says(page), /is chosen/);
  await page.getByRole("button", { name: "Next point" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Delete the chosen point" }).focus();
  await page.keyboard.press("Enter");
  const rest = corners(await place(page));
  assert.deepEqual(rest, [moved[1], moved[2], rest[2], moved[1]], "the first is gone");
  await picture(page, "entry-drawn-keyboard");
  await page.keyboard.press("Control+S");
  await saved(page);
  assert.deepEqual(told((await held(page)).values), rest);
});

entry("a corner is moved without dragging, and a click on one sets no second", async (page) => {
  await visit(page, "/registers/parks/enter");
  await complete(page);
  const canvas = await near(page);
  for (const position of CORNERS) await canvas.click({ position });
  await drawn(page);
  // As those do who are used to close a ring by clicking its first corner.
  await canvas.click({ position: CORNERS[0] });
  assert.equal(corners(await place(page)).length, 4);
  assert.match(await says(page), /Point 1 is chosen/);
  await picture(page, "entry-corner-chosen");
  const there = { x: 120, y: 60 };
  await canvas.click({ position: there });
  same(corners(await place(page)).slice(0, 3), await earth(page, [there, ...CORNERS.slice(1)]));
  await page.getByRole("button", { name: "Undo a step" }).click();
  same(corners(await place(page)).slice(0, 3), await earth(page, CORNERS));
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  assert.equal(await place(page), "");
  await page.getByRole("button", { name: "Undo a step" }).click();
  assert.equal(corners(await place(page)).length, 4, "clearing can be taken back, too");
});

entry("a shape that stands is amended: a corner dragged, one added, one deleted", async (page) => {
  await visit(page, "/registers/greenways/enter");
  await complete(page);
  let canvas = await near(page);
  for (const position of CORNERS) await canvas.click({ position });
  const first = corners(await place(page));
  await save(page);
  await saved(page);
  const { record } = await held(page);
  await visit(page, `/records/${record}/amend`);
  const map = page.locator("[data-map=edit]");
  await map.scrollIntoViewIfNeeded();
  await drawn(page);
  canvas = map.locator("canvas");
  const at = () => page.evaluate((first) => first.map((one) => ({ ...document.querySelector("[data-map=edit]").map.project(one) })), first);
  const stands = await at();
  const box = await canvas.boundingBox();
  await page.mouse.move(box.x + stands[1].x, box.y + stands[1].y);
  await page.mouse.down();
  await page.mouse.move(box.x + stands[1].x + 20, box.y + stands[1].y + 25, { steps: 4 });
  await page.mouse.up();
  let text = corners(await place(page));
  assert.equal(text.length, 3, "the others are still there");
  assert.deepEqual([text[0], text[2]], [first[0], first[2]]);
  assert.notDeepEqual(text[1], first[1]);
  const dragged = text[1];
  await canvas.click({ position: { x: 60, y: 60 } });
  assert.equal(corners(await place(page)).length, 4);
  await drawn(page);
  await canvas.click({ position: stands[0] });
  await page.keyboard.press("Delete");
  text = corners(await place(page));
  assert.deepEqual(text.slice(0, 2), [dragged, first[2]]);
  await picture(page, "entry-amend-line");
  await page.getByRole("button", { name: "Save changes" }).click();
  await saved(page);
  assert.deepEqual(told((await held(page)).values), text);
  // And it can be taken away altogether.
  await visit(page, `/records/${record}/amend`);
  await near(page);
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await page.fill("[name=length]", "12");
  await page.getByRole("button", { name: "Save changes" }).click();
  await saved(page);
  const { values } = await held(page);
  assert.equal(values.geometry ?? null, null);
});

entry("a shape of several parts is shown, and no click takes it away", async (page) => {
  await visit(page, "/registers/parks/enter");
  await complete(page);
  await near(page);
  const ring = (east) => `((${east} 30.6, ${east + 0.01} 30.6, ${east + 0.01} 30.61, ${east} 30.6))`;
  const parts = `MULTIPOLYGON(${ring(114.3)}, ${ring(114.33)})`;
  await page.fill("[name=geometry]", parts);
  await drawn(page);
  assert.match(await says(page), /several parts or holes/);
  assert.equal(await page.evaluate(() => document.querySelector("[data-map=edit]").map.queryRenderedFeatures({ layers: ["whole-fill"] }).length > 0), true);
  await page.locator("[data-map=edit] canvas").click({ position: { x: 150, y: 120 } });
  assert.equal(await place(page), parts);
  await picture(page, "entry-several-parts");
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  assert.equal(await place(page), "");
  await page.locator("[data-map=edit] canvas").click({ position: { x: 150, y: 120 } });
  assert.match(await says(page), /^1 points/);
});

entry("a surface that crosses itself is told beside the map as it is drawn", async (page) => {
  await visit(page, "/registers/parks/enter");
  await complete(page);
  const canvas = await near(page);
  for (const position of [{ x: 100, y: 80 }, { x: 200, y: 180 }, { x: 200, y: 80 }, { x: 100, y: 180 }]) await canvas.click({ position });
  await page.waitForFunction(() => document.querySelector(".map-says").textContent.includes("The border crosses itself"));
  await wrong(page).filter({ hasText: /the outline crosses itself at/ }).waitFor();
  await drawn(page);
  assert.ok(await page.evaluate(() => document.querySelector("[data-map=edit]").map.queryRenderedFeatures({ layers: ["drawn-line"] }).length) > 0, "its border is seen");
  await picture(page, "entry-crossing");
  // Mended, it is no longer complained about.
  await drawn(page);
  await canvas.click({ position: { x: 100, y: 180 } });
  await page.keyboard.press("Delete");
  await wrong(page).waitFor({ state: "hidden" });
  await page.waitForFunction(() => document.querySelector(".map-says").textContent.includes("Area"));
  await save(page);
  await saved(page);
});

for (const [language, button, words] of [
  ["zh-Hans", "保存", /图形边界在 .* 处自相交/],
  ["zh-Hant", "保存", /圖形邊界在 .* 處自相交/],
  ["en", "Save", /the outline crosses itself at/],
]) {
  entry(`a shape that crosses itself is refused in the page's language (${language})`, async (page) => {
    await visit(page, "/registers/parks/enter");
    await page.fill("[name=geometry]", "POLYGON((114.3 30.6, 114.4 30.7, 114.4 30.6, 114.3 30.7, 114.3 30.6))");
    await page.getByRole("button", { name: button, exact: true }).click();
    // The summary comes with the answer; at the field it is said already when the field is left.
    await page.locator(".errors a", { hasText: words }).waitFor();
    await page.locator("[data-field=geometry] .error", { hasText: words }).waitFor();
    const wrong = { type: "LineString", coordinates: [[114.3, "x"]] };
    await page.locator("[name='geometry.geojson']").setInputFiles(geojson(wrong));
    await page.getByRole("button", { name: button, exact: true }).click();
    const said = { "zh-Hans": /应为位置：\[经度, 纬度\]/, "zh-Hant": /應為位置：\[經度, 緯度\]/, en: /wanted a position: \[longitude, latitude\]/ }[language];
    await page.locator("[data-field=geometry] .error", { hasText: said }).waitFor();
  }, { language });
}

entry("a place comes from a GeoJSON file, and a broken one is refused at the field", async (page) => {
  await visit(page, FORM);
  const name = await fill(page);
  const file = page.locator("[name='geometry.geojson']");
  for (const [wrong, words] of [
    ["{\"type\":", /place\.geojson.*is no GeoJSON/],
    [{ type: "FeatureCollection", features: [] }, /0 features/],
    [{ type: "Polygon", coordinates: [[[114.3, 30.6], [114.4, 30.6], [114.4, 30.7], [114.3, 30.6]]] }, /wanted a point/],
  ]) {
    await file.setInputFiles(geojson(wrong));
    await save(page);
    await page.locator("[data-field=geometry] .error", { hasText: words }).waitFor();
    assert.match(await page.locator(".errors a").first().getAttribute("href"), /#f-geometry/);
    assert.equal(await page.inputValue("[name=name]"), name, "what was typed is still there");
    await page.fill("[name=geometry]", "");
  }
  await picture(page, "entry-geojson-refused");
  await file.setInputFiles(geojson({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [114.3123, 30.6321] } }));
  await save(page);
  await saved(page);
  assert.match(await page.locator("main").innerText(), /114\.31230, 30\.63210/);
});

for (const [register, geometry] of [
  ["greenways", { type: "LineString", coordinates: [[114.3, 30.6], [114.31, 30.605], [114.32, 30.6]] }],
  ["parks", { type: "Polygon", coordinates: [[[114.3, 30.6], [114.31, 30.6], [114.31, 30.61], [114.3, 30.6]]] }],
  ["parks", { type: "MultiPolygon", coordinates: [114.3, 114.33].map((east) => [[[east, 30.6], [east + 0.01, 30.6], [east + 0.01, 30.61], [east, 30.6]]]) }],
]) {
  entry(`${register}: a ${geometry.type} comes from a GeoJSON file`, async (page) => {
    await visit(page, `/registers/${register}/enter`);
    await complete(page);
    const collection = { type: "FeatureCollection", features: [{ type: "Feature", properties: {}, geometry }] };
    await page.locator("[name='geometry.geojson']").setInputFiles(geojson(collection));
    await save(page);
    await saved(page);
    const { values } = await held(page);
    const flat = (shape) => JSON.stringify(shape.coordinates.flat(3).map((one) => one.toFixed(7)));
    assert.equal(values.geometry.type, geometry.type);
    assert.equal(flat(values.geometry), flat(geometry));
    await page.locator("[data-map=show]").scrollIntoViewIfNeeded();
    await drawn(page);
    await picture(page, `entry-uploaded-${geometry.type}`);
  });
}

entry("a shape is drawn with a finger", async (page) => {
  await visit(page, "/registers/parks/enter");
  await complete(page);
  const canvas = await near(page);
  for (const position of CORNERS) await canvas.tap({ position });
  assert.equal(corners(await place(page)).length, 4);
  await drawn(page);
  // A finger beside the corner's middle still means the corner.
  await canvas.tap({ position: { x: CORNERS[1].x + 10, y: CORNERS[1].y - 8 } });
  assert.match(await says(page), /Point 2 is chosen/);
  const there = { x: 280, y: 60 };
  await canvas.tap({ position: there });
  same(corners(await place(page)).slice(0, 3), await earth(page, [CORNERS[0], there, CORNERS[2]]));
  const small = await page.locator(".map-tools button").evaluateAll((all) => all.filter((one) => one.offsetParent && one.offsetHeight < 44).length);
  assert.equal(small, 0, "every tool is large enough to touch");
  await picture(page, "entry-drawn-phone");
  await save(page);
  await saved(page);
}, { look: "phone" });
