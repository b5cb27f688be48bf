import * as Plot from '@observablehq/plot';
import type { ConfidenceBin } from '../../analysis/calibration.js';
import type { Markup } from '../markup.js';
import { chart } from './plot.js';

export interface ReliabilityOptions {
  /** What a screen reader says. */
  readonly label: string;
  readonly bins: readonly ConfidenceBin[];
  readonly colour: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** Pixels; of the bin with most answers. */
const LARGEST = 9;
/** Answers of a bin that the line passes through: of fewer, accuracy is luck. */
const FEWEST = 10;

/**
 * How often answers of about the same confidence are right: on the dashed line confidence can be believed, below it is too
 * high. A dot's area is the number of its answers; the line joins bins of ten or more.
 */
export function reliabilityChart({ label, bins, colour, width, height }: ReliabilityOptions): Markup {
  const percent = (share: number) => (100 * share).toFixed(0);
  const axis = { domain: [0, 100], ticks: [0, 25, 50, 75, 100], tickSize: 0, labelArrow: 'none' } as const;
  return chart(label, {
    width,
    height,
    marginTop: 24,
    marginBottom: 38,
    marginLeft: 38,
    marginRight: 10,
    style: { fontSize: '11px' },
    x: { ...axis, label: 'confidence, %', labelAnchor: 'center' },
    y: { ...axis, label: 'accuracy, %' },
    r: { range: [0, LARGEST], domain: [0, Math.max(1, ...bins.map(({ count }) => count))] },
    marks: [
      Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: [0, 25, 50, 75, 100] }),
      Plot.line(
        [
          [0, 0],
          [100, 100],
        ],
        { stroke: 'currentColor', strokeOpacity: 0.6, strokeDasharray: '3 3' },
      ),
      Plot.line(
        bins.filter(({ count }) => count >= FEWEST),
        {
          x: ({ confidence }: ConfidenceBin) => 100 * confidence,
          y: ({ accuracy }: ConfidenceBin) => 100 * accuracy,
          stroke: colour,
          strokeWidth: 1.75,
        },
      ),
      Plot.dot(bins, {
        x: ({ confidence }: ConfidenceBin) => 100 * confidence,
        y: ({ accuracy }: ConfidenceBin) => 100 * accuracy,
        r: 'count',
        fill: colour,
        fillOpacity: 0.5,
        stroke: colour,
        title: ({ low, high, count, confidence, accuracy }: ConfidenceBin) =>
          `confidence ${percent(low)} to ${percent(high)}%: ${count} answers, ${percent(accuracy)}% right, ${percent(confidence)}% confident`,
      }),
    ],
  });
}
