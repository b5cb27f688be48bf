import { describe, expect, it } from 'vitest';
import { readOnnx } from '../../src/onnx/read.js';
import { float32, type Tensor, toNumbers } from '../../src/tensor.js';
import { runOnce } from '../run-graph.js';
import { int, model } from './opset-model.js';

/** Numbers of a shape, the same each time. */
const drawn = (dims: readonly number[], from = 1): number[] =>
  Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(3 * i + from));
const given = (dims: Readonly<Record<string, readonly number[]>>) => ({
  more: Object.fromEntries(Object.entries(dims).map(([name, list], i) => [name, drawn(list, i + 2)])),
  dims,
});

describe('a recurrent layer whose batch comes first', () => {
  it.each(['LSTM', 'GRU', 'RNN'])('%s is read with the time first', async (operator) => {
    const gates = { LSTM: 8, GRU: 6, RNN: 2 }[operator] as number;
    const dims = { w: [1, gates, 4], r: [1, gates, 2], b: [1, 2 * gates] };
    const one = {
      operator,
      opset: 14,
      ...given(dims),
      attributes: [int('hidden_size', 2)],
      outputs: operator === 'LSTM' ? 3 : 2,
      shape: [],
    };
    const batchFirst = { ...one, attributes: [...one.attributes, int('layout', 1)] };
    const [timeFirst, own] = [readOnnx(model(one, false)).graph, readOnnx(model(batchFirst, false)).graph];
    expect(own.value('y').shape).toEqual([2, 3, 1, 2]);
    const x = drawn([2, 3, 4]);
    const exchanged = [0, 1, 2].flatMap((step) =>
      [0, 1].flatMap((sample) => x.slice((sample * 3 + step) * 4, (sample * 3 + step + 1) * 4)),
    );
    const { graph } = readOnnx(model({ ...one, x: [3, 2, 4] }, false));
    const wanted = await runOnce(graph, { x: float32(exchanged, [3, 2, 4]) });
    const found = await runOnce(own, { x: float32(x, [2, 3, 4]) });
    const rows = (tensor: Tensor | undefined) => toNumbers(tensor as Tensor);
    for (const step of [0, 1, 2]) {
      for (const sample of [0, 1]) {
        expect(rows(found.y).slice((sample * 3 + step) * 2, (sample * 3 + step) * 2 + 2)).toEqual(
          rows(wanted.y).slice((step * 2 + sample) * 2, (step * 2 + sample) * 2 + 2),
        );
      }
    }
    expect(rows(found.y1)).toEqual(rows(wanted.y1));
    expect(timeFirst.nodes.map((node) => node.operator)).toEqual([operator]);
  });
});
