import * as Plot from '@observablehq/plot';
import { chart } from '../answers/charts/plot.js';
import { fieldOf, itemAt } from '../lookup.js';

/** One measurement: the size along an axis, and the time of a step. */
export interface ScalingPoint {
  readonly size: number;
  readonly milliseconds: number;
}

/** `milliseconds = scale * size ** exponent`. */
export interface PowerLaw {
  readonly exponent: number;
  /** Standard error of the exponent; not a number from two points, which a line always meets. */
  readonly standardError: number;
  readonly scale: number;
}

/** Fits a power law by least squares of the logarithms. */
export function fitPowerLaw(points: readonly ScalingPoint[]): PowerLaw {
  const xs = points.map(({ size }) => Math.log(size));
  const ys = points.map(({ milliseconds }) => Math.log(milliseconds));
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [x0, y0] = [mean(xs), mean(ys)];
  const spread = xs.reduce((sum, x) => sum + (x - x0) ** 2, 0);
  const exponent = xs.reduce((sum, x, i) => sum + (x - x0) * (itemAt(ys, i) - y0), 0) / spread;
  const intercept = y0 - exponent * x0;
  const residuals = xs.reduce((sum, x, i) => sum + (itemAt(ys, i) - intercept - exponent * x) ** 2, 0);
  const standardError = Math.sqrt(residuals / (points.length - 2) / spread);
  return { exponent, standardError, scale: Math.exp(intercept) };
}

/** Colours that hold on a light and on a dark page. */
const colours = ['#2f7ed8', '#d9632a', '#2a9d6f', '#8a63d2'];

/**
 * All axes in one picture, both scales logarithmic: sizes as multiples of the setting that all axes share.
 *
 * @param axes points by the name of the axis
 * @param base the shared setting's size on each axis
 */
export function scalingChart(
  axes: Readonly<Record<string, readonly ScalingPoint[]>>,
  base: Readonly<Record<string, number>>,
): string {
  const names = Object.keys(axes);
  const rows = Object.entries(axes).flatMap(([axis, points]) =>
    points.map(({ size, milliseconds }) => ({ axis, times: size / fieldOf(base, axis), milliseconds })),
  );
  const ends = names.map((axis) => rows.findLast((row) => row.axis === axis) as (typeof rows)[number]);
  const svg = chart('Milliseconds of a training step against batch, width, clip length and threads', {
    width: 640,
    height: 400,
    marginLeft: 56,
    marginRight: 70,
    marginBottom: 44,
    style: { fontSize: '12px', fontFamily: 'sans-serif', color: '#808080' },
    x: {
      type: 'log',
      base: 2,
      label: 'times the common setting',
      ticks: 6,
      tickFormat: (d: number) => `${d}`,
    },
    y: { type: 'log', label: 'milliseconds a step', grid: true, ticks: 6, tickFormat: (d: number) => `${d}` },
    color: { domain: names, range: colours },
    marks: [
      Plot.line(rows, { x: 'times', y: 'milliseconds', stroke: 'axis', strokeWidth: 2 }),
      Plot.dot(rows, { x: 'times', y: 'milliseconds', fill: 'axis', r: 3.5 }),
      ...placed(ends).map(({ dy, ...end }) =>
        Plot.text([end], {
          x: 'times',
          y: 'milliseconds',
          text: 'axis',
          fill: 'axis',
          dx: 8,
          dy,
          textAnchor: 'start',
        }),
      ),
    ],
  });
  return svg.source.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"');
}

/** Labels of lines that end at nearly the same place, one below the other. */
function placed<T extends { readonly times: number; readonly milliseconds: number }>(
  ends: readonly T[],
): (T & { readonly dy: number })[] {
  const labels: (T & { readonly dy: number })[] = [];
  for (const end of ends.toSorted((a, b) => b.milliseconds - a.milliseconds)) {
    const above = labels.at(-1);
    const collides = above?.times === end.times && above.milliseconds < 1.15 * end.milliseconds;
    labels.push({ ...end, dy: collides ? above.dy + 14 : 0 });
  }
  return labels;
}
