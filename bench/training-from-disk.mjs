#!/usr/bin/env node
// Training steps on features that are read from disk, beside the same steps on the same rows in memory, in turns.
//
//   npm run build && node bench/training-from-disk.mjs [--hours 2] [--memory-hours 2] [--steps 20] [--rounds 5]
//     [--threads 2] [--folder FOLDER] [--keep] [--json]
//
// The features are those of bench/features.mjs (--keep and the same --folder: written once). Steps are those of a training:
// batches in a random order, read ahead; standardisation in the graph, forward, backward, Adam; no penalty, which would hide
// what reading costs. Three sources take turns: the first hours in memory, the same hours from disk, all hours from disk.
// A process of its own trains on all hours from disk only, for its peak of memory; it also measures their mean and deviation.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { adam, Random, TrainingSession } from 'onnx-autograd';
import { measureStandardisation } from '../packages/antitransfer/dist/data/features/standardise.js';
import { memoryFeatures } from '../packages/antitransfer/dist/data/features/store/clip-features.js';
import { buildNetwork } from '../packages/antitransfer/dist/learning/networks/registry.js';
import { standardised } from '../packages/antitransfer/dist/learning/networks/standardised.js';
import { EpochBatches } from '../packages/antitransfer/dist/learning/training/batches.js';
import { labelled } from '../packages/antitransfer/dist/learning/training/dataset.js';
import { buildPrograms } from '../packages/antitransfer/dist/learning/training/programs.js';
import { emptySums } from '../packages/antitransfer/dist/learning/training/progress.js';
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
    steps: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
    folder: { type: 'string', default: tmpdir() },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    // What a process of this benchmark is to do: given by the benchmark itself.
    part: { type: 'string' },
    network: { type: 'string' },
  },
});
const numbers = Object.fromEntries(
  ['hours', 'memory-hours', 'steps', 'rounds', 'threads'].map((name) => [name, positive(name)]),
);
const { hours, steps, rounds, threads } = numbers;
const count = Math.round(hours * 3600);
const held = Math.min(count, Math.round(numbers['memory-hours'] * 3600));

const networks = {
  'vgg16, a quarter of the width': { name: 'vgg16', width: 0.25, batch: 16 },
  'vgg-small': { name: 'vgg-small', width: 1, batch: 32 },
};

const parts = { write: (folder) => writeMade(folder, count), peak, compare };
if (values.part === undefined) await main();
else console.log(JSON.stringify(await parts[values.part](values.folder, networks[values.network])));

async function main() {
  await mkdir(values.folder, { recursive: true });
  const folder = values.keep
    ? join(values.folder, `features-${hours}h`)
    : await mkdtemp(join(values.folder, 'features-'));
  try {
    if (await needsWriting(folder, values.folder, count)) run('write', folder);
    const measured = Object.keys(networks).map((network) => ({
      network,
      ...run('compare', folder, network),
      peak: run('peak', folder, network),
    }));
    if (values.json) console.log(JSON.stringify({ hours, measured }));
    else print(measured);
  } finally {
    if (!values.keep) await rm(folder, { recursive: true, force: true });
  }
}

/** Runs a part in a process of its own. */
function run(part, folder, network) {
  const flags = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const args = [import.meta.filename, ...flags, '--folder', folder, '--part', part];
  if (network !== undefined) args.push('--network', network);
  return JSON.parse(execFileSync(process.execPath, args, { maxBuffer: 2 ** 26 }).toString());
}

