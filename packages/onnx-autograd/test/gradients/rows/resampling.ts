import type { Attributes } from '../../../src/graph/attributes.js';
import { float } from '../../../src/graph/attributes.js';
import { float32, int64 } from '../../../src/tensor.js';
import { type Row, uniform } from '../row.js';

/** To sizes, or by scales if one of them is no whole number. Piecewise linear: a large step is exact. */
function resize(name: string, dims: readonly number[], to: readonly number[], attributes: Attributes): Row {
  const byScale = to.some((scale) => !Number.isInteger(scale)) || to[0] === 1;
  const target = byScale ? [undefined, float32(to)] : [undefined, undefined, int64(to)];
  const inputs = [uniform(dims), ...target];
  const batched = byScale ? [0] : [];
  return { operator: 'Resize', name, inputs, attributes, batched, precision: 'float32' };
}

const transformations = ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric'];
const roundings = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'];

export const resamplingRows: readonly Row[] = [
  { operator: 'Tile', name: 'two axes', inputs: [uniform([2, 3, 2]), int64([1, 2, 3])], batched: [0] },
  { operator: 'Tile', name: 'the batch', inputs: [uniform([2, 3]), int64([3, 1])] },
  ...['DCR', 'CRD'].map(
    (mode): Row => ({
      operator: 'DepthToSpace',
      name: mode,
      inputs: [uniform([2, 8, 2, 3])],
      attributes: { blocksize: 2, mode },
      batched: [0],
    }),
  ),
  {
    operator: 'SpaceToDepth',
    name: 'blocks of 2',
    inputs: [uniform([2, 3, 4, 6])],
    attributes: { blocksize: 2 },
    batched: [0],
  },
  ...transformations.flatMap((coordinate_transformation_mode) => [
    resize(`linear, ${coordinate_transformation_mode}, larger`, [1, 2, 3, 4], [1, 1, 2.5, 2], {
      mode: 'linear',
      coordinate_transformation_mode,
    }),
    resize(`linear, ${coordinate_transformation_mode}, smaller`, [2, 2, 6, 5], [2, 2, 4, 3], {
      mode: 'linear',
      coordinate_transformation_mode,
    }),
    resize(`cubic, ${coordinate_transformation_mode}`, [2, 1, 4, 5], [2, 1, 7, 8], {
      mode: 'cubic',
      coordinate_transformation_mode,
    }),
    ...roundings.map((nearest_mode) =>
      resize(`nearest, ${coordinate_transformation_mode}, ${nearest_mode}`, [1, 2, 4, 5], [1, 1, 2, 1.6], {
        mode: 'nearest',
        coordinate_transformation_mode,
        nearest_mode,
      }),
    ),
  ]),
  resize('cubic, other coefficient, outside excluded', [1, 1, 4, 5], [1, 1, 1.5, 2], {
    mode: 'cubic',
    cubic_coeff_a: float(-0.5),
    exclude_outside: 1,
  }),
  resize('one-dimensional', [1, 2, 5], [1, 1, 2], { mode: 'linear' }),
];
