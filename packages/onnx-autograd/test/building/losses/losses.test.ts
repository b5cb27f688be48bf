import { describe, expect, it } from 'vitest';
import { Graph } from '../../../src/building/graph.js';
import * as losses from '../../../src/building/losses/index.js';
import { GraphError } from '../../../src/errors.js';
import type { Value } from '../../../src/graph/value.js';
import { Random } from '../../../src/random.js';
import { elementCount, float32, int64 } from '../../../src/tensor.js';
import { computed, differences, type Row, rows } from './rows.js';

describe('losses and their gradients are those of their formulas', () => {
  it('every loss has a row', () => {
    const functions = Object.keys(losses).sort();
    expect([...new Set(rows.map(({ loss }) => loss))].sort()).toEqual(functions);
  });

  it.each(rows.map((row) => [`${row.loss}: ${row.what}`, row] as const))('%s', async (_, row) => {
    const random = new Random(7);
    const logits = Array.from({ length: elementCount([...row.dims]) }, () =>
      Math.fround(2 * random.normal()),
    );
    const draw = (dims: readonly number[]) =>
      float32(
        Array.from({ length: elementCount([...dims]) }, () => 0.5 + random.uniform()),
        [...dims],
      );
    const found = await computed(row, logits, draw);
    const due = row.formula(logits);
    expect(found.losses.length).toBe(due.length);
    for (const [i, loss] of due.entries())
      expect(Math.abs((found.losses[i] ?? Number.NaN) - loss)).toBeLessThan(2e-6 * (1 + loss));
    const slopes = differences(row, logits, found.weights);
    expect(Math.hypot(...slopes)).toBeGreaterThan(1e-2);
    const error = Math.hypot(...slopes.map((slope, i) => slope - (found.gradient[i] ?? Number.NaN)));
    expect(error / Math.hypot(...slopes)).toBeLessThan(2e-6);
  });
});

describe('what does not fit is refused', () => {
  const graph = new Graph();
  const x = graph.input('x', ['batch', 3]);
  const y = graph.input('y', ['batch'], 'int64');
  const clips = graph.input('clips', ['batch', 'time', 3]);
  const told = graph.input('told', ['batch', 4, 3]);
  const words = graph.input('words', ['batch', 2], 'int64');

  it.each<[string, () => Value, RegExp]>([
    [
      'weights',
      () => losses.crossEntropy(x, y, { classWeights: [1, 2] }),
      /classWeights are 1, 2; wanted are 3/,
    ],
    ['a weight', () => losses.focalLoss(x, y, { classWeights: [1, 2, -1] }), /are 1, 2, -1; wanted are 3/],
    ['smoothing', () => losses.crossEntropy(x, y, { labelSmoothing: 1.5 }), /labelSmoothing is 1.5/],
    ['an ignored class', () => losses.crossEntropy(x, y, { ignoreLabel: 2 }), /ignoreLabel 2 is a class/],
    ['maps', () => losses.crossEntropy(told, y), /logits "told" are \(batch, 4, 3\), the labels \(batch\)/],
    ['maps, focal', () => losses.focalLoss(told, y), /logits "told" are \(batch, 4, 3\)/],
    ['labels of more', () => losses.crossEntropy(x, words), /labels \(batch, 2\)/],
    ['gamma', () => losses.focalLoss(x, y, { gamma: -1 }), /gamma of the focal loss is -1/],
    [
      'presence',
      () => losses.binaryCrossEntropy(x, x, { positiveWeights: [1] }),
      /positiveWeights are 1; wanted are 3/,
    ],
    ['frames', () => losses.ctcLoss(clips, words, y), /logits "clips" of a CTC loss are \(batch, time, 3\)/],
    ['labels', () => losses.ctcLoss(told, y, y), /labels "y" of a CTC loss are \(batch\)/],
    ['the blank', () => losses.ctcLoss(told, words, y, { blank: 3 }), /blank 3 is no class; there are 3/],
  ])('%s', (_, write, message) => {
    expect(write).toThrow(GraphError);
    expect(write).toThrow(message);
  });
});

it('a batch in which every label is ignored has the loss 0, and moves nothing', async () => {
  const row: Row = {
    loss: 'crossEntropy',
    what: '',
    dims: [2, 3],
    fed: { labels: int64([-100, -100]) },
    write: (logits, fed) => losses.crossEntropy(logits, fed.labels as Value, { ignoreLabel: -100 }),
    formula: () => [],
  };
  const found = await computed(row, [1, 2, 3, 4, 5, 6], () => float32(1));
  expect(found.losses).toEqual([0]);
  expect(found.gradient).toEqual([0, 0, 0, 0, 0, 0]);
});
