#!/usr/bin/env node
// Training steps of `antitransfer bench step` beside those of a PyTorch peer, in turns, with the same settings.
//
//   npm run build && node bench/pytorch.mjs [--rounds 3] [--steps 5] [--threads 2] [--settings 1:8,0.25:16]
//     [--peer bench/pytorch_peer.py] [--layout contiguous|channels-last] [--python /usr/bin/python3] [--json]
//
// --settings are widths and batches of VGG16. A ratio is the peer's time by ours: above 1, antitransfer is faster.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';

const { values: given } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    steps: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
    settings: { type: 'string', default: '1:8,0.25:16' },
    peer: { type: 'string', default: join(import.meta.dirname, 'pytorch_peer.py') },
    layout: { type: 'string', default: 'contiguous' },
    python: { type: 'string', default: '/usr/bin/python3' },
    json: { type: 'boolean', default: false },
  },
});

const input = '1x126x129';
const rounds = wholeNumber('rounds', given.rounds);
const steps = wholeNumber('steps', given.steps);
const threads = wholeNumber('threads', given.threads);
const binary = join(import.meta.dirname, '../packages/antitransfer/bin/antitransfer.js');
// The fourth convolution, by its name here and by its number there.
const [tap, conv] = ['conv2_2', '4'];

const ours = { uncached: [], cached: ['--cached'], plain: ['--plain'] };
const theirs = ['tuned', 'official', 'plain'];
/** Which of ours is put beside which of theirs. */
const pairs = [
  ['uncached', 'tuned'],
  ['uncached', 'official'],
  ['cached', 'tuned'],
  ['plain', 'plain'],
];

const product = await matrixProduct();
if (product < 20) {
  console.error(
    `PyTorch multiplies matrices at ${product.toFixed(1)} GFLOP/s: it found only the reference BLAS, and steps with a ` +
      'penalty would look many times slower than they are. Install another (apt-get install libopenblas0-pthread).',
  );
  process.exit(1);
}

const results = [];
for (const { width, batch } of parseSettings(given.settings)) results.push(await compare(width, batch));

if (given.json)
  console.log(JSON.stringify({ input, tap, threads, steps, rounds, product, settings: results }));
else for (const result of results) print(result);

/** Every way of both sides once a round, so that a busy minute of the machine falls on all of them. */
async function compare(width, batch) {
  const common = ['--model', 'vgg16', '--width', width, '--batch', batch, '--input', input];
  const timing = ['--steps', String(steps), '--threads', String(threads)];
  const runs = new Map();
  let peer = '';
  for (let round = 1; round <= rounds; round++) {
    for (const [way, flags] of Object.entries(ours)) {
      const penalty = ['--tap', tap, '--aggregation', 'gram', '--similarity', 'squared-cosine'];
      const command = [binary, 'bench', 'step', ...common, ...timing, ...penalty, ...flags, '--json'];
      add(runs, `antitransfer ${way}`, await measure(process.execPath, command, round));
    }
    for (const way of theirs) {
      const command = [
        given.peer,
        ...common,
        ...timing,
        '--conv',
        conv,
        '--way',
        way,
        '--layout',
        given.layout,
      ];
      const measured = await measure(given.python, command, round);
      peer = measured.peer ?? 'PyTorch';
      add(runs, `peer ${way}`, measured);
    }
  }
  const medians = Object.fromEntries(
    [...runs].map(([name, list]) => [
      name,
      {
        msPerStep: median(list.map(({ msPerStep }) => msPerStep)),
        msPerStepMin: Math.min(...list.map(({ msPerStepMin }) => msPerStepMin)),
        peakRssMiB: median(list.map(({ peakRssMiB }) => peakRssMiB)),
      },
    ]),
  );
  const ratios = pairs.map(([our, their]) => {
    const [a, b] = [medians[`antitransfer ${our}`], medians[`peer ${their}`]];
    return {
      antitransfer: our,
      peer: their,
      speed: b.msPerStep / a.msPerStep,
      // The fastest step of each, which a busy machine disturbs least.
      speedOfFastest: b.msPerStepMin / a.msPerStepMin,
      memory: a.peakRssMiB / b.peakRssMiB,
    };
  });
  return { width: Number(width), batch: Number(batch), peer, medians, ratios };
}

