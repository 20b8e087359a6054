// Every page of partners and staff, from the list of routes: readable on a wide and a narrow window, accessible, in two languages.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { dataPage, look, openBrowser, picture, words } from "./browser.mjs";
import { newKey, register } from "./clients.mjs";
import { startDemo } from "./demo.mjs";
import { Member } from "./portal.mjs";

const ROUTES = new URL("../docs/generated/routes.md", import.meta.url);
/** Answers that are no pages: downloads, redirects to the sign-in, what only the link of a mail opens, and the door of those who are not invited. */
const NO_PAGES = [
  "/robots.txt",
  "/sitemap.xml",
  "/evidence/{id}/file",
  "/sign-in",
  "/notices/less",
  "/sign-in/callback",
  "/apps/{handle}/{environment}/document.json",
  "/apps/{handle}/{environment}/formats/{format}",
  "/access-review.csv",
  "/calendar.ics",
  "/agreements/{number}/document.pdf",
  "/agreements/{number}/document.json",
  "/agreements/{number}/files/{id}",
  "/calendar/feeds/{token}",
  "/agreements/{number}/usage/lines.csv",
  "/agreements/{number}/usage/{month}/entries.csv",
];
const STEPS = ["settings", "protocol", "authentication", "issuer", "logo-and-keys", "redirects", "help-text", "contacts", "check"];
const SHOTS = ["sign-in", "sign-up", "consent", "error"];
const OTHER_LANGUAGES = ["es", "zh-Hans", "fr"];

describe("the pages of partners and staff", () => {
  const viewers = [];
  const narrow = new Set();
  let demo;
  let values;

  before(async () => {
    demo = await startDemo({ name: "pages" });
    values = await prepared(demo);
    for (const person of [demo.partner("partner_admin", "fisheries-digital"), demo.staff("administrator")]) {
      const browser = await openBrowser();
      watch(browser);
      viewers.push(new Member(demo, browser, person));
    }
    await Promise.all(viewers.map((viewer) => viewer.signIn()));
    viewers.forEach((viewer) => viewer.faults.splice(0));
  });
  after(async () => {
    await Promise.all(viewers.map((viewer) => viewer.browser.close()));
    await demo?.stop();
  });

  it("are good to read for a partner and for staff, at 1280 and 320 pixels", async (context) => {
    const addresses = listed().flatMap((route) => filled(route, values));
    const seen = await Promise.all(viewers.map((viewer) => visitAll(viewer, addresses)));
    const faults = seen.flatMap((one) => one.faults);
    const nobody = addresses.filter((address) => seen.every((one) => one.refused.has(address)));
    assert.deepEqual(faults, []);
    assert.deepEqual(nobody, [], "pages that neither a partner admin nor an administrator may see");
    context.diagnostic(`${addresses.length} addresses, ${new Set(seen.flatMap((one) => [...one.names])).size} pages`);
  });

  async function visitAll(viewer, addresses) {
    const result = { faults: [], refused: new Set(), names: new Set() };
    for (const [index, address] of addresses.entries()) {
      const answer = await visit(viewer, inLanguage(address, "en"), 1280);
      const name = await dataPage(viewer.page);
      const refused = name === "error" && !answer.ok();
      if (refused) result.refused.add(address);
      else result.names.add(name);
      const expected = refused || name === "portal-not-invited" ? answer.status() < 500 : answer.ok();
      if (!expected) viewer.faults.push(`${address}: ${answer.status()}\n${await words(viewer.page)}`);
      await judge(viewer, address);
      if (!refused) {
        await viewer.page.setViewportSize({ width: 320, height: 720 });
        // Accessibility is the same for every address of a page; its width is not.
        await (narrow.has(name) ? narrowed(viewer, `${address} at 320`) : judge(viewer, `${address} at 320`));
        narrow.add(name);
      }
      // Each address in one further language, by turns for each viewer; a new page turns them all.
      if (!refused && index % viewers.length === viewers.indexOf(viewer)) {
        const language = OTHER_LANGUAGES[(index + addresses.length) % OTHER_LANGUAGES.length];
        await visit(viewer, inLanguage(address, language), 320);
        await narrowed(viewer, `${address} in ${language}`);
      }
      for (const fault of viewer.faults.splice(0)) result.faults.push(`${viewer.person.role} ${address}: ${fault}`);
    }
    return result;
  }

  async function visit(viewer, address, width) {
    await viewer.page.setViewportSize({ width, height: 900 });
    return viewer.page.goto(demo.portal + address, { waitUntil: "load" });
  }

  /** What is wrong with the page as it is shown now. */
  async function judge(viewer, where) {
    const before = viewer.faults.length;
    viewer.faults.push(...(await look(viewer.page)));
    await narrowed(viewer, where);
    if (viewer.faults.length > before) await picture(viewer.page, `pages-${viewer.person.role}-${where.replace(/[^a-z0-9]+/gi, "-")}`);
  }

  /** One heading, a title, nothing wider than the window, every picture there. */
  async function narrowed({ page, faults }, where) {
    const facts = await page.evaluate(() => ({
      headings: document.querySelectorAll("h1").length,
      title: document.title.trim(),
      lost: [...document.images].filter((image) => !image.complete || image.naturalWidth === 0).map((image) => image.src),
      wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      raw: document.body.innerText.match(/\{ ?\$[a-z]+ ?\}|\b(?:undefined|NaN|None\))\b/)?.[0],
    }));
    if (facts.headings !== 1) faults.push(`${where}: ${facts.headings} main headings`);
    if (facts.title.length < 5) faults.push(`${where}: the title is "${facts.title}"`);
    if (facts.lost.length > 0) faults.push(`${where}: pictures that do not show: ${facts.lost.join(" ")}`);
    if (facts.wider > 0) faults.push(`${where}: wider than the window by ${facts.wider} px`);
    if (facts.raw) faults.push(`${where}: shows ${facts.raw}`);
  }
});

