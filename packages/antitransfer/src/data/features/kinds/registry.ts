import { registryOf } from '../../../registry.js';
import type { FrontEndDefinition } from './definition.js';
import { logMel } from './log-mel.js';
import { magnitude } from './magnitude.js';
import { mfcc } from './mfcc.js';
import { samples } from './samples.js';

/** The front ends by what they compute. */
export const frontEnds = registryOf<FrontEndDefinition>('front end')(magnitude, logMel, mfcc, samples);

export type FrontEndName = (typeof frontEnds.names)[number];
