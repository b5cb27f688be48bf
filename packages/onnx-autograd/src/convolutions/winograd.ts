import { conv, fusedMatMul, matMul, pad, reshape, slice, transpose } from '../building/expressions.js';
import { type Dimension, staticSizes } from '../graph/shape.js';
import { type GraphBuilder, sizeAt, type Value } from '../graph/value.js';
import { float32, int64 } from '../tensor.js';

/**
 * Winograd's minimal filtering F(4 x 4, 3 x 3): tiles of 4 x 4 outputs, each from 6 x 6 inputs, with 36 products where
 * the direct form takes 144. Each of the three convolutions of a training step is 36 matrix products over the channels,
 * one a point at which the polynomials are evaluated, between transforms that are convolutions with constant filters.
 *
 * Errors are a few times those of the direct form (1e-6 where that has 3e-7).
 * @see Lavin and Gray 2016, Fast Algorithms for Convolutional Neural Networks, arXiv 1509.09308
 */

/** Outputs of a tile along each axis. */
const tile = 4;
/** The finite points; the last one is infinity. These lose least to rounding: half of what 0, 1, -1, 2 and -2 do. */
const finite = [0, Math.SQRT1_2, -Math.SQRT1_2, Math.SQRT2, -Math.SQRT2];
const points = finite.length + 1;

/**
 * The three convolutions of a step in this form, for one graph. The transform of a layer's input is computed again for
 * the filter's gradient: kept, it would be more than twice the memory of the input, and no time is gained.
 */
export class Winograd {
  readonly #transforms = transforms();
  readonly #constants = new Map<string, Value>();

  /** `conv(x, filter)`, 3 x 3 with padding 1: `(batch, in, h, w)` and `(out, in, 3, 3)` to `(batch, out, h, w)`. */
  forward(x: Value, filter: Value): Value {
    return this.#maps(matMul(this.#filterPoints(filter, 'filter'), this.#inputPoints(x)), x);
  }

  /** The gradient of the input: a convolution of `dy` with the filter turned by 180 degrees, its channels exchanged. */
  inputGradient(dy: Value, filter: Value): Value {
    const products = fusedMatMul(this.#filterPoints(filter, 'turned'), this.#inputPoints(dy), { transA: 1 });
    return this.#maps(products, dy);
  }

  /** The gradient of the filter, `(out, in, 3, 3)`. */
  filterGradient(dy: Value, x: Value): Value {
    const [out, channels] = [dy, x].map((value) => value.knownShape[1]) as [number, number];
    const sums = fusedMatMul(this.#gradientPoints(dy), this.#inputPoints(x), { transB: 1 });
    const flat = reshape(sums, [areaOfPoints, out * channels]);
    const filter = fusedMatMul(flat, this.#matrix(dy.graph, 'filter', [areaOfPoints, 9]), { transA: 1 });
    return reshape(filter, [out, channels, 3, 3]);
  }

  /** Overlapping tiles of 6 x 6 at their points, `(36, channels, batch * tiles)`. */
  #inputPoints(x: Value): Value {
    const width = sizeAt(x, 3);
    const right = tilesOf(x).across * tile + 1 - width;
    const filters = this.#matrix(x.graph, 'input', [areaOfPoints, 1, points, points]);
    return tilesAtPoints(x, 1, filters, [0, 1, 2, right]);
  }

  /** Tiles of 4 x 4 of an output's gradient at the points: the output's transform, transposed. */
  #gradientPoints(dy: Value): Value {
    const right = tilesOf(dy).across * tile - sizeAt(dy, 3);
    const filters = this.#matrix(dy.graph, 'gradient', [areaOfPoints, 1, tile, tile]);
    return tilesAtPoints(dy, 0, filters, [0, 0, 0, right]);
  }

  /** A filter at the points: `(36, out, in)`. */
  #filterPoints(filter: Value, kind: 'filter' | 'turned'): Value {
    const [out, channels] = staticSizes(filter.knownShape, 'Conv') as [number, number];
    const values = this.#matrix(filter.graph, kind, [areaOfPoints, 9]);
    const transform = fusedMatMul(values, reshape(filter, [out * channels, 9]), { transB: 1 });
    return reshape(transform, [areaOfPoints, out, channels]);
  }

