// @ts-check
// Saves a training, ends it, and continues it in a new session: to the same numbers, bit for bit.
//
//   node examples/onnx-autograd/resume.mjs
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adamw, crossEntropy, ProgramBuilder, Random, readOnnx, TrainingSession } from 'onnx-autograd';
import { drawDigits } from './digits.mjs';

const { graph } = readOnnx(await readFile(new URL('digits.onnx', import.meta.url)));
const [scores] = /** @type {[import('onnx-autograd').Value]} */ (graph.outputs);
const builder = new ProgramBuilder();
const x = builder.graph.input('images', ['batch', 1, 16, 16]);
const y = builder.graph.input('labels', ['batch'], 'int64');
const copy = builder.include(graph, { inputs: { images: x }, training: true });
const train = builder.trainingProgram(crossEntropy(copy.value(scores), y));
const weights = Object.fromEntries(builder.weights);
const open = () => TrainingSession.create({ programs: { train }, weights, optimizer: adamw(), seed: 1 });

/**
 * @param {TrainingSession} session
 * @param {Random} random where the data come from
 * @param {number} steps
 */
async function steps(session, random, steps) {
  let loss = 0;
  for (let step = 0; step < steps; step++) {
    ({ loss } = await session.step('train', drawDigits(16, random)));
  }
  return loss;
}

const uninterrupted = await open();
const whole = await steps(uninterrupted, new Random(4), 40);
await uninterrupted.close();

const folder = await mkdtemp(join(tmpdir(), 'resume-'));
const first = await open();
const random = new Random(4);
await steps(first, random, 25);
// The place in the data is the caller's to keep: here the state of the generator that draws them.
await first.save(folder, { data: random.state() });
await first.close();

const second = await open();
const { data } = /** @type {{ data: number[] }} */ (await second.load(folder));
const place = new Random(0);
place.restore(data);
console.log(`continues after step ${await second.steps()}`);
const resumed = await steps(second, place, 15);
await second.close();
await rm(folder, { recursive: true });
console.log(`loss at step 40: ${whole} without a break, ${resumed} with one`);
