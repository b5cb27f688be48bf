import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { colouredNoise, noiseColours } from '../../../src/data/audio/coloured-noise.js';
import { drawReflections } from '../../../src/data/audio/reverberate.js';
import { buildFrontEnd } from '../../../src/data/features/front-end.js';
import { FrontEndSession } from '../../../src/data/features/front-end-session.js';
import { frontEnds } from '../../../src/data/features/kinds/registry.js';
import { type FeatureSettings, featureSettings } from '../../../src/data/features/settings.js';
import type { PassingClip } from '../../../src/learning/augmentations/definition.js';
import { type AugmentationKind, augmentationSettings } from '../../../src/learning/augmentations/registry.js';
import { drawBeta } from '../../../src/numbers/beta.js';
import { mean } from '../../../src/numbers/mean.js';
import { smallAugmentation, smallParts } from './small-augmentations.js';

/** A segment of noise that swells, with silence behind it. */
function noise(samples: number): Float32Array {
  const random = new Random(4);
  const sounding = 0.75 * samples;
  return Float32Array.from({ length: samples }, (_, i) =>
    i < sounding ? (0.3 * random.normal() * (i + 100)) / sounding : 0,
  );
}

async function featuresOf(settings: FeatureSettings, samples: Float32Array): Promise<Float32Array> {
  const session = await FrontEndSession.create(buildFrontEnd(settings));
  const features = await session.run(samples);
  await session.close();
  return features;
}

function distance(a: Float32Array, b: Float32Array): number {
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))));
}

describe('spec-augment', () => {
  const [frames, bins] = [16, 16];
  const mask = -7;
  /** Which cells a clip has masked. */
  const masked = (settings: object, clip: number): boolean[] => {
    const features = new Float32Array(frames * bins).fill(1);
    const standardisation = { mean: [mask], deviation: [1] };
    const random = new Random(clip).fork('clip');
    smallAugmentation('spec-augment', settings, { standardisation }).change?.({ features, random });
    expect(features.every((value) => value === 1 || value === mask)).toBe(true);
    return Array.from(features, (value) => value === mask);
  };
  /** How likely each index is masked by one span, whose widths from 0 to the widest are equally likely, as are its beginnings. */
  const odds = (length: number, widest: number) =>
    Array.from({ length }, (_, index) => {
      const widths = Array.from({ length: widest + 1 }, (_unused, width) => {
        const first = Math.max(0, index - width + 1);
        const last = Math.min(index, length - width);
        return Math.max(0, last - first + 1) / (length - width + 1);
      });
      return mean(widths);
    });

  it.each([
    ['one band', { frequencyMasks: 1, timeMasks: 0 }],
    ['one span', { frequencyMasks: 0, timeMasks: 1 }],
    ['two of each, to half of either axis', {}],
    ['narrow ones', { frequencyWidth: 0.2, timeWidth: 0.1 }],
  ])('masks as much as was asked for on average: %s', (_, change) => {
    const settings = { frequencyMasks: 2, timeMasks: 2, frequencyWidth: 0.5, timeWidth: 0.5, ...change };
    const { frequencyMasks, frequencyWidth, timeMasks, timeWidth } = settings;
    const ofBins = odds(bins, Math.floor(bins * frequencyWidth)).map((p) => (1 - p) ** frequencyMasks);
    const ofFrames = odds(frames, Math.floor(frames * timeWidth)).map((p) => (1 - p) ** timeMasks);
    const expected = 1 - mean(ofBins) * mean(ofFrames);
    const clips = 4000;
    const shares = Array.from({ length: clips }, (_unused, clip) => mean(masked(settings, clip).map(Number)));
    const deviation = Math.sqrt(mean(shares.map((share) => (share - mean(shares)) ** 2)) / clips);
    expect(Math.abs(mean(shares) - expected)).toBeLessThan(4 * deviation);
    expect(deviation).toBeLessThan(0.005);
  });

  it('masks whole bands and whole spans', () => {
    const all = masked({ frequencyMasks: 1, timeMasks: 1 }, 3);
    const isBand = (bin: number) => all.every((cell, i) => i % bins !== bin || cell);
    const isSpan = (frame: number) => all.slice(frame * bins, (frame + 1) * bins).every(Boolean);
    expect(all).toEqual(all.map((_, i) => isBand(i % bins) || isSpan(Math.floor(i / bins))));
    expect(all).toContain(true);
  });

  it('masks each bin with its own mean where each is standardised by its own', () => {
    const means = Array.from({ length: bins }, (_, bin) => -bin - 1);
    const augmentation = smallAugmentation(
      'spec-augment',
      { frequencyMasks: 0, timeMasks: 1, timeWidth: 1 },
      { standardisation: { mean: means, deviation: means.map(() => 1) } },
    );
    const features = new Float32Array(frames * bins).fill(1);
    augmentation.change?.({ features, random: new Random(2) });
    const rows = Array.from({ length: frames }, (_, frame) => [
      ...features.slice(frame * bins, (frame + 1) * bins),
    ]);
    expect(rows).toContainEqual(means);
    for (const row of rows)
      expect(row[0] === 1 ? row.every((value) => value === 1) : row).toEqual(row[0] === 1 ? true : means);
  });
});

