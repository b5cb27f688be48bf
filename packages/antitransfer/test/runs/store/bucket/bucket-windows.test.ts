import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Clip } from '../../../../src/data/clip.js';
import { featureSettings } from '../../../../src/data/features/settings.js';
import { windowSettings } from '../../../../src/data/segments/settings.js';
import { storeAt } from '../../../../src/runs/store/store-at.js';
import { writeSounds } from '../../../data/features/sounds.js';
import { type S3Server, setEnvironment, startS3 } from './s3-server.js';

let root: string;
let server: S3Server;
let restore: () => void;
let clips: Clip[];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'bucket-windows-'));
  clips = await writeSounds(root, 3, { seconds: 1 });
  server = await startS3('models');
  restore = setEnvironment(server.environment);
});
afterAll(async () => {
  restore();
  await server.close();
  await rm(root, { recursive: true, force: true });
});

it('a machine finds in the bucket how another one has cut recordings, and decodes none of them', async () => {
  const settings = featureSettings.parse({ sampleRate: 8000, seconds: 0.4 });
  const add = (machine: string) =>
    storeAt('s3://models/windows', join(root, machine)).features.addWindows(
      clips,
      settings,
      windowSettings.parse({}),
    );
  const first = await add('one');
  expect(first.account).toMatchObject({ clips: 3, longer: 3, windows: 12 });
  expect(first.features.decoded).toBe(3);
  expect(await add('two')).toEqual({ ...first, features: { ...first.features, decoded: 0 } });
});
