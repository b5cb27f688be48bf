import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/backward/differentiate.js';
import { cast, mul, sum, where } from '../../src/building/expressions.js';
import { Graph } from '../../src/building/graph.js';
import type { Attributes } from '../../src/graph/attributes.js';
import { float } from '../../src/graph/attributes.js';
import type { Value } from '../../src/graph/value.js';
import type { Operator } from '../../src/operators/catalogue.js';
import { float32, int64, type Tensor, toNumbers } from '../../src/tensor.js';
import { runOnce } from '../run-graph.js';

/** The gradient of the sum of an operator's output at one point. */
interface SpecialValue {
  readonly operator: Operator;
  readonly what: string;
  readonly at: readonly Tensor[];
  readonly attributes?: Attributes;
  /** The gradient of each of the inputs listed, in their order. */
  readonly gradients: readonly (readonly number[])[];
}

const vector = (...values: number[]): Tensor => float32(values);
const image = (...rows: number[][]): Tensor =>
  float32(rows.flat(), [1, 1, rows.length, rows[0]?.length ?? 0]);

const table: readonly SpecialValue[] = [
  { operator: 'Relu', what: 'nothing passes at 0', at: [vector(0, -0, 1)], gradients: [[0, 0, 1]] },
  {
    operator: 'LeakyRelu',
    what: 'at 0 the slope is that of the negative side, as in PyTorch',
    at: [vector(0, 1)],
    attributes: { alpha: float(0.25) },
    gradients: [[0.25, 1]],
  },
  {
    operator: 'PRelu',
    what: 'at 0 the slope is that of the negative side, as in PyTorch',
    at: [vector(0, -2, 1), vector(0.25)],
    gradients: [[0.25, 0.25, 1], [-2]],
  },
  { operator: 'Abs', what: 'flat at 0', at: [vector(0, -2, 3)], gradients: [[0, -1, 1]] },
  {
    operator: 'Clip',
    what: 'the bounds themselves pass',
    at: [vector(-1, -0.5, 0, 0.5, 1), float32(-0.5), float32(0.5)],
    gradients: [[0, 1, 1, 1, 0]],
  },
  {
    operator: 'ReduceMax',
    what: 'ties share equally',
    at: [float32([3, 1, 3, 3, 2, 2], [2, 3])],
    attributes: { axes: [1], keepdims: 0 },
    gradients: [[1 / 2, 0, 1 / 2, 1, 0, 0]],
  },
  {
    operator: 'Max',
    what: 'ties share equally',
    at: [vector(1, 2, 2), vector(1, 1, 2), vector(0, 2, 2)],
    gradients: [
      [1 / 2, 1 / 2, 1 / 3],
      [1 / 2, 0, 1 / 3],
      [0, 1 / 2, 1 / 3],
    ],
  },
  {
    operator: 'Min',
    what: 'ties share equally',
    at: [vector(1, 2), vector(1, 3)],
    gradients: [
      [1 / 2, 1],
      [1 / 2, 0],
    ],
  },
  {
    operator: 'Mod',
    what: 'signs of both, and nothing but what is divided where it is smaller, as in PyTorch',
    at: [vector(7, -7, 7, 1), vector(3, 3, -3, 3)],
    attributes: { fmod: 1 },
    gradients: [
      [1, 1, 1, 1],
      [-2, 2, 2, 0],
    ],
  },
  {
    operator: 'MaxPool',
    what: 'the first of equals takes all',
    at: [image([5, 5, 1, 2], [5, 5, 2, 2])],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    gradients: [[1, 0, 0, 1, 0, 0, 0, 0]],
  },
  {
    operator: 'MaxPool',
    what: 'one element can be the largest of several windows',
    at: [image([1, 1, 1], [1, 9, 1], [1, 1, 1])],
    attributes: { kernel_shape: [2, 2], strides: [1, 1] },
    gradients: [[0, 0, 0, 0, 4, 0, 0, 0, 0]],
  },
  {
    operator: 'MaxPool',
    what: 'the first of equals, in overlapping windows',
    at: [image([7, 7, 7])],
    attributes: { kernel_shape: [1, 2], strides: [1, 1] },
    gradients: [[1, 1, 0]],
  },
  // As in PyTorch, the slope of a square root is infinite at 0: add a small number first where x can be 0.
  {
    operator: 'Sqrt',
    what: 'steep near 0, infinite at 0',
    at: [vector(1e-4, 0)],
    gradients: [[50, Infinity]],
  },
  {
    operator: 'Pow',
    what: 'zero to a power',
    at: [vector(0, 0, 0), vector(2, 1, 0)],
    gradients: [
      [0, 1, 0],
      [0, 0, -Infinity],
    ],
  },
  { operator: 'Log', what: 'infinite at 0', at: [vector(0)], gradients: [[Infinity]] },
  {
    operator: 'Softmax',
    what: 'large numbers do not overflow',
    at: [vector(1000, -1000, 1000)],
    gradients: [[0, 0, 0]],
  },
  {
    operator: 'LogSoftmax',
    what: 'large numbers do not overflow',
    at: [vector(1000, -1000)],
    gradients: [[-1, 1]],
  },
  {
    operator: 'LpNormalization',
    what: 'nothing passes where the length is 0',
    at: [float32([0, 0, 3, 4], [2, 2])],
    gradients: [[0, 0, 0.032, -0.024]],
  },
  { operator: 'Sigmoid', what: 'flat far away', at: [vector(-200, 200)], gradients: [[0, 0]] },
];

