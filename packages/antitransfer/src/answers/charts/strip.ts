import * as Plot from '@observablehq/plot';
import type { Markup } from '../markup.js';
import { chart } from './plot.js';

/** One method: a dot a run, their mean, and the 95% confidence interval of the mean. */
export interface StripRow {
  readonly label: string;
  /** The mean and its interval, in words, shown at the right. */
  readonly note: string;
  readonly colour: string;
  /** Drawn hollow, as for a control. */
  readonly hollow: boolean;
  readonly runs: readonly StripRun[];
  readonly mean: number | undefined;
  readonly interval: readonly [low: number, high: number] | undefined;
}

export interface StripRun {
  readonly value: number;
  /** Shown where a pointer rests on the dot: `seed 3: 58.5`. */
  readonly title: string;
}

/** What a strip chart shows: a row a method, a dot a run. */
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
  /** What values can be: intervals are cut there. All numbers when absent. */
  readonly limits?: readonly [low: number, high: number];
}

/** From this width on, names and notes have columns of their own; below, they stand above their row. Pixels. */
const COLUMNS_FROM = 600;
/** Widths of the columns of names and of notes, pixels. */
const COLUMN = 200;
const NOTES = 156;
/** What is written takes so many pixels a character. */
const CHARACTER = 6.5;

/** Rows of dots under a mean with its interval, on one axis. */
export function stripChart({ label, axis, rows, mark, width, domain, limits }: StripOptions): Markup {
  const columns = width >= COLUMNS_FROM;
  const rowHeight = columns ? 40 : 68;
  const ticks = width / (columns ? 110 : 70);
  const cut = rows.map((row) => ({ ...row, interval: within(row.interval, limits) }));
  const drawn = cut.flatMap(({ runs, interval }) => [...runs.map(({ value }) => value), ...(interval ?? [])]);
  const low = Math.min(domain[0], mark.at, ...drawn);
  const high = Math.max(domain[1], mark.at, ...drawn);
  const margin = 0.02 * (high - low);
  const [marginLeft, marginRight] = columns ? [COLUMN, NOTES] : [8, 8];
  const scale = (width - marginLeft - marginRight) / (high - low + 2 * margin);
  return chart(label, {
    width,
    height: 58 + rowHeight * rows.length,
    marginTop: 18,
    marginBottom: 40,
    marginLeft,
    marginRight,
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
        // At an end of the axis, what is written must not leave the picture.
        ...anchor((mark.at - low + margin) * scale, (high - mark.at + margin) * scale, mark.label, {
          left: marginLeft,
          right: marginRight,
        }),
        fill: 'var(--quiet)',
        fontSize: 12,
      }),
      ...cut.flatMap((row, index) => rowMarks(row, index, columns)),
    ],
  });
}

function within(
  interval: StripRow['interval'],
  limits: StripOptions['limits'],
): readonly [low: number, high: number] | undefined {
  if (interval === undefined || limits === undefined) return interval;
  const clamp = (value: number) => Math.min(limits[1], Math.max(limits[0], value));
  return [clamp(interval[0]), clamp(interval[1])];
}

/** How a text is anchored so far from both ends of the axis, so that it stays inside. */
function anchor(
  toLeft: number,
  toRight: number,
  text: string,
  margins: { readonly left: number; readonly right: number },
) {
  const half = (text.length * CHARACTER) / 2;
  if (toLeft + margins.left < half) return { textAnchor: 'start' as const };
  return { textAnchor: toRight + margins.right < half ? ('end' as const) : ('middle' as const) };
}

function rowMarks(row: StripRow, y: number, columns: boolean) {
  const { label, note, colour, hollow, runs, mean, interval } = row;
  const [line, rug] = columns ? [-4, 8] : [12, 24];
  // The halo keeps words readable where they cross a line.
  const text = { y, fill: 'currentColor', stroke: 'var(--paper)', strokeWidth: 5 };
  const name = { ...text, frameAnchor: 'left', textAnchor: 'start', fontWeight: 600 } as const;
  const numbers = { ...text, fontVariant: 'tabular-nums' } as const;
  const title = `${label}: ${note}`;
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
      title: () => title,
    }),
    Plot.dot(runs, { x: 'value', y, dy: rug, r: 3, fill: colour, fillOpacity: 0.55, title: 'title' }),
    Plot.dot(mean === undefined ? [] : [mean], {
      x: (value: number) => value,
      y,
      dy: line,
      r: hollow ? 4.5 : 5.5,
      fill: hollow ? 'var(--paper)' : colour,
      stroke: hollow ? colour : 'var(--paper)',
      strokeWidth: hollow ? 2.5 : 1.5,
      title: () => title,
    }),
  ];
}
