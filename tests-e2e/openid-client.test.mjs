// An independent client (openid-client) signs people in, knowing nothing but the issuer.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as oidc from "openid-client";
import { authorization, discover, newKey, redirectOf, register, signedIn } from "./clients.mjs";
import { startDemo } from "./demo.mjs";

describe("an independent OpenID Connect client", () => {
  let demo;
  let issuer;
  before(async () => {
    demo = await startDemo({ name: "openid-client" });
    issuer = demo.issuer("sandbox");
  });
  after(() => demo?.stop());

  for (const environment of ["sandbox", "staging", "production"]) {
    it(`reads the discovery document of ${environment}`, async () => {
      const config = await oidc.discovery(new URL(demo.issuer(environment)), "nobody", undefined, oidc.None(), { execute: [oidc.allowInsecureRequests] });
      const server = config.serverMetadata();
      assert.equal(server.issuer, demo.issuer(environment));
      assert.ok(server.authorization_endpoint.endsWith("/openid_connect/authorize"));
      assert.ok(server.token_endpoint.endsWith("/api/openid_connect/token"));
      assert.ok(server.code_challenge_methods_supported.includes("S256"));
      const { keys } = await (await fetch(server.jwks_uri)).json();
      assert.ok(keys.length > 0 && keys.every((key) => key.kid && !key.d));
    });
  }

  for (const algorithm of ["RS256", "PS256", "ES256"]) {
    it(`signs a person in with private_key_jwt and ${algorithm}`, async () => {
      const key = await newKey(algorithm);
      await wholeFlow(await register(demo, { keys: [{ jwk: key.jwk }] }), key);
    });
  }

  it("accepts the public key as PEM", async () => {
    const key = await newKey("ES256");
    await wholeFlow(await register(demo, { keys: [{ pem: key.pem }] }), key);
  });

  it("signs the ID token with ES256 when the app asks for it", async () => {
    const key = await newKey("ES256");
    await wholeFlow(await register(demo, { keys: [{ jwk: key.jwk }], oidc: { id_token_signed_response_alg: "ES256" } }), key);
  });

  it("signs a person in to a public client with PKCE", async () => {
    await wholeFlow(await register(demo, { oidc: { token_endpoint_auth_method: "none" } }), null);
  });

  it("gives a person one subject at all apps of an agency and another at the next agency", async () => {
    const key = await newKey("ES256");
    const keys = [{ jwk: key.jwk }];
    const [one, two] = [await register(demo, { keys }), await register(demo, { keys })];
    const elsewhere = await register(demo, { keys }, demo.partner("partner_admin", "health-records"));
    const person = (await demo.testApi("POST", "/people", {})).json;
    const consent = [one, two, elsewhere].map((document) => document.issuer);
    const { cookie } = (await demo.testApi("POST", "/sessions", { email: person.email, aal: "aal2", consent })).json;
    const subject = async (document) => (await wholeFlow(document, key, cookie)).sub;
    const first = await subject(one);
    assert.equal(await subject(one), first);
    assert.equal(await subject(two), first);
    assert.notEqual(await subject(elsewhere), first);
  });

  it("pushes its request first, and the address that it got works once", async () => {
    const key = await newKey("ES256");
    const document = await register(demo, { keys: [{ jwk: key.jwk }], oidc: { require_par: true } });
    const config = await discover(issuer, document, key);
    const { cookie } = await signedIn(demo, document);
    const { url: plain, checks } = await authorization(config, document);
    const refused = await redirectOf(plain, cookie);
    assert.match(refused.searchParams.get("error_description"), /push/);
    const url = await oidc.buildAuthorizationUrlWithPAR(config, Object.fromEntries(plain.searchParams));
    assert.deepEqual([...url.searchParams.keys()].sort(), ["client_id", "request_uri"]);
    const tokens = await oidc.authorizationCodeGrant(config, await redirectOf(url, cookie), checks);
    assert.equal(tokens.claims().aud, document.issuer);
    const again = await fetch(url, { headers: { cookie }, redirect: "manual" });
    assert.equal(again.status, 400);
    assert.match(await again.text(), /request-uri-unknown/);
  });

  it("signs its request, and a request that somebody else signed is refused", async () => {
    const key = await newKey("ES256");
    const document = await register(demo, { keys: [{ jwk: key.jwk }], oidc: { require_signed_request_object: true } });
    const config = await discover(issuer, document, key);
    const { cookie } = await signedIn(demo, document);
    const { url: plain, checks } = await authorization(config, document);
    const parameters = Object.fromEntries(plain.searchParams);
    const url = await oidc.buildAuthorizationUrlWithJAR(config, parameters, key.privateKey);
    const tokens = await oidc.authorizationCodeGrant(config, await redirectOf(url, cookie), checks);
    assert.equal(tokens.claims().aud, document.issuer);
    const foreign = await oidc.buildAuthorizationUrlWithJAR(config, parameters, (await newKey("ES256")).privateKey);
    const refused = await fetch(foreign, { headers: { cookie }, redirect: "manual" });
    assert.equal(refused.status, 400);
    assert.match(await refused.text(), /request-object-invalid/);
    assert.match((await redirectOf(plain, cookie)).searchParams.get("error_description"), /sign/);
  });

  it("is told whether its token is good, and ends it; another app learns nothing", async () => {
    const key = await newKey("ES256");
    const keys = [{ jwk: key.jwk }];
    const [document, other] = [await register(demo, { keys }), await register(demo, { keys })];
    const { config, tokens } = await wholeFlow(document, key);
    const told = await oidc.tokenIntrospection(config, tokens.access_token);
    assert.equal(told.active, true);
    assert.deepEqual([told.client_id, told.sub, told.scope], [document.issuer, tokens.claims().sub, "openid email"]);
    const foreign = await discover(issuer, other, key);
    assert.deepEqual(Object.entries(await oidc.tokenIntrospection(foreign, tokens.access_token)), [["active", false]]);
    await oidc.tokenRevocation(foreign, tokens.access_token);
    assert.equal((await oidc.tokenIntrospection(config, tokens.access_token)).active, true);
    await oidc.tokenRevocation(config, tokens.access_token);
    assert.equal((await oidc.tokenIntrospection(config, tokens.access_token)).active, false);
    await assert.rejects(oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub));
  });

  it("gets its answer in the fragment or as a posted form when it asks so", async () => {
    const key = await newKey("ES256");
    const document = await register(demo, { keys: [{ jwk: key.jwk }] });
    const config = await discover(issuer, document, key);
    const { cookie } = await signedIn(demo, document);
    const fragment = await authorization(config, document, { response_mode: "fragment" });
    const back = await redirectOf(fragment.url, cookie);
    assert.equal(back.search, "");
    assert.ok(new URLSearchParams(back.hash.slice(1)).get("code"));
    const form = await authorization(config, document, { response_mode: "form_post" });
    const page = await (await fetch(form.url, { headers: { cookie }, redirect: "manual" })).text();
    assert.ok(page.includes(`action="${document.oidc.redirect_uris[0]}"`), page);
    const fields = Object.fromEntries([...page.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]));
    const posted = new Request(document.oidc.redirect_uris[0], { method: "POST", body: new URLSearchParams(fields) });
    const tokens = await oidc.authorizationCodeGrant(config, posted, form.checks);
    assert.equal(tokens.claims().aud, document.issuer);
  });

  it("signs out and comes back to the registered address", async () => {
    const key = await newKey("ES256");
    const document = await register(demo, { keys: [{ jwk: key.jwk }] });
    const { config, tokens, cookie } = await wholeFlow(document, key);
    const url = oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: document.oidc.post_logout_redirect_uris[0], client_id: document.issuer, id_token_hint: tokens.id_token, state: oidc.randomState() });
    const answer = await fetch(url, { headers: { cookie }, redirect: "manual" });
    assert.ok(answer.status < 400, `logout answered ${answer.status}`);
  });

  async function wholeFlow(document, key, knownCookie) {
    const config = await discover(issuer, document, key);
    const { person, cookie } = knownCookie ? { cookie: knownCookie } : await signedIn(demo, document);
    const { url, checks } = await authorization(config, document);
    const tokens = await oidc.authorizationCodeGrant(config, await redirectOf(url, cookie), checks);
    const claims = tokens.claims();
    assert.equal(claims.aud, document.issuer);
    assert.equal(claims.acr, "urn:acr.login.gov:auth-only");
    const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
    if (person) assert.equal(info.email, person.email);
    assert.equal(info.email_verified, true);
    return { config, tokens, cookie, sub: claims.sub };
  }
});
