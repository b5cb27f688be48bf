import type { Tensor, Value } from 'onnx-autograd';
import { matchesAny } from 'onnx-autograd/internal';
import { UserError } from '../../errors.js';
import type { Network } from './network.js';

/**
 * The weights of another network's convolutions (with their normalization), to start from. Linear layers are left out:
 * they belong to the other task.
 *
 * @throws UserError when no weight of the other network fits.
 */
export function convolutionWeights(from: Network, to: Network, what: string): Record<string, Tensor> {
  const own = new Map(to.graph.initializers.map((value) => [value.name, value]));
  const weights: Record<string, Tensor> = {};
  for (const node of from.graph.nodes) {
    if (node.operator !== 'Conv' && node.operator !== 'BatchNormalization') continue;
    for (const value of node.inputs.slice(1)) {
      const fits = value?.data && sameShape(value, own.get(value.name));
      if (value?.data && fits) weights[value.name] = value.data;
    }
  }
  if (Object.keys(weights).length > 0) return weights;
  throw new UserError(
    `No convolution of ${what} fits the network that is to start from it: they are of different kinds.`,
  );
}

/** All weights of another network of the same kind. */
export function allWeights(from: Network): Record<string, Tensor> {
  return Object.fromEntries(
    from.graph.initializers.flatMap(({ name, data }) => (data ? [[name, data]] : [])),
  );
}

/** Those of them that names or patterns choose, such as `conv1_*`; all without any. */
export function takenWeights(
  weights: Readonly<Record<string, Tensor>>,
  patterns: readonly string[] | undefined,
): Record<string, Tensor> {
  const chosen = Object.entries(weights).filter(
    ([name]) => patterns === undefined || matchesAny(name, patterns),
  );
  return Object.fromEntries(chosen);
}

function sameShape(value: Value, own: Value | undefined): boolean {
  return own !== undefined && value.knownShape.join() === own.knownShape.join();
}
