import * as e from '../../src/expressions.js';
import { float } from '../../src/graph/attributes.js';
import type { Graph, Value } from '../../src/graph/graph.js';
import type { Random } from '../../src/random.js';
import { int64, type Tensor } from '../../src/tensor.js';

/** What a move may use: the graph that grows, and chance. Everything else follows from the seed. */
export interface Growth {
  readonly graph: Graph;
  readonly random: Random;
  /** ONNX Runtime's CPU has no double kernels for some operators: `double` asks for a formula in their place. */
  readonly double: boolean;
  /** The sizes of a value, the batch's too. */
  sizes(value: Value): number[];
  /** A parameter with numbers around zero, of about the given deviation; it is differentiated too. */
  parameter(dims: readonly number[], deviation?: number, mean?: number): Value;
  constant(numbers: readonly number[], dims: readonly number[]): Value;
  /** Some earlier value of the shape, or of one that broadcasts to it. */
  other(value: Value): Value;
}

export interface Move {
  readonly operator: string;
  /** Whether it can be made on a value of these sizes. */
  suits(sizes: readonly number[]): boolean;
  make(growth: Growth, x: Value): Value;
}

const any = () => true;
const isMap = (sizes: readonly number[]) => sizes.length === 3 || sizes.length === 4;
const isLarge = (sizes: readonly number[]) => isMap(sizes) && sizes.slice(2).every((size) => size >= 2);
const hasAxes = (sizes: readonly number[]) => sizes.length >= 2;
const axesOf = (growth: Growth, x: Value) => growth.sizes(x).map((_, axis) => axis);
const integers = (graph: Graph, list: readonly number[]) => graph.constant(int64(list), 'list');

/** An elementwise function, in double precision as a formula where there is no kernel. */
const unary = (operator: string, make: (x: Value) => Value, formula: (x: Value) => Value = make): Move => ({
  operator,
  suits: any,
  make: ({ double }, x) => (double ? formula(x) : make(x)),
});

const one = (x: Value, operator: string, attributes = {}) => x.graph.apply(operator, [x], attributes);
/** Above a half, whatever x is: for functions that are not defined everywhere. */
const positive = (x: Value) => e.add(e.square(e.tanh(x)), 0.5);
const between = (x: Value, low: number, high: number) =>
  x.graph.apply('Clip', [x, limit(x, low), limit(x, high)]);
const limit = ({ graph, type }: Value, at: number) =>
  graph.constant({
    type,
    dims: [],
    data: type === 'float64' ? Float64Array.of(at) : Float32Array.of(at),
  } as Tensor);

const elementwise: readonly Move[] = [
  unary('Relu', e.relu),
  unary('Sigmoid', e.sigmoid),
  unary('Tanh', e.tanh),
  unary('Abs', e.abs),
  unary('Neg', e.neg),
  unary('Sin', e.sin),
  unary('Cos', e.cos),
  unary('Exp', (x) => e.exp(e.tanh(x))),
  unary('Log', (x) => e.log(positive(x))),
  unary('Sqrt', (x) => e.sqrt(positive(x))),
  unary('Reciprocal', (x) => e.reciprocal(positive(x))),
  unary('Clip', (x) => between(x, -0.6, 0.7)),
  unary('Identity', (x) => one(x, 'Identity')),
  unary(
    'LeakyRelu',
    (x) => one(x, 'LeakyRelu', { alpha: float(0.25) }),
    (x) => e.maximum(x, e.mul(x, 0.25)),
  ),
  unary(
    'HardSigmoid',
    (x) => one(x, 'HardSigmoid', { alpha: float(0.25), beta: float(0.5) }),
    (x) => between(e.add(e.mul(x, 0.25), 0.5), 0, 1),
  ),
  unary(
    'HardSwish',
    (x) => one(x, 'HardSwish'),
    (x) => e.mul(x, between(e.add(e.div(x, 6), 0.5), 0, 1)),
  ),
  unary(
    'Elu',
    (x) => one(x, 'Elu'),
    (x) => e.where(e.greater(x, 0), x, e.sub(e.exp(e.sub(x, e.relu(x))), 1)),
  ),
  unary(
    'Softplus',
    (x) => one(x, 'Softplus'),
    (x) => e.log(e.add(e.exp(x), 1)),
  ),
  unary(
    'Softsign',
    (x) => one(x, 'Softsign'),
    (x) => e.div(x, e.add(e.abs(x), 1)),
  ),
];

