import type { Random } from 'onnx-autograd/random';
import { groupBy } from '../group-by.js';
import { entryOf, itemAt } from '../lookup.js';
import type { Dealt } from './deal.js';

/** Multiplications of one look at all vectors (vectors x labels x features) above which a probe reads a sample. */
export const probeWork = 4_000_000;

/** Vectors of a label that are enough: where labels are too many for that, some are left out. */
const ENOUGH = 20;

/**
 * Vectors that a probe reads where all would take too long: an equal number of each label in whole groups, at random; where
 * that would be fewer than 20, as many labels, at random, as the work allows. All vectors, in their order, where the work
 * is within the limit.
 *
 * @param features numbers of a vector
 * @returns indices of the items, ascending
 */
export function probeSample(
  items: readonly Dealt[],
  features: number,
  random: Random,
  work = probeWork,
): number[] {
  const all = [...items.keys()];
  const byLabel = groupBy(all, (index) => itemAt(items, index).label);
  if (items.length * byLabel.size * features <= work) return all;
  const labels = random.fork('labels').shuffle([...byLabel.keys()].sort());
  const enough = Math.max(ENOUGH, Math.floor(work / (features * labels.length ** 2)));
  const chosen: number[] = [];
  for (const [count, label] of labels.entries()) {
    const some = wholeGroups(entryOf(byLabel, label), items, enough, random.fork(`vectors ${label}`));
    // Two labels are the least that can be told apart.
    if (count >= 2 && (chosen.length + some.length) * (count + 1) * features > work) break;
    chosen.push(...some);
  }
  return chosen.sort((a, b) => a - b);
}

/** Groups at random until there are enough of their members; the last one whole, at least two of them. */
function wholeGroups(
  indices: readonly number[],
  items: readonly Dealt[],
  enough: number,
  random: Random,
): number[] {
  const groups = groupBy(indices, (index) => itemAt(items, index).group);
  const taken: number[] = [];
  for (const [count, group] of random.shuffle([...groups.values()]).entries()) {
    if (count >= 2 && taken.length + group.length > enough) break;
    taken.push(...group);
  }
  return taken;
}
