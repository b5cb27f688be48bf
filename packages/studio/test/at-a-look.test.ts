import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ComparisonFolder, readOutline, Store } from 'antitransfer/runs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { overallState } from '../src/comparisons/progress.js';
import { timeLeft } from '../src/comparisons/time-left.js';
import type { JobView } from '../src/views/comparison.js';
import { smallComparison } from './small-comparison.js';

describe('what is read at a look', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await smallComparison();
  }, 600_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is what the whole index says', async () => {
    const run = join(folder, 'runs/small');
    const [outline, index] = [await readOutline(run), await new ComparisonFolder(run).index()];
    expect(outline).toEqual({
      name: index!.experiment.name,
      store: join(folder, 'runs/store'),
      methods: index!.methods,
      tasks: index!.tasks,
    });
    expect(await readOutline(folder)).toBeUndefined();
  });

  it('is that a job is done, as its whole result says; not of another job, and not of a damaged file', async () => {
    const store = new Store(join(folder, 'runs/store'));
    const { methods, tasks } = (await readOutline(join(folder, 'runs/small')))!;
    for (const id of [
      ...methods.flatMap(({ job, assessment }) => [job, assessment]),
      ...tasks.map(({ job }) => job),
    ]) {
      const record = await store.job(id).record();
      expect(store.job(id).ended()).toEqual({ kind: record!.kind, seconds: record!.seconds });
    }
    const [first, second] = [store.job(methods[0]!.job), store.job(methods[1]!.job)];
    const text = await readFile(first.resultFile, 'utf8');
    await writeFile(second.resultFile, text);
    expect(second.ended()).toBeUndefined();
    await writeFile(first.resultFile, text.slice(0, 40));
    expect(first.ended()).toBeUndefined();
  });
});

describe('how long it takes until all is done', () => {
  const job = (id: string, kind: JobView['kind'], state: JobView['state'], part = 0): JobView => ({
    id,
    name: id,
    kind,
    of: 'cka',
    repetition: 0,
    state,
    part,
  });
  const training = {
    ...job('b', 'training', 'running', 0.5),
    step: { epoch: 6, epochs: 10, batch: 1, batches: 20, milliseconds: 100, crossEntropy: 1 },
  };

  it('is by jobs of the kind that are done, else by the steps of one under way', () => {
    const jobs = [job('a', 'training', 'done', 1), training, job('c', 'training', 'queued')];
    expect(timeLeft(jobs, (id) => (id === 'a' ? 60 : undefined))).toEqual({ seconds: 90, atLeast: false });
    expect(timeLeft(jobs, () => undefined)).toEqual({ seconds: 30, atLeast: false });
  });

  it('is at least that where of a kind nothing is known; nothing where nobody is at it', () => {
    expect(timeLeft([training, job('d', 'test', 'queued')], () => undefined)).toEqual({
      seconds: 10,
      atLeast: true,
    });
    expect(timeLeft([job('a', 'training', 'stopped', 0.5)], () => 60)).toBeUndefined();
    expect(timeLeft([job('a', 'test', 'running')], () => undefined)).toBeUndefined();
  });

  it('is called by who is at it: what waits behind others has not stopped', () => {
    expect(overallState(['done', 'queued'], false)).toBe('stopped');
    expect(overallState(['done', 'queued'], true)).toBe('running');
    expect(overallState(['queued', 'queued'], true)).toBe('queued');
    expect(overallState(['done', 'done'], false)).toBe('done');
    expect(overallState(['stopped', 'queued'], false)).toBe('stopped');
    expect(overallState(['failed', 'done'], false)).toBe('failed');
  });
});
