import type { Attributes } from '../../../src/graph/attributes.js';
import { int64, type Tensor } from '../../../src/tensor.js';
import { distinct, type Row, uniform } from '../row.js';

/** What is put to places: sums are linear, products are in each of their factors. */
const linear = { precision: 'float32' } as const;

const places = int64([1, 3, 0, 0, 2, 3], [2, 3]);
const pairs = int64([0, 1, 1, 2, 1, 0], [3, 2]);

function scatter(reduction: string, repeated: boolean): Row[] {
  const attributes = { axis: 1, ...(reduction !== 'none' && { reduction }) };
  const indices = repeated ? int64([1, 1, -1, 0, 2, 2], [2, 3]) : places;
  return [
    {
      operator: 'ScatterElements',
      name: `${reduction}, ${repeated ? 'places repeated' : 'every place once'}`,
      inputs: [uniform([2, 4], 0.5, 2), indices, uniform([2, 3], 0.5, 2)],
      attributes,
      ...linear,
    },
    {
      operator: 'ScatterND',
      name: `${reduction}, ${repeated ? 'places repeated' : 'every place once'}`,
      inputs: [
        uniform([2, 3, 2], 0.5, 2),
        repeated ? int64([0, 1, 0, 1, 1, -1], [3, 2]) : pairs,
        uniform([3, 2], 0.5, 2),
      ],
      attributes: reduction === 'none' ? {} : { reduction },
      ...linear,
    },
  ];
}

function gatherND(name: string, dims: readonly number[], indices: Tensor, attributes: Attributes = {}): Row {
  return { operator: 'GatherND', name, inputs: [uniform(dims), indices], attributes };
}

const cumulative = [0, 1].flatMap((exclusive) =>
  [0, 1].map(
    (reverse): Row => ({
      operator: 'CumSum',
      name: `exclusive ${exclusive}, reverse ${reverse}`,
      inputs: [uniform([2, 4, 3]), int64(1)],
      attributes: { exclusive, reverse },
      batched: [0],
    }),
  ),
);

export const indexingRows: readonly Row[] = [
  ...cumulative,
  {
    operator: 'CumSum',
    name: 'the last axis, counted from the end',
    inputs: [uniform([2, 5]), int64(-1)],
    batched: [0],
  },
  ...(
    [
      ['time first', [4, 3, 2], [4, 1, 3], { time_axis: 0, batch_axis: 1 }],
      ['the batch first', [3, 4, 2], [2, 4, 3], { time_axis: 1, batch_axis: 0 }],
    ] as const
  ).map(
    ([name, dims, lengths, attributes]): Row => ({
      operator: 'ReverseSequence',
      name,
      inputs: [uniform(dims), int64(lengths)],
      attributes,
    }),
  ),
  { operator: 'Trilu', name: 'the upper triangle', inputs: [uniform([2, 3, 4])], batched: [0] },
  {
    operator: 'Trilu',
    name: 'the lower triangle, without the diagonal',
    inputs: [uniform([2, 4, 3]), int64(-1)],
    attributes: { upper: 0 },
    batched: [0],
  },
  {
    operator: 'TopK',
    name: 'of the last axis',
    inputs: [distinct([2, 5]), int64([3])],
    outputCount: 2,
    batched: [0],
  },
  {
    operator: 'TopK',
    name: 'the smallest of an axis',
    inputs: [distinct([2, 5, 3]), int64([2])],
    attributes: { axis: 1, largest: 0 },
    outputCount: 2,
    batched: [0],
  },
  gatherND('elements', [2, 3], int64([0, 1, 1, 2, 1, 2], [3, 2])),
  gatherND('slices, negative and repeated', [3, 2, 2], int64([-1, 0, -1], [3, 1])),
  gatherND('within each of a batch', [2, 3, 2], int64([1, 1, 0, 2], [2, 2, 1]), { batch_dims: 1 }),
  gatherND('within each of two axes', [2, 2, 3], int64([1, 0, 2, 2], [2, 2, 1]), { batch_dims: 2 }),
  ...['none', 'add', 'mul'].flatMap((reduction) => scatter(reduction, false)),
  ...['add', 'mul'].flatMap((reduction) => scatter(reduction, true)),
  {
    operator: 'ScatterElements',
    name: 'the first axis',
    inputs: [uniform([3, 2]), int64([2, 0], [1, 2]), uniform([1, 2])],
    ...linear,
  },
];
