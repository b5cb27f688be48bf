import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/backward/differentiate.js';
import { sum } from '../../src/building/expressions.js';
import type { Value } from '../../src/graph/value.js';
import { readOnnx } from '../../src/onnx/read.js';
import { attributeTypes } from '../../src/onnx/schema.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { findWeights } from '../../src/programs/weights.js';
import { float32, toNumbers } from '../../src/tensor.js';
import { compileOnnx, runOnce } from '../run-graph.js';
import { floats, info, int, modelOf, node, typed } from './control-flow/models.js';

// What is read as several operators, where its inputs are unusual.

const text = (name: string, value: string) => ({
  name,
  type: attributeTypes.string,
  s: new TextEncoder().encode(value),
});
const sampling = (...attributes: Parameters<typeof node>[3] & object) =>
  modelOf({
    opset: 20,
    inputs: [info('x', ['float32', 'batch', 1, 2, 3]), info('grid', ['float32', 'batch', 1, 'places', 2])],
    nodes: [node('GridSample', ['x', 'grid'], ['y'], attributes)],
  });

describe('GridSample', () => {
  it.each(['zeros', 'border'])('answers an empty batch with an empty one: %s', async (outside) => {
    const bytes = sampling(text('padding_mode', outside));
    const feeds = { x: float32([], [0, 1, 2, 3]), grid: float32([], [0, 1, 4, 2]) };
    const due = await (await compileOnnx(bytes))(feeds);
    expect((await (await compileOnnx(writeOnnx(readOnnx(bytes).graph)))(feeds)).y?.dims).toEqual(due.y?.dims);
  });

  it('finds nothing far away, and tells no gradient from there', async () => {
    const { graph } = readOnnx(sampling());
    const [x, grid, y] = ['x', 'grid', 'y'].map((name) => graph.value(name)) as [Value, Value, Value];
    const found = differentiate(graph, sum(y, [0, 1, 2, 3], false), [x, grid]);
    for (const gradient of found.values()) graph.output(gradient);
    const far = [Number.POSITIVE_INFINITY, 0, 1e20, 0, -1e20, 0.2, 0, Number.NEGATIVE_INFINITY];
    const feeds = { x: float32([1, 2, 3, 4, 5, 6], [1, 1, 2, 3]), grid: float32(far, [1, 1, 4, 2]) };
    const results = await runOnce(graph, feeds);
    for (const one of [y, found.get(x), found.get(grid)] as Value[])
      expect(toNumbers(results[one.name]!).map(Math.abs)).toEqual(toNumbers(results[one.name]!).map(() => 0));
  });
});

it.each(['SoftmaxCrossEntropyLoss', 'NegativeLogLikelihoodLoss'])(
  'how much classes count in %s is not trained',
  (operator) => {
    const bytes = modelOf({
      inputs: [info('x', ['float32', 'batch', 3]), info('labels', ['int64', 'batch'])],
      initializers: [floats('matrix', [3, 3], 1, 2, 3, 4, 5, 6, 7, 8, 9), floats('importance', [3], 1, 2, 3)],
      outputs: [typed('y', 'float32')],
      nodes: [
        node('MatMul', ['x', 'matrix'], ['m']),
        node('LogSoftmax', ['m'], ['scores'], [int('axis', 1)]),
        node(operator, ['scores', 'labels', 'importance'], ['y']),
      ],
    });
    const { trainable, left } = findWeights(readOnnx(bytes).graph);
    expect([...trainable].map(({ name }) => name)).toEqual(['matrix']);
    expect([...left].map(([{ name }, why]) => [name, why])).toEqual([
      ['importance_of_classes', 'it is a constant of the file'],
    ]);
  },
);
