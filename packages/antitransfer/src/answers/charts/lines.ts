import * as Plot from '@observablehq/plot';
import type { Markup } from '../markup.js';
import type { Mark } from './mark.js';
import { namedLine } from './named-line.js';
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

/** A line of a chart, and the thin lines of its runs. */
export interface Line {
  /** Shown where a pointer rests on a point, before its numbers: `validation`. */
  readonly name: string;
  readonly colour: string;
  readonly dashed: boolean;
  readonly points: readonly CurvePoint[];
  /** The runs that it is the mean of, drawn as thin lines behind it. */
  readonly runs?: readonly RunLine[];
}

/** The thin line of one run. */
export interface RunLine {
  /** `seed 3`. */
  readonly name: string;
  readonly points: readonly { readonly epoch: number; readonly value: number }[];
}

/** What a chart of lines over epochs shows. */
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
  /** The first epoch that is shown; 1 when absent. Lines hold no points beyond what is shown. */
  readonly from?: number;
  /** Whether names stand behind the ends of their lines, where there is room: colours tell not everybody who is who. */
  readonly named?: boolean;
  /** A line to compare with, such as chance. */
  readonly mark?: Mark;
}

/** Curves over the epochs: means over runs, with a band of their 95% confidence interval, which is cut at the frame. */
export function linesChart(options: LinesOptions): Markup {
  const { label, axis, lines, width, height, domain, epochs, from = 1, mark } = options;
  const named = options.named === true && width >= NAMES_FROM;
  const clamp = (value: number): number => Math.min(domain[1], Math.max(domain[0], value));
  return chart(label, {
    width,
    height,
    marginTop: TOP,
    marginBottom: BOTTOM,
    marginLeft: 38,
    marginRight: named ? NAMES : 10,
    style: { fontSize: '11px' },
    x: {
      domain: [from, Math.max(from + 1, epochs)],
      label: 'epoch',
      labelArrow: 'none',
      labelAnchor: 'center',
      ticks: epochTicks(epochs, from),
      tickFormat: 'd',
      tickSize: 0,
    },
    y: { domain: [...domain], label: axis, labelArrow: 'none', ticks: 4, tickSize: 0 },
    marks: [
      Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: 4 }),
      ...(mark === undefined ? [] : namedLine(mark)),
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
      ...lines.flatMap(({ runs = [], colour }) =>
        runs.map(({ points }) =>
          Plot.lineY(points, {
            x: 'epoch',
            y: ({ value }: RunLine['points'][number]) => clamp(value),
            stroke: colour,
            strokeWidth: 0.9,
            strokeOpacity: 0.45,
          }),
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
      ...(named ? lineNames(lines, (height - TOP - BOTTOM) / (domain[1] - domain[0]), clamp) : []),
    ],
  });
}

/** Above and below what is drawn, pixels. */
const [TOP, BOTTOM] = [24, 38];
/** From this width on there is room for names, and so much of it is theirs. Pixels. */
const [NAMES_FROM, NAMES] = [560, 190];
/** Names stand at least so far below each other, pixels. */
const NAME_HEIGHT = 14;

/** Names behind the ends of lines, as near to these as they do not cover each other. @param scale pixels a unit */
function lineNames(lines: readonly Line[], scale: number, clamp: (value: number) => number) {
  const ends = lines.flatMap(({ name, colour, points }) => {
    const last = points.at(-1);
    return last === undefined ? [] : [{ name, colour, at: clamp(last.mean) }];
  });
  ends.sort((first, second) => second.at - first.at);
  const heights = spreadOut(
    ends.map(({ at }) => -at * scale),
    NAME_HEIGHT,
  );
  return ends.map(({ name, colour, at }, index) =>
    Plot.text([name], {
      text: [name],
      y: at,
      frameAnchor: 'right',
      textAnchor: 'start',
      dx: 8,
      dy: (heights[index] ?? 0) + at * scale,
      fill: colour,
      lineWidth: 15,
      textOverflow: 'ellipsis',
    }),
  );
}

/** Ascending positions, moved as little as makes them `gap` apart: those that touch stand around their middle. */
function spreadOut(positions: readonly number[], gap: number): number[] {
  const groups: { readonly middles: number[]; centre: number }[] = [];
  for (const position of positions) {
    let group = { middles: [position], centre: position };
    for (let last = groups.at(-1); last !== undefined; last = groups.at(-1)) {
      if (group.centre - last.centre >= (gap * (group.middles.length + last.middles.length)) / 2) break;
      groups.pop();
      const middles = [...last.middles, ...group.middles];
      group = { middles, centre: middles.reduce((sum, middle) => sum + middle, 0) / middles.length };
    }
    groups.push(group);
  }
  return groups.flatMap(({ middles, centre }) =>
    middles.map((_, index) => centre + gap * (index - (middles.length - 1) / 2)),
  );
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
function epochTicks(epochs: number, from: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((size) => (epochs - from + 1) / size <= 7) ?? 1000;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(epochs / step) - first + 1 }, (_, index) => (first + index) * step);
}
