// @ts-check
// Fine-tuning: a trained network gets a new head, for another question (is the digit odd?), on top of frozen features.
//
//   node examples/onnx-autograd/train.mjs trained.onnx && node examples/onnx-autograd/new-head.mjs trained.onnx
import { readFile } from 'node:fs/promises';
import {
  adam,
  copyGraph,
  crossEntropy,
  exportOnnx,
  float32,
  Graph,
  ProgramBuilder,
  Random,
  readOnnx,
  TrainingSession,
} from 'onnx-autograd';
import { accuracy, drawDigits } from './digits.mjs';

const trained = readOnnx(await readFile(process.argv[2] ?? new URL('digits.onnx', import.meta.url))).graph;
const features = trained.outputs[0]?.producer?.inputs[0]; // what the old head saw
if (features === undefined) throw new Error('The network has no head.');

// A graph of its own: the trained one as far as the features, and a linear layer for two classes.
const network = new Graph('odd');
const pixels = network.input('images', ['batch', 1, 16, 16]);
const copy = copyGraph(network, trained, { inputs: { images: pixels }, upTo: [features] });
const head = network.initializer(float32(new Float32Array(256 * 2), [256, 2]), 'head.weight');
const bias = network.initializer(float32([0, 0]), 'head.bias');
const inputs = [copy.value(features), head, bias];
const scores = network.output(network.apply('Gemm', inputs, {}, { outputs: ['odd'] }));

const builder = new ProgramBuilder();
const images = builder.graph.input('images', ['batch', 1, 16, 16]);
const labels = builder.graph.input('labels', ['batch'], 'int64');
// Not `training: true`: the statistics of frozen batch normalization stay. The backward pass ends at the head.
const included = builder.include(network, { inputs: { images } }).value(scores);
const train = builder.trainingProgram(crossEntropy(included, labels), {}, ['features.*']);
const test = builder.program({ scores: included });

const session = await TrainingSession.create({
  programs: { train, test },
  weights: Object.fromEntries(builder.weights),
  optimizer: adam({ learningRate: 0.01 }),
});
const random = new Random(2);
const isOdd = (/** @type {number} */ digit) => digit % 2;
for (let step = 1; step <= 150; step++) {
  const { loss } = await session.step('train', drawDigits(32, random, isOdd));
  if (step % 50 === 0) console.log(`step ${step}, loss ${loss.toFixed(3)}`);
}
const unseen = drawDigits(500, random, isOdd);
const found = await session.run('test', { images: unseen.images });
console.log(
  `accuracy ${accuracy(found.scores, unseen.labels).toFixed(3)}, trained were ${Object.keys(train.gradients).join(' and ')}`,
);
// The new graph is a model like any other.
console.log(`${exportOnnx({ graph: network }, { weights: await session.weights() }).length} bytes of ONNX`);
await session.close();
