import { sampleSettings } from '../../data/features/sample-settings.js';
import type { Alongside } from '../../data/features/store/adding.js';
import { augmentsSamples } from '../../learning/augmentations/registry.js';
import { augmentationOf } from '../config/augmentation.js';
import { methodsOf } from '../config/methods.js';
import type { Experiment } from '../config/schema.js';
import type { DrawnSplits } from './draw-splits.js';
import { soundOf } from './found-out.js';

/** The samples of training clips, where a method changes them: stored in the pass that computes their features. */
export function samplesOfTraining(
  experiment: Experiment,
  { repetitions }: DrawnSplits,
): Alongside | undefined {
  const { features, training } = experiment;
  const isAsked = methodsOf(experiment).some((method) => augmentsSamples(augmentationOf(method, training)));
  if (!isAsked) return undefined;
  const sounds = new Set(repetitions.flatMap(({ split }) => split.train.map(soundOf)));
  return { settings: sampleSettings(features), of: (clip) => sounds.has(soundOf(clip)) };
}
