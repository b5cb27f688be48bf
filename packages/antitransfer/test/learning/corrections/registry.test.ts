import { float32, Graph, Random, type Value } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { leastSquaresErasure } from '../../../src/analysis/erasure.js';
import { memoryFeatures } from '../../../src/data/features/store/clip-features.js';
import type { CorrectionParts } from '../../../src/learning/corrections/definition.js';
import { withErasure } from '../../../src/learning/corrections/erasing.js';
import {
  lastLayerInput,
  refittedOnTraining,
  withLastLayer,
} from '../../../src/learning/corrections/last-layer.js';
import {
  correct,
  correctionSettings,
  corrections,
  looksOfCorrection,
} from '../../../src/learning/corrections/registry.js';
import { type Network, networkOf, tapped } from '../../../src/learning/networks/network.js';
import { buildNetwork } from '../../../src/learning/networks/registry.js';
import { type Dataset, labelled, sizeOf } from '../../../src/learning/training/dataset.js';
import { observeValue } from '../../../src/learning/training/observe.js';
import { argmax } from '../../../src/numbers/argmax.js';

const shape = [1, 16, 16] as const;
const size = 256;

/** Clips whose upper half tells the target's class and whose left half tells the orthogonal one; each with both classes. */
function clipsOf(pairs: readonly (readonly [target: number, orthogonal: number])[], seed: number) {
  const random = new Random(seed);
  const data = Float32Array.from({ length: pairs.length * size }, (_, i) => {
    const [target, orthogonal] = pairs[Math.floor(i / size)]!;
    const [row, column] = [Math.floor((i % size) / 16), i % 16];
    return random.normal() + (row < 8 ? target : 0) + (column < 8 ? 1.5 * orthogonal : 0);
  });
  const features = memoryFeatures(shape, data);
  return {
    target: labelled(
      features,
      Int32Array.from(pairs, ([target]) => target),
    ),
    orthogonal: labelled(
      features,
      Int32Array.from(pairs, ([, orthogonal]) => orthogonal),
    ),
  };
}

const balanced = (count: number) =>
  Array.from({ length: count }, (_, i) => [i % 2, Math.floor(i / 2) % 2] as const);
/** Nine of ten clips have an orthogonal class that says the target's. */
const confounded = (count: number) =>
  Array.from({ length: count }, (_, i) => [i % 2, i % 20 < 18 ? i % 2 : 1 - (i % 2)] as const);

const train = clipsOf(confounded(120), 1);
const validation = clipsOf(balanced(80), 2);
const auxiliary = clipsOf(balanced(80), 3);
const test = clipsOf(balanced(200), 4);

async function rows(network: Network, value: (network: Network) => Value, data: Dataset) {
  const [all = new Float32Array()] = await observeValue(network, value(network), [data], {
    batch: 40,
    threads: 1,
  });
  const width = all.length / sizeOf(data);
  return Array.from({ length: sizeOf(data) }, (_, row) => all.subarray(row * width, (row + 1) * width));
}

async function accuracy(network: Network, { target }: typeof test): Promise<number> {
  const logits = await rows(network, (own) => own.logits, target);
  return logits.filter((row, i) => argmax(row) === target.labels[i]).length / logits.length;
}

function partsOf(network: Network, orthogonal: Dataset | undefined): CorrectionParts {
  return {
    network,
    classes: 2,
    tap: { name: 'conv4_2', position: 'after' },
    train: train.target,
    validation: { ...validation.target, recordings: Array.from({ length: 80 }, (_, i) => `${i}`) },
    orthogonalClasses: 2,
    orthogonal,
    random: new Random(1),
    observe: rows,
    pause: async () => {},
  };
}

/** With first weights: random features, of which the last layer reads what is asked of it. */
const network = () =>
  buildNetwork('vgg-small', { classes: 2, input: shape, width: 0.5, random: new Random(5) });

const clipsOfLooks = {
  none: undefined,
  training: train.orthogonal,
  validation: validation.orthogonal,
  auxiliary: auxiliary.orthogonal,
} as const;

describe.each(corrections.members)('the correction $name', ({ name, paper }) => {
  const settings = correctionSettings.parse({ kind: name });

  it('says where it comes from, and leaves a network of the same outputs and taps', async () => {
    expect(paper).toMatch(/ \d{4}, arXiv \d{4}\.\d{5}$/);
    const before = network();
    const after = await correct(
      settings,
      partsOf(before, clipsOfLooks[looksOfCorrection(settings).orthogonal]),
    );
    expect(after.network.logits.knownShape).toEqual(['batch', 2]);
    expect([...after.network.taps.keys()]).toEqual([...before.taps.keys()]);
    expect(after.facts.l2).toBeGreaterThan(0);
    expect(await accuracy(after.network, test)).toBeGreaterThan(0.55);
  }, 60_000);
});

describe('deep feature reweighting', () => {
  it('reads the target where a fit to the confounded clips reads the shortcut', async () => {
    const reweighted = correctionSettings.parse({ kind: 'deep-feature-reweighting' });
    const after = await correct(reweighted, partsOf(network(), validation.orthogonal));
    const shortcut = clipsOf(
      balanced(120).map(([target]) => [target, target]),
      5,
    );
    const parts = { ...partsOf(network(), undefined), train: shortcut.target };
    const { network: refitted } = await refittedOnTraining(network(), parts);
    expect(await accuracy(after.network, test)).toBeGreaterThan((await accuracy(refitted, test)) + 0.05);
  }, 60_000);

  it('refuses a half that lacks a class', async () => {
    const parts = partsOf(network(), validation.orthogonal);
    const one = { ...parts.validation, labels: new Int32Array(80) };
    const settings = correctionSettings.parse({ kind: 'deep-feature-reweighting' });
    await expect(correct(settings, { ...parts, validation: one })).rejects.toThrow(
      /1 of the target's 2 classes/,
    );
  });
});

