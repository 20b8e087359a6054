// The modules of the public certification plans for OpenID providers (config, basic, form post), asked by plain HTTP:
// an app whose policies are its own sends what a certification client sends.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { appDocument } from "./clients.mjs";
import { startDemo } from "./demo.mjs";
import { Visitor } from "./visitor.mjs";

const RELAXED = { min_state_length: 1, min_nonce_length: 1, require_nonce: false, auth_methods: ["client_secret_basic", "client_secret_post"] };
const REDIRECT = "http://localhost:9/callback";

describe("the certification plans of OpenID providers", () => {
  let demo;
  let server;
  let client;

  before(async () => {
    demo = await startDemo({ name: "certification" });
    server = await (await fetch(`${demo.issuer("sandbox")}/.well-known/openid-configuration`)).json();
    client = await registered("client_secret_basic");
  });
  after(() => demo?.stop());

  it("config: the discovery document is complete, and everything it names is there", async () => {
    for (const name of ["issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint", "response_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported", "scopes_supported", "claims_supported", "grant_types_supported", "token_endpoint_auth_methods_supported"]) {
      assert.ok(server[name], name);
    }
    assert.equal(server.issuer, demo.issuer("sandbox"));
    assert.ok(server.id_token_signing_alg_values_supported.includes("RS256"));
    const { keys } = await (await fetch(server.jwks_uri)).json();
    assert.ok(keys.every((key) => key.kid && key.kty && !key.d && key.use));
    assert.equal(new Set(keys.map((key) => key.kid)).size, keys.length);
  });

  it("oidcc-server, oidcc-idtoken-signature: a code flow gives a signed ID token with every required claim", async () => {
    const asked = request();
    const { claims, tokens } = await flow(asked);
    assert.equal(claims.iss, server.issuer);
    assert.deepEqual([claims.aud].flat(), [client.document.issuer]);
    assert.equal(claims.nonce, asked.nonce);
    assert.ok(claims.sub.length > 0 && claims.sub.length <= 255);
    assert.ok(claims.exp > claims.iat && Math.abs(claims.iat - Date.now() / 1000) < 60);
    assert.equal(tokens.token_type.toLowerCase(), "bearer");
    assert.ok(tokens.expires_in > 0);
  });

  it("oidcc-response-type-missing: the app is told", async () => {
    const asked = request();
    delete asked.response_type;
    const back = await go(asked);
    assert.ok(["invalid_request", "unsupported_response_type"].includes(back.get("error")), back.toString());
    assert.equal(back.get("state"), asked.state);
  });

  it("oidcc-userinfo-get, -post-header, -post-body: the same claims each way", async () => {
    const { tokens, claims } = await flow(request());
    const bearer = { authorization: `Bearer ${tokens.access_token}` };
    const ways = [
      { headers: bearer },
      { method: "POST", headers: bearer },
      { method: "POST", body: new URLSearchParams({ access_token: tokens.access_token }) },
    ];
    for (const way of ways) {
      const answer = await fetch(server.userinfo_endpoint, way);
      assert.equal(answer.status, 200, JSON.stringify(way));
      assert.equal((await answer.json()).sub, claims.sub);
    }
  });

  it("oidcc-ensure-request-without-nonce-succeeds-for-code-flow", async () => {
    const asked = request();
    delete asked.nonce;
    assert.equal((await flow(asked)).claims.nonce, undefined);
  });

  for (const scope of ["openid profile", "openid email", "openid address", "openid phone", "openid profile email address phone", "email openid"]) {
    it(`oidcc-scope-*, oidcc-ensure-other-scope-order-succeeds: ${scope}`, async () => {
      const visitor = await fresh();
      const { tokens, claims } = await flow(request({ scope }), visitor);
      const info = await (await fetch(server.userinfo_endpoint, { headers: { authorization: `Bearer ${tokens.access_token}` } })).json();
      assert.equal(info.sub, claims.sub);
      if (scope.includes("email")) assert.equal(info.email, visitor.person.email);
    });
  }

  for (const extra of [{ display: "page" }, { display: "popup" }, { ui_locales: "se" }, { claims_locales: "se" }, { login_hint: "buffy@example.com" }, { extra: "foobar" }]) {
    it(`oidcc-ensure-request-with-… succeeds: ${JSON.stringify(extra)}`, async () => {
      await flow(request(extra), await fresh());
    });
  }

  it("oidcc-ensure-request-with-acr-values-succeeds: each of the list, and the list as a whole", async () => {
    const own = server.acr_values_supported.filter((value) => value.includes("/aal/") || value.endsWith("auth-only"));
    for (const acr_values of [...own, server.acr_values_supported.join(" ")]) {
      // Who asks for a passkey alone gets one; who sends the whole list back asks for nothing in particular.
      const needed = !acr_values.includes(" ") && /phishing_resistant|aal\/3/.test(acr_values) ? "phishing-resistant" : "aal2";
      assert.ok((await flow(request({ acr_values }), await fresh(client, needed))).claims.acr, acr_values);
    }
  });

  it("oidcc-prompt-login: the person signs in again, and the token says when", async () => {
    const visitor = await fresh();
    const first = await flow(request({ max_age: "15000" }), visitor);
    await sleep(1100);
    visitor.seen.length = 0;
    const second = await flow(request({ prompt: "login" }), visitor);
    assert.ok(visitor.seen.length > 0, "a page was shown");
    assert.equal(second.claims.sub, first.claims.sub);
    assert.ok(second.claims.auth_time > first.claims.auth_time);
  });

  it("oidcc-prompt-none-not-logged-in: login_required", async () => {
    const back = await go(request({ prompt: "none" }), await fresh(null));
    assert.ok(["login_required", "interaction_required"].includes(back.get("error")), back.toString());
  });

  it("oidcc-prompt-none-logged-in, oidcc-id-token-hint: no page, the same person, the same time", async () => {
    const visitor = await fresh();
    const first = await flow(request(), visitor);
    for (const more of [{}, { id_token_hint: first.tokens.id_token }]) {
      visitor.seen.length = 0;
      const second = await flow(request({ prompt: "none", ...more }), visitor);
      assert.deepEqual(visitor.seen, []);
      assert.equal(second.claims.sub, first.claims.sub);
      assert.equal(second.claims.auth_time, first.claims.auth_time);
    }
  });

  it("oidcc-max-age-1: an older sign-in does not count", async () => {
    const visitor = await fresh();
    const first = await flow(request(), visitor);
    await sleep(2100);
    const second = await flow(request({ max_age: "1" }), visitor);
    assert.ok(second.claims.auth_time > first.claims.auth_time);
  });

  it("oidcc-max-age-10000: a recent sign-in counts", async () => {
    const visitor = await fresh();
    const first = await flow(request(), visitor);
    visitor.seen.length = 0;
    const second = await flow(request({ max_age: "10000" }), visitor);
    assert.equal(second.claims.auth_time, first.claims.auth_time);
    assert.ok(!visitor.seen.includes("sign-in"), visitor.seen.join());
  });

  it("oidcc-codereuse: refused, and the first token ends", async () => {
    const asked = request();
    const code = (await go(asked)).get("code");
    const tokens = await (await redeemed(code)).json();
    const again = await redeemed(code);
    assert.equal(again.status, 400);
    assert.equal((await again.json()).error, "invalid_grant");
    const info = await fetch(server.userinfo_endpoint, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    assert.equal(info.status, 401);
  });

  it("oidcc-ensure-registered-redirect-uri: a page, and no redirect", async () => {
    const answer = await fetch(address(request({ redirect_uri: "http://localhost:9/other" })), { redirect: "manual" });
    assert.ok(answer.status >= 400 && !answer.headers.get("location"));
  });

  it("oidcc-ensure-post-request-succeeds", async () => {
    const answer = await fetch(server.authorization_endpoint, { method: "POST", body: new URLSearchParams(request()), redirect: "manual" });
    assert.equal(answer.status, 303);
    const visitor = await fresh();
    for (const line of answer.headers.getSetCookie()) visitor.keep(line.split(";")[0]);
    const back = await visitor.walk(new URL(answer.headers.get("location"), server.issuer));
    assert.ok(back.searchParams.get("code"), back.search);
  });

  it("oidcc-server-client-secret-post", async () => {
    const other = await registered("client_secret_post");
    await flow(request({ client_id: other.document.issuer }), await fresh(other), other);
  });

  it("oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported", async () => {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const object = `${part({ alg: "none" })}.${part(request())}.`;
    const answer = await fetch(address({ ...request(), request: object }), { redirect: "manual" });
    const told = answer.headers.get("location") ?? (await answer.text());
    assert.match(told, /invalid_request_object|request-object-invalid|request_not_supported/);
  });

  it("oidcc-claims-essential: a claim that is asked by name comes", async () => {
    const visitor = await fresh();
    const { tokens, claims } = await flow(request({ scope: "openid", claims: JSON.stringify({ userinfo: { email: { essential: true } }, id_token: { auth_time: { essential: true } } }) }), visitor);
    assert.ok(claims.auth_time);
    const info = await (await fetch(server.userinfo_endpoint, { headers: { authorization: `Bearer ${tokens.access_token}` } })).json();
    assert.equal(info.email, visitor.person.email);
  });

  it("oidcc-ensure-request-with-valid-pkce-succeeds", async () => {
    const verifier = randomBytes(32).toString("base64url");
    const digest = Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from(verifier))).toString("base64url");
    await flow(request({ code_challenge: digest, code_challenge_method: "S256" }), await fresh(), client, { code_verifier: verifier });
  });

  it("oidcc-refresh-token: offline access gives a token that is good once, and the person stays the same", async () => {
    const { tokens, claims } = await flow(request({ scope: "openid offline_access", prompt: "consent" }), await fresh());
    assert.ok(tokens.refresh_token);
    const answer = await asked({ grant_type: "refresh_token", refresh_token: tokens.refresh_token });
    assert.equal(answer.status, 200);
    const next = await answer.json();
    assert.equal(claimsOf(next.id_token).sub, claims.sub);
    assert.notEqual(next.access_token, tokens.access_token);
  });

  it("form post: the code and every error come as a posted form", async () => {
    await flow(request({ response_mode: "form_post" }), await fresh());
    const bad = await go(request({ response_mode: "form_post", prompt: "none" }), await fresh(null));
    assert.equal(bad.get("error"), "login_required");
  });

  async function registered(method) {
    const partner = demo.partner("partner_admin");
    const document = appDocument(partner.team, {
      attributes: ["email"],
      oidc: { redirect_uris: [REDIRECT], token_endpoint_auth_method: method, grant_types: ["authorization_code", "refresh_token"], policies: RELAXED },
    });
    await demo.api(partner.api_token, "POST", "/apps", document, [201]);
    const { json } = await demo.api(partner.api_token, "POST", `/apps/${document.handle}/sandbox/secrets`, {}, [201]);
    return { document, method, secret: json.secret ?? json.client_secret };
  }

  /** A browser in which a new person is signed in and has agreed; without `by`, nobody is signed in. */
  async function fresh(by = client, aal = "aal2") {
    const person = (await demo.testApi("POST", "/people", {})).json;
    const visitor = new Visitor(person);
    if (by) visitor.keep((await demo.testApi("POST", "/sessions", { email: person.email, aal, consent: [by.document.issuer] })).json.cookie);
    return visitor;
  }

  function request(changes = {}) {
    const short = () => randomBytes(5).toString("hex");
    return { client_id: client.document.issuer, redirect_uri: REDIRECT, response_type: "code", scope: "openid", state: short(), nonce: short(), ...changes };
  }

  function address(asked) {
    return `${server.authorization_endpoint}?${new URLSearchParams(asked)}`;
  }

  async function go(asked, browser) {
    const visitor = browser ?? (await (await fresh()));
    const back = await visitor.walk(address(asked));
    assert.equal(back.origin + back.pathname, REDIRECT);
    return back.searchParams;
  }

  /** From the request to tokens whose ID token was verified. */
  async function flow(asked, visitor, by = client, more = {}) {
    const back = await go(asked, visitor);
    assert.equal(back.get("error"), null, back.toString());
    assert.equal(back.get("state"), asked.state);
    assert.equal(back.get("iss"), server.issuer);
    const answer = await redeemed(back.get("code"), by, more);
    const tokens = await answer.json();
    assert.equal(answer.status, 200, JSON.stringify(tokens));
    assert.match(answer.headers.get("cache-control"), /no-store/);
    await verified(tokens.id_token);
    return { tokens, claims: claimsOf(tokens.id_token) };
  }

  function redeemed(code, by = client, more = {}) {
    return asked({ grant_type: "authorization_code", code, redirect_uri: REDIRECT, ...more }, by);
  }

  function asked(form, by = client) {
    const headers = {};
    if (by.method === "client_secret_basic") headers.authorization = `Basic ${Buffer.from(`${encodeURIComponent(by.document.issuer)}:${encodeURIComponent(by.secret)}`).toString("base64")}`;
    else Object.assign(form, { client_id: by.document.issuer, client_secret: by.secret });
    return fetch(server.token_endpoint, { method: "POST", headers, body: new URLSearchParams(form) });
  }

  async function verified(token) {
    const [head, body, signature] = token.split(".");
    const { alg, kid } = JSON.parse(Buffer.from(head, "base64url"));
    assert.equal(alg, "RS256");
    const { keys } = await (await fetch(server.jwks_uri)).json();
    const jwk = keys.find((key) => key.kid === kid);
    const key = await crypto.subtle.importKey("jwk", jwk, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, false, ["verify"]);
    assert.ok(await crypto.subtle.verify("RSASSA-PKCS1-v1_5", key, Buffer.from(signature, "base64url"), Buffer.from(`${head}.${body}`)));
  }
});

function claimsOf(token) {
  return JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
}
