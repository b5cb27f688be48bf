// @ts-check
// Sequences: reads numbers of one or two digits from left to right, told only what they are and not where (CTC). Each step
// sums the gradients of two batches, limits them, and follows one cycle of the learning rate.
//
//   node examples/onnx-autograd/read-numbers.mjs
import {
  adam,
  ctcLoss,
  expressions,
  float32,
  Graph,
  ProgramBuilder,
  Random,
  TrainingSession,
} from 'onnx-autograd';
import { drawNumbers, shareRead } from './digits.mjs';

const [blank, steps, random] = [10, 400, new Random(1)];
const network = new Graph('numbers');
/** @type {(x: import('onnx-autograd').Value, dims: number[], pads: number[]) => import('onnx-autograd').Value} */
const convolution = (x, dims, pads) => {
  const count = dims.reduce((a, b) => a * b);
  const numbers = Array.from(
    { length: count },
    () => random.normal() * Math.sqrt((2 * (dims[0] ?? 1)) / count),
  );
  return expressions.conv(x, network.initializer(float32(numbers, dims), 'filter'), undefined, { pads });
};
const halve = { kernel_shape: [2, 2], strides: [2, 2] };
let x = network.input('images', ['batch', 1, 16, 32]);
x = network.apply('MaxPool', [expressions.relu(convolution(x, [8, 1, 3, 3], [1, 1, 1, 1]))], halve);
x = network.apply('MaxPool', [expressions.relu(convolution(x, [24, 8, 3, 3], [1, 1, 1, 1]))], halve);
x = expressions.relu(convolution(x, [64, 24, 4, 5], [0, 2, 0, 2])); // the height is gone: 8 columns
x = convolution(x, [blank + 1, 64, 1, 1], [0, 0, 0, 0]);
const columns = network.output(expressions.transpose(expressions.squeeze(x, [2]), [0, 2, 1]));

const builder = new ProgramBuilder();
const images = builder.graph.input('images', ['batch', 1, 16, 32]);
const labels = builder.graph.input('labels', ['batch', 2], 'int64');
const counts = builder.graph.input('counts', ['batch'], 'int64');
const logits = builder.include(network, { inputs: { images } }).value(columns);
const train = builder.trainingProgram(ctcLoss(logits, labels, counts, { blank }));
const test = builder.program({ best: builder.graph.apply('ArgMax', [logits], { axis: 2, keepdims: 0 }) });

const session = await TrainingSession.create({
  programs: { train, test },
  weights: Object.fromEntries(builder.weights),
  optimizer: adam({ learningRate: 0.01 }),
  schedule: { kind: 'one-cycle', steps },
  clipNorm: 5,
});
for (let step = 1; step <= steps; step++) {
  const { loss } = await session.accumulatedStep('train', [drawNumbers(16, random), drawNumbers(16, random)]);
  if (step % 100 === 0) console.log(`step ${step}, loss ${loss.toFixed(3)}`);
}
const unseen = drawNumbers(200, random);
const { best } = await session.run('test', { images: unseen.images });
console.log(`read without an error: ${shareRead(best, unseen, blank).toFixed(3)}`);
await session.close();
