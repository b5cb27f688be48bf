import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/backward/differentiate.js';
import { concat, conv, gather, mul, sin, slice, square, sum } from '../../src/building/expressions.js';
import { Graph } from '../../src/building/graph.js';
import { productForms } from '../../src/convolutions/forms.js';
import type { Attributes } from '../../src/graph/attributes.js';
import type { Dimension } from '../../src/graph/shape.js';
import type { Value } from '../../src/graph/value.js';
import { lowerConvolutions } from '../../src/passes/lower-convolutions.js';
import { removeUnused } from '../../src/passes/remove-unused.js';
import { float32, int64, type Tensor, toNumbers } from '../../src/tensor.js';
import { compile } from '../run-graph.js';

const most = Number.MAX_SAFE_INTEGER;
const drawn = (...dims: number[]): Tensor =>
  float32(
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(3 * i + 1)),
    dims,
  );

/** The gradient of a sum of squares with respect to x, `(batch, 2, length)`. */
function gradientOf(
  write: (x: Value) => Value,
  shape: readonly Dimension[],
): { graph: Graph; gradient: Value } {
  const graph = new Graph();
  const x = graph.input('x', shape);
  const y = square(write(x));
  const loss = sum(
    y,
    y.knownShape.map((_, axis) => axis),
    false,
  );
  const gradient = differentiate(graph, loss, [x]).get(x) as Value;
  graph.output(gradient);
  return { graph, gradient };
}

const cases: Readonly<Record<string, (x: Value) => Value>> = {
  'a slice of all': (x) => slice(sin(x), [0], [2 ** 31 - 1], [0]),
  'a slice of all, by the largest number': (x) => slice(sin(x), [0, 0], [most, most], [0, 2]),
  'a slice without the ends': (x) => slice(sin(x), [2], [-1], [2]),
  'a slice of a few from the back': (x) => slice(sin(x), [-3], [most], [2]),
  'every second, backwards': (x) => slice(sin(x), [-1], [-most], [2], [-2]),
  'slices of two axes': (x) => slice(sin(x), [1, 0], [most, 1], [2, 0]),
  'nothing at all': (x) => slice(sin(x), [4], [4], [2]),
  'parts joined along the length': (x) => concat([sin(x), mul(x, x), slice(x, [0], [2], [2])], 2),
  'means of windows': (x) => x.graph.apply('AveragePool', [sin(x)], { kernel_shape: [2], strides: [2] }),
  'means of windows that overlap, of elements alone': (x) =>
    x.graph.apply('AveragePool', [sin(x)], { kernel_shape: [3], strides: [2], pads: [2, 1] }),
  'means of windows, with the padding': (x) =>
    x.graph.apply('AveragePool', [sin(x)], { kernel_shape: [3], pads: [1, 2], count_include_pad: 1 }),
  'the largest of windows': (x) => x.graph.apply('MaxPool', [sin(x)], { kernel_shape: [2], strides: [2] }),
  'one of an axis between open ones': (x) => gather(sin(x), x.graph.constant(int64(1)), 1),
  'some of an axis between open ones': (x) => gather(sin(x), x.graph.constant(int64([1, 0, 1])), 1),
  'a matrix of an axis between open ones': (x) =>
    gather(sin(x), x.graph.constant(int64([1, 0, -1, 1], [2, 2])), 1),
  'a matrix of the open last axis': (x) => gather(sin(x), x.graph.constant(int64([1, 0, -1, 1], [2, 2])), 2),
  'parts joined along the batch': (x) => concat([sin(x), mul(x, 2)], 0),
};

describe('where the length is told only when the graph runs, the gradient is that of a graph of that length', () => {
  it.each(Object.entries(cases))('%s', async (_, write) => {
    const open = gradientOf(write, ['batch', 2, 'length']);
    const run = await compile(open.graph);
    for (const dims of [
      [3, 2, 7],
      [2, 2, 12],
    ]) {
      const fixed = gradientOf(write, dims);
      const wanted = (await (await compile(fixed.graph))({ x: drawn(...dims) }))[fixed.gradient.name];
      expect((await run({ x: drawn(...dims) }))[open.gradient.name]).toEqual(wanted);
    }
  });
});

