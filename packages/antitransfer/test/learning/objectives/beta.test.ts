import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { betaAt } from '../../../src/learning/objectives/beta.js';
import {
  effectiveObjective,
  objectiveSettings,
  objectives,
} from '../../../src/learning/objectives/registry.js';
import { fit } from '../../../src/learning/training/fit.js';
import { smallObjective, voicedTraining } from '../training/small-objectives.js';

describe('beta after a part of the training', () => {
  const rows = [
    ['absent', {}, [3, 3, 3]],
    ['constant', { schedule: 'constant' }, [3, 3, 3]],
    ['linear', { schedule: 'linear', warmUp: 0.5 }, [0, 1.5, 3]],
    ['linear, over a tenth', { schedule: 'linear' }, [0, 3, 3]],
    // Ganin and others 2016: 2 / (1 + exp(-10 p)) - 1.
    ['ganin', { schedule: 'ganin' }, [0, 3 * 0.848284, 3 * 0.999909]],
    ['step', { schedule: 'step', warmUp: 0.3 }, [0, 0, 3]],
    ['step, after a tenth', { schedule: 'step' }, [0, 3, 3]],
  ] as const;
  it.each(rows)('%s', (_name, settings, [first, quarter, last]) => {
    const at = (progress: number) => betaAt({ beta: 3, ...settings }, progress);
    expect(at(0)).toBeCloseTo(first, 5);
    expect(at(0.25)).toBeCloseTo(quarter, 5);
    expect(at(1)).toBeCloseTo(last, 4);
  });
});

const withBeta = objectives.members.filter(({ settings }) => 'beta' in settings.shape);

describe.each(withBeta)('$name', ({ name, settings: schema }) => {
  const shape: Readonly<Record<string, z.ZodType>> = schema.shape;
  const train = async (settings: object) => {
    const { session, weights } = await fit(
      voicedTraining([smallObjective(name, settings)], { optimizer: 'sgd', momentum: 0, learningRate: 0.1 }),
    );
    await session.close();
    return Object.values(weights).map(({ data }) => Array.from(data as Float32Array));
  };

  it('trains by a schedule: before its step nothing is weighed, and what grows is not what is constant', async () => {
    expect(await train({ schedule: 'step', warmUp: 1 })).toEqual(
      await train({ schedule: 'constant', beta: 0 }),
    );
    const constant = await train({ schedule: 'constant', beta: 1 });
    expect(await train({ schedule: 'linear', warmUp: 1, beta: 1 })).not.toEqual(constant);
  });

  it('is one objective in one form: what a schedule says that is so without it is left out', () => {
    const formOf = (settings: object) =>
      effectiveObjective(
        objectiveSettings.parse({
          kind: name,
          ...(name === 'similarity' && { similarity: 'cka' }),
          ...settings,
        }),
      );
    const absent = shape.schedule?.safeParse(undefined).data ?? 'constant';
    expect(formOf({ schedule: absent, ...(absent !== 'step' && { warmUp: 0.2 }) })).toEqual(formOf({}));
    expect(formOf({ schedule: 'linear', warmUp: 0.1 })).toEqual(formOf({ schedule: 'linear' }));
    expect(formOf({ schedule: 'linear' })).not.toEqual(formOf({}));
    expect(formOf({ schedule: 'linear', warmUp: 0.2 })).not.toEqual(formOf({ schedule: 'linear' }));
    if (absent !== 'constant') expect(formOf({ schedule: 'constant' })).not.toEqual(formOf({}));
  });
});
