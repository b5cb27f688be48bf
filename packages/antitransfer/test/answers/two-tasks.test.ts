import { parseHTML } from 'linkedom';
import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { formatShareEstimate, formatShares, formatUnit, formatUnits } from '../../src/answers/format.js';
import { renderReport } from '../../src/answers/page/html.js';
import type { ComparisonResults, TaskResult } from '../../src/answers/results.js';
import { summarise } from '../../src/answers/summary.js';
import { methodColumns, runColumns } from '../../src/answers/tables/columns.js';
import { predictionsCsv, resultsCsv } from '../../src/answers/tables/csv.js';
import { summaryTable } from '../../src/answers/tables/terminal.js';
import { judge } from '../../src/answers/verdict/verdict.js';
import { comparisonFixture, type ResultsFixture } from './page/fixture.js';
import { FSDD_METHODS, type TaskFixture } from './page/fsdd.js';

const ROOM: TaskFixture = {
  name: 'place-of-recording',
  column: 'room',
  classes: ['hall', 'studio'],
  removable: 0.6,
  cka: { none: 0.6, 'correlation-auxiliary': 0.1 },
  probe: { none: 0.9, 'correlation-auxiliary': 0.55 },
};

const BOTH = { 'correlation-auxiliary': ['speaker', 'place-of-recording'] };

function comparison(options: ResultsFixture = {}): ComparisonResults {
  return comparisonFixture(new Random(1), { epochs: 3, clips: 10, otherTasks: [ROOM], ...options });
}

const results = comparison({ forgets: BOTH });
const summaries = summarise(results);

describe('two orthogonal tasks', () => {
  it('have a summary each, from their own numbers', () => {
    for (const summary of summaries) {
      const runs = results.runs.filter(({ method }) => method === summary.method.id);
      expect(summary.tasks.map(({ name }) => name)).toEqual(['speaker', 'place-of-recording']);
      for (const [index, task] of summary.tasks.entries()) {
        const probes = runs.map(({ tasks }) => tasks[index]!.probe.accuracy);
        expect(task.probe.accuracy.mean).toBeCloseTo(probes.reduce((a, b) => a + b, 0) / 7, 12);
      }
    }
    const [, , , forgetful] = summaries;
    expect(forgetful!.tasks[1]!.probeChange!.mean).toBeCloseTo(-35, -1);
    expect(forgetful!.tasks[1]!.ckaChange!.mean).toBeCloseTo(-0.5, 1);
  });

  it('have columns each in results.csv and predictions.csv, by name', () => {
    const [head, first] = resultsCsv(results).split('\n');
    const names = ['speaker', 'place-of-recording'].flatMap((task) =>
      ['cka', 'probe', 'worst', 'gap', 'probe_chance'].map((measure) => `${measure} ${task}`),
    );
    expect(head!.split(',').slice(-10)).toEqual(names);
    const [speaker, room] = results.runs[0]!.tasks;
    const numbersOf = ({ cka, probe, groups }: TaskResult) => {
      const [low, ...others] = groups.map(({ accuracy }) => accuracy).toSorted((a, b) => a - b);
      return [cka, probe.accuracy, low, others.at(-1)! - low!, probe.chance];
    };
    expect(first!.split(',').slice(-10).map(Number)).toEqual([...numbersOf(speaker!), ...numbersOf(room!)]);
    const [answers, answer] = predictionsCsv(results).split('\n');
    expect(answers).toContain(',orthogonal speaker,orthogonal place-of-recording,');
    expect(answer).toContain(',george,hall,');
  });

  it('are columns of their own, whose ids no other column has', () => {
    for (const columns of [methodColumns(results, summaries), runColumns(results)]) {
      const ids = columns.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toEqual(
        expect.arrayContaining([
          'cka speaker',
          'probe speaker',
          'cka place-of-recording',
          'probe place-of-recording',
        ]),
      );
    }
  });

  it.each([60, 80, 100])('fit a terminal of %i columns, the columns of a task side by side', (width) => {
    const text = summaryTable(results, summaries, { colour: false, width });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
    const [first = '', ...below] = text.split('\n\n');
    expect(first).toContain('95% CI');
    const tables = [first, ...below];
    for (const { tasks } of summaries) {
      for (const task of tasks) {
        const numbers = new RegExp(
          `${formatUnit(task.cka.mean)} +${(100 * task.probe.accuracy.mean!).toFixed(1)}`,
        );
        expect(tables.some((table) => numbers.test(table))).toBe(true);
      }
    }
    expect(text).toMatch(/ place-of- +place-of-.*\n.* recording /);
  });

  it('stand in a table of their own on the page, and are figures, curves and settings each', () => {
    const { document } = parseHTML(renderReport(results));
    const [main, ...tables] = [
      ...document.querySelectorAll('section[aria-labelledby="results"] table.results'),
    ];
    expect(main!.querySelectorAll('thead th')).toHaveLength(11);
    const titles = tables.map((table) => table.querySelector('th[scope=colgroup]')!.textContent);
    expect(titles).toEqual(['speaker', 'place-of-recording']);
    const rows = tables.map((table) => [...table.querySelectorAll('tbody tr')]);
    for (const [index, summary] of summaries.entries()) {
      const cells = rows.flatMap((own) => [...own[index]!.querySelectorAll('td')]);
      expect(cells.map((cell) => cell.textContent)).toEqual(
        summary.tasks.flatMap(({ cka, probe, worst, gap }) => [
          formatUnits(cka),
          formatShares(probe.accuracy),
          formatShareEstimate(worst),
          formatShareEstimate(gap),
        ]),
      );
    }
    const text = document.querySelector('main')!.textContent!;
    // A name that is no label column is quoted.
    for (const [the, word] of [
      ['the speaker', 'speaker'],
      ['“place-of-recording”', '“place-of-recording”'],
    ]) {
      expect(text).toContain(`How well a linear probe reads ${the}`);
      expect(text).toContain(`Likeness to the ${word} network`);
      expect(text).toContain(`CKA to the ${word} network, validation clips`);
      expect(text).toContain(`The ${word} network`);
    }
    for (const name of ['speaker', 'place-of-recording']) expect(text).toContain(`${name} (to forget)`);
    expect(text).toContain('Did it forget the speaker and “place-of-recording”?');
    expect(text).toContain('speaker (5 classes), place-of-recording (2 classes)');
  });

  it('are told apart by name where they have one column', () => {
    const twin = { ...ROOM, name: 'other-speakers', column: 'speaker' };
    const text = renderReport(comparison({ otherTasks: [twin] }));
    expect(text).toContain('How well a linear probe reads “other-speakers”');
  });
});

