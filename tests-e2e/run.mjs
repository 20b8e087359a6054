// Runs every *.test.mjs beside this file (or the named ones), one after the other, with Node's own test runner.
import { readdirSync } from "node:fs";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const here = new URL(".", import.meta.url).pathname;
const named = process.argv.slice(2);
const files = readdirSync(here)
  .filter((name) => name.endsWith(".test.mjs"))
  .filter((name) => named.length === 0 || named.some((part) => name.includes(part)))
  .map((name) => here + name);

const events = run({ files, concurrency: 1, timeout: 600_000 });
events.on("test:fail", () => {
  process.exitCode = 1;
});
events.compose(new spec()).pipe(process.stdout);
