import type { Graph, Value } from '../building/graph.js';

/** Which initializers of a network are its weights. */
export interface Weights {
  /** Learned by gradient: filters, matrices, biases, scales. */
  readonly trainable: ReadonlySet<Value>;
  /** Running statistics of batch normalization. */
  readonly statistics: ReadonlySet<Value>;
}

/** Input positions that hold weights when they are initializers. */
const weightPositions: ReadonlyMap<string, readonly number[]> = new Map(
  Object.entries({
    Conv: [1, 2],
    ConvTranspose: [1, 2],
    Gemm: [1, 2],
    MatMul: [0, 1],
    BatchNormalization: [1, 2],
    LayerNormalization: [1, 2],
    InstanceNormalization: [1, 2],
    PRelu: [1],
    // A scale a channel.
    Mul: [0, 1],
    // Exporters write the bias of a linear layer as an addition.
    Add: [0, 1],
  }),
);

/** Finds the weights of a network by how they are used; other initializers are constants. */
export function findWeights(network: Graph): Weights {
  const trainable = new Set<Value>();
  const statistics = new Set<Value>();
  for (const node of network.nodes) {
    for (const position of weightPositions.get(node.operator) ?? []) {
      const value = behindLayout(node.inputs[position]);
      const isScalar = (node.operator === 'Add' || node.operator === 'Mul') && value?.data?.data.length === 1;
      if (value?.data?.type === 'float32' && !value.constant && !isScalar) trainable.add(value);
    }
    if (node.operator === 'BatchNormalization') {
      for (const value of node.inputs.slice(3, 5)) if (value?.data) statistics.add(value);
    }
  }
  return { trainable, statistics };
}

/** What is laid out anew before it is used, such as the transposed matrix of a linear layer. */
function behindLayout(value: Value | undefined): Value | undefined {
  const isLayout = layoutOperators.has(value?.producer?.operator ?? '');
  return isLayout ? behindLayout(value?.producer?.inputs[0]) : value;
}

const layoutOperators = new Set(['Transpose', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity']);

/** Whether a name equals one of the patterns, in which `*` stands for anything. */
export function matchesAny(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const literal = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${literal.join('.*')}$`).test(name);
  });
}
