import { itemAt } from '../lookup.js';
import { argmax } from '../numbers/argmax.js';
import { mean } from '../numbers/mean.js';
import type { WindowPrediction } from './prediction.js';

/** The mean of the windows' probabilities, over those in which something was heard; none when there are none. */
export function meanProbabilities(windows: readonly Pick<WindowPrediction, 'probabilities'>[]): number[] {
  const heard = windows.filter(({ probabilities }) => probabilities.length > 0);
  const [first] = heard;
  if (first === undefined) return [];
  return first.probabilities.map((_, index) =>
    mean(heard.map(({ probabilities }) => itemAt(probabilities, index))),
  );
}

/** The most probable class; undefined when nothing was heard. */
export function labelOf(probabilities: readonly number[], classes: readonly string[]): string | undefined {
  return probabilities.length === 0 ? undefined : itemAt(classes, argmax(probabilities));
}
