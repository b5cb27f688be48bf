import { naturalOrder } from '../../numbers/order.js';
import type { Clip, Corpus } from '../clip.js';

/** What a corpus holds, as plain data for a table. */
export interface CorpusDescription {
  readonly name: string;
  readonly clips: number;
  readonly columns: readonly ColumnDescription[];
  /** Every pair of columns that have few enough labels to be shown. */
  readonly pairs: readonly ContingencyTable[];
  /** Seconds of all clips; undefined when the files' durations are not known. */
  readonly seconds: number | undefined;
}

/** How many clips carry each label of a column. */
export interface ColumnDescription {
  readonly column: string;
  readonly counts: readonly { readonly label: string; readonly clips: number }[];
}

/** How many clips carry each pair of labels. */
export interface ContingencyTable {
  readonly rowColumn: string;
  readonly columnColumn: string;
  readonly rowLabels: readonly string[];
  readonly columnLabels: readonly string[];
  /** Clips, by row label, then by column label. */
  readonly counts: readonly (readonly number[])[];
}

/**
 * Counts the clips of each label and of each pair of labels.
 *
 * @param durations seconds of each file, as `checkFiles` returns them
 * @param maximumLabels columns with more labels than this are counted but not paired
 */
export function describeCorpus(
  corpus: Corpus,
  durations?: ReadonlyMap<string, number>,
  maximumLabels = 30,
): CorpusDescription {
  const columns = labelColumns(corpus.clips).map((column) => describeColumn(corpus.clips, column));
  const small = columns.filter(({ counts }) => counts.length <= maximumLabels).map(({ column }) => column);
  const pairs = small.flatMap((row, index) =>
    small.slice(index + 1).map((column) => contingencyTable(corpus.clips, row, column)),
  );
  const seconds =
    durations && corpus.clips.reduce((sum, clip) => sum + secondsIn(clip, durations.get(clip.path) ?? 0), 0);
  return { name: corpus.name, clips: corpus.clips.length, columns, pairs, seconds };
}

/** The label columns of the clips, in the order in which they first appear. */
function labelColumns(clips: readonly Clip[]): string[] {
  return [...new Set(clips.flatMap(({ labels }) => Object.keys(labels)))];
}

/** Counts the clips for each pair of labels of two columns; clips that lack one are left out. */
export function contingencyTable(
  clips: readonly Clip[],
  rowColumn: string,
  columnColumn: string,
): ContingencyTable {
  const rowLabels = labelsOf(clips, rowColumn);
  const columnLabels = labelsOf(clips, columnColumn);
  const table = new Map(rowLabels.map((row) => [row, new Map(columnLabels.map((column) => [column, 0]))]));
  for (const { labels } of clips) {
    const row = table.get(labels[rowColumn] ?? '');
    const column = labels[columnColumn] ?? '';
    const count = row?.get(column);
    if (count !== undefined) row?.set(column, count + 1);
  }
  const counts = [...table.values()].map((row) => [...row.values()]);
  return { rowColumn, columnColumn, rowLabels, columnLabels, counts };
}

function describeColumn(clips: readonly Clip[], column: string): ColumnDescription {
  const counts = new Map(labelsOf(clips, column).map((label) => [label, 0]));
  for (const { labels } of clips) {
    const label = labels[column];
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return { column, counts: [...counts].map(([label, count]) => ({ label, clips: count })) };
}

function labelsOf(clips: readonly Clip[], column: string): string[] {
  const labels = new Set(clips.flatMap((clip) => clip.labels[column] ?? []));
  return [...labels].sort(naturalOrder);
}

/** How much there is of a clip in a file of so many seconds, whatever its table says. */
export function secondsIn({ start = 0, duration = Number.POSITIVE_INFINITY }: Clip, file: number): number {
  return Math.min(duration, Math.max(0, file - start));
}
