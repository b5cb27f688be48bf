import type { ObjectiveParts } from '../../../src/learning/objectives/definition.js';
import type { Objective } from '../../../src/learning/objectives/objective.js';
import {
  createObjective,
  type ObjectiveKind,
  objectiveSettings,
} from '../../../src/learning/objectives/registry.js';
import type { Dataset } from '../../../src/learning/training/dataset.js';
import type { FitOptions } from '../../../src/learning/training/fit.js';
import type { TrainingSettings } from '../../../src/learning/training/settings.js';
import { drawClips, smallNetwork, smallTraining } from './small.js';

/** What a kind must be told. A kind that is missing here does not compile. */
const required: Record<ObjectiveKind, object> = {
  similarity: { similarity: 'cka' },
  'gradient-reversal': { schedule: 'constant' },
  'conditional-adversary': { schedule: 'constant' },
  'conditional-similarity': { beta: 10 },
  'prediction-independence': { beta: 10 },
  'frozen-logit-correction': { shrinkage: false },
  coral: { beta: 100 },
  mmd: { beta: 10 },
  hsic: { beta: 10 },
  'balanced-sampling': {},
  'class-weights': { over: 'class-group' },
  'group-dro': { stepSize: 0.5 },
  focal: {},
  'label-smoothing': {},
  'logit-correction': {},
  vrex: { beta: 100 },
  'multi-task': {},
  irm: { schedule: 'constant', beta: 1 },
};

/** An objective of a kind, for the task "voice" with two classes. */
export function smallObjective(
  kind: ObjectiveKind,
  settings: object = {},
  parts: Partial<ObjectiveParts> = {},
): Objective {
  return createObjective(objectiveSettings.parse({ kind, ...required[kind], ...settings }), {
    name: kind,
    task: { name: 'voice', classes: 2 },
    frozen: smallNetwork(9),
    tap: { name: 'conv3_2', position: 'after' },
    ...parts,
  });
}

/** A training whose clips have a voice too, with clips of two tasks beside it. */
export function voicedTraining(
  objectives: readonly Objective[],
  settings: Partial<TrainingSettings> = {},
): FitOptions {
  const training = smallTraining(settings);
  return {
    ...training,
    objectives,
    train: { ...training.train, groups: { voice: voicesOf(training.train) } },
    auxiliary: { voice: drawClips(10, 5), room: drawClips(14, 6) },
  };
}

/** Two thirds of a class have one voice. */
function voicesOf({ labels }: Dataset): Int32Array {
  return labels.map((label, clip) => (clip % 3 === 0 ? 1 - label : label));
}
