import { GraphError } from '../errors.js';
import type { Value } from '../graph/value.js';
import type { ElementType } from '../tensor.js';

/** Numbers of a network that are not trained. */
export interface Left {
  readonly type: ElementType;
  readonly why: string;
}

/** Why a training program has no weights to move, and what to do. */
export function nothingToTrain(trainable: number, left: ReadonlyMap<string, Left>): string {
  if (trainable > 0) return `There is nothing to train: all ${trainable} weights are frozen.`;
  const isOfOtherType = [...left.values()].some(({ type }) => type !== 'float32');
  const telling = isOfOtherType ? [...left].filter(([, { type }]) => type !== 'float32') : [...left];
  const some = telling.slice(0, 3).map(([name, { why }]) => `"${name}" (${why})`);
  if (some.length === 0) return 'There is nothing to train: the program has no weights.';
  return (
    `There is nothing to train: no weights were found. Left were ${some.join(', ')}${left.size > 3 ? ' …' : ''}. ` +
    (isOfOtherType
      ? 'Export the network in float32.'
      : 'If some are weights, name them: include(network, { train: ["…"] }).')
  );
}

/**
 * Makes sure that a program is fed what was said that it is.
 *
 * @throws GraphError when it needs another input, or none of that name.
 */
export function checkDeclared(declared: Readonly<Record<string, Value>>, fed: readonly Value[]): void {
  const names = Object.entries(declared).map(([key, { name }]) => {
    if (key === name) return name;
    throw new GraphError(`The input "${name}" is declared as "${key}": it is fed by its own name.`);
  });
  const needed = new Set(fed.map(({ name }) => name));
  const missing = [...needed].filter((name) => !names.includes(name));
  const unused = names.filter((name) => !needed.has(name));
  if (missing.length > 0)
    throw new GraphError(`The program also needs the input "${missing.join('", "')}": declare it.`);
  if (unused.length > 0)
    throw new GraphError(`The program does not need the input "${unused.join('", "')}": do not declare it.`);
}
