import { Random } from 'onnx-autograd/random';
import { shortDigest } from '../../../files/digest.js';
import type { SweepPart, SweepRange } from './settings.js';

/** A key of a configuration by its dotted path, and what it is in a cell. */
export interface Assignment {
  readonly path: string;
  readonly value: unknown;
  /** What the cell is called by, where it is not the value. */
  readonly name?: string | undefined;
}

/** What becomes of some keys in one cell. */
export type Row = readonly Assignment[];

/** Draws in vain before it is said that there are no more values. */
const VAIN_DRAWS = 1000;

/** All cells of a part, in their order. */
export function rowsOf(part: SweepPart): Row[] {
  switch (part.kind) {
    case 'zip':
      return zipped(part);
    case 'random':
      return drawn(part);
    default:
      return Object.entries(part.values)
        .map(([path, values]) => values.map((value): Row => [{ path, value }]))
        .reduce(crossed, [[]]);
  }
}

/** Every combination of rows of two parts; those of the first change last. */
export function crossed(first: readonly Row[], second: readonly Row[]): Row[] {
  return first.flatMap((row) => second.map((other) => [...row, ...other]));
}

function zipped({ values, names }: SweepPart & { readonly kind: 'zip' }): Row[] {
  const [[, first] = ['', []]] = Object.entries(values);
  return first.map((_, at) => {
    // One name stands for all values of the row: the others have none of their own.
    const nameOf = (key: number) => (names === undefined ? undefined : key === 0 ? names[at] : '');
    return Object.entries(values).map(([path, list], key) => ({
      path,
      value: list[at],
      name: nameOf(key),
    }));
  });
}

/** Each key draws from a stream of its own, so that another key or a larger budget changes none that is there. */
function drawn({ values, cells, seed }: SweepPart & { readonly kind: 'random' }): Row[] {
  const streams = Object.entries(values).map(([path, from]) => {
    // By digest: neighbouring seeds of the generator begin alike.
    const random = new Random(Number.parseInt(shortDigest(`${seed} ${path}`).slice(0, 12), 16));
    return { path, next: () => (Array.isArray(from) ? random.pick(from) : fromRange(from, random)) };
  });
  const rows = new Map<string, Row>();
  for (let vain = 0; rows.size < cells && vain < VAIN_DRAWS; ) {
    const row = streams.map(({ path, next }) => ({ path, value: next() }));
    const key = JSON.stringify(row);
    vain = rows.has(key) ? vain + 1 : 0;
    rows.set(key, row);
  }
  return [...rows.values()];
}

function fromRange({ low, high, scale, integer }: SweepRange, random: Random): number {
  if (integer && scale === 'uniform') return random.integer(low, high);
  const [from, to] = scale === 'log' ? [Math.log(low), Math.log(high)] : [low, high];
  const at = from + (to - from) * random.uniform();
  const value = scale === 'log' ? Math.exp(at) : at;
  // What a cell is called says its value exactly.
  const rounded = integer ? Math.round(value) : Number(value.toPrecision(3));
  return Math.min(high, Math.max(low, rounded));
}
