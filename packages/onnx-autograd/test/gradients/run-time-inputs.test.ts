import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/backward/differentiate.js';
import { copyGraph } from '../../src/building/copy.js';
import { cast, mul, sum } from '../../src/building/expressions.js';
import { Graph } from '../../src/building/graph.js';
import { GraphError } from '../../src/errors.js';
import { noGradient } from '../../src/gradients/rule.js';
import { gradientRules } from '../../src/gradients/table.js';
import type { Value } from '../../src/graph/value.js';
import { asInOpset17 } from '../../src/onnx/opset-17.js';
import { factsOf, operators } from '../../src/operators/catalogue.js';
import { bool, index, int64 as wholeNumbers } from '../../src/operators/slots.js';
import { trainingMode } from '../../src/passes/training-mode.js';
import { float32, int64, type Tensor, toNumbers } from '../../src/tensor.js';
import { compile, runOnce } from '../run-graph.js';
import { describeRow, isTensor, type Row } from './row.js';
import { drawInputs, drawWeights, feedsOf, forwardGraph, gradientGraph } from './row-graph.js';
import { forwardRows } from './rows/forward.js';
import { rows } from './rows/index.js';

/** A row with one of the inputs that it has as a constant fed when the graph runs. */
interface Case {
  readonly row: Row;
  readonly position: number;
  readonly tensor: Tensor;
}

function casesOf(list: readonly Row[]): [string, Case][] {
  return list.flatMap((row) =>
    row.inputs.flatMap((tensor, position): [string, Case][] =>
      tensor !== undefined && isTensor(tensor)
        ? [[`${describeRow(row)}: input ${position}`, { row, position, tensor }]]
        : [],
    ),
  );
}

/** The row's operator with one input fed as `fed`. */
function withFed({ row, position, tensor }: Case): { graph: Graph; fed: Value[]; y: Value } {
  const node = forwardGraph(row, 'float32').graph.nodes.at(-1);
  if (node === undefined) throw new Error('The row has no node.');
  const graph = new Graph('fed');
  const fed: Value[] = [];
  const inputs = node.inputs.map((input, i) => {
    if (input === undefined) return undefined;
    if (i === position) return graph.input('fed', tensor.dims, tensor.type);
    if (input.data !== undefined) return graph.initializer(input.data);
    const value = graph.input(`x${i}`, input.shape);
    fed.push(value);
    return value;
  });
  const { operator, domain, attributes, outputs } = node;
  const [y] = graph.applyAll(operator, inputs, attributes, {
    name: 'the_node',
    domain,
    outputCount: outputs.length,
  });
  return { graph, fed, y: y as Value };
}

describe('an input that is known only when the graph runs is not taken for one that is absent', () => {
  const all = casesOf([...rows, ...forwardRows]);

  it('for every input that says how an operator is to work', () => {
    const tested = new Set(all.map(([, { row, position }]) => `${row.operator} ${position}`));
    const wanted = operators.flatMap((operator) =>
      factsOf(operator).inputs.flatMap(({ type, count }, i) => {
        const isOption = count === 'optional' || [wholeNumbers.type, bool.type, index.type].includes(type);
        return isOption && i > 0 ? [`${operator} ${i}`] : [];
      }),
    );
    // A bias is added, a region is refused with the mode that reads it.
    const numbers = ['Conv 2', 'ConvTranspose 2', 'Gemm 2', 'LayerNormalization 2', 'Resize 1'];
    const logic = ['And 1', 'Or 1', 'Xor 1'];
    const known = new Set([...tested, ...numbers, ...logic]);
    expect(wanted.filter((one) => !known.has(one))).toEqual([]);
  });

  it.each(all)('%s: the shape is unknown or right', async (_, given) => {
    const { graph, y } = withFed(given);
    graph.output(y);
    const feeds = { ...feedsOf(given.row, drawInputs(given.row), 'float32'), fed: given.tensor };
    const { dims } = (await runOnce(graph, feeds))[y.name] as Tensor;
    if (y.shape === undefined) return;
    expect(y.shape).toHaveLength(dims.length);
    for (const [axis, size] of y.shape.entries()) {
      if (typeof size === 'number') expect(size).toBe(dims[axis]);
    }
  });
});

