// Installs the packages, as they would be published, in empty projects by npm, pnpm and yarn, in each version of Node that is
// supported, and trains there. Prints a table; with --write it is put into docs/installing.md. Package managers and Nodes come from
// npm's registry, nothing on this machine is changed. Slow (minutes a row), so it is run by hand before a release:
//
//   npm run build && node scripts/install-everywhere.mjs [--write] [--nodes 20,22,24] [--managers npm,pnpm]
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installNode, managers } from './install-everywhere/managers.mjs';
import { run } from './install-everywhere/run.mjs';
import { published } from './published.mjs';

const repository = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    nodes: { type: 'string', default: '20,22,24' },
    managers: { type: 'string', default: Object.keys(managers).join(',') },
  },
});

const train = await readFile(new URL('./install-everywhere/train.mjs', import.meta.url), 'utf8');
const work = await mkdtemp(join(tmpdir(), 'install-everywhere-'));

/** How the install script of onnxruntime-node is met. */
const scripts = [
  {
    name: 'skipped by `ONNXRUNTIME_NODE_INSTALL=skip`',
    environment: { ONNXRUNTIME_NODE_INSTALL: 'skip' },
    flags: [],
  },
  { name: "as the manager does by itself, npm's registry alone reached", environment: {}, flags: [] },
  { name: 'none (`--ignore-scripts`)', environment: {}, flags: ['--ignore-scripts'] },
];

/** Packs what would be published. */
async function pack() {
  const folders = published.map((name) => join(repository, 'packages', name));
  const packed = await run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', work, ...folders],
    {
      folder: repository,
    },
  );
  if (packed.code !== 0) throw new Error(packed.output);
  return JSON.parse(packed.stdout).map(({ name, filename }) => ({ name, path: join(work, filename) }));
}

/** Imports each package, which fails when something of it is missing. */
const importing = (tarballs) => tarballs.map(({ name }) => `await import('${name}');`).join(' ');

/** Installs and trains in an empty project; what went wrong, or how it went. */
async function tryIn(manager, node, { environment, flags }, tarballs) {
  const folder = await mkdtemp(join(work, 'project-'));
  const context = { folder, environment: { ...environment, PATH: `${node.path}:${process.env.PATH}` } };
  await manager.prepare(folder, tarballs);
  await writeFile(join(folder, 'train.mjs'), train);
  for (const [what, command] of [
    ['installs', manager.install(flags)],
    ['version', manager.execute('antitransfer', '--version')],
    ['imports', manager.execute('node', '--input-type=module', '--eval', importing(tarballs))],
    ['trains', manager.execute('node', 'train.mjs')],
  ]) {
    const ended = await run(node.program, [...manager.program, ...command], context);
    if (ended.code !== 0) return { failed: what, output: ended.output };
    if (what === 'trains' && !/^loss [\d.]+ to [\d.]+$/m.test(ended.stdout))
      return { failed: what, output: ended.output };
  }
  await rm(folder, { recursive: true });
  return { failed: undefined, output: '' };
}

/** The line of a manager's output that says why. */
function reason(output) {
  const lines = output.split('\n').map((line) => line.trim());
  const said = lines.find((line) => /getaddrinfo|EAI_AGAIN|ECONNREFUSED|Unsupported engine/.test(line));
  return (said ?? lines.at(-1) ?? '')
    .replace(/^.*(getaddrinfo \w+) \S+/, 'its download: $1')
    .replaceAll(work, '…')
    .replaceAll('|', '/')
    .slice(0, 110);
}

const rows = [];
try {
  const tarballs = await pack();
  const nodes = [];
  for (const major of values.nodes.split(',')) nodes.push(await installNode(major, work));
  for (const name of values.managers.split(',')) {
    const manager = await managers[name](work);
    for (const node of nodes) {
      // How scripts are met does not depend on Node: the first one is asked all three.
      for (const way of node === nodes[0] ? scripts : scripts.slice(0, 1)) {
        const { failed, output } = await tryIn(manager, node, way, tarballs);
        const outcome =
          failed === undefined ? 'installs, runs, trains' : `**${failed}: no** (${reason(output)})`;
        rows.push(`| ${manager.title} | ${node.version} | ${way.name} | ${outcome} |`);
        console.error(rows.at(-1));
        if (failed !== undefined) console.error(output.slice(-3000));
      }
    }
  }
} finally {
  await rm(work, { recursive: true, force: true });
}

const table = ['| manager | Node | install scripts | outcome |', '| --- | --- | --- | --- |', ...rows].join(
  '\n',
);
console.log(table);
if (values.write) {
  const path = join(repository, 'docs/installing.md');
  const page = await readFile(path, 'utf8');
  const [before, rest] = page.split('<!-- installed -->\n');
  const [, after] = (rest ?? '').split('<!-- /installed -->\n');
  if (before === undefined || after === undefined) throw new Error('docs/installing.md has lost its marks.');
  await writeFile(path, `${before}<!-- installed -->\n\n${table}\n\n<!-- /installed -->\n${after}`);
}
