import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileError } from '../../../src/files/file-error.js';
import { EventChannel } from '../../../src/runs/jobs/event-channel.js';
import { EventLog } from '../../../src/runs/jobs/event-log.js';
import type { JobEvent } from '../../../src/runs/store/events.js';
import { JobFolder } from '../../../src/runs/store/job-folder.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'event-log-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('an event channel', () => {
  async function read<T>(channel: EventChannel<T>): Promise<T[]> {
    const values: T[] = [];
    for await (const value of channel) values.push(value);
    return values;
  }

  it('gives what came before and during the reading, in its order', async () => {
    const channel = new EventChannel<number>();
    channel.push(1);
    channel.push(2);
    const all = read(channel);
    await Promise.resolve();
    channel.push(3);
    setTimeout(() => {
      channel.push(4);
      channel.push(5);
      channel.close();
    }, 10);
    expect(await all).toEqual([1, 2, 3, 4, 5]);
  });

  it('gives what is there before it fails', async () => {
    const channel = new EventChannel<number>();
    const got: number[] = [];
    channel.push(1);
    channel.fail(new Error('broken'));
    const reading = async () => {
      for await (const value of channel) got.push(value);
    };
    await expect(reading()).rejects.toThrow('broken');
    expect(got).toEqual([1]);
  });

  it('ends once: what comes after the end changes nothing', async () => {
    const channel = new EventChannel<number>();
    channel.close();
    channel.fail(new Error('too late'));
    expect(await read(channel)).toEqual([]);
  });
});

const batch = (number: number): JobEvent => ({
  kind: 'batch',
  epoch: 1,
  epochs: 1,
  batch: number,
  batches: 9,
  milliseconds: 1,
  crossEntropy: 0.5,
});

describe('an event log', () => {
  it('tells every event, and stores them in their order: of batches one a second', async () => {
    const told: JobEvent[] = [];
    const job = new JobFolder(join(folder, 'order'));
    const log = new EventLog(job, (event) => told.push(event));
    const all: JobEvent[] = [
      { kind: 'started', host: 'here', pid: 1 },
      ...[1, 2, 3].map(batch),
      { kind: 'stopped' },
      { kind: 'done', reused: false },
    ];
    for (const event of all) log.tell(event);
    expect(told).toEqual(all);
    await log.close();
    const stored = (await job.events()).map(({ event }) => event);
    expect(stored).toEqual([all[0], batch(1), all[4], all[5]]);
  });

  it('says at its end what could not be stored, after the first failure too', async () => {
    await writeFile(join(folder, 'file'), '');
    const told: string[] = [];
    const log = new EventLog(new JobFolder(join(folder, 'file')), ({ kind }) => told.push(kind));
    log.tell({ kind: 'stopped' });
    log.tell({ kind: 'stopped' });
    await expect(log.close()).rejects.toThrow(FileError);
    expect(told).toEqual(['stopped', 'stopped']);
  });
});
