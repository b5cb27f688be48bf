import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type AggregationName,
  aggregations,
} from '../../../src/learning/objectives/aggregations/registry.js';
import { type SimilarityName, similarities } from '../../../src/learning/objectives/similarities/registry.js';
import { definitionOf, differences, type Maps, similarityDefinitions } from './definitions.js';
import { drawMaps, evaluate, relativeDistance } from './evaluate.js';

function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8')) as T;
}

interface OfficialCase {
  readonly shape: Maps['shape'];
  readonly aggregation: 'none' | 'mean' | 'sum' | 'max' | 'mul_comp' | 'gram' | 'pairwise';
  readonly similarity: 'cos_squared' | 'mse_sigmoid';
  readonly current: number[];
  readonly pretrained: number[];
  readonly loss: number;
  readonly gradCurrent: number[];
}

interface NumpyCase {
  readonly similarity: 'cka' | 'correlation';
  readonly shape: Maps['shape'];
  readonly current: number[];
  readonly frozen: number[];
  readonly loss: number;
  readonly gradient: number[];
}

/** The official code's names in ours. */
const ourAggregation = {
  none: 'none',
  mean: 'mean',
  sum: 'sum',
  max: 'max',
  mul_comp: 'mul-comp',
  gram: 'gram-batch',
  pairwise: 'pairwise',
} as const;
const ourSimilarity = { cos_squared: 'squared-cosine-rows', mse_sigmoid: 'negated-sigmoid-mse' } as const;

const everyPair = aggregations.names.flatMap((aggregation) =>
  similarities.names.map((similarity) => [aggregation, similarity] as const),
);
/** What a stochastic aggregation looks at in these tests. */
const channels = [1, 2, 3];

describe('the official code (float64) is equalled', () => {
  const { cases } = fixture<{ cases: OfficialCase[] }>('at_loss_vectors.json');

  it('in all its 28 cases', () => expect(cases.length).toBe(28));

  const rows = cases.flatMap((official) =>
    (['symbolic', 'static'] as const).map(
      (batch) =>
        [official.aggregation, official.similarity, official.shape.join(' x '), batch, official] as const,
    ),
  );
  it.each(rows)('%s, %s of %s, %s batch', async (_aggregation, _similarity, _shape, batch, official) => {
    const { loss, gradient } = await evaluate({
      aggregation: ourAggregation[official.aggregation],
      similarity: ourSimilarity[official.similarity],
      current: { shape: official.shape, data: official.current },
      frozen: { shape: official.shape, data: official.pretrained },
      batch,
    });
    // Measured: losses within 2e-7; gradients within 4e-6 (mul_comp, whose gradients are near 1e5) and 2e-6 (others).
    expect(Math.abs(loss / official.loss - 1)).toBeLessThan(1e-6);
    expect(relativeDistance(gradient, official.gradCurrent)).toBeLessThan(1e-5);
  });
});

describe('cka and correlation equal what numpy computes by other formulas', () => {
  const { cases } = fixture<{ cases: NumpyCase[] }>('penalties-numpy.json');
  const rows = cases.map((expected) => [expected.similarity, expected.shape.join(' x '), expected] as const);
  it.each(rows)('%s of %s, with its gradient', async (similarity, _shape, expected) => {
    const { shape } = expected;
    const { loss, gradient } = await evaluate({
      aggregation: 'none',
      similarity,
      current: { shape, data: expected.current },
      frozen: { shape, data: expected.frozen },
    });
    expect(Math.abs(loss / expected.loss - 1)).toBeLessThan(1e-5);
    expect(relativeDistance(gradient, expected.gradient)).toBeLessThan(1e-4);
  });
});

