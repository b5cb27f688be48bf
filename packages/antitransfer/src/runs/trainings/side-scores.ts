import { type ClassScores, classScores } from '../../analysis/scores.js';
import type { Dataset } from '../../learning/training/dataset.js';
import type { Evaluation } from '../../learning/training/evaluate.js';
import { itemAt } from '../../lookup.js';
import { argmax } from '../../numbers/argmax.js';
import { rowsOf } from '../../numbers/rows-of.js';
import { meanOfWindows, rowsOfClips } from '../store/average-by-clip.js';
import type { ClipSet } from '../store/clip-set.js';

/**
 * How well a network does on a set of clips, each once: the probabilities of a clip's windows are averaged, as in the test.
 *
 * @param classes in the order of the outputs
 * @returns nothing where there are no clips
 */
export function sideScores(
  { probabilities }: Pick<Evaluation, 'probabilities'>,
  { labels }: Pick<Dataset, 'labels'>,
  set: ClipSet,
  classes: readonly string[],
): ClassScores | undefined {
  if (labels.length === 0) return undefined;
  const rows = rowsOfClips(set);
  const answers = meanOfWindows(rowsOf(probabilities, labels.length), rows);
  const predictions = answers.map((answer, clip) => ({
    truth: itemAt(classes, itemAt(labels, itemAt(itemAt(rows, clip), 0))),
    predicted: itemAt(classes, argmax(answer)),
    probabilities: Array.from(answer),
  }));
  return classScores(predictions, classes);
}
