import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { antiTransfer } from '../../../src/learning/objectives/similarity.js';
import { fit } from '../../../src/learning/training/fit.js';
import { smallNetwork, smallTraining } from '../training/small.js';
import { differences, type Maps } from './definitions.js';
import { drawMaps, evaluate, relativeDistance } from './evaluate.js';
import { canonicalOf, subspaceOf, unbiasedCkaOf } from './likeness-definitions.js';

const definitions = {
  'unbiased-cka': unbiasedCkaOf,
  'canonical-correlation': canonicalOf,
  subspace: subspaceOf,
} as const;

type Own = keyof typeof definitions;

/** Maps of which the second are half the first. */
function related(shape: Maps['shape'], channels = shape[1]): [Maps, Maps] {
  const current = drawMaps(shape, 3);
  const other: Maps['shape'] = [shape[0], channels, shape[2], shape[3]];
  const pixels = shape[2] * shape[3];
  const data = drawMaps(other, 4).data.map((value, i) => {
    const [b, c, p] = [Math.floor(i / (channels * pixels)), Math.floor(i / pixels) % channels, i % pixels];
    return Math.fround(value + 0.5 * current.data[(b * shape[1] + (c % shape[1])) * pixels + p]!);
  });
  return [current, { shape: other, data }];
}

describe('similarities of this toolkit equal their definitions in double precision', () => {
  const rows = (Object.keys(definitions) as Own[]).flatMap((similarity) => [
    [similarity, 'as many channels', related([6, 5, 3, 4])] as const,
    [similarity, 'fewer channels of the frozen network', related([5, 6, 3, 4], 3)] as const,
    [similarity, 'maps of one pixel, fewer clips than channels', related([6, 8, 1, 1])] as const,
  ]);
  it.each(rows)('%s, %s, with its gradient', async (similarity, _what, [current, frozen]) => {
    const { loss, gradient } = await evaluate({ aggregation: 'none', similarity, current, frozen });
    const value = (maps: Maps) => definitions[similarity](maps, frozen);
    expect(Math.abs(value(current))).toBeGreaterThan(0.05);
    expect(loss).toBeCloseTo(value(current), 3);
    expect(relativeDistance(gradient, differences(current, value))).toBeLessThan(5e-3);
  });
});

describe('unbiased CKA', () => {
  it('is 0 on average for unrelated maps, where the plain one of as few clips is not', async () => {
    const mean = async (similarity: 'cka' | 'unbiased-cka') => {
      const losses: number[] = [];
      for (let draw = 0; draw < 40; draw++) {
        const [current, frozen] = [1, 2].map((i) => drawMaps([6, 8, 1, 2], 100 * i + draw)) as [Maps, Maps];
        losses.push((await evaluate({ aggregation: 'none', similarity, current, frozen })).loss);
      }
      return losses.reduce((a, b) => a + b) / losses.length;
    };
    expect(Math.abs(await mean('unbiased-cka'))).toBeLessThan(0.08);
    expect(await mean('cka')).toBeGreaterThan(0.4);
  });

  it.each([1, 2, 3])('of %d clips, such as a last batch has, it is 0 and pulls nowhere', async (clips) => {
    const [current, frozen] = related([clips, 5, 3, 4]);
    const answer = await evaluate({ aggregation: 'none', similarity: 'unbiased-cka', current, frozen });
    expect(answer.loss).toBeCloseTo(0, 12);
    expect(answer.gradient.every((value) => value === 0)).toBe(true);
  });

  it.each([
    ['unbiased-cka', 4],
    ['cka', 3],
  ] as const)(
    '"%s" is refused, by name, where all batches are of fewer than %d clips',
    async (similarity, least) => {
      const penalty = antiTransfer({ orthogonal: smallNetwork(9), tap: 'conv3_2', similarity });
      const batch = least - 1;
      await expect(fit({ ...smallTraining({ batch }), objectives: [penalty] })).rejects.toThrow(
        `The objective "${similarity}" is an estimate over the batch that needs ${least} clips or more; training.batch is ${batch}.`,
      );
    },
  );
});

describe('canonical correlation and subspace', () => {
  const [current, frozen] = related([6, 5, 3, 4]);
  const of = async (similarity: Own, other: Maps) =>
    (await evaluate({ aggregation: 'none', similarity, current, frozen: other })).loss;

  /** Every channel of the frozen network becomes a mixture of all. */
  function mixed({ shape, data }: Maps): Maps {
    const [batch, channels, height, width] = shape;
    const pixels = height * width;
    const random = new Random(8);
    const weights = Array.from({ length: channels ** 2 }, () => random.normal());
    return {
      shape,
      data: Array.from({ length: batch * channels * pixels }, (_, i) => {
        const [b, c, p] = [
          Math.floor(i / (channels * pixels)),
          Math.floor(i / pixels) % channels,
          i % pixels,
        ];
        let value = 0;
        for (let k = 0; k < channels; k++)
          value += weights[c * channels + k]! * data[(b * channels + k) * pixels + p]!;
        return Math.fround(value);
      }),
    };
  }

  it.each(['canonical-correlation', 'subspace'] as const)(
    '%s hardly changes when channels are mixed, which correlation does',
    async (similarity) => {
      const before = await of(similarity, frozen);
      expect(before).toBeGreaterThan(0.1);
      expect(Math.abs((await of(similarity, mixed(frozen))) / before - 1)).toBeLessThan(0.1);
      const plain = async (other: Maps) =>
        (await evaluate({ aggregation: 'none', similarity: 'correlation', current, frozen: other })).loss;
      expect(Math.abs((await plain(mixed(frozen))) / (await plain(frozen)) - 1)).toBeGreaterThan(0.1);
    },
  );
});
