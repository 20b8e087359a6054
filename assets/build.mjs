// Builds dist/ (style sheet, scripts, fonts, pictures, all with their hash in the name)
// and the table that the web crate embeds. Run with `npm ci && npm run build`.
// `npm run check` writes nothing and fails if what is committed is not what would be built.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from "node:zlib";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const uswds = join(here, "node_modules/@uswds/uswds");
const dist = join(here, "dist");
const table = join(here, "../crates/web/src/shared/assets_table.rs");

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};
// The signs that pages use, taken from the USWDS sprite.
const SIGNS = [
  "account_circle", "arrow_back", "arrow_forward", "check", "check_circle", "close", "event",
  "error", "error_outline", "expand_more", "help", "history", "info", "language", "launch", "lock",
  "mail", "phone", "schedule", "security", "verified", "visibility", "warning",
];

const PACKINGS = [
  {
    ending: ".br",
    pack: (bytes) => brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
    unpack: brotliDecompressSync,
  },
  { ending: ".gz", pack: (bytes) => gzipSync(bytes, { level: 9 }), unpack: gunzipSync },
];

const files = new Map();
const constants_ = new Map();

const sprite = cutSprite();
addNamed("SPRITE", "sprite.svg", sprite);
addNamed("FAVICON", "favicon.svg", readFileSync(join(here, "img/favicon.svg")));
addNamed("MARK", "mark.svg", readFileSync(join(here, "img/mark.svg")));
addNamed("STYLE", "durward.css", styleSheet());

for (const name of readdirSync(join(here, "js")).sort()) {
  addNamed(basename(name, ".js").toUpperCase(), name, readFileSync(join(here, "js", name)));
}

if (process.argv.includes("--check")) check();
else write();

function write() {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  for (const [name, bytes] of [...files].sort()) {
    writeFileSync(join(dist, name), bytes);
    for (const { ending, pack } of packings(name)) writeFileSync(join(dist, name + ending), pack(bytes));
    console.log(String(bytes.length).padStart(8), name);
  }
  writeFileSync(join(dist, "manifest.json"), manifest());
  writeFileSync(table, rustTable());
}

// Packed twins are compared by what they hold: another release of zlib packs differently.
function check() {
  const wanted = new Map([[join(dist, "manifest.json"), Buffer.from(manifest())], [table, Buffer.from(rustTable())]]);
  const read = new Map();
  for (const [name, bytes] of files) {
    wanted.set(join(dist, name), bytes);
    for (const { ending, unpack } of packings(name)) {
      wanted.set(join(dist, name + ending), bytes);
      read.set(join(dist, name + ending), unpack);
    }
  }
  const is = (path, bytes) => {
    if (!existsSync(path)) return false;
    return (read.get(path) ?? ((same) => same))(readFileSync(path)).equals(bytes);
  };
  const wrong = [...wanted].filter(([path, bytes]) => !is(path, bytes)).map(([path]) => path);
  const extra = readdirSync(dist).map((name) => join(dist, name)).filter((path) => !wanted.has(path));
  if (wrong.length + extra.length > 0) {
    console.error(`Not as built from the sources; run \`npm run build\` in assets/:\n${[...wrong, ...extra].join("\n")}`);
    process.exitCode = 1;
  }
}

// The style sheet, with every url() replaced by the hashed name of a copy.
function styleSheet() {
  const { css } = compile(join(here, "scss/durward.scss"), {
    style: "compressed",
    loadPaths: [join(uswds, "packages")],
    quietDeps: true,
    silenceDeprecations: ["import", "if-function", "global-builtin"],
  });
  return Buffer.from(
    css
      .replace(/\/\*![\s\S]*?\*\//g, "")
      // Slanted letters are rare here; the browser slants the upright ones.
      .replace(/@font-face\{[^}]*font-style:italic[^}]*\}/g, "")
      .replace(/url\(["']?(?!data:)([^"')]+)["']?\)/g, (_, path) => {
        const from = join(uswds, "dist", path.replace(/^(\.\.\/)+/, ""));
        return `url(${add(basename(path), readFileSync(from))})`;
      }),
  );
}

function cutSprite() {
  const all = readFileSync(join(uswds, "dist/img/sprite.svg"), "utf8");
  const symbols = SIGNS.map((id) => {
    const found = all.match(new RegExp(`<symbol[^>]*id="${id}"[^>]*>.*?</symbol>`, "s"));
    if (!found) throw new Error(`the USWDS sprite has no sign ${id}`);
    return found[0];
  });
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

function addNamed(constant, name, bytes) {
  constants_.set(constant, add(name, bytes));
}

// Keeps one file under its hashed name.
function add(name, bytes) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const extension = extname(name);
  const hashed = `${basename(name, extension)}-${hash}${extension}`;
  files.set(hashed, bytes);
  return hashed;
}

// The packed twins of a file, where they pay.
function packings(name) {
  return extname(name) !== ".woff2" && files.get(name).length > 2048 ? PACKINGS : [];
}

function manifest() {
  const names = Object.fromEntries([...files.keys()].sort().map((name) => [name.replace(/-[0-9a-f]{12}(?=\.)/, ""), name]));
  return `${JSON.stringify(names, null, 2)}\n`;
}

function rustTable() {
  const lines = [
    "//! Generated by `npm run build` in `assets/`; do not edit.",
    "",
    "use super::assets::Asset;",
    "",
  ];
  const words = {
    STYLE: "The style sheet.",
    SPRITE: "The signs, one `<symbol>` each.",
    FAVICON: "The picture for the browser's tab.",
    MARK: "The mark beside the service's name.",
    PASSKEY: "The script that asks the browser for passkeys and security keys.",
    SHOW_PASSWORD: "The script that puts a button to show it beside a password.",
  };
  for (const [constant, name] of [...constants_].sort()) {
    lines.push(`/// ${words[constant]}`, `pub const ${constant}: &str = "/assets/${name}";`);
  }
  lines.push("", "/// Every file, sorted by name.", "pub(super) const ASSETS: &[Asset] = &[");
  for (const name of [...files.keys()].sort()) {
    const bytes = (file) => `include_bytes!("../../../../assets/dist/${file}")`;
    const packed = (ending) => packings(name).some((packing) => packing.ending === ending) ? `Some(${bytes(name + ending)})` : "None";
    lines.push(
      "    Asset {",
      `        name: "${name}",`,
      `        media_type: "${TYPES[extname(name)]}",`,
      `        bytes: ${bytes(name)},`,
      `        brotli: ${packed(".br")},`,
      `        gzip: ${packed(".gz")},`,
      "    },",
    );
  }
  lines.push("];", "");
  return lines.join("\n");
}