describe.each(frontEnds.names)('on features of the kind %s', (kind) => {
  const settings = featureSettings.parse({ kind, sampleRate: 8000, seconds: 0.4, compression: 0.5, pool: 3 });
  const fitting =
    kind === 'magnitude' ? settings : featureSettings.parse({ ...settings, compression: 1, pool: 1 });
  const { samples, bins } = buildFrontEnd(fitting);
  const sound = noise(samples);

  it.each([-30, -6, 6])('a gain of %i dB is what the front end makes of it', async (decibels) => {
    const features = await featuresOf(fitting, sound);
    const louder = await featuresOf(
      fitting,
      sound.map((sample) => sample * 10 ** (decibels / 20)),
    );
    const gain = smallAugmentation('gain', { lowest: decibels, highest: decibels }, { features: fitting });
    gain.change?.({ features, random: new Random(1) });
    expect(distance(features, louder)).toBeLessThan(1e-3);
  });

  it('a shift in time is what the front end makes of shifted samples', async () => {
    const before = await featuresOf(fitting, sound);
    const { hop } = fitting;
    const shift = smallAugmentation('time-shift', { seconds: (5 * hop) / 8000 }, { features: fitting });
    const shifts = new Set<number>();
    for (let clip = 0; clip < 40; clip++) {
      const features = before.slice();
      const random = new Random(clip);
      const by = random.fork('same').integer(-5, 5);
      shift.change?.({ features, random: random.fork('same') });
      const moved = new Float32Array(samples);
      const from = Math.max(0, -by * hop);
      moved.set(sound.subarray(from, samples - Math.max(0, by * hop)), Math.max(0, by * hop));
      // Where something went out, the outermost frame still has half a window of it.
      const { length } = features;
      const heard: [number, number] = [by < 0 ? bins : 0, by > 0 ? length - bins : length];
      if (!shifts.has(by)) {
        const asked = await featuresOf(fitting, moved);
        expect(distance(features.slice(...heard), asked.slice(...heard)), `${by}`).toBeLessThan(1e-3);
      }
      shifts.add(by);
    }
    expect([...shifts].sort((a, b) => a - b)).toEqual([-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5]);
  });
});

it('a shift farther than the segment leaves silence', () => {
  const features = new Float32Array(256).fill(1);
  const shift = smallAugmentation('time-shift', { seconds: 100 });
  const left = Array.from({ length: 200 }, (_, clip) => {
    const own = features.slice();
    shift.change?.({ features: own, random: new Random(clip) });
    return own.filter((value) => value === 1).length / 16;
  });
  expect(Math.min(...left)).toBe(0);
  expect(Math.max(...left)).toBeGreaterThan(10);
});

it('a gain is between its bounds, all equally likely', () => {
  const gain = smallAugmentation('gain', { lowest: -10, highest: 4 });
  const decibels = Array.from({ length: 4000 }, (_, clip) => {
    const features = Float32Array.of(1);
    gain.change?.({ features, random: new Random(clip).fork('clip') });
    return 20 * Math.log10(features[0] as number);
  });
  expect(Math.min(...decibels)).toBeGreaterThan(-10.001);
  expect(Math.max(...decibels)).toBeLessThan(4.001);
  expect(mean(decibels)).toBeCloseTo(-3, 0);
});

