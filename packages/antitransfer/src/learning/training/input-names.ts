import { type ClipSource, clipsKey } from '../objectives/objective.js';

/** Names of inputs of the programs. */
export const inputNames = {
  features: (clips: ClipSource) => (clips === 'batch' ? 'features' : `features.${clipsKey(clips)}`),
  labels: 'labels',
  /** Of the clips that are mixed into the target's, and the shares of the latter. */
  otherLabels: 'labels.other',
  shares: 'labels.shares',
  classes: (clips: ClipSource, task: string) => `classes.${clipsKey(clips)}.${task}`,
  frozen: (answer: string) => `frozen.${answer}`,
  feed: (objective: string, key: string) => `feed.${objective}.${key}`,
} as const;
