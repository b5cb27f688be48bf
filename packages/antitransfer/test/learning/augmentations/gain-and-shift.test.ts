import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { buildFrontEnd } from '../../../src/data/features/front-end.js';
import { FrontEndSession } from '../../../src/data/features/front-end-session.js';
import { frontEnds } from '../../../src/data/features/kinds/registry.js';
import { type FeatureSettings, featureSettings } from '../../../src/data/features/settings.js';
import { mean } from '../../../src/numbers/mean.js';
import { smallAugmentation } from './small-augmentations.js';
import { noise } from './sounds.js';

async function featuresOf(settings: FeatureSettings, samples: Float32Array): Promise<Float32Array> {
  const session = await FrontEndSession.create(buildFrontEnd(settings));
  const features = await session.run(samples);
  await session.close();
  return features;
}

function distance(a: Float32Array, b: Float32Array): number {
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))));
}

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
