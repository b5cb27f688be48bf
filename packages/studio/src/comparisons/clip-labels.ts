import type { AnsweredClip, ComparisonResults } from 'antitransfer/answers';
import type { TestClip } from 'antitransfer/runs';

/**
 * The label columns of test clips: the target, what is to be forgotten, what the split keeps apart, and all others that the corpus
 * has, where the comparison says which.
 *
 * @param details of clips, by id; empty where they are not known
 */
export function labelColumns(
  { target, tasks, split }: ComparisonResults,
  details: ReadonlyMap<string, TestClip>,
): string[] {
  return [
    ...new Set([
      target.column,
      ...tasks.map(({ column }) => column),
      ...(split.groups === undefined ? [] : [split.groups]),
      ...[...details.values()].flatMap(({ labels }) => Object.keys(labels)),
    ]),
  ];
}

/** The label of a clip in a column; `undefined` where it has none. */
export function labelOf(
  column: string,
  { labels }: Pick<AnsweredClip, 'labels'>,
  details: TestClip | undefined,
): string | undefined {
  if (details !== undefined && Object.hasOwn(details.labels, column)) return details.labels[column];
  return Object.hasOwn(labels, column) ? labels[column] : undefined;
}
