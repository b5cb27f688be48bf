import { UserError } from '../../errors.js';
import { nearest } from '../../nearest.js';
import type { NamedResults } from './join.js';

/**
 * Comparisons with another reference: the named method comes first, and gains are over it.
 *
 * @throws UserError when a comparison has no such method
 */
export function against(all: readonly NamedResults[], id: string): NamedResults[] {
  return all.map(({ name, results }) => {
    const reference = results.methods.find((method) => method.id === id);
    if (reference === undefined) {
      const ids = results.methods.map((method) => method.id);
      throw new UserError(
        `--against ${id}: "${name}" has no such method; there are ${ids.join(', ')}.${nearest(id, ids)}`,
      );
    }
    const others = results.methods.filter((method) => method !== reference);
    return { name, results: { ...results, methods: [reference, ...others] } };
  });
}
