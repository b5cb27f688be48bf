import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { writeJson } from '../../src/files/json-file.js';
import type { ConfigTree } from '../../src/runs/config/load.js';
import { Store } from '../../src/runs/store/store.js';
import { bin } from '../compare-command.js';
import { tinyTree, writeTiny } from '../runs/tiny.js';
import { numbersOfCell } from './numbers-of-cell.js';
import { expectRefused } from './refused.js';
import { run, runJson } from './run.js';

let root: string;
const cells = ['conv3_1', 'conv4_2'].flatMap((tap) => [1, 4].map((beta) => `tap-${tap}--beta-${beta}`));

const values = { tap: ['conv3_1', 'conv4_2'], 'methods.cka.objectives.0.beta': [1, 4] };

function treeOf(change: ConfigTree = {}): ConfigTree {
  return {
    ...tinyTree(join(root, 'corpus')),
    training: { epochs: 4, batch: 6 },
    execution: { checkpointSeconds: 0.01, threads: 1 },
    ...change,
  };
}

const write = (name: string, tree: ConfigTree) => writeFile(join(root, name), stringify(tree));

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sweep-'));
  await writeTiny(join(root, 'corpus'));
  await write('sweep.yaml', treeOf({ sweep: { values } }));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const sweep = (output: string, store: string, ...more: string[]) =>
  run(root, 'sweep', 'sweep.yaml', '--output', output, '--store', store, ...more);

/** The same in a process group of its own, so that all of it can be killed. */
function startSweep(output: string, store: string) {
  const args = [bin, 'sweep', 'sweep.yaml', '--output', output, '--store', store, '--parallel', '2'];
  const child = spawn(process.execPath, args, { cwd: root, detached: true });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk));
  const ended = new Promise<{ code: number | null; text: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, text }));
  });
  return {
    kill: (signal: NodeJS.Signals) => process.kill(-(child.pid as number), signal),
    ended,
    text: () => text,
  };
}

