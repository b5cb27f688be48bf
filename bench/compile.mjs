#!/usr/bin/env node
// What compiling a training step costs: building its graphs, and ONNX Runtime's compilation, first and from the cache.
//
//   npm run build && node bench/compile.mjs [--rounds 5] [network.onnx ...]
//
// Without files: VGG16 with its pooled and its wide head, anti-transfer at conv4_2. Each measurement has a process of
// its own, as a training in a comparison has; medians are printed.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { antiTransfer, buildNetwork, networkOf } from '../packages/antitransfer/dist/index.js';
import { frozenPrograms } from '../packages/antitransfer/dist/learning/training/frozen-sessions.js';
import { buildPrograms } from '../packages/antitransfer/dist/learning/training/programs.js';
import { adam, readOnnx, TrainingSession } from '../packages/onnx-autograd/dist/index.js';

const { values: given, positionals: files } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, once: { type: 'string' }, cache: { type: 'string' } },
  allowPositionals: true,
});

if (given.once !== undefined) {
  console.log(JSON.stringify(await compileOnce(given.once, given.cache)));
} else {
  const rounds = Number(given.rounds);
  if (!(Number.isInteger(rounds) && rounds > 0)) {
    console.error(`--rounds "${given.rounds}" must be a whole number, 1 or more.`);
    process.exit(2);
  }
  const columns = ['build', 'compile', 'first', 'again', 'from the cache'];
  console.log(`${'milliseconds'.padEnd(28)}${columns.map((column) => column.padStart(16)).join('')}`);
  for (const what of files.length > 0 ? files : ['pooled', 'wide']) await print(what, rounds);
}

/** The first process fills the cache, the second finds it full; in turns with one that has none. */
async function print(what, rounds) {
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
      ]);
    } finally {
      rmSync(cache, { recursive: true });
    }
  }
  const medians = measured[0].map((_, column) => median(measured.map((row) => row[column])));
  const name = files.length > 0 ? basename(what) : `VGG16, ${what} head`;
  console.log(name.padEnd(28) + medians.map((time) => time.toFixed(0).padStart(16)).join(''));
}

async function inProcess(what, cache) {
  const args = [import.meta.filename, '--once', what, ...(cache ? ['--cache', cache] : [])];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

/** The weights are zeros: drawing them, or reading them from a file, is not compiling. */
async function compileOnce(what, cache) {
  const isFile = what.endsWith('.onnx');
  const vgg16 = () => buildNetwork('vgg16', { classes: 10, input: [1, 126, 129], head: what });
  const network = isFile ? networkOf(readOnnx(readFileSync(what)).graph) : vgg16();
  const objectives = isFile
    ? []
    : [
        antiTransfer({
          orthogonal: vgg16(),
          tap: 'conv4_2',
          aggregation: 'gram',
          similarity: 'squared-cosine',
        }),
      ];
  const observe = [{ tap: [...network.taps.keys()].at(-1), position: 'after' }];
  const started = performance.now();
  const { train, evaluate, frozen, weights } = buildPrograms(network, { objectives, observe });
  const built = performance.now();
  const session = await TrainingSession.create({
    thread: 'inline',
    programs: { train, evaluate, ...frozenPrograms(frozen) },
    weights,
    optimizer: adam(),
    ...(cache && { compiledCache: cache }),
  });
  const compiled = performance.now();
  await session.close();
  return { build: built - started, compile: compiled - built };
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