const binary = (operator: string, make: (x: Value, y: Value) => Value): Move => ({
  operator,
  suits: any,
  make: (growth, x) => {
    const y = growth.random.uniform() < 0.6 ? growth.other(x) : growth.parameter(stretched(growth, x));
    return growth.random.uniform() < 0.5 ? make(x, y) : make(y, x);
  },
});

/** Sizes that broadcast to those of x: some are 1, some leading ones are missing. */
function stretched({ random, sizes }: Growth, x: Value): number[] {
  const own = sizes(x);
  // The batch is stretched: a parameter does not know its size.
  const dims = own.map((size, i) => (i === 0 || random.uniform() < 0.4 ? 1 : size));
  return dims.slice(random.uniform() < 0.5 ? 1 : 0);
}

const broadcasting: readonly Move[] = [
  binary('Add', e.add),
  binary('Sub', e.sub),
  binary('Mul', (x, y) => e.mul(e.tanh(x), y)),
  binary('Div', (x, y) => e.div(x, positive(y))),
  binary('Pow', (x, y) => e.pow(positive(x), e.tanh(y))),
  binary('Max', e.maximum),
  binary('Where', (x, y) => e.where(e.greater(x, 0.1), e.add(x, 0.5), y)),
];

interface Window {
  readonly kernel: number[];
  readonly strides: number[];
  readonly dilations: number[];
  readonly pads: number[];
}

/** That of deep networks, whose convolution has forms of its own. */
const usual: Window = { kernel: [3, 3], strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] };

/** A window that fits: strides, dilations, uneven padding. */
function drawWindow({ random }: Growth, spatial: readonly number[], padded = true): Window {
  const kernel = spatial.map((size) => random.integer(1, Math.min(3, size)));
  const dilations = kernel.map((size, i) =>
    (size - 1) * 2 < (spatial[i] as number) ? random.integer(1, 2) : 1,
  );
  const pads = [...kernel, ...kernel].map((size) => (padded ? random.integer(0, size - 1) : 0));
  return { kernel, strides: kernel.map(() => random.integer(1, 2)), dilations, pads };
}

/** What each place of a window sees, one map a place: padding, then strided slices. */
function taps(x: Value, sizes: readonly number[], { kernel, strides, dilations, pads }: Window): Value[] {
  const rank = kernel.length;
  const padded = e.pad(x, [0, 0, ...pads.slice(0, rank)], [0, 0, ...pads.slice(rank)]);
  const axes = kernel.map((_, i) => i + 2);
  const counts = kernel.map((size, i) => {
    const length = (sizes[i + 2] as number) + (pads[i] as number) + (pads[i + rank] as number);
    return Math.floor((length - (size - 1) * (dilations[i] as number) - 1) / (strides[i] as number)) + 1;
  });
  const places = kernel.reduce<number[][]>(
    (list, size) => list.flatMap((place) => Array.from({ length: size }, (_, k) => [...place, k])),
    [[]],
  );
  return places.map((place) => {
    const first = place.map((k, i) => k * (dilations[i] as number));
    const last = first.map((at, i) => at + ((counts[i] as number) - 1) * (strides[i] as number) + 1);
    return e.slice(padded, first, last, axes, strides);
  });
}

const attributesOf = ({ kernel, strides, dilations, pads }: Window) => ({
  kernel_shape: kernel,
  strides,
  dilations,
  pads,
});

const conv: Move = {
  operator: 'Conv',
  suits: isMap,
  make: (growth, x) => {
    const { random, double, graph } = growth;
    const sizes = growth.sizes(x);
    const [, channels = 1, ...spatial] = sizes;
    const group = random.pick([1, channels]);
    const filters = group * random.integer(1, group > 1 ? 2 : 3);
    const isUsual = spatial.length === 2 && random.integer(1, 3) === 1;
    const window = isUsual ? usual : drawWindow(growth, spatial);
    const dims = [filters, channels / group, ...window.kernel];
    const w = growth.parameter(dims, 1 / Math.sqrt(dims.slice(1).reduce((a, b) => a * b, 1)));
    const bias = growth.parameter([filters]);
    if (!double) return e.conv(x, w, bias, { ...attributesOf(window), group });
    // The sum, over the places of the window, of products of channels.
    const flat = e.reshape(w, [group, filters / group, channels / group, -1]);
    const products = taps(x, sizes, window).map((tap, k) => {
      const grouped = graph.apply('Unsqueeze', [tap, integers(graph, [1])]);
      const split = e.reshape(grouped, [-1, group, channels / group, ...countsOf(growth, tap)]);
      const matrix = e.gather(flat, integers0(graph, k), 3);
      const equation = spatial.length === 1 ? 'ngcx,goc->ngox' : 'ngcxy,goc->ngoxy';
      return graph.apply('Einsum', [split, matrix], { equation });
    });
    const summed = products.reduce((a, b) => e.add(a, b));
    const joined = e.reshape(summed, [-1, filters, ...growth.sizes(summed).slice(3)]);
    return e.add(joined, e.reshape(bias, [1, filters, ...spatial.map(() => 1)]));
  },
};

