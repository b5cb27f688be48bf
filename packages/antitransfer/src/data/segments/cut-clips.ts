import { codeUnitOrder } from '../../numbers/order.js';
import { AudioError } from '../audio/audio-error.js';
import { ClipReader } from '../audio/read-clip.js';
import type { Clip } from '../clip.js';
import type { FeatureSettings } from '../features/settings.js';
import type { Progress } from '../progress.js';
import { accountOfCuts, type Cut, type CutAccount, cutOf, speechOf, windowsOfClip } from './cut.js';
import { RecordingOpener } from './recording.js';
import type { WindowSettings } from './settings.js';
import { windowLengths } from './windows.js';

export type { CutAccount } from './cut.js';

export interface CutOptions {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** Clips that are cut into windows. */
export interface CutClips {
  /** What became of a clip that was given: its windows, itself when it is no longer than one, nothing when none is heard. */
  readonly windows: ReadonlyMap<Clip, readonly Clip[]>;
  readonly account: CutAccount;
}

/**
 * Cuts clips that are longer than a segment into windows, and leaves out those in which there is too little to hear.
 * Labels and noise are kept: each window is mixed with the same noise at the same ratio. A clip that cannot be read stays as
 * it is, for who computes its features to name. Who wants the features as well has both in one pass over the recordings:
 * `FeatureStore.addWindows`.
 *
 * ```ts
 * const { windows, account } = await cutClips(corpus.clips, featurePresets.paper, windowSettings.parse({ hop: 0.5 }));
 * const train = split.train.flatMap((clip) => windows.get(clip) ?? []);
 * ```
 *
 * @throws UserError when the hop is longer than a segment, or so short that a clip has too many windows
 * @throws the signal's reason when it aborts
 */
export async function cutClips(
  clips: readonly Clip[],
  features: FeatureSettings,
  settings: WindowSettings,
  { onProgress, signal }: CutOptions = {},
): Promise<CutClips> {
  const lengths = windowLengths(features, settings);
  const rules = { lengths, settings, sampleRate: features.sampleRate };
  // Whole, as for features: a limit that these do not have would leave a long clip uncut, of which they hear the beginning.
  const opener = new RecordingOpener(new ClipReader(), features, Number.POSITIVE_INFINITY);
  const measure = async (clip: Clip): Promise<Cut> => {
    const recording = await opener.open(clip);
    try {
      const cut = await cutOf(clip, recording, rules, signal);
      recording.finish();
      return cut;
    } finally {
      await recording.close();
    }
  };
  const sounds = [...new Map(clips.map((clip) => [speechOf(clip), clip])).entries()];
  const cuts = new Map<string, Cut | undefined>();
  // By file: segments of one are read while it is in memory.
  for (const [speech, { noise: _, ...clip }] of sounds.sort(([a], [b]) => codeUnitOrder(a, b))) {
    signal?.throwIfAborted();
    onProgress?.({ done: cuts.size, total: sounds.length });
    cuts.set(speech, await unlessUnusable(measure(clip)));
  }
  onProgress?.({ done: cuts.size, total: sounds.length });
  return {
    windows: new Map(clips.map((clip) => [clip, windowsOfClip(clip, cuts.get(speechOf(clip)), rules)])),
    account: accountOfCuts([...cuts.values()], lengths),
  };
}

/** What is read, or undefined where the recording cannot be used. */
export function unlessUnusable<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (error instanceof AudioError) return undefined;
    throw error;
  });
}

/** What became of the clips, one sentence without its end. */
export function describeCut(
  { clips, longer, windows, leftOut, unheard }: CutAccount,
  { seconds: length }: FeatureSettings,
  { hop, minimum, minimumPeak }: WindowSettings,
): string {
  const became = `${clips} clips (${longer} longer than ${length} s) became ${windows} windows, ${hop ?? length / 2} s apart`;
  if (leftOut === 0) return became;
  const whole = unheard === 0 ? '' : ` (clips of which nothing is left: ${unheard})`;
  return `${became}; left out with less than ${minimum} s of sound or no sample above ${minimumPeak}: ${leftOut}${whole}`;
}
