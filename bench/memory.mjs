#!/usr/bin/env node
// Peak memory and time of a training step that keeps its activations, and of one that computes them again, in turns;
// and of PyTorch's, where it is installed.
//
//   npm run build && node bench/memory.mjs [--rounds 3] [--steps 4] [--threads 2] [--settings 1:8,0.25:16]
//     [--python /usr/bin/python3] [--no-peer]
//
// --settings are widths and batches of VGG16. "by steps" is what the steps added to compiled programs and first weights.
// Memory is the process's peak; "above idle" leaves out what Node (or Python with PyTorch) takes before anything is built.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';

const { values: given } = parseArgs({
  allowNegative: true,
  options: {
    rounds: { type: 'string', default: '3' },
    steps: { type: 'string', default: '4' },
    threads: { type: 'string', default: '2' },
    settings: { type: 'string', default: '1:8,0.25:16' },
    python: { type: 'string', default: '/usr/bin/python3' },
    peer: { type: 'boolean', default: true },
  },
});

const binary = join(import.meta.dirname, '../packages/antitransfer/bin/antitransfer.js');
const peer = join(import.meta.dirname, 'pytorch_peer.py');

for (const setting of given.settings.split(',')) {
  const [width, batch] = setting.split(':');
  if (!(Number(width) > 0 && Number(batch) > 0)) {
    console.error(`--settings "${setting}" must be a width and a batch, such as 0.25:16.`);
    process.exit(2);
  }
  const common = ['--model', 'vgg16', '--input', '1x126x129', '--width', width, '--batch', batch];
  const timing = ['--steps', given.steps, '--threads', given.threads];
  const ours = [binary, 'bench', 'step', ...common, ...timing, '--plain', '--json'];
  const ways = {
    kept: [process.execPath, ours],
    'computed again': [process.execPath, [...ours, '--recompute']],
    ...(given.peer && {
      PyTorch: [given.python, [peer, ...common, ...timing, '--conv', '4', '--way', 'plain']],
    }),
  };
  const runs = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  for (let round = 0; round < Number(given.rounds); round++) {
    for (const [way, [program, args]] of Object.entries(ways)) {
      const { stdout } = await promisify(execFile)(program, args);
      runs[way].push(JSON.parse(stdout.trim().split('\n').at(-1)));
    }
  }
  const idlePeer = given.peer ? await idlePython() : 0;
  console.log(`\nVGG16, width ${width}, batch ${batch}, ${given.threads} threads, without a penalty`);
  const columns = ['ms a step', 'fastest', 'peak MiB', 'above idle', 'by steps'];
  console.log(`${'activations'.padEnd(20)}${columns.map((column) => column.padStart(12)).join('')}`);
  for (const [way, list] of Object.entries(runs)) {
    const peak = median(list.map(({ peakRssMiB }) => peakRssMiB));
    const numbers = [
      median(list.map(({ msPerStep }) => msPerStep)).toFixed(1),
      Math.min(...list.map(({ msPerStepMin }) => msPerStepMin)).toFixed(1),
      peak.toFixed(0),
      (peak - median(list.map(({ idleRssMiB }) => idleRssMiB ?? idlePeer))).toFixed(0),
      way === 'PyTorch' ? '' : (peak - median(list.map((run) => run.compiledRssMiB))).toFixed(0),
    ];
    console.log(way.padEnd(20) + numbers.map((number) => number.padStart(12)).join(''));
  }
}

/** MiB of Python with PyTorch loaded. */
async function idlePython() {
  const code =
    'import resource, torch, torchvision; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)';
  const { stdout } = await promisify(execFile)(given.python, ['-c', code]);
  return Number(stdout);
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
