import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../src/backward/differentiate.js';
import { mul, sum as sumOver } from '../../../src/building/expressions.js';
import { Graph } from '../../../src/building/graph.js';
import * as losses from '../../../src/building/losses/index.js';
import { GraphError } from '../../../src/errors.js';
import type { Value } from '../../../src/graph/value.js';
import { Random } from '../../../src/random.js';
import { elementCount, float32, int64, type Tensor, toNumbers } from '../../../src/tensor.js';
import { runOnce } from '../../run-graph.js';
import {
  binaryOf,
  type ClassSettings,
  crossEntropyOf,
  ctcOf,
  focalOf,
  meanByWeights,
  type Numbers,
  sum,
} from './formulas.js';

/** A loss as the library writes it, beside its formula. */
interface Row {
  readonly loss: keyof typeof losses;
  readonly what: string;
  /** Shape of the logits; the batch is symbolic. */
  readonly dims: readonly [number, ...number[]];
  /** Fed beside the logits. */
  readonly fed: Readonly<Record<string, Tensor>>;
  readonly write: (logits: Value, fed: Readonly<Record<string, Value>>) => Value;
  /** @param logits row-major */
  readonly formula: (logits: Numbers) => Numbers;
}

/** Row-major numbers as rows of `length`. */
function rowsOf(numbers: Numbers, length: number): Numbers[] {
  return Array.from({ length: numbers.length / length }, (_, i) =>
    numbers.slice(i * length, (i + 1) * length),
  );
}

const labels = [2, 0, -100, 1, 2];
const classWeights = [0.5, 2, 1.25];
const gammas = [0, 0.5, 2] as const;

const settings: readonly ClassSettings[] = [
  {},
  { labelSmoothing: 0.3 },
  { classWeights },
  { ignoreLabel: -100 },
  { classWeights, ignoreLabel: -100 },
  { classWeights, labelSmoothing: 0.1, ignoreLabel: -100 },
];

const given = (list: Numbers, { ignoreLabel }: ClassSettings) =>
  ignoreLabel === undefined ? list.map((label) => Math.max(label, 0)) : list;

const crossEntropyRows = settings.flatMap((options): Row[] => {
  const own = given(labels, options);
  const what = Object.keys(options).join(', ') || 'plain';
  const each = (logits: Numbers) =>
    rowsOf(logits, 3).map((row, i) => crossEntropyOf(row, own[i] ?? 0, options));
  const common = { dims: [5, 3], fed: { labels: int64([...own]) } } as const;
  return [
    {
      ...common,
      loss: 'crossEntropy',
      what,
      write: (logits, fed) => losses.crossEntropy(logits, fed.labels as Value, options),
      formula: (logits) => [meanByWeights(each(logits), own, options)],
    },
    {
      ...common,
      loss: 'crossEntropyPerSample',
      what,
      write: (logits, fed) => losses.crossEntropyPerSample(logits, fed.labels as Value, options),
      formula: each,
    },
    {
      // Two samples of three positions each: classes are the second axis.
      loss: 'crossEntropy',
      what: `${what}, a label a position`,
      dims: [2, 3, 3],
      fed: { labels: int64([...own, 1], [2, 3]) },
      write: (logits, fed) => losses.crossEntropy(logits, fed.labels as Value, options),
      formula: (logits) => {
        const at = (sample: number, position: number) =>
          [0, 1, 2].map((own) => logits[9 * sample + 3 * own + position] ?? 0);
        const list = [...own, 1];
        const each = list.map((label, i) => crossEntropyOf(at(Math.floor(i / 3), i % 3), label, options));
        return [meanByWeights(each, list, options)];
      },
    },
  ];
});

const focalRows = gammas.flatMap((gamma) =>
  [{}, { classWeights }, { classWeights, ignoreLabel: -100 }].flatMap((options: ClassSettings): Row[] => {
    const own = given(labels, options);
    const what = [`gamma ${gamma}`, ...Object.keys(options)].join(', ');
    const each = (logits: Numbers) =>
      rowsOf(logits, 3).map((row, i) => focalOf(row, own[i] ?? 0, gamma, options));
    const common = { dims: [5, 3], fed: { labels: int64([...own]) }, what } as const;
    const { ignoreLabel } = options;
    return [
      {
        ...common,
        loss: 'focalLoss',
        write: (logits, fed) => losses.focalLoss(logits, fed.labels as Value, { ...options, gamma }),
        formula: (logits) => [sum(each(logits)) / own.filter((label) => label !== ignoreLabel).length],
      },
      {
        ...common,
        loss: 'focalLossPerSample',
        write: (logits, fed) => losses.focalLossPerSample(logits, fed.labels as Value, { ...options, gamma }),
        formula: each,
      },
    ];
  }),
);

