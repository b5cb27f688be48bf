import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { writeMlflow } from '../../../src/answers/tracking/mlflow.js';
import { trackedRuns } from '../../../src/answers/tracking/tracked-run.js';
import { comparisonFixture } from '../page/fixture.js';

const [run] = trackedRuns(comparisonFixture(new Random(1), { seeds: 1, epochs: 4, clips: 10 }), 'demo');
let folder: string;
let own: string;
const text = (...path: string[]) => readFile(join(own, ...path), 'utf8');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlruns-'));
  own = await writeMlflow(folder, run!);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('lays a run out as a file store: facts, parameters, tags, and a file a metric with a line a value', async () => {
  expect((await readdir(own)).sort()).toEqual(['artifacts', 'meta.yaml', 'metrics', 'params', 'tags']);
  const [experiment = '', id = ''] = own.split(/[\\/]/).slice(-2);
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(experiment).toMatch(/^\d{18}$/);
  expect(parse(await text('meta.yaml'))).toMatchObject({
    ...{ run_id: id, experiment_id: experiment, run_name: run!.name, status: 3, lifecycle_stage: 'active' },
    ...{ start_time: Math.round(1000 * run!.started), end_time: Math.round(1000 * run!.ended) },
  });
  // As text: a number of eighteen digits would be another one.
  expect(await text('..', 'meta.yaml')).toContain(`experiment_id: "${experiment}"`);
  expect(await text('params', 'training.batch')).toBe('32');
  expect(await text('tags', 'mlflow.runName')).toBe(run!.name);
  const values = run!.metrics.get('validation/cka.speaker') ?? [];
  expect(values.length).toBeGreaterThan(1);
  expect(await text('metrics', 'validation', 'cka.speaker')).toBe(
    values.map(({ time, value, step }) => `${Math.round(1000 * time)} ${value} ${step}\n`).join(''),
  );
});

it('names nothing as MLflow would refuse it', async () => {
  const metrics = new Map([['train/objective cka*(α)', [{ step: 1, value: 2, time: 3 }]]]);
  const odd = await writeMlflow(folder, { ...run!, name: 'odd', metrics });
  expect(await readdir(join(odd, 'metrics', 'train'))).toEqual(['objective cka____']);
});

it('is the same run when it is written again', async () => {
  expect(await writeMlflow(folder, run!)).toBe(own);
  const other = await writeMlflow(folder, { ...run!, name: 'other' });
  expect(join(other, '..')).toBe(join(own, '..'));
  expect(other).not.toBe(own);
});
