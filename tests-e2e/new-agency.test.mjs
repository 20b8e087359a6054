// An agency that nobody knows yet: from the interest form over the estimate and both signatures to a live app and its first invoice line.
// The agency's people use a narrow window without scripts, the programme's staff a wide one.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as oidc from "openid-client";
import { dataPage, fill, look, openBrowser, picture, press, standIn, submit, words } from "./browser.mjs";
import { authorization, discover, newKey } from "./clients.mjs";
import { eventually, startDemo } from "./demo.mjs";
import { Member, PAGES, PATHS } from "./portal.mjs";
import { Robot, stranger } from "./robot.mjs";

const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64"><circle cx="32" cy="32" r="30" fill="#005ea2"/></svg>';
const LIVE_URL = "https://permits.surveys.example.gov/callback";
const CLIENT = "urn:gov:gsa:openidconnect.profiles:sp:sso:SURVEYS:PERMITS";
const APP = "Survey Permits";

describe("a new agency", () => {
  const faults = [];
  const known = {};
  let demo;
  let partner;
  let manager;
  let counsel;
  let visitor;
  let broken = false;

  before(async () => {
    demo = await startDemo({ name: "new-agency" });
    const narrow = () => openBrowser({ faults, scripts: false, width: 320 });
    const [one, two, three, four] = await Promise.all([narrow(), openBrowser({ faults }), openBrowser({ faults }), narrow()]);
    partner = new Member(demo, one, { ...stranger(), email: "nora.lake@surveys.example.gov" });
    manager = new Member(demo, two, demo.staff("account_manager"));
    counsel = new Member(demo, three, demo.staff("administrator"));
    visitor = four;
    await standIn(visitor, LIVE_URL);
  });
  after(async () => {
    await Promise.all([partner?.browser, manager?.browser, counsel?.browser, visitor].map((browser) => browser?.close()));
    await demo?.stop();
  });

  chapter("reads what the service is, without an account, and leaves its interest", async () => {
    await partner.open("/partnership");
    await shot(partner, "service");
    await partner.open("/partnership/interest");
    await submit(partner.page);
    assert.ok((await partner.page.locator(".usa-error-message").count()) >= 4, await words(partner.page));
    await partner.complete({ name: "Nora Lake", title: "Chief surveyor", email: partner.person.email, agency: "Survey Agency", agency_kind: "federal", programme: APP, launch_date: "2027-03-01", estimated_users: "4000", estimated_auths: "90000", proofing: "auth_only" }, "partnership-interest-sent");
    assert.match(await words(partner.page), /P-[A-Z0-9]{8}/);
    await shot(partner, "interest-sent");
  });

  chapter("is called by an account manager, who finds a good fit and makes its team", async () => {
    await manager.signIn();
    await manager.open("/partnerships");
    await shot(manager, "pipeline");
    await press(manager.page, manager.page.locator("main a", { hasText: "Survey Agency" }));
    known.partnership = new URL(manager.page.url()).pathname;
    await pressNamed(manager, "assign_me");
    await pressNamed(manager, "call");
    await fill(manager.page, { fit_reason: "Sign-in only, federal, funded." });
    await pressNamed(manager, "fit_yes");
    await shot(manager, "fit");
    await fill(manager.page, { agency: "Survey Agency", letters: "SVY", team: "Survey Permits", email: partner.person.email });
    await pressNamed(manager, "convert");
    await shot(manager, "team-made");
  });

  chapter("makes its account, joins the team and sees its way to launch", async () => {
    await partner.page.goto(demo.portal + PATHS.signIn, { waitUntil: "load" });
    const robot = new Robot(partner.page, partner.person, { mail: (since) => demo.inbox("production", partner.person.email, since), faults });
    await robot.walk((url) => url.origin === demo.portal, { signUp: true });
    const invitation = partner.page.locator('main a[href*="/invitations/"]');
    if ((await invitation.count()) > 0) {
      await press(partner.page, invitation.first());
      await submit(partner.page);
    }
    await partner.open("/");
    assert.match(await words(partner.page), /Survey Permits/);
    await shot(partner, "home");
  });

  chapter("works out what it will cost, saves and accepts it", async () => {
    await partner.open("/partnership/estimate");
    await fill(partner.page, { users: "4000", auths: "90000", start: "2027-01", months: "12" });
    await submit(partner.page);
    await shot(partner, "estimate");
    await fill(partner.page, { name: "First year" });
    await pressNamed(partner, "save");
    await shot(partner, "estimate-saved");
    await submit(partner.page);
    await shot(partner, "estimate-accepted");
  });

  chapter("gets General Terms and an Order, which counsel and both sides sign", async () => {
    known.gtc = await draft("gtc", { agency: "SVY", partner: "Survey Agency", starts: "2026-11-01", ends: "2031-09-30", estimated: "500000", authority: "Shared Services Act, section 12", scope: "Sign-in for the agency's people.", requesting_name: "Survey Agency", servicing_name: "Sign-in Programme", officials: "partner; program; Nora Lake; Chief surveyor" });
    await bothSign(known.gtc, "gtc");
    known.order = await draft("order", { agency: "SVY", gtc: known.gtc.replace(/-\d+$/, ""), partner: "Survey Agency", starts: "2026-11-01", ends: "2027-10-31", estimated: "6000", apps: `${APP}; auth-only`, lines: "Sign-in for the listed app; month; 12; 500.00", tas: "070-2026-0400", betc: "DISB", alc: "70000001", need: "People of the state reach the survey permits with one account." });
    await bothSign(known.order, "order");
  });

  chapter("integrates in the sandbox: a sign-in, a cancelled one and a sign-out", async () => {
    const pem = await (await fetch(`${demo.sample}/key.pem`)).text();
    await partner.open(PATHS.newApp);
    await partner.complete(settings({ issuer: CLIENT, keys: pem, redirect_uris: `${demo.sample}/callback`, post_logout_redirect_uris: `${demo.sample}/signed-out` }), PAGES.app);
    known.handle = new URL(partner.page.url()).pathname.split("/").at(-2);
    known.person = stranger();
    await startAtSample();
    await robot("sandbox").walk((url) => url.pathname === "/sign_up/completed", { signUp: true });
    await pressNamed({ page: visitor.page }, "cancel");
    assert.equal(await dataPage(visitor.page), "sample-error", await words(visitor.page));
    await startAtSample();
    await robot("sandbox").walk((url) => url.origin === demo.sample);
    assert.equal(await dataPage(visitor.page), "sample-signed-in");
    await submit(visitor.page);
    await robot("sandbox").walk((url) => url.origin === demo.sample);
    assert.equal(await dataPage(visitor.page), "sample-signed-out");
  });

  chapter("sees on the checklist that only its production configuration is missing, and makes it", async () => {
    known.key = await newKey("ES256");
    await partner.open(PATHS.newProduction(known.handle));
    await partner.complete(settings({ issuer: CLIENT, keys: known.key.pem, redirect_uris: LIVE_URL, post_logout_redirect_uris: "https://permits.surveys.example.gov/signed-out" }), PAGES.app);
    await partner.open(PATHS.checklist(known.handle));
    assert.equal(await partner.page.locator(`[data-rule="L01"][data-state="closed"]`).count(), 1, "the checklist knows the agreement");
    await shot(partner, "checklist");
  });

  chapter("asks for the launch with the prefilled form, and learns its day", async () => {
    await partner.open(PATHS.newLaunch(known.handle));
    assert.equal(await partner.page.locator('[name="agreement"]').inputValue(), known.order, "the form knows the agreement");
    await partner.complete({ annual_registrations: 4000, annual_authentications: 90_000, monthly_active_users: 1500, seasonality: "Spring", audience: "Surveyors", application_url: "https://permits.surveys.example.gov/" }, PAGES.launch);
    known.launch = new URL(partner.page.url()).pathname.split("/").at(-1);
    assert.match(await words(partner.page), /30 November 2026/);
    await shot(partner, "launch");
  });

  chapter("is approved by a reviewer and live on its day", async () => {
    const reviewer = new Member(demo, await openBrowser({ faults }), demo.staff("reviewer"));
    try {
      await reviewer.signIn();
      await reviewer.open(PATHS.reviews);
      await shot(reviewer, "reviews");
      await reviewer.open(PATHS.launch(known.launch));
      await shot(reviewer, "review");
      await fill(reviewer.page, { reason: "Complete." });
      await pressNamed(reviewer, "approve");
    } finally {
      await reviewer.browser.close();
    }
    await demo.moveClock("2026-11-30");
    await partner.open(PATHS.launch(known.launch));
    await shot(partner, "live");
    await partner.open("/notices");
    assert.match(await words(partner.page), /live in Production/i);
    const mails = await demo.inbox("production", partner.person.email);
    assert.ok(mails.some((mail) => /live/i.test(mail.subject)), mails.map((mail) => mail.subject).join(" | "));
  });

  chapter("signs its first person in at production, and the Order's invoice counts exactly that", async () => {
    known.person = stranger();
    await visitor.context.clearCookies();
    const document = { issuer: CLIENT, oidc: { redirect_uris: [LIVE_URL], id_token_signed_response_alg: "RS256", token_endpoint_auth_method: "private_key_jwt" } };
    const config = await discover(demo.issuer("production"), document, known.key);
    const { url, checks } = await authorization(config, document);
    await visitor.page.goto(url.href, { waitUntil: "load" });
    await robot("production", true).walk((at) => at.href.startsWith(LIVE_URL), { signUp: true });
    const tokens = await oidc.authorizationCodeGrant(config, new URL(visitor.page.url()), checks);
    const info = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
    assert.equal(info.email, known.person.email);
    await demo.moveClock("2026-12-01");
    const row = partner.page.locator("table tr", { hasText: APP }).first();
    await eventually(async () => {
      await partner.open(`/agreements/${known.order}/usage`);
      return (await row.count()) > 0;
    }, "the ledger of the portal has the sign-in");
    await shot(partner, "usage");
    assert.match((await row.innerText()).replace(/\s+/g, " "), /Survey Permits 1 1 /);
    await manager.open(known.partnership);
    await shot(manager, "partnership-live");
  });

  chapter("met no fault on the way, and the audit chain verifies", async () => {
    assert.deepEqual([...new Set(faults)], []);
    const { status, stdout, stderr } = demo.command("audit", "verify", "--data", demo.data);
    assert.equal(status, 0, stdout + stderr);
  });

  /** The account manager writes a document and saves it. */
  async function draft(kind, values) {
    await manager.open(`/agreements/new/${kind}`);
    await manager.complete(values, "portal-agreement");
    await shot(manager, `${kind}-drafted`);
    return new URL(manager.page.url()).pathname.split("/").at(-1);
  }

  /** The way of one document: counsel, the partner's signature, the programme's. */
  async function bothSign(number, kind) {
    await step(manager, number, "start_drafting");
    await step(manager, number, "send_to_counsel");
    if (kind === "gtc") await counsel.signIn();
    await step(counsel, number, "clear_by_counsel");
    await partner.open(`/agreements/${number}/document`);
    await shot(partner, `${kind}-document`);
    await sign(partner, number, "Nora Lake", "Chief surveyor");
    await step(manager, number, "send_to_provider");
    await sign(counsel, number, "Imogen Hale", "Programme director");
    assert.match(await counsel.page.locator(".dw-head").innerText(), /In force/);
    await shot(counsel, `${kind}-executed`);
  }

  async function step(member, number, name) {
    await member.open(`/agreements/${number}`);
    const button = member.page.locator(`#step_${name}`);
    if (name === "start_drafting" && (await button.count()) === 0) return;
    await fill(member.page, { reason: "As agreed." });
    await press(member.page, button);
    await fine(member);
  }

  async function sign(member, number, name, title) {
    await member.open(`/agreements/${number}`);
    await fill(member.page, { signer_name: name, signer_title: title });
    await pressNamed(member, "sign");
  }

  async function pressNamed(member, name) {
    await press(member.page, member.page.locator(`main [type="submit"][name="${name}"]`));
    await fine(member);
  }

  /** The page says no refusal and has no fault. */
  async function fine(member) {
    faults.push(...(await look(member.page)));
    const complaints = await member.page.locator(".usa-error-message, .usa-alert--error").allInnerTexts();
    assert.deepEqual(complaints, [], `${await dataPage(member.page)} at ${member.page.url()}`);
  }

  async function startAtSample() {
    await visitor.page.goto(demo.sample, { waitUntil: "load" });
    await fill(visitor.page, { environment: "sandbox", client_id: CLIENT });
    await submit(visitor.page);
  }

  function robot(environment, byLink = false) {
    return new Robot(visitor.page, known.person, { mail: (since) => demo.inbox(environment, known.person.email, since), faults, byLink });
  }

  function settings(changes) {
    return {
      handle: known.handle ?? "survey-permits",
      app_name: APP,
      friendly_name: "Survey Permits Online",
      description: "Permits for surveys.",
      protocol: "oidc",
      level_of_service: "auth-only",
      default_aal: "aal1",
      attributes: ["email"],
      token_endpoint_auth_method: "private_key_jwt",
      logo: { name: "permits.svg", mimeType: "image/svg+xml", buffer: Buffer.from(LOGO) },
      ...changes,
    };
  }

  function shot(member, name) {
    return picture(member.page, `new-agency-${name}`);
  }

  /** One step; when one fails, the later ones are left out, for they stand on it. */
  function chapter(name, work) {
    it(name, async (context) => {
      if (broken) return context.skip("an earlier chapter failed");
      broken = true;
      await work();
      broken = false;
    });
  }
});
