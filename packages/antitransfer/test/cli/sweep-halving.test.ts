import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { ConfigTree } from '../../src/runs/config/load.js';
import type { DroppedCell } from '../../src/runs/halving/halve.js';
import { Store } from '../../src/runs/store/store.js';
import { bin } from '../compare-command.js';
import { tinyTree, writeTiny } from '../runs/tiny.js';
import { numbersOfCell } from './numbers-of-cell.js';
import { expectRefused } from './refused.js';
import { run, runJson } from './run.js';

let root: string;
const betas = [1, 30, 4, 1000];
const cells = betas.map((beta) => `beta-${beta}`);
const beta = 'methods.cka.objectives.0.beta';

function treeOf(change: ConfigTree = {}): ConfigTree {
  return {
    ...tinyTree(join(root, 'corpus')),
    training: { epochs: 4, batch: 6 },
    execution: { checkpointSeconds: 0.01, threads: 1, parallel: 2 },
    seeds: 4,
    ...change,
  };
}

const halved = (halving: object) => ({ values: { [beta]: betas }, halving });
const write = (name: string, tree: ConfigTree) => writeFile(join(root, name), stringify(tree));

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'halving-'));
  await writeTiny(join(root, 'corpus'));
  await write('halved.yaml', treeOf({ sweep: halved({ factor: 2 }) }));
  await write('epochs.yaml', treeOf({ seeds: 1, sweep: halved({ by: 'epochs', factor: 2 }) }));
  await write('whole.yaml', treeOf({ sweep: { values: { [beta]: betas } } }));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const places = (name: string) => ['--output', name, '--store', `${name}-store`];

interface Swept {
  readonly cells: readonly { readonly name: string }[];
  readonly dropped: readonly DroppedCell[];
  readonly missing: readonly string[];
}

interface Planned {
  readonly trainings: { readonly all: number; readonly done: number };
  readonly tests: { readonly all: number; readonly done: number };
  readonly cells: readonly { readonly name: string; readonly dropped?: boolean }[];
  readonly halving: {
    readonly trainings: number;
    readonly decided: number;
    readonly dropped: readonly DroppedCell[];
  };
}

const plan = (file: string, name: string) => runJson<Planned>(root, 'sweep', file, '--plan', ...places(name));

async function jobsOf(name: string) {
  const store = new Store(join(root, `${name}-store`));
  const ids = await readdir(join(store.folder, 'jobs')).catch((): string[] => []);
  return Promise.all(
    ids.map(async (id) => ({
      id,
      job: await store.job(id).job(),
      record: await store.job(id).record(),
      events: await store.job(id).events(),
    })),
  );
}

/** What a penalised training of a strength and a seed reached at its best epoch, read from the store. */
async function reached(name: string, strength: number, seed: number, epochs: number) {
  for (const { job, record } of await jobsOf(name)) {
    if (job?.kind !== 'target' || record?.kind !== 'target') continue;
    const [objective] = job.objectives;
    if (objective === undefined || !('beta' in objective.settings)) continue;
    const isIt = objective.settings.beta === strength && job.seed === seed && job.training.epochs === epochs;
    if (!isIt) continue;
    const best = record.epochs.find(({ epoch }) => epoch === record.bestEpoch);
    if (best !== undefined) return best.validation;
  }
  throw new Error(`There is no training with beta ${strength} and seed ${seed}.`);
}

/** Strengths by their mean accuracy over the first seeds, equal ones by cross-entropy: the best first. */
async function ranking(name: string, of: readonly number[], seeds: number, epochs = 4) {
  const found = [];
  for (const strength of of) {
    let [accuracy, loss] = [0, 0];
    for (let seed = 1; seed <= seeds; seed++) {
      const validation = await reached(name, strength, seed, epochs);
      accuracy += validation.accuracy / seeds;
      loss += validation.crossEntropy / seeds;
    }
    found.push({ strength, accuracy, loss });
  }
  return found.sort((a, b) => b.accuracy - a.accuracy || a.loss - b.loss);
}

const numbersOf = (output: string, cell: string) => numbersOfCell(join(root, output, cell));

const survivorOf = ({ cells: [cell] }: Swept) => cell?.name ?? expect.fail('No cell is left.');

