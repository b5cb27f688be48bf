import { randomBytes } from 'node:crypto';
import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { messageOf } from '../../../../src/errors.js';
import { S3Bucket } from '../../../../src/runs/store/bucket/bucket.js';
import { parseBucketUrl } from '../../../../src/runs/store/bucket/location.js';
import {
  environmentOf,
  type FaultyNetwork,
  type S3Server,
  setEnvironment,
  startNetwork,
  startS3,
} from './s3-server.js';

let server: S3Server;
let network: FaultyNetwork;
let restore: () => void;

beforeAll(async () => {
  server = await startS3('models');
  network = await startNetwork(server.endpoint);
  restore = setEnvironment(environmentOf(network.endpoint));
});
afterEach(() => {
  network.fault = undefined;
  network.asked.length = 0;
});
afterAll(async () => {
  restore();
  await network.close();
  await server.close();
});

const bucketAt = (url: string) => new S3Bucket(parseBucketUrl(url));

/** What goes wrong is told as to a user: no stack is wanted, no credential is in it. */
async function refused(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: expect.stringMatching(/^(BucketError|DamagedObjectError)$/) });
  const told = JSON.stringify([messageOf(error), error, (error as Error).stack]);
  for (const secret of ['S3RVER-secret', 'hidden-password']) expect(told).not.toContain(secret);
  return messageOf(error);
}

/** With other variables, only while something is done. */
async function given<T>(variables: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  const back = setEnvironment(variables);
  try {
    return await work();
  } finally {
    back();
  }
}

describe('objects', () => {
  it('are read as they were written, listed in order below the prefix, and removed', async () => {
    const [one, other] = [bucketAt('s3://models/a/b'), bucketAt('s3://models/c/')];
    const bytes = randomBytes(300_000);
    await one.put('x/2', bytes);
    await one.put('x/1', Buffer.from('one'));
    await other.put('x/1', Buffer.from('of another store'));
    expect(await one.get('x/2')).toEqual(bytes);
    expect(await one.getPart('x/2', 10, 5)).toEqual(bytes.subarray(10, 15));
    expect(await one.getPart('x/2', 299_998, 50)).toEqual(bytes.subarray(299_998));
    expect(await one.get('x/3')).toBeUndefined();
    expect(await one.getPart('x/3', 0, 1)).toBeUndefined();
    expect([await one.has('x/1'), await one.has('x/'), await one.has('x/12')]).toEqual([true, false, false]);
    const listed: unknown[] = [];
    for await (const { key, bytes: size } of one.list('x/')) listed.push([key, size]);
    expect(listed).toEqual([
      ['x/1', 3],
      ['x/2', 300_000],
    ]);
    await one.remove(['x/1', 'x/gone']);
    expect([await one.has('x/1'), await other.has('x/1')]).toEqual([false, true]);
  });

  it('are listed all, also those of many pages', async () => {
    const bucket = bucketAt('s3://models/many');
    await bucket.put('o/00000', Buffer.from('o'));
    // As the server keeps them: so many requests would take long.
    const folder = join(server.folder, 'models/many/o');
    for (const name of await readdir(folder)) {
      for (let i = 1; i < 1100; i++)
        await copyFile(join(folder, name), join(folder, name.replace('00000', String(i).padStart(5, '0'))));
    }
    const keys: string[] = [];
    for await (const { key } of bucket.list('o/')) keys.push(key);
    expect(keys).toHaveLength(1100);
    expect(keys).toEqual([...keys].sort());
  }, 120_000);
});

