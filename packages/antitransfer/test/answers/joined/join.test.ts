import { parse } from 'csv-parse/sync';
import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { meanInterval } from '../../../src/analysis/statistics.js';
import { BeyondSeeds } from '../../../src/answers/beyond-seeds.js';
import { joinedMachineColumns } from '../../../src/answers/joined/columns.js';
import { joinResults } from '../../../src/answers/joined/join.js';
import { joinedLatex } from '../../../src/answers/joined/latex.js';
import { joinedMarkdown } from '../../../src/answers/joined/markdown.js';
import { joinedMeasures } from '../../../src/answers/joined/measures.js';
import type { ComparisonResults } from '../../../src/answers/results.js';
import { summarise } from '../../../src/answers/summary.js';
import { csvTable } from '../../../src/answers/tables/csv.js';
import { comparisonFixture } from '../page/fixture.js';
import { FSDD_METHODS } from '../page/fsdd.js';

const clear = comparisonFixture(new Random(1), { epochs: 2, clips: 40, seeds: 7 });
/** Where the methods' accuracies are hidden by noise. */
const noisy = comparisonFixture(new Random(2), {
  ...{ epochs: 2, clips: 40, seeds: 4, noise: 0.3 },
  methods: FSDD_METHODS.filter(({ id }) => id !== 'gram'),
});
const named = (...all: ComparisonResults[]) => all.map((results, i) => ({ name: `run & ${i + 1}`, results }));
const accuracy = joinedMeasures.find('accuracy');

describe('a joined table', () => {
  const table = joinResults(named(clear, noisy), accuracy);
  const row = (id: string) => table.rows.find((one) => one.id === id) ?? expect.fail(`no ${id}`);

  it('has a row a method, a column a comparison, the mean with its interval', () => {
    expect(table.rows.map(({ id }) => id)).toEqual(FSDD_METHODS.map(({ id }) => id));
    const values = clear.runs.filter(({ method }) => method === 'gram').map(({ test }) => test.accuracy);
    const [cell, missing] = row('gram').cells;
    expect(cell?.mean).toBeCloseTo(values.reduce((a, b) => a + b, 0) / 7, 12);
    expect(cell?.interval).toEqual(meanInterval(values));
    expect(cell?.n).toBe(7);
    expect(missing).toBeUndefined();
  });

  it('marks the best only where its difference from each other method is shown', () => {
    const best = (at: number) => table.rows.filter(({ cells }) => cells[at]?.best).map(({ id }) => id);
    expect(best(0)).toEqual(['correlation-auxiliary']);
    expect(best(1)).toEqual([]);
    const two = { ...clear, runs: clear.runs.filter(({ seed }) => seed <= 2) };
    const few = joinResults(named(two), accuracy);
    expect(few.rows.some(({ cells }) => cells[0]?.best)).toBe(false);
  });

  it('marks no control, and asks no method to be better than one', () => {
    const lifted = {
      ...clear,
      runs: clear.runs.map((run) =>
        run.method === 'correlation-shuffled' ? { ...run, test: { ...run.test, accuracy: 0.99 } } : run,
      ),
    };
    const rows = joinResults(named(lifted), accuracy).rows.filter(({ cells }) => cells[0]?.best);
    expect(rows.map(({ id }) => id)).toEqual(['correlation-auxiliary']);
  });

  it('says where a method of one name is set otherwise', () => {
    const other = { ...noisy, config: { methods: [{ id: 'none', start: 'orthogonal' }] } };
    expect(joinResults(named(clear, noisy), accuracy).notes).toEqual([]);
    expect(joinResults(named(clear, other), accuracy).notes).toEqual([
      '“none” is set otherwise in run & 1 and run & 2: one row, and several methods.',
    ]);
  });

  it('refuses a task that no comparison has', () => {
    expect(() => joinResults(named(clear), joinedMeasures.find('probe'), 'speker')).toThrow(
      /no comparison has an orthogonal task "speker"; there are speaker.*speaker\?/i,
    );
  });
});