const targets = [1, 0, 0.25, 0, 1, 1];
const binaryRows = [undefined, [0.5, 2, 1.25]].flatMap((positiveWeights): Row[] => {
  const options = positiveWeights === undefined ? {} : { positiveWeights };
  const each = (logits: Numbers) =>
    logits.map((logit, i) => binaryOf(logit, targets[i] ?? 0, positiveWeights?.[i % 3]));
  const common = {
    dims: [2, 3],
    fed: { targets: float32(targets, [2, 3]) },
    what: positiveWeights === undefined ? 'plain' : 'positiveWeights',
  } as const;
  return [
    {
      ...common,
      loss: 'binaryCrossEntropy',
      write: (logits, fed) => losses.binaryCrossEntropy(logits, fed.targets as Value, options),
      formula: (logits) => [sum(each(logits)) / 6],
    },
    {
      ...common,
      loss: 'binaryCrossEntropyPerElement',
      write: (logits, fed) => losses.binaryCrossEntropyPerElement(logits, fed.targets as Value, options),
      formula: each,
    },
  ];
});

/** Clips of six frames and three classes: no label, one, repeated ones, as many as fit; with fewer frames that count. */
const ctcRows = [0, 2].flatMap((blank) => {
  const [a, b] = [0, 1, 2].filter((symbol) => symbol !== blank) as [number, number];
  const clips = [[], [a], [a, a], [a, b, a], [b, b, b], [a, b]];
  const lengths = [6, 4, 5, 6, 5, 2];
  return [undefined, lengths].flatMap((frames): Row[] => {
    const padded = clips.flatMap((clip) => [...clip, a, a, a].slice(0, 3));
    const fed = {
      labels: int64(padded, [6, 3]),
      counts: int64(clips.map(({ length }) => length)),
      ...(frames && { frames: int64(frames) }),
    };
    const each = (logits: Numbers) =>
      rowsOf(logits, 18).map((clip, i) =>
        ctcOf(rowsOf(clip, 3).slice(0, frames?.[i] ?? 6), clips[i] ?? [], blank),
      );
    const common = { dims: [6, 6, 3], fed, what: `blank ${blank}${frames ? ', frames' : ''}` } as const;
    const optionsOf = (values: Readonly<Record<string, Value>>) => ({
      blank,
      ...(values.frames && { frames: values.frames }),
    });
    return [
      {
        ...common,
        loss: 'ctcLoss',
        write: (logits, values) =>
          losses.ctcLoss(logits, values.labels as Value, values.counts as Value, optionsOf(values)),
        formula: (logits) => [
          sum(each(logits).map((loss, i) => loss / Math.max(1, clips[i]?.length ?? 0))) / clips.length,
        ],
      },
      {
        ...common,
        loss: 'ctcLossPerSample',
        write: (logits, values) =>
          losses.ctcLossPerSample(logits, values.labels as Value, values.counts as Value, optionsOf(values)),
        formula: each,
      },
    ];
  });
});

const rows = [...crossEntropyRows, ...focalRows, ...binaryRows, ...ctcRows];

/** What the library says: the losses, and the gradient of their weighted sum. */
async function computed(
  { dims, fed, write }: Row,
  logits: Numbers,
  weights: (dims: readonly number[]) => Tensor,
) {
  const graph = new Graph();
  const x = graph.input('x', ['batch', ...dims.slice(1)]);
  const values = Object.entries(fed).map(([name, { type, dims: sizes }]) => [
    name,
    graph.input(name, ['batch', ...sizes.slice(1)], type),
  ]);
  const loss = write(x, Object.fromEntries(values));
  const own = graph.input('weights', loss.knownShape);
  const axes = loss.knownShape.map((_, axis) => axis);
  const total = loss.rank === 0 ? mul(loss, own) : sumOver(mul(loss, own), axes, false);
  const gradient = differentiate(graph, total, [x]).get(x) as Value;
  graph.output(loss);
  graph.output(gradient);
  const sizes = loss.knownShape.map((size) => (typeof size === 'number' ? size : (dims[0] as number)));
  const drawn = weights(sizes);
  const results = await runOnce(graph, { ...fed, x: float32([...logits], [...dims]), weights: drawn });
  return {
    losses: toNumbers(results[loss.name] as Tensor),
    gradient: toNumbers(results[gradient.name] as Tensor),
    weights: toNumbers(drawn),
  };
}