describe('an erasure in a network', () => {
  it.each([
    ['conv4_2', 'after'],
    ['conv2_1', 'before'],
    ['pool2', 'after'],
    ['input', 'after'],
  ] as const)('at %s, %s, makes of the averaged maps what it makes of vectors', async (name, position) => {
    const before = network();
    const at = (own: Network) => tapped(own, name, position);
    const vectors = await rows(before, at, auxiliary.orthogonal);
    const erasure = leastSquaresErasure(vectors, [...auxiliary.orthogonal.labels], 2);
    const after = await rows(withErasure(before, { name, position }, erasure), at, auxiliary.orthogonal);
    for (const [clip, row] of after.entries()) {
      for (const [i, value] of row.entries()) {
        const taken = erasure.removed[i]!.reduce(
          (sum, part, j) => sum + part * (vectors[clip]![j]! - erasure.mean[j]!),
          0,
        );
        expect(value).toBeCloseTo(vectors[clip]![i]! - taken, 4);
      }
    }
  });

  it('is made once at a tap', () => {
    const at = { name: 'conv4_2', position: 'after' } as const;
    const nothing = { removed: [], mean: new Float64Array(), rank: 0 };
    const width = tapped(network(), at.name, at.position).knownShape[1] as number;
    const none = {
      ...nothing,
      removed: Array.from({ length: width }, () => new Float64Array(width)),
      mean: new Float64Array(width),
    };
    expect(() => withErasure(withErasure(network(), at, none), at, none)).toThrow(
      /taken out behind "conv4_2" already/,
    );
  });
});

describe('the last layer', () => {
  /** A network whose last layer is written in some way. */
  function ending(end: (graph: Graph, maps: Value, pooled: Value) => Value): Network {
    const graph = new Graph('own');
    const input = graph.input('x', ['batch', ...shape]);
    const random = new Random(2);
    const weight = float32(
      Float32Array.from({ length: 3 * 9 }, () => random.normal()),
      [3, 1, 3, 3],
    );
    const maps = graph.apply('Conv', [input, graph.initializer(weight, 'w')], {}, { name: 'conv' });
    const pooled = graph.apply('Flatten', [graph.apply('GlobalAveragePool', [maps])], { axis: 1 });
    graph.output(end(graph, maps, pooled));
    return networkOf(graph);
  }
  const zeros = (graph: Graph, dims: number[], name: string) =>
    graph.initializer(float32(new Float32Array(dims.reduce((a, b) => a * b, 1)), dims), name);
  const ways: [string, (graph: Graph, maps: Value, pooled: Value) => Value][] = [
    ['Gemm', (g, _, x) => g.apply('Gemm', [x, zeros(g, [3, 2], 'v'), zeros(g, [2], 'b')])],
    [
      'Gemm, transposed',
      (g, _, x) => g.apply('Gemm', [x, zeros(g, [2, 3], 'v'), zeros(g, [2], 'b')], { transB: 1 }),
    ],
    [
      'MatMul and Add',
      (g, _, x) => g.apply('Add', [g.apply('MatMul', [x, zeros(g, [3, 2], 'v')]), zeros(g, [1, 2], 'b')]),
    ],
    [
      'Conv of 1 x 1',
      (g, x) =>
        g.apply('Flatten', [
          g.apply('GlobalAveragePool', [
            g.apply('Conv', [x, zeros(g, [2, 3, 1, 1], 'v'), zeros(g, [2], 'b')], {}, { name: 'head' }),
          ]),
        ]),
    ],
  ];

  it.each(ways)('as %s gets the weights of a model of what it looks at', async (_, end) => {
    const own = ending(end);
    const model = { classes: 2, weights: Float64Array.of(1, -2, 3, 0.5, 4, 5, -6, -0.25) };
    const seen = await rows(own, lastLayerInput, test.target);
    const logits = await rows(withLastLayer(own, model), ({ logits: out }) => out, test.target);
    for (const [clip, row] of logits.entries()) {
      const [a, b, c] = seen[clip] as unknown as [number, number, number];
      expect(row[0]).toBeCloseTo(a - 2 * b + 3 * c + 0.5, 3);
      expect(row[1]).toBeCloseTo(4 * a + 5 * b - 6 * c - 0.25, 3);
    }
  });

  it('without a bias, or a wider convolution, is refused', () => {
    const without = ending((g, _, x) => g.apply('MatMul', [x, zeros(g, [3, 2], 'v')]));
    expect(() => lastLayerInput(without)).toThrow(/cannot be fitted again/);
    const wide = ending((g, x) =>
      g.apply('Flatten', [
        g.apply('GlobalAveragePool', [
          g.apply('Conv', [x, zeros(g, [2, 3, 3, 3], 'v'), zeros(g, [2], 'b')], {}, { name: 'head' }),
        ]),
      ]),
    );
    expect(() => lastLayerInput(wide)).toThrow(/convolution of 1 x 1/);
  });
});
