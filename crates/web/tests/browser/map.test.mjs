// The map in a real browser: it is drawn under our policy, the years pass, things are told of, drawings are measured, and
// all of it from the keyboard as well.

import { after, test } from "node:test";
import assert from "node:assert/strict";
import { base, close, picture, visit, visitor } from "./lib.mjs";

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

test("the map says the figure's number, and what is not verified is drawn apart from it", async () => {
  const one = await visitor("office", "light", { language: "en" });
  const { page } = one;
  try {
    const figure = (await (await page.request.get(`${base}/api/v1/figures/docks.operating?period=2022`)).json()).figure;
    assert.ok(figure.pending > 0, "docks wait in the demo city");
    await visit(page, "/map?layer=docks&at=2022-12-31");
    await drawn(page);
    const said = (what) => page.locator(`[data-${what}='docks:operating']`);
    assert.equal(await said("count").innerText(), figure.value);
    assert.equal((await said("waiting").innerText()).replace(/\s+/g, " "), `${figure.pending} more not yet verified`);
    assert.match(await page.locator("#map-layers").innerText(), /Verified: counts, here as in figures\s+Dashed: not yet verified, does not count/);
    // Clusters say both, and never their sum.
    const sums = () => page.evaluate(() => {
      const { map } = document.querySelector("[data-map]");
      const seen = new Map(map.querySourceFeatures("docks", { sourceLayer: "docks" }).map((one) => [one.id, one.properties]));
      const sum = { operating: 0, waits: 0 };
      for (const one of seen.values()) {
        sum.operating += one.n_operating ?? (one.state === "operating" && !one.waits ? 1 : 0);
        sum.waits += one["n_not-verified"] ?? (one.waits ? 1 : 0);
      }
      return sum;
    });
    const waiting = Number((await page.locator("#map-list .pending .number").first().innerText()));
    assert.deepEqual(await sums(), { operating: Number(figure.value), waits: waiting });
    await picture(page, "map-not-verified");

    // A thing that waits, from its list: hollow on the map, and the panel says whether it counts.
    await page.locator("#map-list h3 ~ .scroll a[data-at-record], #map-list h3 ~ * a[data-at-record]").first().click();
    await page.locator("#map-panel", { hasText: "Counts as" }).waitFor();
    await drawn(page);
    await page.waitForFunction(() => {
      const { map } = document.querySelector("[data-map]");
      return map.getZoom() >= 12 && map.queryRenderedFeatures({ layers: ["at:docks:mark"] }).some((one) => one.properties.waits);
    });
    await picture(page, "map-not-verified-near");

    // Only what counts: the same number, and nothing that waits.
    await page.locator("#map-reading").check();
    await page.waitForURL(/reading=counted/);
    await page.locator("#map-list .pending").waitFor({ state: "detached" });
    assert.equal(await said("count").innerText(), figure.value);
    assert.equal(await said("waiting").isVisible(), false);
    await drawn(page);
    await page.waitForFunction(() => !document.querySelector("[data-map]").map.queryRenderedFeatures({ layers: ["at:docks:mark"] }).some((one) => one.properties.waits));

    // And at other days, as the slider is moved.
    await page.locator("#map-reading").uncheck();
    await said("waiting").waitFor();
    await page.locator("[data-clock] input").focus();
    await page.keyboard.press("Home");
    await said("waiting").waitFor({ state: "hidden" });
    await page.keyboard.press("End");
    await said("waiting").waitFor();
    assert.deepEqual(one.faults, []);
  } finally {
    await one.close();
  }
});

test("rivers are named where docks line them, from the whole city to the reach", async () => {
  const one = await visitor("office", "light", { language: "en" });
  const { page } = one;
  try {
    await visit(page, "/map?layer=docks&at=2022-12-31");
    const idle = () => page.waitForFunction(() => document.querySelector("[data-map]").dataset.idle);
    await idle();
    const named = () => page.evaluate(() => {
      const { map } = document.querySelector("[data-map]");
      return [...new Set(map.queryRenderedFeatures({ layers: ["river-name"] }).map((one) => one.properties.name))].sort();
    });
    assert.deepEqual(await named(), ["汉江", "长江"]);
    await picture(page, "map-rivers");
    for (const zoom of [10, 11, 12]) {
      await page.evaluate((zoom) => document.querySelector("[data-map]").map.jumpTo({ zoom }), zoom);
      await idle();
      assert.deepEqual(await named(), ["汉江", "长江"], `at zoom ${zoom}`);
    }
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
