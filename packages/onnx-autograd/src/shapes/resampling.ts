import { GraphError } from '../errors.js';
import { readFloat, readInt, readString } from '../graph/attributes.js';
import { derivedSize } from '../graph/derived-size.js';
import { type Dimension, describeShape, product, quotient, symbol } from '../graph/shape.js';
import { shapeHeldBy } from './held.js';
import { input, type NodeDraft, type ShapeRule } from './rule.js';

export const tile: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const repeats = shapeHeldBy(input(node, 1));
  return [{ type, shape: repeats && x.map((size, i) => product([size, repeats[i] ?? 1])) }];
};

/** Side of the blocks that `DepthToSpace` lays out and `SpaceToDepth` gathers. */
export function blockSize(node: Pick<NodeDraft, 'attributes'>): number {
  return readInt(node.attributes, 'blocksize', 1);
}

/** A size divided by a whole number, or an error that names operator and sizes. */
function divided(node: NodeDraft, size: Dimension, by: number): Dimension {
  const found = quotient(size, by);
  if (found !== undefined) return found;
  const shape = describeShape(node.inputs[0]?.shape);
  throw new GraphError(
    `${node.operator} (node "${node.name}"): ${size} of ${shape} is no multiple of ${by}.`,
  );
}

export const depthToSpace: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const block = blockSize(node);
  const [batch = 1, depth = 1, ...spatial] = x;
  const channels = divided(node, depth, block * block);
  return [{ type, shape: [batch, channels, ...spatial.map((size) => product([size, block]))] }];
};

export const spaceToDepth: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const block = blockSize(node);
  const [batch = 1, depth = 1, ...spatial] = x;
  const shape = [
    batch,
    product([depth, block * block]),
    ...spatial.map((size) => divided(node, size, block)),
  ];
  return [{ type, shape }];
};

/** Whether a `Resize` leaves an axis of that size as it is. */
export function keepsAxis(
  node: Pick<NodeDraft, 'inputs' | 'name'>,
  axis: number,
  from: Dimension,
  to: Dimension,
): boolean {
  return from === to && (scaleAlong(node, axis) ?? 1) === 1;
}

/** The scale of an axis; `undefined` where a `Resize` names sizes instead. */
function scaleAlong({ inputs, name }: Pick<NodeDraft, 'inputs' | 'name'>, axis: number): number | undefined {
  const [, , scales] = inputs;
  if (scales === undefined || scales.shape?.includes(0)) return undefined;
  const scale = shapeHeldBy(scales)?.[axis];
  if (typeof scale === 'number') return scale;
  throw new GraphError(
    `Resize (node "${name}"): the scale of axis ${axis} must be known before the graph runs.`,
  );
}

/** The scales of all axes that a `Resize` names, and the sizes it names, as far as they are known. */
function resizeTargets(node: Pick<NodeDraft, 'inputs'>) {
  const [, , scales, sizes] = node.inputs;
  const held = (value: typeof scales) => {
    const list = value && shapeHeldBy(value);
    return list?.length ? list : undefined;
  };
  return { scales: held(scales), sizes: held(sizes) };
}

export const resize: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const { scales, sizes } = resizeTargets(node);
  if (sizes) return [{ type, shape: sizes }];
  if (scales === undefined) return [{ type, shape: undefined }];
  const shape = x.map((size, i): Dimension => {
    const scale = scales[i];
    if (typeof scale !== 'number') return symbol(`resizedBy(${size},${node.name})`);
    return Number.isInteger(scale) ? product([size, scale]) : derivedSize('resized', size, scale);
  });
  return [{ type, shape }];
};

/**
 * The matrix `(to, from)`, row-major, by which a `Resize` multiplies an axis of `from` elements to get `to`: all its modes
 * are such products, an axis after the other.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Resize.html
 */
