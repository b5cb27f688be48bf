import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../../../src/data/audio/wav.js';
import type { Clip } from '../../../../src/data/clip.js';
import { featureSettings } from '../../../../src/data/features/settings.js';
import type { AddedWindows } from '../../../../src/data/features/store/add-windows.js';
import { keyOf, settingsKey } from '../../../../src/data/features/store/clip-keys.js';
import { FeatureStore } from '../../../../src/data/features/store/feature-store.js';
import { filesOfClips, UnitComputer } from '../../../../src/data/features/store/unit-computer.js';
import { cutOf, windowsOfClip } from '../../../../src/data/segments/cut.js';
import { type CutClips, cutClips } from '../../../../src/data/segments/cut-clips.js';
import { windowSettings } from '../../../../src/data/segments/settings.js';
import { windowLengths } from '../../../../src/data/segments/windows.js';
import { shortDigest } from '../../../../src/files/digest.js';
import { startProgram } from '../../../runs/built-process.js';
import { builtFile, runProcess } from '../built-process.js';

const settings = featureSettings.parse({ sampleRate: 8000, seconds: 0.2, window: 128, hop: 128 });
const windows = windowSettings.parse({ hop: 0.1 });
let folder: string;
/** Whole recordings, parts of one with and without noise, a copy, and two that cannot be used. */
let clips: Clip[];
/** The same by a pass that cuts, and another one that computes. */
let expected: CutClips;
let twoPasses: FeatureStore;
/** That are decoded: three recordings, of which one is there twice, the noise, and the one that cannot be used. */
const files = 3 + 1 + 1;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'add-windows-'));
  const random = new Random(1);
  const labels = { word: 'yes' };
  const write = async (name: string, seconds: number, silent: readonly [number, number] = [0, 0]) => {
    const path = join(folder, name);
    const samples = Float32Array.from({ length: seconds * 8000 }, () => 0.2 * random.normal());
    samples.fill(0, silent[0] * 8000, silent[1] * 8000);
    await writeFile(path, encodeWav(samples, 8000));
    return { id: name, path, labels };
  };
  const long = await write('long.wav', 3, [1, 1.6]);
  const noise = { path: (await write('noise.wav', 4)).path, start: 0.5, snr: 5 };
  const short = await write('short.wav', 0.15);
  const copy = { ...long, id: 'the-same.wav', path: join(folder, 'the-same.wav') };
  await copyFile(long.path, copy.path);
  const other = await write('other.wav', 1.05);
  const empty = { id: 'empty.wav', path: join(folder, 'empty.wav'), labels };
  await writeFile(empty.path, '');
  const part = { ...other, id: 'other.wav#0.3', start: 0.3, duration: 0.5 };
  const absent = { id: 'absent.wav', path: join(folder, 'absent.wav'), labels };
  clips = [copy, long, short, { ...long, id: 'noisy', noise }, other, part, empty, absent];
  expected = await cutClips(clips, settings, windows);
  twoPasses = new FeatureStore(join(folder, 'two-passes'));
  await twoPasses.add(allOf(expected), settings, { onProblem: 'skip' });
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

function allOf(cut: CutClips): Clip[] {
  return clips.flatMap((clip) => cut.windows.get(clip) ?? []);
}

/** Of rows: digests of their bytes, how long their clips are, and how loud. */
async function rowsOf(store: FeatureStore, added: AddedWindows) {
  const keys = added.features.keys.filter((key) => key !== undefined);
  return [...(await store.describe(settings, keys))].sort(([a], [b]) => (a < b ? -1 : 1));
}

async function namesIn(store: string, suffix: string): Promise<string[]> {
  const names = await readdir(join(folder, store), { recursive: true });
  return names.filter((name) => name.endsWith(suffix)).map((name) => join(folder, store, name));
}

