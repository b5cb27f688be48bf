import { answer } from './answer.js';
import { clipFeatures } from './clip-features.js';
import { clipSound } from './clip-sound.js';
import { clips } from './clips.js';
import { comparison } from './comparison.js';
import { curves } from './curves.js';
import { difference } from './difference.js';
import { groups } from './groups.js';
import { layers } from './layers.js';
import { map } from './map.js';
import { models } from './models.js';
import type { Resource } from './resource.js';
import { runList } from './run-list.js';

/** What pages may ask for. Each is checked for foreign callers, and exported, by being here. */
export const resources: readonly Resource[] = [
  runList,
  comparison,
  answer,
  curves,
  difference,
  layers,
  map,
  models,
  clips,
  clipSound,
  clipFeatures,
  groups,
];
