import * as e from '../../src/building/expressions.js';
import type { Graph } from '../../src/building/graph.js';
import type { Value } from '../../src/graph/value.js';
import { int64 } from '../../src/tensor.js';
import { axesOf, type Growth, integers, isLarge, isMap, type Move, one } from './move.js';

// Moves that look through a window: convolution and poolings.

interface Window {
  readonly kernel: number[];
  readonly strides: number[];
  readonly dilations: number[];
  readonly pads: number[];
}

/** That of deep networks, whose convolution has forms of its own. */
const usual: Window = { kernel: [3, 3], strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] };

/** A window that fits: strides, dilations, uneven padding. */
function drawWindow({ random }: Growth, spatial: readonly number[], padded = true): Window {
  const kernel = spatial.map((size) => random.integer(1, Math.min(3, size)));
  const dilations = kernel.map((size, i) =>
    (size - 1) * 2 < (spatial[i] as number) ? random.integer(1, 2) : 1,
  );
  const pads = [...kernel, ...kernel].map((size) => (padded ? random.integer(0, size - 1) : 0));
  return { kernel, strides: kernel.map(() => random.integer(1, 2)), dilations, pads };
}

/** What each place of a window sees, one map a place: padding, then strided slices. */
function taps(x: Value, sizes: readonly number[], { kernel, strides, dilations, pads }: Window): Value[] {
  const rank = kernel.length;
  const padded = e.pad(x, [0, 0, ...pads.slice(0, rank)], [0, 0, ...pads.slice(rank)]);
  const axes = kernel.map((_, i) => i + 2);
  const counts = kernel.map((size, i) => {
    const length = (sizes[i + 2] as number) + (pads[i] as number) + (pads[i + rank] as number);
    return Math.floor((length - (size - 1) * (dilations[i] as number) - 1) / (strides[i] as number)) + 1;
  });
  const places = kernel.reduce<number[][]>(
    (list, size) => list.flatMap((place) => Array.from({ length: size }, (_, k) => [...place, k])),
    [[]],
  );
  return places.map((place) => {
    const first = place.map((k, i) => k * (dilations[i] as number));
    const last = first.map((at, i) => at + ((counts[i] as number) - 1) * (strides[i] as number) + 1);
    return e.slice(padded, first, last, axes, strides);
  });
}

const attributesOf = ({ kernel, strides, dilations, pads }: Window) => ({
  kernel_shape: kernel,
  strides,
  dilations,
  pads,
});

export const conv: Move = {
  operator: 'Conv',
  suits: isMap,
  make: (growth, x) => {
    const { random, double, graph } = growth;
    const sizes = growth.sizes(x);
    const [, channels = 1, ...spatial] = sizes;
    const group = random.pick([1, channels]);
    const filters = group * random.integer(1, group > 1 ? 2 : 3);
    const isUsual = spatial.length === 2 && random.integer(1, 3) === 1;
    const window = isUsual ? usual : drawWindow(growth, spatial);
    const dims = [filters, channels / group, ...window.kernel];
    const w = growth.parameter(dims, 1 / Math.sqrt(dims.slice(1).reduce((a, b) => a * b, 1)));
    const bias = growth.parameter([filters]);
    if (!double) return e.conv(x, w, bias, { ...attributesOf(window), group });
    // The sum, over the places of the window, of products of channels.
    const flat = e.reshape(w, [group, filters / group, channels / group, -1]);
    const products = taps(x, sizes, window).map((tap, k) => {
      const grouped = graph.apply('Unsqueeze', [tap, integers(graph, [1])]);
      const split = e.reshape(grouped, [-1, group, channels / group, ...countsOf(growth, tap)]);
      const matrix = e.gather(flat, integers0(graph, k), 3);
      const equation = spatial.length === 1 ? 'ngcx,goc->ngox' : 'ngcxy,goc->ngoxy';
      return graph.apply('Einsum', [split, matrix], { equation });
    });
    const summed = products.reduce((a, b) => e.add(a, b));
    const joined = e.reshape(summed, [-1, filters, ...growth.sizes(summed).slice(3)]);
    return e.add(joined, e.reshape(bias, [1, filters, ...spatial.map(() => 1)]));
  },
};

const countsOf = (growth: Growth, tap: Value) => growth.sizes(tap).slice(2);
const integers0 = (graph: Graph, index: number) => graph.constant(int64(index), 'index');

export const pooling: readonly Move[] = [
  {
    operator: 'MaxPool',
    suits: isLarge,
    make: (growth, x) => {
      const window = drawWindow(growth, growth.sizes(x).slice(2));
      return one(x, 'MaxPool', attributesOf(window));
    },
  },
  {
    operator: 'AveragePool',
    suits: isLarge,
    make: (growth, x) => {
      const sizes = growth.sizes(x);
      const window = { ...drawWindow(growth, sizes.slice(2)), dilations: sizes.slice(2).map(() => 1) };
      const { dilations: _, ...attributes } = attributesOf(window);
      if (!growth.double) return one(x, 'AveragePool', { ...attributes, count_include_pad: 1 });
      const seen = taps(x, sizes, window);
      return e.div(
        seen.reduce((a, b) => e.add(a, b)),
        seen.length,
      );
    },
  },
  {
    operator: 'GlobalAveragePool',
    suits: isMap,
    make: (growth, x) => (growth.double ? e.mean(x, axesOf(growth, x).slice(2)) : e.globalAveragePool(x)),
  },
];