/** Central differences of the weighted formula. */
function differences({ formula }: Row, logits: Numbers, weights: Numbers): number[] {
  const step = 1e-4;
  const moved = (at: number, by: number) =>
    sum(
      formula(logits.map((logit, i) => (i === at ? logit + by : logit))).map(
        (loss, i) => loss * (weights[i] ?? 0),
      ),
    );
  return logits.map((_, at) => (moved(at, step) - moved(at, -step)) / (2 * step));
}

describe('losses and their gradients are those of their formulas', () => {
  it('every loss has a row', () => {
    const functions = Object.keys(losses).sort();
    expect([...new Set(rows.map(({ loss }) => loss))].sort()).toEqual(functions);
  });

  it.each(rows.map((row) => [`${row.loss}: ${row.what}`, row] as const))('%s', async (_, row) => {
    const random = new Random(7);
    const logits = Array.from({ length: elementCount([...row.dims]) }, () =>
      Math.fround(2 * random.normal()),
    );
    const draw = (dims: readonly number[]) =>
      float32(
        Array.from({ length: elementCount([...dims]) }, () => 0.5 + random.uniform()),
        [...dims],
      );
    const found = await computed(row, logits, draw);
    const due = row.formula(logits);
    expect(found.losses.length).toBe(due.length);
    for (const [i, loss] of due.entries())
      expect(Math.abs((found.losses[i] ?? Number.NaN) - loss)).toBeLessThan(2e-6 * (1 + loss));
    const slopes = differences(row, logits, found.weights);
    expect(Math.hypot(...slopes)).toBeGreaterThan(1e-2);
    const error = Math.hypot(...slopes.map((slope, i) => slope - (found.gradient[i] ?? Number.NaN)));
    expect(error / Math.hypot(...slopes)).toBeLessThan(2e-6);
  });
});

describe('CTC', () => {
  const impossible: Row = {
    loss: 'ctcLossPerSample',
    what: 'three labels in two frames, two equal ones in two, and one that fits',
    dims: [3, 2, 3],
    fed: { labels: int64([1, 2, 1, 1, 1, 1, 2, 1, 1], [3, 3]), counts: int64([3, 2, 1]) },
    write: (logits, { labels: said, counts }) =>
      losses.ctcLossPerSample(logits, said as Value, counts as Value, { zeroInfinity: true }),
    formula: () => [],
  };
  const logits = Array.from({ length: 18 }, (_, i) => Math.sin(i));
  const ones = (dims: readonly number[]) => float32([1, 1, 1], [...dims]);

  it('of a clip whose labels do not fit is infinite, or with zeroInfinity 0 without a gradient', async () => {
    const zero = await computed(impossible, logits, ones);
    expect(zero.losses.slice(0, 2)).toEqual([0, 0]);
    expect(zero.losses[2]).toBeGreaterThan(0);
    expect(zero.gradient.slice(0, 12)).toEqual(Array(12).fill(0));
    expect(Math.hypot(...zero.gradient.slice(12))).toBeGreaterThan(0.1);
    const infinite = await computed(
      {
        ...impossible,
        write: (x, { labels: said, counts }) => losses.ctcLossPerSample(x, said as Value, counts as Value),
      },
      logits,
      ones,
    );
    expect(infinite.losses.slice(0, 2)).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(infinite.losses[2]).toBe(zero.losses[2]);
  });

  it('is that of torch.nn.functional.ctc_loss (PyTorch 2.15, double precision) for the same numbers', async () => {
    // x[n, t, c] = sin(7n + 3t + 5c): three clips of six frames, of which six, five and four count.
    const numbers = Array.from({ length: 72 }, (_, i) => {
      const [n, t, c] = [Math.floor(i / 24), Math.floor(i / 4) % 6, i % 4];
      return Math.sin(7 * n + 3 * t + 5 * c);
    });
    const fed = {
      labels: int64([1, 2, 1, 3, 3, 1, 2, 1, 1], [3, 3]),
      counts: int64([3, 2, 1]),
      frames: int64([6, 5, 4]),
    };
    const one = (loss: typeof losses.ctcLoss): Row => ({
      ...{ loss: 'ctcLoss', what: '', dims: [3, 6, 4], fed, formula: () => [] },
      write: (x, values) =>
        loss(x, values.labels as Value, values.counts as Value, { frames: values.frames as Value }),
    });
    const each = await computed(one(losses.ctcLossPerSample), numbers, ones);
    for (const [i, due] of [4.592436, 4.390112, 3.270247].entries())
      expect(each.losses[i]).toBeCloseTo(due, 5);
    const mean = await computed(one(losses.ctcLoss), numbers, () => float32(1));
    expect(mean.losses[0]).toBeCloseTo(2.332038, 5);
    const second = [
      [-0.008941, 0.025071, 0.016394, -0.032524, -0.031571, 0.054457, 0.070815, -0.093702],
      [-0.040104, 0.021062, 0.019148, -0.000106, -0.070305, 0.065551, 0.060869, -0.056115],
      [0.016062, 0.017834, 0.022716, -0.056613, 0, 0, 0, 0],
    ].flat();
    for (const [i, due] of second.entries()) expect(mean.gradient[24 + i]).toBeCloseTo(due, 5);
  });

  it('does not overflow where the labels are all but impossible', async () => {
    const far = Array.from({ length: 18 }, (_, i) => (i % 3 === 0 ? 300 : -300));
    const { losses: found, gradient } = await computed(impossible, far, ones);
    // The label in the first frame or in the second, e^-600 both.
    expect(found[2]).toBeCloseTo(600 - Math.LN2, 3);
    for (const slope of gradient) expect(Number.isFinite(slope)).toBe(true);
  });
});