describe('the verdict on two orthogonal tasks', () => {
  it('speaks of both where the penalty is about both', () => {
    const verdict = judge(results, summaries);
    expect(verdict).toMatchObject({
      kind: 'gain',
      tasks: [
        { name: 'speaker', forgetting: 'less-readable' },
        { name: 'place-of-recording', forgetting: 'less-readable' },
      ],
    });
    expect(verdict.sentence).toContain('the speaker and “place-of-recording” became harder to read');
    expect(verdict.reasons[0]).toContain('The speaker is less readable');
    expect(verdict.reasons[1]).toContain('“place-of-recording” is less readable');
    expect(verdict.reasons[2]).toContain('The control');
  });

  it('speaks only of the task that the penalty is about', () => {
    const one = comparison({ forgets: { 'correlation-auxiliary': ['place-of-recording'] } });
    const verdict = judge(one, summarise(one));
    expect(verdict.tasks.map(({ name }) => name)).toEqual(['place-of-recording']);
    expect(`${verdict.sentence} ${verdict.reasons.join(' ')}`).not.toContain('speaker');
    expect(verdict.reasons[0]).toContain('“place-of-recording” is less readable');
  });

  it('corrects probes for the number of tasks: what is enough for one is not for two', () => {
    // Points that probes change by, with a p of 0.040 (scipy’s ttest_1samp): Holm makes it 0.080, but where the other's is far below.
    const changes = [-4, -1, -2, 0.5, -3, 0, -1.5];
    const forgotten = (ofSpeaker: number) => {
      const runs = results.runs.map((run) => {
        const change = run.method === 'none' ? 0 : changes[run.seed - 1]!;
        const less = (name: string) => (run.method !== 'none' && name === 'speaker' ? ofSpeaker : 0);
        const tasks = run.tasks.map((task) => {
          const accuracy = (50 + change - less(task.name)) / 100;
          return { ...task, probe: { ...task.probe, accuracy } };
        });
        return { ...run, tasks };
      });
      const changed = { ...results, runs };
      return judge(changed, summarise(changed)).tasks.map(({ forgetting }) => forgetting);
    };
    expect(forgotten(0)).toEqual(['not-shown', 'not-shown']);
    expect(forgotten(20)).toEqual(['less-readable', 'less-readable']);
  });

  it('does not claim that both are forgotten where one is', () => {
    const half = comparison({
      forgets: BOTH,
      otherTasks: [{ ...ROOM, probe: { none: 0.9, 'correlation-auxiliary': 0.9 } }],
    });
    const { sentence } = judge(half, summarise(half));
    expect(sentence).not.toContain('helped');
    expect(sentence).toContain('the speaker became harder to read');
    expect(sentence).toContain('it is not shown that the network forgot “place-of-recording”');
  });

  it('finds nothing to remove only where that is so for every task that the penalty is about', () => {
    const methods = FSDD_METHODS.map((method) => ({ ...method, accuracy: 0.425 }));
    const kindOf = (removable: number, other: number, forgets: readonly string[]) => {
      const found = comparison({
        methods,
        removable,
        otherTasks: [{ ...ROOM, removable: other }],
        forgets: Object.fromEntries(methods.map(({ id }) => [id, forgets])),
      });
      return judge(found, summarise(found)).kind;
    };
    expect(kindOf(0.03, 0.03, ['speaker', 'place-of-recording'])).toBe('nothing-to-remove');
    expect(kindOf(0.03, 0.6, ['speaker', 'place-of-recording'])).toBe('no-gain');
    expect(kindOf(0.03, 0.6, ['speaker'])).toBe('nothing-to-remove');
    expect(kindOf(0.6, 0.03, ['speaker'])).toBe('no-gain');
  });

  it('asks the control of the same task', () => {
    const own = { ...FSDD_METHODS[4]!, id: 'own-control', label: 'own control' };
    const options = {
      methods: [FSDD_METHODS[0]!, FSDD_METHODS[3]!, { ...FSDD_METHODS[4]!, accuracy: 0.6 }, own],
      forgets: {
        'correlation-auxiliary': ['place-of-recording'],
        'own-control': ['place-of-recording'],
        'correlation-shuffled': ['speaker'],
      },
    };
    const found = comparison(options);
    const verdict = judge(found, summarise(found));
    expect(verdict.kind).toBe('gain');
    expect(verdict.reasons.join(' ')).toContain('The control, “own control”');
  });
});
