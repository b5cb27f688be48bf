#!/usr/bin/env node
// What compiling a training step costs: building its graphs, and ONNX Runtime's compilation, first and from the cache;
// the first step and later ones; and opening the network's file to ask it.
//
//   npm run build && node bench/compile.mjs [--rounds 5] [--threads 2] [--write] [network.onnx ...]
//
// Without files: vgg-small without a penalty, VGG16 with its pooled and its wide head, anti-transfer at conv4_2. Each
// measurement has a process of its own, as a training in a comparison has; medians are printed. Steps are of eight clips.
// --write puts the table into docs/performance.md.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { antiTransfer, buildNetwork, networkOf } from '../packages/antitransfer/dist/index.js';
import { namedFrozenPrograms } from '../packages/antitransfer/dist/learning/training/answer-caches.js';
import { buildPrograms } from '../packages/antitransfer/dist/learning/training/programs.js';
import {
  adam,
  float32,
  openProgram,
  Random,
  readOnnx,
  TrainingSession,
  writeOnnx,
} from '../packages/onnx-autograd/dist/index.js';
import { median } from './python-peer.mjs';

const { values: given, positionals: files } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
    write: { type: 'boolean', default: false },
    once: { type: 'string' },
    cache: { type: 'string' },
  },
  allowPositionals: true,
});
const [rounds, threads] = [given.rounds, given.threads].map(Number);
if (![rounds, threads].every((count) => Number.isInteger(count) && count > 0)) {
  console.error(
    `--rounds "${given.rounds}" and --threads "${given.threads}" must be whole numbers, 1 or more.`,
  );
  process.exit(2);
}

/** What is measured without files, and what it is called. */
const built = {
  'vgg-small': 'vgg-small, 1 x 64 x 64',
  pooled: 'VGG16, pooled head, anti-transfer',
  wide: 'VGG16, wide head, anti-transfer',
};
const BATCH = 8;

if (given.once !== undefined) {
  console.log(JSON.stringify(await compileOnce(given.once, given.cache)));
} else {
  const columns = ['build', 'compile', 'first', 'again', 'from the cache', 'first step', 'a step', 'opened'];
  const lines = [`| milliseconds | ${columns.join(' | ')} |`, `| --- |${' ---: |'.repeat(columns.length)}`];
  for (const what of files.length > 0 ? files : Object.keys(built)) lines.push(await row(what));
  const table = `${lines.join('\n')}\n`;
  console.log(table);
  if (given.write) write(table);
}

function write(table) {
  const page = join(import.meta.dirname, '../docs/performance.md');
  const between = /(<!-- compile -->\n).*?(<!-- \/compile -->)/s;
  const text = readFileSync(page, 'utf8');
  writeFileSync(
    page,
    text.replace(between, (_, open, close) => `${open}${table}${close}`),
  );
}

/** The first process fills the cache, the second finds it full; in turns with one that has none. */
async function row(what) {
  const measured = [];
  for (let round = 0; round < rounds; round++) {
    const cache = mkdtempSync(join(tmpdir(), 'antitransfer-compile-'));
    try {
      const without = await inProcess(what);
      const first = await inProcess(what, cache);
      const again = await inProcess(what, cache);
      measured.push([
        without.build,
        without.compile,
        first.compile,
        again.compile,
        again.build + again.compile,
        without.firstStep,
        without.step,
        without.open,
      ]);
    } finally {
      rmSync(cache, { recursive: true });
    }
  }
  const medians = measured[0].map((_, column) => median(measured.map((row) => row[column])));
  const name = built[what] ?? basename(what);
  return `| ${name} | ${medians.map((time) => time.toFixed(0)).join(' | ')} |`;
}

async function inProcess(what, cache) {
  const args = [
    import.meta.filename,
    '--once',
    what,
    '--threads',
    given.threads,
    ...(cache ? ['--cache', cache] : []),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

/** The weights are zeros: drawing them, or reading them from a file, is not compiling. */
async function compileOnce(what, cache) {
  const vgg16 = () => buildNetwork('vgg16', { classes: 10, input: [1, 126, 129], head: what });
  const isPenalised = what === 'pooled' || what === 'wide';
  const network = networkFor(what, vgg16);
  const penalty = () =>
    antiTransfer({ orthogonal: vgg16(), tap: 'conv4_2', aggregation: 'gram', similarity: 'squared-cosine' });
  const objectives = isPenalised ? [penalty()] : [];
  const observe = [{ tap: [...network.taps.keys()].at(-1), position: 'after' }];
  const started = performance.now();
  const { train, evaluate, frozen, weights } = buildPrograms(network, { objectives, observe });
  const isBuilt = performance.now();
  const session = await TrainingSession.create({
    thread: 'inline',
    programs: { train, evaluate, ...namedFrozenPrograms(frozen) },
    weights,
    optimizer: adam(),
    threads,
    ...(cache && { compiledCache: cache }),
  });
  const compiled = performance.now();
  const feeds = feedsOf(train);
  const steps = [];
  for (let step = 0; step < 6; step++) {
    const begin = performance.now();
    await session.step('train', feeds);
    steps.push(performance.now() - begin);
  }
  await session.close();
  const [firstStep, ...later] = steps;
  return {
    build: isBuilt - started,
    compile: compiled - isBuilt,
    firstStep,
    step: median(later),
    open: await open(network),
  };
}

function networkFor(what, vgg16) {
  if (what.endsWith('.onnx')) return networkOf(readOnnx(readFileSync(what)).graph);
  return what === 'vgg-small' ? buildNetwork(what, { classes: 10, input: [1, 64, 64] }) : vgg16();
}

/** From the bytes of the network's file to a program that answers. */
async function open({ graph }) {
  const bytes = writeOnnx(graph);
  const begin = performance.now();
  const program = await openProgram(readOnnx(bytes).graph, { threads });
  const took = performance.now() - begin;
  await program.close();
  return took;
}

/** Noise of a batch, also where a frozen network's answers are wanted; labels of the first class. */
function feedsOf({ inputs }) {
  const random = new Random(1);
  const tensorOf = ({ type, shape }) => {
    const dims = shape.map((size) => (typeof size === 'number' ? size : BATCH));
    const size = dims.reduce((a, b) => a * b, 1);
    return type === 'int64'
      ? { type, dims, data: new BigInt64Array(size) }
      : float32(
          Float32Array.from({ length: size }, () => random.normal()),
          dims,
        );
  };
  return Object.fromEntries(inputs.map((input) => [input.name, tensorOf(input)]));
}
