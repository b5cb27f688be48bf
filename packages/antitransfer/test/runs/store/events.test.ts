import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileError } from '../../../src/files/file-error.js';
import { appendEvent, type JobEvent, readEvents } from '../../../src/runs/store/events.js';

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'events-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const fresh = () => join(folder, String(count++), 'events.jsonl');
const started: JobEvent = { kind: 'started', host: 'here', pid: 1 };
const stopped: JobEvent = { kind: 'stopped' };
const done: JobEvent = { kind: 'done', reused: false };

async function stored(...events: readonly JobEvent[]): Promise<string> {
  const path = fresh();
  for (const event of events) await appendEvent(path, event);
  return path;
}

const kinds = async (path: string) => (await readEvents(path)).map(({ event }) => event.kind);

describe('events of a job', () => {
  it('come back in their order, each with its time', async () => {
    const before = Date.now();
    const path = await stored(started, stopped, started, done);
    const events = await readEvents(path);
    expect(events.map(({ event }) => event)).toEqual([started, stopped, started, done]);
    for (const { time } of events) expect(Date.parse(time)).toBeGreaterThanOrEqual(before);
  });

  it('are none where there is no file', async () => {
    expect(await readEvents(fresh())).toEqual([]);
  });

  it('are those before a half-written last line, and the next begins a line of its own', async () => {
    const path = await stored(started, stopped);
    await appendFile(path, '{"version":1,"time":"2026-01-01T00:0');
    expect(await kinds(path)).toEqual(['started', 'stopped']);
    await appendEvent(path, started);
    await appendEvent(path, done);
    expect(await kinds(path)).toEqual(['started', 'stopped', 'started', 'done']);
  });

  it('are those beside a damaged line, a line of another version, and one that is none', async () => {
    const path = await stored(started, stopped, done);
    const lines = (await readFile(path, 'utf8')).split('\n');
    const other = JSON.stringify({ version: 2, time: new Date().toISOString(), event: stopped });
    lines[1] = '\0\0\0\0\0\0';
    await writeFile(path, [other, '42', ...lines].join('\n'));
    expect(await kinds(path)).toEqual(['started', 'done']);
  });

  it('name the file that they cannot be written to', async () => {
    const blocked = join(folder, 'blocked');
    await writeFile(blocked, '');
    await expect(appendEvent(join(blocked, 'events.jsonl'), done)).rejects.toThrow(FileError);
  });
});
