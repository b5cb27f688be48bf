import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Clip } from '../../../src/data/clip.js';
import { listNoises } from '../../../src/data/corpora/add-noise.js';
import { loadCorpus } from '../../../src/data/corpora/registry.js';
import type { confoundedNoiseSettings } from '../../../src/data/splits/confounded-settings.js';
import { makeSplit } from '../../../src/data/splits/make-split.js';
import { splitSettings } from '../../../src/data/splits/registry.js';
import { realData } from '../corpora/real-data.js';
import { countBy, digitClips } from './clips.js';

const noises = ['bike', 'cat', 'dishes', 'pink', 'tap', 'white'].map((name, index) => ({
  name,
  path: `/noise/${name}.wav`,
  duration: 60 + 5 * index,
}));
const durationOf = new Map(noises.map(({ name, duration }) => [name, duration]));
const speakers = Array.from({ length: 60 }, (_, index) => `s${index}`);
const clips = digitClips(speakers, 4);

function noisy(
  from: readonly Clip[],
  settings: Omit<z.input<typeof confoundedNoiseSettings>, 'kind'>,
  { target = 'digit', recordings = noises, seed = 1 } = {},
) {
  const parsed = splitSettings.parse({ kind: 'confounded-noise', ...settings });
  return makeSplit(from, parsed, { target, orthogonal: 'noise', noises: recordings }, new Random(seed));
}

/** Asserts what must hold of every clip, and returns the noises of each side. */
function requireMixed(split: ReturnType<typeof noisy>, durations: ReadonlyMap<string, number>) {
  const { train, validation, test, penalty } = split;
  const early = [...train, ...validation, ...penalty!.train, ...penalty!.validation];
  for (const [side, isTest] of [[early, false] as const, [test, true] as const]) {
    for (const { noise, labels, id } of side) {
      const duration = durations.get(labels.noise!)!;
      expect(labels.snr).toBe(String(noise!.snr));
      expect(noise!.snr).toBeGreaterThanOrEqual(0);
      expect(noise!.snr).toBeLessThanOrEqual(10);
      const from = isTest ? 0.6 * duration : 0;
      const to = isTest ? duration : 0.6 * duration;
      expect(noise!.start).toBeGreaterThanOrEqual(from);
      expect(noise!.start + 1).toBeLessThanOrEqual(to);
      expect(id).toContain(`+${labels.noise}@`);
    }
  }
  const namesOf = (side: readonly Clip[]) => [...countBy(side, 'noise').keys()].sort();
  return { early: namesOf(early), late: namesOf(test) };
}

describe('confounded-noise', () => {
  const split = noisy(clips, { clips: { train: 600, validation: 200, test: 500 } });

  it('has the sizes, the noises, the parts of the recordings and the range of SNR asked for', () => {
    expect([split.train, split.validation, split.test].map(({ length }) => length)).toEqual([600, 200, 500]);
    const { early, late } = requireMixed(split, durationOf);
    expect(early).toHaveLength(5);
    expect(late).toHaveLength(6);
  });

  it('confounds the training at the strength, and neither validation, test nor penalty', () => {
    const contrary = (side: readonly Clip[]) => side.filter(split.contradicts!).length / side.length;
    expect(contrary(split.train)).toBeCloseTo(0.1, 2);
    expect(contrary(split.validation)).toBeCloseTo(0.8, 1);
    expect(contrary(split.penalty!.train)).toBeCloseTo(0.8, 1);
    expect(contrary(split.test)).toBeCloseTo(1 - 1 / 6, 1);
    const inTest = [...countBy(split.test, 'digit', 'noise').values()];
    expect(Math.max(...inTest) - Math.min(...inTest)).toBeLessThanOrEqual(1);
    const inPenalty = [...countBy(split.penalty!.train, 'noise').values()];
    expect(Math.max(...inPenalty) - Math.min(...inPenalty)).toBeLessThanOrEqual(10);
  });

  it('lets each noise own two words', () => {
    const most = new Map<string, string>();
    const counts = countBy(split.train, 'digit', 'noise');
    for (const [pair, count] of counts) {
      const [digit, noise] = pair.split(' ') as [string, string];
      if (count > (counts.get(`${digit} ${most.get(digit)}`) ?? 0)) most.set(digit, noise);
    }
    const owned = countBy(
      [...most.values()].map((noise) => ({ labels: { noise } }) as unknown as Clip),
      'noise',
    );
    expect([...owned.values()]).toEqual([2, 2, 2, 2, 2]);
  });

  it('confounds the validation when told to', () => {
    const { validation, contradicts } = noisy(clips, { validation: 'confounded', strength: 1 });
    expect(validation.filter(contradicts!)).toEqual([]);
  });

  it('mixes the ids, so that one recording with two noises is two clips', () => {
    const all = [...split.train, ...split.penalty!.train].map(({ id }) => id);
    expect(new Set(all).size).toBe(all.length);
    expect(split.train[0]!.id).toMatch(/^\d_s\d+_\d\.wav\+[a-z]+@[\d.]+s,[\d.]+dB$/);
  });

  const words = realData('speech_commands_test_v0.02');
  const recordings = realData('speech_commands_noise');
  describe.skipIf(words.absent || recordings.absent)('on Speech Commands', () => {
    it("reproduces the pilot's split", async () => {
      const corpus = await loadCorpus('speech-commands', words.path);
      const found = await listNoises(recordings.path);
      const real = noisy(
        corpus.clips,
        { clips: { train: 600, validation: 200, test: 500 } },
        { target: 'word', recordings: found },
      );
      expect([real.train, real.validation, real.test].map(({ length }) => length)).toEqual([600, 200, 500]);
      const { early, late } = requireMixed(
        real,
        new Map(found.map(({ name, duration }) => [name, duration])),
      );
      expect([early.length, late.length]).toEqual([5, 6]);
      expect(real.train.filter(real.contradicts!).length / 600).toBeCloseTo(0.1, 2);
    });
  });
});
