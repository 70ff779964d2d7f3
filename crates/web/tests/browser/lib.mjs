// What all browser tests share: a real Chromium, pages watched for everything a page of ours must not do.
//
// The Rust side (tests/it/browser.rs) founds a small demo city, starts the server, makes the accounts and runs
// `node --test` with QY_STAGE (JSON: base, people {name: {cookie, value}}, pictures, facts).

import { createRequire } from "node:module";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import assert from "node:assert/strict";

const modules = process.env.QINGYUAN_NODE_MODULES ?? join(import.meta.dirname, "node_modules");
const require = createRequire(join(modules, "from-here.cjs"));
const { chromium } = require("playwright-core");
const { PNG } = require("pngjs");
const { default: pixelmatch } = await import(pathToFileURL(require.resolve("pixelmatch")));
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const stage = JSON.parse(process.env.QY_STAGE ?? "{}");
export const { base, facts = {} } = stage;
const pictures = stage.pictures ?? "/tmp/pictures";
mkdirSync(pictures, { recursive: true });

let browser;
/** The one browser of a test file; `after(close)` closes it. */
export async function open() {
  browser ??= await chromium.launch({
    executablePath: process.env.QINGYUAN_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none", "--disable-gpu"],
  });
  return browser;
}
export async function close() {
  await browser?.close();
  browser = undefined;
}

/** How a page is looked at. */
export const looks = {
  light: { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  phone: { colorScheme: "light", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
};

/**
 * A browser context of a person, with the list of everything that went wrong in it: console errors, failed requests,
 * requests to another host, violations of the policy, answers of 500.
 */
export async function visitor(person, look = "light", options = {}) {
  const context = await (await open()).newContext({ ...looks[look], reducedMotion: "reduce", locale: "en", serviceWorkers: "block", ...options });
  const session = stage.people?.[person];
  if (session) await context.addCookies([{ name: session.cookie, value: session.value, url: base }]);
  if (options.language) await context.addCookies([{ name: "qingyuan-language", value: options.language, url: base }]);
  const faults = [];
  // Runs before every document: layout shifts and violations of the policy are kept for `settled`.
  await context.addInitScript(() => {
    globalThis.watched = { shift: 0, shifts: [], violations: [] };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.hadRecentInput) continue;
        globalThis.watched.shift += entry.value;
        for (const source of entry.sources ?? []) globalThis.watched.shifts.push(source.node?.outerHTML?.slice(0, 120) ?? "?");
      }
    }).observe({ type: "layout-shift", buffered: true });
    addEventListener("securitypolicyviolation", (event) => {
      globalThis.watched.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ""}:${event.lineNumber}`);
    });
  });
  const page = await context.newPage();
  page.setDefaultTimeout(Number(process.env.QY_TIMEOUT ?? 15000));
  page.on("console", (message) => {
    if (message.type() === "error" && !expected(page, message)) faults.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(base) && !url.startsWith("data:") && !url.startsWith("blob:")) faults.push(`another host: ${url}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) faults.push(`${response.status()}: ${response.url()}`);
  });
  return { context, page, faults, close: () => context.close() };
}

/** A page that is meant to be answered with an error logs exactly that; nothing else is expected. */
function expected(page, message) {
  return page.expectedStatus && message.text().includes(`status of ${page.expectedStatus}`);
}

/** Opens a path and waits until nothing moves; returns the answer's status and how much was transferred. */
export async function visit(page, path, { status = 200 } = {}) {
  page.expectedStatus = status >= 400 ? status : undefined;
  const answer = await page.goto(base + path, { waitUntil: "load" });
  assert.equal(answer.status(), status, path);
  await page.evaluate(() => document.fonts?.ready);
  await page.waitForTimeout(150);
  return answer;
}

/** What a map needs on top of its page: the renderer, its styles and the tiles. */
const ofMaps = /maplibre|\/assets\/map\.|\/tiles\//;

/** How much a first visit transfers but for the map: every response's body as it came over the wire. */
export async function weighed(person, path) {
  const one = await visitor(person);
  let bytes = 0;
  one.page.on("requestfinished", async (request) => {
    if (ofMaps.test(request.url())) return;
    const sizes = await request.sizes().catch(() => undefined);
    if (sizes) bytes += sizes.responseBodySize + sizes.responseHeadersSize;
  });
  await visit(one.page, path);
  await one.page.waitForTimeout(100);
  await one.close();
  return bytes;
}

