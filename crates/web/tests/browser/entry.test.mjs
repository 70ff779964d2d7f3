// The entry form in a real browser: places drawn and uploaded, drafts that outlive the connection, evidence with its
// preview, and a form that stays usable whatever the server says of it.

import { after, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync, crc32 } from "node:zlib";
import { base, close, facts, picture, settled, visit, visitor } from "./lib.mjs";

after(close);

const FORM = "/registers/docks/enter";
let count = 0;

/** A form of a person, with everything that went wrong in it but refusals, which are meant. */
function entry(name, go, { look = "light", ...options } = {}) {
  test(name, async () => {
    const one = await visitor("clerk", look, { language: "en", ...options });
    try {
      await go(one.page, one);
      const meant = /status of 4(13|22)|ERR_INTERNET_DISCONNECTED/;
      assert.deepEqual(one.faults.filter((fault) => !meant.test(fault)), []);
    } catch (error) {
      await picture(one.page, `failed-entry-${name}`).catch(() => {});
      error.stack += `\nstands at ${one.page.url()}: ${await one.page.locator("main").innerText({ timeout: 1000 }).catch(() => "").then((text) => text.slice(0, 800))}`;
      throw error;
    } finally {
      await one.close();
    }
  });
}

/** What a dock must have, under a name of its own. */
async function fill(page) {
  const name = `录入${Date.now() % 1e7}-${++count}号码头`;
  await page.fill("[name=name]", name);
  await page.check("[name=river][value=yangtze]");
  await page.check("[name=bank][value=left]");
  const district = page.locator("[name=district]");
  await district.pressSequentially(facts.district.slice(0, 2));
  await page.getByRole("option").first().waitFor();
  await district.press("ArrowDown");
  await district.press("Enter");
  await page.check("[name=purpose][value=cargo]");
  await page.fill("[name=berths]", "3");
  return name;
}

const save = (page) => page.getByRole("button", { name: "Save", exact: true }).click();
const saved = (page) => page.waitForURL(/\/records\/\d+$/);
const drawn = (page) => page.waitForFunction(() => {
  const map = document.querySelector("[data-map]").map;
  return map?.loaded() && !map.isMoving();
});
const place = (page) => page.inputValue("[name=geometry]");

/** How many docks have this name. */
async function found(page, name) {
  await visit(page, `/registers/docks?q=${encodeURIComponent(name)}`);
  return page.locator("main tr[data-row]", { hasText: name }).count();
}

/** A picture that is one; random bytes make it as large as wanted. */
function png(name, { least = 0 } = {}) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const length = Buffer.alloc(4), sum = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc(body));
    return Buffer.concat([length, body, sum]);
  };
  const side = 60;
  const head = Buffer.from([0, 0, 0, side, 0, 0, 0, side, 8, 2, 0, 0, 0]);
  const rows = Buffer.concat(Array.from({ length: side }, (_, y) => Buffer.from([0, ...Array.from({ length: side }, (_, x) => [x * 4, y * 4, 160]).flat()])));
  const parts = [Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", deflateSync(rows))];
  if (least) parts.push(chunk("tEXt", Buffer.concat([Buffer.from("Comment\0"), Buffer.alloc(least, "x")])));
  return { name, mimeType: "image/png", buffer: Buffer.concat([...parts, chunk("IEND", Buffer.alloc(0))]) };
}

