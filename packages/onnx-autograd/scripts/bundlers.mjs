// Installs the packed package in new projects of Vite, Next and SvelteKit, trains twenty steps in their pages in Chromium, while
// they are developed and built, isolated from other origins and not, and prints a table of what came of it; with --write it goes
// into docs/devices.md.
//
//   npm run build && node packages/onnx-autograd/scripts/bundlers.mjs [--write] [--only Next]
//
// Needs npm's registry and a Chromium (CHROMIUM_PATH may name it), and takes some ten minutes.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { createServer } from 'vite';

const { values: options } = parseArgs({
  options: { write: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const run = promisify(execFile);
// What the tests share is TypeScript: Vite loads it.
const loader = await createServer({
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, hmr: false, watch: null },
});
const load = (url) => loader.ssrLoadModule(fileURLToPath(url));
const { frameworks, tryFramework } = await load(
  new URL('../test/devices/projects/frameworks.ts', import.meta.url),
);
const { newFolder, packInto } = await load(new URL('../test/devices/projects/packed.ts', import.meta.url));
const { findChromium } = await load(new URL('../test/devices/chromium.ts', import.meta.url));

const chromium = findChromium();
if (chromium === undefined) throw new Error('No Chromium was found; CHROMIUM_PATH may name one.');

/** Bundlers say much beside what is wrong, and this library what helps. */
const shortly = (error) => (/Invalid value .*/.exec(error)?.[0] ?? error.split('. ')[0]).slice(0, 200);

const lines = [];
for (const framework of frameworks) {
  if (options.only !== undefined && framework.name !== options.only) continue;
  const folder = await newFolder();
  const inFolder = (path) => join(folder.path, path);
  await writeFile(inFolder('package.json'), '{ "private": true, "type": "module" }\n');
  const packages = [await packInto(folder.path), 'onnxruntime-web', ...framework.packages];
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await run('npm', ['install', ...quiet, ...packages], { cwd: folder.path, maxBuffer: 2 ** 26 });
  const [named] = framework.packages[0].split(/(?<=.)@/);
  const { version } = JSON.parse(await readFile(inFolder(`node_modules/${named}/package.json`), 'utf8'));
  const name = `${framework.name.replace(/ \d+$/, '')} ${version}`;
  const clean = async () => {
    for (const left of ['dist', '.next', '.svelte-kit', 'node_modules/.vite'])
      await rm(inFolder(left), { recursive: true, force: true });
  };
  await tryFramework(framework, folder.path, chromium, clean, (variant, mode, outcome) => {
    const { isolated, losses, threads, error, warnings } = outcome;
    const works = error === undefined && losses.at(-1) < losses[0] / 2;
    const said = warnings.some((text) => text.includes('one thread')) ? ', and says how there are more' : '';
    const taken = threads === undefined ? 'threads being tried' : `threads: ${threads}`;
    const result = works ? `works, ${taken}${said}` : `fails: ${shortly(error ?? 'the loss does not fall')}`;
    if (works && isolated !== variant.isolated) throw new Error(`${name}: isolated is ${isolated}.`);
    lines.push([
      name,
      mode,
      variant.isolated ? 'yes' : 'no',
      `\`${variant.lines}\``,
      result.replace(/\s+/g, ' '),
    ]);
    console.error(lines.at(-1).join(' | '));
  });
  await folder.remove();
}
await loader.close();

const row = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const head = ['project', 'served', 'isolated', 'lines', 'twenty steps'];
const table = [row(head), row(head.map(() => '---')), ...lines.map(row)].join('\n');
console.log(table);
if (options.write) {
  const file = new URL('../../../docs/devices.md', import.meta.url);
  const made = /(<!-- Made by scripts\/bundlers\.mjs --write\. -->\n\n).*?(\n\n<!-- End\. -->)/s;
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(made, (_, from, to) => `${from}${table}${to}`),
  );
}
