import { add, cast, mul, reshape, slice, where } from '../building/expressions.js';
import type { Graph } from '../building/graph.js';
import { readInt, readInts } from '../graph/attributes.js';
import type { Shape } from '../graph/shape.js';
import type { Node, Value } from '../graph/value.js';
import { isOperator } from '../operators/catalogue.js';
import { readWindow, windowCount } from '../shapes/windows.js';
import { elementCount, float32, int64 } from '../tensor.js';
import { removeUnused } from './remove-unused.js';

/** Which poolings are written so (`bench/pooling-places.mjs`). */
export interface PlacesLimits {
  /** A window with more elements takes so many passes that little or nothing is gained. */
  readonly mostElements: number;
  /** With fewer windows in a map, rows of a few numbers are compared, one after the other. */
  readonly leastWindows: number;
}

const whereItPays: PlacesLimits = { mostElements: 6, leastWindows: 16 };

/** Places are counted in float32, which holds every whole number up to here. */
const mostPlaces = 2 ** 24;

/**
 * Finds the indices of maximum pooling by comparing maxima. ONNX Runtime's processor kernel for `MaxPool` with indices goes
 * through the windows one number at a time, the one without does not: a few of the latter, and comparisons of what they
 * give, take two to three quarters of its time, or less. The first of equals is found, as by the operator.
 *
 * @returns the graph itself where it asks for no such indices.
 */
export function placesByComparison(graph: Graph, limits = whereItPays): Graph {
  if (!graph.nodes.some((node) => poolingOf(node, limits) !== undefined)) return graph;
  const rewritten = removeUnused(graph, (node, [x]) => byComparison(node, x, limits));
  // Whoever runs it feeds the others too.
  for (const { name, shape, type } of graph.inputs) {
    if (!rewritten.values.has(name)) rewritten.input(name, shape, type);
  }
  return rewritten;
}

function byComparison(node: Node, x: Value | undefined, limits: PlacesLimits): Value[] | undefined {
  const pooling = poolingOf(node, limits);
  if (pooling === undefined || x === undefined) return undefined;
  return x.graph.within(node.name, () => {
    const largest = maximaOf(x, pooling, ...pooling.kernel);
    return [largest, placesOf(x, largest, pooling)];
  });
}

/** Windows over maps of one or two axes; one axis counts as a row. All but the batch is known. */
interface Pooling {
  readonly channels: number;
  /** Of a map. */
  readonly sizes: readonly [number, number];
  /** Of a window. */
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  /** How many windows there are along each axis. */
  readonly places: readonly [number, number];
}

/** `undefined` for nodes without indices, and for windows that are padded, dilated, large, few, or reach beyond the map. */
function poolingOf(node: Node, { mostElements, leastWindows }: PlacesLimits): Pooling | undefined {
  const { inputs, outputs, attributes } = node;
  const [x] = inputs;
  if (!isOperator(node, 'MaxPool') || outputs.length < 2 || x?.type !== 'float32') return undefined;
  const [, channels, ...sizes] = x.shape ?? [];
  const kernel = readInts(attributes, 'kernel_shape') ?? [];
  if (typeof channels !== 'number' || !areNumbers(sizes) || kernel.length > 2) return undefined;
  const window = readWindow(attributes, kernel, sizes);
  const { strides, dilations, padBegin, padEnd } = window;
  const places = sizes.map((size, axis) => windowCount(size, window, axis) as number);
  const isPlain =
    readInt(attributes, 'storage_order', 0) === 0 &&
    [...padBegin, ...padEnd].every((amount) => amount === 0) &&
    dilations.every((step) => step === 1);
  const lasts = places.map((count, axis) => (count - 1) * (strides[axis] ?? 1) + (kernel[axis] ?? 1));
  const isWithin =
    lasts.every((last, axis) => last <= (sizes[axis] ?? 0)) && elementCount(sizes) <= mostPlaces;
  const pays = elementCount(kernel) <= mostElements && elementCount(places) >= leastWindows;
  if (!isPlain || !isWithin || !pays) return undefined;
  return {
    channels,
    sizes: asTwo(sizes),
    kernel: asTwo(kernel),
    strides: asTwo(strides),
    places: asTwo(places),
  };
}

function areNumbers(sizes: Shape): sizes is readonly number[] {
  return sizes.every((size) => typeof size === 'number');
}

function asTwo(list: readonly number[]): readonly [number, number] {
  return [list.at(-2) ?? 1, list.at(-1) ?? 1];
}

/**
 * The maximum of a window's first rows is below that of the whole window exactly as long as the row of its first maximum
 * is not among them. With the rows up to that one, the same tells its column.
 */
function placesOf(x: Value, largest: Value, pooling: Pooling): Value {
  const { kernel, sizes } = pooling;
  const [rows, columns] = kernel;
  const below = Array.from({ length: rows - 1 }, (_, row) =>
    less(maximaOf(x, pooling, row + 1, columns), largest),
  );
  const right = Array.from({ length: columns - 1 }, (_, column) => {
    const upTo = (row: number) => maximaOf(x, pooling, row + 1, column + 1);
    return less(
      below.reduce((chosen, isBelow, row) => where(isBelow, upTo(row + 1), chosen), upTo(0)),
      largest,
    );
  });
  const counted = (steps: readonly Value[], by: number): Value[] =>
    steps.map((step) => (by === 1 ? cast(step, 'float32') : mul(cast(step, 'float32'), by)));
  const inMap = [...counted(below, sizes[1]), ...counted(right, 1)].reduce(add, firstPlaces(x, pooling));
  const { shape } = largest;
  // The maps are as many as the batch has, which their number alone does not tell.
  return x.graph.apply(
    'Add',
    [cast(inMap, 'int64'), mapPlaces(x, pooling)],
    {},
    { like: { type: 'int64', shape } },
  );
}

function less(a: Value, b: Value): Value {
  return a.graph.apply('Less', [a, b]);
}

/** The maximum of each window's first rows and columns. */
function maximaOf(x: Value, { strides, places }: Pooling, rows: number, columns: number): Value {
  const axes = x.rank - 2;
  const kernel = [rows, columns].slice(-axes);
  // With a default written out it is not the forward pass's own: ONNX Runtime would merge them, and keep what that one gave.
  const window = { kernel_shape: kernel, strides: strides.slice(-axes), storage_order: 0 };
  const maxima = x.graph.apply('MaxPool', [x], window);
  // The smaller window may fit once more.
  const wanted = places.slice(-axes);
  if (maxima.knownShape.slice(2).every((size, i) => size === wanted[i])) return maxima;
  return slice(
    maxima,
    wanted.map(() => 0),
    wanted,
    wanted.map((_, axis) => axis + 2),
  );
}

/** Where each window begins in its map. */
function firstPlaces({ graph, rank }: Value, { sizes, strides, places }: Pooling): Value {
  const [down, across] = places;
  const begins = Float32Array.from(
    { length: down * across },
    (_, i) => Math.floor(i / across) * strides[0] * sizes[1] + (i % across) * strides[1],
  );
  return graph.constant(float32(begins, [1, 1, ...places.slice(2 - rank)]), 'begins');
}

/** Where each map begins among all of them. */
function mapPlaces(x: Value, { channels, sizes }: Pooling): Value {
  const { graph } = x;
  const scalar = (value: number) => graph.constant(int64([value], []));
  const begins = graph.apply('Range', [scalar(0), graph.apply('Size', [x]), scalar(elementCount(sizes))]);
  return reshape(begins, [-1, channels, ...x.knownShape.slice(2).map(() => 1)]);
}