// `crc32` of zlib is not in every node that we run on.
function crc(bytes) {
  if (crc32) return crc32(bytes);
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

const geojson = (value) => ({ name: "place.geojson", mimeType: "application/geo+json", buffer: Buffer.from(typeof value === "string" ? value : JSON.stringify(value)) });

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

/** What a greenway and a park must have, and what is drawn of them. */
const DRAWN = {
  greenways: { kind: "local", shape: "LineString", wkt: /^LINESTRING\(\S+ \S+(, \S+ \S+){2}\)$/, measure: "length" },
  parks: { kind: "pocket", shape: "Polygon", wkt: /^POLYGON\(\(\S+ \S+(, \S+ \S+){3}\)\)$/, measure: "area" },
};
const CORNERS = [{ x: 150, y: 120 }, { x: 260, y: 140 }, { x: 200, y: 210 }];

for (const [register, { kind, shape, wkt, measure }] of Object.entries(DRAWN)) {
  entry(`a ${shape} is drawn corner by corner, saved, and read back from the API`, async (page) => {
    await visit(page, `/registers/${register}/enter`);
    const name = `绘制${Date.now() % 1e7}-${++count}`;
    await page.fill("[name=name]", name);
    await page.check(`[name=kind][value=${kind}]`);
    const district = page.locator("[name=district]");
    await district.pressSequentially(facts.district.slice(0, 2));
    await page.getByRole("option").first().waitFor();
    await district.press("ArrowDown");
    await district.press("Enter");
    await page.fill("[name=opened_on]", "2022-05-01");
    const map = page.locator("[data-map=edit]");
    await map.scrollIntoViewIfNeeded();
    await drawn(page);
    // Near enough that three corners are no park of the whole city, which the register would refuse.
    await page.evaluate(() => document.querySelector("[data-map=edit]").map.jumpTo({ zoom: 13 }));
    await drawn(page);
    const canvas = map.locator("canvas");
    await canvas.click({ position: CORNERS[0] });
    assert.equal(await place(page), "", "one corner is no shape yet");
    for (const position of CORNERS.slice(1)) await canvas.click({ position });
    // A corner too many is taken back, and one that stands is moved.
    await canvas.click({ position: { x: 300, y: 60 } });
    await page.getByRole("button", { name: "Undo a point" }).click();
    const before = await place(page);
    assert.match(before, wkt);
    await drawn(page);
    const box = await canvas.boundingBox();
    await page.mouse.move(box.x + CORNERS[2].x, box.y + CORNERS[2].y);
    await page.mouse.down();
    await page.mouse.move(box.x + CORNERS[2].x + 30, box.y + CORNERS[2].y + 10, { steps: 4 });
    await page.mouse.up();
    const text = await place(page);
    assert.match(text, wkt);
    assert.notEqual(text, before, "the corner was moved");
    await picture(page, `entry-drawn-${register}`);
    await save(page);
    await saved(page);
    const record = /\/records\/(\d+)$/.exec(new URL(page.url()).pathname)[1];
    const answer = await page.request.get(`${base}/api/v1/records/${record}`);
    const { values } = await answer.json();
    assert.equal(values.geometry.type, shape);
    const corners = text.match(/\d+\.?\d* \d+\.?\d*/g).map((pair) => pair.split(" ").map(Number));
    const held = shape === "Polygon" ? values.geometry.coordinates[0] : values.geometry.coordinates;
    assert.deepEqual(held, corners, "as it was drawn, to the last of seven decimals");
    assert.ok(Number(values[measure]) > 0, `${measure} is measured from the shape: ${values[measure]}`);
    await page.locator("[data-map=show]").scrollIntoViewIfNeeded();
    await drawn(page);
    assert.ok(await page.evaluate(() => document.querySelector("[data-map=show]").map.queryRenderedFeatures({ layers: ["shapes-line"] }).length) > 0);
  });
}

for (const [language, button, words] of [
  ["zh-Hans", "保存", /图形边界在 .* 处自相交/],
  ["zh-Hant", "保存", /圖形邊界在 .* 處自相交/],
  ["en", "Save", /the outline crosses itself at/],
]) {
  entry(`a shape that crosses itself is refused in the page's language (${language})`, async (page) => {
    await visit(page, "/registers/parks/enter");
    await page.fill("[name=geometry]", "POLYGON((114.3 30.6, 114.4 30.7, 114.4 30.6, 114.3 30.7, 114.3 30.6))");
    await page.getByRole("button", { name: button, exact: true }).click();
    await page.locator("[data-field=geometry] .error", { hasText: words }).waitFor();
    const wrong = { type: "LineString", coordinates: [[114.3, "x"]] };
    await page.locator("[name='geometry.geojson']").setInputFiles(geojson(wrong));
    await page.getByRole("button", { name: button, exact: true }).click();
    const said = { "zh-Hans": /应为位置：\[经度, 纬度\]/, "zh-Hant": /應為位置：\[經度, 緯度\]/, en: /wanted a position: \[longitude, latitude\]/ }[language];
    await page.locator("[data-field=geometry] .error", { hasText: said }).waitFor();
  }, { language });
}

entry("a reference that is not found is refused in words for a form", async (page) => {
  await visit(page, FORM);
  await fill(page);
  await page.fill("[name=district]", "没有这个区");
  await save(page);
  const said = page.locator("[data-field=district] .error");
  await said.waitFor();
  assert.match(await said.innerText(), /there is no such record in “[^”]+”; choose one of those that are offered/);
});

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

entry("a draft outlives the connection and is saved once", async (page, { context }) => {
  await visit(page, FORM);
  const name = `${await fill(page)}（离线）`;
  await context.setOffline(true);
  await page.fill("[name=name]", name);
  await page.locator("#offline").waitFor();
  await save(page);
  const line = page.locator("[data-busy-line]");
  await page.waitForFunction(() => document.querySelector("[data-busy-line]").textContent.trim() !== "");
  assert.match(await line.innerText(), /Not sent.*still here/);
  assert.ok(page.url().endsWith(FORM), "the page stays");
  assert.equal(await page.inputValue("[name=name]"), name);
  await picture(page, "entry-offline");
  // The window is closed and opened again when the connection is back: what was typed is offered, and taken up.
  await context.setOffline(false);
  await visit(page, FORM);
  await page.locator("[data-restore]").click();
  assert.equal(await page.inputValue("[name=name]"), name);
  assert.ok(await page.isChecked("[name=river][value=yangtze]"));
  await save(page);
  await saved(page);
  assert.equal(await found(page, name), 1);
  await visit(page, FORM);
  assert.equal(await page.locator("[data-restore]").isVisible(), false, "nothing is left to send");
});

entry("what was saved while the answer was lost is not saved again", async (page) => {
  await visit(page, FORM);
  const name = await fill(page);
  // The server has it, the browser never hears so.
  await page.route("**/registers/docks/enter", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await route.fetch({ maxRedirects: 0 });
    await route.abort("internetdisconnected");
  });
  await save(page);
  await page.waitForFunction(() => document.querySelector("[data-busy-line]").textContent.includes("Not sent"));
  await page.unroute("**/registers/docks/enter");
  await visit(page, FORM);
  await page.locator("[data-restore]").click();
  await save(page);
  await saved(page);
  assert.match(await page.locator("main .heading").innerText(), new RegExp(name));
  assert.equal(await found(page, name), 1);
});

