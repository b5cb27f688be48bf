import * as Plot from '@observablehq/plot';
import type { Markup } from '../markup.js';
import { chart } from './plot.js';

/** One method: a dot a run, their mean, and an interval around it. */
export interface StripRow {
  readonly label: string;
  /** The mean and its interval, in words, shown at the right. */
  readonly note: string;
  readonly colour: string;
  /** Drawn hollow, as for a control. */
  readonly hollow: boolean;
  readonly values: readonly number[];
  readonly mean: number | undefined;
  readonly interval: readonly [low: number, high: number] | undefined;
}

export interface StripOptions {
  /** What a screen reader says. */
  readonly label: string;
  /** Below the axis, with its unit. */
  readonly axis: string;
  readonly rows: readonly StripRow[];
  /** A line to compare with, such as zero or chance. */
  readonly mark: { readonly at: number; readonly label: string };
  /** Pixels. */
  readonly width: number;
  /** Shown in any case; values beyond it widen it. */
  readonly domain: readonly [low: number, high: number];
}

/** From this width on, names and notes have columns of their own; below, they stand above their row. Pixels. */
const COLUMNS_FROM = 600;
/** Widths of the columns of names and of notes, pixels. */
const COLUMN = 200;
const NOTES = 156;

/** Rows of dots under a mean with its interval, on one axis. */
export function stripChart({ label, axis, rows, mark, width, domain }: StripOptions): Markup {
  const columns = width >= COLUMNS_FROM;
  const rowHeight = columns ? 40 : 68;
  const ticks = width / (columns ? 110 : 70);
  const drawn = rows.flatMap(({ values, interval }) => [...values, ...(interval ?? [])]);
  const low = Math.min(domain[0], ...drawn);
  const high = Math.max(domain[1], ...drawn);
  const margin = 0.02 * (high - low);
  return chart(label, {
    width,
    height: 58 + rowHeight * rows.length,
    marginTop: 18,
    marginBottom: 40,
    marginLeft: columns ? COLUMN : 8,
    marginRight: columns ? NOTES : 8,
    style: { fontSize: '13px' },
    x: {
      domain: [low - margin, high + margin],
      label: axis,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks,
      tickSize: 0,
    },
    y: { domain: [-0.5, rows.length - 0.5], reverse: true, axis: null },
    marks: [
      Plot.gridX({ stroke: 'var(--grid)', strokeOpacity: 1, ticks }),
      Plot.ruleX([mark.at], {
        stroke: 'currentColor',
        strokeOpacity: 0.6,
        ...(mark.at !== 0 && { strokeDasharray: '3 3' }),
      }),
      Plot.text([mark], {
        x: 'at',
        text: 'label',
        frameAnchor: 'top',
        dy: -13,
        fill: 'var(--quiet)',
        fontSize: 12,
      }),
      ...rows.flatMap((row, index) => rowMarks(row, index, columns)),
    ],
  });
}

function rowMarks(row: StripRow, y: number, columns: boolean) {
  const { label, note, colour, hollow, values, mean, interval } = row;
  const [line, rug] = columns ? [-4, 8] : [12, 24];
  // The halo keeps words readable where they cross a line.
  const text = { y, fill: 'currentColor', stroke: 'var(--paper)', strokeWidth: 5 };
  const name = { ...text, frameAnchor: 'left', textAnchor: 'start', fontWeight: 600 } as const;
  const numbers = { ...text, fontVariant: 'tabular-nums' } as const;
  return [
    ...(columns
      ? [
          Plot.text([label], { ...name, text: [label], dx: -COLUMN, lineWidth: 13, lineHeight: 1.15 }),
          Plot.text([note], { ...numbers, text: [note], frameAnchor: 'right', textAnchor: 'end', dx: NOTES }),
        ]
      : [
          Plot.text([label], { ...name, text: [label], dy: -22, lineWidth: 24, textOverflow: 'ellipsis' }),
          Plot.text([note], { ...numbers, text: [note], frameAnchor: 'left', textAnchor: 'start', dy: -5 }),
        ]),
    Plot.link(interval ? [interval] : [], {
      x1: '0',
      x2: '1',
      y1: y,
      y2: y,
      dy: line,
      stroke: colour,
      strokeWidth: 2.5,
    }),
    Plot.dot(values, { x: (value: number) => value, y, dy: rug, r: 3, fill: colour, fillOpacity: 0.55 }),
    Plot.dot(mean === undefined ? [] : [mean], {
      x: (value: number) => value,
      y,
      dy: line,
      r: hollow ? 4.5 : 5.5,
      fill: hollow ? 'var(--paper)' : colour,
      stroke: hollow ? colour : 'var(--paper)',
      strokeWidth: hollow ? 2.5 : 1.5,
    }),
  ];
}
