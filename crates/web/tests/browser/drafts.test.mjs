// Drafts that outlive the connection, in a real browser: whatever form of entry it was, what was typed is offered again, is
// saved once, and is forgotten when it is saved.

import { after } from "node:test";
import assert from "node:assert/strict";
import { base, close, picture, visit, visitor } from "./lib.mjs";
import { FORM, complete, entry, fill, found, save, saved } from "./forms.mjs";

after(close);

/** What this browser keeps of forms that were not saved. */
const kept = (page) => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("qingyuan-draft:")));

/** The record's entries of a kind. */
async function entries(page, record, kind) {
  const answer = await page.request.get(`${base}/api/v1/records/${record}/history`);
  const { items, entries } = await answer.json();
  return (items ?? entries).filter((one) => one.kind === kind);
}

/** A park that the clerk has just entered. */
async function park(page) {
  await visit(page, "/registers/parks/enter");
  const name = await complete(page);
  await save(page);
  await saved(page);
  return { name, record: /(\d+)$/.exec(new URL(page.url()).pathname)[1] };
}

/** Sends a form without a connection, closes the page, and opens the form again when the connection is back. */
async function lost(page, context, path, press) {
  await context.setOffline(true);
  await page.locator("#offline").waitFor();
  await press();
  await page.waitForFunction(() => document.querySelector("[data-busy-line]").textContent.trim() !== "");
  assert.match(await page.locator("[data-busy-line]").innerText(), /Not sent.*still here/);
  assert.ok(page.url().endsWith(path), "the page stays");
  assert.equal((await kept(page)).length, 1);
  await page.goto("about:blank");
  await context.setOffline(false);
  await visit(page, path);
  assert.match(await page.locator("[data-local-draft]").innerText(), /This browser has something that was not sent/);
}

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

entry("a change of state outlives the connection and is made once", async (page, { context }) => {
  const { record } = await park(page);
  const path = `/records/${record}/advance/closed`;
  await visit(page, path);
  await page.fill("[name='@note']", "雨季检修，暂停开放");
  const press = () => page.getByRole("button", { name: "Change to “Closed”" }).click();
  await lost(page, context, path, press);
  await picture(page, "draft-advance-offered");
  await page.locator("[data-restore]").click();
  assert.equal(await page.inputValue("[name='@note']"), "雨季检修，暂停开放");
  await press();
  await saved(page);
  assert.match(await page.locator("body").innerText(), /Saved as entry/);
  assert.deepEqual((await entries(page, record, "advance")).map((one) => one.note), ["雨季检修，暂停开放"]);
  assert.deepEqual(await kept(page), [], "nothing is left to send");
  // The form of what is done already leads back, in words.
  await visit(page, path);
  assert.ok(page.url().endsWith(`/records/${record}`), page.url());
  assert.match(await page.locator("body").innerText(), /Its state is “Closed” already/);
});

entry("a withdrawal outlives the connection and is made once", async (page, { context }) => {
  const { record } = await park(page);
  const path = `/records/${record}/withdraw`;
  await visit(page, path);
  await page.fill("[name='@note']", "重复录入");
  const press = () => page.getByRole("button", { name: "Withdraw the record" }).click();
  await lost(page, context, path, press);
  await page.locator("[data-restore]").click();
  assert.equal(await page.inputValue("[name='@note']"), "重复录入");
  await press();
  await saved(page);
  assert.equal((await entries(page, record, "withdraw")).length, 1);
  assert.deepEqual(await kept(page), []);
  for (const form of ["withdraw", "amend", "advance/closed"]) {
    await visit(page, `/records/${record}/${form}`);
    assert.ok(page.url().endsWith(`/records/${record}`), `${form} leads back`);
    assert.match(await page.locator("body").innerText(), /This record is withdrawn; nothing of it can be changed/);
  }
});

