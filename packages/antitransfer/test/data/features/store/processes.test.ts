import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../../../src/data/audio/wav.js';
import type { Clip } from '../../../../src/data/clip.js';
import { featureSettings } from '../../../../src/data/features/settings.js';
import { FeatureStore } from '../../../../src/data/features/store/feature-store.js';
import { divideIntoUnits } from '../../../../src/data/features/store/units.js';
import { shortDigest } from '../../../../src/files/digest.js';
import { startProgram } from '../../../runs/built-process.js';
import { builtFile, runProcess } from '../built-process.js';

const settings = featureSettings.parse({ sampleRate: 8000, seconds: 0.2, window: 256, hop: 128 });
let folder: string;
let clips: Clip[];
/** What one process leaves of all clips. */
let expected: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feature-processes-'));
  clips = await writeClips();
  const store = new FeatureStore(join(folder, 'one'));
  await store.add(clips, settings, { onProblem: 'skip' });
  expected = await packsOf('one');
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Short recordings, segments of a longer one with noise in them, copies of one, and two that cannot be used. */
async function writeClips(): Promise<Clip[]> {
  const random = new Random(1);
  const write = async (name: string, seconds: number) => {
    const path = join(folder, name);
    const samples = Float32Array.from({ length: seconds * 8000 }, () => 0.2 * random.normal());
    await writeFile(path, encodeWav(samples, 8000));
    return path;
  };
  const labels = {};
  const short: Clip[] = [];
  for (let i = 0; i < 700; i++) {
    const id = `short-${String(i).padStart(3, '0')}.wav`;
    short.push({ id, path: await write(id, 0.25), labels });
  }
  const long = await write('long.wav', 60);
  const noise = { path: await write('noise.wav', 10), start: 1, snr: 10 };
  const segments = Array.from({ length: 280 }, (_, i) => ({
    ...{ id: `long.wav#${i}`, path: long, labels, start: i / 5, duration: 0.2 },
    ...(i % 2 === 0 && { noise }),
  }));
  const copy = join(folder, 'zz-copy.wav');
  await writeFile(copy, await readFile(long));
  const empty = join(folder, 'short-empty.wav');
  await writeFile(empty, '');
  return [
    ...short,
    ...segments,
    { id: 'copy', path: copy, labels, start: 0.2, duration: 0.2 },
    { id: 'empty', path: empty, labels },
    { id: 'absent', path: join(folder, 'absent.wav'), labels },
  ];
}

/** Digests of the packs in a store, by their names. */
async function packsOf(store: string): Promise<Record<string, string>> {
  const names = await readdir(join(folder, store), { recursive: true }).catch(() => []);
  const packs = names.filter((name) => name.endsWith('.pack')).sort();
  const digests = packs.map(async (name) => [name, shortDigest(await readFile(join(folder, store, name)))]);
  return Object.fromEntries(await Promise.all(digests));
}

/** A program that adds the clips in processes, and prints what came of it. */
function adding(store: string, processes: number, more = ''): string {
  return `
    import { FeatureStore } from ${builtFile('store/feature-store.js')};
    const store = new FeatureStore(${JSON.stringify(join(folder, store))});
    const controller = new AbortController();
    let last;
    const clips = ${JSON.stringify(clips)};
    const onProgress = (progress) => {
      last = progress;
      ${more}
    };
    const options = { processes: ${processes}, onProblem: 'skip', onProgress, signal: controller.signal };
    const added = await store.add(clips, ${JSON.stringify(settings)}, options).catch((error) => {
      console.log(JSON.stringify({ error: error.message, last }));
      process.exitCode = 0;
    });
    if (added !== undefined) {
      const { keys, rows, problems } = added;
      console.log(JSON.stringify({ keys, rows: [...rows], problems: problems.map((one) => [one.name, one.reason, one.message]), last }));
    }
  `;
}

interface Added {
  readonly keys: readonly (string | null)[];
  readonly rows: readonly unknown[];
  readonly problems: readonly (readonly string[])[];
  readonly last: { readonly done: number; readonly total: number };
}

