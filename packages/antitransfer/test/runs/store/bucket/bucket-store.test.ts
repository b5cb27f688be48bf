import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ConfigTree } from '../../../../src/runs/config/load.js';
import { carryOut } from '../../../../src/runs/jobs/carry-out.js';
import type { RunEvent } from '../../../../src/runs/jobs/runner.js';
import { planOnly } from '../../../../src/runs/plan-experiment.js';
import { runExperiment } from '../../../../src/runs/run-experiment.js';
import { InlineRunner } from '../../../../src/runs/runners/inline-runner.js';
import type { JobEvent } from '../../../../src/runs/store/events.js';
import { mergeStore } from '../../../../src/runs/store/merge.js';
import { Store } from '../../../../src/runs/store/store.js';
import { storeAt } from '../../../../src/runs/store/store-at.js';
import { doJob } from '../../../../src/runs/trainings/work.js';
import { builtFile, startProgram } from '../../built-process.js';
import { nameOf, numbersOf, type Ran, runTiny, surroundingsOf, tinyConfig, writeTiny } from '../../tiny.js';
import { type S3Server, setEnvironment, startS3 } from './s3-server.js';

let root: string;
let corpus: string;
let server: S3Server;
let restore: () => void;
let whole: Ran;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'bucket-store-'));
  corpus = join(root, 'corpus');
  await writeTiny(corpus);
  server = await startS3('models');
  restore = setEnvironment(server.environment);
  whole = await runTiny(tinyConfig(corpus), root);
  // Not a test's: whoever merges or looks has it.
  await on('one', 's3://models/whole');
}, 240_000);
afterAll(async () => {
  restore();
  await server.close();
  await rm(root, { recursive: true, force: true });
});

/** What a machine of that name has: a cache of its own. */
const cacheOf = (machine: string) => join(root, machine, 'cache');

const surroundingsOn = (machine: string, url: string) => ({
  ...surroundingsOf(join(root, machine)),
  store: storeAt(url, cacheOf(machine)),
  execution: { ...surroundingsOf(root).execution, checkpointSeconds: 0.5 },
});

/** Runs the comparison on a machine. */
async function on(machine: string, url: string, changes: ConfigTree = {}, given?: InlineRunner) {
  const [trained, reused, events]: [string[], string[], RunEvent[]] = [[], [], []];
  const experiment = await runExperiment(tinyConfig(corpus, changes), {
    folder: join(root, machine, 'out'),
    store: url,
    cache: cacheOf(machine),
    runner: given ?? new InlineRunner(surroundingsOn(machine, url)),
    observer: {
      onDone: (job, _, before) => void (before ? reused : trained).push(nameOf(job)),
      onEvent: (event) => void events.push(event),
    },
  });
  return { experiment, trained: trained.sort(), reused: reused.sort(), events };
}

/** Names of files below the server's bucket, as it keeps them. */
async function filesOf(prefix: string): Promise<string[]> {
  const names = await readdir(join(server.folder, 'models', prefix), { recursive: true }).catch(() => []);
  return names
    .filter((name) => name.endsWith('._S3rver_object'))
    .map((name) => name.slice(0, -'._S3rver_object'.length));
}

const ids = (...kinds: string[]) =>
  whole.experiment.plan.jobs.filter(({ job }) => kinds.includes(job.kind)).map(({ id }) => id);

