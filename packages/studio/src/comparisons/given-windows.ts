import type { TestClip } from 'antitransfer/runs';

/**
 * What networks were given of a clip, by id; `undefined` where that is the clip itself. One that was cut may have a single window
 * with something to hear in it, whose id is not the clip's.
 */
export function givenWindows({ id, windows }: TestClip): readonly string[] | undefined {
  const ids = windows.map((window) => window.id);
  return ids.length === 1 && ids[0] === id ? undefined : ids;
}
