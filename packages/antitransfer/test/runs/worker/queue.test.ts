import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/files/digest.js';
import { buildNetwork } from '../../../src/learning/networks/registry.js';
import { saveNetwork, withWeights } from '../../../src/learning/networks/store.js';
import type { RunEvent } from '../../../src/runs/jobs/runner.js';
import { QueueAddress } from '../../../src/runs/queue/address.js';
import { QueueRunner, type QueueRunnerOptions } from '../../../src/runs/runners/queue-runner.js';
import { Store } from '../../../src/runs/store/store.js';
import { hasServer, RedisServer } from '../queue/redis-server.js';
import { nameOf, numbersOf, type Ran, runTiny, tinyConfig, writeTiny } from '../tiny.js';
import { WorkerCommand } from './workers.js';

/** Trainings of some seconds: there is time to kill somebody at one. */
const long = { training: { epochs: 40, batch: 6 }, execution: { checkpointSeconds: 0.01 } };

let root: string;
let corpus: string;
let server: RedisServer;
const started: WorkerCommand[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'queue-'));
  corpus = join(root, 'corpus');
  await writeTiny(corpus);
  if (hasServer) server = await RedisServer.start();
});
afterAll(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await server?.remove();
  await rm(root, { recursive: true, force: true });
});

/** A worker of one queue and store, both of that name. */
function worker(name: string, ...more: string[]): WorkerCommand {
  const where = ['--queue', server.url, '--queue-name', name, '--store', join(root, name)];
  const command = new WorkerCommand([
    ...where,
    '--cache',
    join(root, 'cache'),
    '--concurrency',
    '1',
    ...more,
  ]);
  started.push(command);
  return command;
}

function runner(name: string, changes: Partial<QueueRunnerOptions> = {}): QueueRunner {
  const address = QueueAddress.parse(server.url, name);
  return new QueueRunner({ store: new Store(join(root, name)), address, attempts: 3, cores: 1, ...changes });
}

/** Runs the tiny comparison through the queue of a name; its folder and store are of that name, too. */
function queued(
  name: string,
  config = tinyConfig(corpus),
  more: Parameters<typeof runTiny>[2] = {},
): Promise<Ran> {
  return runTiny(config, root, { store: name, folder: name, runner: runner(name), ...more });
}

async function networksOf({ experiment: { plan, store } }: Ran): Promise<string[]> {
  const trainings = plan.jobs.filter(({ job }) => job.kind !== 'assessment');
  return Promise.all(trainings.map(async ({ id }) => sha256(await readFile(store.job(id).network))));
}

/** How often each job of a run was done, by its events in the store. */
async function timesDone({ experiment: { plan, store } }: Ran): Promise<number[]> {
  const all = await Promise.all(plan.jobs.map(({ id }) => store.job(id).events()));
  return all.map((events) => events.filter(({ event }) => event.kind === 'done' && !event.reused).length);
}