describe('every published pair equals its definition written out in double precision', () => {
  // Maps with more pixels than channels and with fewer: `gram` computes them differently.
  const shapes = [
    [3, 4, 3, 5],
    [2, 6, 2, 2],
    [1, 5, 1, 1],
  ] as const;
  const published = Object.keys(similarityDefinitions) as (keyof typeof similarityDefinitions)[];
  const rows = shapes.flatMap((shape) =>
    aggregations.names.flatMap((aggregation) =>
      published.map((similarity) => [shape.join(' x '), aggregation, similarity, shape] as const),
    ),
  );
  it.each(rows)('%s: %s, %s', async (_shape, aggregation, similarity, shape) => {
    // Small enough that the sigmoid of Gram matrices is not saturated; positive where a logarithm is taken.
    const options = { scale: 0.1, positive: aggregation === 'mul-comp' || shape[2] === 1 };
    const [current, frozen] = [drawMaps(shape, 1, options), drawMaps(shape, 2, options)];
    const definition = definitionOf(aggregation, channels);
    const wanted = definition.frozen(frozen);
    const value = (maps: Maps) => similarityDefinitions[similarity](definition.current(maps), wanted);
    const { loss, gradient } = await evaluate({ aggregation, similarity, current, frozen, channels });
    expect(Math.abs(loss / value(current) - 1)).toBeLessThan(1e-5);
    const measured = differences(current, value);
    // A cosine of vectors with one element is 1 wherever they point: its gradient is zero but for rounding.
    expect(Math.hypot(...gradient.map((g, i) => g - (measured[i] ?? 0)))).toBeLessThan(
      1e-4 * Math.hypot(...measured) + 1e-5,
    );
  });
});

describe('invariances', () => {
  const shape = [6, 5, 3, 4] as const;
  const current = drawMaps(shape, 3);
  const frozen: Maps = {
    shape,
    data: drawMaps(shape, 4).data.map((value, i) => value + 0.5 * (current.data[i] ?? 0)),
  };

  /** Moves channels about, and multiplies each. */
  function channelwise(
    { shape: [batch, count, height, width], data }: Maps,
    order: number[],
    factors: number[],
  ): Maps {
    const pixels = height * width;
    const moved = Array.from({ length: batch * count * pixels }, (_, i) => {
      const [b, c, p] = [Math.floor(i / (count * pixels)), Math.floor(i / pixels) % count, i % pixels];
      return (data[(b * count + (order[c] ?? 0)) * pixels + p] ?? 0) * (factors[c] ?? 1);
    });
    return { shape: [batch, count, height, width], data: moved };
  }
  const order = [3, 0, 4, 1, 2];
  const ones = [1, 1, 1, 1, 1];
  const of = async (similarity: SimilarityName, maps: Maps, aggregation: AggregationName = 'none') =>
    (await evaluate({ aggregation, similarity, current: maps, frozen, channels })).loss;

  it.each(['cka', 'correlation', 'unbiased-cka', 'canonical-correlation', 'subspace'] as const)(
    '%s does not change when channels are permuted',
    async (similarity) => {
      const before = await of(similarity, current);
      expect(Math.abs(before)).toBeGreaterThan(0.01);
      expect(await of(similarity, channelwise(current, order, ones))).toBeCloseTo(before, 6);
    },
  );

  it.each(['correlation', 'canonical-correlation', 'subspace'] as const)(
    '%s does not change when each channel is rescaled',
    async (similarity) => {
      const rescaled = channelwise(current, order, [0.01, 100, 1, 7, 0.5]);
      expect(await of(similarity, rescaled)).toBeCloseTo(await of(similarity, current), 5);
    },
  );

  it.each([1e-2, 1e-3, 100])(
    'those of this toolkit do not change when all maps are multiplied by %d',
    async (by) => {
      const scaled = { shape, data: current.data.map((value) => value * by) };
      for (const similarity of [
        'cka',
        'correlation',
        'unbiased-cka',
        'canonical-correlation',
        'subspace',
      ] as const) {
        expect(await of(similarity, scaled)).toBeCloseTo(await of(similarity, current), 5);
      }
    },
  );

  it('the Gram similarity does change when channels are permuted: it depends on their order', async () => {
    const permuted = channelwise(current, order, ones);
    const difference =
      (await of('squared-cosine', permuted, 'gram')) - (await of('squared-cosine', current, 'gram'));
    expect(Math.abs(difference)).toBeGreaterThan(1e-3);
  });
});