it('leaves the numbers and bytes that a folder leaves, and another machine finds them', async () => {
  const second = await on('two', 's3://models/whole');
  expect(second).toMatchObject({ trained: [], reused: whole.trained });
  expect(numbersOf(second.experiment)).toEqual(numbersOf(whole.experiment));
  for (const id of ids('orthogonal', 'target')) {
    const [own, found] = await Promise.all(
      [whole, second].map(({ experiment }) => readFile(experiment.store.job(id).network)),
    );
    expect(own?.equals(found ?? Buffer.alloc(0))).toBe(true);
  }
  // No claim and no checkpoint is left.
  const left = (await filesOf('whole')).filter((name) => /^users|claim|training\//.test(name));
  expect(left).toEqual([]);
}, 120_000);

it('is all that a machine without recordings or configuration needs to carry jobs out', async () => {
  const url = 's3://models/worker';
  const moved = join(root, 'moved');
  await cp(corpus, moved, { recursive: true });
  const options = { store: url, cache: cacheOf('planner') };
  const { plan } = await planOnly(tinyConfig(moved), options);
  for (const { id, job } of plan.jobs) await storeAt(url, options.cache).job(id).writeJob(job);
  await rm(moved, { recursive: true });
  await rm(options.cache, { recursive: true });
  const signal = new AbortController().signal;
  for (const [at, { id }] of plan.jobs.entries()) {
    // A machine of its own does each.
    const surroundings = surroundingsOn(`worker-${at}`, url);
    expect(await carryOut(id, surroundings, doJob, signal, () => undefined)).toBeUndefined();
  }
  const found = await on('collector', url);
  expect(found).toMatchObject({ trained: [], reused: whole.trained });
  expect(numbersOf(found.experiment)).toEqual(numbersOf(whole.experiment));
}, 240_000);

it('names what a job needs and nobody has done', async () => {
  const url = 's3://models/needs';
  const { plan } = await planOnly(tinyConfig(corpus), { store: url, cache: cacheOf('needs') });
  const store = storeAt(url, cacheOf('needs'));
  for (const { id, job } of plan.jobs) await store.job(id).writeJob(job);
  const [test] = ids('assessment');
  const events: JobEvent[] = [];
  const tell = (event: JobEvent) => void events.push(event);
  const work = carryOut(test ?? '', surroundingsOn('needs', url), doJob, new AbortController().signal, tell);
  await expect(work).rejects.toThrow(
    /is not in the store "s3:\/\/models\/needs": (digit|orthogonal speaker), seed 1/,
  );
  expect(events.at(-1)).toMatchObject({ kind: 'failed', isUserError: true });
  expect(await store.job(test ?? '').state()).toMatchObject({ state: 'failed' });
}, 120_000);

it('continues on another machine where a process was killed, to the same numbers and bytes', async () => {
  const url = 's3://models/killed';
  const changes = { training: { epochs: 300, batch: 6 }, methods: ['no-transfer'] };
  const calm = await runTiny(tinyConfig(corpus, changes), root, { store: 'calm', folder: 'calm' });
  const { plan } = await planOnly(tinyConfig(corpus, changes), { store: url, cache: cacheOf('dying') });
  const store = storeAt(url, cacheOf('dying'));
  for (const { id, job } of plan.jobs) await store.job(id).writeJob(job);
  const id = plan.jobs.find(({ job }) => job.kind === 'target')?.id ?? '';
  const doing = new AbortController().signal;
  for (const other of plan.jobs.slice(
    0,
    plan.jobs.findIndex((job) => job.id === id),
  ))
    await carryOut(other.id, surroundingsOn('dying', url), doJob, doing, () => undefined);
  const { child, ended } = startProgram(slowly(id, url));
  while (!(await filesOf('killed')).includes(`jobs/${id}/training/checkpoint.safetensors`)) {
    if (child.exitCode !== null) throw new Error(`It ended before it was killed: ${(await ended).errors}`);
    await wait(50);
  }
  child.kill('SIGKILL');
  await ended;
  const again = await on('next', url, changes);
  const epochs = again.events.flatMap(({ job, event }) =>
    job.id === id && event.kind === 'epoch' ? [event.metrics.epoch] : [],
  );
  expect(epochs[0]).toBeGreaterThan(1);
  expect(epochs.at(-1)).toBe(300);
  expect(numbersOf(again.experiment)).toEqual(numbersOf(calm.experiment));
  const [own, other] = await Promise.all(
    [again, calm].map(({ experiment }) => readFile(experiment.store.job(id).network)),
  );
  expect(own?.equals(other ?? Buffer.alloc(0))).toBe(true);
  const left = (await filesOf('killed')).filter((name) => /claim|training\//.test(name));
  expect(left).toEqual([]);
}, 400_000);

/** A process that does a job, and waits after each epoch: a training outlasts its first checkpoint in the bucket on any machine. */
const slowly = (id: string, url: string) => `
  const { carryOut } = await import(${builtFile('jobs/carry-out.js')});
  const { doJob } = await import(${builtFile('trainings/work.js')});
  const { storeAt } = await import(${builtFile('store/store-at.js')});
  const others = ${JSON.stringify({ ...surroundingsOn('dying', url), store: undefined })};
  const surroundings = { ...others, store: storeAt(${JSON.stringify(url)}, ${JSON.stringify(cacheOf('dying'))}) };
  const asleep = new Int32Array(new SharedArrayBuffer(4));
  const tell = ({ kind }) => void (kind === 'epoch' && Atomics.wait(asleep, 0, 0, 50));
  await carryOut(${JSON.stringify(id)}, surroundings, doJob, new AbortController().signal, tell);
`;

it('leaves a result last: with one file of it missing or damaged it is not done, and is done again', async () => {
  const url = 's3://models/copy';
  const folder = join(server.folder, 'models/copy');
  await cp(join(server.folder, 'models/whole'), folder, { recursive: true });
  const [gone, spoilt] = ids('target');
  await rm(join(folder, 'jobs', gone ?? '', 'network.onnx._S3rver_object'));
  await rm(join(folder, 'jobs', gone ?? '', 'network.onnx._S3rver_metadata.json'));
  const path = join(folder, 'jobs', spoilt ?? '', 'result.json._S3rver_object');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('"seed"', '"sead"').replace('bestEpoch', 'bestEpach'));
  await expect(on('copied', url)).rejects.toThrow(/"s3:\/\/models\/copy\/jobs\/\w+\/result.json" is damaged/);
  await rm(path);
  await rm(path.replace('_object', '_metadata.json'));
  const again = await on('copied', url);
  expect(again.trained).toEqual(['cka/1', 'no-transfer/1']);
  expect(numbersOf(again.experiment)).toEqual(numbersOf(whole.experiment));
}, 240_000);

it('is merged into a folder and from one', async () => {
  const from = storeAt('s3://models/whole', cacheOf('merging'));
  const folder = new Store(join(root, 'merged'));
  const all = whole.experiment.plan.jobs.length;
  expect(await mergeStore(from, folder)).toMatchObject({ taken: all, there: 0, damaged: [] });
  expect(await mergeStore(from, folder)).toMatchObject({ taken: 0, there: all });
  const into = storeAt('s3://models/merged', cacheOf('merging'));
  expect(await mergeStore(folder, into)).toMatchObject({ taken: all, damaged: [] });
  expect(await on('after', 's3://models/merged')).toMatchObject({ trained: [], reused: whole.trained });
}, 240_000);
