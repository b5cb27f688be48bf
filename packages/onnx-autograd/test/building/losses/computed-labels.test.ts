import { describe, expect, it } from 'vitest';
import { add } from '../../../src/building/expressions.js';
import { Graph } from '../../../src/building/graph.js';
import { crossEntropyPerSample } from '../../../src/building/losses/index.js';
import { float32, int64, type Tensor, toNumbers } from '../../../src/tensor.js';
import { runOnce } from '../../run-graph.js';

const logits = float32([1, 2, 3, 0, -1, 2], [2, 3]);

/** The loss of each sample, with labels that are fed, or that the graph computes. */
async function losses(labels: readonly number[], computed: boolean): Promise<number[]> {
  const graph = new Graph();
  const x = graph.input('x', ['batch', 3]);
  const fed = graph.input('labels', ['batch'], 'int64');
  const y = crossEntropyPerSample(x, computed ? add(fed, graph.constant(int64(0))) : fed);
  graph.output(y);
  return toNumbers((await runOnce(graph, { x: logits, labels: int64(labels) }))[y.name] as Tensor);
}

describe('cross-entropy with labels that the graph computes', () => {
  it('is that of the same labels when they are fed', async () => {
    expect(await losses([2, 0], true)).toEqual(await losses([2, 0], false));
  });

  it.each([[-1], [3], [-100]])('is NaN where a label is %i, which is no class', async (label) => {
    const [bad, good] = await losses([label, 1], true);
    expect(bad).toBeNaN();
    expect(good).toBe((await losses([0, 1], false))[1]);
  });
});
