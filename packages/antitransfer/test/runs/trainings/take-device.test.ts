import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withDevice } from '../../../src/runs/trainings/take-device.js';

let compiledCache: string;
beforeAll(async () => {
  compiledCache = await mkdtemp(join(tmpdir(), 'take-device-'));
});
afterAll(() => rm(compiledCache, { recursive: true, force: true }));

/** Two pieces of work at once, and how many were under way together at most. */
async function together(
  device: 'cpu' | 'webgpu',
): Promise<{ readonly most: number; readonly waited: number }> {
  const { signal } = new AbortController();
  let [running, most, waited] = [0, 0, 0];
  const work = async () => {
    most = Math.max(most, ++running);
    await wait(50);
    running--;
  };
  const one = () => withDevice(device, { compiledCache }, signal, () => void waited++, work);
  await Promise.all([one(), one()]);
  return { most, waited };
}

describe('a device', () => {
  it('has one job at a time, whoever asks; who waits is told', async () => {
    expect(await together('webgpu')).toEqual({ most: 1, waited: 1 });
  });

  it('that is the processor has as many as there are', async () => {
    expect(await together('cpu')).toEqual({ most: 2, waited: 0 });
  });

  it('is free again after an error, and waiting for it can be stopped', async () => {
    const { signal } = new AbortController();
    const fails = withDevice(
      'webgpu',
      { compiledCache },
      signal,
      () => undefined,
      () => Promise.reject(new Error('out of memory')),
    );
    await expect(fails).rejects.toThrow('out of memory');
    const stopping = new AbortController();
    await withDevice(
      'webgpu',
      { compiledCache },
      signal,
      () => undefined,
      async () => {
        const waiting = withDevice(
          'webgpu',
          { compiledCache },
          stopping.signal,
          () => stopping.abort(new Error('stopped')),
          async () => 1,
        );
        await expect(waiting).rejects.toThrow('stopped');
      },
    );
  });
});
