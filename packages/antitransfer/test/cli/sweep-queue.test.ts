import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { ConfigTree } from '../../src/runs/config/load.js';
import type { DroppedCell } from '../../src/runs/halving/halve.js';
import { storeAt } from '../../src/runs/store/store-at.js';
import { hasServer, RedisServer } from '../runs/queue/redis-server.js';
import { type S3Server, setEnvironment, startS3 } from '../runs/store/bucket/s3-server.js';
import { tinyTree, writeTiny } from '../runs/tiny.js';
import { WorkerCommand } from '../runs/worker/workers.js';
import { numbersOfCell } from './numbers-of-cell.js';
import { expectRefused } from './refused.js';
import { run, runJson } from './run.js';

let root: string;
let redis: RedisServer;
const workers: WorkerCommand[] = [];

interface Swept {
  readonly cells: readonly { readonly name: string }[];
  readonly dropped: readonly DroppedCell[];
  readonly missing: readonly string[];
}

const strength = 'methods.cka.objectives.0.beta';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sweep-queue-'));
  await writeTiny(join(root, 'corpus'));
  const write = (name: string, change: ConfigTree) => {
    const tree = { ...tinyTree(join(root, 'corpus')), execution: { threads: 1, parallel: 2 } };
    return writeFile(join(root, name), stringify({ ...tree, ...change }));
  };
  await write('widths.yaml', { sweep: { values: { 'network.width': [0.25, 0.5] } } });
  const halving = { values: { [strength]: [1, 300] }, halving: { factor: 2 } };
  await write('halved.yaml', { seeds: 2, sweep: halving });
  if (hasServer) redis = await RedisServer.start();
});
afterAll(async () => {
  for (const { child } of workers) child.kill('SIGKILL');
  await redis?.remove();
  await rm(root, { recursive: true, force: true });
});

/** A worker that knows a queue of a name and a store, and has a cache of its own. */
function worker(name: string, store: string): void {
  const where = ['--queue', redis.url, '--queue-name', name, '--store', store];
  workers.push(new WorkerCommand([...where, '--cache', join(root, `${name}-worker`), '--concurrency', '1']));
}

const queue = (name: string) => ['--queue', redis.url, '--queue-name', name];

const numbersOf = (output: string, cell: string) => numbersOfCell(join(root, output, cell));

/** How often each job of a store was done. */
async function timesDone(location: string): Promise<number[]> {
  const store = storeAt(location, join(root, 'cache'));
  const all = await Promise.all(
    (await store.items('jobs')).map(async ({ id }) => {
      const events = await store.job(id).events();
      return events.filter(({ event }) => event.kind === 'done' && !event.reused).length;
    }),
  );
  return all.sort();
}

describe('jobs of a sweep that go elsewhere', () => {
  it('go to a queue or are printed, not both; and what is decided on the way cannot be printed', async () => {
    const both = ['--queue', 'redis://127.0.0.1:1', '--print-jobs', 'commands'];
    for (const [command, file] of [
      ['sweep', 'widths.yaml'],
      ['compare', 'widths.yaml'],
    ] as const) {
      const outcome = await run(root, command, file, ...both, '--store', 'both-store', '--output', 'both');
      expectRefused(outcome, /--print-jobs and --queue are two ways .* take one of them/);
    }
    const printed = ['--print-jobs', 'commands', '--store', 'printed-store', '--output', 'printed'];
    const refused = await run(root, 'sweep', 'halved.yaml', ...printed);
    expectRefused(refused, /--print-jobs: this sweep chooses between its cells.*halving.*--queue/s);
    expect(refused.out).toBe('');
    // Told before anything is computed.
    expect(await readdir(root)).not.toContain('both-store');
    expect(await readdir(root)).not.toContain('printed-store');
  }, 120_000);
});

describe.runIf(hasServer)('a sweep through a queue', () => {
  it('has the numbers of one without, each job done once', async () => {
    const store = join(root, 'queued-store');
    worker('widths', store);
    const flags = [...queue('widths'), '--store', store, '--output', 'queued'];
    const swept = await runJson<Swept>(root, 'sweep', 'widths.yaml', ...flags);
    expect(swept).toMatchObject({ cells: [{ name: 'width-0.25' }, { name: 'width-0.5' }], missing: [] });
    await runJson(root, 'sweep', 'widths.yaml', '--output', 'plain', '--store', 'plain-store');
    for (const { name } of swept.cells) expect(numbersOf('queued', name)).toEqual(numbersOf('plain', name));
    // Of each width an orthogonal network, two trainings, two tests.
    expect(await timesDone(store)).toEqual(Array(10).fill(1));
  }, 300_000);

  it('with halving drops the cells, and comes to the numbers, of one without', async () => {
    const store = join(root, 'halved-store');
    worker('halved', store);
    const flags = [...queue('halved'), '--store', store, '--output', 'halved'];
    const swept = await runJson<Swept>(root, 'sweep', 'halved.yaml', ...flags);
    const plain = ['--output', 'whole', '--store', 'whole-store'];
    const expected = await runJson<Swept>(root, 'sweep', 'halved.yaml', ...plain);
    expect(expected.dropped).toHaveLength(1);
    expect(swept.dropped).toEqual(expected.dropped);
    expect(swept.cells.map(({ name }) => name)).toEqual(expected.cells.map(({ name }) => name));
    const [survivor] = swept.cells;
    expect(numbersOf('halved', survivor?.name ?? '')).toEqual(numbersOf('whole', survivor?.name ?? ''));
    expect(new Set(await timesDone(store))).toEqual(new Set([1]));
    expect(await timesDone(store)).toEqual(await timesDone(join(root, 'whole-store')));
  }, 300_000);

  it('of workers that have the two addresses, and share a bucket, is that of folders', async () => {
    const server: S3Server = await startS3('models');
    const restore = setEnvironment(server.environment);
    try {
      const url = 's3://models/queued';
      worker('bucket', url);
      const flags = [...queue('bucket'), '--store', url, '--output', 'bucket'];
      const swept = await runJson<Swept>(root, 'sweep', 'halved.yaml', ...flags);
      const [survivor] = swept.cells;
      expect(swept.missing).toEqual([]);
      expect(numbersOf('bucket', survivor?.name ?? '')).toEqual(numbersOf('whole', survivor?.name ?? ''));
      expect(await timesDone(url)).toEqual(await timesDone(join(root, 'whole-store')));
    } finally {
      for (const { child } of workers) child.kill('SIGKILL');
      restore();
      await server.close();
    }
  }, 300_000);
});
