import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { holm } from '../../../src/analysis/statistics.js';
import { drawnMethods } from '../../../src/answers/joined/layerwise/drawn-methods.js';
import { layerwiseGains } from '../../../src/answers/joined/layerwise/gains.js';
import { namesOfSeries } from '../../../src/answers/joined/layerwise/series-names.js';
import { tappedMethods } from '../../../src/answers/joined/layerwise/tapped-methods.js';
import type { ComparisonResults } from '../../../src/answers/results.js';
import { accuracyDifference } from '../../../src/answers/summary.js';
import { comparisonFixture } from '../page/fixture.js';
import { atTaps, layerwiseFixture } from './layerwise-fixture.js';

const reference = { id: 'no-transfer', accuracy: 0.5 };
const cka = { similarity: 'cka', beta: 1 };
/** Written in another order than that of the layers; validation and test disagree. */
const alongTaps = atTaps('cka', cka, {
  conv4_2: [0.52, 0.6],
  conv3_1: [0.56, 0.7],
  pool2: [0.62, 0.65],
  conv10_1: [0.4, 0.5],
}).filter(({ id }) => id !== 'cka-conv10-1');
const named = (...all: ComparisonResults[]) => all.map((results, i) => ({ name: `run ${i + 1}`, results }));

describe('gains by the tap', () => {
  const results = layerwiseFixture(new Random(1), [
    reference,
    ...alongTaps,
    { id: 'cdan', accuracy: 0.7 },
    ...atTaps('other', { ...cka, beta: 2 }, { conv3_1: [0.5, 0.5] }),
  ]);
  const [gains, ...others] = layerwiseGains(named(results));

  it('are of methods that differ in nothing but the tap, in the order of the layers', () => {
    expect(others).toEqual([]);
    expect(gains?.taps).toEqual(['pool2', 'conv3_1', 'conv4_2']);
    expect(gains?.ordered).toBe(true);
    expect(gains?.series.map(({ name, points }) => [name, points.map(({ tap }) => tap)])).toEqual([
      ['cka', ['pool2', 'conv3_1', 'conv4_2']],
    ]);
  });

  it('are the paired differences from the reference', () => {
    const [point] = gains?.series[0]?.points ?? [];
    expect(point?.gain).toEqual(accuracyDifference(results, 'cka-pool2', 'no-transfer'));
    expect(point?.gain.n).toBe(5);
  });

  it('are tested together: p is Holm’s over all taps that are drawn, also of comparisons of their own', () => {
    const points = gains?.series[0]?.points ?? [];
    expect(points.map(({ pHolm }) => pHolm)).toEqual(holm(points.map(({ gain }) => gain.test?.p)));
    expect(points.some(({ gain, pHolm }) => (pHolm ?? 0) > (gain.test?.p ?? 1))).toBe(true);
    const apart = alongTaps.map((method) => layerwiseFixture(new Random(1), [reference, method]));
    const joined = layerwiseGains(named(...apart))[0]?.series[0]?.points ?? [];
    expect(joined.map(({ run }) => run)).toHaveLength(3);
    expect(joined.map(({ pHolm }) => pHolm)).toEqual(holm(joined.map(({ gain }) => gain.test?.p)));
  });

  it('tell the tap that validation chooses from the one that is best on the test', () => {
    const [series] = gains?.series ?? [];
    expect(series?.chosen).toMatchObject({ tap: 'conv3_1', validation: expect.closeTo(0.7, 10) });
    expect(series?.best?.tap).toBe('pool2');
    expect(series?.points).toContain(series?.chosen);
  });

  it('are best on the test where validation chooses, when no other tap gained more', () => {
    const pool2 = results.runs.filter(({ method }) => method === 'cka-pool2');
    const same = results.runs.map((run) => {
      const other = pool2.find(({ seed }) => seed === run.seed);
      return run.method === 'cka-conv3-1' && other !== undefined ? { ...run, test: other.test } : run;
    });
    const [alike] = layerwiseGains(named({ ...results, runs: same }));
    const [series] = alike?.series ?? [];
    const [pool, convolution] = series?.points ?? [];
    expect(pool?.gain.mean).toBe(convolution?.gain.mean);
    expect(series?.chosen?.tap).toBe('conv3_1');
    expect(series?.best).toBe(series?.chosen);
  });

  it('choose nothing where there are no validation clips, and no control beside methods', () => {
    const blind = {
      ...results,
      runs: results.runs.map((run) => ({
        ...run,
        epochs: run.epochs.map((epoch) => ({
          ...epoch,
          validation: { crossEntropy: Number.NaN, accuracy: Number.NaN },
        })),
      })),
    };
    expect(layerwiseGains(named(blind))[0]?.series[0]?.chosen).toBeUndefined();
    const controlled = layerwiseFixture(new Random(1), [
      reference,
      ...alongTaps.map((method) => ({ ...method, control: method.id === 'cka-conv3-1' })),
    ]);
    expect(layerwiseGains(named(controlled))[0]?.series[0]?.chosen?.tap).toBe('pool2');
  });

  it('are none of one tap, and none where the configuration is not known', () => {
    expect(layerwiseGains(named(layerwiseFixture(new Random(1), [reference, alongTaps[0]!])))).toEqual([]);
    expect(layerwiseGains(named(comparisonFixture(new Random(1), { epochs: 1, clips: 5 })))).toEqual([]);
  });
});

