import type { StripOptions, StripRow } from './strip.js';

/** A strip chart as data, a row a method: what is drawn may be some of its rows only. */
export interface StripFigure {
  /** Unlike that of the others: `gain`, `probe-speaker`. */
  readonly id: string;
  readonly title: string;
  /** What a screen reader says before what the rows say. */
  readonly said: string;
  readonly axis: string;
  readonly rows: readonly MethodRow[];
  readonly mark: StripOptions['mark'];
  readonly domain: StripOptions['domain'];
  readonly limits?: NonNullable<StripOptions['limits']>;
}

export interface MethodRow extends StripRow {
  /** The method's id. */
  readonly method: string;
}

/** What is drawn of a figure, whatever its width. */
export function stripOptions({
  said,
  axis,
  rows,
  mark,
  domain,
  limits,
}: StripFigure): Omit<StripOptions, 'width'> {
  return { label: `${said}. ${described(rows)}`, axis, rows, mark, domain, ...(limits && { limits }) };
}

/** What rows say, for who does not see them. */
function described(rows: readonly StripRow[]): string {
  return `${rows.map((row) => `${row.label}: ${row.note}`).join('; ')}.`;
}
