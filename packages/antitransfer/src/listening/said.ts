import { itemAt } from '../lookup.js';
import { argmax } from '../numbers/argmax.js';

/** Whether an answer is sure enough to be given. */
export function isSaid(probabilities: ArrayLike<number>, level: number): boolean {
  return probabilities.length > 0 && itemAt(probabilities, argmax(probabilities)) >= level;
}
