import { parse } from 'csv-parse/sync';
import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { joinedColumns, joinedMachineColumns } from '../../../src/answers/joined/columns.js';
import { joinResults } from '../../../src/answers/joined/join.js';
import { joinedLatex } from '../../../src/answers/joined/latex.js';
import { joinedMarkdown } from '../../../src/answers/joined/markdown.js';
import { type JoinedMeasure, joinedMeasures } from '../../../src/answers/joined/measures.js';
import { renderJoinedReport } from '../../../src/answers/joined/report/page.js';
import { withReported } from '../../../src/answers/joined/reported.js';
import type { ComparisonResults } from '../../../src/answers/results.js';
import { csvTable } from '../../../src/answers/tables/csv.js';
import { mean } from '../../../src/numbers/mean.js';
import { settingsDifference } from '../../../src/runs/folder/settings-difference.js';
import { comparisonFixture } from '../page/fixture.js';

const plain = comparisonFixture(new Random(1), { epochs: 2, clips: 40, seeds: 4 });
const reference = plain.methods[0]?.id ?? '';
const source = 'arXiv 2006.06494';
const reporting = (results: ComparisonResults, ...accuracies: object[]): ComparisonResults => ({
  ...results,
  config: { ...results.config, reported: { source, accuracies } },
});
const first = reporting(
  plain,
  { label: 'plain', methods: [reference], percent: 52.5 },
  { label: 'auxiliary', methods: ['*-auxiliary', 'correlation-shuffled', 'gram'], percent: 61.25 },
);
const other = comparisonFixture(new Random(2), { epochs: 2, clips: 40, seeds: 3 });
const all = [
  { name: 'one', results: first },
  { name: 'two', results: other },
];
const tableOf = (measure: JoinedMeasure, named = all) => withReported(joinResults(named, measure), named);

describe('what others reported', () => {
  const table = tableOf(joinedMeasures.find('accuracy'));
  const row = (id: string) => table.rows.find((one) => one.id === id) ?? expect.fail(`no ${id}`);

  it('stands below the method that it is about, and below the last of several', () => {
    const ids = table.rows.map(({ id }) => id);
    expect(ids.indexOf('plain: reported')).toBe(ids.indexOf(reference) + 1);
    expect(row('plain: reported').label).toBe(`plain: ${source}`);
    const cell = { n: 0, mean: 0.525, interval: undefined, best: false };
    expect(row('plain: reported').cells).toEqual([cell, undefined]);
    const at = ids.indexOf('auxiliary: reported');
    expect(ids.slice(at - 2, at)).toEqual(['auxiliary: best on validation', 'auxiliary: best on the test']);
    const methods = ['gram', 'correlation-auxiliary', 'correlation-shuffled'].map((id) => ids.indexOf(id));
    expect(Math.max(...methods)).toBe(at - 3);
  });

  it('is beside the method that validation clips choose, and the one that is best on the test; controls are neither', () => {
    const of = (id: string) => first.runs.filter(({ method }) => method === id);
    const validation = (id: string) =>
      mean(of(id).map(({ epochs, bestEpoch }) => epochs[bestEpoch - 1]?.validation.accuracy ?? Number.NaN));
    const test = (id: string) => mean(of(id).map((run) => run.test.accuracy));
    const candidates = table.rows
      .filter(({ id, control }) => !control && (id.endsWith('-auxiliary') || id === 'gram'))
      .map(({ id }) => id);
    expect(candidates.length).toBeGreaterThan(1);
    const best = (by: (id: string) => number) => candidates.toSorted((a, b) => by(b) - by(a))[0] ?? '';
    expect(row('auxiliary: best on validation').cells[0]).toEqual({
      ...row(best(validation)).cells[0],
      best: false,
    });
    expect(row('auxiliary: best on the test').cells[0]?.mean).toBeCloseTo(test(best(test)), 12);
    expect(row('auxiliary: best on the test').cells[1]).toBeUndefined();
    expect(table.notes[0]).toMatch(/^arXiv 2006\.06494: .*nothing of it was measured here/);
    expect(table.notes).toContain(`auxiliary: best on the test: ${best(test)} in one.`);
  });

  it('is a gain where its reference was reported, and nothing of any other measure', () => {
    const gains = tableOf(joinedMeasures.find('gain'));
    expect(gains.rows.find(({ id }) => id === 'auxiliary: reported')?.cells[0]?.mean).toBeCloseTo(8.75, 12);
    expect(gains.rows.some(({ id }) => id === 'plain: reported')).toBe(false);
    for (const name of ['macro-f1', 'cka'] as const) {
      const joined = joinResults(all, joinedMeasures.find(name));
      expect(withReported(joined, all)).toEqual(joined);
    }
  });

  it('changes nothing where nobody reported anything, and comes last where its method is not compared', () => {
    const named = [{ name: 'two', results: other }];
    const joined = joinResults(named, joinedMeasures.find('accuracy'));
    expect(withReported(joined, named)).toEqual(joined);
    const results = reporting(other, { label: 'away', methods: ['layer-*'], percent: 9 });
    const away = tableOf(joinedMeasures.find('accuracy'), [{ name: 'two', results }]);
    expect(away.rows.at(-1)).toMatchObject({ id: 'away: reported', cells: [{ mean: 0.09 }] });
  });

  it('is in every form of the table, and in the joined report', () => {
    expect(joinedMarkdown(table)).toContain(`| plain: ${source} | – | – | 52.5 | – |`);
    expect(joinedLatex(table)).toContain(`plain: ${source} & -- & -- & 52.5 & --`);
    const csv: Record<string, string>[] = parse(csvTable(joinedMachineColumns(table), table.rows), {
      columns: true,
    });
    const number = csv.find(({ method }) => method === 'plain: reported');
    expect(number).toMatchObject({ 'one mean': '0.525', 'one low': '', 'one labels': '', 'two mean': '' });
    const [labels, validation, one] = joinedColumns(table).map((column) =>
      column.format(row('plain: reported')),
    );
    expect([labels, validation, one]).toEqual(['–', '–', '52.5']);
    expect(renderJoinedReport(all)).toContain(`plain: ${source}`);
  });

  it('may be added to a comparison that is there', () => {
    expect(settingsDifference(plain.config, first.config)).toEqual([]);
  });
});
