import type { Random } from 'onnx-autograd/random';

/** How many of a class's clips are its owner's, and how many others'. */
export interface Mixture {
  readonly own: number;
  readonly others: number;
}

/**
 * As many clips as there are, with `strength` of them the owner's.
 *
 * ```ts
 * mixture({ own: 32, others: 128 }, 0.9); // { own: 32, others: 4 }
 * ```
 *
 * @param available clips of the class with its owner, and with all others together
 * @param strength the owner's part, in [0, 1]
 * @param limit clips at most
 */
export function mixture(available: Mixture, strength: number, limit = Number.POSITIVE_INFINITY): Mixture {
  const byOwn = strength > 0 ? available.own / strength : Number.POSITIVE_INFINITY;
  const byOthers = strength < 1 ? available.others / (1 - strength) : Number.POSITIVE_INFINITY;
  const total = Math.min(byOwn, byOthers, limit);
  const own = Math.min(available.own, Math.round(strength * total));
  return { own, others: Math.min(available.others, Math.round(total) - own) };
}

/**
 * Takes `count` items, as evenly from the pools as they allow; which pools give one more is random.
 */
export function takeEvenly<T>(pools: readonly (readonly T[])[], count: number, random: Random): T[] {
  const order = random.shuffle(pools).map((pool) => random.shuffle(pool));
  const taken: T[] = [];
  for (let turn = 0; taken.length < count && order.some((pool) => pool.length > turn); turn++) {
    for (const pool of order) {
      const item = pool[turn];
      if (item !== undefined && taken.length < count) taken.push(item);
    }
  }
  return taken;
}
