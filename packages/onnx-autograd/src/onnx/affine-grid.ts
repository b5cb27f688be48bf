import { cast, fusedMatMul } from '../building/expressions.js';
import { OnnxFormatError } from '../errors.js';
import { readInt } from '../graph/attributes.js';
import { shapeHeldBy } from '../shapes/held.js';
import { float32, int64 } from '../tensor.js';
import { first, type Lowering } from './draft.js';

/** `AffineGrid` of opset 20: the places of a map, from -1 to 1 along each axis, turned and moved by a matrix a sample. */
export const affineGrid: Lowering = (draft) => {
  const [, size] = draft.inputs;
  const matrices = first(draft);
  const spatial = (size && shapeHeldBy(size))?.slice(2);
  if (!spatial?.every((length) => typeof length === 'number')) {
    throw new OnnxFormatError('AffineGrid: its sizes must be known before the graph runs.');
  }
  const isAtCorners = readInt(draft.attributes, 'align_corners', 0) === 1;
  const along = (length: number) =>
    Array.from({ length }, (_, i) => {
      if (!isAtCorners) return (2 * i + 1) / length - 1;
      return length === 1 ? 0 : (2 * i) / (length - 1) - 1;
    });
  // A row a place: the last axis comes first, and behind all of them a 1 for what is added.
  const places = spatial
    .map(along)
    .reduce<number[][]>((rows, axis) => rows.flatMap((row) => axis.map((at) => [at, ...row])), [[]]);
  const { graph, type } = matrices;
  const rows = places.map((row) => [...row, 1]);
  const grid = graph.constant(float32(rows.flat(), [1, rows.length, spatial.length + 1]), 'grid');
  const made = fusedMatMul(type === 'float32' ? grid : cast(grid, type), matrices, { transB: 1 });
  const sizes = graph.constant(int64([-1, ...spatial, spatial.length]), 'sizes');
  return [{ ...draft, operator: 'Reshape', inputs: [made, sizes], attributes: {} }];
};
