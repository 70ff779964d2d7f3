// What the tests of entry's forms share: a form of a person, what a dock must have, and where a form leads.

import { test } from "node:test";
import assert from "node:assert/strict";
import { facts, picture, visit, visitor } from "./lib.mjs";

export const FORM = "/registers/docks/enter";
let count = 0;

/** A form of a person, with everything that went wrong in it but refusals, which are meant. */
export function entry(name, go, { look = "light", person = "clerk", ...options } = {}) {
  test(name, async () => {
    const one = await visitor(person, look, { language: "en", ...options });
    try {
      await go(one.page, one);
      const meant = /status of 4(09|13|22)|ERR_INTERNET_DISCONNECTED/;
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
export async function fill(page) {
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

export const save = (page) => page.getByRole("button", { name: "Save", exact: true }).click();
export const saved = (page) => page.waitForURL(/\/records\/\d+$/);
export const drawn = (page) => page.waitForFunction(() => {
  const map = document.querySelector("[data-map]").map;
  return map?.loaded() && !map.isMoving();
});
export const place = (page) => page.inputValue("[name=geometry]");

/** How many docks have this name. */
export async function found(page, name) {
  await visit(page, `/registers/docks?q=${encodeURIComponent(name)}`);
  return page.locator("main tr[data-row]", { hasText: name }).count();
}

/** Fills in what the form of any register asks for, but for its shape, under a name of its own. */
export async function complete(page) {
  const name = `绘制${Date.now() % 1e7}-${++count}`;
  const asked = await page.locator("#entry [data-field] [required]").evaluateAll((controls) => controls.map((one) => ({
    name: one.name, type: one.type, suggests: one.hasAttribute("data-suggest"), typed: one.value, most: one.maxLength,
    number: one.inputMode === "decimal" || one.inputMode === "numeric",
  })));
  const done = new Set();
  for (const { name: field, type, suggests, typed, most, number } of asked) {
    if (done.has(field)) continue;
    done.add(field);
    const control = page.locator(`[name="${field}"]`).first();
    if (type === "radio") await control.check();
    else if (type.startsWith("select")) await control.selectOption({ index: 1 });
    else if (typed) continue;
    else if (type === "date") await control.fill("2022-05-01");
    else if (number) await control.fill("100");
    else if (suggests) {
      await control.pressSequentially(facts.district.slice(0, 2));
      await page.getByRole("option").first().waitFor();
      await control.press("ArrowDown");
      await control.press("Enter");
    } else await control.fill(most > 0 && most < name.length ? `X${Date.now() % 1e5}${count}`.slice(0, most) : name);
  }
  return name;
}
