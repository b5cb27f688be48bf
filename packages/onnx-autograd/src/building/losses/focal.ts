import { GraphError } from '../../errors.js';
import type { Value } from '../../graph/value.js';
import { exp, maximum, mul, neg, pow, sub } from '../expressions.js';
import { crossEntropyOf } from './cross-entropy.js';
import {
  type ClassOptions,
  classesOf,
  maskedLosses,
  type SafeLabels,
  safeLabels,
  sampleWeights,
  weightedMean,
} from './labels.js';

/** What the focal loss may be told beside logits and labels. */
export interface FocalOptions extends ClassOptions {
  /** How little a sample counts that the network is sure of; 0 for equally. Default 2. */
  readonly gamma?: number;
}

/** Below it a sample counts as learned: the slope of a power below 1 has no end at 0. */
const smallest = 1e-7;

/**
 * Mean focal loss of a batch (Lin and others 2017): each sample's cross-entropy times `(1 - p)^gamma`, `p` being the
 * probability of its class. The mean is over the samples that are not ignored, however much their classes weigh.
 *
 * @param logits as for {@link crossEntropy}.
 * @param labels as for {@link crossEntropy}.
 * @param options gamma, weights of classes (the paper's alpha), the label that is left out.
 * @returns a scalar.
 * @throws GraphError when an option does not fit.
 */
export function focalLoss(logits: Value, labels: Value, options: FocalOptions = {}): Value {
  const safe = safeLabels(labels, classesOf(logits), options.ignoreLabel);
  return weightedMean(focalOf(logits, safe, options), sampleWeights(logits, safe));
}

/**
 * Focal loss of each sample, in the shape of the labels: 0 of those that are ignored. Logits, labels and options as for
 * {@link focalLoss}.
 *
 * @throws GraphError when an option does not fit.
 */
export function focalLossPerSample(logits: Value, labels: Value, options: FocalOptions = {}): Value {
  return focalOf(logits, safeLabels(labels, classesOf(logits), options.ignoreLabel), options);
}

function focalOf(logits: Value, safe: SafeLabels, { gamma = 2, classWeights }: FocalOptions): Value {
  if (!(gamma >= 0 && Number.isFinite(gamma))) {
    throw new GraphError(`The gamma of the focal loss is ${gamma}; it is a number, 0 or more.`);
  }
  const entropy = crossEntropyOf(logits, { labels: safe.labels });
  const unsure = pow(maximum(sub(1, exp(neg(entropy))), smallest), gamma);
  const focal = mul(unsure, entropy);
  const weight = sampleWeights(logits, { labels: safe.labels }, classWeights);
  return maskedLosses(weight === undefined ? focal : mul(focal, weight), safe);
}
