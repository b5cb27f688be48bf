import { describe, expect, it } from 'vitest';
import { compile } from '../run-graph.js';
import { describeRow } from './row.js';
import { drawInputs, drawnPositions, drawWeights, feedsOf, gradientGraph } from './row-graph.js';
import { rows } from './rows/index.js';

const manyInputs = rows.filter((row) => (row.differentiated ?? drawnPositions(row)).length > 1);

describe('a gradient that is asked for alone is the one that is asked for among others', () => {
  it.each(manyInputs.map((row) => [describeRow(row), row] as const))('%s', async (_, row) => {
    const together = gradientGraph(row);
    const weights = drawWeights(together.y.knownShape as readonly number[]);
    const feeds = { ...feedsOf(row, drawInputs(row), 'float32'), weights };
    const expected = await (await compile(together.graph))(feeds);
    for (const [position, gradient] of together.gradients) {
      const alone = gradientGraph({ ...row, differentiated: [position] });
      expect(alone.graph.nodes.length).toBeLessThanOrEqual(together.graph.nodes.length);
      const name = alone.gradients.get(position)?.name ?? '';
      const results = await (await compile(alone.graph))(feeds);
      expect(results[name]).toEqual(expected[gradient.name]);
    }
  });
});
