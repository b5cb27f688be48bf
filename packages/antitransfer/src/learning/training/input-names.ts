import { type Clips, clipsKey } from '../objectives/objective.js';

/** Names of inputs of the programs. */
export const inputNames = {
  features: (clips: Clips) => (clips === 'batch' ? 'features' : `features.${clipsKey(clips)}`),
  labels: 'labels',
  classes: (clips: Clips, task: string) => `classes.${clipsKey(clips)}.${task}`,
  frozen: (answer: string) => `frozen.${answer}`,
  feed: (objective: string, key: string) => `feed.${objective}.${key}`,
} as const;