export function resizeMatrix(
  node: Pick<NodeDraft, 'inputs' | 'attributes' | 'name'>,
  axis: number,
  from: number,
  to: number,
): Float32Array {
  const scale = scaleAlong(node, axis) ?? to / from;
  if (from * to > 2 ** 24) {
    throw new GraphError(`Resize: the matrix from ${from} to ${to} elements of an axis is too large.`);
  }
  const weights = placeWeights(node, from);
  const matrix = new Float32Array(to * from);
  // Sums in double precision, rounded once.
  const row = new Float64Array(from);
  for (let place = 0; place < to; place++) {
    row.fill(0);
    for (const [index, weight] of weights(sourcePlace(node, place, scale, from, to))) {
      row[index] = (row[index] ?? 0) + weight;
    }
    matrix.set(row, place * from);
  }
  return matrix;
}

/** Where an output place lies among the input's places, in single precision as ONNX Runtime: which is nearest depends on it. */
function sourcePlace(
  node: Pick<NodeDraft, 'attributes'>,
  place: number,
  scale: number,
  from: number,
  to: number,
): number {
  const mode = readString(node.attributes, 'coordinate_transformation_mode', 'half_pixel');
  switch (mode) {
    case 'half_pixel':
      return Math.fround(Math.fround((place + 0.5) / scale) - 0.5);
    case 'pytorch_half_pixel':
      return to > 1 ? Math.fround(Math.fround((place + 0.5) / scale) - 0.5) : 0;
    case 'align_corners':
      return to > 1 ? Math.fround((place * (from - 1)) / (to - 1)) : 0;
    case 'asymmetric':
      return Math.fround(place / scale);
    default:
      throw new GraphError(`Resize: coordinate_transformation_mode "${mode}" is not known here.`);
  }
}

type Weights = (at: number) => [index: number, weight: number][];

/** Which input places an output place is made of, and by how much of each. */
function placeWeights({ attributes }: Pick<NodeDraft, 'attributes'>, length: number): Weights {
  const inside = (index: number) => Math.min(Math.max(index, 0), length - 1);
  const mode = readString(attributes, 'mode', 'nearest');
  switch (mode) {
    case 'nearest': {
      const round = nearest(readString(attributes, 'nearest_mode', 'round_prefer_floor'));
      return (at) => [[inside(round(at)), 1]];
    }
    case 'linear':
      return (at) => {
        const low = Math.floor(inside(at));
        const rest = inside(at) - low;
        return [
          [low, 1 - rest],
          [inside(low + 1), rest],
        ];
      };
    case 'cubic': {
      const a = readFloat(attributes, 'cubic_coeff_a', -0.75);
      const excluded = readInt(attributes, 'exclude_outside', 0) === 1;
      return (at) => {
        const low = Math.floor(at);
        const taps = [-1, 0, 1, 2].map((k) => [low + k, cubic(Math.abs(at - low - k), a)] as const);
        const used = excluded ? taps.filter(([index]) => index === inside(index)) : taps;
        const total = used.reduce((sum, [, weight]) => sum + weight, 0);
        return used.map(([index, weight]) => [inside(index), excluded ? weight / total : weight]);
      };
    }
    default:
      throw new GraphError(`Resize: mode "${mode}" is not known here.`);
  }
}

function nearest(mode: string): (at: number) => number {
  switch (mode) {
    case 'round_prefer_floor':
      return (at) => Math.ceil(at - 0.5);
    case 'round_prefer_ceil':
      return (at) => Math.floor(at + 0.5);
    case 'floor':
      return Math.floor;
    case 'ceil':
      return Math.ceil;
    default:
      throw new GraphError(`Resize: nearest_mode "${mode}" is not known here.`);
  }
}

/** The cubic convolution kernel (Keys 1981) at a distance. */
function cubic(distance: number, a: number): number {
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance ** 2 + 1;
  if (distance < 2) return ((distance - 5) * distance + 8) * distance * a - 4 * a;
  return 0;
}