describe('the registry', () => {
  const shape = [4, 5, 3, 4] as const;
  const [current, frozen] = [drawMaps(shape, 5), drawMaps(shape, 6)];
  const dead = (maps: Maps): Maps => ({ shape, data: maps.data.map(() => 0) });
  const partlyDead = (maps: Maps): Maps => ({
    shape,
    // The first sample, and the second channel of the others.
    data: maps.data.map((value, i) => (i < 60 || Math.floor(i / 12) % 5 === 1 ? 0 : value)),
  });

  it('holds what is documented: nine aggregations and eight similarities', () => {
    expect([aggregations.names.length, similarities.names.length]).toEqual([9, 8]);
  });

  it.each(everyPair)('%s, %s: finite, and with a gradient', async (aggregation, similarity) => {
    const scale = similarity === 'negated-sigmoid-mse' ? 0.1 : 1;
    const scaled = (maps: Maps) => ({ shape, data: maps.data.map((value) => value * scale) });
    const { loss, gradient } = await evaluate({
      aggregation,
      similarity,
      current: scaled(current),
      frozen: scaled(frozen),
      channels,
    });
    expect(Number.isFinite(loss)).toBe(true);
    expect(gradient.every(Number.isFinite)).toBe(true);
    expect(Math.hypot(...gradient)).toBeGreaterThan(1e-5);
  });

  it.each(everyPair)('%s, %s: of identical maps as documented', async (aggregation, similarity) => {
    const { loss } = await evaluate({ aggregation, similarity, current, frozen: current, channels });
    const isPairwise = aggregation.endsWith('pairwise');
    switch (similarity) {
      case 'squared-cosine':
      case 'squared-cosine-rows':
        if (!isPairwise) expect(loss).toBeCloseTo(1, 5);
        else expect([loss > 0, loss < 1]).toEqual([true, true]);
        break;
      case 'negated-sigmoid-mse':
        if (!isPairwise) expect(loss).toBeCloseTo(-0.5, 6);
        else expect([loss > -1, loss < -0.5]).toEqual([true, true]);
        break;
      case 'cka':
      case 'unbiased-cka':
        expect(loss).toBeCloseTo(1, 5);
        break;
      case 'canonical-correlation':
      case 'subspace':
        // Directions of little variance count less, by the ridge.
        expect([loss > 0.9, loss < 1]).toEqual([true, true]);
        break;
      case 'correlation':
        expect([loss > 1 / 5, loss < 1]).toEqual([true, true]);
    }
  });

  const cases = [
    ['dead maps', dead(current), frozen],
    ['partly dead maps', partlyDead(current), frozen],
    ['dead frozen maps', current, dead(frozen)],
    ['dead maps on both sides', dead(current), dead(frozen)],
  ] as const;
  it.each(everyPair)('%s, %s: dead maps give finite numbers', async (aggregation, similarity) => {
    for (const [what, x, y] of cases) {
      const answer = await evaluate({ aggregation, similarity, current: x, frozen: y, channels });
      expect(Number.isFinite(answer.loss), `loss of ${what}`).toBe(true);
      expect(answer.gradient.every(Number.isFinite), `gradient of ${what}`).toBe(true);
    }
  });

  it.each(similarities.names.filter((name) => name !== 'negated-sigmoid-mse'))(
    '%s of dead maps is 0 and pulls nowhere',
    async (similarity) => {
      const answer = await evaluate({ aggregation: 'gram', similarity, current: dead(current), frozen });
      expect(answer.loss).toBe(0);
      expect(Math.hypot(...answer.gradient)).toBe(0);
    },
  );
});
