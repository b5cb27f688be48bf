import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { layerChange } from '../../../src/answers/layers/changes.js';
import { layerMeasures } from '../../../src/answers/layers/measures.js';
import type { LayerResults } from '../../../src/answers/layers/results.js';
import { atTrainedTap } from '../../../src/answers/layers/trained-tap.js';
import type { ComparisonResults } from '../../../src/answers/results.js';
import { estimateOf, summarise } from '../../../src/answers/summary.js';
import { itemAt } from '../../../src/lookup.js';
import { comparisonFixture } from '../page/fixture.js';

const results: ComparisonResults = comparisonFixture(new Random(1), { epochs: 3, clips: 10 });
const task = results.tasks[0].name;
const [reference, other] = results.methods.map(({ id }) => id);
const probe = itemAt(layerMeasures, 0);

/** An analysis that has read at "last" what the comparison's own probes have. */
function analysed(): LayerResults {
  return {
    version: 1,
    name: 'as the report',
    target: results.target.column,
    taps: ['first', 'last'],
    position: 'after',
    tasks: [task],
    methods: results.methods.map(({ id, label }) => ({ id, label })),
    results: results.runs.flatMap(({ method, seed, fold, tasks }) =>
      ['first', 'last'].map((tap) => ({
        method,
        seed,
        ...(fold !== undefined && { fold }),
        tap,
        task,
        cka: null,
        gram: null,
        linear: {
          ...{ accuracy: tap === 'last' ? itemAt(tasks, 0).probe.accuracy : 0.5, chance: 0.2 },
          ...{ control: 0.2, shuffled: 0.2, bits: 10, uniformBits: 20, clips: 100 },
        },
      })),
    ),
    jobs: [],
  };
}

describe('a change at a tap', () => {
  it('is the report’s where the numbers are: paired, corrected, with its interval', () => {
    const [, summary] = summarise(results);
    const expected = summary?.tasks[0]?.probeChange;
    const change = layerChange(analysed(), results, { method: other ?? '', task, tap: 'last' }, probe);
    expect(change?.n).toBe(expected?.n);
    expect(100 * (change?.mean ?? 0)).toBeCloseTo(expected?.mean ?? Number.NaN, 10);
    const [low = 0, high = 0] = change?.test?.interval ?? [];
    expect(100 * low).toBeCloseTo(expected?.test?.interval[0] ?? Number.NaN, 10);
    expect(100 * high).toBeCloseTo(expected?.test?.interval[1] ?? Number.NaN, 10);
  });

  it('is none of the first method, of the first weights, and where one of a pair is missing', () => {
    const at = (method: string | null, tap = 'last') =>
      layerChange(analysed(), results, { method, task, tap }, probe);
    expect(at(reference ?? '')).toBeUndefined();
    expect(at(null)).toBeUndefined();
    expect(at(other ?? '', 'elsewhere')).toBeUndefined();
    expect(at(other ?? '', 'first')).toMatchObject({ mean: 0, test: undefined });
  });
});

describe('what is left at the trained tap', () => {
  it('is what the report says of it, method by method', () => {
    const rows = atTrainedTap(results, task);
    expect(rows.map(({ method }) => method)).toEqual(results.methods.map(({ id }) => id));
    for (const [at, summary] of summarise(results).entries()) {
      const { probe: read, cka, probeChange, ckaChange, chance, ckaCurve } = itemAt(rows, at);
      const [of] = summary.tasks;
      expect(read?.mean).toBe(of?.probe.accuracy.mean);
      expect(cka?.mean).toBe(of?.cka.mean);
      expect({ probeChange, ckaChange, chance }).toEqual({
        probeChange: of?.probeChange,
        ckaChange: of?.ckaChange,
        chance: of?.probe.chance,
      });
      const runs = results.runs.filter(({ method }) => method === summary.method.id);
      expect(read).toEqual(estimateOf(results, runs, ({ tasks }) => itemAt(tasks, 0).probe.accuracy));
      const first = runs.map(({ epochs }) => epochs[0]?.measures[`cka.${task}`] ?? Number.NaN);
      expect(ckaCurve[0]?.n).toBe(runs.length);
      expect(ckaCurve[0]?.mean).toBeCloseTo(first.reduce((sum, value) => sum + value, 0) / first.length, 12);
    }
  });
});
