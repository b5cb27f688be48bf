import { chanceOver } from '../../analysis/chance.js';
import type { Dataset } from '../../learning/training/dataset.js';
import type { Evaluation } from '../../learning/training/evaluate.js';
import { itemAt } from '../../lookup.js';
import { argmax } from '../../numbers/argmax.js';
import { mean } from '../../numbers/mean.js';
import { rowsOf } from '../../numbers/rows-of.js';
import { meanOfWindows, rowsOfClips } from '../store/average-by-clip.js';
import type { ClipSet } from '../store/clip-set.js';

/**
 * How many clips of a set a network tells, one answer a clip (the probabilities of its windows are averaged), and how many are
 * right by always naming the most frequent class; both in [0, 1].
 */
export function clipScores(
  set: ClipSet,
  { labels }: Pick<Dataset, 'labels'>,
  { probabilities }: Pick<Evaluation, 'probabilities'>,
): { readonly accuracy: number; readonly chance: number } {
  const clips = rowsOfClips(set);
  const truths = clips.map(([row = 0]) => itemAt(labels, row));
  const answers = meanOfWindows(rowsOf(probabilities, labels.length), clips);
  return {
    accuracy: mean(truths.map((truth, clip) => (argmax(itemAt(answers, clip)) === truth ? 1 : 0))),
    chance: chanceOver([truths.map(String)]),
  };
}
