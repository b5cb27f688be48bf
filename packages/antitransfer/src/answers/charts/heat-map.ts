import * as Plot from '@observablehq/plot';
import type { Markup } from '../markup.js';
import { chart } from './plot.js';

/** What a heat map shows. */
export interface HeatMapOptions {
  /** What a screen reader says. */
  readonly label: string;
  /** From left to right. */
  readonly columns: readonly string[];
  /** From above to below. */
  readonly rows: readonly string[];
  /** What a row is called where it stands alone; its entry in `rows` when absent. */
  readonly nameOf?: (row: number) => string;
  /** Rows above which a line is drawn: they begin what belongs together. */
  readonly begins?: readonly number[];
  /** What a cell shows; undefined where there is nothing. */
  readonly value: (row: number, column: number) => number | undefined;
  /** A value as it stands in its cell. */
  readonly format: (value: number) => string;
  /** From no colour to full colour. */
  readonly domain: readonly [low: number, high: number];
  /** Pixels. */
  readonly width: number;
}

/** What is written takes so many pixels a character. */
const CHARACTER = 6.6;
const ROW = 30;
/** Where rows belong together, so that there are many. */
const LOW_ROW = 22;

/** Letters of numbers in cells, from the largest that are used to the smallest that can be read, pixels. */
const LETTERS = [12, 11, 10, 9, 8];

/**
 * Numbers in a grid, the larger the more colour. They are written where cells have room for it, and stand where a pointer rests
 * in any case.
 */
export function heatMap({
  label,
  columns,
  rows,
  nameOf = (row) => rows[row] ?? '',
  begins = [],
  value,
  format,
  domain,
  width,
}: HeatMapOptions): Markup {
  const rowLabel = (y: number) => rows[y] ?? '';
  const rowHeight = begins.length > 0 ? LOW_ROW : ROW;
  const longest = Math.max(...rows.map(({ length }) => length));
  const marginLeft = Math.min(0.45 * width, 12 + CHARACTER * longest);
  const [low, high] = domain;
  const cells = rows.flatMap((_, y) =>
    columns.flatMap((column, x) => {
      const found = value(y, x);
      if (found === undefined) return [];
      const share = Math.min(1, Math.max(0, (found - low) / (high - low)));
      return [
        {
          x,
          y,
          text: format(found),
          strength: 0.04 + 0.56 * share,
          title: `${nameOf(y)}, ${column}: ${format(found)}`,
        },
      ];
    }),
  );
  const room = (width - marginLeft) / columns.length;
  const isTight = room < 52;
  const characters = Math.max(0, ...cells.map(({ text }) => text.length));
  const fontSize = LETTERS.find((size) => (characters * CHARACTER * size) / 12 < 0.8 * room);
  return chart(label, {
    width,
    height: 36 + (isTight ? 34 : 0) + rowHeight * rows.length,
    marginTop: isTight ? 64 : 30,
    marginBottom: 4,
    marginLeft,
    marginRight: isTight ? 20 : 2,
    style: { fontSize: '12px' },
    x: {
      type: 'band',
      domain: columns.map((_, x) => x),
      tickFormat: (x: number) => columns[x] ?? '',
      axis: 'top',
      label: null,
      tickSize: 0,
      padding: 0.04,
      ...(isTight && { tickRotate: -60 }),
    },
    y: {
      type: 'band',
      domain: rows.map((_, y) => y),
      tickFormat: rowLabel,
      label: null,
      tickSize: 0,
      padding: 0.06,
    },
    opacity: { type: 'identity' },
    marks: [
      ...(begins.length > 0 ? groupMarks(begins, rows.length, rowLabel, rowHeight) : []),
      Plot.cell(cells, { x: 'x', y: 'y', fill: 'var(--hue-0)', fillOpacity: 'strength', title: 'title' }),
      Plot.text(fontSize === undefined ? [] : cells, {
        x: 'x',
        y: 'y',
        text: 'text',
        ...(fontSize !== undefined && { fontSize }),
        fill: 'currentColor',
        fontVariant: 'tabular-nums',
      }),
    ],
  });
}

/** The rows' names, those that begin a group in bold, with a line above each. */
function groupMarks(
  begins: readonly number[],
  rows: number,
  tickFormat: (row: number) => string,
  rowHeight: number,
): Plot.Markish[] {
  const rest = Array.from({ length: rows }, (_, row) => row).filter((row) => !begins.includes(row));
  const axis = { tickFormat, tickSize: 0, label: null } as const;
  return [
    Plot.axisY(begins, { ...axis, fontWeight: 600 }),
    Plot.axisY(rest, axis),
    Plot.ruleY(begins, {
      y: (row: number) => row,
      dy: -rowHeight / 2,
      stroke: 'currentColor',
      strokeOpacity: 0.25,
    }),
  ];
}
