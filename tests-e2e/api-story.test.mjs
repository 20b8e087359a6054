// The launch story by API alone: from a document to live and rolled back, by programs that know nothing but the contracts.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import * as oidc from "openid-client";
import { appDocument, authorization, discover, newKey, redirectOf } from "./clients.mjs";
import { eventually, startDemo } from "./demo.mjs";
import { Visitor } from "./visitor.mjs";

const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64"><circle cx="32" cy="32" r="30" fill="#005ea2"/></svg>';
const LIVE = "https://catch.example.gov";
const CONTACTS = ["technical", "program", "billing", "help_desk"].map((kind) => ({ kind, name: "Rowan Field", email: "rowan.field@example.gov", phone: "+1 202 555 0100" }));

describe("the launch story by API alone", () => {
  const story = {};
  let demo;
  let broken = false;

  before(async () => {
    demo = await startDemo({ at: "2026-11-10", name: "api-story" });
  });
  after(() => demo?.stop());

  step("the document is judged and planned before anything is saved", async () => {
    story.key = await newKey("ES256");
    story.document = appDocument(demo.partner("partner_admin").team, {
      app_name: "Eel Passes",
      friendly_name: "Eel Passes Online",
      keys: [{ jwk: story.key.jwk }],
      contacts: CONTACTS,
      logo: { media_type: "image/svg+xml", base64: Buffer.from(LOGO).toString("base64") },
    });
    const broken = structuredClone(story.document);
    broken.oidc.redirect_uris = ["javascript:alert(1)"];
    const { findings } = (await partner("POST", "/lint", broken)).json;
    assert.ok(findings.some((one) => one.severity === "error" && one.path === "/oidc/redirect_uris/0"), JSON.stringify(findings));
    assert.deepEqual((await partner("POST", "/lint", story.document)).json.findings.filter((one) => one.severity === "error"), []);
    await partner("POST", "/plan", story.document);
  });

  step("the app is live in the sandbox when the call answers, and is tried there", async () => {
    await partner("POST", "/apps", story.document, [201]);
    const config = await discover(demo.issuer("sandbox"), story.document, story.key);
    const person = (await demo.testApi("POST", "/people", {})).json;
    const session = async (consent) => (await demo.testApi("POST", "/sessions", { email: person.email, aal: "aal2", consent })).json.cookie;
    const first = await authorization(config, story.document);
    const cookie = await session([story.document.issuer]);
    const tokens = await oidc.authorizationCodeGrant(config, await redirectOf(first.url, cookie), first.checks);
    const end = oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: story.document.oidc.post_logout_redirect_uris[0], client_id: story.document.issuer, id_token_hint: tokens.id_token, state: oidc.randomState() });
    const leaving = new Visitor(person);
    leaving.keep(cookie);
    assert.equal((await leaving.walk(end)).href.split("?")[0], story.document.oidc.post_logout_redirect_uris[0]);
    const other = (await demo.testApi("POST", "/people", {})).json;
    const visitor = new Visitor(other);
    visitor.keep((await demo.testApi("POST", "/sessions", { email: other.email, aal: "aal2" })).json.cookie);
    const second = await authorization(config, story.document);
    assert.equal((await visitor.walk(second.url, { cancel: true })).searchParams.get("error"), "access_denied");
  });

  step("an Order is written, cleared by counsel and signed by both sides", async () => {
    const gtc = (await partner("GET", "/gtcs")).json.items.find((one) => one.standing === "active");
    const manager = demo.staff("account_manager");
    const order = (await as(manager, "POST", "/agreements", {
      gtc: gtc.gtc,
      agency: gtc.agency,
      partner: gtc.partner,
      starts: "2026-10-01",
      ends: "2027-09-30",
      apps: [{ name: story.document.app_name, level: "auth-only" }],
      terms: terms(),
    }, [201])).json;
    story.agreement = order.number;
    assert.match(story.agreement, /^[A-Z0-9]+-\d{4}-0000$/);
    const move = (who, name) => as(who, "POST", `/agreements/${story.agreement}/steps`, { step: name });
    const sign = (who, side) => as(who, "POST", `/agreements/${story.agreement}/signatures`, { side, name: who.name, title: "Director" });
    await move(manager, "start_drafting");
    await move(manager, "send_to_counsel");
    await as(manager, "POST", `/agreements/${story.agreement}/steps`, { step: "clear_by_counsel" }, [403]);
    await move(demo.staff("reviewer"), "clear_by_counsel");
    await sign(demo.partner("partner_admin"), "partner");
    await move(manager, "send_to_provider");
    await sign(demo.staff("administrator"), "provider");
    assert.equal((await partner("GET", `/agreements/${story.agreement}`)).json.state, "executed");
  });

  step("a production configuration of its own is saved, and nothing of it is live", async () => {
    story.liveKey = await newKey("ES256");
    story.live = { ...structuredClone(story.document), environment: "production", keys: [{ jwk: story.liveKey.jwk }] };
    Object.assign(story.live.oidc, { redirect_uris: [`${LIVE}/callback`], post_logout_redirect_uris: [`${LIVE}/signed-out`] });
    await partner("POST", "/apps", story.live, [201]);
    await refusedAtProduction();
  });

  step("a launch with open items is a draft that says how each is closed, and is not taken", async () => {
    const wanted = { app: story.live.handle, environment: "production", agreement: story.agreement, desired_date: "2026-11-24" };
    const draft = (await partner("POST", "/launches", wanted, [201])).json;
    story.launch = draft.id;
    assert.equal(draft.state, "draft");
    const open = draft.open_items.map((item) => item.rule);
    assert.ok(["L08", "L16", "L19"].every((rule) => open.includes(rule)), open.join(" "));
    await until("the sandbox's own record of the trial closes L18", async () => !(await launch()).open_items.some((item) => item.rule === "L18"));
    assert.ok(draft.open_items.every((item) => item.how_to_close.length > 10 && item.link.startsWith("/")));
    const refused = await partner("POST", `/launches/${story.launch}/submit`, {}, [409, 422]);
    assert.match(refused.headers.get("content-type"), /problem\+json/);
  });

  step("evidence is kept with its file, and no other kind of file is", async () => {
    const place = `/apps/${story.live.handle}/production/evidence`;
    const ato = { document_id: "ATO-2026-118", issued: "2026-01-15", expires: "2029-01-14" };
    await partner("POST", place, { ...ato, base64: Buffer.from("<html>").toString("base64") }, [422]);
    const kept = (await partner("POST", place, { ...ato, base64: Buffer.from("%PDF-1.7\n%%EOF\n").toString("base64") }, [201])).json;
    assert.equal((await partner("GET", place)).json.items[0].id, kept.id);
    await as(demo.partner("partner_admin", "health-records"), "GET", `/evidence/${kept.id}/file`, undefined, [404]);
    assert.match((await as(demo.staff("reviewer"), "GET", `/evidence/${kept.id}/file`)).headers.get("content-type"), /pdf/);
  });

  step("completed, it is submitted: Monday 30 November, explained line by line", async () => {
    await partner("PUT", `/launches/${story.launch}`, {
      app: story.live.handle,
      environment: "production",
      agreement: story.agreement,
      desired_date: "2026-11-24",
      public_date: "2026-12-07",
      audience: "Anglers",
      application_url: `${LIVE}/`,
      estimates: { annual_registrations: 4_000, annual_authentications: 30_000, monthly_active_users: 900, seasonality: "Spring" },
      contacts: CONTACTS,
      attestations: { L19: "Rowan Field" },
    });
    const sent = (await partner("POST", `/launches/${story.launch}/submit`, { note: "Ready." })).json;
    assert.deepEqual(sent.open_items, []);
    assert.equal(sent.state, "submitted");
    assert.equal(sent.window, "2026-11-30");
    assert.match(JSON.stringify(sent.explanation), /Thanksgiving/);
  });

  step("reviewers are told, and find it in their queue and on their day", async () => {
    const notices = (await as(demo.staff("reviewer"), "GET", "/notices")).json.items;
    assert.ok(notices.some((one) => one.kind === "review-waits" && one.url.endsWith(story.launch)), JSON.stringify(notices.slice(0, 3)));
    const needs = (await as(demo.staff("reviewer"), "GET", "/today")).json.needs;
    assert.ok(needs.some((one) => one.kind === "review"), JSON.stringify(needs));
    const queue = (await as(demo.staff("reviewer"), "GET", "/launches?state=submitted")).json.items;
    assert.ok(queue.some((one) => one.id === story.launch));
  });

  step("the author cannot approve; a reviewer asks, the team answers, a reviewer approves what was seen", async () => {
    const reviewer = demo.staff("reviewer");
    assert.equal((await partner("POST", `/launches/${story.launch}/approve`, {}, [403])).json.code, "permission/role");
    await as(reviewer, "POST", `/launches/${story.launch}/comments`, { path: "/friendly_name", text: "Is this its name on the site?" }, [201]);
    assert.equal((await as(reviewer, "POST", `/launches/${story.launch}/request-changes`, { reason: "See the comment." })).json.state, "changes_requested");
    story.live.friendly_name = "Eel Passes";
    await put(story.live);
    const { document_sha256: seen } = (await partner("POST", `/launches/${story.launch}/submit`, {})).json;
    await as(reviewer, "POST", `/launches/${story.launch}/approve`, { document_sha256: "0".repeat(64) }, [409]);
    const approved = (await as(reviewer, "POST", `/launches/${story.launch}/approve`, { document_sha256: seen, note: "Complete." })).json;
    assert.equal(approved.state, "scheduled");
  });

  step("the window comes, the server deploys, and a person signs in at production", async () => {
    await demo.moveClock("2026-11-27");
    assert.equal((await launch()).state, "scheduled");
    await demo.moveClock("2026-11-30");
    assert.equal((await launch()).state, "deployed");
    await signsIn(story.live, story.liveKey);
    assert.equal((await partner("POST", `/launches/${story.launch}/verify`, { note: "Seen to work." })).json.state, "verified");
  });

  step("a second key goes live as a change, and signs a person in", async () => {
    story.second = await newKey("ES256");
    story.live.keys.push({ jwk: story.second.jwk });
    await put(story.live);
    const change = (await partner("POST", "/changes", { app: story.live.handle, environment: "production", agreement: story.agreement }, [201])).json;
    story.change = change.id;
    const sent = (await partner("POST", `/changes/${change.id}/submit`, {})).json;
    assert.equal(sent.state, "submitted");
    assert.equal((await as(demo.staff("reviewer"), "POST", `/changes/${change.id}/approve`, {})).json.state, "scheduled");
    await demo.moveClock(sent.window);
    assert.equal((await partner("GET", `/changes/${change.id}`)).json.state, "deployed");
    await signsIn(story.live, story.second);
  });

  step("the change is rolled back: the second key is refused and the first still serves", async () => {
    const deployer = demo.staff("deployer");
    const back = (await as(deployer, "POST", `/changes/${story.change}/rollback`, { reason: "The story says so." })).json;
    assert.equal(back.state, "rolled_back");
    await assert.rejects(signsIn(story.live, story.second));
    await signsIn(story.live, story.liveKey);
  });

  step("the launch is rolled back: a release of its own, and production knows the app no more", async () => {
    const deployer = demo.staff("deployer");
    const before = await newestRelease();
    await as(deployer, "POST", `/launches/${story.launch}/rollback`, { reason: "The story says so." });
    assert.equal((await launch()).state, "rolled_back");
    assert.ok((await newestRelease()) > before);
    await refusedAtProduction();
  });

  step("each step was told to the requester and stands in the timeline with its actor", async () => {
    const { timeline } = await launch();
    const words = timeline.map((line) => line.event ?? line.step ?? line.state);
    for (const wanted of ["submit", "request_changes", "approve", "deploy", "verify", "roll_back"]) assert.ok(words.some((word) => word.includes(wanted)), `${wanted} in ${words.join(" ")}`);
    const kinds = (await partner("GET", "/notices?limit=100")).json.items.filter((one) => one.url.includes("/launches/")).map((one) => one.kind);
    for (const wanted of ["request-submitted", "request-changes", "request-scheduled", "request-deployed", "request-rolled-back"]) assert.ok(kinds.includes(wanted), `${wanted} in ${kinds.join(" ")}`);
    const told = async () => (await demo.inbox("production", demo.partner("partner_admin").email)).some((one) => one.text.includes(story.launch));
    await eventually(told, "the requester has mail of the request");
  });

  step("the audit chain verifies while the service runs", () => {
    const { status, stdout, stderr } = demo.command("audit", "verify", "--data", demo.data);
    assert.equal(status, 0, stdout + stderr);
  });

  /** One step; when one fails, the later ones are left out, for they stand on it. */
  function step(name, work) {
    it(name, async (context) => {
      if (broken) return context.skip("an earlier step failed");
      broken = true;
      await work();
      broken = false;
    });
  }

  function as(person, method, path, body, expected) {
    return demo.api(person.api_token, method, path, body, expected);
  }

  function partner(method, path, body, expected) {
    return as(demo.partner("partner_admin"), method, path, body, expected);
  }

  async function put(document) {
    const path = `/apps/${document.handle}/${document.environment}`;
    const { headers } = await partner("GET", path);
    const answer = await fetch(`${demo.portal}/api/v1${path}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${demo.partner("partner_admin").api_token}`, "content-type": "application/json", "if-match": headers.get("etag") },
      body: JSON.stringify(document),
    });
    assert.equal(answer.status, 200, await answer.text());
  }

  /** What environments tell comes to the portal in a moment. */
  async function until(what, holds) {
    for (let attempt = 0; attempt < 40; attempt += 1) {
      if (await holds()) return;
      await sleep(250);
    }
    throw new Error(`never came true: ${what}`);
  }

  async function launch() {
    return (await partner("GET", `/launches/${story.launch}`)).json;
  }

  async function newestRelease() {
    const { items } = (await as(demo.staff("deployer"), "GET", "/releases?environment=production")).json;
    return Math.max(...items.map((one) => one.sequence));
  }

  async function signsIn(document, key) {
    const config = await discover(demo.issuer("production"), document, key);
    const { url, checks } = await authorization(config, document);
    const person = demo.document.people[0];
    story.visitor ??= new Visitor(person);
    const back = await story.visitor.walk(url);
    const tokens = await oidc.authorizationCodeGrant(config, back, checks);
    assert.equal((await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)).email, person.email);
  }

  async function refusedAtProduction() {
    const config = await discover(demo.issuer("production"), story.live, story.liveKey);
    const { url } = await authorization(config, story.live);
    const { status, page } = await new Visitor(demo.document.people[0]).look(url);
    assert.ok(status >= 400 && page.includes("error"), `${status} ${page}`);
  }

  function terms() {
    const official = (side, duty) => ({ side, duty, name: "Helena Marsh", title: "Director", email: "helena.marsh@example.gov" });
    return {
      estimated: 1_200_000,
      price_model: 2,
      billing: "monthly",
      need: "Anglers sign in once for every pass.",
      tas: "014-2026/2027-1234",
      betc: "DISB",
      alc: "14080001",
      funding_expires: "2027-09-30",
      lines: [{ description: "Authentications", unit: "authentication", quantity: 120_000, price: 10 }],
      officials: [official("partner", "funding"), official("partner", "program"), official("provider", "funding"), official("provider", "program")],
    };
  }
});
