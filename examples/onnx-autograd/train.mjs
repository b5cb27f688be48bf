// @ts-check
// Trains a CNN that PyTorch exported, and writes it back with probabilities as one more output.
//
//   node examples/onnx-autograd/train.mjs [trained.onnx]
import { readFile, writeFile } from 'node:fs/promises';
import {
  adam,
  crossEntropy,
  exportOnnx,
  expressions,
  ProgramBuilder,
  Random,
  readOnnx,
  TrainingSession,
} from 'onnx-autograd';
import { accuracy, drawDigits } from './digits.mjs';

const model = readOnnx(await readFile(new URL('digits.onnx', import.meta.url)));
const [scores] = /** @type {[import('onnx-autograd').Value]} */ (model.graph.outputs);

// A training step and an evaluation. Both hold the same weights.
const builder = new ProgramBuilder();
const images = builder.graph.input('images', ['batch', 1, 16, 16]);
const labels = builder.graph.input('labels', ['batch'], 'int64');
const training = builder.include(model.graph, { inputs: { images }, training: true });
const train = builder.trainingProgram(crossEntropy(training.value(scores), labels));
const testing = builder.include(model.graph, { inputs: { images }, pass: 'testing' });
const test = builder.program({ scores: testing.value(scores) });

const session = await TrainingSession.create({
  programs: { train, test },
  weights: Object.fromEntries(builder.weights),
  optimizer: adam({ learningRate: 0.01 }),
  schedule: { kind: 'cosine', steps: 200 },
  seed: 1,
});
const random = new Random(1);
for (let step = 1; step <= 200; step++) {
  const { loss } = await session.step('train', drawDigits(32, random));
  if (step % 50 === 0) console.log(`step ${step}, loss ${loss.toFixed(3)}`);
}
const unseen = drawDigits(500, random);
const found = await session.run('test', { images: unseen.images });
console.log(`accuracy ${accuracy(found.scores, unseen.labels).toFixed(3)} on digits never seen`);

const bytes = exportOnnx(model, {
  weights: await session.weights(),
  heads: { probabilities: (y) => expressions.softmax(y, -1) },
});
const [, , target] = process.argv;
if (target) await writeFile(target, bytes);
console.log(`${bytes.length} bytes of ONNX${target ? ` in ${target}` : ''}`);
await session.close();
