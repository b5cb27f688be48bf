import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/backward/differentiate.js';
import { mul, reshape, sum } from '../../src/building/expressions.js';
import type { Value } from '../../src/graph/value.js';
import { loweredOperators } from '../../src/onnx/lowerings.js';
import { readOnnx } from '../../src/onnx/read.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { float32, type Tensor, toNumbers } from '../../src/tensor.js';
import { compileOnnx, runOnce } from '../run-graph.js';
import { attentionCases } from './lowered/attention-cases.js';
import { convolution, drawn, type Lowered, microsoft } from './lowered/lowered.js';
import { microsoftCases } from './lowered/microsoft-cases.js';
import { standardCases } from './lowered/standard-cases.js';
import { type Case, int, ints, model, text } from './opset-model.js';

const cases: readonly Lowered[] = [...attentionCases, ...standardCases, ...microsoftCases];

/** The operator itself: what it makes of numbers. */
async function itself(one: Omit<Lowered, 'what'>): Promise<(x: Tensor) => Promise<Record<string, Tensor>>> {
  const { defined } = one;
  if (defined) return async (x) => ({ y: float32(defined(toNumbers(x)), x.dims) });
  const run = await compileOnnx(model(one, false));
  return (x) => run({ x });
}

async function compared(one: Omit<Lowered, 'what'>): Promise<Value> {
  const dims = one.x ?? [2, 3, 4];
  const x = float32(drawn(dims), dims);
  const original = await (await itself(one))(x);
  const { graph } = readOnnx(model(one, true));
  const found = await (await compileOnnx(writeOnnx(graph)))({ x });
  expect(Object.keys(found)).toEqual(Object.keys(original));
  for (const [name, tensor] of Object.entries(original)) {
    expect(found[name]?.dims).toEqual(tensor.dims);
    const own = toNumbers(found[name] as Tensor);
    for (const [i, value] of toNumbers(tensor).entries()) expect(own[i]).toBeCloseTo(value, 4);
  }
  return graph.value('y');
}

/** The slope of a sum of what is made, by the gradient and by a difference of the operator itself. */
async function slopes(one: Lowered): Promise<{ readonly predicted: number; readonly measured: number }> {
  const dims = one.x ?? [2, 3, 4];
  const direction = drawn(dims, 5);
  const x = drawn(dims);
  const { graph } = readOnnx(model(one, false));
  const [input, made] = [graph.value('x'), graph.value('y')];
  const { y } = await runOnce(graph, { x: float32(x, dims) });
  const weights = drawn([(y as Tensor).data.length], 7).map((weight) => weight + 1.5);
  const weighted = mul(reshape(made, [-1]), graph.constant(float32(weights)));
  const gradient = differentiate(graph, sum(weighted, [0], false), [input]).get(input) as Value;
  graph.output(gradient);
  const results = await runOnce(graph, { x: float32(x, dims) });
  expect((results[gradient.name] as Tensor).dims).toEqual(dims);
  const total = (list: readonly number[], factors: readonly number[]) =>
    list.reduce((all, value, i) => all + value * (factors[i] as number), 0);
  const run = await itself(one);
  const at = async (by: number) => {
    const moved = x.map((value, i) => value + by * (direction[i] as number));
    return total(toNumbers((await run(float32(moved, dims))).y as Tensor), weights);
  };
  const step = 1e-2;
  return {
    predicted: total(toNumbers(results[gradient.name] as Tensor), direction),
    measured: ((await at(step)) - (await at(-step))) / (2 * step),
  };
}

describe('an operator that is read as several others computes what it did, and lets a gradient pass', () => {
  it('for each of them', () => {
    const tested = new Set(
      cases.map(({ operator, domain }) => (domain ? `${domain}.${operator}` : operator)),
    );
    const recurrences = ['LSTM', 'GRU', 'RNN'];
    expect(loweredOperators.filter((name) => !tested.has(name) && !recurrences.includes(name))).toEqual([]);
  });

  it.each(cases.map((one) => [`${one.domain ?? ''} ${one.operator}: ${one.what}`, one] as const))(
    '%s',
    async (_, one) => {
      const y = await compared(one);
      expect(y.shape).toEqual(one.shape);
      if (one.hasGradient === false) return;
      const { predicted, measured } = await slopes(one);
      expect(Math.abs(measured)).toBeGreaterThan(1e-3);
      expect(Math.abs(predicted - measured)).toBeLessThan(0.02 * Math.abs(measured));
    },
  );

  it('a query that may look at no key is answered with zeros', async () => {
    const nothing = { k: drawn([2, 1, 2, 3]), v: drawn([2, 1, 2, 3]), mask: [0, 0, 1, 0] };
    const dims = { k: [2, 1, 2, 3], v: [2, 1, 2, 3], mask: [2, 2] };
    const one = { operator: 'Attention', opset: 23, x: [2, 1, 2, 3], more: nothing, dims, shape: [] };
    const { y } = await runOnce(readOnnx(model(one, true)).graph, {
      x: float32(drawn([2, 1, 2, 3]), [2, 1, 2, 3]),
    });
    expect(toNumbers(y as Tensor).slice(0, 3)).toEqual([0, 0, 0]);
    expect(toNumbers(y as Tensor)[3]).not.toBe(0);
  });
});