/** Until a training of a sweep under way that is no cell's first has finished an epoch. */
async function untilWithin(store: string): Promise<void> {
  for (;;) {
    for (const { job, events } of await jobsOf(store)) {
      const isLooking = job?.kind === 'target' && job.objectives.length > 0;
      if (isLooking && events.some(({ event }) => event.kind === 'epoch')) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function jobsOf(folder: string) {
  const store = new Store(join(root, folder));
  const ids = await readdir(join(root, folder, 'jobs')).catch((): string[] => []);
  return Promise.all(
    ids.map(async (id) => ({
      id,
      folder: store.job(id),
      job: await store.job(id).job(),
      events: await store.job(id).events(),
    })),
  );
}

/** How often each job of a store was done. */
async function timesDone(store: string): Promise<number[]> {
  return (await jobsOf(store)).map(
    ({ events }) => events.filter(({ event }) => event.kind === 'done' && !event.reused).length,
  );
}

const numbersOf = (output: string, cell: string) => numbersOfCell(join(root, output, cell));

const allNumbers = (output: string) => cells.map((cell) => numbersOf(output, cell));

describe('sweep', () => {
  it('plans: counts what cells share once, times and sizes it, and leaves no folder', async () => {
    const plan = await runJson<Planned>(
      root,
      'sweep',
      'sweep.yaml',
      '--plan',
      '--output',
      'whole',
      '--store',
      'whole-store',
    );
    // One orthogonal network, one plain training, four with a penalty; the plain one is tested at both taps.
    expect(plan).toMatchObject({ trainings: { all: 6, done: 0 }, tests: { all: 6, done: 0 } });
    expect(plan.cells).toEqual(cells.map((name) => ({ name, trainings: 3, done: 0 })));
    expect(plan.steps.map(({ trainings }) => trainings)).toEqual([1, 1, 4]);
    for (const { milliseconds } of plan.steps) expect(milliseconds).toBeGreaterThan(0);
    expect(plan.seconds).toBeGreaterThan(0);
    expect(plan.bytes).toBeGreaterThan(0);
    expect(existsSync(join(root, 'whole'))).toBe(false);
    expect(await jobsOf('whole-store')).toEqual([]);
  }, 300_000);

  it('trains what cells share once, and leaves a report a cell, a page and a table', async () => {
    const { code, out, err } = await sweep('whole', 'whole-store');
    expect(code, err).toBe(0);
    expect(await timesDone('whole-store')).toEqual(Array.from({ length: 12 }, () => 1));
    const page = readFileSync(join(root, 'whole', 'index.html'), 'utf8');
    for (const cell of cells) {
      expect(out).toContain(cell);
      expect(err.replaceAll(/\s+/g, ' ')).toMatch(new RegExp(`Cell \\d of 4, ${cell}: `));
      expect(page).toContain(`href="${cell}/report.html"`);
      expect(existsSync(join(root, 'whole', cell, 'report.html'))).toBe(true);
    }
    expect(page).toContain('4 of 4 comparisons are finished');
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(/Chosen by validation clips.*, of 5:/);
  }, 600_000);

  it('shows measures that look at every answer, though it keeps none of them', async () => {
    const { code, out } = await sweep('whole', 'whole-store', '--measure', 'gain-over-clips');
    expect(code).toBe(0);
    for (const cell of cells) expect(out).toMatch(new RegExp(`^ *${cell} .*\\d\\.\\d`, 'm'));
  }, 300_000);

  it('takes about as much disk as the plan said', async () => {
    const { bytes } = await runJson<Planned>(
      root,
      'sweep',
      'sweep.yaml',
      '--plan',
      '--output',
      'x',
      '--store',
      'x-store',
    );
    let left = 0;
    for (const { folder } of await jobsOf('whole-store')) {
      const record = await folder.record();
      if (record === undefined) throw new Error(`The job ${folder.id} left nothing.`);
      for (const [, file] of folder.filesOf(record)) left += file.bytes;
    }
    expect(bytes / left).toBeGreaterThan(0.8);
    expect(bytes / left).toBeLessThan(1.2);
  }, 300_000);

  it('comes to the numbers of a comparison with the cell’s settings', async () => {
    const cka = { id: 'cka', label: 'CKA', objectives: [{ similarity: 'cka', beta: 4 }] };
    await write('alone.yaml', treeOf({ tap: 'conv3_1', methods: ['no-transfer', cka] }));
    const { code, err } = await run(
      root,
      'compare',
      'alone.yaml',
      '--output',
      'alone',
      '--store',
      'alone-store',
    );
    expect(code, err).toBe(0);
    expect(numbersOf('.', 'alone')).toEqual(numbersOf('whole', 'tap-conv3_1--beta-4'));
    expect(numbersOf('.', 'alone')).not.toEqual(numbersOf('whole', 'tap-conv3_1--beta-1'));
  }, 300_000);

  it('goes on after kill -9 in the middle, to the same numbers, and trains nothing twice that was done', async () => {
    const { kill, ended } = startSweep('killed', 'killed-store');
    await untilWithin('killed-store');
    kill('SIGKILL');
    await ended;
    const done = (await timesDone('killed-store')).filter((times) => times > 0).length;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(12);
    const { code, err } = await sweep('killed', 'killed-store');
    expect(code, err).toBe(0);
    expect(allNumbers('killed')).toEqual(allNumbers('whole'));
    expect(await timesDone('killed-store')).toEqual(Array.from({ length: 12 }, () => 1));
  }, 600_000);

  it('stops at Ctrl-C with checkpoints, and continues', async () => {
    const { kill, ended } = startSweep('stopped', 'stopped-store');
    await untilWithin('stopped-store');
    kill('SIGINT');
    const { code, text } = await ended;
    expect(code).toBe(130);
    expect(text).toContain('the same command continues');
    expect(text).not.toMatch(/\n\s+at /);
    expect(await sweep('stopped', 'stopped-store')).toMatchObject({ code: 0 });
    expect(allNumbers('stopped')).toEqual(allNumbers('whole'));
  }, 600_000);

  it('adds what a changed file adds, and trains nothing else', async () => {
    const more = { ...values, 'methods.cka.objectives.0.beta': [1, 4, 2] };
    await write('more.yaml', treeOf({ sweep: { values: more } }));
    const ids = new Set((await jobsOf('whole-store')).map(({ id }) => id));
    const args = ['--output', 'whole', '--store', 'whole-store'];
    const { code, err } = await run(root, 'sweep', 'more.yaml', ...args);
    expect(code, err).toBe(0);
    const added = (await jobsOf('whole-store')).filter(({ id }) => !ids.has(id));
    expect(added.map(({ job }) => job?.kind).sort()).toEqual([
      'assessment',
      'assessment',
      'target',
      'target',
    ]);
    expect(await timesDone('whole-store')).toEqual(Array.from({ length: 16 }, () => 1));
  }, 300_000);

  it('runs some cells by pattern; page and table are of all that are finished', async () => {
    const some = await runJson<Swept>(
      root,
      ...['sweep', 'sweep.yaml', '--only', '*conv3_1--beta-1', '--output', 'some', '--store', 'whole-store'],
    );
    expect(some.cells.map(({ name }) => name)).toEqual(['tap-conv3_1--beta-1']);
    expect(some.missing).toEqual(cells.slice(1));
    const others = await runJson<Swept>(
      root,
      ...['sweep', 'sweep.yaml', '--only', '*conv4_2*', '--output', 'some', '--store', 'whole-store'],
    );
    expect(others.cells.map(({ name }) => name)).toEqual(
      cells.filter((name) => name !== 'tap-conv3_1--beta-4'),
    );
    expect(others.missing).toEqual(['tap-conv3_1--beta-4']);
  }, 300_000);

  it('refuses what is wrong in one cell before anything is computed, by name', async () => {
    await write('wrong.yaml', treeOf({ sweep: { values: { ...values, tap: ['conv3_1', 'conv9'] } } }));
    const refused = await run(root, 'sweep', 'wrong.yaml', '--output', 'wrong', '--store', 'wrong-store');
    expect({ code: refused.code, out: refused.out }).toEqual({ code: 2, out: '' });
    expect(refused.err).toMatch(/Cell tap-conv9--beta-1: .*conv9/);
    expect(existsSync(join(root, 'wrong-store', 'features'))).toBe(false);
    await write('width.yaml', treeOf({ sweep: { values: { 'network.width': [0.25, -1] } } }));
    expectRefused(
      await run(root, 'sweep', 'width.yaml'),
      /cell width-minus1: network\.width: -1 is out of range/,
    );
    expectRefused(await run(root, 'compare', 'width.yaml'), /"antitransfer sweep" makes those/);
    expectRefused(await sweep('whole', 'whole-store', '--shard', '3/2'), /It must be k\/n/);
    const otherwise = await sweep('whole', 'whole-store', '--training.epochs', '5');
    expect(otherwise.code).toBe(2);
    expect(otherwise.err).toMatch(/Cell tap-conv3_1--beta-1: .*training\.epochs is 4 there, 5 here/s);
  }, 240_000);
});

describe('parts of a sweep on two machines', () => {
  it('are merged: the sweep finds all done, with the same numbers', async () => {
    const parts = await Promise.all(
      [1, 2].map((k) => sweep(`part-${k}`, `part-${k}-store`, '--shard', `${k}/2`)),
    );
    expect(parts.map(({ code }) => code)).toEqual([0, 0]);
    const merge = () => run(root, 'merge', 'part-1-store', 'part-2-store', '--store', 'merged-store');
    const { code, out } = await merge();
    expect(code).toBe(0);
    // Each machine has trained the orthogonal network that its own cells need.
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      /part-2-store: \d+ results taken \(.*\), [1-9]\d* were there, 0 are not finished/,
    );
    expect((await merge()).out).toMatch(/part-1-store: 0 results taken/);
    const { code: again, err } = await sweep('merged', 'merged-store');
    expect(again, err).toBe(0);
    expect(allNumbers('merged')).toEqual(allNumbers('whole'));
    const started = (await jobsOf('merged-store')).flatMap(({ events }) =>
      events.filter(({ event }) => event.kind === 'started'),
    );
    expect(started).toHaveLength(12);
  }, 600_000);

  it('are refused where they differ or are damaged; what is there stays', async () => {
    await cp(join(root, 'part-1-store'), join(root, 'spoilt-store'), { recursive: true });
    const trained = (await jobsOf('spoilt-store')).filter(
      ({ job }) => job?.kind === 'orthogonal' || job?.kind === 'target',
    );
    const [other, broken] = trained;
    if (other === undefined || broken === undefined) throw new Error('There are no two trainings.');
    const record = await other.folder.record();
    if (record?.kind !== 'orthogonal' && record?.kind !== 'target') throw new Error('It left no network.');
    await writeJson(join(other.folder.folder, 'result.json'), {
      job: other.id,
      record: { ...record, ...(record.kind === 'target' ? { bestEpoch: 99 } : { accuracy: 0.125 }) },
    });
    const differing = await run(root, 'merge', 'spoilt-store', '--store', 'merged-store');
    expect(differing.code).toBe(1);
    expect(differing.out).toMatch(/refused, another result is there: /);
    expect(await new Store(join(root, 'merged-store')).job(other.id).record()).toEqual(
      await new Store(join(root, 'part-1-store')).job(other.id).record(),
    );
    const bytes = readFileSync(broken.folder.network);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(broken.folder.network, bytes);
    const damaged = await run(root, 'merge', 'spoilt-store', '--store', 'new-store');
    expect(damaged.code).toBe(1);
    expect(damaged.out).toMatch(/refused, damaged or of another version: /);
    expect(await new Store(join(root, 'new-store')).job(broken.id).record()).toBeUndefined();
    expectRefused(await run(root, 'merge', 'nothing', '--store', 'merged-store'), /nothing" is no store/);
    expectRefused(
      await run(root, 'merge', 'merged-store', '--store', 'merged-store'),
      /cannot be merged into itself/,
    );
  }, 240_000);
});

interface Planned {
  readonly trainings: { readonly all: number; readonly done: number };
  readonly tests: { readonly all: number; readonly done: number };
  readonly cells: readonly { readonly name: string; readonly trainings: number; readonly done: number }[];
  readonly steps: readonly { readonly milliseconds: number; readonly trainings: number }[];
  readonly seconds: number;
  readonly bytes: number;
}

interface Swept {
  readonly cells: readonly { readonly name: string }[];
  readonly missing: readonly string[];
}