/** GFLOP/s of a large product in PyTorch, outside of oneDNN's convolutions: that of the BLAS it is linked with. */
async function matrixProduct() {
  const lines = [
    'import time, torch',
    `torch.set_num_threads(${threads})`,
    'a = torch.randn(1024, 1024)',
    'times = []',
    'for _ in range(3):',
    '    start = time.perf_counter(); a @ a.T; times.append(time.perf_counter() - start)',
    'print(2 * 1024 ** 3 / min(times) / 1e9)',
  ];
  try {
    return Number((await promisify(execFile)(given.python, ['-c', lines.join('\n')])).stdout);
  } catch (error) {
    console.error(error.stderr || error.message);
    return refuse(`${given.python} has no PyTorch (apt-get install python3-torch), or give --python.`);
  }
}

async function measure(program, args, round) {
  if (process.stderr.isTTY)
    process.stderr.write(`\r\x1b[Kround ${round} of ${rounds}: ${args.slice(1).join(' ')}`);
  try {
    const { stdout } = await promisify(execFile)(program, args);
    return JSON.parse(stdout.trim().split('\n').at(-1));
  } catch (error) {
    console.error(`\n${program} ${args.join(' ')}\nfailed:\n${error.stderr || error.message}`);
    if (program === given.python) console.error('Is PyTorch installed (apt-get install python3-torch)?');
    process.exit(1);
  } finally {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }
}

function print({ width, batch, peer, medians, ratios }) {
  console.log(`\nVGG16, width ${width}, batch ${batch}, input ${input}, ${threads} threads; ${peer}`);
  console.log(`(its matrix product of 1024: ${product.toFixed(0)} GFLOP/s)`);
  console.log(`medians of ${rounds} rounds of ${steps} steps\n`);
  console.log(
    `${'way'.padEnd(24)}${'ms a step'.padStart(10)}${'fastest'.padStart(10)}${'peak MiB'.padStart(10)}`,
  );
  for (const [name, { msPerStep, msPerStepMin, peakRssMiB }] of Object.entries(medians)) {
    const numbers = [msPerStep.toFixed(1), msPerStepMin.toFixed(1), peakRssMiB.toFixed(0)];
    console.log(name.padEnd(24) + numbers.map((number) => number.padStart(10)).join(''));
  }
  console.log(
    `\n${'ratio'.padEnd(24)}${'speed'.padStart(10)}${'fastest'.padStart(10)}${'memory'.padStart(10)}`,
  );
  for (const { antitransfer, peer: way, speed, speedOfFastest, memory } of ratios) {
    const numbers = [speed, speedOfFastest, memory].map((number) => number.toFixed(2).padStart(10));
    console.log(`${`${antitransfer} / ${way}`.padEnd(24)}${numbers.join('')}`);
  }
}

function add(runs, name, measured) {
  runs.set(name, [...(runs.get(name) ?? []), measured]);
}

function parseSettings(text) {
  return text.split(',').map((setting) => {
    const [width, batch] = setting.split(':');
    if (!(Number(width) > 0 && Number.isInteger(Number(batch)) && Number(batch) > 0)) {
      refuse(`--settings "${setting}" must be a width and a batch, such as 0.25:16.`);
    }
    return { width, batch };
  });
}

function wholeNumber(name, text) {
  const value = Number(text);
  if (!(Number.isInteger(value) && value > 0))
    refuse(`--${name} "${text}" must be a whole number, 1 or more.`);
  return value;
}

function refuse(message) {
  console.error(message);
  process.exit(2);
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
