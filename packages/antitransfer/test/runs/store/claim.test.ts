import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Claim, readHolder } from '../../../src/runs/store/claim.js';
import { builtFile, startNeglected, startProgram } from '../built-process.js';

let root: string;
let path: string;
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'claim-'));
});
beforeEach(() => {
  path = join(root, String(count++), 'claim');
});
afterAll(() => rm(root, { recursive: true, force: true }));

const never = new AbortController().signal;

/** A program that takes a claim, prints its process, and lives on. */
const hold = (at: string) => `
  import { Claim } from ${builtFile('store/claim.js')};
  const taken = await Claim.take(${JSON.stringify(at)});
  console.log(taken instanceof Claim ? process.pid : 'refused');
  setInterval(() => {}, 1000);`;

/** Leaves the claim of a process that was killed. */
async function leaveDead(at: string): Promise<void> {
  const { child, line, ended } = startProgram(hold(at));
  expect(Number(await line())).toBe(child.pid);
  child.kill('SIGKILL');
  await ended;
}

async function take(at = path): Promise<Claim> {
  const taken = await Claim.take(at);
  if (!(taken instanceof Claim)) throw new Error(`${JSON.stringify(taken)} has it`);
  return taken;
}

/** Changes what a claim says of its process, and when it was last heard of. */
async function edit(changes: Record<string, unknown>, secondsAgo = 0): Promise<void> {
  const content = JSON.parse(await readFile(path, 'utf8')) as { process: object };
  await writeFile(path, JSON.stringify({ ...content, process: { ...content.process, ...changes } }));
  await lastHeard(secondsAgo);
}

/** Leaves a claim of another process: nobody gives signs of life. */
async function leave(changes: Record<string, unknown>, secondsAgo = 0): Promise<void> {
  const claim = await take();
  await edit(changes, secondsAgo);
  await claim.release();
}

async function lastHeard(secondsAgo: number): Promise<void> {
  const time = new Date(Date.now() - 1000 * secondsAgo);
  await utimes(path, time, time);
}

describe('one process at a time', () => {
  it('says who has it, as long as that process lives', async () => {
    const { child, line, ended } = startProgram(hold(path));
    const pid = Number(await line());
    expect(await Claim.take(path)).toMatchObject({ host: hostname(), pid });
    expect(await readHolder(path)).toMatchObject({ host: hostname(), pid });
    // Not heard of for an hour: it may have been asleep, and one sees that it is there.
    await lastHeard(3600);
    expect(await readHolder(path)).toMatchObject({ pid });
    child.kill('SIGKILL');
    await ended;
    expect(await readHolder(path)).toBeUndefined();
    await (await take()).release();
    expect(await readdir(join(path, '..'))).toEqual([]);
  });

  it('is given up, and taken by who waits', async () => {
    const first = await take();
    const told: unknown[] = [];
    const second = Claim.await(path, never, (holder) => told.push(holder));
    await wait(1200);
    await first.release();
    await (await second).release();
    expect(told).toEqual([expect.objectContaining({ pid: process.pid })]);
    expect(await readdir(join(path, '..'))).toEqual([]);
  });

  it('waits no longer than it is let', async () => {
    const first = await take();
    const stop = AbortSignal.timeout(300);
    await expect(Claim.await(path, stop, () => {})).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(await readHolder(path)).toMatchObject({ pid: process.pid });
    await first.release();
  });

  it('gives a sign of life every two seconds', async () => {
    const claim = await take();
    await lastHeard(100);
    await wait(3000);
    expect(Date.now() - (await stat(path)).mtimeMs).toBeLessThan(3000);
    await claim.release();
  });
});

