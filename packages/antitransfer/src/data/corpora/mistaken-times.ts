import type { Clip } from '../clip.js';

/** What tables of others call when a clip begins and ends; `start` and `duration` themselves are no labels. */
const timeName =
  /^(start|begin|onset|end|stop|offset|dur|duration|length)([ _-]?(time|s|secs?|seconds|ms|samples?|frames?))?$/i;

/**
 * Label columns of a table that are likely meant to say where in its file a clip lies: they are called so, and hold
 * nothing but numbers.
 */
export function mistakenTimes(clips: readonly Clip[]): string[] {
  const columns = new Set(clips.flatMap(({ labels }) => Object.keys(labels)));
  return [...columns].filter(
    (column) =>
      timeName.test(column) && clips.every(({ labels }) => /^(\d+([.,:]\d+)*)?$/.test(labels[column] ?? '')),
  );
}
