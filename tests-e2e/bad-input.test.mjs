// What must be refused: clearly, with a request id, and never by a redirect to an address nobody registered.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { appDocument, authorization, discover, newKey, redirectOf, register, signedIn } from "./clients.mjs";
import { call, startDemo } from "./demo.mjs";

describe("bad input", () => {
  let demo;
  let key;
  let app;
  let config;
  let token;
  before(async () => {
    demo = await startDemo({ name: "bad-input" });
    key = await newKey("ES256");
    app = await register(demo, { keys: [{ jwk: key.jwk }] });
    config = await discover(demo.issuer("sandbox"), app, key);
    token = config.serverMetadata().token_endpoint;
  });
  after(async () => {
    if (demo) assert.equal((await fetch(`${demo.portal}/readyz`)).status, 200, "the demo lives on after all of this");
    await demo?.stop();
  });

  it("an unknown client gets a page with the request id, never a redirect", async () => {
    const { url } = await authorization(config, app, { client_id: "urn:gov:nobody" });
    await plainRefusal(url);
  });

  it("a redirect URI that is not registered gets a page, never a redirect", async () => {
    for (const redirect_uri of ["https://evil.example/callback", `${app.oidc.redirect_uris[0]}/more`, `${app.oidc.redirect_uris[0]}?x=1`, "javascript:alert(1)", ""]) {
      const { url } = await authorization(config, app, { redirect_uri });
      await plainRefusal(url);
    }
  });

  it("a request without PKCE, state or scope is answered as OAuth says or by a page, never by a fault", async () => {
    const { cookie } = await signedIn(demo, app);
    for (const changes of [{ scope: "email" }, { response_type: "token" }, { acr_values: "urn:acr.login.gov:nonsense" }, { code_challenge_method: "plain" }, { prompt: "dance" }]) {
      const { url } = await authorization(config, app, changes);
      const target = await redirectOf(url, cookie);
      assert.equal(`${target.origin}${target.pathname}`, app.oidc.redirect_uris[0], JSON.stringify(changes));
      assert.ok(target.searchParams.get("error"), `${JSON.stringify(changes)} gave ${target}`);
    }
  });

  it("a code is spent once; the second use ends what the first one gave", async () => {
    const { form } = await freshCode();
    const first = await post(token, { ...form, client_assertion: await assertion() });
    assert.equal(first.status, 200);
    const second = await post(token, { ...form, client_assertion: await assertion() });
    assert.equal(second.status, 400);
    assert.equal(second.json.error, "invalid_grant");
    const info = await fetch(config.serverMetadata().userinfo_endpoint, { headers: { authorization: `Bearer ${first.json.access_token}` } });
    assert.equal(info.status, 401);
  });

  it("twenty uses of one code at once give one answer with tokens", async () => {
    const { form } = await freshCode();
    const bodies = await Promise.all(Array.from({ length: 20 }, async () => ({ ...form, client_assertion: await assertion() })));
    const answers = await Promise.all(bodies.map((body) => post(token, body)));
    assert.equal(answers.filter((answer) => answer.status === 200).length, 1);
  });

  it("a code is bound to its verifier and to its app", async () => {
    const { form } = await freshCode();
    const wrong = await post(token, { ...form, code_verifier: randomBytes(32).toString("base64url"), client_assertion: await assertion() });
    assert.equal(wrong.json.error, "invalid_grant");
    const otherKey = await newKey("ES256");
    const other = await register(demo, { keys: [{ jwk: otherKey.jwk }] });
    const fresh = await freshCode();
    const stolen = await post(token, { ...fresh.form, client_assertion: await assertion({ iss: other.issuer, sub: other.issuer }, otherKey) });
    assert.equal(stolen.json.error, "invalid_grant");
  });

  const assertions = {
    "signed with another key": async () => assertion({}, await newKey("ES256")),
    expired: async () => assertion({ iat: seconds() - 600, exp: seconds() - 300 }),
    "valid for a year": async () => assertion({ exp: seconds() + 365 * 86_400 }),
    "for another audience": async () => assertion({ aud: "https://elsewhere.example" }),
    "of another client": async () => assertion({ iss: "urn:gov:nobody", sub: "urn:gov:nobody" }),
    "without a signature": async () => `${encode({ alg: "none" })}.${encode(claims())}.`,
    "not a token at all": async () => "not.a.token",
    empty: async () => "",
  };
  for (const [name, make] of Object.entries(assertions)) {
    it(`an assertion ${name} is refused`, async () => {
      const { form } = await freshCode();
      const answer = await post(token, { ...form, client_assertion: await make() });
      assert.ok([400, 401].includes(answer.status), `${answer.status}`);
      assert.ok(["invalid_client", "invalid_request"].includes(answer.json.error), JSON.stringify(answer.json));
      const rightful = await post(token, { ...form, client_assertion: await assertion() });
      assert.equal(rightful.status, 200, "the refusal did not spend the code");
    });
  }

  it("the same assertion is not accepted twice", async () => {
    const used = await assertion();
    assert.equal((await post(token, { ...(await freshCode()).form, client_assertion: used })).status, 200);
    assert.equal((await post(token, { ...(await freshCode()).form, client_assertion: used })).json.error, "invalid_client");
  });

  it("an oversize body is refused with 413", async () => {
    const big = "x".repeat(4 << 20);
    assert.equal((await fetch(token, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: `code=${big}` })).status, 413);
    const partner = demo.partner("partner_admin");
    const answer = await call(`${demo.portal}/api/v1/apps`, partner.api_token, "POST", appDocument(partner.team, { description: big }), [413]);
    assert.ok(answer.headers.get("x-request-id"));
  });

  it("a wrong method is refused with 405 and says which is right", async () => {
    const answer = await fetch(token, { method: "DELETE" });
    assert.equal(answer.status, 405);
    assert.match(answer.headers.get("allow") ?? "", /POST/);
  });

  it("an unknown path is a plain page with the request id", async () => {
    for (const origin of [demo.portal, demo.issuer("sandbox"), demo.issuer("production")]) {
      const answer = await fetch(`${origin}/no/such/page`, { headers: { accept: "text/html" } });
      assert.equal(answer.status, 404);
      assert.ok((await answer.text()).includes(answer.headers.get("x-request-id")));
    }
  });

  it("malformed requests never make a fault", async () => {
    const odd = ["%", "%00", "%ff%fe", "a=%zz", `client_id=${"a".repeat(9_000)}`, "client_id=a&client_id=b"];
    for (const query of odd) {
      const answer = await fetch(`${demo.issuer("sandbox")}/openid_connect/authorize?${query}`, { redirect: "manual" });
      assert.ok(answer.status >= 400 && answer.status < 500, `${query.slice(0, 20)}: ${answer.status}`);
    }
    for (const [type, body] of [["application/json", "{}"], ["text/plain", "code=1"], ["application/x-www-form-urlencoded", "%%%"], ["application/x-www-form-urlencoded", ""]]) {
      const answer = await fetch(token, { method: "POST", headers: { "content-type": type }, body });
      assert.ok(answer.status >= 400 && answer.status < 500, `${type}: ${answer.status}`);
    }
  });

  it("an app document with an unknown field is refused with its path", async () => {
    const partner = demo.partner("partner_admin");
    const document = appDocument(partner.team, { keys: [{ jwk: key.jwk }], colour: "blue" });
    const refused = await call(`${demo.portal}/api/v1/apps`, partner.api_token, "POST", document, [400, 422]);
    assert.match(JSON.stringify(refused.json), /\/colour/);
    const { findings } = (await demo.api(partner.api_token, "POST", "/lint", document)).json;
    assert.ok(findings.some((finding) => finding.path === "/colour" && finding.severity === "error"));
  });

  it("the portal API refuses who has no token, and GET /demo a foreign host", async () => {
    assert.equal((await fetch(`${demo.portal}/api/v1/apps`)).status, 401);
    assert.equal((await fetch(`${demo.portal}/api/v1/apps`, { headers: { authorization: "Bearer wrong" } })).status, 401);
    const foreign = await rawGet(demo.base, "/demo", "evil.example");
    assert.match(foreign, /^HTTP\/1\.1 4\d\d/);
  });

  it("live-class environments have no test API", async () => {
    for (const environment of ["staging", "production"]) {
      const answer = await fetch(`${demo.issuer(environment)}/test/api/people`, { method: "POST", headers: { authorization: `Bearer ${demo.automationToken()}`, "content-type": "application/json" }, body: "{}" });
      assert.equal(answer.status, 404);
    }
  });

  async function plainRefusal(url) {
    const answer = await fetch(url, { redirect: "manual", headers: { accept: "text/html" } });
    assert.ok(answer.status >= 400 && answer.status < 500, `${url}: ${answer.status}`);
    assert.equal(answer.headers.get("location"), null);
    const id = answer.headers.get("x-request-id");
    assert.ok(id, "no X-Request-Id");
    const html = await answer.text();
    assert.ok(html.includes(id), "the page does not print its request id");
    assert.match(html, /<body[^>]* data-page="[^"]*error/);
  }

  async function freshCode() {
    const { cookie } = await signedIn(demo, app);
    const { url, checks } = await authorization(config, app);
    const code = (await redirectOf(url, cookie)).searchParams.get("code");
    assert.ok(code);
    return {
      form: {
        grant_type: "authorization_code",
        code,
        redirect_uri: app.oidc.redirect_uris[0],
        code_verifier: checks.pkceCodeVerifier,
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      },
    };
  }

  async function assertion(changes = {}, signer = key) {
    const signed = `${encode({ alg: "ES256", typ: "JWT" })}.${encode({ ...claims(), ...changes })}`;
    const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, signer.privateKey, Buffer.from(signed));
    return `${signed}.${Buffer.from(signature).toString("base64url")}`;
  }

  function claims() {
    return { iss: app.issuer, sub: app.issuer, aud: token, jti: randomBytes(16).toString("base64url"), iat: seconds(), exp: seconds() + 120 };
  }
});

function seconds() {
  return Math.floor(Date.now() / 1000);
}

function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

async function post(url, form) {
  const answer = await fetch(url, { method: "POST", body: new URLSearchParams(form) });
  return { status: answer.status, json: await answer.json() };
}

async function rawGet(port, path, host) {
  const { connect } = await import("node:net");
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
    socket.on("data", (bytes) => (text += bytes)).on("end", () => resolve(text)).on("error", reject);
  });
}