describe('a claim that nobody holds any longer', () => {
  it('of a process that was killed and that nobody collected', async () => {
    if (!existsSync('/proc/self/stat')) {
      console.warn('SKIPPED, not tested here: the dead that keep their number (this system has no /proc)');
      return;
    }
    const { child, line, ended } = startNeglected(hold(path));
    const pid = Number(await line());
    expect(await readHolder(path)).toMatchObject({ pid });
    process.kill(pid, 'SIGKILL');
    while (!/^\d+ \(.*\) Z/.test(await readFile(`/proc/${pid}/stat`, 'utf8'))) await wait(10);
    expect(spawnSync('kill', ['-0', String(pid)]).status).toBe(0);
    expect(await readHolder(path)).toBeUndefined();
    await (await take()).release();
    child.kill('SIGKILL');
    await ended;
  });

  it('of a process whose number another has since', async () => {
    if (!existsSync('/proc/self/stat')) {
      console.warn('SKIPPED, not tested here: numbers given anew (this system has no /proc)');
      return;
    }
    await leave({ started: '1' });
    expect(await readHolder(path)).toBeUndefined();
  });

  it('of another machine, half a minute after its last sign', async () => {
    await leave({ host: 'elsewhere', machine: 'another', pid: 7 }, 25);
    expect(await readHolder(path)).toMatchObject({ host: 'elsewhere', pid: 7 });
    await lastHeard(31);
    expect(await readHolder(path)).toBeUndefined();
  });

  it('of a container with the same host name: its numbers say nothing here', async () => {
    await leave({ machine: 'another container', pid: 2 ** 22 - 1 });
    expect(await readHolder(path)).toMatchObject({ pid: 2 ** 22 - 1 });
  });

  it('that is empty: its process died before it wrote', async () => {
    await (await take()).release();
    await writeFile(path, '');
    expect(await readHolder(path)).toMatchObject({ host: '?' });
    await lastHeard(31);
    expect(await readHolder(path)).toBeUndefined();
    await (await take()).release();
    expect(await readdir(join(path, '..'))).toEqual([]);
  });
});

it('the clock of another machine may be wrong: whoever waits listens for himself', async () => {
  await leave({ machine: 'another' }, 600);
  const beating = setInterval(() => void lastHeard(600), 1000);
  const stop = AbortSignal.timeout(14_000);
  await expect(Claim.await(path, stop, () => {})).rejects.toMatchObject({ name: 'TimeoutError' });
  // Its process dies.
  clearInterval(beating);
  const taken = await Claim.await(path, AbortSignal.timeout(20_000), () => {});
  await taken.release();
}, 60_000);

describe('succession', () => {
  it('leaves a claim that was held dead, and that its holder gives up late, to its successor', async () => {
    const late = await take();
    // As if it had been asleep on another machine.
    const content = JSON.parse(await readFile(path, 'utf8')) as { process: { machine: string } };
    const own = content.process.machine;
    await edit({ machine: 'x'.repeat(own.length) }, 100);
    const heir = await take();
    await late.release();
    expect(await Claim.take(path)).toMatchObject({ pid: process.pid });
    await heir.release();
    expect(await readHolder(path)).toBeUndefined();
    expect(await readdir(join(path, '..'))).toEqual([]);
  });

  it('goes to one of many that race for it, again and again', async () => {
    const [rounds, racers] = [40, 4];
    await leaveDead(path);
    for (let round = 0; round < rounds; round++) await copyFile(path, join(root, `race-${round}`));
    const race = `
      import { open, rm } from 'node:fs/promises';
      import { Claim } from ${builtFile('store/claim.js')};
      const never = new AbortController().signal;
      let entered = 0;
      for (let round = 0; round < ${rounds}; round++) {
        const at = ${JSON.stringify(root)} + '/race-' + round;
        // Without the pauses of those who wait politely.
        let claim;
        while (!(claim instanceof Claim)) claim = await Claim.take(at);
        // Fails when somebody else is inside.
        const inside = ${JSON.stringify(root)} + '/inside-' + round;
        const file = await open(inside, 'wx');
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
        await file.close();
        await rm(inside);
        entered++;
        await claim.release();
      }
      console.log(entered);`;
    const all = Array.from({ length: racers }, () => startProgram(race));
    for (const { ended, line } of all) {
      expect(await line()).toBe(String(rounds));
      expect(await ended).toEqual({ code: 0, errors: '' });
    }
    expect((await readdir(root)).filter((name) => /^(race|inside)/.test(name))).toEqual([]);
  }, 120_000);
});