entry("a withdrawal of which the answer was lost is not made again", async (page) => {
  const { record } = await park(page);
  const path = `/records/${record}/withdraw`;
  await visit(page, path);
  await page.fill("[name='@note']", "重复录入");
  await page.route(`**${path}`, async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await route.fetch({ maxRedirects: 0 });
    await route.abort("internetdisconnected");
  });
  const press = () => page.getByRole("button", { name: "Withdraw the record" }).click();
  await press();
  await page.waitForFunction(() => document.querySelector("[data-busy-line]").textContent.includes("Not sent"));
  await page.unroute(`**${path}`);
  await press();
  await saved(page);
  assert.match(await page.locator("body").innerText(), /Saved as entry/);
  assert.equal((await entries(page, record, "withdraw")).length, 1);
});

entry("rows of a grid outlive the connection and enter once", async (page, { context }) => {
  const path = "/registers/docks/enter-many";
  await visit(page, path);
  const name = `多行${Date.now() % 1e7}`;
  const cell = (row, column) => page.locator("table.grid tbody tr").nth(row).locator("input").nth(column);
  const district = await page.request.get(`${base}/api/v1/registers/districts/records?limit=1`);
  const { code } = (await district.json()).items[0].values;
  // Name, river, bank, district, purpose, berths, in the order of the register.
  for (const row of [0, 1]) {
    for (const [column, text] of [`${name}-${row}`, "长江", "左岸", code, "货运", "3"].entries()) await cell(row, column).fill(text);
  }
  // A row that was taken away stays away.
  await cell(2, 0).fill("多余");
  await page.locator("table.grid tbody tr").nth(2).getByRole("button", { name: "Remove the row" }).click();
  const press = () => page.getByRole("button", { name: "Enter all rows" }).click();
  await lost(page, context, path, press);
  await page.locator("[data-restore]").click();
  assert.equal(await cell(1, 0).inputValue(), `${name}-1`);
  assert.equal(await cell(1, 5).inputValue(), "3");
  assert.equal(await cell(2, 0).inputValue(), "");
  await picture(page, "draft-grid-restored");
  await press();
  await page.waitForURL(/\/registers\/docks\?sort=/);
  assert.match(await page.locator("body").innerText(), /Saved as entries/);
  assert.deepEqual(await kept(page), []);
  assert.equal(await found(page, name), 2);
  await visit(page, path);
  assert.equal(await page.locator("[data-restore]").isVisible(), false);
  assert.equal(await page.getByText("There is a draft of").count(), 0);
});

entry("a grid keeps its draft on the server while it is written, and who people are off the browser's disk", async (page) => {
  const path = "/registers/volunteers/enter-many";
  await visit(page, path);
  const headings = await page.locator("table.grid thead th").allInnerTexts();
  const column = headings.findIndex((heading) => /phone/i.test(heading)) - 1;
  assert.ok(column >= 0, `${headings}`);
  const cells = page.locator("table.grid tbody tr").first().locator("input");
  const draft = page.waitForResponse((one) => one.url().includes("/drafts/many:volunteers") && one.request().method() === "POST");
  const other = headings.findIndex((heading) => /Remark/.test(heading)) - 1;
  await cells.nth(column).fill("13800138000");
  await cells.nth(other).fill("新登记");
  assert.equal((await draft).status(), 200);
  await page.waitForFunction(() => /Draft saved/.test(document.querySelector("[data-draft-line]").textContent));
  const disk = await page.evaluate(() => Object.entries(localStorage).filter(([key]) => key.includes("many:volunteers")).map(([, value]) => value).join());
  assert.ok(disk.includes("新登记") && !disk.includes("13800138000"), disk);
  // The server has all of it, for this account alone.
  await visit(page, "/inbox/drafts");
  await page.getByRole("link", { name: /Several rows for volunteers/i }).click();
  await page.waitForURL(/enter-many\?draft=1/);
  assert.equal(await cells.nth(column).inputValue(), "13800138000");
  await visit(page, "/inbox/drafts");
  await picture(page, "drafts-list");
  await page.locator("tr", { hasText: /Several rows for volunteers/i }).getByRole("button", { name: "Discard" }).click();
  await page.waitForURL(/\/inbox\/drafts/);
  assert.equal(await page.getByText(/Several rows for volunteers/i).count(), 0);
}, { person: "office" });