describe('the measure', () => {
  const mean = (name: string, id = 'correlation-auxiliary') =>
    joinResults(named(clear), joinedMeasures.find(name)).rows.find((row) => row.id === id)?.cells[0];
  const summary = summarise(clear).find(({ method }) => method.id === 'correlation-auxiliary');

  it.each([
    ['accuracy', summary?.accuracy.mean],
    ['balanced-accuracy', summary?.balancedAccuracy.mean],
    ['macro-f1', summary?.macroF1.mean],
    ['contradicting', summary?.contradicting?.mean],
    ['worst-group', summary?.tasks[0]?.worst?.mean],
    ['gap', summary?.tasks[0]?.gap?.mean],
    ['probe', summary?.tasks[0]?.probe.accuracy.mean],
    ['cka', summary?.tasks[0]?.cka.mean],
    ['calibration', summary?.calibration.error.mean],
    ['brier', summary?.calibration.brierScore.mean],
    ['negative-log-likelihood', summary?.calibration.crossEntropy.mean],
    ['gain', summary?.gain?.mean],
  ])('%s is that of the summary', (name, expected) => {
    expect(mean(name)?.mean).toBeCloseTo(expected ?? Number.NaN, 12);
  });

  it('agreeing and contradicting clips together are the test', () => {
    const [run = expect.fail('no run')] = clear.runs;
    const [task = expect.fail('no task')] = run.tasks;
    const groups = [4, 6].map((count, i) => ({ group: `speaker ${i}`, accuracy: 0.5, count }));
    const agreeing = (contradicting?: { accuracy: number; count: number }) =>
      joinedMeasures.find('agreeing').ofRun(
        {
          ...run,
          test: { ...run.test, accuracy: 0.7, contradicting },
          tasks: [{ ...task, groups }],
        },
        undefined,
      );
    expect(agreeing({ accuracy: 0.5, count: 4 })).toBeCloseTo(5 / 6, 12);
    expect(agreeing({ accuracy: 0.7, count: 10 })).toBeUndefined();
    expect(agreeing()).toBeUndefined();
  });

  it('gain has the interval of the paired difference; the reference gains nothing', () => {
    expect(mean('gain')?.interval).toEqual(summary?.gain?.test?.interval);
    expect(mean('gain', 'none')).toBeUndefined();
  });

  it('gain over clips and over groups has intervals of its own, where the test has several', () => {
    const beyond = new BeyondSeeds(clear);
    const interval = (name: string) => beyond.interval('correlation-auxiliary', name) ?? expect.fail(name);
    expect(mean('gain-over-clips')?.interval).toEqual(interval('clip'));
    expect(mean('gain-over-groups')?.interval).toEqual(interval('speaker'));
    expect(mean('gain-over-groups')?.mean).toBe(summary?.gain?.mean);
    expect(mean('gain-over-groups', 'none')).toBeUndefined();
    const unlabelled = clear.runs.map((run) => ({
      ...run,
      predictions: run.predictions.map((prediction) => ({ ...prediction, orthogonal: {} })),
    }));
    const { rows } = joinResults(
      named({ ...clear, runs: unlabelled }),
      joinedMeasures.find('gain-over-groups'),
    );
    expect(rows.flatMap(({ cells }) => cells.filter(Boolean))).toEqual([]);
  });

  it('worst-group and gap have intervals', () => {
    expect(mean('worst-group')?.interval).toEqual(summary?.tasks[0]?.worst?.interval);
    expect(mean('gap')?.interval).toEqual(summary?.tasks[0]?.gap?.interval);
  });

  it('effect is the gain over its deviation, corrected for few pairs', () => {
    const { mean: gained = 0, deviation = 1 } = summary?.gain ?? {};
    expect(mean('effect')?.mean).toBeCloseTo((gained / deviation) * (1 - 3 / 23), 12);
  });

  it('calibration is the better the lower, and a cross-entropy may be above 1', () => {
    const runs = clear.runs.map((run) => {
      const isBest = run.method === 'gram';
      const of = run.seed / 100;
      return {
        ...run,
        test: { ...run.test, calibrationError: isBest ? 0.1 : 0.3 + of, crossEntropy: 2 + of },
      };
    });
    const of = (name: string) =>
      joinResults(named({ ...clear, runs }), joinedMeasures.find(name)).rows.find(({ id }) => id === 'gram')
        ?.cells[0] ?? expect.fail('no gram');
    expect(of('calibration').best).toBe(true);
    expect(joinedMeasures.find('negative-log-likelihood').format(of('negative-log-likelihood'))).toBe(
      '2.04 [2.02, 2.06]',
    );
  });

  it('cka and probe have no best', () => {
    for (const name of ['cka', 'probe']) {
      const { rows } = joinResults(named(clear), joinedMeasures.find(name));
      expect(rows.some(({ cells }) => cells[0]?.best)).toBe(false);
    }
  });
});

describe('written', () => {
  const table = joinResults(named(clear, noisy), accuracy);

  it('as Markdown: one line a method, the best in bold, nothing acting in a label', () => {
    const [head, rule, ...lines] = joinedMarkdown({
      ...table,
      rows: table.rows.map((row) => ({ ...row, label: `${row.label} | <b>` })),
    }).split('\n');
    expect(head).toBe('| method | orthogonal labels of | validation labels | run & 1 | run & 2 |');
    expect(rule).toBe('| --- | --- | --- | ---: | ---: |');
    expect(lines[3]).toMatch(
      /^\| correlation, auxiliary clips \\\| &lt;b> \| orthogonal clips \| chooses by them \| \*\*62\.2 \[/,
    );
    expect(lines[2]).toMatch(/\| – \|$/);
    expect(lines.filter((line) => line.startsWith('|'))).toHaveLength(5);
  });

  it('as LaTeX: rows of as many cells, what acts escaped', () => {
    const text = joinedLatex(table);
    const rows = text.split('\n').filter((line) => line.endsWith('\\\\'));
    expect(rows).toHaveLength(6);
    for (const row of rows) expect(row.match(/(?<!\\)&/g)).toHaveLength(4);
    expect(text).toContain('run \\& 1');
    expect(text).toMatch(/\\textbf\{62\.2 \[/);
    expect(text).toMatch(/\\begin\{tabular\}\{lllrr\}[\s\S]+\\toprule[\s\S]+\\bottomrule\n\\end\{tabular\}$/);
  });

  it('as CSV: plain numbers', () => {
    const rows = parse(csvTable(joinedMachineColumns(table), table.rows), { columns: true }) as Record<
      string,
      string
    >[];
    expect(rows).toHaveLength(5);
    const best = rows.find((one) => one.method === 'correlation-auxiliary');
    expect(Number(best?.['run & 1 mean'])).toBeCloseTo(table.rows[3]?.cells[0]?.mean ?? Number.NaN, 12);
    expect(best?.['run & 1 best']).toBe('true');
    expect(rows[2]?.['run & 2 mean']).toBe('');
  });
});
