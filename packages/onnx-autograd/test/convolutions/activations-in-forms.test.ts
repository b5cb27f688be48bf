import { describe, expect, it } from 'vitest';
import { differentiateInForms } from '../../src/backward/differentiate.js';
import {
  add,
  conv,
  maximum,
  mean,
  mul,
  relu,
  sigmoid,
  square,
  sum,
  tanh,
  where,
} from '../../src/building/expressions.js';
import { Graph } from '../../src/building/graph.js';
import {
  type ConvolutionForms,
  cpuForms,
  deferredForms,
  productForms,
  standardForms,
} from '../../src/convolutions/forms.js';
import { noGradient } from '../../src/gradients/rule.js';
import { gradientRules } from '../../src/gradients/table.js';
import { type Attributes, float } from '../../src/graph/attributes.js';
import type { Value } from '../../src/graph/value.js';
import { gelu, mish } from '../../src/onnx/newer-operators.js';
import { readProgram } from '../../src/onnx/read.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { factsOf, type Operator, operators } from '../../src/operators/catalogue.js';
import { blockedLayout } from '../../src/passes/blocked-layout.js';
import { lowerConvolutions } from '../../src/passes/lower-convolutions.js';
import { removeUnused } from '../../src/passes/remove-unused.js';
import { Random } from '../../src/random.js';
import { channelsOfABlock } from '../../src/runtime/node/channel-blocks.js';
import { elementCount, float32, type Tensor } from '../../src/tensor.js';
import { inPlainOperators } from '../passes/plain-blocks.js';
import { compile } from '../run-graph.js';

type Activation = (x: Value) => Value;

const applied =
  (operator: Operator, attributes: Attributes = {}): Activation =>
  (x) =>
    x.graph.apply(operator, [x], attributes);
const above = (x: Value) => add(square(tanh(x)), 0.5);
const one = (x: Value, value: number) => x.graph.constant(float32(value));
const drafted = (operator: string, x: Value) => ({ operator, inputs: [x], attributes: {}, outputs: ['y'] });

/** Operators that take more than maps, or not all numbers, and activations that networks write in several operators. */
const written: Readonly<Record<string, Activation>> = {
  Cast: (x) => x.graph.apply('Cast', [x.graph.apply('Cast', [x], { to: 11 })], { to: 1 }),
  Exp: (x) => applied('Exp')(mul(x, 0.2)),
  Log: (x) => applied('Log')(above(x)),
  Sqrt: (x) => applied('Sqrt')(above(x)),
  Reciprocal: (x) => applied('Reciprocal')(above(x)),
  // Along another axis a bias would change nothing, and its gradient would be rounding.
  Softmax: applied('Softmax', { axis: 1 }),
  LogSoftmax: applied('LogSoftmax', { axis: 1 }),
  LRN: applied('LRN', { size: 3, alpha: float(0.1) }),
  PRelu: (x) =>
    x.graph.apply('PRelu', [
      x,
      x.graph.constant(
        float32(new Float32Array(x.knownShape[1] as number).fill(0.2), [x.knownShape[1] as number, 1, 1]),
      ),
    ]),
  Clip: (x) => x.graph.apply('Clip', [x, one(x, -0.3), one(x, 0.6)]),
  'Clip, one bound': (x) => x.graph.apply('Clip', [x, undefined, one(x, 0.3)]),
  Dropout: applied('Dropout'),
  Pow: (x) => x.graph.apply('Pow', [above(x), one(x, 1.5)]),
  Max: (x) => maximum(x, mul(x, 0.1)),
  Min: (x) => x.graph.apply('Min', [x, one(x, 0.2)]),
  Sum: (x) => x.graph.apply('Sum', [x, x]),
  Mean: (x) => x.graph.apply('Mean', [x, x]),
  Add: (x) => add(x, relu(x)),
  Sub: (x) => x.graph.apply('Sub', [x, sigmoid(x)]),
  Mul: (x) => mul(x, tanh(x)),
  Div: (x) => x.graph.apply('Div', [x, above(x)]),
  Where: (x) => where(x.graph.apply('Greater', [x, one(x, 0.1)]), x, mul(x, 0.3)),
  'Hardswish as PyTorch exports it': (x) => mul(x, applied('HardSigmoid', { alpha: float(1 / 6) })(x)),
  SiLU: (x) => mul(x, sigmoid(x)),
  GELU: (x) => x.graph.apply('Mul', gelu(drafted('Gelu', x), 20).inputs),
  Mish: (x) => x.graph.apply('Mul', mish(drafted('Mish', x), 18).inputs),
};

/** What stands between convolutions, but is no function of each place of a map. */
const others: ReadonlySet<Operator> = new Set<Operator>([
  ...(['Conv', 'ConvTranspose', 'MaxPool', 'AveragePool', 'GlobalAveragePool', 'GlobalMaxPool'] as const),
  ...(['BatchNormalization', 'LayerNormalization', 'InstanceNormalization'] as const),
  ...(['MatMul', 'Gemm', 'com.microsoft.FusedMatMul', 'Einsum'] as const),
  ...([
    'Reshape',
    'Flatten',
    'Transpose',
    'Squeeze',
    'Unsqueeze',
    'Concat',
    'Split',
    'Slice',
    'Pad',
  ] as const),
  ...(['Expand', 'Tile', 'Gather', 'GatherElements', 'DepthToSpace', 'SpaceToDepth', 'Resize'] as const),
  ...operators.filter((operator) => operator.startsWith('Reduce')),
]);

