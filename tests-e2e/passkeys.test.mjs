// Passkeys and security keys in Chromium, with authenticators in software: the whole way as people go it.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import * as oidc from "openid-client";
import { dataPage, fill, look, openBrowser, picture, press, standIn, submit, words } from "./browser.mjs";
import { authorization, discover, register } from "./clients.mjs";
import { startDemo } from "./demo.mjs";
import { stranger } from "./robot.mjs";
import { freshCode, secretIn } from "./totp.mjs";

const RESISTANT = "http://idmanagement.gov/ns/assurance/aal/2?phishing_resistant=true";
const PHONE = { transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true };
const TOUCHED = { transport: "usb", hasResidentKey: false, hasUserVerification: false };

describe("passkeys", () => {
  let demo;
  let door;
  let browser;
  let page;
  let keys;
  before(async () => {
    demo = await startDemo({ name: "passkeys" });
    door = demo.issuer("sandbox");
  });
  after(() => demo?.stop());
  beforeEach(async () => {
    browser = await openBrowser();
    ({ page } = browser);
    keys = await browser.context.newCDPSession(page);
    await keys.send("WebAuthn.enable");
  });
  afterEach(async () => {
    const { faults } = browser;
    await browser.close();
    assert.deepEqual(faults, []);
  });

  for (const width of [1280, 320]) {
    it(`makes an account with a passkey and signs in with nothing else, at ${width} pixels`, async () => {
      await page.setViewportSize({ width, height: 800 });
      const phone = await holds(PHONE);
      await signUp(stranger(), async () => {
        await seen(`webauthn-setup-${width}`);
        await page.fill("#name", "My phone");
        await submit(page);
      });
      assert.equal(await dataPage(page), "account", await words(page));
      assert.match(await words(page), /My phone/);
      await seen(`account-${width}`);
      await signOut();

      // The browser offers the passkey beside the address field, and the person takes it.
      await Promise.all([page.waitForURL(`${door}/account`), page.goto(`${door}/`)]);
      await signOut();

      // Or the person presses the button.
      await quiet(phone, true);
      await page.goto(`${door}/`);
      await seen(`sign-in-passkey-${width}`);
      await page.waitForSelector("#passkey:visible");
      await quiet(phone, false);
      await Promise.all([page.waitForURL(`${door}/account`), page.click("#passkey")]);
    });
  }

  it("takes a security key without a PIN after the password, and never alone", async () => {
    const person = stranger();
    await holds(TOUCHED);
    await signUp(person, () => press(page, page.locator("#roaming")));
    assert.equal(await dataPage(page), "account", await words(page));
    await signOut();
    await password(person);
    assert.equal(await dataPage(page), "webauthn");
    await seen("webauthn");
    await submit(page);
    assert.equal(await dataPage(page), "account", await words(page));
  });

  it("gives an app that asks for it a sign-in that resists phishing, and says so", async () => {
    const document = await register(demo, { oidc: { token_endpoint_auth_method: "none", redirect_uris: ["http://localhost:21498/callback"] } });
    const config = await discover(door, document, null);
    const person = stranger();
    const phone = await holds(PHONE);
    await signUp(person, () => submit(page));
    await signOut();
    await quiet(phone, true);

    const { url, checks } = await authorization(config, document, { acr_values: `${RESISTANT} http://idmanagement.gov/ns/assurance/ial/1` });
    await standIn(browser, document.oidc.redirect_uris[0]);
    await page.goto(url.href);
    assert.equal(await dataPage(page), "sign-in");
    await fill(page, { email: person.email });
    await submit(page);
    await fill(page, { password: person.password });
    await submit(page);
    assert.equal(await dataPage(page), "webauthn", await words(page));
    await quiet(phone, false);
    await submit(page);
    if ((await dataPage(page)) === "consent") await submit(page);
    const tokens = await oidc.authorizationCodeGrant(config, new URL(page.url()), checks);
    const claims = tokens.claims();
    assert.equal(claims.aal ?? claims.acr, RESISTANT, JSON.stringify(claims));
    assert.ok(claims.amr.includes("mfa") && claims.amr.includes("pop"), JSON.stringify(claims.amr));
  });

  it("refuses a key whose counter went backwards", async () => {
    const person = stranger();
    const phone = await holds(PHONE);
    await signUp(person, () => submit(page));
    await signOut();
    const [credential] = (await keys.send("WebAuthn.getCredentials", { authenticatorId: phone })).credentials;
    await keys.send("WebAuthn.removeCredential", { authenticatorId: phone, credentialId: credential.credentialId });
    await keys.send("WebAuthn.addCredential", { authenticatorId: phone, credential: { ...credential, signCount: 0 } });
    // The browser would offer the key again on the page that refuses it.
    const once = page.waitForRequest(`${door}/sign_in/passkey`).then(() => quiet(phone, true));
    await Promise.all([page.waitForSelector("#error_summary"), once, page.goto(`${door}/`)]);
    assert.match(await words(page), /may have been copied/);
    await seen("passkey-copied");
    assert.equal(await signedIn(), false);
  });

  it("refuses an answer that was made for another origin", async () => {
    const phone = await holds(PHONE);
    await signUp(stranger(), () => submit(page));
    await signOut();
    await quiet(phone, true);
    // The page asks by itself when it is shown; what is asked next takes that question's place.
    await Promise.all([page.waitForResponse((answer) => answer.request().method() === "POST"), page.goto(`${door}/`)]);
    const options = await page.evaluate(async () => {
      const form = document.querySelector("form[data-passkey]");
      const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
      return (await fetch(form.dataset.from, { method: "POST", body })).json();
    });
    const elsewhere = createServer((_, answer) => answer.setHeader("content-type", "text/html").end("<!doctype html><title>A copy</title>"));
    await new Promise((ready) => elsewhere.listen(0, ready));
    const other = await browser.context.newPage();
    const there = await browser.context.newCDPSession(other);
    await there.send("WebAuthn.enable");
    const { authenticatorId } = await there.send("WebAuthn.addVirtualAuthenticator", { options: { ...BASE, ...PHONE } });
    const { credentials } = await keys.send("WebAuthn.getCredentials", { authenticatorId: phone });
    await there.send("WebAuthn.addCredential", { authenticatorId, credential: credentials[0] });
    await other.goto(`http://localhost:${elsewhere.address().port}/`);
    const stolen = await other.evaluate(async (asked) => {
      const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
      const credential = await navigator.credentials.get({ publicKey: { ...asked, challenge: bytes(asked.challenge) } });
      return JSON.stringify(credential.toJSON());
    }, options);
    await Promise.all([
      page.waitForNavigation(),
      page.evaluate((answer) => {
        const form = document.querySelector("form[data-passkey]");
        form.elements.credential.value = answer;
        HTMLFormElement.prototype.submit.call(form);
      }, stolen),
    ]);
    elsewhere.close();
    assert.match(await words(page), /made for another site/);
    assert.equal(await signedIn(), false);
  });

  /** An authenticator in this browser. */
  async function holds(options) {
    return (await keys.send("WebAuthn.addVirtualAuthenticator", { options: { ...BASE, ...options } })).authenticatorId;
  }

  /** Whether the person leaves the authenticator alone. */
  async function quiet(authenticatorId, is) {
    await keys.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled: !is });
  }

  /** A new account with an authenticator app, and a first key beside it. */
  async function signUp(person, addKey) {
    await page.goto(`${door}/sign_up/enter_email`);
    await fill(page, { email: person.email });
    await submit(page);
    const [mail] = await demo.inbox("sandbox", person.email);
    await fill(page, { code: mail.codes[0] });
    await submit(page);
    await fill(page, { password: person.password });
    await submit(page);
    await fill(page, { factor: "totp" });
    await submit(page);
    const secret = secretIn(await words(page));
    await fill(page, { code: await freshCode(secret) });
    await submit(page);
    await page.goto(`${door}/webauthn_setup`);
    assert.equal(await dataPage(page), "webauthn-setup", await words(page));
    await addKey();
  }

  async function password(person) {
    await page.goto(`${door}/`);
    await fill(page, { email: person.email });
    await submit(page);
    await fill(page, { password: person.password });
    await submit(page);
  }

  async function signOut() {
    await press(page, page.locator("#sign_out"));
  }

  async function signedIn() {
    await page.goto(`${door}/account`);
    return (await dataPage(page)) === "account";
  }

  /** Looks at the page, and keeps a picture of it. */
  async function seen(name) {
    browser.faults.push(...(await look(page)));
    await picture(page, `passkeys-${name}`);
  }
});

const BASE = { protocol: "ctap2", ctap2Version: "ctap2_1", automaticPresenceSimulation: true };
