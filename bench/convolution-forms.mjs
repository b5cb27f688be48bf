#!/usr/bin/env node
// The forms of a convolution and of its gradients side by side, in turns, for the layers of VGG16: what the choice in
// packages/onnx-autograd/src/convolutions/forms.ts rests on.
//
//   npm run build && node bench/convolution-forms.mjs [--width 1] [--batch 8] [--rounds 7] [--threads 2]
//
// "blocked" is ONNX Runtime's internal layout of channels in blocks (com.microsoft.nchwc), which it uses by itself for
// constant weights only: here by hand, with the rearrangement of maps and filters, in blocks of 16 (AVX-512) or --block 8.
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { expressions, Graph, int64, Random, writeOnnx } from 'onnx-autograd';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const forms = '../packages/onnx-autograd/dist/convolutions';
const { productForms, standardForms } = await import(`${forms}/forms.js`);
const { Winograd } = await import(`${forms}/winograd.js`);
const { conv, gather, reshape, transpose } = expressions;

const { values: given } = parseArgs({
  options: Object.fromEntries(
    Object.entries({ width: '1', batch: '8', rounds: '7', threads: '2', block: '16' }).map(
      ([name, value]) => [name, { type: 'string', default: value }],
    ),
  ),
});
const [width, batch, rounds, threads, block] = ['width', 'batch', 'rounds', 'threads', 'block'].map(number);

function number(name) {
  const value = Number(given[name]);
  if (value > 0) return value;
  console.error(`--${name} "${given[name]}" must be a number above 0.`);
  return process.exit(2);
}

/** Channels in, channels out, height, width. */
const layers = [
  [64, 64, 126, 129],
  [64, 128, 63, 64],
  [128, 128, 63, 64],
  [128, 256, 31, 32],
  [256, 256, 31, 32],
  [256, 512, 15, 16],
  [512, 512, 15, 16],
  [512, 512, 7, 8],
].map(([channels, out, ...size]) => [channels * width, out * width, ...size]);

const convolution = {
  window: {
    kernel: [3, 3],
    strides: [1, 1],
    dilations: [1, 1],
    padBegin: [1, 1],
    padEnd: [1, 1],
    ceil: false,
  },
  groups: 1,
};
const attributes = { kernel_shape: [3, 3], strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], group: 1 };

const phases = {
  forward: {
    direct: (x, _, filter) => conv(x, filter, undefined, attributes),
    blocked: (x, _, filter) => blocked(x, filter, [0, 2, 4, 3, 1], false),
    winograd: (x, _, filter) => new Winograd().forward(x, filter),
  },
  'gradient of input': {
    direct: (x, dy, filter) => standardForms.inputGradient(dy, x, filter, convolution),
    blocked: (_, dy, filter) => blocked(dy, filter, [2, 0, 4, 1, 3], true),
    winograd: (_, dy, filter) => new Winograd().inputGradient(dy, filter),
  },
  'gradient of filter': {
    products: (x, dy, filter) => productForms.filterGradient(dy, x, filter, convolution),
    winograd: (x, dy) => new Winograd().filterGradient(dy, x),
  },
};

/** A convolution in blocks; `permutation` lays the filter out, which is turned for the gradient of the input. */
function blocked(maps, filter, permutation, turned) {
  const { graph, knownShape: sizes } = filter;
  const [out, channels] = sizes;
  if ([out, channels].some((count) => count % block !== 0)) return undefined;
  const apply = (operator, inputs, its = {}) =>
    graph.applyAll(operator, inputs, its, { domain: 'com.microsoft.nchwc', like: maps })[0];
  const laid = transpose(reshape(filter, [out / block, block, channels / block, block, 9]), permutation);
  const reversed = graph.constant(int64([8, 7, 6, 5, 4, 3, 2, 1, 0]));
  const flat = reshape(turned ? gather(laid, reversed, 2) : laid, turned ? [channels, out, 3, 3] : sizes);
  const result = apply('Conv', [apply('ReorderInput', [maps]), flat], attributes);
  return apply('ReorderOutput', [result], { channels: turned ? channels : out });
}

const random = new Random(1);
function drawn(dims) {
  const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.uniform() - 0.5);
  return new Tensor('float32', data, dims);
}

/** A form alone in a graph, run on the same numbers as the others; `undefined` where it does not fit. */
async function compiled(form, feeds) {
  const graph = new Graph('form');
  const values = Object.entries(feeds).map(([name, { dims }]) => [name, graph.input(name, dims)]);
  const { x, dy, filter } = Object.fromEntries(values);
  const y = form(x, dy, filter);
  if (y === undefined) return undefined;
  graph.output(y);
  const used = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  const session = await InferenceSession.create(writeOnnx(graph), {
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'extended',
    logSeverityLevel: 3,
  });
  const own = Object.fromEntries(
    values.filter(([, value]) => used.has(value)).map(([name]) => [name, feeds[name]]),
  );
  return { run: () => session.run({ ...feeds, ...own }), times: [] };
}

const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];

console.log(
  `Milliseconds, batch ${batch}, ${threads} threads, median of ${rounds} rounds (the fastest of them)\n`,
);
for (const [channels, out, height, across] of layers) {
  const feeds = {
    x: drawn([batch, channels, height, across]),
    dy: drawn([batch, out, height, across]),
    filter: drawn([out, channels, 3, 3]),
  };
  for (const [phase, candidates] of Object.entries(phases)) {
    const sessions = [];
    for (const [name, form] of Object.entries(candidates)) {
      const session = await compiled(form, feeds);
      if (session) sessions.push([name, session]);
    }
    for (let round = 0; round <= rounds; round++) {
      for (const [, { run, times }] of sessions) {
        // The threads of the session before still spin, waiting for work.
        await setTimeout(30);
        const start = performance.now();
        await run();
        if (round > 0) times.push(performance.now() - start);
      }
    }
    const told = sessions.map(
      ([name, { times }]) => `${name} ${median(times).toFixed(1)} (${Math.min(...times).toFixed(1)})`,
    );
    console.log(`${`${channels} to ${out}, ${height} x ${across}, ${phase}`.padEnd(44)}${told.join('  ')}`);
  }
}
