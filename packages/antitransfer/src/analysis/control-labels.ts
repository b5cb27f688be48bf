import type { Random } from 'onnx-autograd/random';
import { entryOf } from '../lookup.js';

/**
 * Labels of a control task (Hewitt and Liang 2019, arXiv 1909.03368): each type of vector gets the label of another type, at
 * random, so that labels are as frequent as before and mean nothing. What a probe still reads it has learned by heart, type
 * by type; its selectivity is how much more it reads of the labels themselves.
 *
 * @param types of each vector, such as its target class with its label; all vectors of one have one label
 */
export function controlLabels(labels: readonly string[], types: readonly string[], random: Random): string[] {
  const own = new Map(types.map((type, i) => [type, labels[i]!]));
  const shuffled = random.shuffle([...own.values()]);
  const given = new Map([...own.keys()].map((type, i) => [type, shuffled[i]!]));
  return types.map((type) => entryOf(given, type));
}
