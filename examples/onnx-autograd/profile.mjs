// @ts-check
// Where the time of a training step goes: by layer and phase, and by operator.
//
//   node examples/onnx-autograd/profile.mjs [network.onnx]
import { readFile } from 'node:fs/promises';
import { crossEntropy, ProgramBuilder, Random, readOnnx } from 'onnx-autograd';
import { matrixProductSpeed, profileProgram } from 'onnx-autograd/profiling';
import { drawDigits } from './digits.mjs';

const { graph } = readOnnx(await readFile(process.argv[2] ?? new URL('digits.onnx', import.meta.url)));
const [scores] = /** @type {[import('onnx-autograd').Value]} */ (graph.outputs);
const builder = new ProgramBuilder();
const x = builder.graph.input('images', ['batch', 1, 16, 16]);
const y = builder.graph.input('labels', ['batch'], 'int64');
const copy = builder.include(graph, { inputs: { images: x }, training: true });
const program = builder.trainingProgram(crossEntropy(copy.value(scores), y));

const { images, labels } = drawDigits(64, new Random(5));
const weights = Object.fromEntries(builder.weights);
const profile = await profileProgram({ program, weights, feeds: { images, labels } });

/** @param {import('onnx-autograd/profiling').PhaseTime | undefined} phase */
const speed = (phase) => (phase?.gigaflopsPerSecond.toFixed(1) ?? '–').padStart(10);
console.log('GFLOP/s'.padEnd(28), '   forward', '   d input', '  d filter');
for (const { layer, forward, inputGradient, filterGradient } of profile.layers) {
  console.log(layer.padEnd(28), speed(forward), speed(inputGradient), speed(filterGradient));
}
console.log(`large matrix product: ${(await matrixProductSpeed({}, 512)).toFixed(1)} GFLOP/s`);
for (const { operator, count, milliseconds } of profile.operators.slice(0, 5)) {
  console.log(`${operator.padEnd(20)} ${String(count).padStart(3)} nodes, ${milliseconds.toFixed(2)} ms`);
}
console.log(
  `all ${profile.run.toFixed(2)} ms, ${(profile.peakBytes / 2 ** 20).toFixed(1)} MiB at the highest`,
);
