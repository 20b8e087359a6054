// A small app that signs people in through Durward: code flow, private_key_jwt, PKCE, userinfo, sign-out.
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import * as oidc from "openid-client";

const port = Number(process.env.PORT ?? 3001);
const portal = process.env.PORTAL ?? "http://localhost:8400";
const keyFile = process.env.KEY_FILE ?? new URL("key.pem", import.meta.url).pathname;
const home = `http://localhost:${port}`;
const redirectUri = `${home}/callback`;
const signedOutUri = `${home}/signed-out`;

const privateKey = loadKey();
const publicPem = createPublicKey(privateKey).export({ type: "spki", format: "pem" });
const { issuer, clientId } = process.env.CLIENT_ID
  ? { issuer: process.env.ISSUER, clientId: process.env.CLIENT_ID }
  : await registerWithDemo();

// Discovery tells the library every address and algorithm. Plain HTTP is for loopback only.
const execute = issuer.startsWith("http://localhost") ? [oidc.allowInsecureRequests] : [];
const key = await crypto.subtle.importKey("pkcs8", privateKey.export({ type: "pkcs8", format: "der" }), { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
const config = await oidc.discovery(new URL(issuer), clientId, { token_endpoint_auth_method: "private_key_jwt" }, oidc.PrivateKeyJwt(key), { execute });

// What each browser is in the middle of, or who it is signed in as. A real app keeps this in its session store.
const sessions = new Map();

const routes = {
  "/": (session) => (session.person ? personPage(session) : page("Tide tables", '<p><a href="/sign-in">Sign in</a></p>')),

  "/sign-in": async (session) => {
    session.checks = { expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce(), pkceCodeVerifier: oidc.randomPKCECodeVerifier() };
    return to(
      oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: "openid email",
        acr_values: "urn:acr.login.gov:auth-only",
        state: session.checks.expectedState,
        nonce: session.checks.expectedNonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(session.checks.pkceCodeVerifier),
        code_challenge_method: "S256",
      }),
    );
  },

  "/callback": async (session, url) => {
    const { checks } = session;
    if (!checks) return page("Please start again", '<p>This browser did not ask to sign in. <a href="/">Start again</a></p>', 400);
    delete session.checks;
    if (url.searchParams.get("error") === "access_denied") return page("You did not sign in", '<p><a href="/">Start again</a></p>');
    const tokens = await oidc.authorizationCodeGrant(config, url, { ...checks, idTokenExpected: true });
    const person = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
    return { ...to(home), replace: { person, idToken: tokens.id_token } };
  },

  "/sign-out": (session) => {
    const hint = session.idToken;
    const url = oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: signedOutUri, state: oidc.randomState(), ...(hint ? { id_token_hint: hint } : { client_id: clientId }) });
    return { ...to(url), replace: {} };
  },

  "/signed-out": () => page("You are signed out", '<p><a href="/">Start again</a></p>'),
};

createServer(async (request, response) => {
  const url = new URL(request.url, home);
  const known = /(?:^|; )example_node=([0-9a-f-]{36})/.exec(request.headers.cookie ?? "")?.[1];
  let id = sessions.has(known) ? known : newSession();
  let answer;
  try {
    const route = request.method === "GET" ? routes[url.pathname] : undefined;
    answer = route ? await route(sessions.get(id), url) : page("Not found", '<p><a href="/">Start</a></p>', 404);
  } catch (error) {
    console.error(`${url.pathname}: ${error.code ?? error.name}: ${error.error_description ?? error.cause?.message ?? error.message}`);
    answer = page("Sign-in did not work", '<p>Look at what this app printed. <a href="/">Start again</a></p>', 502);
  }
  if (answer.replace) {
    // A new session at each change of who is signed in, so that nobody can plant one.
    sessions.delete(id);
    id = newSession(answer.replace);
  }
  const cookie = `example_node=${id}; Path=/; HttpOnly; SameSite=Lax`;
  response.writeHead(answer.status, { ...answer.headers, "set-cookie": cookie, "cache-control": "no-store" });
  response.end(answer.body);
}).listen(port, "localhost", () => console.log(`The sample app is at ${home}`));

function newSession(content = {}) {
  const id = randomUUID();
  sessions.set(id, content);
  return id;
}

function personPage({ person }) {
  const rows = Object.entries(person).map(([name, value]) => `<tr><th scope="row">${escape(name)}</th><td>${escape(JSON.stringify(value))}</td></tr>`);
  return page("You are signed in", `<table><caption>What the service says</caption>${rows.join("")}</table><p><a href="/sign-out">Sign out</a></p>`);
}

function page(title, content, status = 200) {
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><main><h1>${title}</h1>${content}</main></html>`;
  return { status, headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": "default-src 'none'" }, body };
}

function to(url) {
  return { status: 303, headers: { location: String(url) }, body: "" };
}

function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

function loadKey() {
  if (!existsSync(keyFile)) {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileSync(keyFile, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  }
  const key = createPrivateKey(readFileSync(keyFile));
  console.log(`The public key of this app:\n${createPublicKey(key).export({ type: "spki", format: "pem" })}`);
  return key;
}

/** Saves this app's configuration in the demo's sandbox, as one of the demo's developers; it is live when the call answers. */
async function registerWithDemo() {
  const demo = await (await fetch(`${portal}/demo`, { headers: { accept: "application/json" } })).json();
  const developer = demo.partners.find(({ role }) => role === "partner_developer");
  const clientId = "urn:gov:gsa:openidconnect.profiles:sp:sso:EXAMPLE:NODE";
  const document = {
    schema: "durward.app/v1",
    handle: "example-node",
    team: developer.team,
    environment: "sandbox",
    app_name: "Tide Tables in Node",
    friendly_name: "Tide Tables",
    issuer: clientId,
    protocol: "oidc",
    level_of_service: "auth-only",
    default_aal: "aal1",
    attributes: ["email"],
    oidc: { token_endpoint_auth_method: "private_key_jwt", redirect_uris: [redirectUri], post_logout_redirect_uris: [signedOutUri] },
    keys: [{ pem: publicPem }],
  };
  const answer = await fetch(`${portal}/api/v1/apps/example-node/sandbox`, {
    method: "PUT",
    headers: { authorization: `Bearer ${developer.api_token}`, "content-type": "application/json" },
    body: JSON.stringify(document),
  });
  if (!answer.ok) throw new Error(`The demo refused the configuration: ${await answer.text()}`);
  return { issuer: demo.environments.sandbox.issuer, clientId };
}
