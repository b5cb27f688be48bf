#!/usr/bin/env node
// The optimizer's update beside the memory's speed, and beside PyTorch's where it is installed, in turns.
//
//   npm run build && node bench/optimizer.mjs [--sizes 15e6,134e6] [--rounds 7] [--python /usr/bin/python3] [--no-peer]
//
// "copies" copies as many bytes as Adam must read and write: it reads weight, gradient and two moments, and writes three
// of them. "norm" is that of the gradient, which a step needs too. PyTorch runs on one thread and on two;
// ours runs on one.
import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { adam, Random } from 'onnx-autograd';

const { HostWeights } = await import('../packages/onnx-autograd/dist/sessions/host-weights.js');

const { values: given } = parseArgs({
  allowNegative: true,
  options: {
    sizes: { type: 'string', default: '15e6,134e6' },
    rounds: { type: 'string', default: '7' },
    python: { type: 'string', default: '/usr/bin/python3' },
    peer: { type: 'boolean', default: true },
  },
});
const rounds = wholeNumber('rounds', given.rounds);

for (const size of given.sizes.split(',')) await print(wholeNumber('sizes', size));

async function print(size) {
  const random = new Random(1);
  const drawn = () => Float32Array.from({ length: size }, () => random.uniform() - 0.5);
  const [weight, gradient] = [drawn(), drawn()];
  const weights = new HostWeights({ weight: { type: 'float32', dims: [size], data: weight } }, adam());
  const copy = new Float32Array(size);
  const half = size >> 1;
  const ways = {
    adam: (step) => weights.update({ weight: gradient }, step, 1e-3, 1),
    norm: () => weights.norm({ weight: gradient }),
    copies() {
      for (let i = 0; i < 3; i++) copy.set(gradient);
      copy.set(gradient.subarray(0, half));
    },
  };
  const times = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [way, run] of Object.entries(ways)) {
      // Starting a process marks all memory as shared, and the first write to each page then costs.
      run(2 * round + 1);
      const started = performance.now();
      run(2 * round + 2);
      if (round > 0) times[way].push(performance.now() - started);
    }
    if (!given.peer || round === 0) continue;
    for (const threads of [1, 2]) {
      const way = `PyTorch on ${threads}`;
      times[way] = [...(times[way] ?? []), await peer(size, threads)];
    }
  }
  const told = Object.entries(times).map(([way, list]) => `${way} ${median(list).toFixed(1)}`);
  console.log(`${(size / 1e6).toFixed(0)} million numbers, milliseconds: ${told.join(', ')}`);
}

/** The median of three updates by torch.optim.Adam, after one that makes the moments. */
async function peer(size, threads) {
  const lines = [
    'import time, torch',
    `torch.set_num_threads(${threads})`,
    `w = torch.nn.Parameter(torch.rand(${size})); w.grad = torch.rand(${size})`,
    'o = torch.optim.Adam([w]); o.step(); times = []',
    'for _ in range(3):',
    '    start = time.perf_counter(); o.step(); times.append(time.perf_counter() - start)',
    'print(1e3 * sorted(times)[1])',
  ];
  return Number((await promisify(execFile)(given.python, ['-c', lines.join('\n')])).stdout);
}

function wholeNumber(name, text) {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`--${name} "${text}" must be whole numbers, 1 or more.`);
  return process.exit(2);
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}
