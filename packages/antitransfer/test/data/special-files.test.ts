import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeAudioFile } from '../../src/data/audio/decode.js';
import { clipKeys } from '../../src/data/features/store/clip-keys.js';
import { DeployedModel } from '../../src/inference/deployed-model.js';

const windows = process.platform === 'win32';
if (windows) console.info('Windows has no pipes and devices among its files: skipped.');

/** What would be waited for, or read, without end: the tests would time out. */
describe.skipIf(windows)('pipes and devices', () => {
  let folder: string;
  let paths: string[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'antitransfer-special-'));
    paths = ['pipe.wav', 'link.wav'].map((name) => join(folder, name));
    execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', paths[0] as string]);
    await symlink('/dev/zero', paths[1] as string);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('are no recordings', async () => {
    for (const path of paths) {
      await expect(decodeAudioFile(path)).rejects.toThrow(
        `"${path}" is unreadable: it is no file but a pipe`,
      );
    }
  });

  it('are no models', async () => {
    for (const path of paths) {
      const opening = DeployedModel.open(path);
      await expect(opening).rejects.toThrow(`"${path}" cannot be read: it is a pipe, a socket or a device.`);
    }
  });

  it('have no content to name them by', async () => {
    const clips = paths.map((path) => ({ id: path, path, labels: {} }));
    expect(await clipKeys(clips)).toEqual([undefined, undefined]);
  });
});