async function gradientsOfSum({ operator, at, attributes, gradients }: SpecialValue): Promise<number[][]> {
  const graph = new Graph();
  const inputs = at.map((tensor, i) => graph.input(`x${i}`, tensor.dims));
  const bounds = gradients.length;
  const operands = inputs.map((input, i) => (i < bounds ? input : graph.initializer(at[i] as Tensor)));
  const y = graph.apply(operator, operands, attributes);
  const axes = y.knownShape.map((_, axis) => axis);
  const found = differentiate(graph, sum(y, axes, false), inputs.slice(0, bounds));
  for (const gradient of found.values()) graph.output(gradient);
  const results = await runOnce(graph, Object.fromEntries(at.map((tensor, i) => [`x${i}`, tensor])));
  return [...found.values()].map((gradient) => toNumbers(results[gradient.name] as Tensor));
}

describe('gradients at special values', () => {
  it.each(table.map((row) => [`${row.operator}: ${row.what}`, row] as const))('%s', async (_, row) => {
    const found = await gradientsOfSum(row);
    for (const [i, expected] of row.gradients.entries()) {
      for (const [k, value] of expected.entries()) {
        if (Number.isFinite(value)) expect(found[i]?.[k]).toBeCloseTo(value, 5);
        else expect(found[i]?.[k]).toBe(value);
      }
    }
  });
});

describe('Dropout in training', () => {
  const training: Tensor = { type: 'bool', dims: [], data: Uint8Array.of(1) };

  function dropout(
    graph: Graph,
    outputCount: number,
    ratio = 0.4,
  ): { x: Value; outputs: Value[]; loss: Value } {
    const x = graph.input('x', [40, 5]);
    const outputs = graph.applyAll(
      'Dropout',
      [x, graph.initializer(float32(ratio)), graph.initializer(training)],
      {},
      { outputCount },
    );
    return {
      x,
      outputs,
      loss: sum(mul(outputs[0] as Value, graph.input('weights', [40, 5])), [0, 1], false),
    };
  }

  it('lets the gradient pass where the elements pass, scaled alike', async () => {
    const graph = new Graph();
    const { x, outputs, loss } = dropout(graph, 2);
    const gradient = differentiate(graph, loss, [x]).get(x) as Value;
    for (const value of [...outputs, gradient]) graph.output(value);
    const ones = float32(new Float32Array(200).fill(1), [40, 5]);
    const weights = float32(
      Float32Array.from({ length: 200 }, (_, i) => i - 100.5),
      [40, 5],
    );
    const results = await runOnce(graph, { x: ones, weights });
    const y = toNumbers(results[outputs[0]?.name ?? ''] as Tensor);
    const kept = y.filter((value) => value !== 0).length;
    expect(kept).toBeGreaterThan(80);
    expect(kept).toBeLessThan(160);
    // x is 1, so y is what x is multiplied with.
    for (const [i, value] of toNumbers(results[gradient.name] as Tensor).entries()) {
      expect(value).toBeCloseTo((y[i] as number) * (weights.data[i] as number), 3);
    }
  });

  it('needs its mask among the outputs', () => {
    const graph = new Graph();
    const { x, loss } = dropout(graph, 1);
    expect(() => differentiate(graph, loss, [x])).toThrow(/Dropout.*its mask must be an output/);
  });

  it('must be known to be in training before the graph runs', () => {
    const graph = new Graph();
    const x = graph.input('x', [3]);
    const y = graph.apply('Dropout', [x, undefined, graph.input('training', [], 'bool')]);
    expect(() => differentiate(graph, sum(y, [0]), [x])).toThrow(/Dropout.*must be known/);
  });
});

