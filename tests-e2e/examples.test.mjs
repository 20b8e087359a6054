// The sample apps of examples/, started as their README says beside a demo, and used by a person in a browser.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "node:test";
import { dataPage, openBrowser, picture, press } from "./browser.mjs";
import { newKey, register } from "./clients.mjs";
import { freePort, startDemo } from "./demo.mjs";
import { Robot } from "./robot.mjs";

const EXAMPLES = new URL("../examples/", import.meta.url).pathname;
const APPS = [
  { language: "node", command: ["node", "app.mjs"], needs: "node_modules" },
  { language: "python", command: [".venv/bin/python", "app.py"], needs: ".venv/bin/python" },
  { language: "rust", command: [process.env.DURWARD_EXAMPLE_RUST ?? "../../target/examples/debug/durward-example-rust"], needs: null },
];

describe("the sample apps", () => {
  const faults = [];
  let demo;
  let browser;

  before(async () => {
    [demo, browser] = await Promise.all([startDemo({ name: "examples" }), openBrowser({ faults })]);
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  for (const [index, app] of APPS.entries()) {
    it(`in ${app.language}: a person says no, then signs in, sees what the service says, and signs out`, async () => {
      const person = demo.document.people[index];
      const running = await start(app, { PORTAL: demo.portal });
      try {
        await browser.context.clearCookies();
        await refuse(running.home, person);
        await signIn(running.home, person);
        await picture(browser.page, `example-${app.language}`);
        await press(browser.page, browser.page.locator('a[href="/sign-out"]'));
        await walk(running.home, person);
        assert.equal(await heading(), "You are signed out");
      } finally {
        await running.stop();
      }
    });
  }

  it("takes the configuration that a partner made, by the settings that the test page of the app prints", async () => {
    const key = await newKey();
    const port = await freePort();
    const home = `http://localhost:${port}`;
    const document = await register(demo, { keys: [{ jwk: key.jwk }], oidc: { redirect_uris: [`${home}/callback`], post_logout_redirect_uris: [`${home}/signed-out`] } });
    const folder = mkdtempSync(path.join(os.tmpdir(), "durward-key-"));
    const file = path.join(folder, "private_key.pem");
    const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", key.privateKey)).toString("base64");
    writeFileSync(file, `-----BEGIN PRIVATE KEY-----\n${der.match(/.{1,64}/g).join("\n")}\n-----END PRIVATE KEY-----\n`);
    const running = await start(APPS[0], { ISSUER: demo.issuer("sandbox"), CLIENT_ID: document.issuer, KEY_FILE: file, PORT: String(port) });
    try {
      await browser.context.clearCookies();
      await signIn(running.home, demo.document.people[APPS.length]);
    } finally {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("meets no fault on the way", () => {
    assert.deepEqual([...new Set(faults)], []);
  });

  async function begin(home) {
    await browser.page.goto(home, { waitUntil: "load" });
    await press(browser.page, browser.page.locator('a[href="/sign-in"]'));
  }

  async function signIn(home, person) {
    await begin(home);
    await walk(home, person);
    assert.equal(await heading(), "You are signed in");
    assert.ok((await browser.page.locator("table").innerText()).includes(person.email));
  }

  /** Goes as far as the question what to share, and says no. */
  async function refuse(home, person) {
    await begin(home);
    const robot = new Robot(browser.page, person, { faults });
    for (await robot.arrive(); (await dataPage(browser.page)) !== "consent"; await robot.arrive()) await robot.answer();
    await press(browser.page, browser.page.locator("#cancel"));
    assert.equal(new URL(browser.page.url()).origin, home);
    assert.equal(await heading(), "You did not sign in");
  }

  async function walk(home, person) {
    await new Robot(browser.page, person, { faults }).walk((url) => url.origin === home);
  }

  async function heading() {
    return browser.page.locator("h1").innerText();
  }
});

/** Starts an app with a key of its own and waits until it prints its address. */
async function start({ language, command, needs }, settings) {
  const cwd = path.join(EXAMPLES, language);
  const lacking = [needs, command[0].includes("/") ? command[0] : null].find((name) => name && !existsSync(path.resolve(cwd, name)));
  if (lacking) throw new Error(`examples/${language} is not installed (${lacking}): run \`cargo xtask setup\` and \`cargo xtask test browser\`.`);
  const folder = mkdtempSync(path.join(os.tmpdir(), `durward-${language}-`));
  const env = { ...process.env, PORT: String(await freePort()), KEY_FILE: path.join(folder, "key.pem"), PYTHONUNBUFFERED: "1", ...settings };
  const child = spawn(command[0], command.slice(1), { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (printed += text));
  const ended = new Promise((resolve) => child.once("close", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (const until = Date.now() + 30_000; Date.now() < until; await sleep(50)) {
    const home = printed.match(/The sample app is at (http:\/\/localhost:\d+)/)?.[1];
    if (home) return { home, stop };
    if (child.exitCode !== null) break;
  }
  await stop();
  throw new Error(`the ${language} app did not start:\n${printed}`);
}
