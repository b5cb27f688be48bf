import * as Plot from '@observablehq/plot';
import type { Markup } from '../markup.js';
import { chart } from './plot.js';

/** One epoch of a method: the mean over its runs. */
export interface CurvePoint {
  readonly epoch: number;
  /** Runs that still train. */
  readonly n: number;
  readonly mean: number;
  /** 95% confidence interval of the mean; undefined below three runs, of which it would fill the chart. */
  readonly interval: readonly [low: number, high: number] | undefined;
}

export interface Line {
  /** Shown where a pointer rests on a point, before its numbers: `validation`. */
  readonly name: string;
  readonly colour: string;
  readonly dashed: boolean;
  readonly points: readonly CurvePoint[];
}

export interface LinesOptions {
  /** What a screen reader says. */
  readonly label: string;
  /** Above the axis, with its unit. */
  readonly axis: string;
  readonly lines: readonly Line[];
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Shared between charts that are to be compared. */
  readonly domain: readonly [low: number, high: number];
  readonly epochs: number;
  /** A line to compare with, such as chance. */
  readonly mark?: { readonly at: number; readonly label: string };
}

/** Curves over the epochs: means over runs, with a band of their 95% confidence interval, which is cut at the frame. */
export function linesChart(options: LinesOptions): Markup {
  const { label, axis, lines, width, height, domain, epochs, mark } = options;
  const clamp = (value: number): number => Math.min(domain[1], Math.max(domain[0], value));
  return chart(label, {
    width,
    height,
    marginTop: 24,
    marginBottom: 38,
    marginLeft: 38,
    marginRight: 10,
    style: { fontSize: '11px' },
    x: {
      domain: [1, Math.max(2, epochs)],
      label: 'epoch',
      labelArrow: 'none',
      labelAnchor: 'center',
      ticks: epochTicks(epochs),
      tickFormat: 'd',
      tickSize: 0,
    },
    y: { domain: [...domain], label: axis, labelArrow: 'none', ticks: 4, tickSize: 0 },
    marks: [
      Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: 4 }),
      ...(mark === undefined ? [] : markOf(mark)),
      ...lines.map(({ points, colour }) =>
        Plot.areaY(
          points.filter(({ interval }) => interval !== undefined),
          {
            x: 'epoch',
            y1: ({ interval }: CurvePoint) => clamp(interval?.[0] ?? Number.NaN),
            y2: ({ interval }: CurvePoint) => clamp(interval?.[1] ?? Number.NaN),
            fill: colour,
            fillOpacity: 0.14,
          },
        ),
      ),
      ...lines.map(({ points, colour, dashed }) =>
        Plot.lineY(points, {
          x: 'epoch',
          y: (point: CurvePoint) => clamp(point.mean),
          stroke: colour,
          strokeWidth: 1.75,
          ...(dashed && { strokeDasharray: '4 3' }),
        }),
      ),
      // Nothing to see: what a pointer finds, and what it is told.
      ...lines.map(({ points, name }) =>
        Plot.dot(points, {
          x: 'epoch',
          y: (point: CurvePoint) => clamp(point.mean),
          r: 5,
          fill: 'transparent',
          pointerEvents: 'all',
          title: (point: CurvePoint) => pointTitle(name, point),
        }),
      ),
    ],
  });
}

/** A dashed line with its name at the right. */
function markOf({ at, label }: NonNullable<LinesOptions['mark']>) {
  return [
    Plot.ruleY([at], { stroke: 'currentColor', strokeOpacity: 0.6, strokeDasharray: '3 3' }),
    Plot.text([label], {
      text: [label],
      y: at,
      frameAnchor: 'right',
      textAnchor: 'end',
      dy: -6,
      fill: 'var(--quiet)',
      stroke: 'var(--paper)',
      strokeWidth: 3,
    }),
  ];
}

function pointTitle(name: string, { epoch, mean, interval, n }: CurvePoint): string {
  const number = (value: number) => String(Number(value.toPrecision(3)));
  const range = interval === undefined ? '' : ` [${number(interval[0])}, ${number(interval[1])}]`;
  return `${name}, epoch ${epoch}: ${number(mean)}${range} (${n} run${n === 1 ? '' : 's'})`;
}

/** The smallest range that holds all means, with some room for their intervals, opened to hold `within` too. */
export function rangeOf(
  lines: readonly Line[],
  within: readonly [low: number, high: number],
): [number, number] {
  const means = lines.flatMap((line) => line.points.map(({ mean }) => mean));
  const [low, high] = [Math.min(within[0], ...means), Math.max(within[1], ...means)];
  const room = ROOM * (high - low);
  return [low < within[0] ? low - room : low, high > within[1] ? high + room : high];
}

/** Part of a range. */
const ROOM = 0.08;

/** Whole epochs, at most seven. */
function epochTicks(epochs: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((size) => epochs / size <= 7) ?? 1000;
  return Array.from({ length: Math.floor(epochs / step) }, (_, index) => (index + 1) * step);
}