const countsOf = (growth: Growth, tap: Value) => growth.sizes(tap).slice(2);
const integers0 = (graph: Graph, index: number) => graph.constant(int64(index), 'index');

const pooling: readonly Move[] = [
  {
    operator: 'MaxPool',
    suits: isLarge,
    make: (growth, x) => {
      const window = drawWindow(growth, growth.sizes(x).slice(2));
      return one(x, 'MaxPool', attributesOf(window));
    },
  },
  {
    operator: 'AveragePool',
    suits: isLarge,
    make: (growth, x) => {
      const sizes = growth.sizes(x);
      const window = { ...drawWindow(growth, sizes.slice(2)), dilations: sizes.slice(2).map(() => 1) };
      const { dilations: _, ...attributes } = attributesOf(window);
      if (!growth.double) return one(x, 'AveragePool', { ...attributes, count_include_pad: 1 });
      const seen = taps(x, sizes, window);
      return e.div(
        seen.reduce((a, b) => e.add(a, b)),
        seen.length,
      );
    },
  },
  {
    operator: 'GlobalAveragePool',
    suits: isMap,
    make: (growth, x) => (growth.double ? e.mean(x, axesOf(growth, x).slice(2)) : e.globalAveragePool(x)),
  },
];

const normalization: readonly Move[] = [
  {
    operator: 'BatchNormalization',
    suits: hasAxes,
    make: (growth, x) => {
      const channels = [growth.sizes(x)[1] as number];
      const training = growth.random.uniform() < 0.5;
      const scale = growth.parameter(channels, 0.2, 1);
      const bias = growth.parameter(channels);
      // In training ONNX Runtime (1.30) writes the running statistics over the constants that they start from, which it
      // shares with equal constants elsewhere: another layer must not have the same.
      const own = training ? 0.01 * (1 + growth.graph.nodes.length) : 0;
      const many = (value: number) => growth.constant(new Array(channels[0]).fill(value + own), channels);
      const [y] = x.graph.applyAll(
        'BatchNormalization',
        [x, scale, bias, many(0.1), many(1.5)],
        { training_mode: training ? 1 : 0, epsilon: float(0.1) },
        { outputCount: training ? 3 : 1 },
      );
      return y as Value;
    },
  },
  {
    operator: 'InstanceNormalization',
    suits: isLarge,
    make: (growth, x) => {
      const channels = growth.sizes(x)[1] as number;
      const scale = growth.parameter([channels], 0.2, 1);
      const bias = growth.parameter([channels]);
      const attributes = { epsilon: float(0.1) };
      if (!growth.double) return x.graph.apply('InstanceNormalization', [x, scale, bias], attributes);
      const axes = axesOf(growth, x).slice(2);
      const centred = e.sub(x, e.mean(x, axes));
      const deviation = e.sqrt(e.add(e.mean(e.square(centred), axes), Math.fround(0.1)));
      const along = (value: Value) => e.reshape(value, [1, channels, ...axes.map(() => 1)]);
      return e.add(e.mul(e.div(centred, deviation), along(scale)), along(bias));
    },
  },
  {
    operator: 'Softmax',
    suits: hasAxes,
    make: (growth, x) => e.softmax(x, growth.random.pick(axesOf(growth, x).slice(1))),
  },
  {
    operator: 'LogSoftmax',
    suits: hasAxes,
    make: (growth, x) => e.logSoftmax(x, growth.random.pick(axesOf(growth, x).slice(1))),
  },
];

