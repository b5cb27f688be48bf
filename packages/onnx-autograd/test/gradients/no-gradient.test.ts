import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/backward/differentiate.js';
import { add, cast, mul, sum } from '../../src/building/expressions.js';
import { Graph } from '../../src/building/graph.js';
import { GraphError, UnsupportedOperatorError } from '../../src/errors.js';
import { noGradient } from '../../src/gradients/rule.js';
import { gradientRules } from '../../src/gradients/table.js';
import type { Value } from '../../src/graph/value.js';
import { operators } from '../../src/operators/catalogue.js';
import { float32, type Tensor, toNumbers } from '../../src/tensor.js';
import { runOnce } from '../run-graph.js';
import { describeRow, isTensor, type Row, tensorOf } from './row.js';
import { drawInputs } from './row-graph.js';
import { forwardRows } from './rows/forward.js';

const rows = forwardRows.filter((row) => gradientRules[row.operator] === noGradient);
const named = rows.map((row) => [describeRow(row), row] as const);

/**
 * A row's operator in a graph. Floating-point numbers are fed; where there are none, and it is to depend on a parameter,
 * such are fed and cast.
 */
function operatorIn(graph: Graph, row: Row, isData = false) {
  const feeds: Record<string, Tensor> = {};
  const drawn = drawInputs(row);
  const isFloat = (input: Row['inputs'][number]) =>
    input !== undefined && (!isTensor(input) || input.type === 'float32');
  const anyFloat = row.inputs.some(isFloat);
  const fed: Value[] = [];
  const inputs = row.inputs.map((input, i) => {
    if (input === undefined) return undefined;
    if (isTensor(input) && (anyFloat || isData) && !isFloat(input)) return graph.constant(input);
    const value = graph.input(`x${i}`, input.dims);
    fed.push(value);
    const numbers = isTensor(input) ? toNumbers(input) : (drawn.get(i) as number[]);
    feeds[value.name] = tensorOf('float32', input.dims, numbers);
    return isTensor(input) && input.type !== 'float32' ? cast(value, input.type) : value;
  });
  const [output] = graph.applyAll(row.operator, inputs, row.attributes, {
    name: 'the_node',
    outputCount: row.outputCount ?? 1,
  });
  return { output: output as Value, fed, feeds, isCast: !anyFloat };
}

/** The sum of all elements, whatever they are. */
function total(value: Value): Value {
  const single = value.type === 'float32' ? value : cast(value, 'float32');
  if (single.shape === undefined) return single;
  const axes = single.knownShape.map((_, axis) => axis);
  return axes.length > 0 ? sum(single, axes, false) : single;
}

describe('an operator without a gradient', () => {
  it('has a row here', () => {
    const tested = new Set(rows.map(({ operator }) => operator));
    const without = operators.filter((operator) => gradientRules[operator] === noGradient);
    expect(without.filter((operator) => !tested.has(operator))).toEqual([]);
    expect(without.length).toBeGreaterThan(20);
  });

  it.each(named)('is an error by name when the loss needs it: %s', (_, row) => {
    const graph = new Graph();
    const { output, fed, isCast } = operatorIn(graph, row);
    const loss = total(output);
    for (const parameter of fed) {
      const derive = () => differentiate(graph, loss, [parameter]);
      if (row.operator === 'Shape' || row.operator === 'Size') {
        // They tell of an input's shape, not of its numbers.
        expect(derive).toThrow(/does not depend on/);
        expect(derive).toThrow(GraphError);
        continue;
      }
      if (output.shape === undefined) {
        // How many elements there are depends on the parameter.
        expect(derive).toThrow(GraphError);
        expect(derive).toThrow(`what ${row.operator} (node "the_node") makes cannot be told`);
        continue;
      }
      expect(derive).toThrow(UnsupportedOperatorError);
      try {
        derive();
      } catch (error) {
        const { operator, node } = error as UnsupportedOperatorError;
        // Whole numbers come of a cast here: it is the first that lets no gradient pass.
        expect(operator).toBe(isCast ? 'Cast' : row.operator);
        if (!isCast) expect(node).toBe('the_node');
      }
    }
  });

  it.each(named)('passes when it works on data that nobody trains: %s', async (_, row) => {
    const graph = new Graph();
    const onData = operatorIn(graph, row, true);
    const w = graph.input('w', [3]);
    const loss = add(total(mul(w, w)), total(onData.output));
    const gradient = differentiate(graph, loss, [w]).get(w) as Value;
    graph.output(onData.output);
    graph.output(gradient);
    const results = await runOnce(graph, { ...onData.feeds, w: float32([1, -2, 3]) });
    expect(toNumbers(results[gradient.name] as Tensor)).toEqual([2, -4, 6]);
  });

  it.each(named)('passes when it works on a parameter, and only an output needs it: %s', async (_, row) => {
    const graph = new Graph();
    const { output, fed, feeds } = operatorIn(graph, row);
    graph.output(output);
    const loss = fed.map((value) => total(mul(value, value))).reduce((a, b) => add(a, b));
    const gradients = differentiate(graph, loss, fed);
    for (const gradient of gradients.values()) graph.output(gradient);
    const results = await runOnce(graph, feeds);
    for (const [parameter, gradient] of gradients) {
      const twice = toNumbers(feeds[parameter.name] as Tensor).map((value) => Math.fround(2 * value));
      expect(toNumbers(results[gradient.name] as Tensor)).toEqual(twice);
    }
  });
});

it('a network that is quantized in front of what is trained is refused in these words', () => {
  const graph = new Graph();
  const w = graph.input('w', [2, 3]);
  const scale = graph.constant(float32(0.1));
  const back = graph.apply('DequantizeLinear', [
    graph.apply('QuantizeLinear', [w, scale], {}, { name: 'to_bytes' }),
    scale,
  ]);
  expect(() => differentiate(graph, total(back), [w])).toThrow(
    /QuantizeLinear \(node "to_bytes"\).*uint8 numbers.*The network is quantized: export it before that/,
  );
  const bytes = graph.constant({ type: 'int8', dims: [2, 3], data: new Int8Array(6).fill(1) });
  const scaled = graph.apply('DequantizeLinear', [bytes, sum(w, [0, 1], false)], {}, { name: 'from_bytes' });
  expect(() => differentiate(graph, total(scaled), [w])).toThrow(
    /DequantizeLinear \(node "from_bytes"\): no gradient passes what is rounded\. The network is quantized/,
  );
});
