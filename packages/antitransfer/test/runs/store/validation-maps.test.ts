import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isIntact } from '../../../src/files/digest.js';
import { DamagedFileError } from '../../../src/files/file-error.js';
import { EpochMaps, ValidationMaps } from '../../../src/runs/store/validation-maps.js';
import { observedClips } from '../../../src/runs/trainings/observed-clips.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maps-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const shape = {
  clips: 2,
  taps: [
    { name: 'conv1', channels: 1 },
    { name: 'conv2', channels: 2 },
  ],
};
/** Of clip c, channel k after epoch e: `100 e + 10 c + k`. */
const rowsOf = (epoch: number) => Float32Array.from([0, 1, 2, 10, 11, 12], (value) => 100 * epoch + value);

async function written(name: string, epochs = 3): Promise<EpochMaps> {
  const maps = new EpochMaps(join(folder, name), name, shape);
  for (let epoch = 1; epoch <= epochs; epoch++) await maps.write(epoch, rowsOf(epoch));
  return maps;
}

describe('the maps of a training', () => {
  it('are found by epoch and tap, a row a clip', async () => {
    const path = join(folder, 'whole.bin');
    const record = await (await written('whole')).pack(path, 3);
    expect(record && (await isIntact(path, record))).toBe(true);
    const maps = await ValidationMaps.open(path);
    expect(maps.shape).toMatchObject({ ...shape, epochs: 3 });
    expect([...(await maps.read(2, 'conv1'))]).toEqual([200, 210]);
    expect([...(await maps.read(3, 'conv2'))]).toEqual([301, 302, 311, 312]);
    await expect(maps.read(1, 'conv9')).rejects.toThrow('conv1, conv2');
    await maps.close();
  });

  it('are none where an epoch is gone, damaged, or of another training or epoch', async () => {
    const path = join(folder, 'none.bin');
    expect(await (await written('short', 2)).pack(path, 3)).toBeUndefined();
    const cut = await written('cut');
    await truncate(join(folder, 'cut', 'maps-2.bin'), 50);
    expect(await cut.pack(path, 3)).toBeUndefined();
    await written('mine');
    expect(await new EpochMaps(join(folder, 'mine'), 'other', shape).pack(path, 3)).toBeUndefined();
    await expect(ValidationMaps.open(path)).rejects.toThrow('none.bin');
  });

  it('that were cut short are named', async () => {
    const path = join(folder, 'short.bin');
    await (await written('shortened')).pack(path, 3);
    await truncate(path, 120);
    await expect(ValidationMaps.open(path)).rejects.toThrow(DamagedFileError);
  });

  it('may be of no clips: there are trainings without validation', async () => {
    const path = join(folder, 'empty.bin');
    const maps = new EpochMaps(join(folder, 'empty'), 'empty', { ...shape, clips: 0 });
    await maps.write(1, new Float32Array());
    await maps.pack(path, 1);
    const read = await ValidationMaps.open(path);
    expect(await read.read(1, 'conv2')).toHaveLength(0);
    await read.close();
  });
});

describe('the clips that are observed', () => {
  it('are all of few, and evenly spaced ones of many, in their order', () => {
    expect(observedClips(0)).toEqual([]);
    expect(observedClips(3)).toEqual([0, 1, 2]);
    expect(observedClips(400)).toEqual([...Array(400).keys()]);
    const some = observedClips(1001);
    expect(some).toHaveLength(400);
    expect(new Set(some).size).toBe(400);
    const steps = some.slice(1).map((clip, i) => clip - (some[i] ?? 0));
    expect([Math.min(...steps), Math.max(...steps)]).toEqual([2, 3]);
    expect(some.at(-1)).toBeLessThan(1001);
  });
});
