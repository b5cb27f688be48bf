import { spawnSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { S3Bucket } from '../../../../src/runs/store/bucket/bucket.js';
import { BucketClaim, readBucketHolder } from '../../../../src/runs/store/bucket/bucket-claim.js';
import { parseBucketUrl } from '../../../../src/runs/store/bucket/location.js';
import { isTaken } from '../../../../src/runs/store/held-claim.js';
import { thisProcess } from '../../../../src/runs/store/process-identity.js';
import { type S3Server, setEnvironment, startS3 } from './s3-server.js';

let server: S3Server;
let bucket: S3Bucket;
let restore: () => void;

/** Times of the server are whole seconds. */
const timing = { heartbeat: 300, stale: 3000, poll: 50 };

beforeAll(async () => {
  server = await startS3('models');
  restore = setEnvironment(server.environment);
  bucket = new S3Bucket(parseBucketUrl('s3://models/claims'));
});
afterAll(async () => {
  restore();
  await server.close();
});

const take = (name: string) => BucketClaim.take(bucket, name, timing);

async function takeFree(name: string): Promise<BucketClaim> {
  const claim = await take(name);
  if (claim instanceof BucketClaim) return claim;
  throw new Error(`${name} is held by ${claim.pid}`);
}

async function keysOf(name: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of bucket.list(`${name}/`)) keys.push(key);
  return keys;
}

/** The object of a process of another machine, which nobody renews. */
async function leaveForeign(name: string, own: Partial<Awaited<ReturnType<typeof thisProcess>>> = {}) {
  const process = { ...(await thisProcess()), host: 'elsewhere', machine: 'another', ...own };
  const content = { version: 1, process, since: '2026-01-01T00:00:00.000Z', isHeld: true };
  await bucket.put(`${name}/left`, Buffer.from(JSON.stringify(content)));
}

it('is held by one, who is named to the others, until it is given up', async () => {
  const claim = await takeFree('one');
  expect(await take('one')).toMatchObject({ pid: process.pid });
  expect(await readBucketHolder(bucket, 'one', timing)).toMatchObject({ pid: process.pid });
  await claim.release();
  expect(await readBucketHolder(bucket, 'one', timing)).toBeUndefined();
  expect(await keysOf('one')).toEqual([]);
  await (await takeFree('one')).release();
});

it('is held by one at most of many that want it at the same moment, and by one after the other in the end', async () => {
  let [holding, most, times] = [0, 0, 0];
  const signal = new AbortController().signal;
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      const claim = await BucketClaim.await(bucket, 'many', signal, timing);
      most = Math.max(most, ++holding);
      times++;
      await wait(20);
      holding--;
      await claim.release();
    }),
  );
  expect({ most, times }).toEqual({ most: 1, times: 6 });
}, 60_000);

it('is not taken from a process that gives signs of life, and is from one that gives none', async () => {
  await leaveForeign('silent');
  const began = performance.now();
  expect(await take('silent')).toMatchObject({ host: 'elsewhere' });
  const claim = await BucketClaim.await(bucket, 'silent', new AbortController().signal, timing);
  expect(performance.now() - began).toBeGreaterThan(timing.stale - 1000);
  await wait(timing.stale + 1500);
  expect(isTaken(await take('silent'))).toBe(false);
  await claim.release();
}, 60_000);

it('is taken at once from a process of this machine that has ended', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  const { machine } = await thisProcess();
  await leaveForeign('ended', { machine, pid, started: '1' });
  await (await takeFree('ended')).release();
});

it('is lost by a process that was taken for dead, which is told so; the other keeps it', async () => {
  const claim = await takeFree('lost');
  await bucket.remove(await keysOf('lost'));
  const other = await takeFree('lost');
  await wait(timing.heartbeat * 3);
  expect(claim.lost.aborted).toBe(true);
  expect(claim.lost.reason).toMatchObject({
    name: 'UserError',
    message: expect.stringMatching(/took this one for dead/),
  });
  expect(other.lost.aborted).toBe(false);
  await claim.release();
  expect(isTaken(await take('lost'))).toBe(false);
  await other.release();
});
