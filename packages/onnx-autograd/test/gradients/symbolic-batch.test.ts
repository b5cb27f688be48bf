import { describe, expect, it } from 'vitest';
import { type Tensor, toNumbers } from '../../src/tensor.js';
import { compile } from '../run-graph.js';
import { describeRow } from './row.js';
import { drawInputs, drawWeights, feedsOf, gradientGraph, withBatch } from './row-graph.js';
import { rows } from './rows/index.js';

const batchedRows = rows.filter((row) => row.batched?.length);

describe('a graph with a symbolic batch has the gradients of one with that size', () => {
  it.each(batchedRows.map((row) => [describeRow(row), row] as const))('%s', async (_, row) => {
    const symbolic = gradientGraph(row, true);
    const run = await compile(symbolic.graph);
    const [position = 0] = row.batched ?? [];
    const own = row.inputs[position]?.dims[0] as number;
    for (const batch of [own, own + 3]) {
      const sized = withBatch(row, batch);
      const fixed = gradientGraph(sized);
      const weights = drawWeights(fixed.y.knownShape as readonly number[]);
      const feeds = { ...feedsOf(sized, drawInputs(sized), 'float32'), weights };
      const expected = await (await compile(fixed.graph))(feeds);
      const results = await run(feeds);
      for (const [i, gradient] of symbolic.gradients) {
        const found = results[gradient.name] as Tensor;
        const wanted = expected[fixed.gradients.get(i)?.name ?? ''] as Tensor;
        expect(found.dims).toEqual(wanted.dims);
        const largest = Math.max(...toNumbers(wanted).map(Math.abs));
        for (const [k, value] of toNumbers(found).entries()) {
          expect(Math.abs(value - Number(wanted.data[k]))).toBeLessThanOrEqual(1e-5 * largest);
        }
      }
    }
  });
});
