import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordOf } from '../../../src/files/digest.js';
import { writeWhole } from '../../../src/files/write-whole.js';
import { Claim } from '../../../src/runs/store/claim.js';
import type { JobFolder } from '../../../src/runs/store/job-folder.js';
import type { OrthogonalRecord } from '../../../src/runs/store/records.js';
import { Store } from '../../../src/runs/store/store.js';
import { plannedJob } from './jobs.js';

let folder: string;
let store: Store;
let seed = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jobs-'));
  store = new Store(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const network = Buffer.from('weights');
const record: OrthogonalRecord = {
  version: 2,
  kind: 'orthogonal',
  network: recordOf(network),
  accuracy: 0.5,
  chance: 0.25,
  given: false,
  seconds: 1,
  environment: { node: '20' },
};

async function queued(): Promise<JobFolder> {
  const { id, job } = plannedJob('job', seed++);
  await store.job(id).writeJob(job);
  return store.job(id);
}

async function finished(): Promise<JobFolder> {
  const job = await queued();
  await writeWhole(join(job.training, 'checkpoint'), 'bytes');
  await writeWhole(job.network, network);
  await job.writeResult(record);
  return job;
}

describe('states of a job', () => {
  it('queued, running, stopped, failed, running again, done', async () => {
    const job = await queued();
    expect(await job.state()).toEqual({ state: 'queued' });
    const claim = await Claim.take(job.claim);
    if (!(claim instanceof Claim)) throw new Error('somebody has it');
    await job.append({ kind: 'started', host: 'here', pid: process.pid });
    expect(await job.state()).toMatchObject({ state: 'running', pid: process.pid });
    await claim.release();
    expect(await job.state()).toEqual({ state: 'stopped' });
    await job.append({ kind: 'failed', message: 'out of luck', isUserError: true });
    expect(await job.state()).toEqual({ state: 'failed', message: 'out of luck' });
    // Begun again, and killed.
    await job.append({ kind: 'started', host: 'here', pid: process.pid });
    expect(await job.state()).toEqual({ state: 'stopped' });
    await writeWhole(job.network, network);
    await job.writeResult(record);
    expect(await job.state()).toEqual({ state: 'done' });
  });

  it('a job whose network is gone is done no longer', async () => {
    const job = await finished();
    await job.append({ kind: 'done', reused: false });
    await rm(job.network);
    expect(await job.state()).toEqual({ state: 'stopped' });
  });
});

describe('the last events of a job', () => {
  it('tell its state, however many there are', async () => {
    const job = await queued();
    expect(await job.lastEvents()).toEqual([]);
    await writeFile(job.eventFile, '');
    expect(await job.lastEvents()).toEqual([]);
    await rm(job.eventFile);
    await job.append({ kind: 'started', host: 'here', pid: 1 });
    for (let done = 0; done < 300; done++) await job.append({ kind: 'probing', done, total: 300 });
    await job.append({ kind: 'failed', message: 'out of lück', isUserError: true });
    const all = await job.events();
    const last = await job.lastEvents();
    expect(all).toHaveLength(302);
    expect(last.length).toBeGreaterThan(50);
    expect(last.length).toBeLessThan(300);
    expect(last).toEqual(all.slice(-last.length));
    expect(await job.state()).toEqual({ state: 'failed', message: 'out of lück' });
    // Whoever waits says so for long: what happened before is found all the same.
    for (let i = 0; i < 300; i++) await job.append({ kind: 'waiting', host: 'there', pid: i });
    expect(await job.state()).toEqual({ state: 'failed', message: 'out of lück' });
    // Half a line of a process that died.
    await writeFile(job.eventFile, '{"version":1,"time":', { flag: 'a' });
    expect(await job.state()).toEqual({ state: 'failed', message: 'out of lück' });
  });
});

describe('the result of a job', () => {
  it('comes back as it was, and its checkpoints are gone', async () => {
    const job = await finished();
    expect(await job.result()).toEqual(record);
    await expect(readFile(join(job.training, 'checkpoint'))).rejects.toThrow('ENOENT');
  });

  it.each<[string, (job: JobFolder) => Promise<void>]>([
    ['the network is emptied', (job) => truncate(job.network, 0)],
    ['the network is another of the same size', (job) => writeFile(job.network, 'WEIGHTS')],
    ['the network is gone', (job) => rm(job.network)],
    ['the result is cut short', (job) => truncate(join(job.folder, 'result.json'), 50)],
    ['the result is gone', (job) => rm(join(job.folder, 'result.json'))],
    [
      'a digit of it is another',
      async (job) => {
        const path = join(job.folder, 'result.json');
        await writeFile(path, (await readFile(path, 'utf8')).replace('"accuracy":0.5', '"accuracy":0.7'));
      },
    ],
    [
      'it is that of another job, network and all',
      async (job) => {
        const other = await finished();
        await cp(join(other.folder, 'result.json'), join(job.folder, 'result.json'));
        await cp(other.network, job.network);
      },
    ],
  ])('counts as not there when %s', async (_, damage) => {
    const job = await finished();
    await damage(job);
    expect(await job.result()).toBeUndefined();
  });

  it('cannot hold what is no number', async () => {
    const job = await queued();
    await expect(job.writeResult({ ...record, accuracy: Number.NaN })).rejects.toThrow('accuracy');
    expect(await job.state()).toEqual({ state: 'queued' });
  });
});

describe('what is to be done', () => {
  it('is written again when it is damaged, or of another job', async () => {
    const { id, job } = plannedJob('job', seed++);
    const kept = store.job(id);
    await kept.writeJob(job);
    for (const damage of [
      () => truncate(kept.spec, 0),
      () => rm(kept.spec),
      async () => cp((await queued()).spec, kept.spec),
    ]) {
      await damage();
      expect(await kept.job()).toBeUndefined();
      await kept.writeJob(job);
      expect(await kept.job()).toEqual(job);
    }
  });
});
