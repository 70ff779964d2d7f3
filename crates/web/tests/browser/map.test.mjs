// The map in a real browser: it is drawn under our policy, the years pass, things are told of, drawings are measured, and
// all of it from the keyboard as well.

import { after, test } from "node:test";
import assert from "node:assert/strict";
import { close, picture, visit, visitor } from "./lib.mjs";

after(close);

/** Waits until the map has drawn what it was told. */
const drawn = (page) => page.waitForFunction(() => {
  const map = document.querySelector("[data-map]").map;
  return map?.loaded() && !map.isMoving();
});

test("docks close year by year, and each can be asked", async () => {
  const one = await visitor("office", "light", { language: "en" });
  const { page } = one;
  try {
    await visit(page, "/map?layer=docks");
    await drawn(page);
    assert.ok(await page.evaluate(() => document.querySelector("[data-map]").map.queryRenderedFeatures().length > 10));

    // The slider: to its beginning, then a step on (who asked for less motion gets steps).
    const count = () => page.locator("[data-count='docks:operating']").innerText().then((text) => Number(text.replaceAll(",", "")));
    const now = await count();
    const slider = page.locator("[data-clock] input");
    await slider.focus();
    await page.keyboard.press("Home");
    await page.waitForURL(/at=2016-12-31/);
    const first = await count();
    assert.ok(first > now, `${first} docks before, ${now} now`);
    await page.getByRole("button", { name: "Play" }).click();
    await page.waitForURL(/at=2017-12-31/);
    assert.ok((await count()) < first);
    await drawn(page);
    await picture(page, "map-2017");

    // From the list to the panel, without a mouse on the map.
    const thing = page.locator("#map-list a[data-at-record]").first();
    const name = await thing.innerText();
    await thing.click();
    await page.waitForURL(/record=\d+/);
    await page.locator("#map-panel h2", { hasText: name }).waitFor();
    assert.match(await page.locator("#map-panel a").getAttribute("href"), /^\/records\/\d+$/);
    assert.deepEqual(one.faults, []);
  } finally {
    await one.close();
  }
});

test("a length is measured from the keyboard", async () => {
  const one = await visitor("office", "dark", { language: "en" });
  const { page } = one;
  try {
    await visit(page, "/map?chosen=1");
    await drawn(page);
    await page.getByRole("button", { name: "Length" }).click();
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowRight");
    await drawn(page);
    await page.keyboard.press("Enter");
    const says = page.locator("[data-measure] output");
    await page.waitForFunction(() => /Length \d/.test(document.querySelector("[data-measure] output").textContent));
    assert.match(await says.innerText(), /^Length [\d.]+ k?m$/);
    await page.keyboard.press("Escape");
    assert.equal(await says.innerText(), "");
    assert.deepEqual(one.faults, []);
  } finally {
    await one.close();
  }
});

test("a theme colours the districts and stands in a table", async () => {
  const one = await visitor("office", "phone", { language: "en" });
  const { page } = one;
  try {
    await visit(page, "/map?layer=docks");
    await drawn(page);
    await page.locator("#map-theme-choice").selectOption("docks.operating");
    await page.locator("#map-theme table a[href^='/f/docks.operating']").first().waitFor();
    await page.waitForFunction(() => {
      const map = document.querySelector("[data-map]").map;
      return Array.isArray(map.getPaintProperty("land", "fill-color"));
    });
    assert.deepEqual(one.faults, []);
  } finally {
    await one.close();
  }
});
