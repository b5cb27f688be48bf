import { add, cast, mul, reshape } from '../building/expressions.js';
import type { Value } from '../graph/value.js';
import { int64 } from '../tensor.js';

/**
 * `value`, but not before `earlier` is computed. ONNX Runtime runs nodes in any order that their inputs allow, and merges
 * nodes that compute the same; only a dependency that it cannot see through holds it back. Here it is 0, as the index of
 * the largest of one number of `earlier`: the value is given the shape `(0, 0, …)`, which says "as it is", and nothing is
 * copied. Where all sizes are known ONNX Runtime 1.30 fails on that (it fuses reshapings); there the value is multiplied
 * by 1 + 0, which is a copy.
 *
 * @param earlier floating-point numbers, one or more
 */
export function waitFor(value: Value, earlier: Value): Value {
  const { graph, rank, type } = value;
  if (rank === 0) return value;
  const open = value.knownShape.some((size) => typeof size !== 'number');
  const count = open ? rank : 1;
  return graph.within('after', () => {
    const firsts = graph.constant({ ...int64(new Array(count).fill(0)), dims: [count, 1] }, 'firsts');
    const ones = graph.apply('Gather', [reshape(earlier, [-1]), firsts], { axis: 0 });
    const zeros = graph.apply('ArgMax', [ones], { axis: 1, keepdims: 0 });
    return open ? reshape(value, zeros) : mul(value, add(cast(zeros, type), 1));
  });
}
