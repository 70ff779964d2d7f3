// The entry form in a real browser: evidence with its preview, and a form that stays usable whatever the server says of it.

import { after } from "node:test";
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync, crc32 } from "node:zlib";
import { base, close, facts, picture, settled, visit } from "./lib.mjs";
import { FORM, drawn, entry, fill, found, place, save, saved } from "./forms.mjs";

after(close);

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

entry("a reference that is not found is refused in words for a form", async (page) => {
  await visit(page, FORM);
  await fill(page);
  await page.fill("[name=district]", "没有这个区");
  await save(page);
  const said = page.locator("[data-field=district] .error");
  await said.waitFor();
  assert.match(await said.innerText(), /there is no such record in “[^”]+”; choose one of those that are offered/);
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