/** Every fault that the browser itself tells. */
function watch({ page, faults }) {
  page.on("console", (message) => {
    // The browser itself complains of an answer that is an error page; the status is judged elsewhere.
    if (message.type() === "error" && !message.text().includes("Failed to load resource")) faults.push(`console: ${message.text()}`);
  });
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText;
    // The browser drops what it still loads when the next address is opened; pictures of a page are judged by `narrowed`.
    if (why !== "net::ERR_ABORTED") faults.push(`not loaded: ${request.url()}: ${why}`);
  });
}

/** The addresses of the portal's pages, as its routes are documented. */
function listed() {
  const [, portal] = readFileSync(ROUTES, "utf8").split("\n## Portal");
  const routes = [...portal.matchAll(/^\| `GET ([^`]+)`/gm)].map(([, route]) => route);
  const pages = routes.filter((route) => !route.startsWith("/api/") && !NO_PAGES.includes(route));
  assert.ok(pages.length > 60, "the list of routes was not read");
  return pages;
}

/** The addresses that stand for a route in this demo. */
function filled(route, values) {
  const own = values[route];
  if (own) return own;
  assert.ok(!route.includes("{"), `this test does not know how to fill ${route}`);
  return [route];
}

function inLanguage(address, language) {
  return `${address}${address.includes("?") ? "&" : "?"}locale=${language}`;
}

/** Makes what the demo does not have at its start, and says what stands in each address. */
async function prepared(demo) {
  const partner = demo.partner("partner_admin", "fisheries-digital");
  const elsewhere = demo.partner("partner_admin", "harbour-office");
  const staff = demo.staff("administrator");
  const get = async (path, who = partner) => (await demo.api(who.api_token, "GET", path)).json;
  const post = async (path, body, who = partner) => (await demo.api(who.api_token, "POST", path, body, [200, 201, 202])).json;
  const document = await register(demo, { keys: [{ jwk: (await newKey()).jwk }] }, partner);
  const { items: apps } = await get("/apps");
  const live = apps.find((app) => app.environment === "production").handle;
  const draft = await post("/drafts", { team: partner.team, name: "Second try", entered: {} });
  const webhook = await post("/webhooks", { team: partner.team, url: "http://localhost:9/hook", events: ["*"], description: "Nobody listens" }).catch(() => null);
  if (webhook) await post(`/webhooks/${webhook.id}/test`);
  const deliveries = webhook ? (await get(`/webhooks/${webhook.id}/deliveries`)).items : [];
  const invitation = await post(`/teams/${elsewhere.team}/invitations`, { email: partner.email, sandbox: "partner_developer" }, elsewhere);
  const { items: agreements } = await get("/agreements");
  const billed = (await get("/usage")).items.slice(0, 1);
  const { items: launches } = await get("/launches");
  const { items: releases } = await get("/releases", staff);
  const { items: rules } = await get("/rules");
  const refused = await fetch(`${demo.issuer("sandbox")}/openid_connect/authorize?client_id=${encodeURIComponent(document.issuer)}&redirect_uri=http://localhost:9/other&response_type=code`);
  const ticket = await post("/tickets", { team: partner.team, category: "sign_in", app: document.handle, subject: "A sign-in fails", text: "Since this morning." });
  const interest = { name: "Robin Quill", title: "Lead", email: "robin.quill@harbours.gov", agency: "Bureau of Harbours", agency_kind: "federal", programme: "Mooring permits", estimated_users: "1000", estimated_auths: "5000", proofing: "auth_only" };
  const partnership = await post("/partnerships", interest, staff);
  await post(`/partnerships/${partnership.id}/steps`, { do: "judge", fit: true, reason: "It fits." }, staff);
  await post(`/partnerships/${partnership.id}/steps`, { do: "link", team: partner.team }, staff);
  const plan = { model: 3, start: "2027-01", months: 24, auths: 500000 };
  const estimate = await post(`/teams/${partner.team}/estimates`, { name: "First", plan });
  const { text } = await get("/site/tips/en", staff);
  await demo.api(staff.api_token, "PUT", "/site/tips/en", { text, over: 0, note: "As it was" }, [200]);
  const groups = [...new Map(rules.map((rule) => [rule.id.split("/")[0], rule.id])).entries()];
  await post(`/apps/${live}/production/evidence`, { document_id: "ATO-2025-0117", issued: "2025-01-01", expires: "2028-01-01", base64: btoa("%PDF-1.7\n%%EOF\n") });
  const app = (end, environments = ["sandbox"]) => environments.map((environment) => `/apps/${environment === "sandbox" ? document.handle : live}/${environment}${end}`);
  const both = ["sandbox", "production"];
  return {
    "/sign-in/not-invited": ["/sign-in/not-invited"],
    "/apps/{handle}/{environment}": app("", both),
    "/apps/{handle}/{environment}/keys": app("/keys", both),
    "/apps/{handle}/{environment}/test": app("/test", both),
    "/apps/{handle}/{environment}/versions": app("/versions"),
    "/apps/{handle}/{environment}/preview": app("/preview"),
    "/apps/{handle}/{environment}/preview/{page}": SHOTS.flatMap((shot) => app(`/preview/${shot}`)),
    "/drafts/{id}/preview": [`/drafts/${draft.id}/preview`],
    "/drafts/{id}/preview/{page}": [`/drafts/${draft.id}/preview/sign-in`],
    "/apps/{handle}/{environment}/compare": app("/compare?from=1&to=1"),
    "/apps/{handle}/{environment}/checklist": app("/checklist", both),
    "/agreements/new/{kind}": ["/agreements/new/gtc", "/agreements/new/order"],
    "/agreements/{number}/document": agreements.slice(0, 1).map((one) => `/agreements/${one.number}/document`),
    "/agreements/{number}/edit": agreements.slice(0, 1).map((one) => `/agreements/${one.number}/edit`),
    "/agreements/{number}": agreements.slice(0, 1).map((one) => `/agreements/${one.number}`),
    "/agreements/{number}/usage": billed.map((one) => `/agreements/${one.number}/usage`),
    "/agreements/{number}/usage/{month}": billed.map((one) => `/agreements/${one.number}/usage/${one.starts.slice(0, 7)}`),
    "/drafts/{id}/{step}": STEPS.map((step) => `/drafts/${draft.id}/${step}`),
    "/apps/{handle}/{environment}/new": [`/apps/${document.handle}/production/new`],
    "/apps/{handle}/{environment}/edit": app("/edit", both),
    "/apps/{handle}/{environment}/versions/{number}": app("/versions/1"),
    "/apps/{handle}/{environment}/launch": app("/launch", both),
    "/apps/{handle}/{environment}/evidence": app("/evidence", both),
    "/apps/{handle}/{environment}/suspension": app("/suspension", both),
    "/apps/{handle}/{environment}/rotation": app("/rotation", both),
    "/apps/{handle}/{environment}/retire": app("/retire", both),
    "/apps/{handle}/{environment}/final": app("/final", ["production"]),
    "/launches/{id}": launches.slice(0, 2).map((one) => `/launches/${one.id}`),
    "/releases/{id}": releases.slice(0, 1).map((one) => `/releases/${one.id}`),
    "/apps/{handle}/{environment}/formats": app("/formats"),
    "/help/errors/{area}/{code}": ["/help/errors/app/exists"],
    "/help/{guide}": ["sandbox", "oidc", "grants", "dpop", "encryption", "fapi", "production", "faq"].map((guide) => `/help/${guide}`),
    "/help/rules/{group}": groups.slice(0, 1).map(([group]) => `/help/rules/${group}`),
    "/help/rules/{group}/{rule}": groups.slice(0, 2).map(([, id]) => `/help/rules/${id}`),
    "/apps/{handle}/{environment}/findings": app("/findings", both),
    "/requests/{request_id}": [`/requests/${refused.headers.get("x-request-id")}`],
    "/apps/{handle}/{environment}/requests": app("/requests"),
    "/apps/{handle}/{environment}/test-kit": app("/test-kit"),
    "/webhooks/{id}": webhook ? [`/webhooks/${webhook.id}`] : [],
    "/webhooks/{id}/deliveries/{delivery}": deliveries.slice(0, 1).map((one) => `/webhooks/${webhook.id}/deliveries/${one.id}`),
    "/teams/{handle}": [`/teams/${partner.team}`],
    "/invitations/{id}": [`/invitations/${invitation.id}`],
    "/teams/{handle}/agency": [`/teams/${partner.team}/agency`],
    "/transfer/{handle}": [`/transfer/${document.handle}`],
    "/support/{id}": [`/support/${ticket.id}`],
    "/partnership/estimate": ["/partnership/estimate", "/partnership/estimate?users=1000&auths=500000&start=2027-01&months=36&model=2&shape=spring"],
    "/partnership/interest/sent": ["/partnership/interest/sent?reference=P-7K3Q9D2M"],
    "/partnership/{page}": ["steps", "agreement", "tips", "questions"].map((page) => `/partnership/${page}`),
    "/estimates/{id}": [`/estimates/${estimate.id}`],
    "/partnerships/{id}": [`/partnerships/${partnership.id}`],
    "/site/{page}/{language}": ["/site/tips/en", "/site/service/fr"],
    "/site/{page}/{language}/revisions/{number}": ["/site/tips/en/revisions/1"],
  };
}
