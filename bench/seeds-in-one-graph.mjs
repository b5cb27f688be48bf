#!/usr/bin/env node
// Two networks of one kind in one graph, as convolutions in two groups, beside the same convolutions one after another: would several
// seeds of a small network be trained faster together? In turns on one thread, milliseconds of processor time (the least of all rounds).
//
//   npm run build && node bench/seeds-in-one-graph.mjs [--rounds 30 --batch 32]
import { parseArgs } from 'node:util';
import { expressions, float32, Graph, Random, writeOnnx } from 'onnx-autograd';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const { values: given } = parseArgs({
  options: { rounds: { type: 'string', default: '30' }, batch: { type: 'string', default: '32' } },
});
const [rounds, batch] = [Number(given.rounds), Number(given.batch)];
if (![rounds, batch].every((value) => Number.isInteger(value) && value > 0)) {
  console.error(`--rounds "${given.rounds}" and --batch "${given.batch}" must be whole numbers above 0.`);
  process.exit(2);
}

/** The layers of vgg-small for features of 64 x 64: channels in and out, height and width of the maps. */
const layers = [
  [1, 16, 64],
  [16, 32, 32],
  [32, 48, 16],
  [48, 48, 16],
  [48, 64, 8],
  [64, 64, 8],
];

const random = new Random(1);
const drawn = (shape) => {
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => 0.1 * random.normal());
  return float32(data, shape);
};

/** A graph of convolutions behind each other's back: as many as there are networks, of so many groups each. */
async function sessionOf([from, to, size], networks, groups) {
  const graph = new Graph('seeds');
  const inputs = Array.from({ length: networks }, (_, i) => {
    const x = graph.input(`x${i}`, [batch, groups * from, size, size]);
    const w = graph.constant(drawn([groups * to, from, 3, 3]), `w${i}`);
    const y = expressions.conv(x, w, undefined, { kernel_shape: [3, 3], pads: [1, 1, 1, 1], group: groups });
    graph.output(graph.apply('Relu', [y], {}, { outputs: [`y${i}`] }));
    return drawn([batch, groups * from, size, size]);
  });
  const session = await InferenceSession.create(writeOnnx(graph), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const feeds = Object.fromEntries(
    inputs.map(({ data, dims }, i) => [`x${i}`, new Tensor('float32', data, [...dims])]),
  );
  return () => session.run(feeds);
}

async function timed(run) {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

console.log('| channels, maps | one after another | in two groups | ratio |\n| --- | ---: | ---: | ---: |');
const totals = [0, 0];
for (const layer of layers) {
  const ways = [await sessionOf(layer, 2, 1), await sessionOf(layer, 1, 2)];
  const best = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round <= rounds; round++) {
    for (const [i, run] of ways.entries()) {
      const time = await timed(run);
      if (round > 0) best[i] = Math.min(best[i], time);
    }
  }
  for (const [i, time] of best.entries()) totals[i] += time;
  const [from, to, size] = layer;
  const [apart, grouped] = best;
  console.log(
    `| ${from} to ${to}, ${size} x ${size} | ${apart.toFixed(2)} | ${grouped.toFixed(2)} | ${(grouped / apart).toFixed(2)} |`,
  );
}
const [apart, grouped] = totals;
console.log(`| all | ${apart.toFixed(2)} | ${grouped.toFixed(2)} | ${(grouped / apart).toFixed(2)} |`);
