import * as Plot from '@observablehq/plot';
import type { Markup } from '../markup.js';
import { chart } from './plot.js';

/** The bars of one comparison. */
export interface BarGroup {
  readonly label: string;
  /** A dashed line across the group, as for chance. */
  readonly mark: number;
  readonly bars: readonly Bar[];
}

export interface Bar {
  /** One or two characters below the bar, which the key repeats. */
  readonly sign: string;
  /** Shown where a pointer rests on it. */
  readonly title: string;
  readonly colour: string;
  /** Drawn hollow, as for a control. */
  readonly hollow: boolean;
  readonly mean: number;
  readonly interval: readonly [low: number, high: number] | undefined;
}

export interface BarsOptions {
  /** What a screen reader says. */
  readonly label: string;
  /** Above the axis, with its unit. */
  readonly axis: string;
  readonly groups: readonly BarGroup[];
  /** What values can be: the axis begins at the first, and ends at the second at the latest. */
  readonly limits: readonly [low: number, high: number];
  /** Pixels. */
  readonly width: number;
}

const MARGINS = { left: 36, right: 4 };
/** Room of a bar and what is between it and the next, pixels: so much where there is room, and so much at least. */
const SLOT = { most: 56, least: 16 };
/** A group has room for its name, pixels. */
const GROUP = 84;
/** Between groups, in bars. */
const GAP = 1;
const PLOT = 210;
const LINE = 15;
const CHARACTER = 6.6;

/** Groups of bars with their intervals; as many rows of groups, one chart each, as the width asks for. */
export function barsCharts(options: BarsOptions): Markup[] {
  const { groups, width, limits, label } = options;
  const room = width - MARGINS.left - MARGINS.right;
  const least = Math.min(SLOT.least, ...groups.map(({ bars }) => room / (bars.length + GAP)));
  const rows = rowsOf(groups, (group) => unitsOf(group, least), room / least);
  const longest = Math.max(...rows.map((row) => total(row, (group) => unitsOf(group, least))));
  const slot = Math.min(SLOT.most, room / longest);
  const [low, most] = limits;
  const reached = Math.max(
    ...groups.flatMap(({ mark, bars }) => [mark, ...bars.map(({ mean, interval }) => interval?.[1] ?? mean)]),
  );
  // A tenth of the range that bars might take, and whole.
  const step = (most - low) / 10;
  const high = Math.min(most, low + step * Math.ceil((reached - low) / step + 0.2));
  return rows.map((row, at) =>
    rowChart(row, {
      ...options,
      label: at === 0 ? label : `${label} (continued)`,
      domain: [low, high],
      slot,
    }),
  );
}

function unitsOf({ bars }: BarGroup, slot: number): number {
  return Math.max(bars.length, GROUP / slot) + GAP;
}

function total<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}

/** As few rows as hold all, with about as many groups in each. */
function rowsOf(groups: readonly BarGroup[], units: (group: BarGroup) => number, room: number): BarGroup[][] {
  const fill = (most: number) => {
    const rows: BarGroup[][] = [];
    for (const group of groups) {
      const row = rows.at(-1);
      if (row !== undefined && row.length < most && total([...row, group], units) <= room) row.push(group);
      else rows.push([group]);
    }
    return rows;
  };
  const { length } = fill(groups.length);
  return fill(Math.ceil(groups.length / length));
}

interface RowOptions extends BarsOptions {
  readonly domain: readonly [low: number, high: number];
  readonly slot: number;
}

interface PlacedBar extends Bar {
  readonly x: number;
}

function rowChart(groups: readonly BarGroup[], options: RowOptions): Markup {
  const { label, axis, width, domain, slot } = options;
  let begin = 0;
  const placed = groups.map((group) => {
    const units = unitsOf(group, slot) - GAP;
    const from = begin + GAP / 2;
    const inset = (units - group.bars.length) / 2;
    begin += units + GAP;
    const bars = group.bars.map((bar, i): PlacedBar => ({ ...bar, x: from + inset + i + 0.5 }));
    return { ...group, from, to: from + units, bars };
  });
  const bars = placed.flatMap((group) => group.bars);
  const isSigned = slot >= 11;
  const lines = Math.max(
    ...placed.map(({ label: name, from, to }) => Math.ceil((name.length * CHARACTER) / ((to - from) * slot))),
  );
  const clamp = (value: number) => Math.min(domain[1], Math.max(domain[0], value));
  return chart(label, {
    width,
    height: PLOT + LINE * (Math.min(lines, 4) + 2.4),
    marginTop: 26,
    marginLeft: MARGINS.left,
    marginRight: MARGINS.right,
    marginBottom: LINE * (Math.min(lines, 4) + 1.6),
    style: { fontSize: '12px' },
    x: { type: 'linear', domain: [0, (width - MARGINS.left - MARGINS.right) / slot], axis: null },
    y: { domain: [...domain], label: axis, labelArrow: 'none', ticks: 5, tickSize: 0, labelAnchor: 'top' },
    marks: [
      Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: 5 }),
      Plot.rectY(bars, {
        x1: ({ x }: PlacedBar) => x - 0.4,
        x2: ({ x }: PlacedBar) => x + 0.4,
        y1: domain[0],
        y2: ({ mean }: PlacedBar) => clamp(mean),
        fill: ({ hollow, colour }: PlacedBar) => (hollow ? 'var(--paper)' : colour),
        stroke: 'colour',
        strokeWidth: 1.5,
        title: 'title',
      }),
      Plot.link(
        bars.filter(({ interval }) => interval !== undefined),
        {
          x1: 'x',
          x2: 'x',
          y1: ({ interval }: PlacedBar) => clamp(interval?.[0] ?? Number.NaN),
          y2: ({ interval }: PlacedBar) => clamp(interval?.[1] ?? Number.NaN),
          stroke: 'var(--ink)',
          strokeWidth: 1.5,
          title: 'title',
        },
      ),
      Plot.link(placed, {
        x1: 'from',
        x2: 'to',
        y1: 'mark',
        y2: 'mark',
        stroke: 'currentColor',
        strokeOpacity: 0.7,
        strokeDasharray: '3 3',
      }),
      Plot.ruleY([domain[0]], { stroke: 'currentColor', strokeOpacity: 0.6 }),
      Plot.text(isSigned ? bars : [], {
        x: 'x',
        y: domain[0],
        text: 'sign',
        dy: 10,
        fill: 'var(--quiet)',
        fontSize: 11,
      }),
      ...placed.map(({ label: name, from, to }) =>
        Plot.text([name], {
          x: (from + to) / 2,
          y: domain[0],
          text: [name],
          dy: 21,
          lineAnchor: 'top',
          lineWidth: ((to - from) * slot) / 12,
          fill: 'currentColor',
          fontWeight: 600,
        }),
      ),
    ],
  });
}