/** Operators of one input that need nothing else: they are activations without being named here. */
function isPlain(operator: Operator): boolean {
  const { inputs, outputs, required } = factsOf(operator);
  const needed = inputs.filter(({ count }) => count !== 'optional');
  return (
    !others.has(operator) &&
    needed.length === 1 &&
    required.length === 0 &&
    outputs[0]?.type === needed[0]?.type
  );
}

const withGradient = operators.filter((operator) => gradientRules[operator] !== noGradient);
const activations: Readonly<Record<string, Activation>> = {
  ...Object.fromEntries(withGradient.filter(isPlain).map((operator) => [operator, applied(operator)])),
  ...written,
};

const sizes = {
  x: [3, 3, 12, 11],
  first: [16, 3, 3, 3],
  second: [32, 16, 3, 3],
  third: [16, 32, 3, 3],
  bias: [16],
  last: [16, 5],
};

const random = new Random(11);
const feeds: Record<string, Tensor> = Object.fromEntries(
  Object.entries(sizes).map(([name, dims]) => {
    const scale = name === 'x' ? 1 : 1 / Math.sqrt(elementCount(dims.slice(1)));
    return [
      name,
      float32(
        Array.from({ length: elementCount(dims) }, () => scale * random.normal()),
        dims,
      ),
    ];
  }),
);

/** A small CNN, whose gradients wait for their form; in inference its maps' means alone. */
function network(activation: Activation, training: boolean): Graph {
  const graph = new Graph('network');
  const given = Object.entries(sizes).map(([name, dims]) =>
    graph.input(name, name === 'x' ? ['batch', ...dims.slice(1)] : dims),
  );
  const [x, first, second, third, bias, last] = given as [Value, Value, Value, Value, Value, Value];
  const same = { pads: [1, 1, 1, 1] };
  const maps = activation(
    conv(
      activation(conv(activation(conv(x, first, undefined, same)), second, undefined, same)),
      third,
      bias,
      same,
    ),
  );
  const scores = graph.apply('MatMul', [mean(square(maps), [2, 3], false), last]);
  if (!training) {
    graph.output(scores);
    return graph;
  }
  const loss = mean(sum(square(add(scores, -0.3)), [1], false), undefined, false);
  const gradients = differentiateInForms(graph, loss, given, deferredForms, { batchParts: 2 });
  for (const value of [loss, ...gradients.values()]) graph.output(value);
  return graph;
}

const inForm = (forms: ConvolutionForms) => (graph: Graph) => removeUnused(graph, lowerConvolutions(forms));
const own = await channelsOfABlock();

/** The graph in blocks, as a session makes it of a program's bytes. */
function inBlocks(graph: Graph, block: number): Graph {
  const blocked = blockedLayout(readProgram(writeOnnx(inForm(productForms)(graph))), block);
  if (blocked === undefined) throw new Error('No convolution is computed in blocks.');
  return blocked;
}

/** Every form of convolution: a graph that ONNX Runtime runs here. */
const forms: Readonly<Record<string, (graph: Graph) => Graph>> = {
  'as matrix products': inForm(productForms),
  "in Winograd's form": (graph) => inForm(cpuForms({ maps: 0, filter: 0 }))(graph),
  ...Object.fromEntries(
    [8, 16].map((block) => [
      `in blocks of ${block}`,
      // The processor has one size of blocks: the other is written in the standard's operators again.
      (graph: Graph) =>
        block === own ? inBlocks(graph, block) : inPlainOperators(inBlocks(graph, block), block),
    ]),
  ),
};

function distance(found: Tensor, wanted: Tensor): number {
  const [a, b] = [found.data as Float32Array, wanted.data as Float32Array];
  return Math.hypot(...a.map((value, i) => value - (b[i] as number))) / Math.hypot(...b);
}

describe('every activation, between convolutions in every form', () => {
  it('is one of these', () => {
    const known = new Set(Object.keys(activations));
    expect(withGradient.filter((operator) => !known.has(operator) && !others.has(operator))).toEqual([]);
    expect([...others].filter((operator) => known.has(operator))).toEqual([]);
  });

  it.each(Object.entries(activations))('%s', { timeout: 60_000 }, async (_, activation) => {
    for (const training of [true, false]) {
      const graph = network(activation, training);
      const wanted = await (await compile(inForm(standardForms)(graph)))(feeds);
      for (const [form, write] of Object.entries(forms)) {
        const lowered = write(graph);
        const found = await (await compile(lowered))(feeds);
        expect(Object.keys(found)).toEqual(Object.keys(wanted));
        for (const [name, tensor] of Object.entries(wanted)) {
          expect(found[name]?.dims, `${name} ${form}`).toEqual(tensor.dims);
          expect(distance(found[name] as Tensor, tensor), `${name} ${form}`).toBeLessThan(2e-4);
        }
      }
    }
  });
});
