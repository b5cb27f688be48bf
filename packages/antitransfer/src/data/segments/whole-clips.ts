import type { Clip } from '../clip.js';

/** The clips that windows are of, each once, in their order; a clip that is no window is its own. */
export function wholeClips(clips: readonly Clip[]): Clip[] {
  return [...rowsByClip(clips).keys()];
}

/** Which rows are of each clip: those of its windows. */
export function rowsByClip(clips: readonly Clip[]): Map<Clip, number[]> {
  const rows = new Map<Clip, number[]>();
  for (const [row, clip] of clips.entries()) {
    const whole = clip.whole ?? clip;
    const known = rows.get(whole);
    if (known === undefined) rows.set(whole, [row]);
    else known.push(row);
  }
  return rows;
}
