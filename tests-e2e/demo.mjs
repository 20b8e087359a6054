// A demo of its own for each test file: start, wait until ready, read GET /demo, stop.
import { spawn, spawnSync } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = new URL("..", import.meta.url).pathname;
export const OUTPUT = path.join(ROOT, "test-output");

/** Starts `durward demo` in an empty folder on free ports; `at` sets the keeper's clock. */
export async function startDemo({ at = "2026-11-10", name = "demo" } = {}) {
  const data = mkdtempSync(path.join(os.tmpdir(), "durward-e2e-"));
  const base = await freeBase();
  mkdirSync(OUTPUT, { recursive: true });
  const log = createWriteStream(path.join(OUTPUT, `${name}.log`));
  const child = spawn(binary(), ["demo", "--data", data, "--port", String(base), "--at", at], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
  const demo = new Demo(child, ended, data, base);
  try {
    await demo.ready();
    demo.document = await getJson(`${demo.portal}/demo`);
  } catch (fault) {
    await demo.stop();
    throw fault;
  }
  return demo;
}

class Demo {
  constructor(child, ended, data, base) {
    Object.assign(this, { child, ended, data, base, portal: `http://localhost:${base}`, document: null });
  }

  issuer(environment) {
    return this.document.environments[environment].issuer;
  }

  automationToken(environment = "sandbox") {
    return this.document.environments[environment].automation_token;
  }

  get sample() {
    return this.document.sample_app;
  }

  staff(role) {
    return one(this.document.staff, (person) => person.role === role, `staff with the role ${role}`);
  }

  partner(role, team) {
    return one(this.document.partners, (person) => person.role === role && (!team || person.team === team), `partner with the role ${role}`);
  }

  /** Calls the portal's API; throws unless the status is one of those expected. */
  async api(token, method, path, body, expected = [200, 201, 204]) {
    return call(`${this.portal}/api/v1${path}`, token, method, body, expected);
  }

  /** Calls an environment's test API with the environment-wide token. */
  async testApi(method, path, body, environment = "sandbox", expected = [200, 201, 204]) {
    return call(`${this.issuer(environment)}/test/api${path}`, this.automationToken(environment), method, body, expected);
  }

  /** Moves the keeper's clock; answers when what was due has been done. */
  async moveClock(to) {
    await this.api(this.document.staff[0].api_token, "POST", "/demo/clock", { to });
  }

  /** The mail of an address: the test inbox in the sandbox, the demo's catcher elsewhere. */
  async inbox(environment, to, after) {
    if (environment === "sandbox") {
      const query = new URLSearchParams({ to, wait: "10", ...(after ? { after } : {}) });
      return (await this.testApi("GET", `/inbox?${query}`)).json.items;
    }
    for (let attempt = 0; attempt < 40; attempt += 1) {
      const { items } = await getJson(`${this.portal}/demo/inbox?${new URLSearchParams({ to, ...(after ? { after } : {}) })}`);
      if (items.length > 0) return items;
      await sleep(250);
    }
    return [];
  }

  /** Runs the binary's own command line against this demo's data folder. */
  command(...args) {
    const { status, stdout, stderr } = spawnSync(binary(), args, { encoding: "utf8" });
    return { status, stdout, stderr };
  }

  async ready() {
    const until = Date.now() + 30_000;
    while (Date.now() < until) {
      if (this.child.exitCode !== null) throw new Error(`durward demo ended with ${this.child.exitCode}; see test-output`);
      const answer = await fetch(`${this.portal}/readyz`).catch(() => null);
      if (answer?.status === 200) return;
      await sleep(100);
    }
    throw new Error("durward demo was not ready within thirty seconds");
  }

  async stop() {
    this.child.kill("SIGTERM");
    const gone = await Promise.race([this.ended, sleep(10_000, "late", { ref: false })]);
    if (gone === "late") {
      this.child.kill("SIGKILL");
      await this.ended;
    }
    rmSync(this.data, { recursive: true, force: true });
    return gone;
  }
}

/** One HTTP call with a bearer token and JSON; gives status, headers and the parsed body. */
export async function call(url, token, method, body, expected) {
  const headers = { accept: "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) };
  if (body !== undefined) headers["content-type"] = "application/json";
  const answer = await fetch(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  if (!expected.includes(answer.status)) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
  return { status: answer.status, headers: answer.headers, json: text ? parse(text) : null };
}

/** Asks again until the answer is yes: what a job of the server does comes a little later. */
export async function eventually(ask, what) {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    if (await ask()) return;
    await sleep(500);
  }
  throw new Error(`never came true: ${what}`);
}

async function getJson(url) {
  return (await call(url, null, "GET", undefined, [200])).json;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function binary() {
  const found = [process.env.DURWARD_BIN, path.join(ROOT, "target/debug/durward"), path.join(ROOT, "target/release/durward")].find((file) => file && existsSync(file));
  if (!found) throw new Error("The durward binary is not built: run `cargo build`, or name it in DURWARD_BIN.");
  return found;
}

function one(list, rule, what) {
  const found = list.find(rule);
  if (!found) throw new Error(`GET /demo lists no ${what}`);
  return found;
}

async function freeBase() {
  for (let base = 21_000 + (process.pid % 1_500) * 10; base < 60_000; base += 10) {
    const offsets = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    const free = await Promise.all(offsets.map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
  throw new Error("no ten free ports in a row");
}

/** A port of this machine that nobody listens on now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
