// The daily journeys, each from its beginning to its end as a person goes it, by what can be read on the pages.

import { after, test } from "node:test";
import assert from "node:assert/strict";
import { base, close, facts, picture, settled, stage, visit, visitor } from "./lib.mjs";

after(close);

/** Opens a browser for each person of a journey and closes it whatever happens; every page must be without faults. */
function journey(name, people, go) {
  test(name, async () => {
    const opened = {};
    try {
      for (const person of people) opened[person] = await visitor(person, "light", { language: "en" });
      await go(Object.fromEntries(Object.entries(opened).map(([person, one]) => [person, one.page])));
      for (const [person, one] of Object.entries(opened)) {
        // A form that is refused is answered with 422, which the browser logs.
        assert.deepEqual(one.faults.filter((fault) => !fault.includes("status of 422")), [], person);
      }
    } catch (error) {
      for (const [person, one] of Object.entries(opened)) {
        await picture(one.page, `failed-${name}-${person}`).catch(() => {});
        error.message += `\n${person} stands at ${one.page.url()}: ${await one.page.locator("main").innerText({ timeout: 1000 }).catch(() => "").then((text) => text.slice(0, 1200))}`;
      }
      throw error;
    } finally {
      for (const one of Object.values(opened)) await one.close();
    }
  });
}