describe('what does not fit is refused', () => {
  const graph = new Graph();
  const x = graph.input('x', ['batch', 3]);
  const y = graph.input('y', ['batch'], 'int64');
  const clips = graph.input('clips', ['batch', 'time', 3]);
  const told = graph.input('told', ['batch', 4, 3]);
  const words = graph.input('words', ['batch', 2], 'int64');

  it.each<[string, () => Value, RegExp]>([
    [
      'weights',
      () => losses.crossEntropy(x, y, { classWeights: [1, 2] }),
      /classWeights are 1, 2; wanted are 3/,
    ],
    ['a weight', () => losses.focalLoss(x, y, { classWeights: [1, 2, -1] }), /are 1, 2, -1; wanted are 3/],
    ['smoothing', () => losses.crossEntropy(x, y, { labelSmoothing: 1.5 }), /labelSmoothing is 1.5/],
    ['an ignored class', () => losses.crossEntropy(x, y, { ignoreLabel: 2 }), /ignoreLabel 2 is a class/],
    ['gamma', () => losses.focalLoss(x, y, { gamma: -1 }), /gamma of the focal loss is -1/],
    [
      'presence',
      () => losses.binaryCrossEntropy(x, x, { positiveWeights: [1] }),
      /positiveWeights are 1; wanted are 3/,
    ],
    ['frames', () => losses.ctcLoss(clips, words, y), /logits "clips" of a CTC loss are \(batch, time, 3\)/],
    ['labels', () => losses.ctcLoss(told, y, y), /labels "y" of a CTC loss are \(batch\)/],
    ['the blank', () => losses.ctcLoss(told, words, y, { blank: 3 }), /blank 3 is no class; there are 3/],
  ])('%s', (_, write, message) => {
    expect(write).toThrow(GraphError);
    expect(write).toThrow(message);
  });
});

it('a batch in which every label is ignored has the loss 0, and moves nothing', async () => {
  const row: Row = {
    loss: 'crossEntropy',
    what: '',
    dims: [2, 3],
    fed: { labels: int64([-100, -100]) },
    write: (logits, fed) => losses.crossEntropy(logits, fed.labels as Value, { ignoreLabel: -100 }),
    formula: () => [],
  };
  const found = await computed(row, [1, 2, 3, 4, 5, 6], () => float32(1));
  expect(found.losses).toEqual([0]);
  expect(found.gradient).toEqual([0, 0, 0, 0, 0, 0]);
});
