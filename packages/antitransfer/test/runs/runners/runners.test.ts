import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failedRuns } from '../../../src/answers/failed-runs.js';
import { sha256 } from '../../../src/files/digest.js';
import { buildNetwork } from '../../../src/learning/networks/registry.js';
import { saveNetwork, withWeights } from '../../../src/learning/networks/store.js';
import { runnerNames } from '../../../src/runs/config/execution.js';
import type { RunEvent } from '../../../src/runs/jobs/runner.js';
import { Store } from '../../../src/runs/store/store.js';
import { builtProcessRunner, builtRunners } from '../built-process.js';
import { nameOf, numbersOf, type Ran, runTiny, surroundingsOf, tinyConfig, writeTiny } from '../tiny.js';

let root: string;
let corpus: string;
let whole: Ran;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'runners-'));
  corpus = join(root, 'corpus');
  await writeTiny(corpus);
  whole = await runTiny(tinyConfig(corpus), root);
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

async function inProcesses(store: string, parallel: number) {
  const Runner = await builtProcessRunner();
  return new Runner(surroundingsOf(root, store), parallel);
}

/** Digests of the networks by the names of their jobs. */
async function networksOf({ experiment: { plan, store } }: Ran): Promise<Record<string, string>> {
  const trainings = plan.jobs.filter(({ job }) => job.kind !== 'assessment');
  const digests = trainings.map(async ({ id, name }) => [
    name,
    sha256(await readFile(store.job(id).network)),
  ]);
  return Object.fromEntries(await Promise.all(digests));
}

it('every runner that a configuration may name is there', async () => {
  expect((await builtRunners()).names).toEqual(runnerNames);
});

describe('every runner', () => {
  it.each(runnerNames)(
    '%s does each job once, in order, and leaves the numbers that the others leave',
    async (name) => {
      const store = `runner-${name}`;
      const events: RunEvent[] = [];
      const runner = (await builtRunners()).find(name).create(surroundingsOf(root, store), 2);
      const onEvent = (event: RunEvent) => void events.push(event);
      const ran = await runTiny(tinyConfig(corpus), root, { store, folder: store, runner, onEvent });
      expect(numbersOf(ran.experiment)).toEqual(numbersOf(whole.experiment));
      const { jobs } = whole.experiment.plan;
      const over = events.flatMap(({ job, event }) => (event.kind === 'done' ? job.id : []));
      expect([...over].sort()).toEqual(jobs.map(({ id }) => id).sort());
      for (const { id, after } of jobs) {
        for (const earlier of after) expect(over.indexOf(earlier)).toBeLessThan(over.indexOf(id));
      }
    },
    120_000,
  );

  it.each(runnerNames)(
    '%s stops when it is told to, with the reason, and leaves what is done',
    async (name) => {
      const store = `stopped-${name}`;
      const controller = new AbortController();
      const runner = (await builtRunners()).find(name).create(surroundingsOf(root, store), 1);
      const reason = new Error('enough');
      const onEvent = ({ event }: RunEvent) => {
        if (event.kind === 'done') controller.abort(reason);
      };
      const options = { store, folder: store, runner, onEvent, signal: controller.signal };
      await expect(runTiny(tinyConfig(corpus), root, options)).rejects.toBe(reason);
      const states = await Promise.all(
        whole.experiment.plan.jobs.map(({ id }) => new Store(join(root, store)).job(id).state()),
      );
      expect(states.filter(({ state }) => state === 'done')).toHaveLength(1);
    },
    120_000,
  );
});

describe('who carries a job out is no part of it', () => {
  it.each([1, 3])(
    '%d processes leave the numbers and bytes that this one left',
    async (parallel) => {
      const store = `processes-${parallel}`;
      const events: RunEvent[] = [];
      const ran = await runTiny(tinyConfig(corpus), root, {
        store,
        folder: store,
        runner: await inProcesses(store, parallel),
        onEvent: (event) => events.push(event),
      });
      expect(ran.trained).toEqual(whole.trained);
      expect(numbersOf(ran.experiment)).toEqual(numbersOf(whole.experiment));
      expect(await networksOf(ran)).toEqual(await networksOf(whole));
      const kinds = events.filter(({ job }) => nameOf(job) === 'cka/1').map(({ event }) => event.kind);
      expect(kinds.filter((kind) => kind !== 'batch')).toEqual(['started', 'epoch', 'epoch', 'done']);
      // Each process does one job after another; none is started for each.
      const pids = new Set(events.flatMap(({ event }) => (event.kind === 'started' ? [event.pid] : [])));
      expect(pids.size).toBeLessThanOrEqual(parallel);
      expect(pids).not.toContain(process.pid);
    },
    120_000,
  );
});