entry("evidence is dropped on its zone, with a preview, and can be taken back", async (page, { context }) => {
  await visit(page, FORM);
  const name = await fill(page);
  const paths = ["一.png", "二.png"].map((file, number) => {
    const path = join(tmpdir(), `qingyuan-${process.pid}-${number}-${file}`);
    writeFileSync(path, png(file, { least: number * 10 }).buffer);
    return path;
  });
  const zone = page.locator("[data-field='@evidence'] [data-drop]");
  await zone.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await zone.boundingBox();
  const cdp = await context.newCDPSession(page);
  const data = (files) => ({ items: [], files, dragOperationsMask: 1 });
  const drop = async (x, y, files) => {
    for (const type of ["dragEnter", "dragOver", "drop"]) await cdp.send("Input.dispatchDragEvent", { type, x, y, data: data(files) });
  };
  // Beside the zone nothing happens, above all not that the file opens in place of the form.
  await drop(x + width + 300 > 1200 ? x - 20 : x + width + 20, y - 60, [paths[0]]);
  assert.ok(page.url().endsWith(FORM));
  await drop(x + width / 2, y + height / 2, [paths[0]]);
  const lines = page.locator("[data-field='@evidence'] [data-files] li");
  await lines.first().waitFor();
  await drop(x + width / 2, y + height / 2, [paths[1]]);
  await page.waitForFunction(() => document.querySelectorAll("[data-field='@evidence'] [data-files] li").length === 2);
  assert.ok(await lines.first().locator("img").evaluate((image) => image.decode().then(() => image.naturalWidth === 60)));
  await picture(page, "entry-evidence");
  await lines.first().getByRole("button").click();
  assert.equal(await lines.count(), 1);
  await save(page);
  await saved(page);
  const evidence = page.locator("main a[href*='/evidence/']");
  assert.ok(await evidence.count() >= 1, name);
  const answer = await page.request.get(new URL(await evidence.first().getAttribute("href"), base).href);
  assert.equal(Buffer.compare(await answer.body(), readFileSync(paths[1])), 0);
});

