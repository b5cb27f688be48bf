import type { RewriteNode } from '../building/copy.js';
import { relu } from '../building/expressions.js';
import { isOperator } from '../operators/catalogue.js';

/**
 * Writes the maximum of a ReLU as the ReLU of the maximum, which is the same: its gradient's mask is then a window's
 * instead of an element's. (Where a window has nothing above 0, no gradient passes either way.)
 */
export const reluBehindPooling: RewriteNode = (node, [x]) => {
  const before = x?.producer;
  if (!isOperator(node, 'MaxPool') || node.outputs.length > 1 || !isOperator(before, 'Relu'))
    return undefined;
  const pooled = x?.graph.apply('MaxPool', before?.inputs ?? [], node.attributes, {
    name: node.name,
  });
  return pooled && [relu(pooled)];
};
