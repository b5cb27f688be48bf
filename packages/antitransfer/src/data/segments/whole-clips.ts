import { groupBy } from '../../group-by.js';
import { itemAt } from '../../lookup.js';
import type { Clip } from '../clip.js';

/** The clips that windows are of, each once, in their order; a clip that is no window is its own. */
export function wholeClips(clips: readonly Clip[]): Clip[] {
  return [...rowsByClip(clips).keys()];
}

/** Which rows are of each clip: those of its windows. */
export function rowsByClip(clips: readonly Clip[]): Map<Clip, number[]> {
  return groupBy(clips.keys(), (row) => {
    const clip = itemAt(clips, row);
    return clip.whole ?? clip;
  });
}