describe('the gradient is right or refused by name where an input is fed that was a constant', () => {
  const cases = casesOf(rows).filter(([, { row }]) => gradientRules[row.operator] !== noGradient);
  /** Rules that read the numbers where they flow: they have nothing to refuse. */
  const neverRefused = new Set([
    'Clip 1',
    'Clip 2',
    'Dropout 1',
    'Gather 1',
    'GatherElements 1',
    'Pad 2',
    'Where 0',
    ...['LSTM', 'GRU', 'RNN'].flatMap((name) => [3, 4, 5].map((i) => `${name} ${i}`)),
  ]);

  it.each(cases)('%s', async (_, given) => {
    const { graph, fed, y } = withFed(given);
    const positions = fed.map(({ name }) => Number(name.slice(1)));
    const row = { ...given.row, differentiated: positions };
    const derive = () => {
      const single = y.type === 'float32' ? y : cast(y, 'float32');
      const weighted = mul(single, graph.input('weights', y.knownShape));
      const axes = y.knownShape.map((_, axis) => axis);
      return differentiate(graph, y.rank > 0 ? sum(weighted, axes, false) : weighted, fed);
    };
    let found: Map<Value, Value>;
    try {
      found = derive();
    } catch (error) {
      expect(neverRefused).not.toContain(`${row.operator} ${given.position}`);
      expect(error).toBeInstanceOf(GraphError);
      expect((error as Error).message).toContain('"the_node"');
      expect((error as Error).message).toMatch(/known|constants/);
      return;
    }
    for (const gradient of found.values()) graph.output(gradient);
    const constant = gradientGraph(row);
    const weights = drawWeights(constant.y.knownShape as readonly number[]);
    const feeds = { ...feedsOf(row, drawInputs(row), 'float32'), weights };
    const wanted = await (await compile(constant.graph))(feeds);
    const results = await runOnce(graph, { ...feeds, fed: given.tensor });
    for (const [i, input] of fed.entries()) {
      const own = results[(found.get(input) as Value).name] as Tensor;
      const other = wanted[constant.gradients.get(positions[i] as number)?.name ?? ''] as Tensor;
      expect(own.dims).toEqual(other.dims);
      for (const [k, value] of toNumbers(own).entries())
        expect(value).toBeCloseTo(toNumbers(other)[k] as number, 5);
    }
  });

  it.each([0, 0.25, 0.5, 0.8])('Dropout in training, of a ratio of %d', async (ratio) => {
    const graph = new Graph('dropout');
    const [x, fed] = [graph.input('x', [8, 9]), graph.input('ratio', [])];
    const training = graph.constant({ type: 'bool', dims: [], data: Uint8Array.of(1) });
    const [y] = graph.applyAll('Dropout', [x, fed, training], {}, { outputCount: 2 }) as [Value, Value];
    const gradient = differentiate(graph, sum(mul(y, 3), [0, 1], false), [x]).get(x) as Value;
    graph.output(y);
    graph.output(gradient);
    const ones = float32(new Float32Array(72).fill(1), [8, 9]);
    const results = await runOnce(graph, { x: ones, ratio: float32(ratio) });
    const [kept, found] = [y, gradient].map(({ name }) => toNumbers(results[name] as Tensor)) as [
      number[],
      number[],
    ];
    expect(new Set(kept).size).toBe(ratio === 0 ? 1 : 2);
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(3 * (kept[i] as number), 5);
  });
});

describe('a network that is included for training', () => {
  it('is refused when the ratio of its dropout is computed', () => {
    const network = new Graph('network');
    const x = network.input('x', ['batch', 4]);
    const ratio = network.apply('Sigmoid', [network.input('level', [])], {}, { outputs: ['ratio'] });
    network.output(network.apply('Dropout', [x, ratio], {}, { name: 'drop' }));
    const target = new Graph('target');
    const inputs = { x: target.input('x', ['batch', 4]), level: target.input('level', []) };
    expect(() => copyGraph(target, network, { inputs, rewrite: trainingMode().rewrite })).toThrow(
      /Dropout \(node "drop"\): its ratio "ratio" is computed when the graph runs/,
    );
    expect(copyGraph(target, network, { inputs }).value(network.outputs[0] as Value).shape).toEqual([
      'batch',
      4,
    ]);
  });
});

describe('a Resize of some axes (opset 18) whose scales or sizes are fed', () => {
  it.each([
    ['scales', float32([2, 3])],
    ['sizes', int64([6, 9])],
  ])('%s', async (name, tensor) => {
    const graph = new Graph('resize');
    const [x, fed] = [graph.input('x', [1, 2, 3, 3]), graph.input('fed', tensor.dims, tensor.type)];
    const draft = {
      operator: 'Resize',
      inputs: name === 'scales' ? [x, undefined, fed] : [x, undefined, undefined, fed],
      attributes: { axes: [2, 3], coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
      outputs: ['y'],
    };
    const { operator, inputs, attributes } = asInOpset17(draft, 18);
    const y = graph.output(graph.apply(operator, inputs, attributes, { name: 'the_node' }));
    expect(() => differentiate(graph, y, [x])).toThrow(/"the_node".*cannot be told/);
    const data = Float32Array.from({ length: 18 }, (_, i) => i);
    const found = (await runOnce(graph, { x: { type: 'float32', dims: [1, 2, 3, 3], data }, fed: tensor }))[
      y.name
    ];
    expect(found?.dims).toEqual([1, 2, 6, 9]);
    expect(found?.data[4 * 9 + 8]).toBe(8);
  });

  it('is refused as a scale along an axis whose new size is told by other means', () => {
    const graph = new Graph('resize');
    const x = graph.input('x', [1, 1, 4]);
    const y = graph.apply(
      'Resize',
      [x, undefined, graph.input('scales', [3])],
      {},
      { like: graph.input('z', [1, 1, 8]), name: 'the_node' },
    );
    expect(() => differentiate(graph, sum(y, [0, 1, 2], false), [x])).toThrow(
      /Resize \(node "the_node"\): the scale of axis 0 must be known before the graph runs/,
    );
  });
});
