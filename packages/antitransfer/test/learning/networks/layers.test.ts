import { float32, Graph, Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { Layers } from '../../../src/learning/networks/layers.js';
import { relativeDistance } from '../objectives/evaluate.js';
import { compute } from './small-networks.js';
import { reference } from './torch-reference.js';

describe('adaptive average pooling', () => {
  const rows = reference.pooling.map((row) => [row.shape.slice(2).join(' x '), row.size, row] as const);
  it.each(rows)('of %s to %d equals PyTorch', async (_map, size, { shape, x, y }) => {
    const graph = new Graph('pooling');
    const layers = new Layers(graph, new Random(0));
    const pooled = layers.adaptiveAveragePool(graph.input('x', ['batch', ...shape.slice(1)]), size);
    expect(pooled.shape).toEqual(['batch', shape[1], size, size]);
    const [found = []] = await compute(graph, float32(x, shape), [pooled]);
    expect(relativeDistance(found, y)).toBeLessThan(1e-6);
  });
});