describe('mixup', () => {
  const batchOf = (rows: readonly number[], seed: number): PassingClip[] =>
    rows.map((value, row) => ({
      features: new Float32Array(4).fill(value),
      random: new Random(seed).fork(`clip ${row}`),
    }));

  it('mixes each clip with another, as both were before, in the shares that it tells', () => {
    const values = [1, 10, 100, 1000];
    for (let seed = 0; seed < 20; seed++) {
      const batch = batchOf(values, seed);
      const { partners = [], shares = [] } = smallAugmentation('mixup').mix?.(batch) ?? {};
      for (const [row, { features }] of batch.entries()) {
        const [share, partner] = [shares[row] as number, partners[row] as number];
        expect(partner).not.toBe(row);
        expect(share).toBeGreaterThanOrEqual(0.5);
        const expected = share * (values[row] as number) + (1 - share) * (values[partner] as number);
        for (const value of features) expect(value / expected).toBeCloseTo(1, 5);
      }
    }
  });

  it('leaves a clip that is by itself in a batch', () => {
    const batch = batchOf([3], 1);
    expect(smallAugmentation('mixup').mix?.(batch).partners).toEqual([0]);
    for (const value of batch[0]?.features ?? []) expect(value).toBeCloseTo(3, 5);
  });

  it.each([0.05, 0.2, 1, 4])('draws shares from Beta(%d, same)', (alpha) => {
    const random = new Random(7);
    const draws = Array.from({ length: 20000 }, () => drawBeta(alpha, random));
    expect(draws.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(mean(draws)).toBeCloseTo(0.5, 1);
    // Variance, and the fourth moment about 1/2: 3 / (16 (2a + 1) (2a + 3)).
    expect(mean(draws.map((x) => (x - 0.5) ** 2))).toBeCloseTo(1 / (4 * (2 * alpha + 1)), 2);
    expect(mean(draws.map((x) => (x - 0.5) ** 4))).toBeCloseTo(
      3 / (16 * (2 * alpha + 1) * (2 * alpha + 3)),
      2,
    );
  });
});

/** What an augmentation makes of samples. */
async function heard(kind: AugmentationKind, settings: object, samples: Float32Array, clip = 1) {
  const changed = samples.slice();
  const random = new Random(clip).fork('clip');
  await smallAugmentation(kind, settings).changeSamples?.({ samples: changed, random });
  return changed;
}

const powerOf = (samples: Float32Array) => mean([...samples].map((sample) => sample ** 2));

/** Power of a sound around a frequency, as a part of the sample rate. */
function powerAt(samples: Float32Array, frequency: number): number {
  let [cosine, sine] = [0, 0];
  for (const [i, sample] of samples.entries()) {
    cosine += sample * Math.cos(2 * Math.PI * frequency * i);
    sine += sample * Math.sin(2 * Math.PI * frequency * i);
  }
  return cosine ** 2 + sine ** 2;
}

describe('noise', () => {
  it.each(noiseColours.options)(
    'of the colour %s is mixed in at the ratio that is asked for',
    async (colour) => {
      const sound = noise(4000);
      for (const ratio of [-10, 0, 20]) {
        const mixed = await heard('noise', { colour, lowest: ratio, highest: ratio }, sound);
        const added = mixed.map((sample, i) => sample - (sound[i] as number));
        expect(10 * Math.log10(powerOf(sound) / powerOf(added))).toBeCloseTo(ratio, 3);
      }
    },
  );

  it('is at all ratios between the bounds, and never in silence', async () => {
    const sound = noise(400);
    const ratios: number[] = [];
    for (let clip = 0; clip < 400; clip++) {
      const mixed = await heard('noise', { lowest: 0, highest: 10 }, sound, clip);
      ratios.push(
        10 * Math.log10(powerOf(sound) / powerOf(mixed.map((sample, i) => sample - (sound[i] as number)))),
      );
    }
    expect(Math.min(...ratios)).toBeGreaterThan(-0.01);
    expect(Math.max(...ratios)).toBeLessThan(10.01);
    expect(Math.abs(mean(ratios) - 5)).toBeLessThan(0.6);
    expect(await heard('noise', {}, new Float32Array(50))).toEqual(new Float32Array(50));
  });

  it.each([
    ['white', 0],
    ['pink', -3],
    ['brown', -6],
  ] as const)('of the colour %s falls by %d dB an octave', (colour, slope) => {
    const octaves = 3;
    const [low, high] = [0, octaves].map((octave) => {
      const powers = Array.from({ length: 60 }, (_, i) => {
        const samples = colouredNoise(2000, colour, new Random(i));
        return mean([0.95, 1, 1.05].map((off) => powerAt(samples, off * 0.02 * 2 ** octave)));
      });
      return 10 * Math.log10(mean(powers));
    });
    expect(Math.abs((high as number) - (low as number) - slope * octaves)).toBeLessThan(2);
  });
});

describe('reverberation', () => {
  it('leaves the direct sound, and adds reflections of the energy that is asked for', async () => {
    const click = new Float32Array(8000);
    click[0] = 1;
    for (const directRatio of [0, 6, 20]) {
      const echo = await heard('reverberation', { shortest: 0.3, longest: 0.3, directRatio }, click);
      expect(echo[0]).toBe(1);
      const tail = echo.slice(1).reduce((sum, sample) => sum + sample ** 2, 0);
      // Two reflections may come at one time.
      expect(Math.abs(-10 * Math.log10(tail) - directRatio)).toBeLessThan(1);
    }
  });

  it('falls by 60 dB in the time that is asked for', () => {
    const decay = 0.4;
    const energies = [0, 0.5].map((from) => {
      const all = drawReflections({ decay, directRatio: 0 }, 8000, new Random(3));
      const part = all.filter(
        ({ delay }) => delay >= from * decay * 8000 && delay < (from + 0.5) * decay * 8000,
      );
      return part.reduce((sum, { factor }) => sum + factor ** 2, 0);
    });
    expect(10 * Math.log10((energies[0] as number) / (energies[1] as number))).toBeCloseTo(30, -0.5);
  });

  it('is causal: what comes later changes nothing before', async () => {
    const [sound, later] = [noise(4000), noise(4000)];
    later.fill(0, 2000);
    const [one, other] = [await heard('reverberation', {}, sound), await heard('reverberation', {}, later)];
    expect(one.slice(0, 2000)).toEqual(other.slice(0, 2000));
    expect(one.slice(2000)).not.toEqual(other.slice(2000));
  });
});

describe('speed', () => {
  const tone = Float32Array.from({ length: 4000 }, (_, i) => Math.sin(0.2 * Math.PI * i));

  it.each([0.8, 1, 1.25])('by a factor of %d moves pitch and length', async (factor) => {
    const played = await heard('speed', { slowest: factor, fastest: factor }, tone);
    const middle = played.slice(500, 2500);
    expect(powerAt(middle, 0.1 * factor) / 1e6).toBeCloseTo(1, 1);
    const end = Math.round(4000 / factor);
    if (end < 4000) expect([...played.slice(end)].every((sample) => sample === 0)).toBe(true);
    else expect(powerOf(played.slice(3500, 3900))).toBeCloseTo(0.5, 1);
  });

  it('is drawn between its bounds', async () => {
    const ends = await Promise.all(
      Array.from({ length: 60 }, async (_, clip) => {
        const played = await heard('speed', { slowest: 1.1, fastest: 1.3 }, tone, clip);
        return 4000 / (played.findLastIndex((sample) => sample !== 0) + 1);
      }),
    );
    expect(Math.min(...ends)).toBeGreaterThan(1.095);
    expect(Math.max(...ends)).toBeLessThan(1.305);
    expect(Math.max(...ends) - Math.min(...ends)).toBeGreaterThan(0.15);
  });
});

it.each<[AugmentationKind, object, string]>([
  ['gain', { lowest: 4, highest: -10 }, 'highest'],
  ['noise', { lowest: 4, highest: -10 }, 'highest'],
  ['reverberation', { shortest: 1, longest: 0.5 }, 'longest'],
  ['speed', { slowest: 1.1, fastest: 0.9 }, 'fastest'],
])('bounds of %s that are crossed are refused', (kind, bounds, key) => {
  const [issue] = augmentationSettings.safeParse({ kind, ...bounds }).error?.issues ?? [];
  expect(issue?.path).toEqual([key]);
});

it('settings say all that numbers depend on', () => {
  const other = { ...smallParts, standardisation: { mean: [1], deviation: [1] } };
  expect(smallAugmentation('spec-augment', {}, other).settings).not.toEqual(
    smallAugmentation('spec-augment').settings,
  );
  expect(smallAugmentation('time-shift', { seconds: 0.1 }).settings).not.toEqual(
    smallAugmentation('time-shift').settings,
  );
});
