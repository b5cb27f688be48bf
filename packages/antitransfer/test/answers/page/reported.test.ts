import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stripOptions } from '../../../src/answers/charts/strip-figure.js';
import { epochMeasures } from '../../../src/answers/page/curve-measures.js';
import { renderReport } from '../../../src/answers/page/html.js';
import { reportedVerdict } from '../../../src/answers/page/reported-verdict.js';
import { stripFigures } from '../../../src/answers/page/sections/strip-figures.js';
import { summarise } from '../../../src/answers/summary.js';
import { judge } from '../../../src/answers/verdict/verdict.js';
import { comparisonFixture } from './fixture.js';

const NAME = `<b> & "two": 'names'`;

describe('what the report says, as data', () => {
  const results = { ...comparisonFixture(new Random(3), { seeds: 3, epochs: 6, clips: 60 }), name: NAME };
  const summaries = summarise(results);
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reported-'));
    await writeFile(join(folder, 'report.html'), renderReport(results));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is its verdict word for word, of the comparison that is asked for', async () => {
    expect(await reportedVerdict(folder, NAME)).toBe(judge(results, summaries).sentence);
    expect(await reportedVerdict(folder, 'another')).toBeUndefined();
    expect(await reportedVerdict(join(folder, 'nowhere'), NAME)).toBeUndefined();
  });

  it('is the strips that it draws', () => {
    const { gain, accuracy, tasks } = stripFigures(results, summaries);
    expect(gain?.rows.map(({ mean }) => mean)).toEqual(
      summaries.flatMap((summary) => summary.gain?.mean ?? []),
    );
    expect(accuracy?.rows.map(({ method }) => method)).toEqual(results.methods.map(({ id }) => id));
    expect(tasks.map(({ name }) => name)).toEqual(['speaker']);
    const some = stripOptions({ ...gain!, rows: gain!.rows.slice(1, 2) });
    expect(some.label).toContain(gain!.rows[1]!.label);
    expect(some.label).not.toContain(gain!.rows[0]!.label);
  });

  it('is what its epochs measured, and nothing that none of them did', () => {
    const epochs = results.runs.flatMap((run) => run.epochs);
    const measures = epochMeasures(epochs);
    const ids = measures.map(({ id }) => id);
    expect(ids).toContain('accuracy');
    expect(ids).toContain('cka speaker');
    expect(ids).toContain('objective conv4_1 speaker');
    expect(ids).not.toContain('penalty');
    expect(new Set(ids).size).toBe(ids.length);
    const [first] = epochs;
    expect(measures[0]!.of(first!)).toBe(100 * first!.validation.accuracy);
    expect(epochMeasures([])).toEqual([]);
  });
});
