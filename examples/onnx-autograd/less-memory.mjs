// @ts-check
// Checkpointing: activations are computed again for the backward pass instead of being kept. Less memory, more time. It
// pays in deep networks; this one has twelve convolutions.
//
//   node examples/onnx-autograd/less-memory.mjs
import {
  adam,
  crossEntropy,
  expressions,
  float32,
  Graph,
  ProgramBuilder,
  Random,
  TrainingSession,
} from 'onnx-autograd';
import { profileProgram } from 'onnx-autograd/profiling';
import { drawDigits } from './digits.mjs';

const { conv, flatten, globalAveragePool, matMul, relu } = expressions;
const random = new Random(3);
const { images, labels } = drawDigits(256, random);

const network = new Graph('deep');
/** @param {number[]} dims @param {string} name */
function weight(dims, name) {
  const count = dims.reduce((a, b) => a * b, 1);
  const deviation = Math.sqrt(2 / (count / /** @type {number} */ (dims[0])));
  const values = Float32Array.from({ length: count }, () => deviation * random.normal());
  return network.initializer(float32(values, dims), name);
}
let maps = network.input('images', ['batch', 1, 16, 16]);
for (let layer = 1; layer <= 12; layer++) {
  const filter = weight([16, layer === 1 ? 1 : 16, 3, 3], `filter${layer}`);
  maps = relu(conv(maps, filter, undefined, { pads: [1, 1, 1, 1] }));
}
const scores = network.output(matMul(flatten(globalAveragePool(maps)), weight([16, 10], 'head')));

/** @param {boolean} recompute */
function trainingWith(recompute) {
  const builder = new ProgramBuilder();
  const x = builder.graph.input('images', ['batch', 1, 16, 16]);
  const y = builder.graph.input('labels', ['batch'], 'int64');
  const copy = builder.include(network, { inputs: { images: x }, training: true });
  const train = builder.trainingProgram(crossEntropy(copy.value(scores), y), {}, [], { recompute });
  return { train, weights: Object.fromEntries(builder.weights) };
}

for (const recompute of [false, true]) {
  const { train, weights } = trainingWith(recompute);
  const { peakBytes, run } = await profileProgram({ program: train, weights, feeds: { images, labels } });
  const session = await TrainingSession.create({ programs: { train }, weights, optimizer: adam() });
  let loss = 0;
  for (let step = 1; step <= 5; step++) ({ loss } = await session.step('train', { images, labels }));
  await session.close();
  const memory = `${(peakBytes / 2 ** 20).toFixed(1)} MiB at the highest, ${run.toFixed(1)} ms a pass`;
  const how = recompute ? 'computed again' : 'kept          ';
  console.log(`${how}: ${memory}, loss ${loss.toFixed(5)} after 5 steps`);
}
