#!/usr/bin/env node
// The forms of a convolution and of its gradients side by side, in turns, for the layers of VGG16: what the choice in
// packages/onnx-autograd/src/convolutions/forms.ts rests on.
//
//   npm run build && node bench/convolution-forms.mjs [--width 1] [--batch 8] [--rounds 7] [--threads 2]
//
// "blocked" is the direct form in ONNX Runtime's layout of channels in blocks (com.microsoft.nchwc), as programs with fed
// weights are compiled (passes/blocked-layout.ts), the rearrangement of maps and filters included.
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { expressions, Graph, Random, writeOnnx } from 'onnx-autograd';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const dist = '../packages/onnx-autograd/dist';
const { convolutionOf } = await import(`${dist}/convolutions/convolution.js`);
const { productForms, standardForms } = await import(`${dist}/convolutions/forms.js`);
const { Winograd } = await import(`${dist}/convolutions/winograd.js`);
const { channelsOfABlock } = await import(`${dist}/runtime/node/channel-blocks.js`);
const { blockedLayout } = await import(`${dist}/passes/blocked-layout.js`);
const { conv } = expressions;
const block = await channelsOfABlock();

const { values: given } = parseArgs({
  options: Object.fromEntries(
    Object.entries({ width: '1', batch: '8', rounds: '7', threads: '2' }).map(([name, value]) => [
      name,
      { type: 'string', default: value },
    ]),
  ),
});
const [width, batch, rounds, threads] = ['width', 'batch', 'rounds', 'threads'].map(number);

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

const attributes = { kernel_shape: [3, 3], strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], group: 1 };
const described = (x, filter) => convolutionOf({ attributes }, x, filter);

const phases = {
  forward: {
    direct: (x, _, filter) => conv(x, filter, undefined, attributes),
    winograd: (x, _, filter) => new Winograd().forward(x, filter),
  },
  'gradient of input': {
    direct: (x, dy, filter) => standardForms.inputGradient(dy, x, filter, described(x, filter)),
    winograd: (_, dy, filter) => new Winograd().inputGradient(dy, filter),
  },
  'gradient of filter': {
    products: (x, dy, filter) => productForms.filterGradient(dy, x, filter, described(x, filter)),
    winograd: (x, dy) => new Winograd().filterGradient(dy, x),
  },
};

const random = new Random(1);
function drawn(dims) {
  const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.uniform() - 0.5);
  return new Tensor('float32', data, dims);
}

/** A form alone in a graph, in blocks if asked, run on the same numbers as the others; `undefined` where it does not fit. */
async function compiled(form, feeds, inBlocks) {
  const direct = new Graph('form');
  const values = Object.entries(feeds).map(([name, { dims }]) => [name, direct.input(name, dims)]);
  const { x, dy, filter } = Object.fromEntries(values);
  direct.output(form(x, dy, filter));
  const graph = inBlocks ? block && blockedLayout(direct, block) : direct;
  if (graph === undefined) return undefined;
  const session = await InferenceSession.create(writeOnnx(graph), {
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'extended',
    logSeverityLevel: 3,
  });
  const own = Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]]));
  return { run: () => session.run(own), times: [] };
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
      sessions.push([name, await compiled(form, feeds, false)]);
      const session = name === 'direct' && (await compiled(form, feeds, true));
      if (session) sessions.push(['blocked', session]);
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
