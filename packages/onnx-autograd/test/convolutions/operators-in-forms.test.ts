import { describe, expect, it } from 'vitest';
import { differentiateInForms } from '../../src/backward/differentiate.js';
import { add, conv, mean, mul, square, sum } from '../../src/building/expressions.js';
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
import type { Value } from '../../src/graph/value.js';
import { readProgram } from '../../src/onnx/read.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { factsOf, type Operator, operators } from '../../src/operators/catalogue.js';
import { blockedLayout } from '../../src/passes/blocked-layout.js';
import { lowerConvolutions } from '../../src/passes/lower-convolutions.js';
import { removeUnused } from '../../src/passes/remove-unused.js';
import { Random } from '../../src/random.js';
import { channelsOfABlock } from '../../src/runtime/node/channel-blocks.js';
import { elementCount, float32, type Tensor } from '../../src/tensor.js';
import { forwardRows } from '../gradients/rows/forward.js';
import { rows } from '../gradients/rows/index.js';
import { inPlainOperators } from '../passes/plain-blocks.js';
import { compile } from '../run-graph.js';
import { applied, type Between, type BetweenByName } from './between/between.js';
import { elementwise } from './between/elementwise.js';
import { maps } from './between/maps.js';
import { asInRow } from './between/row.js';
import { withoutGradient } from './between/without-gradient.js';

const written: BetweenByName = { ...elementwise, ...maps, ...withoutGradient };

/** The operator that an entry is about, before the comma. */
const subjects = new Set(Object.keys(written).map((name) => name.split(',')[0]));

/** Operators of one input that need nothing else, which stand between convolutions as they are. */
function isPlain(operator: Operator): boolean {
  const { inputs, outputs, required } = factsOf(operator);
  const needed = inputs.filter(({ count }) => count !== 'optional');
  const [only] = needed;
  return (
    needed.length === 1 &&
    inputs.length === 1 &&
    only?.count === 'one' &&
    required.length === 0 &&
    only.type.allowed.includes('float32') &&
    outputs[0]?.type === only.type
  );
}

/** Numbers that change in steps, beside the maps themselves: so little that one that rounding moves a step further is no matter. */
const stepping =
  (operator: Operator): Between =>
  (x, stop) =>
    mul(x, add(mul(stop(x.graph.apply(operator, [mul(x, 3)])), 0.003), 1));

/** How an operator of the catalogue stands between convolutions where nobody wrote it down. */
function derived(operator: Operator): Between {
  if (isPlain(operator))
    return gradientRules[operator] === noGradient ? stepping(operator) : applied(operator);
  const row = [...rows, ...forwardRows].find((one) => one.operator === operator);
  if (row === undefined) throw new Error(`${operator} has no row.`);
  return asInRow(row);
}

const all: BetweenByName = {
  ...Object.fromEntries(
    operators.filter((operator) => !subjects.has(operator)).map((operator) => [operator, derived(operator)]),
  ),
  ...written,
};

function drawn(random: Random, dims: readonly number[], scale: number): Tensor {
  return float32(
    Array.from({ length: elementCount(dims) }, () => scale * random.normal()),
    dims,
  );
}

/** How the network is built: in inference it is its scores alone. */
interface Mode {
  readonly training: boolean;
  readonly recompute?: boolean;
}

interface Network {
  readonly graph: Graph;
  /** Numbers for its inputs. */
  readonly feeds: Record<string, Tensor>;
}

/** A small CNN whose gradients wait for their form; filters are as wide as what stands between makes the maps. */
function network(
  between: Between,
  { training, recompute = false }: Mode,
  known: Record<string, Tensor>,
): Network {
  const graph = new Graph('network');
  const feeds: Record<string, Tensor> = {};
  const random = new Random(11);
  const input = (name: string, dims: readonly number[], scale: number) => {
    feeds[name] = known[name] ?? drawn(random, dims, scale);
    return graph.input(name, name === 'x' ? ['batch', ...dims.slice(1)] : dims);
  };
  const constants = new Set<Value>();
  const stop = (value: Value) => {
    constants.add(value);
    return value;
  };
  const given: Value[] = [];
  const layer = (x: Value, name: string, out: number, bias?: Value) => {
    const channels = x.knownShape[1] as number;
    const filter = input(name, [out, channels, 3, 3], 1 / Math.sqrt(9 * channels));
    given.push(filter, ...(bias ? [bias] : []));
    return between(conv(x, filter, bias, { pads: [1, 1, 1, 1] }), stop);
  };
  const x = input('x', [3, 3, 12, 11], 1);
  given.push(x);
  const deep = layer(layer(layer(x, 'first', 16), 'second', 32), 'third', 16, input('bias', [16], 0.3));
  const last = input('last', [deep.knownShape[1] as number, 5], 0.3);
  given.push(last);
  const scores = graph.apply('MatMul', [mean(square(deep), [2, 3], false), last]);
  if (!training) {
    graph.output(scores);
    return { graph, feeds };
  }
  const loss = mean(sum(square(add(scores, -0.3)), [1], false), undefined, false);
  const options = { batchParts: recompute ? 4 : 2, recompute, constants };
  const gradients = differentiateInForms(graph, loss, given, deferredForms, options);
  for (const value of [loss, ...gradients.values()]) graph.output(value);
  return { graph, feeds };
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
  'in the standard form': inForm(standardForms),
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

const modes: Readonly<Record<string, Mode>> = {
  'in training': { training: true },
  'in training, its activations computed again': { training: true, recompute: true },
  'in inference': { training: false },
};

describe('every operator, between convolutions in every form', () => {
  it('is one of these', () => {
    const missing = operators.filter((operator) => !subjects.has(operator) && all[operator] === undefined);
    expect(missing).toEqual([]);
    const behind = Object.keys(withoutGradient).filter(
      (name) => gradientRules[name.split(',')[0] as Operator] !== noGradient,
    );
    expect(behind, 'these have a gradient now').toEqual([]);
  });

  it.each(Object.entries(all))('%s', { timeout: 120_000 }, async (_, between) => {
    let known: Record<string, Tensor> = {};
    let trained: Record<string, Tensor> | undefined;
    for (const [mode, how] of Object.entries(modes)) {
      const { graph, feeds } = network(between, how, known);
      known = feeds;
      let wanted = how.training ? trained : undefined;
      for (const [form, write] of Object.entries(forms)) {
        // Inference has no gradient of a filter, which alone is another as a product.
        if (!how.training && form === 'as matrix products') continue;
        if (how.recompute && form === 'in the standard form') continue;
        const results = Object.values(await (await compile(write(graph)))(feeds));
        // The names of gradients differ where activations are computed again.
        const found = Object.fromEntries(results.map((tensor, i) => [i, tensor]));
        wanted ??= found;
        if (how.training) trained ??= found;
        expect(Object.keys(found)).toEqual(Object.keys(wanted));
        for (const [name, tensor] of Object.entries(wanted)) {
          expect(found[name]?.dims, `${name} ${form}, ${mode}`).toEqual(tensor.dims);
          expect(distance(found[name] as Tensor, tensor), `${name} ${form}, ${mode}`).toBeLessThan(2e-4);
        }
      }
    }
  });
});
