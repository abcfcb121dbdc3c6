// Builds static/scss/*.scss into static/css. `--check` writes nothing and fails when a committed file differs.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import * as sass from "sass";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const check = process.argv.includes("--check");
const options = {
  style: "compressed",
  charset: false,
  loadPaths: [join(root, "node_modules")],
  quietDeps: true,
  logger: sass.Logger.silent, // Bootstrap 5.3 is written with @import, which this Sass still takes
};

function build(name) {
  const { css } = sass.compile(join(root, "static/scss", name), options);
  return `${css}\n`;
}

const entries = readdirSync(join(root, "static/scss")).filter((name) => name.endsWith(".scss") && !name.startsWith("_"));
mkdirSync(join(root, "static/css"), { recursive: true });
let stale = 0;
for (const name of entries.sort()) {
  const target = `static/css/${name === "main.scss" ? "site" : name.slice(0, -5)}.css`;
  const css = build(name);
  if (!check) {
    writeFileSync(join(root, target), css);
    console.log(`${target}: ${Buffer.byteLength(css)} bytes, ${brotliCompressSync(css).length} brotli`);
  } else if (!existsSync(join(root, target)) || readFileSync(join(root, target), "utf8") !== css) {
    console.error(`${target} is not what its sources build to. Run: make css`);
    stale += 1;
  }
}
process.exitCode = stale ? 1 : 0;
