import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClip } from '../../../src/data/audio/read-clip.js';
import type { Clip } from '../../../src/data/clip.js';
import { fsdd } from '../../../src/data/corpora/fsdd.js';
import { extractFeatures } from '../../../src/data/features/extract.js';
import { buildFrontEnd } from '../../../src/data/features/front-end.js';
import { FrontEndSession } from '../../../src/data/features/front-end-session.js';
import { placeSamples } from '../../../src/data/features/segment.js';
import { featurePresets } from '../../../src/data/features/settings.js';
import { UnusableRecordingsError } from '../../../src/data/features/unusable-recordings.js';
import type { Progress } from '../../../src/data/progress.js';
import { UserError } from '../../../src/errors.js';
import { realData } from '../corpora/real-data.js';
import { writeSounds } from './sounds.js';

const settings = { ...featurePresets.pilot, seconds: 0.4 };
let folder: string;
let clips: Clip[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'features-extract-'));
  clips = await writeSounds(folder, 40);
});
afterAll(() => rm(folder, { recursive: true }));

describe('extractFeatures', () => {
  it('computes every clip, in their order', async () => {
    const progress: Progress[] = [];
    const set = await extractFeatures(clips, settings, { onProgress: (step) => progress.push(step) });
    expect(set.shape).toEqual([1, 26, 64]);
    expect(set.clips).toEqual(clips);
    expect(set.data.length).toBe(40 * 26 * 64);
    expect(progress.at(0)).toEqual({ done: 0, total: 40 });
    expect(progress.at(-1)).toEqual({ done: 40, total: 40 });

    const session = await FrontEndSession.create(buildFrontEnd(settings));
    for (const position of [0, 17, 39]) {
      const samples = await readClip(clips[position]!, 8000);
      const expected = await session.run(samples.slice(0, 3200));
      expect(set.data.slice(position * 26 * 64, (position + 1) * 26 * 64)).toEqual(expected);
    }
    await session.close();
  });

  it('of no clips is empty', async () => {
    expect(await extractFeatures([], settings)).toMatchObject({
      shape: [1, 26, 64],
      clips: [],
      problems: [],
    });
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const work = extractFeatures(clips, settings, {
      signal: controller.signal,
      onProgress: ({ done }) => done > 0 && controller.abort(reason),
    });
    await expect(work).rejects.toBe(reason);
  });

  describe('when recordings cannot be used', () => {
    let mixed: Clip[];
    beforeAll(async () => {
      const empty = join(folder, 'empty.wav');
      await writeFile(empty, '');
      const broken: Clip[] = [
        { id: 'empty', path: empty, labels: {} },
        { id: 'empty again', path: empty, labels: {} },
        { id: 'absent', path: join(folder, 'absent.wav'), labels: {} },
      ];
      mixed = [...clips.slice(0, 20), ...broken, ...clips.slice(20)];
    });

    it('fails with all of them, each once', async () => {
      const error = await extractFeatures(mixed, settings).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(UnusableRecordingsError);
      expect(error).toBeInstanceOf(UserError);
      const { message, problems } = error as UnusableRecordingsError;
      expect(problems.map(({ reason }) => reason).sort()).toEqual(['empty', 'missing']);
      expect(message).toMatch(/^2 recordings cannot be used:\n {2}"/);
      for (const { path } of problems) expect(message).toContain(`"${path}" is `);
    });

    it('skips them when it may', async () => {
      const set = await extractFeatures(mixed, settings, { onProblem: 'skip' });
      const expected = await extractFeatures(clips, settings);
      expect(set.clips).toEqual(clips);
      expect(set.data).toEqual(expected.data);
      expect(set.problems).toHaveLength(2);
    });

    it('does not hide an error that is no problem of a recording', async () => {
      const read = () => Promise.reject(new TypeError('a mistake in the program'));
      await expect(extractFeatures(clips, settings, { read, onProblem: 'skip' })).rejects.toThrow(TypeError);
    });
  });
});

describe('placeSamples', () => {
  const placed = (length: number, placement: 'start' | 'centre' | 'random', from = 1) => {
    const segment = new Float32Array(4).fill(9);
    placeSamples(
      Float32Array.from({ length }, (_, i) => i + from),
      segment,
      placement,
    );
    return [...segment];
  };

  it('keeps the start, zeros behind it', () => {
    expect(placed(6, 'start')).toEqual([1, 2, 3, 4]);
    expect(placed(2, 'start')).toEqual([1, 2, 0, 0]);
    expect(placed(4, 'start')).toEqual([1, 2, 3, 4]);
  });

  it('keeps the middle, zeros on both sides', () => {
    expect(placed(6, 'centre')).toEqual([2, 3, 4, 5]);
    expect(placed(7, 'centre')).toEqual([2, 3, 4, 5]);
    expect(placed(2, 'centre')).toEqual([0, 1, 2, 0]);
    expect(placed(1, 'centre')).toEqual([0, 1, 0, 0]);
    expect(placed(0, 'centre')).toEqual([0, 0, 0, 0]);
  });

  it('puts a clip anywhere, each always at its own position', () => {
    expect(placed(4, 'random')).toEqual([1, 2, 3, 4]);
    expect(placed(0, 'random')).toEqual([0, 0, 0, 0]);
    const clips = Array.from({ length: 60 }, (_, i) => i + 1);
    const short = clips.map((from) => placed(2, 'random', from).findIndex((sample) => sample !== 0));
    const long = clips.map((from) => (placed(6, 'random', from)[0] as number) - from);
    for (const positions of [short, long]) {
      expect(new Set(positions)).toEqual(new Set([0, 1, 2]));
      expect([0, 1, 2].every((at) => positions.filter((one) => one === at).length > 8)).toBe(true);
    }
    expect(clips.map((from) => placed(2, 'random', from))).toEqual(
      clips.map((from) => placed(2, 'random', from)),
    );
    // Nothing of a clip is lost, and what is not clip is zero.
    for (const from of clips) {
      expect(placed(2, 'random', from).filter((sample) => sample !== 0)).toEqual([from, from + 1]);
      expect(placed(6, 'random', from)).toEqual(
        [0, 1, 2, 3].map((i) => (placed(6, 'random', from)[0] as number) + i),
      );
    }
  });
});

const { path, absent } = realData('fsdd');

describe.skipIf(absent)('FSDD', () => {
  it('becomes features, all of it', async () => {
    const corpus = await fsdd.create({}, path);
    const { clips: used, data, problems } = await extractFeatures(corpus.clips, featurePresets.pilot);
    expect(used).toHaveLength(3000);
    expect(problems).toEqual([]);
    expect(data.every(Number.isFinite)).toBe(true);
  });
});
