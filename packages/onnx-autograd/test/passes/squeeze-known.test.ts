import { expect, it } from 'vitest';
import { Graph } from '../../src/building/graph.js';
import { crossEntropy } from '../../src/building/losses/cross-entropy.js';
import { sgd } from '../../src/optimizers/sgd.js';
import { ProgramBuilder } from '../../src/programs/builder.js';
import { TrainingSession } from '../../src/sessions/node/session.js';
import { float32, int64 } from '../../src/tensor.js';

const numbers = (...dims: number[]) =>
  float32(
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(2 * i + 1)),
    dims,
  );

/** A step on clips of a channel and three samples, `axes` squeezed before the last layer: none, or those that are told. */
async function stepOf(batch: number, size: number | 'batch', axes: readonly number[] | undefined) {
  const graph = new Graph();
  const x = graph.input('x', [size, 4, 'time']);
  const pooled = graph.apply('GlobalAveragePool', [x]);
  const flat = graph.apply('Squeeze', [pooled, ...(axes ? [graph.constant(int64([...axes]))] : [])]);
  graph.output(graph.apply('MatMul', [flat, graph.initializer(numbers(4, 3), 'w')]));
  const builder = new ProgramBuilder();
  const labels = builder.graph.input('labels', [size], 'int64');
  const inputs = { x: builder.graph.input('x', [size, 4, 'time']) };
  const network = builder.include(graph, { inputs, training: true });
  const [scores] = graph.outputs;
  if (scores === undefined) throw new Error('There is an output.');
  const session = await TrainingSession.create({
    programs: { train: builder.trainingProgram(crossEntropy(network.value(scores), labels)) },
    weights: Object.fromEntries(builder.weights),
    optimizer: sgd({ learningRate: 1 }),
    thread: 'inline',
  });
  const feeds = { x: numbers(batch, 4, 5), labels: int64([2, 1].slice(0, batch)) };
  const { loss } = await session.step('train', feeds);
  const weights = await session.weights();
  await session.close();
  return { loss, weights };
}

it.each([1, 2])('a Squeeze without axes keeps a batch of %i', async (batch) => {
  const wanted = await stepOf(batch, 'batch', [2]);
  expect(await stepOf(batch, 'batch', undefined)).toEqual(wanted);
  expect(await stepOf(batch, 'batch', [])).toEqual(wanted);
});

it('takes a batch of one that is a number, as the standard has it, unless axes are told', async () => {
  await expect(stepOf(1, 1, undefined)).rejects.toThrow();
  await expect(stepOf(1, 1, [2])).resolves.toEqual(await stepOf(1, 'batch', [2]));
});
