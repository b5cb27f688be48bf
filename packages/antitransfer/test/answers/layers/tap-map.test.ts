import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tapMapApart } from 'antitransfer/answers';
import { UserError } from 'antitransfer/runs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tapMap } from '../../../src/answers/layers/tap-map.js';
import { memoryFeatures } from '../../../src/data/features/store/clip-features.js';
import { wholeClips } from '../../../src/data/segments/whole-clips.js';
import { loadNetwork } from '../../../src/learning/networks/store.js';
import { labelled } from '../../../src/learning/training/dataset.js';
import { observeMaps } from '../../../src/learning/training/observe.js';
import { itemAt } from '../../../src/lookup.js';
import { rowsOf } from '../../../src/numbers/rows-of.js';
import type { TrainedExperiment } from '../../../src/runs/carry-out-plans.js';
import type { ConfigTree } from '../../../src/runs/config/load.js';
import { ComparisonClips } from '../../../src/runs/folder/comparison-clips.js';
import { runTiny, tinyConfig, tinyTree, writeTiny } from '../../runs/tiny.js';

let root: string;
let trained: TrainedExperiment;
const places = { cache: 'unused' };

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'map-'));
  await writeTiny(join(root, 'corpus'));
  const features = { ...(tinyTree(root).features as ConfigTree), seconds: 0.25 };
  const config = tinyConfig(join(root, 'corpus'), { features, segments: { hop: 0.15 }, seeds: 2 });
  trained = (await runTiny(config, root)).experiment;
}, 240_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const choice = { method: 'cka', seed: 2, tap: 'conv3_2' };

/** What the network of the choice says at its tap of each clip: from what it was given, window by window. */
async function vectors(): Promise<number[][]> {
  const clips = await ComparisonClips.open(join(root, 'out'), places);
  const cell = trained.plan.methods.find(({ of, repetition }) => of === choice.method && repetition === 1);
  const network = await loadNetwork(trained.store.job(cell?.job ?? '').network);
  const all: number[][] = [];
  for (const { windows } of clips.tested({ seed: choice.seed })) {
    expect(windows.length).toBe(2);
    const given = await Promise.all(windows.map(({ id }) => clips.features(id, { seed: choice.seed })));
    const { frames, bins } = itemAt(given, 0);
    const data = new Float32Array(given.flatMap(({ values }) => [...values]));
    const features = memoryFeatures([1, frames, bins], data);
    const dataset = labelled(features, new Int32Array(windows.length));
    const observed = { network, tap: choice.tap, position: 'after', batch: 4, threads: 1 } as const;
    const [maps = new Float32Array()] = await observeMaps(observed, [dataset]);
    const [first, second] = rowsOf(maps, windows.length);
    all.push(Array.from(first ?? [], (value, i) => (value + (second?.[i] ?? Number.NaN)) / 2));
  }
  await clips.close();
  return all;
}

describe('the map of a tap', () => {
  it('has each test clip once, and shows the two directions in which most varies', async () => {
    const { points, explained } = await tapMap(join(root, 'out'), choice, places);
    const tested = wholeClips(itemAt(trained.data.repetitions, 1).test.clips).map(({ id }) => id);
    expect(points.map(({ clip }) => clip)).toEqual(tested);
    const own = await vectors();
    const channels = itemAt(own, 0).length;
    const means = Array.from(
      { length: channels },
      (_, i) => own.reduce((sum, v) => sum + itemAt(v, i), 0) / own.length,
    );
    const centred = own.map((vector) => vector.map((value, i) => value - itemAt(means, i)));
    const inner = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, value, i) => sum + value * itemAt(b, i), 0);
    const total = centred.reduce((sum, vector) => sum + inner(vector, vector), 0);
    const axes = [points.map(({ x }) => x), points.map(({ y }) => y)];
    // By definition: coordinates along eigenvectors of the clips' inner products, orthogonal, each as long as its variance.
    for (const [i, axis] of axes.entries()) {
      const power = inner(axis, axis);
      expect(power / total).toBeCloseTo(itemAt(explained, i), 5);
      const image = centred.map((vector) =>
        inner(
          centred.map((other) => inner(vector, other)),
          axis,
        ),
      );
      for (const [row, value] of image.entries())
        expect(value / power / Math.sqrt(power)).toBeCloseTo(itemAt(axis, row) / Math.sqrt(power), 4);
    }
    expect(inner(itemAt(axes, 0), itemAt(axes, 1)) / total).toBeCloseTo(0, 6);
    expect(explained[0]).toBeGreaterThanOrEqual(explained[1]);
    expect(explained[0] + explained[1]).toBeGreaterThan(2 / 3);
    expect(await tapMap(join(root, 'out'), choice, places)).toEqual({ points, explained });
  });

  it('is another at another tap, of another method, of another seed', async () => {
    const map = await tapMap(join(root, 'out'), choice, places);
    for (const change of [{ tap: 'conv1_1' }, { method: 'no-transfer' }, { seed: 1 }])
      expect(await tapMap(join(root, 'out'), { ...choice, ...change }, places)).not.toEqual(map);
  });

  it('says what there is where something is asked that is not', async () => {
    const asked = (change: object) => tapMap(join(root, 'out'), { ...choice, ...change }, places);
    await expect(asked({ tap: 'conv9' })).rejects.toThrow(
      'There is no tap "conv9" in this network; taps are',
    );
    await expect(asked({ method: 'ckaa' })).rejects.toThrow('no method "ckaa"');
    await expect(asked({ seed: 7 })).rejects.toThrow('finished: seed 1; seed 2');
    await expect(tapMap(join(root, 'corpus'), choice, places)).rejects.toThrow('is no folder of a run');
  });

  it('is the same in a thread of its own, and holds up nothing meanwhile', async () => {
    const here = await tapMap(join(root, 'out'), choice, places);
    const before = performance.eventLoopUtilization();
    const apart = await tapMapApart(join(root, 'out'), choice, places);
    // To load the library and run the network takes this thread no time, whatever else the machine does.
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.2);
    expect(apart).toEqual(here);
    const ended = new AbortController();
    const map = tapMapApart(join(root, 'out'), choice, places, ended.signal);
    ended.abort(new Error('Nobody waits for it.'));
    await expect(map).rejects.toThrow('Nobody waits for it.');
    const error: unknown = await tapMapApart(join(root, 'out'), { ...choice, tap: 'conv9' }, places).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain('There is no tap "conv9"');
  });
});
