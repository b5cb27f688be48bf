import { expect, it } from 'vitest';
import { add, conv, sum } from '../../src/building/expressions.js';
import { Graph } from '../../src/building/graph.js';
import { sgd } from '../../src/optimizers/sgd.js';
import { ProgramBuilder } from '../../src/programs/builder.js';
import { TrainingSession } from '../../src/sessions/node/session.js';
import { float32, toNumbers } from '../../src/tensor.js';

/** A convolution and a batch normalization whose statistics begin at 0 and 1. */
function network() {
  const graph = new Graph('normalised');
  const x = graph.input('x', ['batch', 1, 2, 2]);
  const maps = conv(x, graph.initializer(float32([1], [1, 1, 1, 1]), 'filter'), undefined);
  const numbers = (name: string, value: number) => graph.initializer(float32([value]), name);
  const inputs = [maps, numbers('scale', 1), numbers('bias', 0), numbers('mean', 0), numbers('variance', 1)];
  graph.output(graph.apply('BatchNormalization', inputs, {}, { outputs: ['y'] }));
  return graph;
}

const batch = {
  own: float32([2, 2, 4, 4], [1, 1, 2, 2]),
  other: float32([100, 200, 300, 400], [1, 1, 2, 2]),
};

/** A session whose network is run twice in a step, in training, in either order. */
async function session(first: 'own' | 'other') {
  const graph = network();
  const [y] = graph.outputs;
  const builder = new ProgramBuilder();
  const inputs = {
    own: builder.graph.input('own', ['batch', 1, 2, 2]),
    other: builder.graph.input('other', ['batch', 1, 2, 2]),
  };
  const pass = (of: 'own' | 'other') => {
    const options = { training: true, pass: of, updateStatistics: of === 'own' };
    return sum(
      builder.include(graph, { inputs: { x: inputs[of] }, ...options }).value(y!),
      [0, 1, 2, 3],
      false,
    );
  };
  const losses = [first, first === 'own' ? ('other' as const) : ('own' as const)].map(pass);
  const train = builder.trainingProgram(add(losses[0]!, losses[1]!));
  const look = builder.program({ loss: losses[0]! });
  return TrainingSession.create({
    programs: { train, look },
    weights: Object.fromEntries(builder.weights),
    optimizer: sgd({ learningRate: 0.1 }),
    thread: 'inline',
  });
}

// ONNX Runtime writes statistics that nobody takes over the numbers that it was fed.
it.each(['own', 'other'] as const)(
  'running statistics follow the pass that updates them alone, when the pass %s is first',
  async (first) => {
    const trained = await session(first);
    await trained.step('train', batch);
    const { mean, variance } = await trained.weights();
    await trained.close();
    // 0.9 of what was and 0.1 of the batch's mean, 3, and variance, 1.
    expect(toNumbers(mean!)[0]).toBeCloseTo(0.3, 5);
    expect(toNumbers(variance!)[0]).toBeCloseTo(1, 5);
  },
);

it('running statistics stay as they are when a program only computes', async () => {
  const looked = await session('own');
  await looked.run('look', { own: batch.own });
  const { mean, variance } = await looked.weights();
  await looked.close();
  expect([mean, variance].map((one) => toNumbers(one!)[0])).toEqual([0, 1]);
});
