import Table from 'cli-table3';
import { printable } from './printable.js';

export interface PlainColumn {
  readonly head: string;
  /** Numbers stand at the right. */
  readonly align?: 'left' | 'right';
}

/** A table without lines between its cells, for people and for `grep`. What cells hold is shown, not acted on. Ends without a line break. */
export function plainTable(
  columns: readonly PlainColumn[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const table = new Table({
    chars: noLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    colAligns: columns.map(({ align }) => align ?? 'left'),
    head: columns.map(({ head }) => printable(head)),
  });
  for (const row of rows) table.push(row.map((cell) => printable(String(cell))));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const edges = ['top', 'bottom', 'left', 'mid', 'right'] as const;
const corners = ['top-mid', 'top-left', 'top-right', 'bottom-mid', 'bottom-left', 'bottom-right'] as const;
const inner = ['left-mid', 'mid-mid', 'right-mid', 'middle'] as const;
const noLines = Object.fromEntries([...edges, ...corners, ...inner].map((line) => [line, '']));
