import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { type Sound, SoundFinder, type SoundFinderOptions } from '../../src/listening/sound-finder.js';
import { RATE, spoken, type Words } from './spoken.js';

const SEGMENT = RATE;

/** Adds noise of a root mean square. */
function noisy(samples: Float32Array, rms: number, from = 0): Float32Array {
  const random = new Random(11);
  const half = rms * Math.sqrt(3);
  return samples.map((sample, i) => {
    const noise = half * (2 * random.uniform() - 1);
    return i < from * RATE ? sample : sample + noise;
  });
}

function find(samples: Float32Array, options: Partial<SoundFinderOptions> = {}, size = 128): Sound[] {
  const finder = new SoundFinder({ sampleRate: RATE, segment: SEGMENT, ...options });
  const sounds: Sound[] = [];
  for (let at = 0; at < samples.length; at += size)
    sounds.push(...finder.push(samples.subarray(at, at + size)));
  return [...sounds, ...finder.end()];
}

const times = (sounds: readonly Sound[]) => sounds.map(({ first, end }) => [first / RATE, end / RATE]);

/** Each word is found once; it begins at most so late and so early. */
function expectFound(sounds: readonly Sound[], words: Words, early = 0.03, late = 0.02): void {
  const found = times(sounds);
  expect(found, JSON.stringify(found)).toHaveLength(words.length);
  for (const [i, [from, to]] of words.entries()) {
    const [start = Number.NaN, end = Number.NaN] = found[i] ?? [];
    expect(start).toBeGreaterThanOrEqual(from - early);
    expect(start).toBeLessThanOrEqual(from + late);
    expect(Math.abs(end - to), JSON.stringify(found)).toBeLessThan(0.07);
  }
}

const words: Words = [
  [0.7, 1.2],
  [1.9, 2.4],
  [3.3, 3.75],
  [4.6, 5.5],
  [6.4, 6.7],
  [12, 12.4],
];

describe('sounds', () => {
  it.each([0.9, 0.1, 0.01])('are found where they begin, loud or quiet: %d', (loudness) => {
    expectFound(find(spoken(14, words, loudness)), words);
  });

  it.each([0.001, 0.004, 0.02])('are found in a room with noise of %d', (rms) => {
    // What is as loud as the room is not heard.
    expectFound(find(noisy(spoken(14, words), rms)), words, 0.03, 0.04);
  });

  it('are found whatever a microphone adds to all samples', () => {
    expectFound(find(spoken(14, words).map((sample) => sample + 0.1)), words);
  });

  it('are the same in whatever parts they come, and again', () => {
    const samples = noisy(spoken(14, words), 0.003);
    const sounds = find(samples);
    for (const size of [1, 80, 1000, samples.length]) expect(find(samples, {}, size)).toEqual(sounds);
    for (const { first, end, samples: own } of sounds) expect(own).toEqual(samples.slice(first, end));
  });

  it('are found at the very beginning and the very end of a recording', () => {
    const whole: Words = [[0, 0.6]];
    expectFound(find(spoken(0.6, whole)), whole);
    const both: Words = [
      [0, 0.5],
      [1.5, 2],
    ];
    expectFound(find(spoken(2, both)), both);
  });

  it('keep the pause within a word, and are two where it is longer', () => {
    expectFound(
      find(
        spoken(3, [
          [1, 1.2],
          [1.32, 1.5],
        ]),
      ),
      [[1, 1.5]],
    );
    const apart: Words = [
      [1, 1.2],
      [1.5, 1.8],
    ];
    expectFound(find(spoken(3, apart)), apart);
  });

  it('longer than a segment are cut into segments; a rest of less than half of one is left out', () => {
    const cut = (seconds: number) => times(find(spoken(6, [[1, 1 + seconds]])));
    const [first = Number.NaN] = cut(0.9)[0] ?? [];
    expect(cut(0.9)).toHaveLength(1);
    expect(cut(1.3)).toEqual([[first, first + 1]]);
    expect(cut(1.7)).toEqual([
      [first, first + 1],
      [first + 1, expect.closeTo(2.7, 1)],
    ]);
    expect(cut(3.2)).toHaveLength(3);
  });

  it('are found after the room became louder, and quieter', () => {
    const louder = spoken(20, [
      [1, 1.5],
      [12, 12.5],
      [13, 13.4],
    ]);
    expectFound(
      find(noisy(louder, 0.01, 4)),
      [
        [1, 1.5],
        [12, 12.5],
        [13, 13.4],
      ],
      0.03,
      0.04,
    );
  });

  it('are told of while they last', () => {
    const finder = new SoundFinder({ sampleRate: RATE, segment: SEGMENT });
    const samples = spoken(3, [[1, 1.5]]);
    finder.push(samples.subarray(0, 0.9 * RATE));
    expect(finder.hearing).toBe(false);
    finder.push(samples.subarray(0.9 * RATE, 1.3 * RATE));
    expect(finder.hearing).toBe(true);
    expect(finder.push(samples.subarray(1.3 * RATE))).toHaveLength(1);
    expect(finder.hearing).toBe(false);
  });
});

describe('nothing is heard', () => {
  it.each([
    ['digital zero', new Float32Array(20 * RATE)],
    ['a constant', new Float32Array(20 * RATE).fill(0.4)],
    ['noise below the level', noisy(new Float32Array(20 * RATE), 0.0009)],
    ['noise from the beginning', noisy(new Float32Array(20 * RATE), 0.02)],
    ['noise that begins later', noisy(new Float32Array(20 * RATE), 0.02, 7)],
    ['noise after a silent beginning', noisy(new Float32Array(20 * RATE), 0.02, 0.3)],
    [
      'a hum',
      Float32Array.from({ length: 20 * RATE }, (_, i) => 0.05 * Math.sin((2 * Math.PI * 100 * i) / RATE)),
    ],
    ['no sample', new Float32Array()],
  ])('in %s', (_, samples) => {
    expect(times(find(samples))).toEqual([]);
  });

  it('in clicks, and in gaps of a stream of noise', () => {
    const clicks = new Float32Array(10 * RATE);
    for (let at = 3000; at < clicks.length; at += 7001) clicks.fill(0.9, at, at + 40);
    expect(times(find(clicks))).toEqual([]);
    const gaps = noisy(new Float32Array(20 * RATE), 0.02);
    for (let at = 30_000; at < gaps.length; at += 20_000) gaps.fill(0, at, at + 600);
    expect(times(find(gaps))).toEqual([]);
  });

  it('below a level that is asked for', () => {
    expect(find(spoken(3, [[1, 1.5]], 0.1), { quietest: 0.2 })).toEqual([]);
  });
});