it('indices may be computed in the graph', async () => {
  const graph = new Graph();
  const x = graph.input('x', [3]);
  const y = graph.apply('Gather', [x, graph.apply('ArgMax', [x], { axis: 0 })]);
  const gradient = differentiate(graph, sum(y, [0], false), [x]).get(x) as Value;
  graph.output(gradient);
  const results = await runOnce(graph, { x: vector(1, 3, 2) });
  expect(toNumbers(results[gradient.name] as Tensor)).toEqual([0, 1, 0]);
});

it('a factor that is 0 has the product of the others as its gradient, unless another one is 0', async () => {
  for (const operator of ['ScatterElements', 'ScatterND'] as const) {
    const graph = new Graph();
    const [x, updates] = [graph.input('x', [4]), graph.input('updates', [6])];
    const dims = operator === 'ScatterND' ? [6, 1] : [6];
    const indices = graph.constant(int64([0, 0, 1, 1, 2, 3], dims));
    const y = graph.apply(operator, [x, indices, updates], { reduction: 'mul' });
    const found = differentiate(graph, sum(y, [0], false), [x, updates]);
    for (const gradient of found.values()) graph.output(gradient);
    const results = await runOnce(graph, { x: vector(2, 5, 7, 0), updates: vector(0, 3, 0, 0, 4, 6) });
    const [dx, dUpdates] = [...found.values()].map(({ name }) => toNumbers(results[name] as Tensor));
    expect(dx).toEqual([0, 0, 4, 6]);
    expect(dUpdates).toEqual([6, 0, 0, 0, 7, 0]);
  }
});

describe('a row of scores that is hidden altogether', () => {
  const hidden = Number.NEGATIVE_INFINITY;
  const ways: Readonly<Record<string, (shares: Value) => Value>> = {
    'is found by what is no number': (shares) => where(shares.graph.apply('IsNaN', [shares]), 0, shares),
    'is known by its mask': (shares) => {
      const isHidden = shares.graph.constant({ type: 'bool', dims: [2, 1], data: Uint8Array.of(0, 1) });
      return where(isHidden, 0, shares);
    },
    'is known behind a cast': (shares) => {
      const isHidden = shares.graph.constant({ type: 'bool', dims: [2, 1], data: Uint8Array.of(0, 1) });
      return where(isHidden, 0, cast(cast(shares, 'float16'), 'float32'));
    },
  };
  it.each(Object.entries(ways))('passes no gradient where it %s', async (_, replaced) => {
    const graph = new Graph();
    const x = graph.input('x', [2, 2]);
    const shares = graph.apply('Softmax', [x], { axis: 1 }, { like: [x] });
    const y = mul(replaced(shares), graph.constant(float32([1, 3, 5, 7], [2, 2])));
    const gradient = differentiate(graph, sum(y, [0, 1], false), [x]).get(x) as Value;
    graph.output(gradient);
    const results = await runOnce(graph, { x: float32([0, 0, hidden, hidden], [2, 2]) });
    expect(toNumbers(results[gradient.name] as Tensor)).toEqual([-0.5, 0.5, 0, 0]);
  });
});