describe.runIf(hasServer)('a queue', () => {
  it('has each job done once, in order, with the numbers and bytes of this process; nothing stays in it', async () => {
    const whole = await runTiny(tinyConfig(corpus), root, { store: 'whole', folder: 'whole' });
    const workers = [worker('plain'), worker('plain')];
    const events: RunEvent[] = [];
    const ran = await queued('plain', undefined, { onEvent: (event) => void events.push(event) });
    expect(ran.trained).toEqual(whole.trained);
    expect(numbersOf(ran.experiment)).toEqual(numbersOf(whole.experiment));
    expect(await networksOf(ran)).toEqual(await networksOf(whole));
    expect(await timesDone(ran)).toEqual(ran.experiment.plan.jobs.map(() => 1));
    const over = events.flatMap(({ job, event }) => (event.kind === 'done' ? job.id : []));
    for (const { id, after } of ran.experiment.plan.jobs) {
      for (const earlier of after) expect(over.indexOf(earlier)).toBeLessThan(over.indexOf(id));
    }
    const told = events.filter(({ job }) => nameOf(job) === 'cka/1').map(({ event }) => event.kind);
    expect(told).toEqual(expect.arrayContaining(['started', 'epoch', 'done']));
    const left = (await server.keys()).filter((key) => key.startsWith('plain:'));
    expect(left.filter((key) => /after-|[0-9a-f]{32}/.test(key))).toEqual([]);
    for (const one of workers) one.kill('SIGTERM');
    expect((await Promise.all(workers.map(({ ended }) => ended))).map(({ code }) => code)).toEqual([
      130, 130,
    ]);
  }, 240_000);

  it('needs no recordings at its workers', async () => {
    const own = join(root, 'own');
    await writeTiny(own);
    let gone: Promise<void> | undefined;
    const onNote = () => {
      // Queued: from here on nobody needs them.
      gone ??= rm(own, { recursive: true });
      started.push(worker('gone', '--until-empty'));
    };
    const ran = await queued('gone', tinyConfig(own), { runner: runner('gone', { onNote }) });
    await gone;
    expect(ran.trained).toHaveLength(5);
  }, 240_000);

  it('does what two comparisons ask for once', async () => {
    worker('shared');
    const config = (methods: string[]) => tinyConfig(corpus, { methods });
    const [one, two] = await Promise.all([
      queued('shared', config(['no-transfer', 'cka']), { folder: 'shared-1' }),
      queued('shared', config(['no-transfer', 'correlation']), { folder: 'shared-2' }),
    ]);
    expect(await timesDone(one)).toEqual([1, 1, 1, 1, 1]);
    expect(await timesDone(two)).toEqual([1, 1, 1, 1, 1]);
  }, 240_000);

  it('keeps its jobs when whoever queued them is stopped; the same command finds them, done or waiting', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const notes: string[] = [];
    const onNote = (note: string) => {
      notes.push(note);
      controller.abort(reason);
    };
    const stopped = queued('stopped', undefined, {
      runner: runner('stopped', { onNote }),
      signal: controller.signal,
    });
    await expect(stopped).rejects.toBe(reason);
    expect(notes).toEqual([`5 jobs queued at ${server.url}/0.`]);
    const { code } = await worker('stopped', '--once').ended;
    expect(code).toBe(0);
    worker('stopped');
    const again: string[] = [];
    const ran = await queued('stopped', undefined, {
      runner: runner('stopped', { onNote: (note) => again.push(note) }),
    });
    expect(again).toEqual([`0 jobs queued at ${server.url}/0, 4 were there.`]);
    expect(ran.reused).toHaveLength(1);
    expect(await timesDone(ran)).toEqual([1, 1, 1, 1, 1]);
  }, 240_000);

  it('gives the job of a worker that is killed to another, which goes on from the checkpoint to the same numbers', async () => {
    const config = tinyConfig(corpus, long);
    const victim = worker('killed');
    const epochs: number[] = [];
    let isKilled = false;
    const onEvent = ({ job, event }: RunEvent) => {
      if (nameOf(job) !== 'cka/1' || event.kind !== 'epoch') return;
      epochs.push(event.metrics.epoch);
      if (isKilled || event.metrics.epoch < 3) return;
      isKilled = true;
      victim.kill('SIGKILL');
      worker('killed');
    };
    const ran = await queued('killed', config, { onEvent });
    const whole = await runTiny(config, root, { store: 'unkilled', folder: 'unkilled' });
    expect(isKilled).toBe(true);
    expect(epochs.filter((epoch) => epoch === 1)).toHaveLength(1);
    expect(numbersOf(ran.experiment)).toEqual(numbersOf(whole.experiment));
    expect(await timesDone(ran)).toEqual([1, 1, 1, 1, 1]);
  }, 240_000);

  it('takes back the job of a worker that is told to end, at once', async () => {
    const config = tinyConfig(corpus, long);
    const first = worker('told');
    const events: RunEvent[] = [];
    let ended: Promise<{ code: number | null; text: string }> | undefined;
    const onEvent = (event: RunEvent) => {
      events.push(event);
      if (nameOf(event.job) !== 'cka/1' || event.event.kind !== 'epoch' || ended !== undefined) return;
      first.kill('SIGINT');
      ended = first.ended;
      worker('told');
    };
    const ran = await queued('told', config, { onEvent });
    const { code, text } = (await ended) ?? { code: null, text: '' };
    expect(code).toBe(130);
    expect(text).toMatch(/cka\/1 \([0-9a-f]{8}\): given back behind a checkpoint/);
    expect(ran.trained).toHaveLength(5);
    const tries = events.filter(({ event }) => event.kind === 'tried');
    expect(tries).toEqual([]);
  }, 240_000);

  it('tries a job that fails, reports it, and has the others done', async () => {
    const path = await networkOfNaN();
    const config = tinyConfig(corpus, { orthogonal: { column: 'speaker', model: path } });
    worker('poison');
    const events: RunEvent[] = [];
    const options = {
      runner: runner('poison', { attempts: 2 }),
      onEvent: (event: RunEvent) => void events.push(event),
    };
    await expect(queued('poison', config, options)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(/^speaker network, seed 1: .*NaN.*tried 2 times, at last on /),
    });
    const tries = events.flatMap(({ event }) =>
      event.kind === 'tried' ? [[event.attempt, event.attempts]] : [],
    );
    expect(tries).toEqual([
      [1, 2],
      [2, 2],
    ]);
    const done = events.flatMap(({ job, event }) => (event.kind === 'done' ? [nameOf(job)] : []));
    expect(done).toEqual(['no-transfer/1']);
    expect((await server.keys()).filter((key) => /^poison:after-/.test(key))).toEqual([]);
  }, 240_000);

  it('reports a job at which every worker dies before it comes any further', async () => {
    const config = tinyConfig(corpus, { methods: ['no-transfer'], ...long });
    let isOver = false;
    const start = () => {
      const victim = worker('deadly');
      const dies = victim.says(/ no-transfer\/1 .*: begun/).then(() => {
        killTree(victim);
        if (!isOver) start();
      });
      // The last one has nothing more to begin.
      dies.catch(() => undefined);
    };
    start();
    const options = { runner: runner('deadly', { attempts: 2 }) };
    await expect(queued('deadly', config, options).finally(() => (isOver = true))).rejects.toThrow(
      /begun 2 times, and each time its worker died/,
    );
  }, 240_000);

  it('gives nothing up for a training that diverges but what waits for it', async () => {
    const wild = { id: 'wild', objectives: [{ similarity: 'correlation', beta: 1e38 }] };
    const after = { id: 'after', start: 'wild' };
    worker('wild');
    const config = tinyConfig(corpus, { methods: ['no-transfer', wild, after] });
    const { trained } = await queued('wild', config);
    expect(trained).toEqual(['no-transfer/1', 'orthogonal-speaker/1', 'test of no-transfer/1', 'wild/1']);
  }, 240_000);

  it('that goes away and comes back is waited for by both sides', async () => {
    const own = await RedisServer.start();
    try {
      const where = ['--queue', own.url, '--store', join(root, 'away'), '--cache', join(root, 'cache')];
      const one = new WorkerCommand([...where, '--concurrency', '1']);
      started.push(one);
      const notes: string[] = [];
      let back: Promise<void> | undefined;
      const onEvent = ({ event }: RunEvent) => {
        if (event.kind !== 'epoch' || back !== undefined) return;
        back = own
          .kill()
          .then(() => new Promise((resolve) => setTimeout(resolve, 1500)))
          .then(() => own.run());
      };
      const through = new QueueRunner({
        store: new Store(join(root, 'away')),
        address: QueueAddress.parse(own.url),
        attempts: 3,
        cores: 1,
        onNote: (note) => notes.push(note),
      });
      const ran = await queued('away', tinyConfig(corpus, long), { runner: through, onEvent });
      await back;
      expect(await timesDone(ran)).toEqual([1, 1, 1, 1, 1]);
      expect(notes.join('\n')).toMatch(/does not answer.*\n.*is back/);
      expect(one.text).toMatch(/does not answer.*\n.*is back/s);
    } finally {
      await own.remove();
    }
  }, 240_000);
});

/** Kills a worker and what it started: whoever is at the job dies with it. */
function killTree({ child }: WorkerCommand): void {
  const { stdout } = spawnSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' });
  child.kill('SIGKILL');
  for (const pid of stdout.split('\n').filter(Boolean)) process.kill(Number(pid), 'SIGKILL');
}

/** A network whose answers are not finite. */
async function networkOfNaN(): Promise<string> {
  const { experiment } = await runTiny(tinyConfig(corpus), root, { store: 'shape', folder: 'shape' });
  const { shape } = experiment.data;
  const network = buildNetwork('vgg-small', { classes: 2, input: shape, width: 0.25, random: new Random(5) });
  const weights = network.graph.initializers.flatMap(({ name, data }) =>
    data ? [[name, data] as const] : [],
  );
  const [[name, first] = []] = weights;
  if (name === undefined || first === undefined) throw new Error('a network without weights');
  const huge = { ...first, data: new Float32Array(first.data.length).fill(3e38) };
  const path = join(root, 'nan.onnx');
  await saveNetwork(path, withWeights(network, { ...Object.fromEntries(weights), [name]: huge }));
  return path;
}
