import { expect, it } from 'vitest';
import { sampleSettings } from '../../../src/data/features/sample-settings.js';
import { featurePresets } from '../../../src/data/features/settings.js';
import { settingsKey } from '../../../src/data/features/store/clip-keys.js';
import { shortDigest } from '../../../src/files/digest.js';
import type { AugmentationSettings } from '../../../src/learning/augmentations/registry.js';
import { trainingSettings } from '../../../src/learning/training/settings.js';
import { jobOf, type TargetJob } from '../../../src/runs/store/job.js';
import { needsOf } from '../../../src/runs/store/needs.js';

const set = shortDigest('no such set');
const targetJob = jobOf<TargetJob>({
  kind: 'target',
  seed: 1,
  features: featurePresets.pilot,
  network: { name: 'vgg-small', width: 1 },
  training: trainingSettings.parse({}),
  column: 'digit',
  classes: ['one', 'two'],
  train: set,
  validation: set,
  standardisation: set,
  start: { from: 'random' },
  objectives: [],
  tasks: [],
  position: 'after',
});

const augmentedBy = (augmentation: AugmentationSettings[]): TargetJob => ({ ...targetJob, augmentation });
const needed = (job: TargetJob) => needsOf(['one'], [], () => job).features;

it('a training that changes samples needs them beside its features', () => {
  const own = settingsKey(targetJob.features);
  const samples = settingsKey(sampleSettings(targetJob.features));
  expect(own).not.toBe(samples);
  expect(needed(targetJob)).toEqual(new Set([own]));
  expect(needed(augmentedBy([{ kind: 'mixup', alpha: 1 }]))).toEqual(new Set([own]));
  expect(needed(augmentedBy([{ kind: 'speed', slowest: 0.9, fastest: 1.1 }]))).toEqual(
    new Set([own, samples]),
  );
});
