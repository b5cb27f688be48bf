import { adam, crossEntropy, float32, int64, ProgramBuilder, readOnnx, TrainingSession } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { Graph } from '../../../src/building/graph.js';
import { readProgram } from '../../../src/onnx/read.js';
import { writeOnnx } from '../../../src/onnx/write.js';
import { expressions } from '../../../src/portable.js';
import { findWeights } from '../../../src/programs/weights.js';
import { Random } from '../../../src/random.js';
import { type Tensor, toNumbers } from '../../../src/tensor.js';
import { runOnce } from '../../run-graph.js';

const { conv, mean, relu, reshape, transpose } = expressions;
const gatesOf = { GRU: 3, LSTM: 4 } as const;

/** A convolution over bands, a layer of both directions over time, the mean of its states, a head of two classes. */
function crnn(operator: keyof typeof gatesOf): Graph {
  const random = new Random(3);
  const graph = new Graph('crnn');
  const weight = (name: string, ...dims: number[]) => {
    const count = dims.reduce((a, b) => a * b, 1);
    return graph.initializer(
      float32(
        Float32Array.from({ length: count }, () => 0.4 * random.normal()),
        dims,
      ),
      name,
    );
  };
  const x = graph.input('x', ['batch', 1, 4, 7]);
  const maps = relu(
    conv(x, weight('conv.weight', 3, 1, 3, 3), weight('conv.bias', 3), { pads: [1, 1, 1, 1] }),
  );
  const sequence = reshape(transpose(maps, [3, 0, 1, 2]), [0, 0, 12]);
  const rows = 5 * gatesOf[operator];
  const inputs = [sequence, weight('w', 2, rows, 12), weight('r', 2, rows, 5), weight('b', 2, 2 * rows)];
  const attributes = {
    hidden_size: 5,
    direction: 'bidirectional',
    ...(operator === 'GRU' && { linear_before_reset: 1 }),
  };
  const states = graph.apply(operator, inputs, attributes, { outputCount: 1, name: 'recurrent' });
  const features = reshape(transpose(mean(states, [0], false), [1, 0, 2]), [-1, 10]);
  graph.output(
    graph.apply(
      'Gemm',
      [features, weight('head.weight', 10, 2), weight('head.bias', 2)],
      {},
      { outputs: ['scores'] },
    ),
  );
  return graph;
}

/** A low sound and a high one: which comes first is the class. */
function batchOf(count: number): { x: Tensor; labels: Tensor } {
  const length = 7;
  const data = new Float32Array(count * 4 * length);
  for (let sample = 0; sample < count; sample++) {
    const [low, high] = sample % 2 === 0 ? [1 + ((sample >> 1) % 2), 5] : [5 - ((sample >> 1) % 2), 1];
    data[(sample * 4 + 0) * length + low] = 2;
    data[(sample * 4 + 3) * length + high] = 2;
  }
  return {
    x: float32(data, [count, 1, 4, length]),
    labels: int64(Array.from({ length: count }, (_, i) => i % 2)),
  };
}

function programOf(operator: keyof typeof gatesOf, recompute: boolean) {
  const network = readOnnx(writeOnnx(crnn(operator))).graph;
  const builder = new ProgramBuilder();
  const x = builder.graph.input('x', ['batch', 1, 4, 7]);
  const labels = builder.graph.input('labels', ['batch'], 'int64');
  const copy = builder.include(network, { inputs: { x }, training: true });
  const loss = crossEntropy(copy.value(network.value('scores')), labels);
  const train = builder.trainingProgram(loss, {}, [], { inputs: { x, labels }, recompute });
  return { train, weights: Object.fromEntries(builder.weights) };
}

describe('a convolutional network with a recurrent layer', () => {
  it('has its matrices among the weights that are trained', () => {
    const { trainable } = findWeights(crnn('LSTM'));
    expect([...trainable].map(({ name }) => name)).toEqual(expect.arrayContaining(['w', 'r', 'b']));
  });

  it.each([
    ['GRU', 'worker', false],
    ['LSTM', 'inline', true],
  ] as const)(
    '%s learns which sound comes first, from batches of several sizes (%s, computed again: %s)',
    async (operator, thread, recompute) => {
      const { train, weights } = programOf(operator, recompute);
      const session = await TrainingSession.create({
        programs: { train },
        weights,
        optimizer: adam({ learningRate: 0.05 }),
        thread,
      });
      const before = await session.weights();
      const first = await session.step('train', batchOf(4));
      let loss = first.loss;
      for (let step = 0; step < 60; step++) ({ loss } = await session.step('train', batchOf(4 + (step % 3))));
      expect(first.loss).toBeGreaterThan(0.5);
      expect(loss).toBeLessThan(0.05);
      const after = await session.weights();
      for (const name of ['conv.weight', 'w', 'r', 'b', 'head.weight']) {
        expect(toNumbers(after[name] as Tensor)).not.toEqual(toNumbers(before[name] as Tensor));
      }
      await session.close();
    },
  );

  it('computes the same from a graph that crossed to another thread', async () => {
    const { train, weights } = programOf('LSTM', false);
    const feeds = { ...batchOf(6), ...weights };
    const own = await runOnce(train.graph, feeds);
    const crossed = readProgram(writeOnnx(train.graph));
    expect(await runOnce(crossed, feeds)).toEqual(own);
    // A graph that is read is written as it was.
    expect(writeOnnx(readProgram(writeOnnx(crossed)))).toEqual(writeOnnx(crossed));
    expect(Object.values(own).flatMap(toNumbers).every(Number.isFinite)).toBe(true);
  });
});
