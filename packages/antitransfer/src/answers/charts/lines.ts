import * as Plot from '@observablehq/plot';
import type { Markup } from '../markup.js';
import type { CurvePoint } from '../page/curves.js';
import { chart } from './plot.js';

export interface Line {
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
}

/** Curves over the epochs, each a mean with a band of one standard deviation. */
export function linesChart({ label, axis, lines, width, height, domain, epochs }: LinesOptions): Markup {
  const clamp = (value: number): number => Math.min(domain[1], Math.max(domain[0], value));
  return chart(label, {
    width,
    height,
    marginTop: 24,
    marginBottom: 30,
    marginLeft: 34,
    marginRight: 8,
    style: { fontSize: '11px' },
    x: {
      domain: [1, Math.max(2, epochs)],
      label: 'epoch',
      labelArrow: 'none',
      labelAnchor: 'right',
      ticks: epochTicks(epochs),
      tickFormat: 'd',
      tickSize: 0,
    },
    y: { domain: [...domain], label: axis, labelArrow: 'none', ticks: 4, tickSize: 0 },
    marks: [
      Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: 4 }),
      ...lines.map(({ points, colour }) =>
        Plot.areaY(points, {
          x: 'epoch',
          y1: (point: CurvePoint) => clamp(point.low),
          y2: (point: CurvePoint) => clamp(point.high),
          fill: colour,
          fillOpacity: 0.14,
        }),
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
    ],
  });
}

/** The smallest range that holds all bands, opened to hold `within` too. */
export function rangeOf(
  lines: readonly Line[],
  within: readonly [low: number, high: number],
): [number, number] {
  const points = lines.flatMap((line) => line.points);
  return [
    Math.min(within[0], ...points.map((point) => point.low)),
    Math.max(within[1], ...points.map((point) => point.high)),
  ];
}

/** Whole epochs, at most seven. */
function epochTicks(epochs: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((size) => epochs / size <= 7) ?? 1000;
  return Array.from({ length: Math.floor(epochs / step) }, (_, index) => (index + 1) * step);
}
