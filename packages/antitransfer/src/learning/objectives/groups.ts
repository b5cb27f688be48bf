import { expressions, int64, type Value } from 'onnx-autograd';

const { cast, equal, reshape } = expressions;

/**
 * Which clips are of which group: `(groups, clips)`, 1 where a clip is of the group, 0 elsewhere.
 *
 * @param labels int64, `(clips)`
 */
export function membership(labels: Value, groups: number): Value {
  const numbers = labels.graph.constant(int64([...Array(groups).keys()], [groups, 1]), 'groups');
  return cast(equal(numbers, reshape(labels, [1, -1])), 'float32');
}