describe('clips that are cut while their features are computed', () => {
  it('have the windows and the very features of two passes, in one: each file is decoded once', async () => {
    const store = new FeatureStore(join(folder, 'one-pass'));
    const progress: number[] = [];
    const onProgress = ({ done, total }: { done: number; total: number }) => progress.push(done / total);
    const added = await store.addWindows(clips, settings, windows, { onProblem: 'skip', onProgress });
    expect(added.windows).toEqual(expected.windows);
    expect(added.account).toEqual(expected.account);
    expect(added.account).toMatchObject({ clips: 7, longer: 4, leftOut: 10 });
    expect(added.clips).toEqual(allOf(expected));
    const plain = await twoPasses.add(allOf(expected), settings, { onProblem: 'skip' });
    const { decoded, ...features } = added.features;
    expect(features).toEqual({ ...plain, decoded: undefined });
    expect(await rowsOf(store, added)).toEqual(await rowsOf(twoPasses, added));
    expect(features.problems.map(({ reason }) => reason)).toEqual(['empty', 'missing']);
    expect(decoded).toBe(files);
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  });

  it('are not listened to again; nor are they when only their features are lost', async () => {
    const store = new FeatureStore(join(folder, 'again'));
    const add = () => store.addWindows(clips, settings, windows, { onProblem: 'skip' });
    const first = await add();
    // The one that cannot be used is tried again.
    expect(await add()).toEqual({ ...first, features: { ...first.features, decoded: 1 } });
    for (const pack of await namesIn('again', '.pack')) await rm(pack);
    const [cuts = ''] = await namesIn('again', '.cuts');
    const before = await readFile(cuts);
    expect(await add()).toEqual(first);
    expect(await readFile(cuts)).toEqual(before);
    // A damaged file counts as none.
    await writeFile(cuts, before.subarray(0, -9));
    expect(await add()).toEqual({ ...first, features: { ...first.features, decoded: files - 1 } });
    expect(await readFile(cuts)).toEqual(before);
  });

  it('are cut anew by other rules, and what is stored of them is not computed again', async () => {
    const store = new FeatureStore(join(folder, 'rules'));
    await store.addWindows(clips, settings, windows, { onProblem: 'skip' });
    const { bytes } = await store.usage();
    const deafer = { ...windows, minimumPeak: 0.9 };
    const added = await store.addWindows(clips, settings, deafer, { onProblem: 'skip' });
    expect(added.account).toEqual((await cutClips(clips, settings, deafer)).account);
    expect(added.account.windows).toBeLessThan(expected.account.windows);
    expect((await store.usage()).bytes - bytes).toBeLessThan(3000);
    await store.clear();
    expect(await namesIn('rules', '')).toEqual([]);
  });

  it('fail with what cannot be used, and a hop that makes too many windows, as when they are cut alone', async () => {
    const store = new FeatureStore(join(folder, 'fails'));
    await expect(store.addWindows(clips, settings, windows)).rejects.toThrow(
      /2 recordings cannot be used:[\s\S]*empty\.wav[\s\S]*absent\.wav/,
    );
    const wide = { ...windows, hop: 0.3 };
    await expect(store.addWindows(clips, settings, wide)).rejects.toThrow(/A hop of 0.3 s is longer/);
    await expect(store.addWindows(clips, settings, windows, { signal: AbortSignal.abort() })).rejects.toThrow(
      /abort/,
    );
  });

  it('are decoded once also where memory holds one recording: its windows are computed before the next', async () => {
    const place = { folder: join(folder, 'little', settingsKey(settings)), settings, windows };
    const computer = new UnitComputer({ ...place, mostClips: 1000, processes: 2 ** 20 });
    const { signal } = new AbortController();
    const some = clips.slice(0, 3).concat(clips.slice(4, 6));
    const digests = await computer.begin(filesOfClips(some), signal);
    const rules = { lengths: windowLengths(settings, windows), settings: windows, sampleRate: 8000 };
    const parts: number[] = [];
    for (let first = 0; first < some.length; first += parts.at(-1)!) {
      const cuts = await computer.cut(some.slice(first), signal);
      parts.push(cuts.length);
      const own = cuts.flatMap((cut, i) => windowsOfClip(some[first + i]!, cut, rules));
      const keys = own.map((window) => keyOf(window, digests));
      await computer.compute(own, keys, signal, ({ problems }) => expect([...problems]).toEqual([]));
    }
    expect(parts).toEqual([1, 1, 1, 2]);
    expect(computer.decoded).toBe(4);
    // Stops within a recording, too.
    const endless = { length: 8000, read: async () => new Float32Array(8000) };
    await expect(cutOf(clips[0]!, endless, rules, AbortSignal.abort())).rejects.toThrow(/abort/);
  });
});

describe('in processes', () => {
  let many: Clip[];
  beforeAll(async () => {
    const random = new Random(2);
    many = [];
    for (const name of ['a', 'b', 'c']) {
      const path = join(folder, `${name}.wav`);
      const samples = Float32Array.from({ length: 45 * 8000 }, () => 0.2 * random.normal());
      await writeFile(path, encodeWav(samples, 8000));
      // A unit a recording.
      for (let i = 0; i < 200; i++)
        many.push({ id: `${name}${i}`, path, labels: {}, start: i / 5, duration: 0.35 });
    }
  });

  /** A program that adds them, and prints what came of it. */
  const adding = (store: string, processes: number, onProgress = '') => `
    import { FeatureStore } from ${builtFile('store/feature-store.js')};
    const store = new FeatureStore(${JSON.stringify(join(folder, store))});
    const clips = ${JSON.stringify(many)};
    const onProgress = ({ done }) => { ${onProgress} };
    const { account, features } = await store.addWindows(clips, ${JSON.stringify(settings)}, ${JSON.stringify(windows)}, {
      processes: ${processes}, onProgress,
    });
    const { keys, rows, decoded } = features;
    console.log(JSON.stringify({ account, keys, decoded, rows: [...rows].sort() }));
  `;
  interface Added {
    readonly account: { readonly windows: number };
    readonly decoded: number;
  }
  const filesOf = async (store: string) => {
    const paths = [...(await namesIn(store, '.pack')), ...(await namesIn(store, '.cuts'))];
    return new Map(
      await Promise.all(
        paths.map(async (path) => [path.split('/').at(-1), shortDigest(await readFile(path))] as const),
      ),
    );
  };

  it('they leave the same files to the byte, each recording decoded once; and go on when all are killed', async () => {
    const one = await runProcess<Added>(adding('single', 1));
    expect(one).toMatchObject({ account: { windows: 600 * 3 }, decoded: 3 });
    const two = await runProcess<Added>(adding('pair', 2));
    expect(two).toEqual(one);
    expect(await filesOf('pair')).toEqual(await filesOf('single'));
    // The third is begun when the first or the second is stored.
    const { child, line } = startProgram(adding('killed', 2, `if (done > 420) console.log(done);`));
    await line();
    child.kill('SIGKILL');
    const rest = await runProcess<Added>(adding('killed', 2));
    expect({ ...rest, decoded: 3 }).toEqual(one);
    expect(rest.decoded).toBeLessThan(3);
    expect(await runProcess<Added>(adding('killed', 2))).toEqual({ ...one, decoded: 0 });
  }, 240_000);
});
