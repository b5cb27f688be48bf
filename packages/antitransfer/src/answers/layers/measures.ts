import { mean } from '../../numbers/mean.js';
import { formatEffect, formatPoints, formatShare, formatShareEstimate, formatUnit } from '../format.js';
import type { Estimate } from '../summary.js';
import type { LayerReading, LayerResult, LayerResults } from './results.js';

/** What a likeness is held against. */
export interface LayerControl {
  /** `shuffled clips`. */
  readonly name: string;
  /** Its value of one network at one tap; undefined where it was not measured. */
  of(result: LayerResult): number | undefined;
}

/** Something that is shown of every layer. */
export interface LayerMeasure {
  readonly id: string;
  readonly title: string;
  /** How to read it. */
  readonly description: string;
  /** Its value of one network at one tap; undefined where it was not measured. */
  of(result: LayerResult): number | undefined;
  /** Of a likeness: the same where there can be none, by what it is. */
  readonly controls?: readonly LayerControl[];
  /** Whether it is how often a label is read, which always naming the most frequent one may do, too. */
  readonly isAccuracy: boolean;
  /** A value as it is shown. */
  format(value: number | undefined): string;
  /** A mean with its 95% interval. */
  formatEstimate(estimate: Estimate): string;
  /** A change against another network, with its sign. */
  formatChange(change: number): string;
  /** What is shown from no colour to full colour; beyond it is cut. */
  readonly domain: readonly [low: number, high: number];
  /** From what is measured to what an axis counts: 100 for percent and points. */
  readonly scale: number;
}

const likeness = {
  format: formatLikeness,
  formatEstimate: withInterval(formatLikeness),
  formatChange: formatEffect,
  isAccuracy: false,
  domain: [0, 1],
  scale: 1,
} as const;
const points = {
  format: formatDifference,
  formatEstimate: withInterval(formatDifference),
  formatChange: formatDifference,
  isAccuracy: false,
  domain: [0, 1],
  scale: 100,
} as const;
const percent = {
  format: formatShare,
  formatEstimate: formatShareEstimate,
  formatChange: formatDifference,
  isAccuracy: true,
  domain: [0, 1],
  scale: 100,
} as const;

/** In the order in which they are shown. */
export const layerMeasures: readonly LayerMeasure[] = [
  {
    id: 'linear',
    title: 'Linear probe, %',
    description: 'how often a linear classifier reads the label, on clips it did not see',
    ...percent,
    of: ({ linear }) => linear?.accuracy,
  },
  {
    id: 'linear-selectivity',
    title: 'Linear probe less control labels, points',
    description: 'how much more it reads than labels that say nothing, which it can only learn by heart',
    ...points,
    of: ({ linear }) => linear && selectivity(linear),
  },
  {
    id: 'linear-compression',
    title: 'Linear probe: compression of the labels',
    description:
      'times that online coding writes labels shorter than without the representation; 1 is nothing gained',
    format: formatTimes,
    formatEstimate: withInterval(formatTimes),
    formatChange: formatEffect,
    isAccuracy: false,
    domain: [1, 5],
    scale: 1,
    of: ({ linear }) => linear && compression(linear),
  },
  {
    id: 'mlp',
    title: 'Non-linear probe, %',
    description: 'the same by a perceptron with one hidden layer',
    ...percent,
    of: ({ mlp }) => mlp?.accuracy,
  },
  {
    id: 'mlp-selectivity',
    title: 'Non-linear probe less control labels, points',
    description: 'how much more the perceptron reads than control labels',
    ...points,
    of: ({ mlp }) => mlp && selectivity(mlp),
  },
  {
    id: 'cka',
    title: 'Unbiased CKA to the frozen network',
    description: 'likeness on average 0 where there is none, so that it may fall below',
    ...likeness,
    of: ({ cka }) => cka?.value,
    controls: controlsOf('cka'),
  },
  {
    id: 'gram',
    title: 'Squared cosine of Gram matrices, as published',
    description: 'says little by itself: compare it with its controls',
    ...likeness,
    of: ({ gram }) => gram?.value,
    controls: controlsOf('gram'),
  },
];

function controlsOf(kind: 'cka' | 'gram'): NonNullable<LayerMeasure['controls']> {
  return [
    { name: 'shuffled clips', of: (result) => result[kind]?.shuffled },
    { name: 'untrained network', of: (result) => result[kind]?.untrained ?? undefined },
  ];
}

/** How much more is read of the label than of control labels, in [-1, 1] (Hewitt and Liang 2019). */
export function selectivity({ accuracy, control }: LayerReading): number {
  return accuracy - control;
}

/** How many times shorter labels are written with the representation than without (Voita and Titov 2020). */
function compression({ bits, uniformBits }: LayerReading): number {
  return uniformBits / bits;
}

function formatTimes(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(1);
}

/** The mean over seeds and folds of a measure at a tap; undefined where it was not measured. */
export function layerMean(
  { results }: LayerResults,
  { of }: Pick<LayerMeasure, 'of'>,
  at: Pick<LayerResult, 'method' | 'task' | 'tap'>,
): number | undefined {
  const values = results
    .filter(({ method, task, tap }) => method === at.method && task === at.task && tap === at.tap)
    .flatMap((result) => of(result) ?? []);
  return values.length === 0 ? undefined : mean(values);
}

/** What networks are called, by the method's id: null for the first weights. In the order in which they are shown. */
export function layerNetworks({
  methods,
  results,
}: LayerResults): readonly { readonly id: string | null; readonly label: string }[] {
  const seen = new Set(results.map(({ method }) => method));
  return [{ id: null, label: 'before training' }, ...methods].filter(({ id }) => seen.has(id));
}

/** Likenesses may fall a little below 0. */
export function formatLikeness(value: number | undefined): string {
  return formatUnit(value)
    .replace(/^-0\.00$/, '0.00')
    .replace('-', '−');
}

/** Of numbers that may be below none or above all, so that an interval is not cut. */
function withInterval(format: (value: number) => string): LayerMeasure['formatEstimate'] {
  return ({ mean: value, interval }) =>
    interval === undefined ? format(value) : `${format(value)} [${interval.map(format).join(', ')}]`;
}

function formatDifference(value: number | undefined): string {
  return formatPoints(value === undefined ? undefined : 100 * value);
}
