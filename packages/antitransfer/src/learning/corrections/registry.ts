import type { z } from 'zod';
import { registryOf, unionOf } from '../../registry.js';
import { deepFeatureReweighting } from './deep-feature-reweighting.js';
import type { Corrected, CorrectionDefinition, CorrectionLooks, CorrectionParts } from './definition.js';
import { inlp } from './inlp.js';
import { leace } from './leace.js';

/** What may be done to a trained network. */
export const corrections = registryOf<CorrectionDefinition>('correction')(
  deepFeatureReweighting,
  leace,
  inlp,
);

/** The settings of any correction, told apart by `kind`. */
export const correctionSettings = unionOf(corrections);

export type CorrectionSettings = z.infer<typeof correctionSettings>;

/** Which clips it looks at. */
export function looksOfCorrection(settings: CorrectionSettings): CorrectionLooks {
  return corrections.find(settings.kind).looks(settings);
}

/** Whether a corrected network says something else at a tap than the one that was trained. */
export function changesMaps({ kind }: Pick<CorrectionSettings, 'kind'>): boolean {
  return corrections.find(kind).changesMaps;
}

/**
 * Corrects a trained network.
 *
 * @throws UserError when it does not fit the network or the clips.
 */
export function correct(settings: CorrectionSettings, parts: CorrectionParts): Promise<Corrected> {
  return corrections.find(settings.kind).correct(settings, parts);
}
