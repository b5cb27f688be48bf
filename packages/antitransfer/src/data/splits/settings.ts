import { z } from 'zod';
import { confoundedNoiseSettings, confoundedSettings } from './confounded-settings.js';
import { fsddOfficialSettings } from './fsdd-official.js';
import { groupSettings } from './group.js';
import { kFoldSettings } from './k-fold.js';
import { listsSettings } from './lists.js';
import { randomSettings } from './random.js';
import { stratifiedSettings } from './stratified.js';

/** The settings of every split that has a name. One test runs over all of them. */
export const splitSettings = z
  .discriminatedUnion('kind', [
    randomSettings,
    stratifiedSettings,
    groupSettings,
    kFoldSettings,
    listsSettings,
    fsddOfficialSettings,
    confoundedSettings,
    confoundedNoiseSettings,
  ])
  .describe(
    'How the clips are divided into training, validation and test; clips of one file stay on one side.',
  );

export type SplitSettings = z.infer<typeof splitSettings>;
