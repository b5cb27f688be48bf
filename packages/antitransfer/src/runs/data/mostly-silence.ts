import { AudioError } from '../../data/audio/audio-error.js';
import { ClipReader } from '../../data/audio/read-clip.js';
import type { Experiment } from '../config/schema.js';
import { drawnClips } from './cut-drawn.js';
import type { DrawnSplits } from './draw-splits.js';

/** How many times as long as every clip a segment is that is nearly all silence. */
const MUCH_LONGER = 10;

/**
 * Says, before features are computed, that a segment is so much longer than every clip that it is nearly all silence: what is
 * computed and trained on then takes as many times as long. Clips are read only until one is long enough, which as a rule is
 * the first.
 *
 * @throws the signal's reason when it aborts
 */
export async function mostlySilence(
  { features }: Pick<Experiment, 'features'>,
  drawn: DrawnSplits,
  signal?: AbortSignal,
): Promise<string[]> {
  const { seconds, sampleRate } = features;
  const reader = new ClipReader();
  let longest = 0;
  for (const { noise: _, ...clip } of drawnClips(drawn)) {
    signal?.throwIfAborted();
    try {
      const { length } = await reader.read(clip, sampleRate, features);
      longest = Math.max(longest, length / sampleRate);
    } catch (error) {
      // Named by who computes its features.
      if (!(error instanceof AudioError)) throw error;
    }
    if (MUCH_LONGER * longest >= seconds) return [];
  }
  if (longest === 0) return [];
  return [
    `features.seconds is ${seconds} s; the longest clip has ${Number(longest.toPrecision(2))} s: nearly all that is computed ` +
      'and trained on is silence. Take fewer seconds.',
  ];
}