describe('a network or server in trouble', () => {
  it('that says "slow down" is asked again until it answers', async () => {
    const bucket = bucketAt('s3://models/slow');
    let left = 3;
    network.fault = () =>
      left-- > 0
        ? async (_, answer) => {
            answer.writeHead(503, { 'content-type': 'application/xml' });
            answer.end(
              '<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
            );
          }
        : undefined;
    await bucket.put('a', Buffer.from('a'));
    expect(network.asked).toHaveLength(4);
    left = 2;
    expect((await bucket.get('a'))?.toString()).toBe('a');
  });

  it('that breaks off in the middle of an object is asked for it again', async () => {
    const bucket = bucketAt('s3://models/broken');
    const bytes = randomBytes(200_000);
    await bucket.put('a', bytes);
    let left = 2;
    network.fault = ({ method }) =>
      method === 'GET' && left-- > 0
        ? async (_, answer, forward) => {
            const { status, headers, body } = await forward();
            answer.writeHead(status, headers as Record<string, string>);
            answer.write(body.subarray(0, 100_000), () => answer.destroy());
          }
        : undefined;
    expect(await bucket.get('a')).toEqual(bytes);
    expect(left).toBeLessThan(1);
  });

  it('that changes a byte on the way is asked again; what is damaged for good is named', async () => {
    const bucket = bucketAt('s3://models/damage');
    const bytes = randomBytes(1000);
    await bucket.put('a', bytes);
    let left = 1;
    network.fault = ({ method }) =>
      method === 'GET' && left-- > 0
        ? async (_, answer, forward) => {
            const { status, headers, body } = await forward();
            body[500] = (body[500] ?? 0) ^ 1;
            answer.writeHead(status, headers as Record<string, string>).end(body);
          }
        : undefined;
    expect(await bucket.get('a')).toEqual(bytes);
    network.fault = undefined;
    const folder = join(server.folder, 'models/damage');
    const [file] = (await readdir(folder)).filter((name) => name.endsWith('_object'));
    await writeFile(join(folder, file ?? ''), bytes.subarray(0, 400));
    expect(await refused(bucket.get('a'))).toMatch(
      /^"s3:\/\/models\/damage\/a" is damaged: .*Remove it and run the same command again/,
    );
  });

  it('that cannot be reached is named, with the bucket and what to do', async () => {
    const variables = {
      ...environmentOf('http://user:hidden-password@127.0.0.1:9'),
      AWS_SECRET_ACCESS_KEY: 'S3RVER-secret',
      AWS_MAX_ATTEMPTS: '2',
    };
    const told = await given(variables, () => refused(bucketAt('s3://models/x').get('a')));
    expect(told).toMatch(/"s3:\/\/models\/x\/a" \(http:\/\/127\.0\.0\.1:9\) cannot be read: .*ECONNREFUSED/);
    expect(told).toMatch(/AWS_ENDPOINT_URL_S3/);
  });
});

describe('what is wrong is told with the bucket, what to do, and no secret', () => {
  it('a bucket that is not there', async () => {
    for (const work of [
      refused(bucketAt('s3://no-such/x').get('a')),
      refused(bucketAt('s3://no-such/x').put('a', Buffer.from('a'))),
      refused(bucketAt('s3://no-such/x').has('a')),
    ])
      expect(await work).toMatch(/"s3:\/\/no-such\/x\/a" .*NoSuchBucket.* make it first, or correct --store/);
  });

  it('a key that the server does not know', async () => {
    const variables = { AWS_ACCESS_KEY_ID: 'NOBODY', AWS_SECRET_ACCESS_KEY: 'S3RVER-secret' };
    const told = await given(variables, () => refused(bucketAt('s3://models/x').get('a')));
    expect(told).toMatch(/"s3:\/\/models\/x\/a" .*InvalidAccessKeyId.*see AWS_ACCESS_KEY_ID or AWS_PROFILE/);
  });

  it('no credentials at all', async () => {
    const files = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_PROFILE: '' };
    const variables = { ...files, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    const told = await given(variables, () => refused(bucketAt('s3://models/x').get('a')));
    expect(told).toMatch(/There are no credentials: set AWS_ACCESS_KEY_ID/);
  });

  it('what these credentials may not do', async () => {
    network.fault = () => async (_, answer) => {
      answer.writeHead(403, { 'content-type': 'application/xml' });
      answer.end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
    };
    expect(await refused(bucketAt('s3://models/x').put('a', Buffer.from('a')))).toMatch(
      /"s3:\/\/models\/x\/a" .*AccessDenied.*they need ListBucket, GetObject, PutObject and DeleteObject/,
    );
  });
});