describe('what is not read of them is refused by name', () => {
  const refused: readonly (readonly [string, Omit<Case, 'shape'>, RegExp])[] = [
    [
      'an activation',
      { operator: 'FusedConv', ...microsoft, ...convolution, attributes: [text('activation', 'Elu')] },
      /"Elu" is not read/,
    ],
    [
      'the largest of what is put to a place',
      {
        operator: 'ScatterND',
        opset: 18,
        more: { sizes: [0], u: [1] },
        attributes: [text('reduction', 'max')],
      },
      /"max" \(opset 18\)/,
    ],
    [
      'an operator that is newer',
      { operator: 'DeformConv', opset: 19 },
      /DeformConv is not there in opset 17/,
    ],
  ];
  it.each(refused)('%s', (_, one, message) => {
    expect(() => readOnnx(model({ ...one, shape: [] }, false))).toThrow(message);
  });
});

it('the other order of SpaceToDepth puts the place in the block behind the channel', async () => {
  const attributes = [int('blocksize', 2), text('mode', 'CRD')];
  const one = { operator: 'SpaceToDepth', opset: 28, x: [1, 2, 2, 4], attributes, shape: [] };
  const { graph } = readOnnx(model(one, true));
  const numbers = Array.from({ length: 16 }, (_, i) => i);
  const { y } = await runOnce(graph, { x: float32(numbers, [1, 2, 2, 4]) });
  expect(y?.dims).toEqual([1, 8, 1, 2]);
  expect(toNumbers(y as Tensor)).toEqual([0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15]);
});

it('a Fourier transform of opset 20 is that of opset 17', async () => {
  for (const more of [{ sizes: [6] }, { absent: [], sizes: [1] }]) {
    const dims: Record<string, number[]> = { sizes: [] };
    const y = await compared({ operator: 'DFT', opset: 20, x: [2, 6, 1], more, dims, shape: [] });
    expect(y.shape).toEqual(['batch', 6, 2]);
  }
});

describe('what has no slope where it is 0 is no obstacle there', () => {
  it.each([
    ['the length of windows that are empty', { operator: 'LpPool', attributes: [ints('kernel_shape', 2)] }],
    [
      'the deviation of what does not differ',
      { operator: 'MeanVarianceNormalization', attributes: [ints('axes', 2)] },
    ],
  ])('%s', async (_, one) => {
    const { graph } = readOnnx(model({ ...one, opset: 13, x: [1, 2, 4], shape: [] }, false));
    const [x, y] = [graph.value('x'), graph.value('y')];
    const weighted = mul(reshape(y, [-1]), graph.constant(float32(drawn([y.knownShape[2] === 4 ? 8 : 6]))));
    const gradient = differentiate(graph, sum(weighted, [0], false), [x]).get(x) as Value;
    graph.output(gradient);
    const results = await runOnce(graph, { x: float32([0, 0, 0, 0, 1, 2, 3, 5], [1, 2, 4]) });
    expect(toNumbers(results[gradient.name] as Tensor).every(Number.isFinite)).toBe(true);
  });
});

describe('labels of a file’s loss', () => {
  const file = (labels: Record<string, readonly number[]>) =>
    readOnnx(
      model({ operator: 'SoftmaxCrossEntropyLoss', opset: 13, x: [2, 3], more: labels, shape: [] }, false),
    );

  it('that are no class are refused', () => {
    expect(() => file({ sizes: [0, 3] })).toThrow(/"sizes" .*3/);
    expect(() => file({ sizes: [-1, 0] })).toThrow(/"sizes" .*-1/);
  });
});