const layout: readonly Move[] = [
  { operator: 'Flatten', suits: (sizes) => sizes.length > 2, make: (_, x) => e.flatten(x) },
  {
    operator: 'Transpose',
    suits: hasAxes,
    make: (growth, x) => e.transpose(x, [0, ...growth.random.shuffle(axesOf(growth, x).slice(1))]),
  },
  {
    operator: 'Reshape',
    suits: (sizes) => sizes.length > 2,
    make: (growth, x) => e.reshape(x, [0, ...growth.random.shuffle(growth.sizes(x).slice(1))]),
  },
  {
    operator: 'Slice',
    suits: (sizes) => sizes.slice(1).some((size) => size > 2),
    make: (growth, x) => {
      const axis = growth.random.pick(growth.sizes(x).flatMap((size, i) => (i > 0 && size > 2 ? [i] : [])));
      return e.slice(x, [growth.random.integer(0, 1)], [1000], [axis], [growth.random.integer(1, 2)]);
    },
  },
  {
    operator: 'Pad',
    suits: hasAxes,
    make: (growth, x) => {
      const amounts = () =>
        growth.sizes(x).map((size, i) => (i > 0 && size < 6 ? growth.random.integer(0, 1) : 0));
      return e.pad(x, amounts(), amounts());
    },
  },
  {
    operator: 'Concat',
    suits: hasAxes,
    make: (growth, x) => e.concat([x, e.mul(x, -0.5)], growth.random.pick(axesOf(growth, x).slice(1))),
  },
  {
    operator: 'Split',
    suits: (sizes) => sizes.length > 1 && (sizes[1] as number) > 1,
    make: (growth, x) => {
      const size = growth.sizes(x)[1] as number;
      const first = growth.random.integer(1, size - 1);
      const sizes = integers(growth.graph, [first, size - first]);
      const parts = growth.graph.applyAll('Split', [x, sizes], { axis: 1 }, { outputCount: 2 });
      return growth.random.pick(parts);
    },
  },
  {
    operator: 'Gather',
    suits: hasAxes,
    make: (growth, x) => {
      const axis = growth.random.pick(axesOf(growth, x).slice(1));
      const size = growth.sizes(x)[axis] as number;
      const chosen = Array.from({ length: growth.random.integer(1, 3) }, () =>
        growth.random.integer(0, size - 1),
      );
      return e.gather(x, integers(growth.graph, chosen), axis);
    },
  },
];

const products: readonly Move[] = [
  {
    operator: 'MatMul',
    suits: hasAxes,
    make: (growth, x) => {
      const inner = growth.sizes(x).at(-1) as number;
      return e.matMul(x, growth.parameter([inner, growth.random.integer(1, 4)], 1 / Math.sqrt(inner)));
    },
  },
  {
    operator: 'Gemm',
    suits: (sizes) => sizes.length === 2,
    make: (growth, x) => {
      const [, inner = 1] = growth.sizes(x);
      const outer = growth.random.integer(1, 4);
      const transB = growth.random.integer(0, 1);
      const w = growth.parameter(transB ? [outer, inner] : [inner, outer], 1 / Math.sqrt(inner));
      const attributes = { transB, alpha: float(0.5), beta: float(2) };
      return growth.graph.apply('Gemm', [x, w, growth.parameter([outer])], attributes);
    },
  },
];

const reduction = (operator: string, prepare: (x: Value) => Value = (x) => x): Move => ({
  operator,
  suits: (sizes) => sizes.length > 2,
  make: (growth, x) => {
    const axis = growth.random.pick(axesOf(growth, x).slice(1));
    const keepdims = growth.random.integer(0, 1);
    const y = prepare(x);
    if (operator === 'ReduceSum') return e.sum(y, [axis], keepdims === 1);
    return one(y, operator, { axes: [axis], keepdims });
  },
});

const reductions: readonly Move[] = [
  reduction('ReduceMean'),
  reduction('ReduceSum'),
  reduction('ReduceMax'),
  reduction('ReduceMin'),
  reduction('ReduceProd', (x) => e.add(e.mul(e.tanh(x), 0.5), 1)),
  reduction('ReduceL2', positive),
  reduction('ReduceLogSumExp', e.tanh),
];

/** Everything that may happen to a value. */
export const moves: readonly Move[] = [
  ...elementwise,
  ...broadcasting,
  // The heart of a CNN more often than others.
  ...new Array<Move>(6).fill(conv),
  ...pooling,
  ...pooling,
  ...normalization,
  ...normalization,
  ...layout,
  ...products,
  ...products,
  ...reductions,
];
