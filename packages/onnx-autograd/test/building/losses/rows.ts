import { differentiate } from '../../../src/backward/differentiate.js';
import { mul, sum as sumOver } from '../../../src/building/expressions.js';
import { Graph } from '../../../src/building/graph.js';
import * as losses from '../../../src/building/losses/index.js';
import type { Value } from '../../../src/graph/value.js';
import { float32, int64, type Tensor, toNumbers } from '../../../src/tensor.js';
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
export interface Row {
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

export const rows = [...crossEntropyRows, ...focalRows, ...binaryRows, ...ctcRows];

/** What the library says: the losses, and the gradient of their weighted sum. */
export async function computed(
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
export function differences({ formula }: Row, logits: Numbers, weights: Numbers): number[] {
  const step = 1e-4;
  const moved = (at: number, by: number) =>
    sum(
      formula(logits.map((logit, i) => (i === at ? logit + by : logit))).map(
        (loss, i) => loss * (weights[i] ?? 0),
      ),
    );
  return logits.map((_, at) => (moved(at, step) - moved(at, -step)) / (2 * step));
}
