import { describe, expect, it } from 'vitest';
import { copyGraph } from '../../src/building/copy.js';
import { Graph } from '../../src/building/graph.js';
import type { Value } from '../../src/graph/value.js';
import { readOnnx } from '../../src/onnx/read.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { operators } from '../../src/operators/catalogue.js';
import { removeUnused } from '../../src/passes/remove-unused.js';
import { float32 } from '../../src/tensor.js';
import { describeRow, type Row } from '../gradients/row.js';
import { drawInputs, feedsOf, forwardGraph } from '../gradients/row-graph.js';
import { forwardRows } from '../gradients/rows/forward.js';
import { rows } from '../gradients/rows/index.js';
import { compile, runOnce } from '../run-graph.js';

const all = [...rows, ...forwardRows].map((row) => [describeRow(row), row] as const);

/** The row's operator where the shape of its first input, which may be of any type, is not known. */
function withoutShape(row: Row): { types: string[]; graph: Graph } {
  const known = forwardGraph(row, 'float32');
  const node = known.graph.nodes.at(-1);
  if (node === undefined) throw new Error('The row has no node.');
  const graph = new Graph('unknown');
  const inputs = node.inputs.map((input, i) => {
    if (input === undefined) return undefined;
    return graph.input(`x${i}`, i === 0 ? undefined : input.shape, input.type);
  });
  const { operator, domain, attributes } = node;
  const outputs = graph.applyAll(operator, inputs, attributes, { domain, outputCount: node.outputs.length });
  for (const { shape } of outputs) expect(shape).toBeUndefined();
  return { types: outputs.map(({ type }) => type), graph: known.graph };
}

describe('where a shape is not known, the types of what is computed are known all the same', () => {
  it('of every operator', () => {
    const tested = new Set([...rows, ...forwardRows].map(({ operator }) => operator));
    expect(operators.filter((operator) => !tested.has(operator))).toEqual([]);
  });

  it.each(all)('%s', async (_, row) => {
    const { types, graph } = withoutShape(row);
    for (const output of graph.nodes.at(-1)?.outputs ?? []) graph.output(output);
    const results = await (await compile(graph))(feedsOf(row, drawInputs(row), 'float32'));
    expect(types).toEqual(graph.outputs.map(({ name }) => results[name]?.type));
  });
});

describe('what an operator without a shape rule makes', () => {
  /** `Shrink` has no rule here: it keeps type, shape and whole numbers. */
  function masked(): { graph: Graph; y: Value } {
    const graph = new Graph('masked');
    const x = graph.input('x', ['batch', 3, 3], 'int64');
    const shrunk = graph.apply('Shrink', [x], {}, { like: x, outputs: ['shrunk'] });
    return { graph, y: graph.output(graph.apply('Add', [shrunk, x], {}, { outputs: ['y'] })) };
  }

  it('has the same type and shape in a copy, with the sizes that stand for names', () => {
    const { graph, y } = masked();
    const copied = removeUnused(graph);
    expect(copied.value('shrunk').shape).toEqual(['batch', 3, 3]);
    expect(copied.outputs[0]).toMatchObject({ type: 'int64', shape: ['batch', 3, 3] });
    const target = new Graph('other');
    const copy = copyGraph(target, graph, { inputs: { x: target.input('x', [2, 3, 3], 'int64') } });
    expect(copy.value(y)).toMatchObject({ type: 'int64', shape: [2, 3, 3] });
    const wider = copyGraph(target, graph, { inputs: { x: target.input('wider', [2, 3, 4], 'int64') } });
    expect(wider.value(y)).toMatchObject({ type: 'int64', shape: undefined });
  });

  it('has the type that the file tells, so that ONNX Runtime takes the file again', async () => {
    const { graph } = masked();
    const read = readOnnx(writeOnnx(graph)).graph;
    expect(read.value('shrunk').type).toBe('int64');
    const again = readOnnx(writeOnnx(read)).graph;
    expect(again.outputs[0]?.type).toBe('int64');
    const data = BigInt64Array.from({ length: 9 }, (_, i) => BigInt(i));
    const { y } = await runOnce(again, { x: { type: 'int64', dims: [1, 3, 3], data } });
    expect([...(y?.data ?? [])]).toEqual([0n, 2n, 4n, 6n, 8n, 10n, 12n, 14n, 16n]);
  });

  it('has the type of its input where the file tells none, and the file is not told another', async () => {
    const graph = new Graph('shifted');
    const x = graph.input('x', ['batch', 3], 'uint8');
    const by = graph.constant({ type: 'uint8', dims: [1], data: Uint8Array.of(1) });
    const shifted = graph.apply('BitShift', [x, by], { direction: 'LEFT' });
    const y = graph.output(graph.apply('Identity', [shifted]));
    expect([shifted.type, y.type]).toEqual(['uint8', 'uint8']);
    // Here the assumption is wrong, and does no harm: what ONNX Runtime knows itself it is not told.
    const columns = graph.applyAll('Unique', [graph.input('z', [2])], {}, { outputCount: 2 });
    graph.output(graph.apply('Cast', [columns[1] as Value], { to: 1 }));
    const results = await runOnce(readOnnx(writeOnnx(graph)).graph, {
      x: { type: 'uint8', dims: [1, 3], data: Uint8Array.of(1, 2, 3) },
      z: float32([4, 5]),
    });
    expect([...(results[y.name]?.data ?? [])]).toEqual([2, 4, 6]);
  });
});
