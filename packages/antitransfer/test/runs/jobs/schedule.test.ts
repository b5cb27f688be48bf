import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Device } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.js';
import { recordOf } from '../../../src/files/digest.js';
import { writeWhole } from '../../../src/files/write-whole.js';
import { JobFailure } from '../../../src/runs/jobs/job-failure.js';
import { type CarryOut, schedule } from '../../../src/runs/jobs/schedule.js';
import type { PlannedJob } from '../../../src/runs/plan/plan.js';
import { Claim } from '../../../src/runs/store/claim.js';
import { Store } from '../../../src/runs/store/store.js';
import { plannedJob } from '../store/jobs.js';

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'schedule-'));
  store = new Store(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const never = new AbortController().signal;

/** Tells when jobs begin and end; each takes some milliseconds. */
function recorder(work: (job: PlannedJob, signal: AbortSignal) => Promise<unknown> = () => wait(5)) {
  const log: string[] = [];
  let running = 0;
  let most = 0;
  const carryOut: CarryOut = async (job, signal, tell) => {
    log.push(`+${job.name}`);
    most = Math.max(most, ++running);
    try {
      await work(job, signal);
      tell({ kind: 'done', reused: false });
    } finally {
      running--;
      log.push(`-${job.name}`);
    }
  };
  return { log, carryOut, most: () => most, running: () => running };
}

async function finish(jobs: readonly PlannedJob[], carryOut: CarryOut, parallel = 1, signal = never) {
  const told: string[] = [];
  for await (const { job, event } of schedule(jobs, { store, parallel, signal, carryOut })) {
    told.push(`${job.name} ${event.kind}`);
  }
  return told;
}

/** Leaves a job's result, as another process would. */
async function finishElsewhere({ id }: PlannedJob): Promise<void> {
  const job = store.job(id);
  await writeWhole(job.network, 'weights');
  const environment = {};
  await job.writeResult({
    ...{ version: 2, kind: 'orthogonal', accuracy: 1, chance: 0.5, given: false, seconds: 1, environment },
    network: recordOf(Buffer.from('weights')),
  });
}

/** Until it is told to stop. */
const untilStopped = (signal: AbortSignal) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

const [a, b] = [plannedJob('a', 1), plannedJob('b', 2)];
const c = plannedJob('c', 3, [b]);
const d = plannedJob('d', 4, [a, c]);

describe('the order of jobs', () => {
  it('is that of the list where nothing is waited for', async () => {
    const { log, carryOut } = recorder();
    expect(await finish([a, b, c, d], carryOut)).toEqual(['a done', 'b done', 'c done', 'd done']);
    expect(log).toEqual(['+a', '-a', '+b', '-b', '+c', '-c', '+d', '-d']);
  });

  it('has each behind those that it waits for, however they are listed', async () => {
    const { log, carryOut } = recorder();
    await finish([d, c, b, a], carryOut, 3);
    for (const [before, after] of ['bc', 'ad', 'cd'].map((pair) => [...pair])) {
      expect(log.indexOf(`-${before}`)).toBeLessThan(log.indexOf(`+${after}`));
    }
    expect(log).toHaveLength(8);
  });

  it('has no more side by side than is allowed, and as many where it can', async () => {
    const jobs = Array.from({ length: 9 }, (_, i) => plannedJob(`job ${i}`, 100 + i));
    for (const parallel of [1, 2, 4]) {
      const { carryOut, most } = recorder();
      expect(await finish(jobs, carryOut, parallel)).toHaveLength(9);
      expect(most()).toBe(parallel);
    }
  });

  it('has one job at a time on a device that is not the processor, and others beside it', async () => {
    const onDevice = (device: Device, i: number) => plannedJob(`${device} ${i}`, 200 + i, [], device);
    const jobs = [
      ...[1, 2, 3].map((i) => onDevice('webgpu', i)),
      ...[4, 5, 6].map((i) => onDevice('cpu', i)),
    ];
    const beside = new Map<Device, number>();
    const most = new Map<Device, number>();
    const { carryOut, ...all } = recorder(async ({ job: { device = 'cpu' } }) => {
      const now = (beside.get(device) ?? 0) + 1;
      beside.set(device, now);
      most.set(device, Math.max(now, most.get(device) ?? 0));
      await wait(20);
      beside.set(device, now - 1);
    });
    expect(await finish(jobs, carryOut, 3)).toHaveLength(6);
    expect(Object.fromEntries(most)).toEqual({ webgpu: 1, cpu: 2 });
    expect(all.most()).toBe(3);
  });

  it('leaves out what the store has, and does what waits for it', async () => {
    const [first, second] = [plannedJob('first', 20), plannedJob('second', 21)];
    const third = plannedJob('third', 22, [first, second]);
    await finishElsewhere(first);
    const { log, carryOut } = recorder();
    expect(await finish([first, second, third], carryOut)).toEqual([
      'first done',
      'second done',
      'third done',
    ]);
    expect(log).toEqual(['+second', '-second', '+third', '-third']);
  });

  it('refuses a job that waits for what is not there', async () => {
    const { carryOut } = recorder();
    await expect(finish([a, c], carryOut)).rejects.toThrow('c waits for jobs that are not among these');
  });
});

describe('a job that another process is at', () => {
  async function hold(job: PlannedJob): Promise<Claim> {
    const claim = await Claim.take(store.job(job.id).claim);
    if (!(claim instanceof Claim)) throw new Error('somebody has it');
    return claim;
  }

  /** Carries jobs out as runners do; those that are held are not. */
  function holdable(log: string[]): CarryOut {
    return async (job, _, tell) => {
      const claim = await Claim.takeNow(store.job(job.id).claim);
      if (!(claim instanceof Claim)) return claim;
      log.push(`+${job.name}`);
      await wait(5);
      log.push(`-${job.name}`);
      tell({ kind: 'done', reused: false });
      await claim.release();
      return undefined;
    };
  }

  it('takes no place: the others are done meanwhile, one after another, and it when it is free', async () => {
    const [held, one, two] = [plannedJob('held', 40), plannedJob('one', 41), plannedJob('two', 42)];
    const behind = plannedJob('behind', 43, [held]);
    const claim = await hold(held);
    const log: string[] = [];
    const told: string[] = [];
    const options = { store, parallel: 1, signal: never, carryOut: holdable(log) };
    for await (const { job, event } of schedule([held, one, two, behind], options)) {
      told.push(`${job.name} ${event.kind}`);
      if (job === two && event.kind === 'done') await claim.release();
    }
    expect(told).toEqual(['held waiting', 'one done', 'two done', 'held done', 'behind done']);
    expect(log).toEqual(['+one', '-one', '+two', '-two', '+held', '-held', '+behind', '-behind']);
  });

  it('is not done again when the other has done it', async () => {
    const [held, behind] = [plannedJob('held', 50), plannedJob('behind', 51)];
    const claim = await hold(held);
    const log: string[] = [];
    const events: unknown[] = [];
    const options = { store, parallel: 1, signal: never, carryOut: holdable(log) };
    for await (const { job, event } of schedule([held, behind], options)) {
      if (job === held) events.push(event);
      if (event.kind !== 'waiting') continue;
      await finishElsewhere(held);
      await claim.release();
    }
    expect(events).toEqual([
      { kind: 'waiting', host: expect.any(String), pid: process.pid },
      { kind: 'done', reused: true },
    ]);
    expect(log).toEqual(['+behind', '-behind']);
  });

  it('is waited for no longer when one is told to stop', async () => {
    const held = plannedJob('held', 60);
    const claim = await hold(held);
    const stop = AbortSignal.timeout(50);
    await expect(finish([held], holdable([]), 1, stop)).rejects.toMatchObject({ name: 'TimeoutError' });
    await claim.release();
  });
});

describe('a job that fails', () => {
  it('stops the others, is told by its name, and what waits for it is not begun', async () => {
    const { log, carryOut, running } = recorder((job, signal) =>
      job === b ? wait(20).then(() => Promise.reject(new UserError('no luck'))) : untilStopped(signal),
    );
    const error = await finish([a, b, c, d], carryOut, 2).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(JobFailure);
    expect(error).toMatchObject({ message: 'b: no luck', job: b, userFacing: true });
    expect((error as JobFailure).called(() => 'cka, seed 2')).toEqual(new UserError('cka, seed 2: no luck'));
    expect(log).toEqual(['+a', '+b', '-b', '-a']);
    expect(running()).toBe(0);
  });

  it('is no mistake of the user where it is one of ours', async () => {
    const { carryOut } = recorder(() => Promise.reject(new TypeError('a bug')));
    const error = await finish([a], carryOut).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: 'a: a bug', userFacing: false });
    const told = (error as JobFailure).called(() => 'cka, seed 2');
    expect(told).not.toBeInstanceOf(UserError);
    // One line is told where memory ran out, all of it where it is a bug.
    expect(told.message).toBe('cka, seed 2: a bug');
    expect(told.stack).toMatch(/^cka, seed 2: TypeError: a bug\n {4}at /);
  });
});

describe('being stopped', () => {
  it('ends with the reason, once every job has stopped', async () => {
    const controller = new AbortController();
    const { log, carryOut, running } = recorder((_, signal) => {
      // The second has begun: stopped once it waits, however slow the machine is.
      if (running() === 2) setImmediate(() => controller.abort(new Error('enough')));
      return untilStopped(signal).catch(() => wait(30));
    });
    await expect(finish([a, b, c], carryOut, 2, controller.signal)).rejects.toThrow('enough');
    expect(log).toEqual(['+a', '+b', '-a', '-b']);
  });

  it('begins nothing when it was stopped before', async () => {
    const { log, carryOut } = recorder();
    await expect(finish([a], carryOut, 1, AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
    expect(log).toEqual([]);
  });

  it('is what happens when nobody reads any more: the loop ends behind the last job', async () => {
    const { log, carryOut, running } = recorder((job, signal) =>
      job === a ? wait(5) : untilStopped(signal),
    );
    for await (const { job } of schedule([a, b, c], { store, parallel: 2, signal: never, carryOut })) {
      expect(job).toBe(a);
      break;
    }
    expect(running()).toBe(0);
    expect(log).toContain('-b');
    expect(log).not.toContain('+c');
  });
});
