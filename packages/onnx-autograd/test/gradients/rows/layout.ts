import type { Attributes } from '../../../src/graph/attributes.js';
import type { Operator } from '../../../src/operators/catalogue.js';
import { float32, int64, type Tensor } from '../../../src/tensor.js';
import { type Row, uniform } from '../row.js';

function row(
  operator: Operator,
  name: string,
  dims: readonly number[],
  constants: readonly (Tensor | undefined)[],
  attributes: Attributes = {},
  batched: readonly number[] = [0],
): Row {
  return { operator, name, inputs: [uniform(dims), ...constants], attributes, batched };
}

const slice = (name: string, bounds: readonly (readonly number[])[], batched: readonly number[] = [0]): Row =>
  row(
    'Slice',
    name,
    [2, 5, 6],
    bounds.map((list) => int64(list)),
    {},
    batched,
  );

const pad = (
  name: string,
  amounts: readonly number[],
  mode = 'constant',
  batched: readonly number[] = [0],
): Row => row('Pad', `${mode}, ${name}`, [2, 4, 5], [int64(amounts)], { mode }, batched);

const int32 = (values: readonly number[], dims: readonly number[]): Tensor => ({
  type: 'int32',
  dims,
  data: Int32Array.from(values),
});

export const layoutRows: readonly Row[] = [
  row('Reshape', 'to a matrix', [2, 3, 4], [int64([2, 12])], {}, []),
  row('Reshape', 'a size copied, a size left open', [2, 3, 4], [int64([0, -1])]),
  row('Reshape', 'the batch left open', [2, 3, 4], [int64([-1, 4, 3])]),
  row('Reshape', 'a size copied in the middle', [2, 3, 4], [int64([-1, 0, 2])]),
  row('Reshape', 'to a vector', [2, 3, 4], [int64([-1])]),
  ...[undefined, 0, 1, 2, 3, -1, -2, -3].map((axis) =>
    row(
      'Flatten',
      axis === undefined ? 'default axis' : `axis ${axis}`,
      [2, 3, 4],
      [],
      axis === undefined ? {} : { axis },
    ),
  ),
  row('Transpose', 'axes reversed', [2, 3, 4], []),
  row('Transpose', 'permuted', [2, 3, 4], [], { perm: [1, 2, 0] }),
  row('Transpose', 'channels last', [2, 3, 4, 2], [], { perm: [0, 2, 3, 1] }),
  row('Squeeze', 'all axes of size one', [2, 1, 3, 1], []),
  row('Squeeze', 'named axes', [2, 1, 3, 1], [int64([1])]),
  row('Squeeze', 'negative axes out of order', [2, 1, 3, 1], [int64([-1, 1])]),
  row('Unsqueeze', 'one axis', [2, 3], [int64([1])]),
  row('Unsqueeze', 'axes out of order', [2, 3], [int64([3, 0])]),
  row('Unsqueeze', 'negative axes', [2, 3], [int64([-1, -3])]),
  {
    operator: 'Concat',
    name: 'channels',
    inputs: [uniform([2, 3, 2]), uniform([2, 1, 2]), uniform([2, 2, 2])],
    attributes: { axis: 1 },
    batched: [0, 1, 2],
  },
  {
    operator: 'Concat',
    name: 'negative axis',
    inputs: [uniform([2, 3, 2]), uniform([2, 3, 1])],
    attributes: { axis: -1 },
    batched: [0, 1],
  },
  {
    operator: 'Concat',
    name: 'the first axis',
    inputs: [uniform([2, 3]), uniform([4, 3])],
    attributes: { axis: 0 },
  },
  { operator: 'Concat', name: 'one input', inputs: [uniform([2, 3])], attributes: { axis: 1 }, batched: [0] },
  {
    operator: 'Concat',
    name: 'with a constant',
    inputs: [float32([1, 2, 3, 4], [2, 2]), uniform([2, 3])],
    attributes: { axis: 1 },
  },

  row('Split', 'into one part', [2, 4, 3], [], { axis: 1 }),
  { ...row('Split', 'equal parts', [2, 4, 3], [], { axis: 1 }), outputCount: 2 },
  { ...row('Split', 'sizes given', [2, 3, 5], [int64([1, 3, 1])], { axis: -1 }), outputCount: 3 },
  { ...row('Split', 'the first axis', [4, 3], [int64([3, 1])], {}, []), outputCount: 2 },

  slice(
    'default axes and steps',
    [
      [0, 1],
      [2, 4],
    ],
    [],
  ),
  slice('one axis', [[1], [4], [1]]),
  slice('negative bounds and axes', [
    [-4, -5],
    [-1, -2],
    [-2, -1],
  ]),
  slice('bounds beyond the ends', [
    [-100, 2],
    [100, 1000],
    [1, 2],
  ]),
  slice('open to the end', [[2], [Number.MAX_SAFE_INTEGER], [2]]),
  slice('step 2', [[0], [5], [1], [2]]),
  slice('step 2 with an offset, step 1', [
    [1, 2],
    [5, 6],
    [1, 2],
    [2, 1],
  ]),
  slice('step 3 on both axes', [
    [0, 1],
    [5, 6],
    [1, 2],
    [3, 3],
  ]),
  slice('step -1: reversed', [[-1], [-100], [2], [-1]]),
  slice('step -2', [
    [4, 5],
    [0, 0],
    [1, 2],
    [-2, -2],
  ]),
  slice('step -1 in part', [[3], [0], [1], [-1]]),
  slice('the batch', [[1], [2], [0]], []),

  pad('both sides', [0, 1, 2, 0, 3, 1]),
  pad('negative amounts crop', [0, -1, 2, 0, 0, -2]),
  pad('the batch', [1, 0, 0, 2, 0, 0], 'constant', []),
  {
    operator: 'Pad',
    name: 'constant, a number that is computed',
    inputs: [uniform([2, 4, 5]), int64([0, -1, 2, 0, 3, 1]), uniform([])],
    batched: [0],
  },
  pad('both sides', [0, 2, 1, 0, 3, 4], 'reflect'),
  pad('one side', [0, 0, 0, 0, 0, 3], 'reflect'),
  pad('both sides', [0, 2, 1, 0, 3, 6], 'edge'),
  pad('the batch', [1, 0, 1, 2, 1, 0], 'edge', []),
  {
    ...pad('a value given', [0, 1, 0, 0, 0, 1]),
    inputs: [uniform([2, 4, 5]), int64([0, 1, 0, 0, 0, 1]), float32(3)],
  },

  row('Expand', 'an axis of size one', [2, 1, 3], [int64([2, 4, 3])], {}, []),
  row('Expand', 'a leading axis', [2, 3], [int64([4, 2, 3])], {}, []),
  row('Expand', 'sizes of one keep what is there', [2, 1, 3], [int64([1, 4, 1])]),
  row('Expand', 'a scalar', [], [int64([2, 3])], {}, []),
  row('Expand', 'fewer sizes than axes', [2, 1, 3], [int64([2, 1])]),

  row('Gather', 'rows, some twice', [4, 3], [int64([0, 2, 2, 3])], {}, []),
  row('Gather', 'from the batch, its size symbolic', [3, 2], [int64([0, 1, 1])]),
  row('Gather', 'negative indices', [2, 4, 3], [int64([-1, 0, -2])], { axis: 1 }),
  row('Gather', 'a scalar index', [2, 4, 3], [int64(2)], { axis: 1 }),
  row('Gather', 'a scalar index on a vector', [4], [int64(-1)], {}, []),
  row('Gather', 'a matrix of indices', [2, 4, 3], [int64([0, 1, 3, 1, 1, 2], [2, 3])], { axis: 1 }),
  row('Gather', 'the last axis, counted from the end', [2, 4, 3], [int64([2, 0])], { axis: -1 }),
  row('Gather', '32-bit indices', [2, 4], [int32([3, 1, 1], [3])], { axis: 1 }),
  row('GatherElements', 'first axis, repeated', [3, 2], [int64([0, 0, 0, 2, 1, 2, 2, 0], [4, 2])], {}, []),
  row('GatherElements', 'second axis, negative', [2, 3], [int64([0, -1, -3, 2], [2, 2])], { axis: 1 }, []),
  row('GatherElements', 'negative axis, fewer rows', [3, 4], [int64([1, 3, 3], [1, 3])], { axis: -1 }, []),
];