entry("evidence is photographed on a phone, one picture after the other", async (page) => {
  await visit(page, FORM);
  await fill(page);
  const camera = page.locator("[data-field='@evidence'] input[capture=environment]");
  assert.ok(await page.locator("[data-field='@evidence'] .camera").isVisible());
  const zone = await page.locator("[data-field='@evidence'] .camera").boundingBox();
  assert.ok(zone.height >= 44, `${zone.height} px to touch`);
  await camera.setInputFiles(png("image.png"));
  await camera.setInputFiles(png("image2.png", { least: 300_000 }));
  const lines = page.locator("[data-field='@evidence'] [data-files] li");
  assert.equal(await lines.count(), 2);
  assert.equal(await lines.locator("img").count(), 2);
  await settled(page, FORM, [], { shift: 1 });
  await picture(page, "entry-camera");
  await save(page);
  await saved(page);
  assert.match(await page.locator("body").innerText(), /Saved as entry/);
  const evidence = await page.locator("main a[href*='/evidence/']").evaluateAll((links) => new Set(links.map((link) => link.href)).size);
  assert.equal(evidence, 2);
}, { look: "phone" });

entry("after a large file is refused the form works on", async (page) => {
  await visit(page, FORM);
  const name = await fill(page);
  await page.locator("#f--evidence").setInputFiles({ name: "film.mov", mimeType: "video/quicktime", buffer: Buffer.alloc(400_000, 7) });
  await save(page);
  const said = page.locator("[data-field='@evidence'] .error");
  await said.waitFor();
  assert.match(await said.innerText(), /film\.mov.*type/);
  assert.ok(await page.locator(".errors").evaluate((summary) => summary === document.activeElement), "the summary is read out");
  // Drafts, suggestions, rules and the map are as alive as before.
  const draft = page.waitForResponse((one) => one.url().includes("/drafts/") && one.request().method() === "POST");
  await page.fill("[name=berths]", "4");
  assert.equal((await draft).status(), 200);
  const field = page.locator("[name=district]");
  await field.fill("");
  await field.pressSequentially(facts.district.slice(0, 2));
  await page.getByRole("option").first().waitFor();
  await field.press("ArrowDown");
  await field.press("Enter");
  const map = page.locator("[data-map=edit]");
  await map.scrollIntoViewIfNeeded();
  await drawn(page);
  await map.locator("canvas").click({ position: { x: 150, y: 120 } });
  assert.match(await place(page), /^POINT/);
  await page.locator("#f--evidence").setInputFiles(png("fits.png", { least: 400_000 }));
  assert.equal(await page.locator("[data-field='@evidence'] [data-files] img").count(), 1);
  await picture(page, "entry-after-refusal");
  await save(page);
  await saved(page);
  assert.match(await page.locator("main .heading").innerText(), new RegExp(name));
  assert.equal(await found(page, name), 1);
});

entry("an answer without a form takes nothing away", async (page) => {
  await visit(page, FORM);
  const name = await fill(page);
  await page.route("**/registers/docks/enter", (route) => route.request().method() === "POST"
    ? route.fulfill({ status: 413, contentType: "text/html", body: "<!doctype html><title>x</title><main><h1>Too large</h1><p>At most 200 MB.</p></main>" })
    : route.continue());
  await save(page);
  await page.waitForFunction(() => document.querySelector("[data-busy-line]").textContent.includes("At most 200 MB"));
  assert.equal(await page.inputValue("[name=name]"), name);
  await page.unroute("**/registers/docks/enter");
  await save(page);
  await saved(page);
});
