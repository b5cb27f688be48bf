#!/usr/bin/env node
// Batches of features in a random order, read from disk, beside the same from memory, in turns.
//
//   npm run build && node bench/features.mjs [--hours 2] [--batch 32] [--batches 300] [--rounds 5] [--memory-hours 2]
//     [--folder FOLDER] [--keep] [--json]
//
// The features are made, of the paper's front end (65 kB a second), and written as the store writes them, into a folder
// of the system's temporary one, or below --folder; it is removed afterwards (with --keep it stays, and the next run with
// the same --folder writes nothing). Nothing is done to the system's cache of files: how much came from the disk is said
// where the system tells (Linux). --memory-hours bounds what is held in memory to compare with: the same rows are drawn.
// Writing and reading have processes of their own, so that peaks of memory are of one thing.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from 'onnx-autograd';
import { memoryFeatures } from '../packages/antitransfer/dist/data/features/store/clip-features.js';
import {
  gigabytes,
  median,
  needsWriting,
  openMade,
  peakMiB,
  readIntoMemory,
  rowLength,
  shape,
  writeMade,
} from './made-features.mjs';

const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '2' },
    'memory-hours': { type: 'string', default: '2' },
    batch: { type: 'string', default: '32' },
    batches: { type: 'string', default: '300' },
    rounds: { type: 'string', default: '5' },
    folder: { type: 'string', default: tmpdir() },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    // What a process of this benchmark is to do: given by the benchmark itself.
    part: { type: 'string' },
  },
});
const numbers = Object.fromEntries(
  ['hours', 'memory-hours', 'batch', 'batches', 'rounds'].map((name) => [name, positive(name)]),
);
const { hours, batch, batches, rounds } = numbers;

const count = Math.round(hours * 3600);

const parts = { write: (folder) => writeMade(folder, count), epoch: readOnce, compare };
if (values.part !== undefined) console.log(JSON.stringify(await parts[values.part](values.folder)));
else await main();

async function main() {
  await mkdir(values.folder, { recursive: true });
  const bytes = count * rowLength * 4;
  const folder = values.keep
    ? join(values.folder, `features-${hours}h`)
    : await mkdtemp(join(values.folder, 'features-'));
  try {
    const written = (await needsWriting(folder, values.folder, count)) ? run('write', folder) : undefined;
    const first = run('epoch', folder);
    const compared = run('compare', folder);
    const result = { hours, rows: count, bytes, batch, written, first, compared };
    if (values.json) console.log(JSON.stringify(result));
    else print(result);
  } finally {
    if (!values.keep) await rm(folder, { recursive: true, force: true });
  }
}

/** Runs a part in a process of its own. */
function run(part, folder) {
  const flags = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const args = [import.meta.filename, ...flags, '--folder', folder, '--part', part];
  return JSON.parse(execFileSync(process.execPath, args, { maxBuffer: 2 ** 26 }).toString());
}

/** Opens the store and reads batches as a first epoch does: every row's digest is computed. */
async function readOnce(folder) {
  const idleMiB = peakMiB();
  const begin = performance.now();
  const features = await openMade(folder, count);
  const openSeconds = (performance.now() - begin) / 1000;
  const order = shuffled(new Random(1), count).slice(0, batches * batch);
  const into = new Float32Array(batch * rowLength);
  const fetchedBefore = await fetchedBytes();
  const first = await timeBatches(features, order, into);
  const fetched = await fetchedBytes();
  const again = await timeBatches(features, order, into);
  await features.close();
  const fromDisk = fetched && (fetched - fetchedBefore) / (order.length * rowLength * 4);
  return {
    openSeconds,
    firstMs: median(first),
    againMs: median(again),
    fromDisk,
    idleMiB,
    peakMiB: peakMiB(),
  };
}

/** Rows of the first hours, from disk and from memory, in turns; the very same rows. */
async function compare(folder) {
  const held = Math.min(count, Math.round(numbers['memory-hours'] * 3600));
  const stored = await openMade(folder, count);
  const data = await readIntoMemory(stored, held);
  const memory = memoryFeatures(shape, data);
  const random = new Random(2);
  const into = new Float32Array(batch * rowLength);
  const times = { disk: [], memory: [], all: [] };
  const fetchedBefore = await fetchedBytes();
  let bytes = 0;
  for (let round = 0; round < rounds; round++) {
    const order = shuffled(random, held).slice(0, batches * batch);
    times.disk.push(...(await timeBatches(stored, order, into)));
    times.memory.push(...(await timeBatches(memory, order, into)));
    // From everywhere on the disk: what a training on all of it asks for.
    const anywhere = shuffled(random, count).slice(0, batches * batch);
    times.all.push(...(await timeBatches(stored, anywhere, into)));
    bytes += (order.length + anywhere.length) * rowLength * 4;
  }
  const fetched = await fetchedBytes();
  await stored.close();
  return {
    heldHours: held / 3600,
    diskMs: median(times.disk),
    memoryMs: median(times.memory),
    allMs: median(times.all),
    ratio: median(times.disk) / median(times.memory),
    fromDisk: fetched && (fetched - fetchedBefore) / bytes,
  };
}

/** Milliseconds of each whole batch. */
async function timeBatches(features, order, into) {
  const times = [];
  for (let first = 0; first + batch <= order.length; first += batch) {
    const rows = order.slice(first, first + batch);
    const begin = performance.now();
    await features.read(rows, into);
    times.push(performance.now() - begin);
    // The first number of a made row says which it is.
    const wrong = rows.find((row, i) => into[i * rowLength] !== row);
    if (wrong !== undefined) throw new Error(`Row ${wrong} came back as another.`);
  }
  return times;
}

/** Bytes that the system fetched from a disk for this process; undefined where it does not tell. */
async function fetchedBytes() {
  const text = await readFile('/proc/self/io', 'utf8').catch(() => '');
  const [, bytes] = /^read_bytes: (\d+)$/m.exec(text) ?? [];
  return bytes && Number(bytes);
}

function print({ rows, bytes, written, first, compared }) {
  const share = (part) => (part === undefined ? 'unknown' : `${Math.round(100 * part)}%`);
  const ms = (value) => `${value.toFixed(2)} ms`;
  console.log(
    `${hours} h of features: ${rows} rows, ${gigabytes(bytes)}; batches of ${batch} in a random order`,
  );
  if (written) {
    console.log(`written in ${written.seconds.toFixed(1)} s, peak ${written.peakMiB.toFixed(0)} MiB`);
  }
  console.log(`opened in ${first.openSeconds.toFixed(2)} s`);
  console.log(
    `a batch for the first time, with digests: ${ms(first.firstMs)} (from the disk: ${share(first.fromDisk)})`,
  );
  console.log(`the same batches again: ${ms(first.againMs)}`);
  console.log(
    `peak of opening and reading: ${first.peakMiB.toFixed(0)} MiB, of which ${first.idleMiB.toFixed(0)} before`,
  );
  console.log(`in turns (from the disk: ${share(compared.fromDisk)}):`);
  console.log(`  ${compared.heldHours} h from memory: ${ms(compared.memoryMs)}`);
  console.log(
    `  the same from the store: ${ms(compared.diskMs)}, ${compared.ratio.toFixed(2)} times as long`,
  );
  console.log(`  all ${hours} h from the store: ${ms(compared.allMs)}`);
}

function shuffled(random, length) {
  const order = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = random.integer(0, i);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

function positive(name) {
  const value = Number(values[name]);
  if (value > 0 && Number.isFinite(value)) return value;
  console.error(`--${name} "${values[name]}" must be a number above zero.`);
  process.exit(2);
}