  /** Products at the points, `(36, channels, batch * tiles)`, back to maps of the size of `like`. */
  #maps(products: Value, like: Value): Value {
    const [batch, , height, width] = like.knownShape as [Dimension, Dimension, number, number];
    const { down, across } = tilesOf(like);
    const channels = sizeAt(products, 1);
    const back = this.#matrix(like.graph, 'output', [tile * tile, areaOfPoints]);
    // Each tile's outputs side by side: rows of tiles are then exchanged four numbers at a time.
    const outputs = fusedMatMul(reshape(products, [areaOfPoints, -1]), back, { transA: 1, transB: 1 });
    const placed = reshape(outputs, [channels, -1, down, across, tile, tile]);
    const turned = transpose(placed, [1, 0, 2, 4, 3, 5]);
    const shape = [batch, channels, down * tile, across * tile];
    const sizes = shape.map((size) => (typeof size === 'number' ? size : -1));
    const { graph, type } = turned;
    const inputs = [turned, graph.constant(int64(sizes), 'sizes')];
    // Through the tall maps nothing tells that the rest is the batch again.
    const whole = graph.apply('Reshape', inputs, {}, { like: { type, shape } });
    return slice(whole, [0, 0], [height, width], [2, 3]);
  }

  #matrix(graph: GraphBuilder, kind: keyof ReturnType<typeof transforms>, dims: readonly number[]): Value {
    const key = `${kind} ${dims.join(' ')}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const made = graph.constant(float32(alongBothAxes(this.#transforms[kind]), dims), `winograd_${kind}`);
    this.#constants.set(key, made);
    return made;
  }
}

const areaOfPoints = points * points;

/**
 * The transforms along one axis, by Lagrange's interpolation (Toom and Cook): a polynomial is told by its values at the
 * points, and its values at the points are products of those of its factors.
 */
function transforms() {
  const others = (point: number) => finite.filter((other) => other !== point);
  const powers = (point: number, count: number) =>
    Array.from({ length: count }, (_, power) => point ** power);
  const weights = finite.map((point) => others(point).reduce((total, other) => total * (point - other), 1));
  const input = [...finite.map((point) => [...withRoots(others(point)), 0]), withRoots(finite)];
  const filter = [...finite.map((point, i) => powers(point, 3).map((x) => x / (weights[i] ?? 1))), [0, 0, 1]];
  const gradient = [...finite.map((point) => powers(point, tile)), powers(0, tile).toReversed()];
  const output = Array.from({ length: tile }, (_, i) => gradient.map((row) => row[i] as number));
  return { input, filter, turned: filter.map((row) => row.toReversed()), output, gradient };
}

/** The coefficients of the polynomial with these roots, that of the highest power being 1. */
function withRoots(roots: readonly number[]): number[] {
  let polynomial = [1];
  for (const root of roots) {
    const [shifted, scaled] = [
      [0, ...polynomial],
      [...polynomial, 0],
    ];
    polynomial = shifted.map((coefficient, i) => coefficient - root * (scaled[i] as number));
  }
  return polynomial;
}

/** The transform along both axes, for a tile written as one row of numbers. */
function alongBothAxes(m: readonly (readonly number[])[]): number[] {
  return m.flatMap((row) => m.flatMap((column) => row.flatMap((a) => column.map((b) => a * b))));
}

/** Tiles along each axis. One row more than the maps have is left free: the padding between a map and the next. */
function tilesOf(maps: Value): { down: number; across: number } {
  const [height, width] = staticSizes(maps.knownShape.slice(2), 'Conv') as [number, number];
  return { down: Math.ceil((height + 1) / tile), across: Math.ceil(width / tile) };
}

/**
 * All maps on top of each other as one tall map, channel by channel, each with `above` rows of zeros above it: a
 * convolution with a step of one tile then writes each point's tiles side by side.
 */
function tilesAtPoints(maps: Value, above: number, filters: Value, pads: readonly number[]): Value {
  const [height, width] = staticSizes(maps.knownShape.slice(2), 'Conv') as [number, number];
  const below = tilesOf(maps).down * tile - above - height;
  const padded = pad(maps, [0, 0, above, 0], [0, 0, below, 0]);
  const tall = reshape(transpose(padded, [1, 0, 2, 3]), [1, 1, -1, width]);
  const tiles = conv(tall, filters, undefined, { strides: [tile, tile], pads });
  return reshape(tiles, [areaOfPoints, sizeAt(maps, 1), -1]);
}