/** What must hold on every page: nothing wider than the window, nothing that jumps, nothing that the policy refuses. */
export async function settled(page, path, faults, { shift = 0.01 } = {}) {
  const seen = await page.evaluate(() => ({
    ...globalThis.watched,
    over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    title: document.title,
    heads: document.querySelectorAll("main > .heading h1").length,
    main: document.querySelectorAll("main").length,
    lang: document.documentElement.lang,
    styled: document.querySelectorAll("[style]:not(.maplibregl-map *):not(.maplibregl-map)").length,
  }));
  assert.deepEqual(seen.violations, [], `${path}: the policy was violated`);
  assert.ok(seen.over <= 0, `${path}: ${seen.over} px wider than the window`);
  assert.ok(seen.shift <= shift, `${path}: the layout moved by ${seen.shift}: ${seen.shifts.join(" | ")}`);
  assert.equal(seen.heads, 1, `${path}: one h1`);
  assert.equal(seen.main, 1, `${path}: one main`);
  assert.ok(seen.lang, `${path}: a language`);
  assert.equal(seen.styled, 0, `${path}: no style attribute`);
  assert.deepEqual(faults.splice(0), [], path);
}

/** Nothing serious or critical for people who do not see, hear or point like others. */
export async function accessible(page, path) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"] }),
  );
  const bad = found.violations
    .filter((one) => one.impact === "serious" || one.impact === "critical")
    .map((one) => `${one.impact} ${one.id}: ${one.nodes.slice(0, 4).map((node) => `${node.html.slice(0, 160)} [${node.any.map((any) => any.message).join("; ").slice(0, 160)}]`).join("\n    ")}`);
  assert.deepEqual(bad, [], `${path}: axe`);
}

/** A picture for people, kept beside the build; the name says page and look. */
export async function picture(page, name, options = {}) {
  const path = join(pictures, `${name.replaceAll(/[^\p{L}\p{N}.-]+/gu, "_")}.png`);
  await page.evaluate(() => scrollTo(0, 0));
  const bytes = await page.screenshot({ fullPage: true, animations: "disabled", caret: "hide", ...options });
  writeFileSync(path, bytes);
  return bytes;
}

/** The share of pixels that may differ between two renders: antialiasing, not words. */
const MAY_DIFFER = 0.001;

/** Waits until what a page draws late is drawn: its maps, its pictures, its scripts. */
async function still(page) {
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await page.waitForFunction(() => {
    const maps = [...document.querySelectorAll("[data-map]")].filter((one) => !one.querySelector(".map-trouble"));
    const images = [...document.images];
    // A place that changed its size a moment ago still shows the map as it was drawn for the size before.
    const fits = (map) => ["clientWidth", "clientHeight"].every((side) => map.getCanvas()[side] === map.getContainer()[side]);
    return maps.every((one) => one.map?.loaded() && !one.map.isMoving() && one.dataset.idle && fits(one.map)) && images.every((one) => one.complete);
  });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** Two renders of the same page, each after a fresh visit, are the same picture; where they are not, a third shows where. */
export async function steady(page, path, name, { status = 200 } = {}) {
  const render = async () => {
    await visit(page, path, { status });
    await still(page);
    return PNG.sync.read(await picture(page, name));
  };
  const [one, other] = [await render(), await render()];
  assert.deepEqual([other.width, other.height], [one.width, one.height], `${path}: two renders differ in size (${name})`);
  const difference = new PNG({ width: one.width, height: one.height });
  const pixels = pixelmatch(one.data, other.data, difference.data, one.width, one.height, { threshold: 0.1 });
  const share = pixels / (one.width * one.height);
  if (share > MAY_DIFFER) writeFileSync(join(pictures, `${name}-differs.png`), PNG.sync.write(difference));
  assert.ok(share <= MAY_DIFFER, `${path}: ${(100 * share).toFixed(2)} % of the pixels differ between two renders, see ${name}-differs.png`);
  if (process.env.QY_PIXELS) console.log(`${name}: ${pixels} pixels differ${one.data.equals(other.data) ? "" : ", not to the bit"}`);
}