/** Seconds of the same number of steps from each source, in turns. */
async function compare(folder, choice) {
  const stored = await openMade(folder, count);
  const first = await openMade(folder, held);
  const memory = memoryFeatures(shape, await readIntoMemory(first, held));
  const training = await trainingOf(choice, { mean: [0.5], deviation: [0.3] });
  const sources = { memory, disk: first, all: stored };
  const seconds = { memory: [], disk: [], all: [] };
  for (let round = 0; round <= rounds; round++) {
    for (const [name, features] of Object.entries(sources)) {
      const taken = await training.take(features, round + 1);
      // The first round compiles, and computes digests of what it reads.
      if (round > 0) seconds[name].push(taken);
    }
  }
  await training.close();
  await Promise.all([stored.close(), first.close()]);
  const ms = (name) => (1000 * median(seconds[name])) / steps;
  const ratio = (name) => median(seconds[name].map((value, round) => value / seconds.memory[round]));
  return {
    memoryMs: ms('memory'),
    diskMs: ms('disk'),
    allMs: ms('all'),
    diskRatio: ratio('disk'),
    allRatio: ratio('all'),
  };
}

/** Peak of memory of a training on all hours: their mean and deviation, then steps. */
async function peak(folder, choice) {
  const idleMiB = peakMiB();
  const features = await openMade(folder, count);
  const begin = performance.now();
  const rows = Array.from({ length: count }, (_, row) => row);
  const standardisation = await measureStandardisation(features, rows, 'global');
  const measureSeconds = (performance.now() - begin) / 1000;
  const training = await trainingOf(choice, standardisation);
  await training.take(features, 1, 3 * steps);
  await training.close();
  await features.close();
  return { idleMiB, peakMiB: peakMiB(), measureSeconds };
}

/** A network that is trained on whatever features it is given. */
async function trainingOf({ name, width, batch }, standardisation) {
  const bare = buildNetwork(name, {
    classes: 10,
    input: shape,
    width,
    head: 'pooled',
    random: new Random(1),
  });
  const network = standardised(bare, standardisation);
  const tap = [...network.taps.keys()].at(-1);
  const programs = buildPrograms(network, { objectives: [], observe: [{ tap, position: 'after' }] });
  const session = await TrainingSession.create({
    programs: { train: programs.train },
    weights: programs.weights,
    optimizer: adam({ learningRate: 5e-5 }),
    threads,
    thread: 'inline',
  });
  return {
    close: () => session.close(),
    /** Seconds of some steps of an epoch on features. */
    take: async (features, epoch, wanted = steps) => {
      const labels = Int32Array.from({ length: features.count }, (_, clip) => clip % 10);
      const train = labelled(features, labels);
      const source = {
        programs,
        objectives: [],
        train,
        auxiliary: {},
        answers: new Map(),
        batch,
        epochs: 1,
        seed: 1,
      };
      const plan = new EpochBatches(source, epoch);
      const begin = performance.now();
      let taken = 0;
      for await (const read of plan.read()) {
        await plan.step(session, read, emptySums());
        if (++taken === wanted) break;
      }
      return (performance.now() - begin) / 1000;
    },
  };
}

function print(measured) {
  const ms = (value) => `${value.toFixed(0)} ms`;
  const times = (value) => `${value.toFixed(3)} times as long`;
  console.log(
    `${hours} h of features, ${count} rows, ${gigabytes(count * rowLength * 4)}; ${threads} threads`,
  );
  for (const { network, memoryMs, diskMs, allMs, diskRatio, allRatio, peak: one } of measured) {
    console.log(`${network}:`);
    console.log(`  a step on ${held / 3600} h in memory: ${ms(memoryMs)}`);
    console.log(`  on the same from disk: ${ms(diskMs)}, ${times(diskRatio)}`);
    console.log(`  on all ${hours} h from disk: ${ms(allMs)}, ${times(allRatio)}`);
    console.log(
      `  peak of a training on all ${hours} h: ${one.peakMiB.toFixed(0)} MiB, of which ${one.idleMiB.toFixed(0)} before; ` +
        `mean and deviation took ${one.measureSeconds.toFixed(0)} s`,
    );
  }
}

function positive(name) {
  const value = Number(values[name]);
  if (value > 0 && Number.isFinite(value)) return value;
  console.error(`--${name} "${values[name]}" must be a number above zero.`);
  process.exit(2);
}
