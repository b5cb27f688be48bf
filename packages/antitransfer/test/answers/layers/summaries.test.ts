import { describe, expect, it } from 'vitest';
import { meanInterval } from '../../../src/analysis/statistics.js';
import { layerMeasures } from '../../../src/answers/layers/measures.js';
import type { LayerResults } from '../../../src/answers/layers/results.js';
import { layerChance, layerSummaries } from '../../../src/answers/layers/summaries.js';
import { itemAt } from '../../../src/lookup.js';

const reading = (accuracy: number, chance: number) => ({
  accuracy,
  chance,
  control: 0.3,
  shuffled: 0.3,
  bits: 10,
  uniformBits: 20,
  clips: 100,
});

type Row = [method: string | null, seed: number, tap: string, accuracy: number, chance?: number];

function layers(rows: readonly Row[]): LayerResults {
  return {
    version: 1,
    name: 'made up',
    target: 'digit',
    taps: ['conv1', 'conv2'],
    position: 'after',
    tasks: ['speaker', 'room'],
    methods: [
      { id: 'no-transfer', label: 'no transfer' },
      { id: 'cka', label: 'CKA' },
    ],
    results: [
      ...rows.map(([method, seed, tap, accuracy, chance = 0.25]) => ({
        method,
        seed,
        tap,
        task: 'speaker',
        cka: null,
        gram: null,
        linear: reading(accuracy, chance),
      })),
      { method: 'cka', seed: 1, tap: 'conv1', task: 'room', cka: null, gram: null, mlp: reading(0.9, 0.5) },
    ],
    jobs: [],
  };
}

const probe = itemAt(layerMeasures, 0);

describe('what was measured at every tap', () => {
  const results = layers([
    ['cka', 1, 'conv2', 0.4],
    ['cka', 2, 'conv2', 0.5],
    ['cka', 3, 'conv2', 0.9],
    ['no-transfer', 1, 'conv1', 0.8, 0.2],
    [null, 1, 'conv1', 0.7],
    [null, 2, 'conv1', 0.7],
  ]);

  it('is the mean over seeds with its interval, in the order in which it is shown', () => {
    expect(layerSummaries(results, 'speaker', probe)).toEqual([
      // Of equal ones and of one nothing is known of how they vary.
      { method: null, tap: 'conv1', n: 2, mean: 0.7 },
      { method: 'no-transfer', tap: 'conv1', n: 1, mean: 0.8 },
      {
        method: 'cka',
        tap: 'conv2',
        n: 3,
        mean: expect.closeTo(0.6, 12),
        interval: meanInterval([0.4, 0.5, 0.9]),
      },
    ]);
    // By scipy 1.17.1: scipy.stats.t.interval(0.95, 2, 0.6, scipy.stats.sem([0.4, 0.5, 0.9]))
    const [low, high] = itemAt(layerSummaries(results, 'speaker', probe), 2).interval ?? [];
    expect(low).toBeCloseTo(-0.057241060772842856, 8);
    expect(high).toBeCloseTo(1.2572410607728428, 8);
  });

  it('is wider where seeds share clips', () => {
    const [, , plain] = layerSummaries(results, 'speaker', probe);
    const [, , corrected] = layerSummaries(results, 'speaker', probe, { testToTrainRatio: 0.5 });
    const width = (interval: readonly [number, number] | undefined) =>
      interval ? interval[1] - interval[0] : 0;
    expect(width(corrected?.interval) / width(plain?.interval)).toBeCloseTo(Math.sqrt((1 / 3 + 0.5) * 3), 8);
  });

  it('has the line of chance of its task', () => {
    const chance = layerChance(results, 'speaker');
    expect(chance).toMatchObject({ low: 0.2, high: 0.25 });
    expect(chance?.mean).toBeCloseTo((5 * 0.25 + 0.2) / 6, 12);
    expect(layerChance(results, 'room')).toEqual({ mean: 0.5, low: 0.5, high: 0.5 });
    expect(layerChance(layers([]), 'speaker')).toBeUndefined();
  });

  it('is nothing of what was not asked', () => {
    expect(layerSummaries(results, 'room', probe)).toEqual([]);
    expect(layerSummaries(results, 'weather', probe)).toEqual([]);
  });
});
