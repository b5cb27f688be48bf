import { matMul, reshape, shape, sum, transpose } from '../building/expressions.js';
import { UnsupportedOperatorError } from '../errors.js';
import { readString } from '../graph/attributes.js';
import { describeShape, type Shape } from '../graph/shape.js';
import type { Value } from '../graph/value.js';
import { shapeHeldBy } from '../shapes/held.js';
import { blockSize, keepsAxis, resizeMatrix } from '../shapes/resampling.js';
import { float32 } from '../tensor.js';
import { type GradientContext, type GradientRule, required } from './rule.js';

/** Sizes for a reshape, of which one may be told when the graph runs. */
function sizesOf(context: GradientContext, shape: Shape): number[] {
  if (shape.filter((size) => typeof size === 'string').length > 1) {
    const { operator, name } = context.node;
    throw new UnsupportedOperatorError(
      operator,
      name,
      `of the sizes ${describeShape(shape)} one may be unknown.`,
    );
  }
  return shape.map((size) => (typeof size === 'number' ? size : -1));
}

/** The copies of each element side by side, then summed. */
export const tileBack: GradientRule = (context) => {
  const x = required(context, 0);
  const repeats = shapeHeldBy(required(context, 1));
  if (!repeats?.every((times) => typeof times === 'number')) {
    throw new UnsupportedOperatorError(
      'Tile',
      context.node.name,
      'its repeats must be known before the graph runs.',
    );
  }
  const pairs = x.knownShape.flatMap((size, i) => [repeats[i] ?? 1, size]);
  const copies = x.knownShape.map((_, axis) => 2 * axis);
  return [sum(reshape(context.dy, sizesOf(context, pairs)), copies, false)];
};

/** Every element has one place: they go back. In mode DCR the block's place is in front of the channel, in CRD behind. */
export const depthToSpaceBack: GradientRule = (context) => {
  const { dy, node } = context;
  const x = required(context, 0);
  const blocksize = blockSize(node);
  if (readString(node.attributes, 'mode', 'DCR') === 'DCR') {
    return [context.graph.apply('SpaceToDepth', [dy], { blocksize })];
  }
  const [batch = 1, channels = 1, height = 1, width = 1] = x.knownShape;
  const depth = (channels as number) / blocksize ** 2;
  const split = reshape(dy, sizesOf(context, [batch, depth, height, blocksize, width, blocksize]));
  return [reshape(transpose(split, [0, 1, 3, 5, 2, 4]), shape(x))];
};

export const spaceToDepthBack: GradientRule = ({ graph, node, dy }) => [
  graph.apply('DepthToSpace', [dy], { blocksize: blockSize(node) }),
];

/** Resizing multiplies each axis by a matrix; its gradient multiplies by the transposed one. */
export const resizeBack: GradientRule = (context) => {
  const { node } = context;
  const x = required(context, 0);
  let gradient = context.dy;
  for (const [axis, from] of x.knownShape.entries()) {
    const to = gradient.knownShape[axis];
    if (to !== undefined && keepsAxis(node, axis, from, to)) continue;
    if (typeof from === 'string' || typeof to !== 'number') {
      throw new UnsupportedOperatorError(
        'Resize',
        node.name,
        `the size "${from}" of axis ${axis} must be known.`,
      );
    }
    gradient = multiplyAxis(context, gradient, axis, [to, from], resizeMatrix(node, axis, from, to));
  }
  return [gradient];
};

/** Multiplies an axis of `to` elements by the transposed matrix `(to, from)`. */
function multiplyAxis(
  context: GradientContext,
  gradient: Value,
  axis: number,
  [to, from]: readonly [number, number],
  matrix: Float32Array,
): Value {
  const { graph, knownShape: sizes } = gradient;
  if (axis === gradient.rank - 1) {
    return matMul(gradient, graph.constant(float32(matrix, [to, from]), 'resize'));
  }
  const columns = new Float32Array(matrix.length);
  for (let i = 0; i < from; i++) {
    for (let place = 0; place < to; place++) columns[i * to + place] = matrix[place * from + i] as number;
  }
  const transposed = graph.constant(float32(columns, [from, to]), 'resize');
  const after = sizes.slice(axis + 1);
  const flat = sizesOf(context, [
    ...sizes.slice(0, axis + 1),
    sizesOf(context, after).reduce((a, b) => a * b, 1),
  ]);
  const product = matMul(transposed, reshape(gradient, flat));
  return reshape(product, sizesOf(context, sizes.with(axis, from)));
}
