import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ComparisonFolder } from '../../../src/runs/folder/comparison-folder.js';
import type { JobFolder } from '../../../src/runs/store/job-folder.js';
import { Store } from '../../../src/runs/store/store.js';
import { bin } from '../../compare-command.js';
import { tinyTree, writeTiny } from '../tiny.js';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'killed-'));
  await writeTiny(join(root, 'corpus'));
  const tree = {
    ...tinyTree(join(root, 'corpus')),
    training: { epochs: 40, batch: 6 },
    orthogonal: { column: 'speaker', training: { epochs: 2 } },
    // One after the other.
    execution: { processes: 1 },
    methods: ['no-transfer'],
  };
  // JSON is YAML.
  await writeFile(join(root, 'config.yaml'), JSON.stringify(tree));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** The command in a process group of its own, so that all of it can be killed. */
function start(base: string) {
  const places = [
    '--output',
    join(base, 'out'),
    '--store',
    join(base, 'store'),
    '--cache',
    join(root, 'cache'),
  ];
  const child = spawn(process.execPath, [bin, 'compare', join(root, 'config.yaml'), ...places], {
    detached: true,
    stdio: 'ignore',
  });
  const ended = new Promise<number | null>((resolve) => void child.on('close', resolve));
  return {
    /** All of it, or the command without the processes that it started. */
    kill: (all: boolean) => process.kill((all ? -1 : 1) * (child.pid ?? 0), 'SIGKILL'),
    ended,
  };
}

async function training(base: string): Promise<JobFolder | undefined> {
  const index = await new ComparisonFolder(join(base, 'out')).index();
  const job = index?.methods[0]?.job;
  return job === undefined ? undefined : new Store(join(base, 'store')).job(job);
}

/** The epochs that were told of a training, in the order in which they were. */
async function told(job: JobFolder): Promise<number[]> {
  return (await job.events()).flatMap(({ event }) => (event.kind === 'epoch' ? [event.metrics.epoch] : []));
}

it.each([
  ['with all its processes', true],
  ['without those that it started', false],
])(
  'a comparison that was killed %s has stopped within ten seconds, and goes on as one',
  async (name, all) => {
    const base = join(root, name);
    const first = start(base);
    let job: JobFolder | undefined;
    while (job === undefined || (await told(job)).length < 3) {
      job = await training(base);
      await wait(20);
    }
    expect(await job.state()).toMatchObject({ state: 'running' });
    first.kill(all);
    await first.ended;
    const killed = performance.now();
    // As if it had died in the middle of a line.
    await appendFile(job.eventFile, '{"version":1,"time":"2026-');
    while ((await job.state()).state === 'running') await wait(50);
    expect(performance.now() - killed).toBeLessThan(10_000);
    expect(await job.state()).toEqual({ state: 'stopped' });
    const before = await told(job);
    expect(before.length).toBeLessThan(40);

    expect(await start(base).ended).toBe(0);
    expect(await job.state()).toEqual({ state: 'done' });
    // What was told before is still there; what was trained again is told again, and nothing else: the last word holds.
    const after = await told(job);
    expect(after.slice(0, before.length)).toEqual(before);
    const again = after.slice(before.length);
    expect(again).toEqual(Array.from({ length: again.length }, (_, i) => (again[0] ?? Number.NaN) + i));
    expect(again[0]).toBeGreaterThan(1);
    expect(new Set(after)).toEqual(new Set(Array.from({ length: 40 }, (_, i) => i + 1)));
    const record = await job.record();
    const events = await job.events();
    if (record?.kind !== 'target') throw new Error('There is a training.');
    for (const metrics of record.epochs) {
      const last = events.findLast(
        ({ event }) => event.kind === 'epoch' && event.metrics.epoch === metrics.epoch,
      );
      expect(last?.event).toMatchObject({ metrics });
    }
  },
  240_000,
);