describe('padding by the size of the input', () => {
  const padded = (length: Dimension, strides: number[], pad = 'SAME_UPPER') => {
    const graph = new Graph();
    const x = graph.input('x', [1, 1, length]);
    const filter = graph.initializer(drawn(1, 1, 4), 'filter');
    return { graph, y: graph.apply('Conv', [x, filter], { auto_pad: pad, strides }) };
  };

  it('does not depend on it without strides', () => {
    expect(padded('length', [1]).y.shape).toEqual([1, 1, 'length']);
    expect(padded('length', [1], 'SAME_LOWER').y.shape).toEqual([1, 1, 'length']);
  });

  it('is left open with strides until the size is given', () => {
    const { graph, y } = padded('length', [2]);
    expect(y.shape).toEqual([1, 1, 'same(length,2)']);
    const [filter] = graph.initializers as [Value];
    const loss = sum(y, [0, 1, 2], false);
    expect(() => differentiate(graph, loss, [filter])).toThrow(/SAME_UPPER.*\(length\): give it as a number/);
    expect(padded(9, [2]).y.shape).toEqual([1, 1, 5]);
  });
});

describe('the gradients of a convolution over a length that is told only when the graph runs', () => {
  /** Maps, a filter and a bias, all of which are differentiated. */
  function convolution(shape: readonly Dimension[], filter: readonly number[], attributes: Attributes) {
    const graph = new Graph();
    const x = graph.input('x', shape);
    const given = [x, graph.input('w', filter), graph.input('b', filter.slice(0, 1))] as const;
    const y = square(conv(sin(x), given[1], given[2], attributes));
    const axes = y.knownShape.map((_, axis) => axis);
    const gradients = differentiate(graph, sum(y, axes, false), given);
    for (const gradient of gradients.values()) graph.output(gradient);
    // As a program is made: forms are chosen when the sizes are known, or not.
    return removeUnused(graph, lowerConvolutions(productForms));
  }

  it.each<[string, number[], Attributes]>([
    ['the usual', [3, 4, 3], { pads: [1, 1] }],
    ['without padding', [3, 4, 4], {}],
    ['dilated, in groups', [6, 2, 3], { dilations: [2], group: 2 }],
    ['with a stride', [3, 4, 3], { strides: [2], pads: [1, 0] }],
    ['with a stride, padded at the end', [3, 4, 3], { strides: [3], pads: [1, 2] }],
    ['with a stride beyond the filter, in groups', [4, 2, 2], { strides: [3], group: 2 }],
    ['padded by more than it reaches', [3, 4, 3], { pads: [4, 3] }],
    ['padded to the same size', [3, 4, 4], { auto_pad: 'SAME_LOWER' }],
    ['two axes, one of them open', [3, 4, 3, 2], { pads: [1, 0, 1, 1], strides: [1, 2] }],
  ])('%s', async (_, filter, attributes) => {
    const behind = filter.length === 4 ? [6] : [];
    const run = await compile(convolution(['batch', 4, 'length', ...behind], filter, attributes));
    for (const [batch, length] of [
      [2, 9],
      [3, 14],
    ] as const) {
      const dims = [batch, 4, length, ...behind];
      const feeds = { x: drawn(...dims), w: drawn(...filter), b: drawn(filter[0] as number) };
      const wanted = await (await compile(convolution(dims, filter, attributes)))(feeds);
      const found = await run(feeds);
      for (const [i, tensor] of Object.values(wanted).entries()) {
        const own = Object.values(found)[i] as Tensor;
        expect(own.dims).toEqual(tensor.dims);
        const largest = Math.max(...toNumbers(tensor).map(Math.abs));
        for (const [k, value] of toNumbers(own).entries())
          expect(Math.abs(value - Number(tensor.data[k]))).toBeLessThan(1e-5 * largest);
      }
    }
  });
});
