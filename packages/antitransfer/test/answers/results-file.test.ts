import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readResults, writeResults } from '../../src/answers/results-file.js';
import { UserError } from '../../src/errors.js';
import { DamagedFileError } from '../../src/files/file-error.js';
import { writeJson } from '../../src/files/json-file.js';
import { comparisonFixture } from './page/fixture.js';

const results = comparisonFixture(new Random(1), { seeds: 2, epochs: 3, clips: 4 });
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'results-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('results.json', () => {
  it('is read back as it was written, folds and all', async () => {
    await writeResults(folder, results);
    expect(await readResults(folder)).toEqual(results);
    const folded = comparisonFixture(new Random(1), { seeds: 1, folds: 2, epochs: 2, clips: 2 });
    await writeResults(folder, folded);
    expect(await readResults(folder)).toEqual(folded);
  });

  it('of an earlier version, without calibration, has it computed of its probabilities', async () => {
    const runs = results.runs.map((run) => {
      const { brierScore: _, calibrationError: __, ...test } = run.test;
      return { ...run, test };
    });
    await writeResults(folder, { ...results, runs });
    const [run] = (await readResults(folder)).runs;
    expect(run!.test).toEqual(results.runs[0]!.test);
    expect(run!.test.brierScore).toBeGreaterThan(0);
  });

  it('says what is wrong of which file', async () => {
    const path = join(folder, 'results.json');
    const refusal = () =>
      readResults(folder).then(
        () => undefined,
        (error: unknown) => error,
      );
    await writeJson(path, { ...results, version: 7 });
    const other = await refusal();
    expect(other).toBeInstanceOf(DamagedFileError);
    expect(String(other)).toContain(`"${path}" is damaged, or of another version of antitransfer: version`);
    await writeJson(path, { ...results, tasks: [] });
    expect(String(await refusal())).toContain('antitransfer: tasks');
    await writeResults(folder, results);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('FSDD', 'FSDX'));
    expect(String(await refusal())).toContain('its digest is of another content');
    await rm(path);
    const absent = await refusal();
    expect(absent).toBeInstanceOf(UserError);
    expect(String(absent)).toContain('there is no results.json in it');
  });
});
