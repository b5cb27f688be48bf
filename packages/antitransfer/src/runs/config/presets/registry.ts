import { z } from 'zod';
import { registryOf } from '../../../registry.js';
import { type MethodSettings, methodSettings } from '../method.js';
import { asPublished } from './as-published.js';
import { augmented } from './augmented.js';
import { augmentedSound } from './augmented-sound.js';
import { balancedSampling } from './balanced-sampling.js';
import { canonicalCorrelation } from './canonical-correlation.js';
import { cdan } from './cdan.js';
import { cdanAuxiliary } from './cdan-auxiliary.js';
import { cka } from './cka.js';
import { ckaAuxiliary } from './cka-auxiliary.js';
import { classWeights } from './class-weights.js';
import { conditionalAdversary } from './conditional-adversary.js';
import { conditionalSimilarity } from './conditional-similarity.js';
import { coral } from './coral.js';
import { correlation } from './correlation.js';
import { correlationAuxiliary } from './correlation-auxiliary.js';
import { dannAuxiliary } from './dann-auxiliary.js';
import { deepFeatureReweighting } from './deep-feature-reweighting.js';
import type { MethodDefinition } from './definition.js';
import { focal } from './focal.js';
import { frozenLogitCorrection } from './frozen-logit-correction.js';
import { gradientReversal } from './gradient-reversal.js';
import { gram } from './gram.js';
import { groupDro } from './group-dro.js';
import { groupWeights } from './group-weights.js';
import { hsic } from './hsic.js';
import { inlp } from './inlp.js';
import { irm } from './irm.js';
import { jointIndependence } from './joint-independence.js';
import { labelCka } from './label-cka.js';
import { labelSmoothing } from './label-smoothing.js';
import { leace } from './leace.js';
import { logitCorrection } from './logit-correction.js';
import { mixup } from './mixup.js';
import { mmd } from './mmd.js';
import { multiTask } from './multi-task.js';
import { noTransfer } from './no-transfer.js';
import { predictionIndependence } from './prediction-independence.js';
import { shuffledAdversary } from './shuffled-adversary.js';
import { shuffledControl } from './shuffled-control.js';
import { shuffledIndependence } from './shuffled-independence.js';
import { specAugment } from './spec-augment.js';
import { subspace } from './subspace.js';
import { unbiasedCka } from './unbiased-cka.js';
import { unbiasedCkaAuxiliary } from './unbiased-cka-auxiliary.js';
import { vrex } from './vrex.js';
import { weightInitialisation } from './weight-initialisation.js';

/** The methods that a configuration may name by a word. */
export const methodPresets = registryOf<MethodDefinition>('method')(
  noTransfer,
  weightInitialisation,
  multiTask,
  asPublished,
  gram,
  cka,
  ckaAuxiliary,
  unbiasedCka,
  unbiasedCkaAuxiliary,
  correlation,
  correlationAuxiliary,
  canonicalCorrelation,
  subspace,
  conditionalSimilarity,
  conditionalAdversary,
  predictionIndependence,
  jointIndependence,
  frozenLogitCorrection,
  gradientReversal,
  dannAuxiliary,
  cdan,
  cdanAuxiliary,
  coral,
  mmd,
  hsic,
  labelCka,
  irm,
  vrex,
  groupDro,
  balancedSampling,
  classWeights,
  groupWeights,
  focal,
  logitCorrection,
  labelSmoothing,
  deepFeatureReweighting,
  leace,
  inlp,
  specAugment,
  mixup,
  augmented,
  augmentedSound,
  shuffledControl,
  shuffledAdversary,
  shuffledIndependence,
);

/** A method as a configuration writes it: a word for one of the presets, or all of it. */
export const methodEntry = z.union([
  z.enum(methodPresets.names).describe('A method by name'),
  methodSettings,
]);

/**
 * The method that an entry stands for.
 *
 * @param tap where the released code looks at the target's network; null of another one than the paper's
 */
export function resolveMethod(entry: z.infer<typeof methodEntry>, tap: string | null = null): MethodSettings {
  return typeof entry === 'string' ? methodPresets.find(entry).create(tap) : entry;
}