journey("a document is checked", ["office"], async ({ office }) => {
  await visit(office, "/check");
  await office.locator("input[type=file]").setInputFiles({
    name: "简报.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("2022年底，全市码头缩减为9999个。化工企业关改搬转88家。\n"),
  });
  await office.getByRole("button", { name: "Check", exact: true }).click();
  await office.waitForURL(/\/check\/./);
  await settled(office, "/check/…", [], { shift: 0.05 });
  const text = await office.locator("main").innerText();
  assert.match(text, /9999/);
  assert.match(text, /contradicted/i);
  const [download] = await Promise.all([office.waitForEvent("download"), office.getByRole("link", { name: "Download JSON" }).click()]);
  const json = JSON.parse(await (await import("node:fs/promises")).readFile(await download.path(), "utf8"));
  assert.ok(JSON.stringify(json).includes("contradicted"));
  await office.locator("main a[href*='/f/']").first().click();
  await office.waitForURL(/\/f\//);
});

journey("a figure of the report is followed to its evidence", ["office"], async ({ office }) => {
  await visit(office, "/reports/work-report");
  await office.locator("main a[href*='docks.operating']").first().click();
  await office.waitForURL(/\/f\/docks\.operating/);
  await settled(office, "/f/docks.operating", [], { shift: 0.1 });
  // From the figure to its rows, from a row to its record, from the record to its evidence.
  await office.locator("main a[href*='/records/']").first().click();
  await office.waitForURL(/\/records\/\d+/);
  const evidence = office.locator("main a[href*='/evidence/']").first();
  await evidence.waitFor();
  const address = await evidence.getAttribute("href");
  const answer = await office.request.get(new URL(address, base).href);
  assert.equal(answer.status(), 200);
  assert.ok((await answer.body()).length > 0);
});

/** Types into a field that suggests, and takes the first suggestion. */
async function suggest(page, name, words) {
  const field = page.locator(`input[name="${name}"]`);
  await field.fill("");
  await field.pressSequentially(words);
  await page.getByRole("option").first().waitFor();
  await field.press("ArrowDown");
  await field.press("Enter");
}

/** Moves on from a field, so that it is judged, and waits for what is said of it. */
async function judged(page, name) {
  const answer = page.waitForResponse((one) => one.url().includes("/check-"));
  await page.locator(`[name="${name}"]`).last().press("Tab");
  await answer;
  return page.locator(`[data-field="${name}"] .error`);
}

journey("a record is entered and verified", ["clerk", "verifier"], async ({ clerk, verifier }) => {
  await visit(clerk, "/registers/docks");
  await clerk.locator("main .heading a[href$='/registers/docks/enter']").click();
  await clerk.waitForURL(/\/enter$/);
  await clerk.fill("[name=name]", "试航1号码头");
  await clerk.check("[name=river][value=yangtze]");
  await clerk.check("[name=bank][value=left]");
  await suggest(clerk, "district", facts.district.slice(0, 2));
  await clerk.check("[name=purpose][value=cargo]");
  // What is wrong is said when the field is left, by the rule of the server; and again on top when it is sent.
  await clerk.fill("[name=berths]", "0");
  const wrong = await judged(clerk, "berths");
  await wrong.waitFor({ state: "visible" });
  await clerk.keyboard.press("Control+s");
  await clerk.locator(".errors a").first().waitFor();
  assert.equal(await clerk.inputValue("[name=name]"), "试航1号码头", "what was typed is still there");
  await clerk.fill("[name=berths]", "3");
  await clerk.getByRole("button", { name: "Save", exact: true }).click();
  await clerk.waitForURL(/\/records\/\d+$/);
  const record = clerk.url();
  assert.match(await clerk.locator("main").innerText(), /Awaiting verification/);
  // Another person finds it in the inbox and verifies it.
  await visit(verifier, "/inbox?register=docks");
  const row = verifier.locator("tr", { hasText: "试航1号码头" });
  await row.getByRole("checkbox").check();
  await verifier.getByRole("button", { name: /^Verify/ }).first().click();
  await verifier.waitForLoadState("load");
  await verifier.goto(record);
  assert.match(await verifier.locator("main .heading").innerText(), /Verified/);
});

journey("an Excel file with faults is imported after they are mended", ["clerk"], async ({ clerk }) => {
  await visit(clerk, "/registers/docks/import");
  await clerk.locator("input[type=file][name=file]").setInputFiles(facts.workbook);
  await clerk.fill("[name='@owner']", facts.unit);
  await clerk.keyboard.press("Escape");
  await clerk.getByRole("button", { name: "Check the file" }).click();
  await clerk.getByRole("button", { name: "Check again with the corrections" }).waitFor();
  assert.match(await clerk.locator("main").innerText(), /no row was entered/);
  const cells = clerk.locator("main input[name^='mend.']:visible");
  assert.equal(await cells.count(), 1, "one cell is at fault");
  await cells.first().fill("4");
  await clerk.getByRole("button", { name: "Check again with the corrections" }).click();
  await clerk.getByRole("button", { name: "Enter all of it" }).click();
  await clerk.waitForURL((url) => !url.pathname.includes("/import"));
  await visit(clerk, "/registers/docks?q=%E5%AF%BC%E5%85%A5");
  assert.match(await clerk.locator("main").innerText(), /导入2号码头/);
});

journey("a conflict is resolved field by field", ["clerk", "colleague"], async ({ clerk, colleague }) => {
  const amend = `/records/${facts.dock}/amend`;
  await visit(clerk, amend);
  await visit(colleague, amend);
  await colleague.fill("[name=berths]", "7");
  await colleague.getByRole("button", { name: "Save changes" }).click();
  await colleague.waitForURL(/\/records\/\d+$/);
  await clerk.fill("[name=berths]", "9");
  const answer = clerk.waitForResponse((one) => one.request().method() === "POST" && one.url().endsWith("/amend"));
  clerk.expectedStatus = 409;
  await clerk.getByRole("button", { name: "Save changes" }).click();
  assert.equal((await answer).status(), 409);
  await clerk.waitForLoadState("load");
  const line = clerk.locator("tr", { hasText: "Berths" });
  assert.match(await line.innerText(), /9[\s\S]*7/);
  await line.locator("input[value=mine]").check();
  await clerk.getByRole("button", { name: "Save what is chosen" }).click();
  await clerk.waitForURL(/\/records\/\d+$/);
  assert.match(await clerk.locator("main").innerText(), /Berths\s+9/);
});

journey("a unit is re-organised and the past stays as it was", ["administrator"], async ({ administrator }) => {
  const groups = async () => {
    const answer = await administrator.request.get(`${base}/api/v1/figures/docks.operating?period=2022&by=unit`);
    assert.equal(answer.status(), 200);
    return JSON.stringify((await answer.json()).groups.map(({ scope, value }) => [scope[0].value, value]));
  };
  const before = await groups();
  await visit(administrator, `/admin/units/${encodeURIComponent(facts.branch)}`);
  const move = administrator.locator("form", { has: administrator.locator("input[name=what][value=move]") });
  await move.locator("select[name=to]").selectOption(facts.other);
  await move.locator("input[name=note]").fill("市编委〔2026〕7号");
  await move.getByRole("button", { name: "See what would move" }).click();
  assert.match(await administrator.locator("main .heading").innerText(), /Confirm/);
  await administrator.getByRole("button", { name: "Enter it" }).click();
  await administrator.waitForURL(/\/admin\/units\?day=/);
  await visit(administrator, `/admin/units/${encodeURIComponent(facts.branch)}`);
  assert.match(await administrator.locator("main").innerText(), new RegExp(facts.other));
  assert.equal(await groups(), before, "the figures of 2022 are what they were");
});
