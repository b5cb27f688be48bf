import type { Studio } from '../studio.js';
import { askedPart } from '../views/asked-part.js';
import { clipsView } from './clips.js';

/** Every test clip, window by window, as the first seed and fold gave it to networks that were tested on it. */
export async function exportedParts(
  studio: Studio,
  run: string,
): Promise<Readonly<Record<string, string>>[]> {
  const comparison = await studio.comparison(run);
  if ((await comparison.results()) === undefined) return [];
  const view = await clipsView(comparison);
  return view.clips.flatMap((clip) =>
    (clip.windows ?? [clip.id]).map((_, window) => askedPart(view, clip, { window: String(window) })),
  );
}
