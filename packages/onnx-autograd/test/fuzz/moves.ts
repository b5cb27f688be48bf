import * as e from '../../src/building/expressions.js';
import { float } from '../../src/graph/attributes.js';
import type { Value } from '../../src/graph/value.js';
import type { Tensor } from '../../src/tensor.js';
import { axesOf, type Growth, integers, isLarge, type Move, one } from './move.js';
import { conv, pooling } from './windows.js';

const any = () => true;
const hasAxes = (sizes: readonly number[]) => sizes.length >= 2;

/** An elementwise function, in double precision as a formula where there is no kernel. */
const unary = (operator: string, make: (x: Value) => Value, formula: (x: Value) => Value = make): Move => ({
  operator,
  suits: any,
  make: ({ double }, x) => (double ? formula(x) : make(x)),
});

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