describe('successive halving by repetitions', () => {
  let swept: Swept;

  it('states its budget before anything is trained', async () => {
    const found = await plan('halved.yaml', 'halved');
    // 4 cells with one repetition, 2 with two, 1 with four, beside whose 4 there are 4 plain trainings; 4 orthogonal networks.
    expect(found.trainings).toEqual({ all: 4 + 2 + 2 + 4 + 4, done: 0 });
    expect(found.tests.all).toBe(8);
    expect(found.halving).toEqual({ trainings: 4 * 4 + 4 + 4, decided: 0, dropped: [] });
    const { out } = await run(root, 'sweep', 'halved.yaml', '--plan', ...places('halved'));
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      /rung 1, 4 cells with 1 repetitions; rung 2, 2 cells with 2 repetitions; then 1 cell in full, tested\..*The budget: 16 trainings at most \(without halving 24\)/,
    );
    expect(await jobsOf('halved')).toEqual([]);
  }, 300_000);

  it('drops those that are worse on validation clips, and tells after which rung and by which figure', async () => {
    swept = await runJson<Swept>(root, 'sweep', 'halved.yaml', ...places('halved'));
    const first = await ranking('halved', betas, 1);
    const inFirst = betas.filter((strength) => first.slice(0, 2).some((one) => one.strength === strength));
    const second = await ranking('halved', inFirst, 2);
    const order = [second[1], first[2], first[3]].map((one) => one ?? expect.fail('One is missing.'));
    expect(Object.fromEntries(swept.dropped.map((one) => [one.name, one]))).toMatchObject({
      [`beta-${order[0]?.strength}`]: { rung: 2, rungs: 2, place: 2, cells: 2, kept: 1 },
      [`beta-${order[1]?.strength}`]: { rung: 1, rungs: 2, place: 3, cells: 4, kept: 2 },
      [`beta-${order[2]?.strength}`]: { rung: 1, rungs: 2, place: 4, cells: 4, kept: 2 },
    });
    for (const { strength, accuracy } of order) {
      const one = swept.dropped.find(({ name }) => name === `beta-${strength}`);
      expect(one?.validation?.accuracy).toBeCloseTo(accuracy, 12);
      expect(one?.validation?.method).toBe('cka');
    }
    expect(swept.cells.map(({ name }) => name)).toEqual([`beta-${second[0]?.strength}`]);
    expect(swept.missing).toEqual([]);
  }, 600_000);

  it('trains no more than it said, nothing twice, and tests whoever is left only', async () => {
    const jobs = await jobsOf('halved');
    expect(jobs.filter(({ job }) => job?.kind === 'target' || job?.kind === 'orthogonal')).toHaveLength(16);
    const tested = jobs.filter(({ job }) => job?.kind === 'assessment');
    expect(tested).toHaveLength(8);
    const last = Number(survivorOf(swept).replace('beta-', ''));
    for (const { job } of tested) {
      const training = jobs.find(({ id }) => job?.kind === 'assessment' && id === job.training);
      if (training?.job?.kind !== 'target') throw new Error('It tests no training.');
      const [objective] = training.job.objectives;
      if (objective !== undefined) expect(objective.settings).toMatchObject({ beta: last });
    }
    for (const { events } of jobs) {
      expect(events.filter(({ event }) => event.kind === 'done' && !event.reused)).toHaveLength(1);
    }
  });

  it('shows of dropped cells what they reached on validation clips, and no test', async () => {
    const page = readFileSync(join(root, 'halved', 'index.html'), 'utf8');
    expect(page).toContain('1 of 4 comparisons are finished, 3 were dropped');
    const { out, code } = await run(root, 'sweep', 'halved.yaml', ...places('halved'));
    expect(code).toBe(0);
    expect(out).toContain('3 cells were dropped by successive halving');
    for (const { name, rung, validation } of swept.dropped) {
      const share = (100 * (validation?.accuracy ?? 0)).toFixed(1);
      expect(page).toContain(`<tr><th scope="row">${name}</th><td>rung ${rung} of 2</td>`);
      expect(page).toContain(`<td>${share} (cka)</td>`);
      expect(page).not.toContain(`href="${name}/`);
      expect(existsSync(join(root, 'halved', name))).toBe(false);
      expect(out).toMatch(new RegExp(`${name} +rung ${rung} of 2 .*${share.replace('.', '\\.')} \\(cka\\)`));
    }
  }, 300_000);

  it('comes to the numbers of the same cell without halving', async () => {
    const name = survivorOf(swept);
    const { code, err } = await run(root, 'sweep', 'whole.yaml', '--only', name, ...places('whole'));
    expect(code, err).toBe(0);
    expect(numbersOf('halved', name)).toEqual(numbersOf('whole', name));
  }, 600_000);

  it('knows afterwards what it decided: a plan has nothing left', async () => {
    const found = await plan('halved.yaml', 'halved');
    expect(found.trainings).toEqual({ all: 16, done: 16 });
    expect(found.halving.decided).toBe(2);
    expect(found.halving.dropped).toEqual(swept.dropped);
    expect(found.cells.filter(({ dropped }) => dropped).map(({ name }) => name)).toEqual(
      cells.filter((name) => name !== survivorOf(swept)),
    );
  }, 300_000);

  it('decides the same after kill -9 in the second rung, and trains nothing twice that was done', async () => {
    const args = [bin, 'sweep', 'halved.yaml', ...places('killed')];
    const child = spawn(process.execPath, args, { cwd: root, detached: true });
    let text = '';
    const isThere = new Promise<void>((resolve) => {
      child.stderr.on('data', (chunk: Buffer) => {
        text += chunk;
        if (text.includes('Rung 2 of 2')) resolve();
      });
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    await Promise.race([isThere, ended]);
    process.kill(-(child.pid ?? expect.fail('It did not start.')), 'SIGKILL');
    await ended;
    expect(text).toContain('Rung 2 of 2');
    const again = await runJson<Swept>(root, 'sweep', 'halved.yaml', ...places('killed'));
    expect(again.dropped).toEqual(swept.dropped);
    expect(numbersOf('killed', survivorOf(swept))).toEqual(numbersOf('halved', survivorOf(swept)));
    for (const { events } of await jobsOf('killed')) {
      expect(events.filter(({ event }) => event.kind === 'done' && !event.reused)).toHaveLength(1);
    }
  }, 600_000);

  it('shows no test of a cell that is dropped, also where an earlier sweep had tested it', async () => {
    await write('earlier.yaml', treeOf({ seeds: 2, sweep: { values: { [beta]: betas } } }));
    await write('now.yaml', treeOf({ seeds: 2, sweep: halved({ factor: 4 }) }));
    const earlier = await runJson<Swept>(root, 'sweep', 'earlier.yaml', ...places('both'));
    expect(earlier.cells).toHaveLength(4);
    const now = await runJson<Swept>(root, 'sweep', 'now.yaml', ...places('both'));
    expect(now.cells).toHaveLength(1);
    expect(now.dropped).toHaveLength(3);
    const page = readFileSync(join(root, 'both', 'index.html'), 'utf8');
    for (const { name } of now.dropped) expect(page).not.toContain(`href="${name}/`);
  }, 600_000);
});

describe('successive halving by epochs', () => {
  it('trains its rungs to the end of shorter schedules, with the orthogonal networks of the whole', async () => {
    // Rungs of 1 and 2 epochs, then 4.
    const planned = await plan('epochs.yaml', 'epochs');
    expect(planned.trainings).toEqual({ all: 4 + 2 + 1 + 2, done: 0 });
    const swept = await runJson<Swept>(root, 'sweep', 'epochs.yaml', ...places('epochs'));
    const jobs = await jobsOf('epochs');
    expect(jobs.filter(({ job }) => job?.kind === 'orthogonal')).toHaveLength(1);
    const epochs = jobs.flatMap(({ job }) =>
      job?.kind === 'target' && job.objectives.length > 0 ? [job.training.epochs] : [],
    );
    expect(epochs.sort()).toEqual([1, 1, 1, 1, 2, 2, 4]);
    const first = await ranking('epochs', betas, 1, 1);
    const left = betas.filter((one) => first.slice(0, 2).some(({ strength }) => strength === one));
    const second = await ranking('epochs', left, 1, 2);
    expect(survivorOf(swept)).toBe(`beta-${second[0]?.strength}`);
    expect(swept.dropped.map(({ trained }) => trained)).toEqual([
      { by: 'epochs', amount: 1 },
      { by: 'epochs', amount: 1 },
      { by: 'epochs', amount: 2 },
    ]);
  }, 600_000);
});

describe('what halving does not do', () => {
  it('is decide among a part of those that compete', async () => {
    expectRefused(
      await run(root, 'sweep', 'halved.yaml', '--only', 'beta-1', ...places('part')),
      /beta-1 competes with beta-30 \(halving\).*among all 4/,
    );
    expectRefused(
      await run(root, 'sweep', 'halved.yaml', '--shard', '2/2', ...places('part')),
      /there is only 1 group of cells that compete; take 1 part at most/,
    );
  }, 240_000);
});
