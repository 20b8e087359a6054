// An independent client (openid-client) signs people in, knowing nothing but the issuer.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, it } from "node:test";
import * as jose from "jose";
import * as oidc from "openid-client";
import { authorization, discover, newKey, redirectOf, register, signedIn } from "./clients.mjs";
import { eventually, startDemo } from "./demo.mjs";

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

  it("refreshes its tokens, each refresh token once; the second use ends them all", async () => {
    const key = await newKey("ES256");
    const document = await register(demo, { keys: [{ jwk: key.jwk }], oidc: { grant_types: ["authorization_code", "refresh_token"] } });
    const { config, tokens: first } = await wholeFlow(document, key);
    const second = await oidc.refreshTokenGrant(config, first.refresh_token);
    assert.equal(second.claims().sub, first.claims().sub);
    assert.equal(second.claims().auth_time, first.claims().auth_time);
    await oidc.fetchUserInfo(config, second.access_token, second.claims().sub);
    await assert.rejects(oidc.refreshTokenGrant(config, first.refresh_token), { error: "invalid_grant" });
    await assert.rejects(oidc.refreshTokenGrant(config, second.refresh_token), { error: "invalid_grant" });
    await assert.rejects(oidc.fetchUserInfo(config, second.access_token, second.claims().sub));
  });

  for (const [method, authentication] of [["client_secret_basic", oidc.ClientSecretBasic], ["client_secret_post", oidc.ClientSecretPost]]) {
    it(`signs a person in with ${method}, until the secret is ended`, async () => {
      const partner = demo.partner("partner_admin");
      const document = await register(demo, { oidc: { token_endpoint_auth_method: method, policies: { auth_methods: [method] } } });
      const secrets = `/apps/${document.handle}/sandbox/secrets`;
      const { secret, id } = (await demo.api(partner.api_token, "POST", secrets, {}, [201])).json;
      const metadata = { id_token_signed_response_alg: "RS256", token_endpoint_auth_method: method };
      const config = await oidc.discovery(new URL(issuer), document.issuer, metadata, authentication(secret), { execute: [oidc.allowInsecureRequests] });
      const { cookie } = await signedIn(demo, document);
      const { url, checks } = await authorization(config, document);
      const tokens = await oidc.authorizationCodeGrant(config, await redirectOf(url, cookie), checks);
      assert.equal((await oidc.tokenIntrospection(config, tokens.access_token)).active, true);
      const { items } = (await demo.api(partner.api_token, "GET", secrets, undefined, [200])).json;
      assert.deepEqual(items.map((one) => [one.id, Boolean(one.used), one.secret]), [[id, true, undefined]]);
      await demo.api(partner.api_token, "DELETE", `${secrets}/${id}`, undefined, [204]);
      await assert.rejects(oidc.tokenIntrospection(config, tokens.access_token));
    });
  }

  it("gets a token for itself", async () => {
    const key = await newKey("ES256");
    const document = await register(demo, { keys: [{ jwk: key.jwk }], oidc: { grant_types: ["authorization_code", "client_credentials"] } });
    const config = await discover(issuer, document, key);
    const tokens = await oidc.clientCredentialsGrant(config);
    assert.equal(tokens.id_token, undefined);
    const told = await oidc.tokenIntrospection(config, tokens.access_token);
    assert.deepEqual([told.active, told.sub, told.client_id], [true, document.issuer, document.issuer]);
    await assert.rejects(oidc.clientCredentialsGrant(config, { scope: "openid" }), { error: "invalid_scope" });
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

  for (const [alg, enc, key] of [
    ["ECDH-ES", "A256GCM", { name: "ECDH", namedCurve: "P-256" }],
    ["RSA-OAEP-256", "A128CBC-HS256", { name: "RSA-OAEP", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }],
  ]) {
    it(`decrypts its ID token and signed userinfo with ${alg}, and encrypts its signed request`, async () => {
      const usages = alg === "ECDH-ES" ? ["deriveBits"] : ["encrypt", "decrypt"];
      const pair = await crypto.subtle.generateKey(key, true, usages);
      const own = await newKey("ES256");
      const encryption = { ...(await jose.exportJWK(pair.publicKey)), use: "enc", alg, kid: "for-us" };
      const document = await register(demo, {
        keys: [{ jwk: own.jwk }, { jwk: encryption }],
        oidc: {
          require_signed_request_object: true,
          id_token_encrypted_response_alg: alg,
          id_token_encrypted_response_enc: enc,
          userinfo_signed_response_alg: "ES256",
          userinfo_encrypted_response_alg: alg,
          userinfo_encrypted_response_enc: enc,
        },
      });
      const metadata = { id_token_signed_response_alg: "RS256", userinfo_signed_response_alg: "ES256" };
      const config = await oidc.discovery(new URL(issuer), document.issuer, metadata, oidc.PrivateKeyJwt(own.privateKey), { execute: [oidc.allowInsecureRequests] });
      oidc.enableDecryptingResponses(config, [enc], { key: pair.privateKey, kid: "for-us", alg });
      const server = config.serverMetadata();
      for (const name of ["id_token_encryption_alg", "userinfo_encryption_alg", "request_object_encryption_alg"]) assert.ok(server[`${name}_values_supported`].includes(alg), name);
      const { person, cookie } = await signedIn(demo, document);
      const { url: plain, checks } = await authorization(config, document);
      const signed = await oidc.buildAuthorizationUrlWithJAR(config, Object.fromEntries(plain.searchParams), own.privateKey);
      const { keys } = await (await fetch(server.jwks_uri)).json();
      const ours = keys.find((each) => each.use === "enc" && each.alg === alg);
      const request = await new jose.CompactEncrypt(new TextEncoder().encode(signed.searchParams.get("request")))
        .setProtectedHeader({ alg, enc, kid: ours.kid, cty: "JWT" })
        .encrypt(await jose.importJWK(ours, alg));
      signed.searchParams.set("request", request);
      const tokens = await oidc.authorizationCodeGrant(config, await redirectOf(signed, cookie), checks);
      const raw = await fetch(server.userinfo_endpoint, { headers: { authorization: `Bearer ${tokens.access_token}` } });
      assert.equal(raw.headers.get("content-type"), "application/jwt");
      assert.equal((await raw.text()).split(".").length, 5);
      const told = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
      assert.equal(told.email, person.email);
      assert.equal(told.aud, document.issuer);
    });
  }

  it("signs out and comes back to the registered address", async () => {
    const key = await newKey("ES256");
    const document = await register(demo, { keys: [{ jwk: key.jwk }] });
    const { config, tokens, cookie } = await wholeFlow(document, key);
    const url = oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: document.oidc.post_logout_redirect_uris[0], client_id: document.issuer, id_token_hint: tokens.id_token, state: oidc.randomState() });
    const answer = await fetch(url, { headers: { cookie }, redirect: "manual" });
    assert.ok(answer.status < 400, `logout answered ${answer.status}`);
  });

  it("hears by its back channel that the session ended, whoever ends it, and the tokens are over", async () => {
    const heard = [];
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (part) => (body += part));
      request.on("end", () => {
        heard.push({ path: request.url, type: request.headers["content-type"], token: new URLSearchParams(body).get("logout_token") });
        response.writeHead(200, { "cache-control": "no-store" }).end();
      });
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const at = `http://localhost:${server.address().port}`;
    try {
      const key = await newKey("ES256");
      const keys = [{ jwk: key.jwk }];
      const one = await register(demo, { keys, oidc: { backchannel_logout_uri: `${at}/one` } });
      const two = await register(demo, { keys, oidc: { backchannel_logout_uri: `${at}/two`, id_token_signed_response_alg: "ES256" } });
      const person = (await demo.testApi("POST", "/people", {})).json;
      const { cookie } = (await demo.testApi("POST", "/sessions", { email: person.email, aal: "aal2", consent: [one.issuer, two.issuer] })).json;
      const [first, second] = [await wholeFlow(one, key, cookie), await wholeFlow(two, key, cookie)];
      const offers = first.config.serverMetadata();
      assert.equal(offers.backchannel_logout_supported, true);
      assert.equal(offers.backchannel_logout_session_supported, true);
      const url = oidc.buildEndSessionUrl(first.config, { post_logout_redirect_uri: one.oidc.post_logout_redirect_uris[0], id_token_hint: first.tokens.id_token, state: "bye" });
      const began = Date.now();
      const answer = await fetch(url, { headers: { cookie }, redirect: "manual" });
      assert.equal(answer.headers.get("location"), `${one.oidc.post_logout_redirect_uris[0]}?state=bye`);
      await eventually(() => heard.length === 2, "both apps are told");
      assert.ok(Date.now() - began < 3000, `told after ${Date.now() - began} ms`);
      const jwks = await (await fetch(offers.jwks_uri)).json();
      for (const [path, flow] of [["/one", first], ["/two", second]]) {
        const { token, type } = heard.find((call) => call.path === path);
        assert.equal(type, "application/x-www-form-urlencoded");
        const [header, claims] = token.split(".").slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url")));
        const known = flow.tokens.claims();
        assert.equal(header.typ, "logout+jwt");
        assert.equal(header.alg, path === "/one" ? "RS256" : "ES256");
        assert.ok(jwks.keys.some((one) => one.kid === header.kid));
        assert.deepEqual([claims.iss, claims.aud, claims.sub, claims.sid], [known.iss, known.aud, known.sub, known.sid]);
        assert.deepEqual(claims.events, { "http://schemas.openid.net/event/backchannel-logout": {} });
        assert.equal(claims.nonce, undefined);
        await assert.rejects(oidc.fetchUserInfo(flow.config, flow.tokens.access_token, known.sub));
      }
      const token = demo.partner("partner_admin").api_token;
      const told = async () => (await demo.api(token, "GET", `/apps/${one.handle}/sandbox/requests?step=backchannel`)).json.items;
      await eventually(async () => (await told()).length === 1, "the try is among the app's requests");
      assert.deepEqual((await told()).map((request) => [request.outcome, request.status]), [["ok", 200]]);
    } finally {
      server.close();
    }
  });

  it("registers itself in the sandbox with a token of its team, and signs a person in", async () => {
    const partner = demo.partner("partner_developer");
    const key = await newKey("ES256");
    const metadata = { client_name: "Registered by itself", redirect_uris: ["http://localhost:9/registered"], token_endpoint_auth_method: "private_key_jwt", id_token_signed_response_alg: "ES256", jwks: { keys: [key.jwk] }, tos_uri: "https://tides.example.gov/terms" };
    const config = await oidc.dynamicClientRegistration(new URL(issuer), metadata, oidc.PrivateKeyJwt(key.privateKey), { initialAccessToken: partner.api_token, execute: [oidc.allowInsecureRequests] });
    const client = config.clientMetadata();
    assert.equal(client.client_name, metadata.client_name);
    assert.equal(client.tos_uri, undefined);
    const { cookie } = await signedIn(demo, { issuer: client.client_id });
    const { url, checks } = await authorization(config, { oidc: metadata });
    const tokens = await oidc.authorizationCodeGrant(config, await redirectOf(url, cookie), checks);
    assert.equal(tokens.claims().aud, client.client_id);
    const apps = (await demo.api(partner.api_token, "GET", "/apps?limit=500")).json.items;
    assert.ok(apps.some((app) => client.client_id.endsWith(`:${app.handle}`) && app.environment === "sandbox"), "it stands in the portal");
    for (const environment of ["staging", "production"]) {
      const document = await (await fetch(`${demo.issuer(environment)}/.well-known/openid-configuration`)).json();
      assert.equal(document.registration_endpoint, undefined);
    }
  });

  it("registers itself with nothing but a redirect URI, and proves itself by the secret that it was given", async () => {
    const partner = demo.partner("partner_developer");
    const metadata = { redirect_uris: ["http://localhost:9/registered"] };
    const config = await oidc.dynamicClientRegistration(new URL(issuer), metadata, undefined, { initialAccessToken: partner.api_token, execute: [oidc.allowInsecureRequests] });
    const client = config.clientMetadata();
    assert.deepEqual([client.token_endpoint_auth_method, client.client_secret_expires_at], ["client_secret_basic", 0]);
    const basic = await oidc.discovery(new URL(issuer), client.client_id, client.client_secret, oidc.ClientSecretBasic(client.client_secret), { execute: [oidc.allowInsecureRequests] });
    const { cookie } = await signedIn(demo, { issuer: client.client_id });
    const { url, checks } = await authorization(basic, { oidc: metadata });
    const tokens = await oidc.authorizationCodeGrant(basic, await redirectOf(url, cookie), checks);
    assert.equal(tokens.claims().aud, client.client_id);
  });

  it("binds its token to a key (DPoP), and the token alone is worth nothing", async () => {
    const key = await newKey("ES256");
    const document = await register(demo, { keys: [{ jwk: key.jwk }], oidc: { dpop_bound_access_tokens: true } });
    const config = await discover(issuer, document, key);
    const { person, cookie } = await signedIn(demo, document);
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair("ES256"));
    const { url, checks } = await authorization(config, document);
    const tokens = await oidc.authorizationCodeGrant(config, await redirectOf(url, cookie), checks, undefined, { DPoP });
    assert.equal(tokens.token_type, "dpop");
    const { sub } = tokens.claims();
    assert.equal((await oidc.fetchUserInfo(config, tokens.access_token, sub, { DPoP })).email, person.email);
    await assert.rejects(oidc.fetchUserInfo(config, tokens.access_token, sub));
    const thief = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair("ES256"));
    await assert.rejects(oidc.fetchUserInfo(config, tokens.access_token, sub, { DPoP: thief }));
    const told = await oidc.tokenIntrospection(config, tokens.access_token);
    assert.equal(told.token_type, "DPoP");
    assert.equal(told.cnf.jkt, await DPoP.calculateThumbprint());
  });

  for (const algorithm of ["ES256", "PS256"]) {
    it(`follows the FAPI 2.0 security profile with ${algorithm}: pushed, PKCE, private_key_jwt, DPoP with nonce, refresh`, async () => {
      const key = await newKey(algorithm);
      const settings = { fapi2: true, id_token_signed_response_alg: algorithm, grant_types: ["authorization_code", "refresh_token"] };
      const document = await register(demo, { keys: [{ jwk: key.jwk }], oidc: settings });
      const config = await discover(issuer, document, key);
      const { person, cookie } = await signedIn(demo, document);
      const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair(algorithm));
      const { url: plain, checks } = await authorization(config, document);
      const url = await oidc.buildAuthorizationUrlWithPAR(config, Object.fromEntries(plain.searchParams), { DPoP });
      // A page that is loaded again goes on.
      assert.ok((await fetch(url, { redirect: "manual" })).status < 400);
      const back = await redirectOf(url, cookie);
      assert.equal(back.searchParams.get("iss"), issuer);
      const tokens = await oidc.authorizationCodeGrant(config, back, checks, undefined, { DPoP });
      assert.equal(tokens.token_type, "dpop");
      const { sub } = tokens.claims();
      assert.equal((await oidc.fetchUserInfo(config, tokens.access_token, sub, { DPoP })).email, person.email);
      const again = await oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
      assert.equal(again.refresh_token, undefined);
      assert.equal((await oidc.fetchUserInfo(config, again.access_token, sub, { DPoP })).sub, sub);
      assert.match((await redirectOf(plain, cookie)).searchParams.get("error_description"), /push/);
    });
  }

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
