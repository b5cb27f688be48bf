import { expressions, int64, type Value } from 'onnx-autograd';

const { cast, div, equal, greater, maximum, mul, reshape, sum, unsqueeze } = expressions;

/**
 * Which clips are of which group: `(groups, clips)`, 1 where a clip is of the group, 0 elsewhere.
 *
 * @param labels int64, `(clips)`
 */
export function membership(labels: Value, groups: number): Value {
  const numbers = labels.graph.constant(int64([...Array(groups).keys()], [groups, 1]), 'groups');
  return cast(equal(numbers, reshape(labels, [1, -1])), 'float32');
}

/** The mean of each group's clips, and 1 for groups that have any, 0 for others: `(groups)` each. */
export interface GroupMeans {
  readonly means: Value;
  readonly present: Value;
}

/**
 * @param values `(clips)`
 * @param labels int64, `(clips)`
 */
export function groupMeans(values: Value, labels: Value, groups: number): GroupMeans {
  const belongs = membership(labels, groups);
  const clips = sum(belongs, [1], false);
  const means = div(sum(mul(belongs, unsqueeze(values, [0])), [1], false), maximum(clips, 1));
  return { means, present: cast(greater(clips, 0), 'float32') };
}
