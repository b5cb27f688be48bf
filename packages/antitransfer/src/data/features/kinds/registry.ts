import type { FeatureKindName } from '../settings.js';
import type { FeatureKind } from './kind.js';
import { logMel } from './log-mel.js';
import { magnitude } from './magnitude.js';
import { mfcc } from './mfcc.js';

/** The front ends by name. */
export const featureKinds: Readonly<Record<FeatureKindName, FeatureKind>> = {
  magnitude,
  'log-mel': logMel,
  mfcc,
};
