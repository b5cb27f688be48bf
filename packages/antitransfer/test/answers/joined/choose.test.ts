import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { choiceSentences } from '../../../src/answers/joined/choice-text.js';
import { chooseByValidation } from '../../../src/answers/joined/choose.js';
import type { ComparisonResults } from '../../../src/answers/results.js';
import { summarise } from '../../../src/answers/summary.js';
import { finishedCell } from '../../../src/answers/sweep/finished-cell.js';
import { renderSweep } from '../../../src/answers/sweep/page.js';
import { judge } from '../../../src/answers/verdict/verdict.js';
import { comparisonFixture } from '../page/fixture.js';
import { layerwiseFixture } from './layerwise-fixture.js';

const [one, two] = [1, 2].map((seed) =>
  comparisonFixture(new Random(seed), { epochs: 2, clips: 20, seeds: 3 }),
);
if (one === undefined || two === undefined) throw new Error('There are no two comparisons.');

/** The comparison with accuracies that are told; of all other methods 0.1. */
function scored(
  results: ComparisonResults,
  told: Readonly<Record<string, readonly [validation: number, test: number]>>,
): ComparisonResults {
  return {
    ...results,
    runs: results.runs.map((run) => {
      const [validation, accuracy] = told[run.method] ?? [0.1, 0.1];
      const epochs = run.epochs.map((epoch) => ({
        ...epoch,
        // Those of epochs that were not chosen say nothing.
        validation: { ...epoch.validation, accuracy: epoch.epoch === run.bestEpoch ? validation : 1 },
      }));
      return { ...run, epochs, test: { ...run.test, accuracy } };
    }),
  };
}

const control = one.methods.find((method) => method.control)?.id ?? '';
const first = scored(one, { none: [0.5, 0.6], gram: [0.7, 0.65], [control]: [0.99, 0.99] });
const second = scored(two, { gram: [0.6, 0.8] });
const named = (...all: readonly ComparisonResults[]) =>
  all.map((results, at) => ({ name: `cell-${at + 1}`, results }));

describe('a choice among many comparisons', () => {
  it('is by validation clips, beside what the test would have chosen; controls take no part', () => {
    expect(control).not.toBe('');
    const choice = chooseByValidation(named(first, second));
    expect(choice?.chosen).toMatchObject({ comparison: 'cell-1', method: 'gram' });
    expect(choice?.chosen.validation).toBeCloseTo(0.7, 12);
    expect(choice?.chosen.test).toBeCloseTo(0.65, 12);
    expect(choice?.bestOnTest).toMatchObject({ comparison: 'cell-2', method: 'gram' });
    expect(choice?.candidates).toBe(2 * one.methods.filter((method) => !method.control).length);
    const [chosen, best] = choiceSentences(choice ?? expect.fail('There is no choice.'));
    expect(chosen).toMatch(/in cell-1, 70\.0% there, 65\.0% on the test\.$/);
    expect(best).toMatch(/in cell-2, 80\.0%: whoever chooses by the test reports too much\.$/);
  });

  it('says that it is the best on the test, too, where another one is only as good there', () => {
    const alike = scored(two, { none: [0.2, 0.65] });
    const choice = chooseByValidation(named(alike, scored(one, { gram: [0.7, 0.65] })));
    expect(choice?.chosen).toMatchObject({ comparison: 'cell-2', method: 'gram' });
    expect(choice?.bestOnTest).toEqual(choice?.chosen);
    const [, said] = choiceSentences(choice ?? expect.fail('There is no choice.'));
    expect(said).toBe('It is the best on the test, too.');
  });

  it('counts a training that comparisons share once', () => {
    const tried = one.methods.filter((method) => !method.control).length;
    expect(chooseByValidation(named(first, first))?.candidates).toBe(tried);
    expect(chooseByValidation(named(first, second))?.candidates).toBe(2 * tried);
  });

  it('is none where the question is not one', () => {
    const other = { ...second, config: { ...second.config, target: 'speaker' } };
    expect(chooseByValidation(named(first, other))).toBeUndefined();
    expect(chooseByValidation([])).toBeUndefined();
  });

  it('leaves out what learned from validation clips, and methods that were not trained in every repetition', () => {
    const learned = {
      ...first,
      methods: first.methods.map((method) =>
        method.id === 'gram'
          ? {
              ...method,
              correction: {
                kind: 'deep-feature-reweighting',
                description: '',
                paper: '',
                labels: 'none',
                learnsFrom: 'validation',
                task: 'speaker',
              },
            }
          : method,
      ),
    } as ComparisonResults;
    expect(chooseByValidation(named(learned))?.chosen.method).toBe('none');
    const lacking = {
      ...first,
      runs: first.runs.filter(({ method, seed }) => method !== 'gram' || seed > 1),
    };
    expect(chooseByValidation(named(lacking))?.chosen.method).toBe('none');
  });
});

const cells = (...all: readonly ComparisonResults[]) =>
  named(...all).map(({ name, results }) => finishedCell(name, results));

describe('the page of a sweep', () => {
  it('links every report, tells what is missing, and shows what others wrote as text', () => {
    const page = renderSweep(
      { finished: cells(first, second), dropped: [], missing: ['<b>'] },
      (cell) => `${cell}/report.html`,
    );
    expect(page).toContain('2 of 3 comparisons are finished');
    for (const cell of ['cell-1', 'cell-2'])
      expect(page).toContain(`<a href="${cell}/report.html">${cell}</a>`);
    expect(page).toContain('Not finished: &lt;b&gt;.');
    expect(page).toContain('Chosen by validation clips');
  });

  it('has the verdicts of the reports, which look at every answer, and none of the answers', () => {
    const [cell] = cells(first);
    expect(cell?.verdict).toEqual(judge(first, summarise(first)));
    expect(cell?.summaries).toEqual(summarise(first));
    expect(cell?.results.runs.every(({ predictions }) => predictions.length === 0)).toBe(true);
  });

  it('draws the gains by the tap of cells that differ in the tap only, with both choices', () => {
    const reference = { id: 'no-transfer', accuracy: 0.5 };
    const at = (tap: string, accuracy: number, validation: number, seed: number) =>
      layerwiseFixture(
        new Random(seed),
        [reference, { id: 'cka', accuracy, validation, objectives: [{ similarity: 'cka' }] }],
        { tap },
      );
    const page = renderSweep(
      { finished: cells(at('conv3_1', 0.9, 0.6, 1), at('conv4_2', 0.6, 0.8, 2)), dropped: [], missing: [] },
      (cell) => cell,
    );
    const text = page.replaceAll(/<[^>]*>/g, '');
    expect(text).toMatch(
      /validation chooses conv4_2 .*; the best on the test, chosen on the test, is conv3_1/,
    );
    expect(page).toContain('data-figure="layerwise-gains"');
  });

  it('is one of nothing, too', () => {
    expect(renderSweep({ finished: [], dropped: [], missing: ['a'] }, (cell) => cell)).toContain(
      '0 of 1 comparisons are finished',
    );
  });
});
