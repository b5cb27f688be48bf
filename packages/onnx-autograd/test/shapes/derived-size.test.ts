import { afterAll, describe, expect, it } from 'vitest';
import { sum } from '../../src/building/expressions.js';
import { Graph } from '../../src/building/graph.js';
import { crossEntropy } from '../../src/building/losses/cross-entropy.js';
import { GraphError } from '../../src/errors.js';
import type { Attributes } from '../../src/graph/attributes.js';
import { derivedSize, sizeOf } from '../../src/graph/derived-size.js';
import { type Dimension, product, sum as sumOfSizes, symbol } from '../../src/graph/shape.js';
import type { Value } from '../../src/graph/value.js';
import { sgd } from '../../src/optimizers/sgd.js';
import { ProgramBuilder } from '../../src/programs/builder.js';
import { TrainingSession } from '../../src/sessions/node/session.js';
import { float32, int64 } from '../../src/tensor.js';
import { describeRow, isTensor, type Row } from '../gradients/row.js';
import { forwardRows } from '../gradients/rows/forward.js';
import { rows } from '../gradients/rows/index.js';

/** Sizes that follow from elements, not from sizes. */
const openForms = /^(sliced|resizedBy|conv|range|nonzero)\(/;

/** The shapes of a row's outputs, one axis of one input being open; `undefined` where the operator wants it as a number. */
function outputsOf(row: Row, open?: { readonly input: number; readonly axis: number }) {
  const graph = new Graph();
  const inputs = row.inputs.map((input, i) => {
    if (input === undefined) return undefined;
    if (isTensor(input)) return graph.initializer(input);
    const dims: Dimension[] = [...input.dims];
    if (open?.input === i) dims[open.axis] = 'open size, of a user';
    return graph.input(`x${i}`, dims);
  });
  const [, domain, operator] = /^(?:(.*)\.)?(.*)$/.exec(row.operator) as unknown as [string, string, string];
  try {
    return graph
      .applyAll(operator, inputs, row.attributes, { domain, outputCount: row.outputCount ?? 1 })
      .map(({ shape }) => shape);
  } catch (error) {
    if (open !== undefined && error instanceof GraphError) return undefined;
    throw error;
  }
}

describe('a size that follows from an open one is what it is where that is a number', () => {
  const computed = new Set<string>();

  it.each([...rows, ...forwardRows].map((row) => [describeRow(row), row] as const))('%s', (_, row) => {
    const fixed = outputsOf(row);
    for (const [i, input] of row.inputs.entries()) {
      if (input === undefined || isTensor(input)) continue;
      for (const [axis, size] of input.dims.entries()) {
        const found = outputsOf(row, { input: i, axis });
        for (const [k, shape] of (found ?? []).entries()) {
          if (shape === undefined || fixed?.[k] === undefined) continue;
          // An open axis is not squeezed, whatever it turns out to be.
          if (row.operator === 'Squeeze' && size === 1 && row.inputs.length === 1) continue;
          const told = shape.map((dimension) => sizeOf(dimension, new Map([['open size, of a user', size]])));
          for (const [at, dimension] of shape.entries()) {
            if (told[at] === undefined) expect(dimension).toMatch(openForms);
            else expect(told[at]).toBe(fixed[k]?.[at]);
            const [, form] = /^(\w+)\(/.exec(String(dimension)) ?? [];
            if (form !== undefined && told[at] !== undefined) computed.add(form);
          }
        }
      }
    }
  });

  afterAll(() => {
    const named = ['window', 'windowUp', 'same', 'transposed', 'frames', 'resized', 'slice'];
    expect([...computed].toSorted()).toEqual(named.toSorted());
  });
});

describe('a size by its name', () => {
  const sizes = new Map([
    ['batch', 3],
    ['time (of a clip), in steps', 20],
    ['2*x', 7],
  ]);
  const time = 'time (of a clip), in steps';

  it.each<[Dimension, number | undefined]>([
    [5, 5],
    ['batch', 3],
    ['2*x', 7],
    [product([4, 'batch', time]), 240],
    [sumOfSizes([time, -2]), 18],
    [sumOfSizes(['batch', time, 1]), 24],
    [symbol(`(${product([time, 'batch'])}/${product([2, 'batch'])})`), 10],
    [symbol(`(${time}/6)`), undefined],
    [derivedSize('window', derivedSize('window', sumOfSizes([time, 1]), 2, -3), 3, -1), 4],
    [derivedSize('slice', product([2, time]), -5, Number.MAX_SAFE_INTEGER, 2), 3],
    [derivedSize('resized', time, 0.45), 9],
    [symbol(`sliced(${time},begin,end)`), undefined],
    ['nonzero(mask)', undefined],
    ['length', undefined],
    ['window(batch)', undefined],
    ['constructor(batch)', undefined],
    ['((', undefined],
    ['', undefined],
  ])('%s', (dimension, size) => {
    expect(sizeOf(dimension, sizes)).toBe(size);
  });
});

describe('dropout over a length that is told only when the graph runs', () => {
  const signals = (length: number) =>
    float32(
      Array.from({ length: 4 * length }, (_, i) => Math.sin(i)),
      [2, 2, length],
    );

  /** The loss of a step on two signals, of which `middle` is dropped by half. */
  async function lossOf(middle: (x: Value) => Value, size: Dimension, length: number): Promise<number> {
    const graph = new Graph();
    const x = graph.input('x', ['batch', 2, size]);
    const dropped = graph.apply('Dropout', [middle(x), graph.constant(float32([0.5], []))]);
    const pooled = graph.apply('Flatten', [graph.apply('GlobalAveragePool', [dropped])]);
    const scores = graph.apply('Gemm', [
      pooled,
      graph.initializer(float32([0.1, 0.2, 0.3, 0.5], [2, 2]), 'w'),
    ]);
    graph.output(scores);
    const builder = new ProgramBuilder();
    const labels = builder.graph.input('labels', ['batch'], 'int64');
    const inputs = { x: builder.graph.input('x', ['batch', 2, size]) };
    const network = builder.include(graph, { inputs, training: true });
    const session = await TrainingSession.create({
      programs: { train: builder.trainingProgram(crossEntropy(network.value(scores), labels)) },
      weights: Object.fromEntries(builder.weights),
      optimizer: sgd(),
      seed: 3,
      thread: 'inline',
    });
    try {
      return (await session.step('train', { x: signals(length), labels: int64([0, 1]) })).loss;
    } finally {
      await session.close();
    }
  }

  const pooled = (x: Value, operator: string, attributes: Attributes) =>
    x.graph.apply(operator, [x], { kernel_shape: [3], strides: [2], ...attributes });
  const sliced = (x: Value, ...bounds: readonly Value[]) =>
    x.graph.apply('Slice', [x, ...bounds, x.graph.constant(int64([2]))]);

  it.each<[string, (x: Value) => Value]>([
    ['as it is', (x) => x],
    ['behind a stride', (x) => pooled(x, 'AveragePool', { pads: [1, 0] })],
    ['behind two', (x) => pooled(pooled(x, 'MaxPool', {}), 'MaxPool', {})],
    ['behind one that cuts its last window', (x) => pooled(x, 'MaxPool', { ceil_mode: 1 })],
    ['behind a slice', (x) => sliced(x, ...[1, -1].map((bound) => x.graph.constant(int64([bound]))))],
    ['behind two that are joined', (x) => x.graph.apply('Concat', [x, x], { axis: 2 })],
  ])('%s', async (_, middle) => {
    for (const length of [9, 14])
      expect(await lossOf(middle, 'length', length)).toBe(await lossOf(middle, length, length));
  });

  it('is refused where its size follows from elements', async () => {
    const middle = (x: Value) => {
      const nothing = x.graph.apply('Mul', [x, x.graph.constant(float32([0], []))]);
      const first = x.graph.apply('Cast', [sum(nothing, [0, 1, 2], false)], { to: 7 });
      const begin = x.graph.apply('Reshape', [first, x.graph.constant(int64([1]))]);
      return sliced(x, begin, x.graph.constant(int64([5])));
    };
    await expect(lossOf(middle, 'length', 9)).rejects.toThrow(
      /dropout mask ".*": the size "sliced\(length,.*" is known only when the graph has run\. Give sizes/,
    );
  });
});
