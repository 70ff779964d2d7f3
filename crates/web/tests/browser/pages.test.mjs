// Every page, in light, dark and on a phone: nothing serious found by axe, nothing wider than the window, nothing that
// jumps, no error in the console, no request to another host; light enough; and the same picture twice.

import { after, test } from "node:test";
import assert from "node:assert/strict";
import { accessible, close, looks, picture, settled, stage, steady, visit, visitor, weighed } from "./lib.mjs";

after(close);

/** Path, who looks, and what is expected of it: given by the Rust side, which knows the demo city's records. */
const pages = stage.pages ?? [];

/** Pages that are meant to be another picture each time, and why. */
const CHANGES = {
  "not-found": "shows the number of its request",
  forbidden: "shows the number of its request",
  audit: "shows what was asked meanwhile",
};

for (const look of Object.keys(looks)) {
  for (const { path, person, name, status = 200 } of pages) {
    test(`${name} (${look})`, async () => {
      const { page, faults, close: done } = await visitor(person, look);
      try {
        await visit(page, path, { status });
        await settled(page, path, faults);
        await picture(page, `${name}-${look}`);
        await accessible(page, path);
        if (look === "light" && !CHANGES[name]) await steady(page, path, `${name}-${look}`, { status });
      } finally {
        await done();
      }
    });
  }
}

for (const { path, person, name, status = 200, heavy = false } of pages.filter((one) => !one.heavy)) {
  test(`${name} is light`, { skip: heavy || status !== 200 }, async () => {
    const bytes = await weighed(person, path);
    assert.ok(bytes < 100_000, `${path}: ${bytes} bytes on the first visit`);
  });
}

test("languages and colours are remembered", async () => {
  const { page, close: done } = await visitor("clerk");
  try {
    await visit(page, "/");
    await page.locator("header summary").first().click();
    await page.getByRole("button", { name: "繁體中文" }).click();
    assert.equal(await page.locator("html").getAttribute("lang"), "zh-Hant");
    await page.locator("header summary").first().click();
    await page.getByRole("button", { name: "深色" }).click();
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
    await visit(page, "/");
    assert.equal(await page.locator("html").getAttribute("lang"), "zh-Hant");
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
  } finally {
    await done();
  }
});

test("the keyboard reaches the content and the search", async () => {
  const { page, close: done } = await visitor("clerk");
  try {
    await visit(page, "/");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
    await page.keyboard.press("/");
    assert.equal(await page.evaluate(() => document.activeElement.id), "find");
  } finally {
    await done();
  }
});

test("pages work without scripts", async () => {
  const { page, close: done } = await visitor("clerk", "light", { javaScriptEnabled: false });
  try {
    for (const { path, status = 200 } of pages.filter((one) => one.person === "clerk" && !one.script)) {
      const answer = await page.goto(stage.base + path);
      assert.equal(answer.status(), status, path);
      assert.equal(await page.locator("main > .heading h1").count(), 1, path);
    }
  } finally {
    await done();
  }
});

test("a printed page is paper only", async () => {
  const { page, close: done } = await visitor("clerk");
  try {
    await visit(page, "/registers/docks");
    await page.emulateMedia({ media: "print" });
    for (const gone of [".rail", ".bar", ".filter"]) {
      for (const one of await page.locator(gone).all()) assert.equal(await one.isVisible(), false, gone);
    }
    assert.equal(await page.locator("main > .heading h1").isVisible(), true);
    await picture(page, "registers-docks-printed");
  } finally {
    await done();
  }
});

test("a lost connection is said on a page of ours", async () => {
  const { page, context, close: done } = await visitor("clerk", "light", { serviceWorkers: "allow" });
  try {
    await visit(page, "/");
    await page.evaluate(() => navigator.serviceWorker.ready);
    await context.setOffline(true);
    await page.goto(`${stage.base}/registers`);
    assert.equal(await page.locator("main > .heading h1").innerText(), "No connection");
    await picture(page, "offline");
    await context.setOffline(false);
  } finally {
    await done();
  }
});
