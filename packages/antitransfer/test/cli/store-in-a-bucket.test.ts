import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ComparisonFolder } from '../../src/runs/folder/comparison-folder.js';
import { BucketClaim } from '../../src/runs/store/bucket/bucket-claim.js';
import { storeAt } from '../../src/runs/store/store-at.js';
import { type S3Server, setEnvironment, startS3 } from '../runs/store/bucket/s3-server.js';
import { tinyTree, writeTiny } from '../runs/tiny.js';
import { expectRefused } from './refused.js';
import { run, runJson } from './run.js';

let root: string;
let server: S3Server;
let restore: () => void;
const url = 's3://models/cli';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'bucket-cli-'));
  await writeTiny(join(root, 'corpus'));
  await writeFile(join(root, 'tiny.yaml'), stringify(tinyTree(join(root, 'corpus'))));
  server = await startS3('models');
  restore = setEnvironment({ ...server.environment, AWS_SECRET_ACCESS_KEY: 'S3RVER' });
  const { code, err } = await run(root, 'compare', 'tiny.yaml', '--store', `${url}/`, '--output', 'one');
  expect(code, err).toBe(0);
}, 240_000);
afterAll(async () => {
  restore();
  await server.close();
  await rm(root, { recursive: true, force: true });
});

interface Listed {
  readonly store: { readonly folder: string; readonly bytes: number };
  readonly features: readonly { readonly clips?: number }[];
  readonly jobs: readonly { readonly state: string }[];
  readonly sets: { readonly count: number };
}

const list = () => runJson<Listed>(root, 'store', '--store', url);

it('is named in the comparison, and export finds networks there when nothing is left on this machine', async () => {
  const folder = new ComparisonFolder(join(root, 'one'));
  const index = await folder.index();
  expect(index && folder.storeOf(index)).toBe(url);
  await rm(join(root, 'cache'), { recursive: true });
  const flags = ['--method', 'cka', '--what', 'network', '--output', 'cka.onnx'];
  const { code, err, out } = await run(root, 'export', 'one', ...flags);
  expect(code, err).toBe(0);
  expect(out).toMatch(/the probabilities of 4 test clips are those of the test/);
}, 120_000);

it('is listed, merged and cleared like a folder; not while somebody uses it', async () => {
  const listed = await list();
  expect(listed).toMatchObject({ store: { folder: url }, features: [{ clips: 20 }] });
  expect(listed.jobs.map(({ state }) => state)).toEqual(Array(5).fill('done'));
  const merged = await runJson<Record<string, object>>(root, 'merge', url, '--store', 'merged');
  expect(merged[url]).toMatchObject({ taken: 5, damaged: [] });

  const use = await storeAt(url, join(root, 'cache')).use(new AbortController().signal);
  expect(use).toBeInstanceOf(BucketClaim);
  expectRefused(
    await run(root, 'store', 'clear', '--all', '--store', url),
    /The store: process \d+ .* is at it/,
  );
  await use.release();

  const dry = await runJson<object>(root, 'store', 'clear', '--all', '--dry-run', '--store', url);
  expect(dry).toMatchObject({ removed: { trainings: 3, tests: 2, 'lists of clips': listed.sets.count } });
  const kept = await runJson<object>(root, 'store', 'clear', '--all', '--keep', 'one', '--store', url);
  expect(kept).toMatchObject({ removed: { trainings: 0, tests: 0, 'lists of clips': 0 } });
  const cleared = await runJson<object>(root, 'store', 'clear', '--all', '--store', url);
  expect(cleared).toMatchObject({ store: { after: 0 } });
  expect(await list()).toMatchObject({ store: { bytes: 0 }, jobs: [], features: [] });
}, 240_000);

it('that is not there, or not for this key, is refused by every command, with its name and no secret', async () => {
  const back = setEnvironment({ AWS_SECRET_ACCESS_KEY: 'very-secret', AWS_ACCESS_KEY_ID: 'NOBODY' });
  const commands = [
    ['compare', 'tiny.yaml', '--output', 'refused'],
    ['store'],
    ['merge', 'merged'],
    ['job', 'f'.repeat(32)],
  ];
  try {
    for (const words of commands) {
      const outcome = await run(root, ...words, '--store', 's3://models/other');
      expectRefused(
        outcome,
        /"s3:\/\/models\/other/,
        /InvalidAccessKeyId/,
        /AWS_ACCESS_KEY_ID or AWS_PROFILE/,
      );
      expect(outcome.err).not.toContain('very-secret');
    }
  } finally {
    back();
  }
  expectRefused(await run(root, 'store', '--store', 's3://nowhere/x'), /"s3:\/\/nowhere\/x.*make it first/s);
}, 120_000);
