import { describe, expect, it } from 'vitest';
import { fixedClips } from './fixed-clips.js';

const { digestsOf } = fixedClips();

it('what is of one recording is for the probe: it changes the test, and no training', async () => {
  const [before, after] = [await digestsOf({}), await digestsOf({}, { probed: 'other recordings' })];
  expect(after).toEqual({ ...before, assessment: after.assessment });
  expect(after.assessment).not.toBe(before.assessment);
});

describe('what is for people, or only looked at', () => {
  it('is no part of a training', async () => {
    const before = await digestsOf({});
    const named = await digestsOf({
      name: 'other',
      orthogonal: [
        { column: 'speaker', name: 'voices' },
        { column: 'room', name: 'places' },
      ],
    });
    expect(named).toEqual(before);
    for (const change of [{ tap: 'conv1_1' }, { orthogonal: { column: 'speaker' } }]) {
      const { training, assessment } = await digestsOf(change);
      expect(training).toBe(before.training);
      expect(assessment).not.toBe(before.assessment);
    }
  });
});