entry("a draft of an older version is told as a conflict, and takes nothing back in silence", async (page, { context }) => {
  const { record, name } = await park(page);
  const path = `/records/${record}/amend`;
  await visit(page, path);
  await page.fill("[name=opened_on]", "2022-06-06");
  const press = () => page.getByRole("button", { name: "Save changes" }).click();
  await context.setOffline(true);
  await press();
  await page.waitForFunction(() => document.querySelector("[data-busy-line]").textContent.includes("Not sent"));
  await page.goto("about:blank");
  // Meanwhile a colleague gives the park another name.
  const colleague = await visitor("colleague", "light", { language: "en" });
  await visit(colleague.page, path);
  await colleague.page.fill("[name=name]", `${name}改`);
  await colleague.page.getByRole("button", { name: "Save changes" }).click();
  await saved(colleague.page);
  await colleague.close();
  await context.setOffline(false);
  await visit(page, path);
  await page.locator("[data-restore]").click();
  assert.equal(await page.inputValue("[name=name]"), name, "as it was when it was written");
  await press();
  await page.locator("h1", { hasText: "Conflict" }).waitFor();
  assert.match(await page.locator("main").innerText(), /Somebody else changed this record/);
  await picture(page, "draft-conflict");
  await page.getByRole("button", { name: "Save what is chosen" }).click();
  await saved(page);
  const { values } = await (await page.request.get(`${base}/api/v1/records/${record}`)).json();
  assert.equal(values.name, `${name}改`);
  assert.equal(values.opened_on, "2022-06-06");
});

entry("an amendment of which the answer was lost is not made again", async (page) => {
  const { record } = await park(page);
  const path = `/records/${record}/amend`;
  await visit(page, path);
  await page.fill("[name=opened_on]", "2022-07-07");
  await page.route(`**${path}`, async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await route.fetch({ maxRedirects: 0 });
    await route.abort("internetdisconnected");
  });
  const press = () => page.getByRole("button", { name: "Save changes" }).click();
  await press();
  await page.waitForFunction(() => document.querySelector("[data-busy-line]").textContent.includes("Not sent"));
  await page.unroute(`**${path}`);
  await visit(page, path);
  await page.locator("[data-restore]").click();
  await press();
  await saved(page);
  assert.match(await page.locator("body").innerText(), /Saved as entry/);
  assert.equal((await entries(page, record, "amend")).length, 1);
  assert.deepEqual(await kept(page), []);
});

entry("what was written for a record that was withdrawn meanwhile stays to be read", async (page) => {
  const { record } = await park(page);
  const path = `/records/${record}/amend`;
  await visit(page, path);
  await page.fill("[name=opened_on]", "2022-08-08");
  const colleague = await visitor("colleague", "light", { language: "en" });
  await visit(colleague.page, `/records/${record}/withdraw`);
  await colleague.page.fill("[name='@note']", "重复录入");
  await colleague.page.getByRole("button", { name: "Withdraw the record" }).click();
  await saved(colleague.page);
  await colleague.close();
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.waitForFunction(() => /colleague withdrew this record/.test(document.querySelector("[data-busy-line]").textContent));
  assert.match(await page.locator("[data-busy-line]").innerText(), /^Not saved: .*what you wrote is not saved/);
  assert.equal(await page.inputValue("[name=opened_on]"), "2022-08-08");
  await picture(page, "entry-withdrawn-meanwhile");
  await page.getByRole("link", { name: "Back to the record" }).click();
  await page.waitForURL(/\/records\/\d+$/);
});
