#!/usr/bin/env node
// Maximum pooling with indices beside the same indices by comparing maxima, in turns on one thread: what the limits in
// packages/onnx-autograd/src/passes/maximum-places.ts rest on. And a whole step of a small network both ways.
//
//   npm run build && node bench/pooling-places.mjs [--rounds 30]
//
// Milliseconds of processor time (the least of all rounds), so that other work on the machine matters less.
import { parseArgs } from 'node:util';
import { Graph, Random, writeOnnx } from 'onnx-autograd';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const dist = '../packages/onnx-autograd/dist';
const { placesByComparison } = await import(`${dist}/passes/maximum-places.js`);
const { detectedBlock, layOutInBlocks } = await import(`${dist}/runtime/node/channel-blocks.js`);
const { sessionOptions } = await import(`${dist}/runtime/session-options.js`);
const { programsOf } = await import('../packages/antitransfer/dist/bench/settings.js');

const { values: given } = parseArgs({ options: { rounds: { type: 'string', default: '30' } } });
const rounds = Number(given.rounds);
if (!(Number.isInteger(rounds) && rounds > 0)) {
  console.error(`--rounds "${given.rounds}" must be a whole number above 0.`);
  process.exit(2);
}

/** Maps, window, stride. */
const poolings = [
  [
    [32, 16, 64, 64],
    [2, 2],
    [2, 2],
  ],
  [
    [32, 32, 15, 15],
    [2, 2],
    [2, 2],
  ],
  [
    [32, 64, 8, 8],
    [2, 2],
    [2, 2],
  ],
  [
    [32, 48, 7, 7],
    [2, 2],
    [2, 2],
  ],
  [
    [16, 16, 126, 129],
    [2, 2],
    [2, 2],
  ],
  [
    [32, 16, 64, 64],
    [1, 2],
    [1, 2],
  ],
  [
    [32, 16, 64, 64],
    [1, 4],
    [1, 4],
  ],
  [
    [32, 16, 64, 64],
    [2, 3],
    [2, 3],
  ],
  [
    [32, 16, 64, 64],
    [2, 4],
    [2, 4],
  ],
  [
    [32, 16, 63, 63],
    [3, 3],
    [3, 3],
  ],
  [[8, 32, 16000], [4], [4]],
];

const random = new Random(1);
const block = await detectedBlock();

console.log('| maps | window | with indices | by comparison | ratio |\n| --- | --- | ---: | ---: | ---: |');
for (const [dims, kernel, strides] of poolings) {
  const graph = new Graph('pooling');
  const x = graph.input('x', ['batch', ...dims.slice(1)]);
  const attributes = { kernel_shape: kernel, strides };
  const [, indices] = graph.applyAll('MaxPool', [x], attributes, { outputCount: 2 });
  // One number, or the copy of the indices would be measured as well.
  graph.output(graph.apply('ReduceMax', [indices], { keepdims: 0 }));
  const data = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => random.normal());
  // The pass leaves alone what it would not make faster: its limits are lifted here.
  const forms = [
    graph,
    placesByComparison(graph, { mostElements: Number.POSITIVE_INFINITY, leastWindows: 1 }),
  ];
  print(
    `${dims.join(' x ')} | ${kernel.join(' x ')}`,
    await fastest(forms, { x: new Tensor('float32', data, dims) }),
  );
}

const settings = { model: 'vgg-small', width: 1, input: [1, 64, 64], batch: 32, tap: 'conv4_2', plain: true };
const { train, weights } = programsOf(settings).programs;
const feeds = train.inputs.map(({ name, type, shape }) => {
  const dims = shape.map((size) => (typeof size === 'number' ? size : settings.batch));
  const length = dims.reduce((a, b) => a * b);
  const data =
    type === 'int64'
      ? BigInt64Array.from({ length }, (_, i) => BigInt(i % 10))
      : Float32Array.from({ length }, () => random.normal());
  return [name, new Tensor(type, data, dims)];
});
for (const name of train.weights)
  feeds.push([name, new Tensor('float32', weights[name].data, weights[name].dims)]);
const forms = [train.graph, placesByComparison(train.graph)].map((graph) => layOutInBlocks(graph, block));
print('a step of `vgg-small`, batch 32 | 2 x 2', await fastest(forms, Object.fromEntries(feeds)));

function print(what, [before, after]) {
  console.log(`| ${what} | ${before.toFixed(2)} | ${after.toFixed(2)} | ${(after / before).toFixed(2)} |`);
}

/** The least processor time of a run of each form. */
async function fastest(graphs, fed) {
  const options = { ...sessionOptions({ threads: 1 }, true), executionProviders: ['cpu'] };
  const sessions = [];
  for (const graph of graphs) sessions.push(await InferenceSession.create(writeOnnx(graph), options));
  const least = graphs.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds + 2; round++) {
    for (const [i, session] of sessions.entries()) {
      const before = process.cpuUsage();
      await session.run(fed);
      const { user, system } = process.cpuUsage(before);
      if (round >= 2) least[i] = Math.min(least[i], (user + system) / 1000);
    }
  }
  for (const session of sessions) await session.release();
  return least;
}
