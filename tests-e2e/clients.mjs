// Relying parties for the tests: an app document, its keys, and openid-client as the independent implementation.
import { randomBytes } from "node:crypto";
import * as oidc from "openid-client";

const ALGORITHMS = {
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
  PS256: { name: "RSA-PSS", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
  ES256: { name: "ECDSA", namedCurve: "P-256" },
};

/** A fresh key pair: `privateKey` for signing, `jwk` and `pem` of the public half for the app document. */
export async function newKey(algorithm = "ES256") {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(ALGORITHMS[algorithm], true, ["sign", "verify"]);
  const { kty, n, e, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  const spki = Buffer.from(await crypto.subtle.exportKey("spki", publicKey)).toString("base64");
  const pem = `-----BEGIN PUBLIC KEY-----\n${spki.match(/.{1,64}/g).join("\n")}\n-----END PUBLIC KEY-----\n`;
  const jwk = JSON.parse(JSON.stringify({ kty, n, e, crv, x, y }));
  return { algorithm, privateKey, jwk, pem };
}

/** A complete app document for the sandbox. */
export function appDocument(team, changes = {}) {
  const tag = randomBytes(4).toString("hex");
  const { oidc: oidcChanges, ...rest } = changes;
  return {
    schema: "durward.app/v1",
    handle: `tide-tables-${tag}`,
    team,
    environment: "sandbox",
    app_name: `Tide Tables ${tag}`,
    friendly_name: "Tide Tables Online",
    issuer: `urn:gov:gsa:openidconnect.profiles:sp:sso:TIDE:${tag.toUpperCase()}`,
    protocol: "oidc",
    level_of_service: "auth-only",
    default_aal: "aal1",
    attributes: ["email"],
    oidc: {
      token_endpoint_auth_method: "private_key_jwt",
      redirect_uris: ["http://localhost:9/callback"],
      post_logout_redirect_uris: ["http://localhost:9/signed-out"],
      id_token_signed_response_alg: "RS256",
      ...oidcChanges,
    },
    keys: [],
    contacts: [{ kind: "technical", name: "Rowan Field", email: "rowan.field@example.gov", phone: "+1 202 555 0100" }],
    ...rest,
  };
}

/** Registers an app through the portal API and gives its document; in the sandbox it is live at once. */
export async function register(demo, changes, partner = demo.partner("partner_admin")) {
  const document = appDocument(partner.team, changes);
  await demo.api(partner.api_token, "POST", "/apps", document, [201]);
  return document;
}

/** openid-client, configured from discovery alone. `key` is null for public clients. */
export async function discover(issuer, document, key) {
  const metadata = { id_token_signed_response_alg: document.oidc.id_token_signed_response_alg, token_endpoint_auth_method: document.oidc.token_endpoint_auth_method };
  const authentication = key ? oidc.PrivateKeyJwt(key.privateKey) : oidc.None();
  return oidc.discovery(new URL(issuer), document.issuer, metadata, authentication, { execute: [oidc.allowInsecureRequests] });
}

/** Everything an authorization request needs, and what the answer is checked against. */
export async function authorization(config, document, changes = {}) {
  const checks = { expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce(), pkceCodeVerifier: oidc.randomPKCECodeVerifier(), idTokenExpected: true };
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: document.oidc.redirect_uris[0],
    scope: "openid email",
    acr_values: "urn:acr.login.gov:auth-only",
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: "S256",
    ...changes,
  });
  return { url, checks };
}

/** A person in a test-class environment with an open session and consent given; answers with the session's cookie. */
export async function signedIn(demo, document, environment = "sandbox") {
  const person = (await demo.testApi("POST", "/people", {}, environment)).json;
  const session = (await demo.testApi("POST", "/sessions", { email: person.email, aal: "aal2", consent: [document.issuer] }, environment)).json;
  return { person, cookie: session.cookie };
}

/** Follows an authorization request of a person who has everything done, up to the redirect to the app. */
export async function redirectOf(url, cookie) {
  const start = new URL(url);
  let target = start;
  for (let step = 0; step < 10; step += 1) {
    const answer = await fetch(target, { headers: { cookie }, redirect: "manual" });
    const location = answer.headers.get("location");
    if (!location) throw new Error(`authorize answered ${answer.status} without a redirect: ${(await answer.text()).slice(0, 400)}`);
    target = new URL(location, target);
    if (target.origin !== start.origin) return target;
  }
  throw new Error("ten redirects and never back at the app");
}
