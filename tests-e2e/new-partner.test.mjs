// Somebody who knows neither Login.gov nor Durward: from an empty account to a checklist on which nothing is their turn, alone, without scripts.
import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { after, before, describe, it } from "node:test";
import * as oidc from "openid-client";
import { dataPage, fill, look, openBrowser, picture, press, standIn, submit, words } from "./browser.mjs";
import { newCertificate } from "./certificate.mjs";
import { authorization } from "./clients.mjs";
import { startDemo } from "./demo.mjs";
import { Member, PAGES, PATHS } from "./portal.mjs";
import { Robot, stranger } from "./robot.mjs";

const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64"><circle cx="32" cy="32" r="30" fill="#005ea2"/></svg>';
const CALLBACK = "http://localhost:3900/callback";
const CLIENT = "urn:gov:gsa:openidconnect.profiles:sp:sso:SURVEYS:SURVEY_MAPS";
const TEN_MINUTES = 600_000;

describe("a new partner", () => {
  const faults = [];
  const times = [];
  const known = {};
  let demo;
  let partner;
  let visitor;
  let broken = false;

  before(async () => {
    demo = await startDemo({ name: "new-partner" });
    const [one, two] = await Promise.all([openBrowser({ faults, scripts: false }), openBrowser({ faults, scripts: false, width: 320 })]);
    partner = new Member(demo, one, { ...stranger(), email: "nora.lake@surveys.example.gov" });
    visitor = two;
    await standIn(visitor, CALLBACK);
    known.certificate = await newCertificate("Survey Maps");
  });
  after(async () => {
    await Promise.all([partner?.browser, visitor].map((browser) => browser?.close()));
    await demo?.stop();
  });

  chapter("finds out before signing in what the portal is for, and that a work address is needed", async () => {
    await go("/");
    assert.match(await words(partner.page), /Your agency does not build sign-in/);
    await follow("#enter");
    assert.match(await words(partner.page), /for agencies that build apps/);
    await press(partner.page, partner.page.locator("main a", { hasText: "Back to Partner Portal" }));
    await partner.expect("help");
    await partner.page.locator('main a[href="/help/sandbox"]').waitFor();
  });

  chapter("makes an account and is welcomed with the next step", async () => {
    await go(PATHS.signIn);
    const robot = new Robot(partner.page, partner.person, { mail: (since) => demo.inbox("production", partner.person.email, since), faults });
    await robot.walk((url) => url.origin === demo.portal, { signUp: true });
    await partner.expect(PAGES.home);
    assert.match(await words(partner.page), /domain is approved/);
    await shot("welcome");
  });

  chapter("creates a team; what is missing is said beside its field", async () => {
    await follow("#new_team");
    await submit(partner.page);
    await complains("team_name");
    await fill(partner.page, { team_name: "Survey Maps", agency: await agency() });
    await submit(partner.page);
    await partner.expect("portal-team-page");
    await seen();
    await shot("team");
  });

  chapter("registers an app; each wrong value is explained at once and put right", async () => {
    await follow("#new_app");
    await wrong("settings", { app_name: "", friendly_name: "" }, ["app_name", "friendly_name"]);
    await right({ app_name: "Survey Maps", friendly_name: "Survey Maps Online", description: "Maps of surveys." });
    await right({ protocol: "oidc", token_endpoint_auth_method: "private_key_jwt" });
    await wrong("authentication", { level_of_service: "auth-only", default_aal: "aal1", attributes: ["email", "first_name"] }, ["attributes"]);
    await partner.page.locator('[name="attributes"][value="first_name"]').uncheck({ force: true });
    await right({});
    await wrong("issuer", { issuer: "survey maps" }, ["issuer"]);
    await right({ issuer: CLIENT });
    await wrong("logo-and-keys", { logo: file("bad.svg", LOGO.replace("<circle", '<circle onload="x()"')), keys: known.certificate.privatePem }, ["logo", "keys"]);
    assert.ok(!(await partner.page.content()).includes("BEGIN PRIVATE KEY"), "a private key is never shown again");
    await right({ logo: file("logo.svg", LOGO), keys_file: file("certificate.pem", known.certificate.pem) });
    await addresses();
    await right({ preset_sign_in: "first_time", help_sign_up_en: "Use your work e-mail address." });
    const contacts = ["technical", "program", "billing", "help_desk"].map((kind) => ({ [`contact_${kind}_name`]: "Nora Lake", [`contact_${kind}_email`]: partner.person.email }));
    await right(Object.assign({}, ...contacts));
    await partner.expect("portal-wizard-check");
    assert.equal(await partner.page.locator("#findings li").count(), 0, await words(partner.page));
    await shot("check");
  });

  chapter("sees the pages of the sign-in as people will see them", async () => {
    await follow("#preview");
    const narrow = partner.page.frameLocator("iframe").first();
    await narrow.locator("main", { hasText: "Survey Maps Online" }).waitFor();
    await press(partner.page, partner.page.locator('main a[href*="zh-Hans"]').first());
    await shot("preview");
    await partner.page.goto(known.check, { waitUntil: "load" });
  });

  chapter("saves, and the app is live in the sandbox at once", async () => {
    await submit(partner.page);
    await partner.expect(PAGES.app);
    assert.match(await words(partner.page), /Live in the sandbox after \d+ ms/);
    known.base = new URL(partner.page.url()).pathname;
    await shot("saved");
  });

  chapter("follows the next step to the test kit and makes a test person", async () => {
    await follow("#next_try");
    await shot("test");
    await follow("#open_test_kit");
    await press(partner.page, partner.page.locator("#make_person"));
    await seen();
    const card = partner.page.locator("[data-person]").first();
    const secret = (at) => card.locator("dd code").nth(at).innerText();
    known.person = { email: await card.locator("h4").innerText(), password: await secret(0), totp_secret: await secret(1) };
    assert.match(await card.locator('[data-field="code"]').innerText(), /^\d{6}$/);
    await shot("test-kit");
  });

  chapter("has a request refused, and finds it by the id that the page shows", async () => {
    await startSignIn("http://localhost:3900/callback/");
    assert.equal(await dataPage(visitor.page), "error");
    const id = await visitor.page.locator("#error_reference").innerText();
    await follow('nav a[href="/requests"]');
    await fill(partner.page, { id });
    await submit(partner.page);
    await partner.expect("portal-request");
    await seen();
    assert.match(await words(partner.page), /only by a slash at the end/);
    await shot("request");
  });

  chapter("makes the draft that repairs it with one press, sees what it changes, and saves it", async () => {
    await submit(partner.page);
    await partner.expect("portal-wizard-check");
    await seen();
    assert.match(await partner.page.locator(".dw-changes").first().innerText(), /callback\//);
    await submit(partner.page);
    await partner.expect(PAGES.app);
  });

  chapter("signs the test person in to the app with the registered certificate", async () => {
    const { config, checks } = await startSignIn("http://localhost:3900/callback/");
    await new Robot(visitor.page, known.person, { faults }).walk((url) => url.href.startsWith(CALLBACK));
    const tokens = await oidc.authorizationCodeGrant(config, new URL(visitor.page.url()), checks);
    const info = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
    assert.equal(info.email, known.person.email);
  });

  chapter("sees on the checklist that nothing is their turn any more, and whose turn the rest is", async () => {
    await go(known.base);
    await follow("#next_checklist");
    await partner.expect(PAGES.checklist);
    await shot("checklist");
    assert.match(await partner.page.locator("#summary").innerText(), /Everything that your team can do now is done/);
    assert.deepEqual(await rules('[data-turn="team"][data-state="open"]'), ["L05", "L07"], "these come with the configuration for production");
    assert.deepEqual(await rules('[data-turn="staff"][data-state="open"]'), ["L14"]);
    assert.deepEqual(await rules('[data-turn="agreement"][data-state="open"]'), ["L01", "L02", "L03", "L04"]);
    for (const rule of ["L06", "L09", "L10", "L15", "L18", "L20"]) assert.ok((await rules('[data-state="closed"]')).includes(rule), rule);
  });

  chapter("is led back from a page that is not allowed", async () => {
    await go(`${known.base.replace("sandbox", "production")}/new`);
    await partner.expect("error");
    await follow("#error_explained");
    await partner.page.goBack({ waitUntil: "load" });
    await follow("#back_home");
    await partner.expect(PAGES.home);
  });

  chapter("met no fault on the way, and the machine needed far less than ten minutes", async (context) => {
    assert.deepEqual([...new Set(faults)], []);
    for (const [name, spent] of times) context.diagnostic(`${(spent / 1000).toFixed(1)} s  ${name}`);
    const whole = times.reduce((sum, [, spent]) => sum + spent, 0);
    context.diagnostic(`${(whole / 1000).toFixed(1)} s  all steps`);
    assert.ok(whole < TEN_MINUTES);
  });

  /** One step; when one fails, the later ones are left out, for they stand on it. */
  function chapter(name, work) {
    it(name, async (context) => {
      if (broken) return context.skip("an earlier chapter failed");
      broken = true;
      const started = performance.now();
      await work(context);
      times.push([name, performance.now() - started]);
      broken = false;
    });
  }

  async function go(path) {
    await partner.page.goto(demo.portal + path, { waitUntil: "load" });
    await seen();
  }

  async function follow(selector) {
    await press(partner.page, partner.page.locator(selector).first());
    await seen();
  }

  async function seen() {
    faults.push(...(await look(partner.page)));
  }

  async function complains(...fields) {
    for (const field of fields) assert.ok((await partner.page.locator(`#${field}_error`).innerText()).length > 10, field);
    await partner.page.locator("main .usa-alert--error").waitFor();
    await seen();
  }

  /** Sends values that the wizard must refuse on the same page, each with a sentence beside its field. */
  async function wrong(step, values, fields) {
    await fill(partner.page, values);
    await submit(partner.page);
    await partner.expect(`portal-wizard-${step}`);
    await complains(...fields);
    await shot(`wrong-${step}`);
  }

  async function right(values) {
    const here = await dataPage(partner.page);
    await fill(partner.page, values);
    await submit(partner.page);
    await seen();
    assert.notEqual(await dataPage(partner.page), here, await words(partner.page));
    if ((await dataPage(partner.page)) === "portal-wizard-check") known.check = partner.page.url();
  }

  async function addresses() {
    const boxes = partner.page.locator('[name="redirect_uris"]');
    await boxes.first().fill("javascript:alert(1)");
    await press(partner.page, partner.page.locator("#redirect_uris_add"));
    await boxes.nth(1).fill("http://localhost:3901/callback#part");
    await submit(partner.page);
    await partner.expect("portal-wizard-redirects");
    assert.equal(await partner.page.locator(".dw-row .usa-error-message").count(), 2, await words(partner.page));
    await seen();
    await shot("wrong-redirects");
    await boxes.first().fill(CALLBACK);
    await boxes.nth(1).fill("http://localhost:3901/callback");
    await right({ post_logout_redirect_uris: "http://localhost:3900/signed-out" });
  }

  async function agency() {
    const options = await partner.page.locator('[name="agency"] option').evaluateAll((all) => all.map((one) => one.value));
    return options.find((value) => value !== "");
  }

  async function startSignIn(redirect) {
    const key = await crypto.subtle.importKey("pkcs8", createPrivateKey(known.certificate.privatePem).export({ format: "der", type: "pkcs8" }), { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
    const metadata = { token_endpoint_auth_method: "private_key_jwt", id_token_signed_response_alg: "RS256" };
    const config = await oidc.discovery(new URL(demo.issuer("sandbox")), CLIENT, metadata, oidc.PrivateKeyJwt(key), { execute: [oidc.allowInsecureRequests] });
    const { url, checks } = await authorization(config, { oidc: { redirect_uris: [redirect] } });
    await visitor.page.goto(url.href, { waitUntil: "load" });
    return { config, checks };
  }

  async function rules(selector) {
    return partner.page.locator(`.dw-rules > li${selector}`).evaluateAll((all) => all.map((one) => one.dataset.rule).sort());
  }

  async function shot(name) {
    await picture(partner.page, `new-partner-${name}`);
  }

  function file(name, text) {
    return { name, mimeType: name.endsWith(".svg") ? "image/svg+xml" : "application/x-pem-file", buffer: Buffer.from(text) };
  }
});