describe('comparisons that differ in the tap', () => {
  const at = (tap: string | null, changes: Record<string, unknown> = {}, accuracy = 0.6) =>
    layerwiseFixture(
      new Random(2),
      [reference, { id: 'penalty', accuracy, validation: 0.6, objectives: [cka] }],
      { tap, name: `at-${tap}`, ...changes },
    );

  it('are joined, the last convolution where none is named', () => {
    const [gains, ...others] = layerwiseGains(named(at(null), at('conv2_1'), at('input')));
    expect(others).toEqual([]);
    expect(gains?.runs).toEqual(['run 3', 'run 2', 'run 1']);
    expect(gains?.series[0]?.points.map(({ tap, run }) => [tap, run])).toEqual([
      ['input', 'run 3'],
      ['conv2_1', 'run 2'],
      ['conv4_2', 'run 1'],
    ]);
  });

  it('are not joined where they differ in anything else', () => {
    const longer = at('conv2_1', { training: { epochs: 99 } });
    expect(layerwiseGains(named(at(null), longer))).toEqual([]);
    const moreSeeds = at('conv2_1', { seeds: 9, firstSeed: 7, removableThreshold: 0.5 });
    expect(layerwiseGains(named(at(null), moreSeeds))).toHaveLength(1);
  });

  it('stand apart where they repeat each other', () => {
    const twice = layerwiseGains(named(at(null), at('pool1'), at(null), at('pool1')));
    expect(twice.map(({ runs }) => runs)).toEqual([
      ['run 2', 'run 1'],
      ['run 4', 'run 3'],
    ]);
  });

  it('of a network that was given as a file have taps by name, and no order', () => {
    const network = { model: 'mine.onnx' };
    const [gains] = layerwiseGains(named(at('block10', { network }), at('block9', { network })));
    expect(gains).toMatchObject({ ordered: false, taps: ['block9', 'block10'] });
  });
});

describe('where methods look', () => {
  const tapsOf = (methods: Parameters<typeof layerwiseFixture>[1], changes = {}) =>
    tappedMethods(layerwiseFixture(new Random(1), methods, changes, 1))?.methods.map(({ id, tap }) => [
      id,
      tap,
    ]);

  it.each([
    ['the frozen tap that is the tap', [{ ...cka, tap: 'pool1', frozenTap: 'pool1' }], true],
    ['the first task by its name', [{ ...cka, tap: 'pool1', orthogonal: 'speaker' }], true],
    ['another frozen tap', [{ ...cka, tap: 'pool1', frozenTap: 'conv1_1' }], false],
    ['another position', [{ ...cka, tap: 'pool1', position: 'before' }], false],
    ['another beta', [{ ...cka, tap: 'pool1', beta: 3 }], false],
  ] as const)('%s', (_, objectives, isSame) => {
    const methods = [
      reference,
      { id: 'a', accuracy: 0.5, objectives: [{ ...cka, tap: 'conv2_1' }] },
      { id: 'b', accuracy: 0.5, objectives },
    ];
    const found = tappedMethods(layerwiseFixture(new Random(1), methods, {}, 1))?.methods ?? [];
    expect(found.map(({ tap }) => tap)).toEqual(['conv2_1', 'pool1']);
    expect(found[0]?.form === found[1]?.form).toBe(isSame);
  });

  it('is known of two objectives at one tap, and of a correction', () => {
    const both = { id: 'both', accuracy: 0.5, objectives: [cka, { kind: 'coral' }] };
    const apart = { id: 'apart', accuracy: 0.5, objectives: [cka, { ...cka, tap: 'pool1' }] };
    const erased = { id: 'erased', accuracy: 0.5, correction: { kind: 'leace', tap: 'conv3_2' } };
    expect(tapsOf([reference, both, apart, erased], { tap: 'conv3_1' })).toEqual([
      ['both', 'conv3_1'],
      ['erased', 'conv3_2'],
    ]);
  });

  it('is where the released code looks, of the published penalty in VGG16', () => {
    const results = layerwiseFixture(new Random(1), [reference], { network: { name: 'vgg16' } }, 1);
    const config = { ...results.config, methods: ['no-transfer', 'as-published'] };
    const found = tappedMethods({ ...results, config });
    expect(found?.methods.map(({ tap }) => tap)).toEqual(['conv5_2']);
    expect(found?.order.slice(0, 4)).toEqual(['input', 'conv1_1', 'conv1_2', 'pool1']);
  });
});

it('draws of methods that differ in the tap only the one that validation chooses', () => {
  const results = layerwiseFixture(new Random(1), [reference, ...alongTaps, { id: 'cdan', accuracy: 0.7 }]);
  expect(drawnMethods(results).map(({ label, tap, method }) => [label, tap, method.id])).toEqual([
    ['no transfer', undefined, 'no-transfer'],
    ['cka', 'conv3_1', 'cka-conv3-1'],
    ['cdan', undefined, 'cdan'],
  ]);
  const untold = comparisonFixture(new Random(1), { epochs: 1, clips: 5, seeds: 1 });
  expect(drawnMethods(untold).map(({ key }) => key)).toEqual(untold.methods.map(({ id }) => id));
});

it('calls a series by what begins its labels, another name each', () => {
  const series = (...all: string[][]) =>
    namesOfSeries(all.map((labels) => labels.map((label) => ({ ...reference, label }) as never)));
  expect(series(['cka at conv1_1', 'cka at pool1'], ['noises layer 2', 'noises layer 28'])).toEqual([
    'cka',
    'noises',
  ]);
  expect(series(['CKA (conv1_1)', 'CKA (conv2_1)'], ['CKA, pool1', 'CKA, pool2'])).toEqual([
    'CKA (conv1_1) …',
    'CKA, pool1 …',
  ]);
  expect(series(['one', 'two'])).toEqual(['one …']);
});
