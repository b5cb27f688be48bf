import * as Plot from '@observablehq/plot';
import type { Markup } from '../markup.js';
import type { Mark } from './mark.js';
import { namedLine } from './named-line.js';
import { chart } from './plot.js';
import { tapAxis } from './tap-axis.js';

/** What one network is measured to be at every tap. */
export interface TapCurve {
  readonly colour: string;
  /** Drawn with dashes and hollow dots, as for a control. */
  readonly dashed: boolean;
  readonly points: readonly TapPoint[];
}

/** A mean at a tap, with its interval. */
export interface TapPoint {
  readonly tap: string;
  /** Shown where a pointer rests on it. */
  readonly title: string;
  readonly mean: number;
  readonly interval: readonly [low: number, high: number] | undefined;
}

/** What a chart of lines over taps shows. */
export interface TapLinesOptions {
  /** What a screen reader says. */
  readonly label: string;
  /** Above the axis, with its unit. */
  readonly axis: string;
  /** From left to right. */
  readonly taps: readonly string[];
  /** The tap that is marked: where the comparison looks. */
  readonly marked: string | undefined;
  readonly curves: readonly TapCurve[];
  /** Shown in any case; means beyond it widen it. */
  readonly domain: readonly [low: number, high: number];
  /** A line to compare with, such as chance. */
  readonly mark?: Mark;
  /** Pixels. */
  readonly width: number;
}

const MARGINS = { left: 42, right: 12 };
const HEIGHT = 260;

/** A line a network over the taps, with a band of the 95% interval of its mean, which is cut at the frame. */
export function tapLinesChart(options: TapLinesOptions): Markup {
  const { label, axis, taps, marked, curves, mark, width } = options;
  const means = curves.flatMap(({ points }) => points.map(({ mean }) => mean));
  const domain = [Math.min(options.domain[0], ...means), Math.max(options.domain[1], ...means)] as const;
  const clamp = (value: number) => Math.min(domain[1], Math.max(domain[0], value));
  const at = ({ tap }: TapPoint) => taps.indexOf(tap);
  const markedAt = marked === undefined ? -1 : taps.indexOf(marked);
  return chart(label, {
    ...tapAxis({ taps, width, height: HEIGHT, margins: MARGINS, beyond: 0.4 }),
    y: { domain: [...domain], label: axis, labelArrow: 'none', ticks: 5, tickSize: 0 },
    marks: [
      Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: 5 }),
      Plot.ruleX(markedAt < 0 ? [] : [markedAt], { stroke: 'var(--rule)', strokeWidth: 1.5 }),
      ...(mark === undefined ? [] : namedLine(mark)),
      ...curves.map(({ colour, points }) =>
        Plot.areaY(
          points.filter(({ interval }) => interval !== undefined),
          {
            x: at,
            y1: ({ interval }: TapPoint) => clamp(interval?.[0] ?? Number.NaN),
            y2: ({ interval }: TapPoint) => clamp(interval?.[1] ?? Number.NaN),
            fill: colour,
            fillOpacity: 0.12,
          },
        ),
      ),
      ...curves.flatMap(({ colour, dashed, points }) => {
        const place = { x: at, y: ({ mean }: TapPoint) => mean };
        return [
          Plot.line(points, {
            ...place,
            stroke: colour,
            strokeWidth: 1.75,
            ...(dashed && { strokeDasharray: '4 3' }),
          }),
          Plot.dot(points, {
            ...place,
            r: 4,
            fill: dashed ? 'var(--paper)' : colour,
            stroke: dashed ? colour : 'var(--paper)',
            strokeWidth: 1.5,
            title: 'title',
          }),
        ];
      }),
    ],
    r: { type: 'identity' },
  });
}