describe('a job that fails', () => {
  it('because it diverges is a result, with what to do; the others go on, and it is not begun again', async () => {
    const wild = { id: 'wild', objectives: [{ similarity: 'correlation', beta: 1e38 }] };
    const after = { id: 'after', start: 'wild' };
    const config = tinyConfig(corpus, { methods: ['no-transfer', wild, after, 'cka'] });
    const options = { store: 'wild', folder: 'wild', runner: await inProcesses('wild', 1) };
    const { trained, experiment } = await runTiny(config, root, options);
    const others = [
      'cka/1',
      'no-transfer/1',
      'orthogonal-speaker/1',
      'test of cka/1',
      'test of no-transfer/1',
    ];
    expect(trained).toEqual([...others, 'wild/1']);
    const reason = expect.stringMatching(/^The training diverged[.:] .*lower learning rate/i);
    const [job] = experiment.plan.jobs.filter(({ name }) => name === 'wild/1');
    expect(experiment.records.get(job!.id)).toMatchObject({ kind: 'diverged', reason });
    expect(await new Store(join(root, 'wild')).job(job!.id).state()).toEqual({
      state: 'failed',
      message: reason,
    });
    expect(failedRuns(experiment)).toEqual([
      { method: 'wild', seed: 1, fold: undefined, reason },
      {
        method: 'after',
        seed: 1,
        fold: undefined,
        reason: expect.stringMatching(/^It needs “wild”, and that failed\. The training diverged/),
      },
    ]);
    // What did not diverge has the numbers that it has without the one that did.
    const numbers = numbersOf(experiment);
    for (const name of others) expect(numbers[name]).toEqual(numbersOf(whole.experiment)[name]);
    expect(await runTiny(config, root, options)).toMatchObject({ trained: [], reused: trained });
  }, 120_000);

  it('because a network that was given answers NaN is told with the network', async () => {
    const input = whole.experiment.data.shape;
    const network = buildNetwork('vgg-small', { classes: 2, input, width: 0.25, random: new Random(5) });
    const weights = network.graph.initializers.flatMap(({ name, data }) =>
      data ? [[name, data] as const] : [],
    );
    const [[name, first] = []] = weights;
    if (name === undefined || first === undefined) throw new Error('a network without weights');
    const huge = { ...first, data: new Float32Array(first.data.length).fill(3e38) };
    const path = join(root, 'nan.onnx');
    await saveNetwork(path, withWeights(network, { ...Object.fromEntries(weights), [name]: huge }));
    const config = tinyConfig(corpus, { orthogonal: { column: 'speaker', model: path } });
    const error = await runTiny(config, root, { store: 'nan', folder: 'nan' }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(/^speaker network, seed 1: .*NaN/),
    });
  });

  it('whose process is killed is told so, and the next start continues', async () => {
    const store = 'killed';
    const runner = await inProcesses(store, 1);
    // So many that it is not done before the signal is there, on a fast machine, too.
    const config = tinyConfig(corpus, { training: { epochs: 80, batch: 6 } });
    const kill = ({ job, event }: RunEvent) => {
      if (nameOf(job) !== 'cka/1' || event.kind !== 'epoch' || event.metrics.epoch !== 2) return;
      void new Store(join(root, store))
        .job(job.id)
        .state()
        .then((state) => {
          if (state.state === 'running') process.kill(state.pid, 'SIGKILL');
        });
    };
    const options = { store, folder: store, runner };
    const error = await runTiny(config, root, { ...options, onEvent: kill }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(
        /^cka, seed 1: its process ended .*signal SIGKILL.*--parallel 1.*same command continues/,
      ),
    });
    const events: RunEvent[] = [];
    const again = await runTiny(config, root, { ...options, onEvent: (event) => events.push(event) });
    expect(again).toMatchObject({
      trained: ['cka/1', 'test of cka/1'],
      reused: ['no-transfer/1', 'orthogonal-speaker/1', 'test of no-transfer/1'],
    });
    const epochs = events.flatMap(({ event }) => (event.kind === 'epoch' ? [event.metrics.epoch] : []));
    expect(epochs[0]).toBeGreaterThan(1);
    const other = await runTiny(config, root, { store: 'not-killed', folder: 'not-killed' });
    expect(numbersOf(again.experiment)).toEqual(numbersOf(other.experiment));
  }, 120_000);

  it('is not one whose events cannot be written: what it left counts', async () => {
    if (!existsSync('/dev/full')) {
      console.warn('SKIPPED, not tested here: a disk that is full (this system has no /dev/full)');
      return;
    }
    const { plan } = whole.experiment;
    const cka = plan.jobs.find((job) => nameOf(job) === 'cka/1');
    const job = new Store(join(root, 'full')).job(cka?.id ?? '');
    await mkdir(job.folder, { recursive: true });
    await symlink('/dev/full', job.eventFile);
    const options = { store: 'full', folder: 'full', runner: await inProcesses('full', 2) };
    const ran = await runTiny(tinyConfig(corpus), root, options);
    expect(numbersOf(ran.experiment)).toEqual(numbersOf(whole.experiment));
    expect(await job.state()).toEqual({ state: 'done' });
  }, 120_000);
});
