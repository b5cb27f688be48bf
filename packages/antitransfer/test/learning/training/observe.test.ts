import { expect, it } from 'vitest';
import type { Evaluation } from '../../../src/learning/training/evaluate.js';
import { type FitOptions, fit } from '../../../src/learning/training/fit.js';
import { smallNetwork, smallTraining } from './small.js';

/** What a training says of its validation clips after each epoch, and what it comes to. */
async function told(options: Partial<FitOptions>) {
  const answers: Evaluation[] = [];
  const order: string[] = [];
  const { session, weights, epochs } = await fit({
    ...smallTraining(),
    ...options,
    onValidation: async (epoch, evaluation) => {
      await Promise.resolve();
      answers.push(evaluation);
      order.push(`told ${epoch}`);
    },
    onEpoch: ({ epoch }) => void order.push(`done ${epoch}`),
    measures: { first: ({ maps }) => maps[0] ?? Number.NaN },
  });
  await session.close();
  return { answers, weights, order, measures: epochs.map(({ measures }) => measures) };
}

it('every tap of some validation clips is observed to the bits of one tap of all, and moves no weight', async () => {
  const taps = [...smallNetwork(1).taps.keys()].map((tap) => ({ tap, position: 'after' }) as const);
  const clips = [0, 2, 5];
  const all = await told({ observe: taps, observeClips: clips });
  expect(all.order).toEqual(['told 1', 'done 1', 'told 2', 'done 2']);
  let start = 0;
  for (const observation of taps) {
    const one = await told({ observe: [observation] });
    expect(one.weights).toEqual(all.weights);
    for (const [epoch, { maps, channels }] of one.answers.entries()) {
      const together = all.answers[epoch];
      const rows = clips.map((clip) => maps.subarray(clip * channels, (clip + 1) * channels));
      const found = clips.map((_, row) => {
        const from = row * (together?.channels ?? 0) + start;
        return together?.maps.subarray(from, from + channels);
      });
      expect(found, observation.tap).toEqual(rows);
      expect(one.measures[epoch]).toEqual({ first: maps[0] });
    }
    start += one.answers[0]?.channels ?? 0;
  }
  expect(start).toBe(all.answers[0]?.channels);
}, 60_000);
