import type { Clip } from '../../data/clip.js';
import type { Experiment } from '../config/schema.js';
import type { Repetition } from '../data/draw-splits.js';

/**
 * Orthogonal tasks whose labels say the target's, on test clips too: to forget the one is to forget the other. A sentence
 * for each.
 */
export function inseparableTasks(
  { target, orthogonal }: Experiment,
  repetitions: readonly Repetition[],
): string[] {
  const test = repetitions.flatMap(({ split }) => split.test);
  return orthogonal.flatMap(({ column, data }) =>
    !data && tells(test, column, target) && tells(test, target, column)
      ? [
          `Each ${column} goes with one ${target} and each ${target} with one ${column}, in the test as well: forgetting the ` +
            `${column} is forgetting the ${target}.`,
        ]
      : [],
  );
}

/** Whether one label says another, of clips that have both: of at least two labels. */
function tells(clips: readonly Clip[], from: string, to: string): boolean {
  const said = new Map<string, string>();
  for (const { labels } of clips) {
    const [one, other] = [labels[from], labels[to]];
    if (one === undefined || other === undefined) continue;
    if ((said.get(one) ?? other) !== other) return false;
    said.set(one, other);
  }
  return said.size > 1;
}
