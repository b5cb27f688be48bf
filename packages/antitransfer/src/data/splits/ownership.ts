import type { Random } from 'onnx-autograd/random';
import { itemAt } from '../../lookup.js';

/**
 * Gives each class an owner, so that every owner has an equal share of the classes (some one more where it does not
 * come out even). Random among the possible assignments, found by augmenting paths (Kuhn's bipartite matching).
 *
 * @param canOwn whether there are clips enough of a class with that owner
 * @returns owner by class; undefined when there is no such assignment
 */
export function assignOwners(
  classes: readonly string[],
  owners: readonly string[],
  canOwn: (label: string, owner: string) => boolean,
  random: Random,
): Map<string, string> | undefined {
  const order = random.shuffle(owners);
  const slots = classes.map((_, index) => itemAt(order, index % order.length));
  const labelAt = new Map<number, string>();

  const seat = (label: string, tried: Set<number>): boolean => {
    for (const [slot, owner] of slots.entries()) {
      if (tried.has(slot) || !canOwn(label, owner)) continue;
      tried.add(slot);
      const seated = labelAt.get(slot);
      if (seated !== undefined && !seat(seated, tried)) continue;
      labelAt.set(slot, label);
      return true;
    }
    return false;
  };

  for (const label of random.shuffle(classes)) {
    if (!seat(label, new Set())) return undefined;
  }
  return new Map([...labelAt].map(([slot, label]) => [label, itemAt(slots, slot)]));
}
