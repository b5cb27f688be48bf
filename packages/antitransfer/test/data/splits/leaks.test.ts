import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Clip } from '../../../src/data/clip.js';
import { loadCorpus } from '../../../src/data/corpora/registry.js';
import { columnKeptTogether, makeSplit } from '../../../src/data/splits/make-split.js';
import { Recordings } from '../../../src/data/splits/recordings.js';
import { splitSettings } from '../../../src/data/splits/registry.js';
import { sameContent } from '../../../src/data/splits/same-content.js';
import { type Split, SplitError, sides } from '../../../src/data/splits/split.js';
import { realData } from '../corpora/real-data.js';
import { digitClips } from './clips.js';

/** Bytes that differ by their number, all of one length, alike at both ends. */
function bytesOf(index: number): Buffer {
  const bytes = Buffer.alloc(20_000, 7);
  bytes.writeUInt32LE(index, 10_000);
  return bytes;
}

let folder: string;
/** Forty recordings of two digits by two speakers, and a copy of each under another name. */
let clips: Clip[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-leaks-'));
  await mkdir(join(folder, 'copies'));
  clips = [];
  for (let index = 0; index < 40; index++) {
    for (const name of [`${index}.wav`, `copies/${index}.wav`]) {
      const path = join(folder, name);
      await writeFile(path, bytesOf(index));
      const labels = {
        digit: String(index % 2),
        speaker: `s${(index >> 1) % 2}`,
        list: name.includes('/') ? 'b' : 'a',
      };
      clips.push({ id: name, path, labels });
    }
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function split(settings: z.input<typeof splitSettings>, all: readonly Clip[] = clips, seed = 1): Split {
  const context = { target: 'digit', orthogonal: 'speaker' };
  return makeSplit(all, splitSettings.parse(settings), context, new Random(seed));
}
const originals = (side: readonly Clip[]) => new Set(side.map(({ id }) => id.replace('copies/', '')));

describe('files with the same bytes', () => {
  it.each(['random', 'stratified', 'confounded'] as const)('are on one side of a split %s', (kind) => {
    for (const seed of [1, 2, 3]) {
      const drawn = split({ kind }, clips, seed);
      const [train, validation, test] = sides.map((side) => originals(drawn[side]));
      for (const name of test!) expect(train!.has(name) || validation!.has(name), name).toBe(false);
      for (const name of validation!) expect(train!.has(name), name).toBe(false);
      expect(test!.size).toBeGreaterThan(0);
      expect(drawn.test.length).toBe(2 * test!.size);
    }
  });

  it.each(['random', 'stratified'] as const)(
    'are told where they leave a side of %s without clips',
    (kind) => {
      const two = clips.flatMap((clip) =>
        [0, 1].map((start) => ({ ...clip, id: `${clip.id}#${start}`, start })),
      );
      expect(() => split({ kind }, two.slice(0, 4))).toThrow(
        /; all 4 are of one recording: segments of a file, and the same sound in several, stay on one side\. Enlarge/,
      );
      expect(() => split({ kind }, two.slice(0, 8))).toThrow(/; all 8 are of 2 recordings: /);
    },
  );

  it('are refused on two sides of lists, by name', () => {
    const lists = {
      train: ['0.wav', '1.wav'],
      validation: ['2.wav', '3.wav'],
      test: ['copies/0.wav', '5.wav'],
    };
    expect(() => split({ kind: 'lists', clips: lists })).toThrow(
      /1 recordings, such as "copies\/0.wav", are both in train.*and in test.*: its file has the same bytes as that of "0.wav"/,
    );
  });

  it('are counted, and told from files that differ in their middle, in length, or are empty', async () => {
    expect(new Recordings(clips).grouped).toMatchObject({ copies: 40, alike: 0, groups: undefined });
    const extra: [string, Buffer][] = [
      ['ends-like-0', Buffer.concat([bytesOf(0), Buffer.of(7)])],
      ['late', Buffer.concat([bytesOf(0).subarray(0, 19_999), Buffer.of(8)])],
      ['empty', Buffer.alloc(0)],
      ['empty too', Buffer.alloc(0)],
    ];
    for (const [name, bytes] of extra) await writeFile(join(folder, name), bytes);
    const names = ['0.wav', ...extra.map(([name]) => name), 'copies/0.wav', 'nothing', 'copies'];
    const found = sameContent(names.map((name) => join(folder, name)));
    expect([...found]).toEqual([[join(folder, 'copies/0.wav'), join(folder, '0.wav')]]);
  });
});

it('what is known of files is not looked up again, also of some of them', async () => {
  const path = join(folder, 'known.wav');
  await copyFile(join(folder, '0.wav'), path);
  const all = [...clips, { id: 'known.wav', path, labels: {} }];
  const known = new Recordings(all);
  await rm(path);
  expect(new Recordings(all, { known, column: 'list' }).grouped).toMatchObject({
    copies: 41,
    groups: { column: 'list', count: 2 },
  });
  // Of the others none has the bytes of another.
  const [first, , second] = clips as [Clip, Clip, Clip];
  const some = new Recordings([first, second], { known });
  expect(some.grouped).toMatchObject({ copies: 0 });
  expect(some.of(first)).not.toBe(some.of(second));
});

it('clips that are said to sound alike are one recording', () => {
  const [first, , second] = clips as [Clip, Clip, Clip];
  const recordings = new Recordings([first, second], { alike: [[first, second]] });
  expect(recordings.of(first)).toBe(recordings.of(second));
  expect(recordings.grouped).toMatchObject({ copies: 0, alike: 1 });
});

describe("a corpus's own groups", () => {
  const words = digitClips(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'], 6, 3);
  const task = { target: 'digit', orthogonal: 'take', group: 'speaker' };

  it.each(['random', 'stratified'] as const)('stay on one side of a split %s', (kind) => {
    const drawn = makeSplit(words, splitSettings.parse({ kind }), task, new Random(1));
    const on = sides.map((side) => new Set(drawn[side].map(({ labels }) => labels.speaker)));
    expect(on.reduce((sum, { size }) => sum + size, 0)).toBe(10);
    expect(drawn.description).toContain('no speaker is on two sides');
  });

  it('are not kept together where they are the target, or the split says what is', () => {
    expect(
      columnKeptTogether(splitSettings.parse({ kind: 'random' }), { ...task, target: 'speaker' }),
    ).toBeUndefined();
    for (const settings of [{ kind: 'confounded' }, { kind: 'k-fold', column: 'take' }] as const)
      expect(columnKeptTogether(splitSettings.parse(settings), task)).toBeUndefined();
  });
});

describe('an unlucky seed', () => {
  const few = digitClips(['ann', 'bob', 'cy'], 12, 4);

  it('draws again, the same whenever it is asked, and says so', () => {
    const seeds = Array.from({ length: 150 }, (_, seed) => seed);
    const drawn = seeds.map((seed) => split({ kind: 'random' }, few, seed));
    const again = drawn.flatMap(({ description }, seed) =>
      /draw \d+ of its seed/.test(description) ? [seed] : [],
    );
    // Four in a hundred leave a digit out of the test.
    expect(again.length).toBeGreaterThan(2);
    expect(again.length).toBeLessThan(30);
    for (const seed of again) expect(split({ kind: 'random' }, few, seed)).toEqual(drawn[seed]);
    for (const { test } of drawn) expect(new Set(test.map(({ labels }) => labels.digit)).size).toBe(4);
  });

  it('is refused with the reason of its first draw where no draw can help', () => {
    const rare = [
      ...few,
      { ...few[0]!, id: 'rare', path: '/rare', labels: { ...few[0]!.labels, digit: '9' } },
    ];
    expect(() => split({ kind: 'random' }, rare)).toThrow(SplitError);
    expect(() => split({ kind: 'random' }, rare)).toThrow(
      /The digit "9" has no clips in (train|test).*drop: \[9\]/,
    );
  });
});

const commands = realData('speech_commands_test_v0.02');
describe.skipIf(commands.absent)('the real Speech Commands', () => {
  it('have 98 recordings twice, and keep their speakers together', async () => {
    const corpus = await loadCorpus('speech-commands', commands.path);
    expect(new Recordings(corpus.clips).grouped).toMatchObject({ copies: 98, groups: undefined });
    const context = { target: 'word', orthogonal: 'speaker', group: corpus.group };
    const drawn = makeSplit(
      corpus.clips,
      splitSettings.parse({ kind: 'stratified' }),
      context,
      new Random(1),
    );
    const on = sides.map((side) => new Set(drawn[side].map(({ labels }) => labels.speaker)));
    expect(on.map(({ size }) => size).reduce((sum, size) => sum + size, 0)).toBe(120);
  });
});

it('counts a clip that two tasks learn from once, and two windows of a file as two', () => {
  const clip = (id: string) => ({ id, path: 'one.wav', labels: {} });
  const [first, second] = [clip('a'), clip('b')];
  expect(new Recordings([first, { ...first }]).grouped.shared).toEqual({ files: 0, clips: 0 });
  expect(new Recordings([first, { ...first }, second]).grouped.shared).toEqual({ files: 1, clips: 2 });
});
