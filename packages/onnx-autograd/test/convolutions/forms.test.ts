import { describe, expect, it } from 'vitest';
import { differentiateInForms } from '../../src/backward/differentiate.js';
import { conv, maximum, relu, sum } from '../../src/building/expressions.js';
import { Graph } from '../../src/building/graph.js';
import { type Convolution, isThreeByThree } from '../../src/convolutions/convolution.js';
import {
  type ConvolutionForms,
  cpuForms,
  deferredForms,
  productForms,
  standardForms,
} from '../../src/convolutions/forms.js';
import { Winograd } from '../../src/convolutions/winograd.js';
import { lowerConvolutions } from '../../src/passes/lower-convolutions.js';
import { removeUnused } from '../../src/passes/remove-unused.js';
import { Random } from '../../src/random.js';
import { elementCount, float32, type Tensor } from '../../src/tensor.js';
import { runOnce } from '../run-graph.js';

/** Batch, channels in, channels out, height, width. */
const layers: [number, number, number, number, number][] = [
  [2, 16, 32, 7, 8],
  [3, 32, 16, 8, 7],
  [1, 5, 3, 4, 4],
  [2, 4, 6, 1, 1],
  [2, 3, 4, 2, 9],
  [1, 40, 48, 15, 13],
  [2, 96, 80, 10, 12],
];

const forms: Record<string, () => ConvolutionForms> = {
  products: () => productForms,
  winograd() {
    const winograd = new Winograd();
    return {
      forward: (x, filter) => winograd.forward(x, filter),
      inputGradient: (dy, _, filter) => winograd.inputGradient(dy, filter),
      filterGradient: (dy, x) => winograd.filterGradient(dy, x),
    };
  },
  'chosen for a CPU': cpuForms,
};

const threeByThree: Convolution = {
  window: {
    kernel: [3, 3],
    strides: [1, 1],
    dilations: [1, 1],
    padBegin: [1, 1],
    padEnd: [1, 1],
    ceil: false,
  },
  groups: 1,
};

function drawn(dims: readonly number[], random: Random): Tensor {
  return float32(
    Array.from({ length: elementCount(dims) }, () => random.normal()),
    dims,
  );
}

/** What a form computes in each of the three phases. */
async function phases(form: ConvolutionForms, layer: (typeof layers)[number], symbolic: boolean) {
  const [batch, channels, out, height, width] = layer;
  const random = new Random(4).fork(layer.join());
  const graph = new Graph('phases');
  const size = symbolic ? 'batch' : batch;
  const x = graph.input('x', [size, channels, height, width]);
  const dy = graph.input('dy', [size, out, height, width]);
  const filter = graph.input('filter', [out, channels, 3, 3]);
  const forward = form.forward(x, filter, threeByThree) ?? conv(x, filter, undefined, { pads: [1, 1, 1, 1] });
  const values = {
    forward,
    inputGradient: form.inputGradient(dy, x, filter, threeByThree),
    filterGradient: form.filterGradient(dy, x, filter, threeByThree),
  };
  for (const value of Object.values(values)) graph.output(value);
  const shapes = [x, x, filter].map((value) => value.knownShape);
  expect(values.inputGradient.knownShape).toEqual(shapes[0]);
  expect(values.filterGradient.knownShape).toEqual(shapes[2]);
  const results = await runOnce(graph, {
    x: drawn([batch, channels, height, width], random),
    dy: drawn([batch, out, height, width], random),
    filter: drawn([out, channels, 3, 3], random),
  });
  return Object.entries(values).map(([phase, { name }]) => [phase, results[name] as Tensor] as const);
}

function distance(a: Tensor, b: Tensor): number {
  const [x, y] = [a.data as Float32Array, b.data as Float32Array];
  const difference = Math.hypot(...x.map((value, i) => value - (y[i] as number)));
  return difference / Math.hypot(...y);
}

describe.each(Object.entries(forms))('a convolution as %s', (_, form) => {
  it.each(layers)('equals the standard one: batch %i, %i to %i channels, %i x %i', async (...layer) => {
    const reference = await phases(standardForms, layer, false);
    for (const symbolic of [false, true]) {
      const found = await phases(form(), layer, symbolic);
      for (const [i, [phase, tensor]] of found.entries()) {
        const wanted = reference[i]?.[1] as Tensor;
        expect(tensor.dims).toEqual(wanted.dims);
        expect(distance(tensor, wanted), phase).toBeLessThan(1e-5);
      }
    }
  });
});

describe('the usual convolution', () => {
  it('is 3 x 3 with padding 1 at every place', () => {
    expect(isThreeByThree(threeByThree)).toBe(true);
  });

  it.each([
    ['stride', { strides: [2, 1] }],
    ['dilation', { dilations: [1, 2] }],
    ['padding', { padEnd: [0, 1] }],
    ['kernel', { kernel: [3, 5] }],
    ['one axis', { kernel: [3], strides: [1], dilations: [1], padBegin: [1], padEnd: [1] }],
  ])('is not one of another %s', (_, difference) => {
    expect(isThreeByThree({ groups: 1, window: { ...threeByThree.window, ...difference } })).toBe(false);
  });

  it('is not one of groups', () => {
    expect(isThreeByThree({ ...threeByThree, groups: 2 })).toBe(false);
  });
});

describe('lowering', () => {
  it('gives a network the same loss and gradients in every form, under the same names', async () => {
    const random = new Random(7);
    const graph = new Graph('network');
    const x = graph.input('x', ['batch', 3, 9, 11]);
    const sizes: [number, number][] = [
      [64, 3],
      [96, 64],
      [96, 96],
    ];
    const filters = sizes.map(([out, channels], i) => graph.input(`filter${i}`, [out, channels, 3, 3]));
    const bias = graph.input('bias', [96]);
    const maps = filters.reduce(
      (value, filter, i) => relu(conv(value, filter, i === 1 ? bias : undefined, { pads: [1, 1, 1, 1] })),
      x,
    );
    const loss = sum(maximum(maps, 0.1), [0, 1, 2, 3], false);
    const parameters = [x, ...filters, bias];
    const gradients = differentiateInForms(graph, loss, parameters, deferredForms);
    for (const value of [loss, ...gradients.values()]) graph.output(value);
    const feeds = Object.fromEntries(
      parameters.map(({ name, knownShape }) => [
        name,
        drawn(
          knownShape.map((size) => (typeof size === 'number' ? size : 2)),
          random.fork(name),
        ),
      ]),
    );
    const runAs = (form: ConvolutionForms) => {
      const lowered = removeUnused(graph, lowerConvolutions(form));
      expect(lowered.outputs.map(({ name }) => name)).toEqual(graph.outputs.map(({ name }) => name));
      expect(lowered.nodes.some(({ domain }) => domain === 'onnx-autograd')).toBe(false);
      return runOnce(lowered, feeds);
    };
    const [wanted, found] = [await runAs(standardForms), await runAs(cpuForms())];
    for (const { name } of graph.outputs) {
      expect(distance(found[name] as Tensor, wanted[name] as Tensor), name).toBeLessThan(1e-4);
    }
  });
});
