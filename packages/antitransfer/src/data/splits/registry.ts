import type { z } from 'zod';
import { registryOf, unionOf } from '../../registry.js';
import { confounded } from './confounded.js';
import { confoundedNoise } from './confounded-noise.js';
import type { SplitDefinition } from './definition.js';
import { fsddOfficial } from './fsdd-official.js';
import { group } from './group.js';
import { kFold } from './k-fold.js';
import { lists } from './lists.js';
import { random } from './random.js';
import { stratified } from './stratified.js';

/** The ways to divide clips into training, validation and test. */
export const splits = registryOf<SplitDefinition>('split')(
  random,
  stratified,
  group,
  kFold,
  lists,
  fsddOfficial,
  confounded,
  confoundedNoise,
);

/** The settings of any split, told apart by `kind`. */
export const splitSettings = unionOf(splits).describe(
  'How the clips are divided into training, validation and test; clips of one file and of its copies stay on one side.',
);

/** `split` of a configuration: its kind, with the settings of that kind. */
export type SplitSettings = z.infer<typeof splitSettings>;