describe('features that are computed in processes', () => {
  it('are divided so that a recording is in one unit, the same whoever asks in whatever order', async () => {
    const units = await divideIntoUnits(clips);
    expect(units.flat().sort((a, b) => a - b)).toEqual([...clips.keys()]);
    const owners = new Map<string, number>();
    for (const [unit, indices] of units.entries()) {
      for (const index of indices) {
        const { path } = clips[index]!;
        expect(owners.get(path) ?? unit).toBe(unit);
        owners.set(path, unit);
      }
    }
    expect(units.length).toBeGreaterThan(3);
    const turned = await divideIntoUnits(clips.toReversed());
    const pathsOf = (some: readonly Clip[], unit: readonly number[]) =>
      unit.map((index) => some[index]!.path);
    expect(turned.map((unit) => pathsOf(clips.toReversed(), unit))).toEqual(
      units.map((unit) => pathsOf(clips, unit)),
    );
  });

  it('are the same files to the byte, with the same problems and progress to the end', async () => {
    const one = await runProcess<Added>(adding('again', 1));
    expect(await packsOf('again')).toEqual(expected);
    const three = await runProcess<Added>(adding('three', 3));
    expect(await packsOf('three')).toEqual(expected);
    expect(three).toEqual(one);
    expect(three.last).toEqual({ done: clips.length, total: clips.length });
    expect(three.problems.map(([name, reason]) => [name, reason])).toEqual([
      ['AudioError', 'empty'],
      ['AudioError', 'missing'],
    ]);
    expect(Object.keys(expected).length).toBeGreaterThan(3);
    // Nothing is left to do.
    const after = await runProcess<Added>(adding('three', 2));
    expect(after.keys).toEqual(one.keys);
    expect(await packsOf('three')).toEqual(expected);
  }, 240_000);

  it('that were killed go on, and nobody is left behind', async () => {
    const { child, line } = startProgram(adding('killed', 2, `console.log(last.done); `));
    await line();
    child.kill('SIGKILL');
    const before = await settledPacks('killed');
    expect(Object.keys(before).length).toBeLessThan(Object.keys(expected).length);
    const rows = await runProcess<Added>(adding('killed', 2));
    const after = await packsOf('killed');
    expect(after).toMatchObject(before);
    const one = await runProcess<Added>(adding('again', 1));
    expect(rows.keys).toEqual(one.keys);
    expect(new Map(rows.rows as [string, unknown][])).toEqual(new Map(one.rows as [string, unknown][]));
  }, 240_000);

  it('that are stopped end with the reason, and keep what is complete', async () => {
    const stopped = await runProcess<{ error: string }>(
      adding('stopped', 2, `if (last.done > 100) controller.abort(new Error('enough'));`),
    );
    expect(stopped.error).toBe('enough');
    expect(Object.keys(await packsOf('stopped')).length).toBeGreaterThan(0);
    const rows = await runProcess<Added>(adding('stopped', 2));
    expect(rows.last).toEqual({ done: clips.length, total: clips.length });
  }, 240_000);

  it.runIf(process.platform === 'linux')(
    'whose process is killed say what to do',
    async () => {
      const killing = `
      if (!globalThis.killed) {
        globalThis.killed = true;
        const { execFileSync } = await import('node:child_process');
        const [first] = execFileSync('pgrep', ['-P', String(process.pid)]).toString().trim().split('\\n');
        process.kill(Number(first), 'SIGKILL');
      }
    `;
      const program = adding('lost', 2, killing).replace('(progress) =>', 'async (progress) =>');
      const { error } = await runProcess<{ error: string }>(program);
      expect(error).toMatch(
        /ended before it was done \(signal SIGKILL\).*--parallel 1.*same command continues/,
      );
    },
    240_000,
  );
});

/** The packs of a store once its processes, which notice that their parent is gone, have ended. */
async function settledPacks(store: string): Promise<Record<string, string>> {
  for (let before = await packsOf(store); ; ) {
    await wait(3000);
    const now = await packsOf(store);
    if (Object.keys(now).length === Object.keys(before).length) return now;
    before = now;
  }
}
