import * as Plot from '@observablehq/plot';
import type { Markup } from '../markup.js';
import { chart } from './plot.js';
import { tapAxis } from './tap-axis.js';

/** What one method gained at every tap. */
export interface TapLine {
  readonly colour: string;
  readonly points: readonly TapMark[];
}

export interface TapMark {
  readonly tap: string;
  /** Shown where a pointer rests on it. */
  readonly title: string;
  readonly mean: number;
  readonly interval: readonly [low: number, high: number] | undefined;
  /** Drawn hollow, as for a control. */
  readonly hollow: boolean;
  /** Drawn as a diamond. */
  readonly chosen: boolean;
  /** Drawn with a ring around it. */
  readonly best: boolean;
}

export interface TapGainsOptions {
  /** What a screen reader says. */
  readonly label: string;
  /** Above the axis, with its unit. */
  readonly axis: string;
  /** From left to right. */
  readonly taps: readonly string[];
  readonly lines: readonly TapLine[];
  /** Pixels. */
  readonly width: number;
}

const MARGINS = { left: 42, right: 10 };
const HEIGHT = 290;

/** Gains by tap: a line a method, its points beside each other at each tap, each with its interval, which is cut at the frame. */
export function tapGainsChart({ label, axis, taps, lines, width }: TapGainsOptions): Markup {
  const room = (width - MARGINS.left - MARGINS.right) / taps.length;
  const between = Math.min(11, (0.7 * room) / lines.length);
  const domain = domainOf(lines.flatMap(({ points }) => points));
  const clamp = (value: number) => Math.min(domain[1], Math.max(domain[0], value));
  const at = ({ tap }: TapMark) => taps.indexOf(tap);
  return chart(label, {
    ...tapAxis({ taps, width, height: HEIGHT, margins: MARGINS, beyond: 0.5 }),
    y: { domain, label: axis, labelArrow: 'none', ticks: 6, tickSize: 0 },
    marks: [
      Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: 6 }),
      Plot.ruleY([0], { stroke: 'currentColor', strokeOpacity: 0.6 }),
      ...lines.flatMap(({ colour, points }, i) => {
        const shared = { x: at, dx: between * (i - (lines.length - 1) / 2) };
        const mean = { ...shared, y: ({ mean: value }: TapMark) => clamp(value), title: 'title' };
        const measured = points.filter(({ interval }) => interval !== undefined);
        return [
          Plot.line(points, { ...mean, stroke: colour, strokeOpacity: 0.45, strokeWidth: 1.5, title: null }),
          Plot.ruleX(measured, {
            ...shared,
            y1: ({ interval }: TapMark) => clamp(interval?.[0] ?? Number.NaN),
            y2: ({ interval }: TapMark) => clamp(interval?.[1] ?? Number.NaN),
            stroke: colour,
            strokeWidth: 2,
            title: 'title',
          }),
          Plot.dot(
            points.filter(({ best }) => best),
            { ...mean, r: 10, stroke: colour, strokeWidth: 1.75, fill: 'none' },
          ),
          Plot.dot(points, {
            ...mean,
            symbol: ({ chosen }: TapMark) => (chosen ? 'diamond' : 'circle'),
            r: ({ chosen }: TapMark) => (chosen ? 7 : 4.5),
            fill: ({ hollow }: TapMark) => (hollow ? 'var(--paper)' : colour),
            stroke: ({ hollow }: TapMark) => (hollow ? colour : 'var(--paper)'),
            strokeWidth: 1.5,
          }),
        ];
      }),
    ],
    r: { type: 'identity' },
  });
}

/** Holds all means and zero, and intervals as far as they leave room to tell the means apart. */
function domainOf(points: readonly TapMark[]): [number, number] {
  const means = points.map(({ mean }) => mean);
  const [low, high] = [Math.min(0, ...means), Math.max(0, ...means)];
  const most = Math.max(5, high - low);
  const bounds = points.flatMap(({ interval }) => interval ?? []);
  const margin = 0.08 * most;
  return [
    Math.max(low - most, Math.min(low, ...bounds)) - margin,
    Math.min(high + most, Math.max(high, ...bounds)) + margin,
  ];
}
