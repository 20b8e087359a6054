// Chromium for the tests: wide and narrow windows, pictures, and a look at every page for faults of accessibility.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { OUTPUT } from "./demo.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** A browser of its own with an empty profile; `width` is 1280 or 320; `faults` collects what goes wrong in it; `scripts: false` runs no script of any page. */
export async function openBrowser({ width = 1280, locale = "en-US", faults = [], scripts = true } = {}) {
  const profile = mkdtempSync(path.join(os.tmpdir(), "durward-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: browserPath(),
    headless: true,
    args: FLAGS,
    locale,
    viewport: { width, height: width < 600 ? 720 : 900 },
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.on("pageerror", (error) => faults.push(`script error at ${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) faults.push(`refused by the content policy at ${page.url()}: ${message.text()}`);
  });
  if (!scripts) await forbidScripts(page);
  return {
    page,
    context,
    faults,
    width,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** Keeps a picture as test output. */
export async function picture(page, name) {
  mkdirSync(OUTPUT, { recursive: true });
  await page.screenshot({ path: path.join(OUTPUT, `${name}.png`), fullPage: true });
}

/** Looks at the page a person sees now; gives sentences about what is wrong with it. */
export async function look(page) {
  const where = await dataPage(page);
  const faults = [];
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (overflow > 0) faults.push(`${where}: wider than the window by ${overflow} px (${await widest(page)})`);
  if (!where) faults.push(`${page.url()}: <body> has no data-page`);
  const nameless = await page.evaluate(() =>
    [...document.querySelectorAll("main input:not([type=hidden]), main select, main textarea")].filter((control) => !control.name || !control.id).map((control) => control.outerHTML.slice(0, 120)),
  );
  faults.push(...nameless.map((html) => `${where}: a control without name or id: ${html}`));
  const result = await withScripts(page, async () => {
    await page.evaluate(AXE);
    return page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
  });
  faults.push(...result.violations.map((rule) => `${where}: ${rule.id}: ${rule.help} (${rule.nodes[0]?.target.join(" ")})`));
  return faults;
}

const scriptless = new WeakMap();

/** From now on no script of any page runs. */
async function forbidScripts(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setScriptExecutionDisabled", { value: true });
  scriptless.set(page, session);
}

/** The judge of accessibility is a script itself: it may run on the page that was loaded without any. */
async function withScripts(page, work) {
  const session = scriptless.get(page);
  await session?.send("Emulation.setScriptExecutionDisabled", { value: false });
  try {
    return await work();
  } finally {
    await session?.send("Emulation.setScriptExecutionDisabled", { value: true });
  }
}

/** What reaches furthest over the window's edge. */
async function widest(page) {
  return page.evaluate(() => {
    const over = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth && !one.closest(".dw-scroll"));
    return over.at(-1)?.outerHTML.slice(0, 160);
  });
}

/** The stable name of the page. */
export async function dataPage(page) {
  return page.locator("body").getAttribute("data-page");
}

/** Answers in place of an address that exists only in the story, also at the end of a redirect. */
export async function standIn(browser, url) {
  const session = await browser.context.newCDPSession(browser.page);
  await session.send("Fetch.enable", { patterns: [{ urlPattern: `${url}*` }] });
  const responseHeaders = [{ name: "Content-Type", value: "text/html" }];
  const body = Buffer.from('<!doctype html><body data-page="live-app">Back at the app').toString("base64");
  session.on("Fetch.requestPaused", ({ requestId }) => session.send("Fetch.fulfillRequest", { requestId, responseCode: 200, responseHeaders, body }));
}

/** Fills every named control of the page that the values name; a list means several boxes or several lines. */
export async function fill(page, values) {
  for (const [name, value] of Object.entries(values)) {
    const controls = page.locator(`[name="${name}"]:not([type=hidden])`);
    if ((await controls.count()) === 0 || value === null || value === undefined) continue;
    const kind = await controls.first().evaluate((control) => (control.tagName === "INPUT" ? control.type : control.tagName.toLowerCase()));
    if (kind === "radio") await page.locator(`[name="${name}"][value="${value}"]`).check({ force: true });
    else if (kind === "checkbox") for (const wanted of [value].flat()) await page.locator(wanted === true ? `[name="${name}"]` : `[name="${name}"][value="${wanted}"]`).first().check({ force: true });
    else if (kind === "select") await controls.first().selectOption([value].flat().map(String));
    else if (kind === "file") await controls.first().setInputFiles(value);
    else if (kind !== "submit") await controls.first().fill([value].flat().join("\n"));
  }
}

/** Presses the main button: the only submit without a name. */
export async function submit(page) {
  await press(page, page.locator('main [type="submit"]:not([name])'));
}

/** Presses something that leads to another page. */
export async function press(page, target) {
  const count = await target.count();
  if (count !== 1) throw new Error(`${page.url()} (${await dataPage(page)}): expected one button, found ${count}\n${await words(page)}`);
  await Promise.all([page.waitForNavigation({ waitUntil: "load", timeout: 20_000 }), target.click()]);
}

/** What the page says, for messages of failed tests. */
export async function words(page) {
  return (await page.locator("body").innerText()).slice(0, 1_500);
}

function browserPath() {
  const found = [process.env.DURWARD_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((file) => file && existsSync(file));
  if (!found) throw new Error("Chromium is missing: run `cargo xtask setup`.");
  return found;
}
