import type { Graph } from '../building/graph.js';
import type { Value } from '../graph/value.js';
import { factsOf, hasTrait, knownOperator } from '../operators/catalogue.js';

/** Which initializers of a network are its weights. */
export interface Weights {
  /** Learned by gradient: filters, matrices, biases, scales. */
  readonly trainable: ReadonlySet<Value>;
  /** Running statistics of batch normalization. */
  readonly statistics: ReadonlySet<Value>;
}

/** Finds the weights of a network by how they are used; other initializers are constants. */
export function findWeights(network: Graph): Weights {
  const trainable = new Set<Value>();
  const statistics = new Set<Value>();
  for (const node of network.nodes) {
    const operator = knownOperator(node);
    if (operator === undefined) continue;
    for (const position of factsOf(operator).weights) {
      const value = behindLayout(node.inputs[position]);
      const isScalar = (operator === 'Add' || operator === 'Mul') && value?.data?.data.length === 1;
      if (value?.data?.type === 'float32' && !value.constant && !isScalar) trainable.add(value);
    }
    if (operator === 'BatchNormalization') {
      for (const value of node.inputs.slice(3, 5)) if (value?.data) statistics.add(value);
    }
  }
  return { trainable, statistics };
}

/** What is laid out anew before it is used, such as the transposed matrix of a linear layer. */
function behindLayout(value: Value | undefined): Value | undefined {
  return hasTrait(value?.producer, 'layoutOnly') ? behindLayout(value?.producer?.inputs[0]) : value;
}
