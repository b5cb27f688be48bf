// @ts-check
// Checkpointing: activations are computed again for the backward pass instead of being kept. Less memory, more time.
//
//   node examples/onnx-autograd/less-memory.mjs [network.onnx]
import { readFile } from 'node:fs/promises';
import {
  adam,
  crossEntropy,
  ProgramBuilder,
  profileProgram,
  Random,
  readOnnx,
  TrainingSession,
} from 'onnx-autograd';
import { drawDigits } from './digits.mjs';

const { graph } = readOnnx(await readFile(process.argv[2] ?? new URL('digits.onnx', import.meta.url)));
const [scores] = /** @type {[import('onnx-autograd').Value]} */ (graph.outputs);
const { images, labels } = drawDigits(256, new Random(3));

/** @param {boolean} recompute */
function trainingWith(recompute) {
  const builder = new ProgramBuilder();
  const x = builder.graph.input('images', ['batch', 1, 16, 16]);
  const y = builder.graph.input('labels', ['batch'], 'int64');
  const copy = builder.include(graph, { inputs: { images: x }, training: true });
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
  console.log(
    `${recompute ? 'computed again' : 'kept          '}: ${memory}, loss ${loss.toFixed(5)} after 5 steps`,
  );
}
