import type { RewriteNode } from '../building/copy.js';
import { squeeze } from '../building/expressions.js';
import { isOperator } from '../operators/catalogue.js';
import { namedAxes } from '../shapes/rule.js';

/**
 * A `Squeeze` that names no axes takes those whose size is the number one, and leaves a batch that happens to be one clip:
 * else the last batch of an epoch had other axes than the rest, and no step could be made of it.
 */
export const squeezeKnown: RewriteNode = (node, [x, axes]) => {
  if (!isOperator(node, 'Squeeze') || x?.shape === undefined) return undefined;
  if (namedAxes({ ...node, inputs: [x, axes] })?.length !== 0) return undefined;
  if (x.shape.every((size) => typeof size === 'number')) return undefined;
  const ones = x.shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  return [ones.length === 0 ? x : squeeze(x, ones)];
};
