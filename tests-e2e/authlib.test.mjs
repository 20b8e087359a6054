// A second independent client (authlib, in Python) signs people in: PAR, PKCE, private_key_jwt, refresh, sign-out.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { newKey, register, signedIn } from "./clients.mjs";
import { startDemo } from "./demo.mjs";

const PYTHON = new URL("../examples/python/.venv/bin/python", import.meta.url).pathname;
const CLIENT = new URL("authlib_client.py", import.meta.url).pathname;

describe("an independent client in Python", () => {
  let demo;
  before(async () => {
    demo = await startDemo({ name: "authlib" });
  });
  after(() => demo?.stop());

  it("pushes its request, signs a person in, refreshes, ends a token and signs out", async () => {
    const key = await newKey("ES256");
    const document = await register(demo, { keys: [{ jwk: key.jwk }], oidc: { require_par: true, id_token_signed_response_alg: "ES256", grant_types: ["authorization_code", "refresh_token"] } });
    const { person, cookie } = await signedIn(demo, document);
    const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", key.privateKey)).toString("base64");
    const told = await run({
      issuer: demo.issuer("sandbox"),
      client_id: document.issuer,
      private_key: `-----BEGIN PRIVATE KEY-----\n${der.match(/.{1,64}/g).join("\n")}\n-----END PRIVATE KEY-----\n`,
      redirect_uri: document.oidc.redirect_uris[0],
      signed_out_uri: document.oidc.post_logout_redirect_uris[0],
      cookie,
    });
    assert.equal(told.person.email, person.email);
    assert.equal(told.claims.sub, told.person.sub);
    assert.equal(told.again.sub, told.person.sub);
    assert.equal(told.rotated, true);
    assert.deepEqual(told.introspection, { active: false });
    assert.ok(told.signed_out?.startsWith(document.oidc.post_logout_redirect_uris[0]), told.signed_out);
  });
});

/** What the client prints. */
function run(given) {
  return new Promise((resolve, reject) => {
    const child = spawn(PYTHON, [CLIENT], { stdio: ["pipe", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    child.on("error", reject);
    child.on("close", (status) => (status === 0 ? resolve(JSON.parse(text)) : reject(new Error(`the client ended with ${status}`))));
    child.stdin.end(JSON.stringify(given));
  });
}
