import { describe, expect, it } from 'vitest';
import { frontEnds } from '../../../src/data/features/kinds/registry.js';
import { featureSettings } from '../../../src/data/features/settings.js';

describe('sizes that no memory holds', () => {
  it.each([
    [
      { seconds: 500_000 },
      /500000 s at 16000 Hz are 8000000000 samples; a clip has at most 67108864, 4194 s/,
    ],
    [{ seconds: 60, hop: 1, window: 4096 }, /60 s with a hop of 1 samples are \d+ values/],
    [{ seconds: 1, hop: 1, window: 16384, sampleRate: 192_000 }, /take a larger hop or fewer seconds/],
  ])('are refused: %o', (settings, message) => {
    expect(() => featureSettings.parse(settings)).toThrow(message);
  });

  it('half an hour at 16 kHz is allowed', () => {
    expect(featureSettings.parse({ seconds: 1800, hop: 160, window: 400 }).seconds).toBe(1800);
  });
});

describe('values that no key takes', () => {
  const values = [0, -1, 0.5, 1e99, Number.NaN, Number.POSITIVE_INFINITY, null, 'many', true, [], {}];
  const cases = frontEnds.names.flatMap((kind) =>
    Object.keys(featureSettings.shape).map((key) => [kind, key] as const),
  );
  it.each(cases)('%s: %s', (kind, key) => {
    const problems = values.flatMap((value) => {
      // A ZodError that a front end throws of what it is given would come out here.
      const { error } = featureSettings.safeParse({ kind, [key]: value });
      return error?.issues ?? [];
    });
    expect(problems.length).toBeGreaterThan(0);
    for (const { path } of problems) expect(path.length).toBeGreaterThan(0);
  });

  it('a count of bins of 0', () => {
    expect(() => featureSettings.parse({ bins: 0 })).toThrow('bins');
  });
});
