import { codeUnitOrder } from '../../numbers/order.js';
import { AudioError } from '../audio/audio-error.js';
import { ClipReader } from '../audio/read-clip.js';
import type { Clip } from '../clip.js';
import type { FeatureSettings } from '../features/settings.js';
import type { Progress } from '../progress.js';
import { isHeard, readWindows } from './read-windows.js';
import { RecordingOpener } from './recording.js';
import type { WindowSettings } from './settings.js';
import { requireFewWindows, windowLengths } from './windows.js';

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

/** What became of clips; those of one sound count once. */
export interface CutAccount {
  readonly clips: number;
  /** How many of them are longer than a segment. */
  readonly longer: number;
  /** Windows that are used, clips of a segment or less among them. */
  readonly windows: number;
  /** Windows in which there is too little to hear. */
  readonly leftOut: number;
  /** Clips of which nothing is left. */
  readonly unheard: number;
}

/** Windows read at once. */
const TOGETHER = 64;

/** Where windows are in a clip, in samples at the features' rate. */
interface Spans {
  readonly longer: boolean;
  readonly used: readonly { readonly first: number; readonly end: number }[];
  readonly leftOut: number;
}

/**
 * Cuts clips that are longer than a segment into windows, and leaves out those in which there is too little to hear.
 * Labels and noise are kept: each window is mixed with the same noise at the same ratio. A clip that cannot be read stays as
 * it is, for who computes its features to name.
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
  // Whole, as for features: a limit that these do not have would leave a long clip uncut, of which they hear the beginning.
  const opener = new RecordingOpener(new ClipReader(), features, Number.POSITIVE_INFINITY);
  const measure = async (clip: Clip): Promise<Spans | undefined> => {
    const recording = await opener.open(clip);
    try {
      requireFewWindows(clip, recording.length, lengths, features.sampleRate);
      const used: { first: number; end: number }[] = [];
      let leftOut = 0;
      for await (const window of readWindows(recording, lengths, TOGETHER)) {
        signal?.throwIfAborted();
        if (isHeard(window, lengths, settings)) used.push({ first: window.first, end: window.end });
        else leftOut++;
      }
      recording.finish();
      return { longer: recording.length > lengths.segment, used, leftOut };
    } finally {
      await recording.close();
    }
  };
  const sounds = [...new Map(clips.map((clip) => [speechOf(clip), clip])).entries()];
  const spans = new Map<string, Spans | undefined>();
  // By file: segments of one are read while it is in memory.
  for (const [speech, { noise: _, ...clip }] of sounds.sort(([a], [b]) => codeUnitOrder(a, b))) {
    signal?.throwIfAborted();
    onProgress?.({ done: spans.size, total: sounds.length });
    spans.set(speech, await unlessUnusable(measure(clip)));
  }
  onProgress?.({ done: spans.size, total: sounds.length });
  return {
    windows: new Map(
      clips.map((clip) => [clip, windowsOfClip(clip, spans.get(speechOf(clip)), features.sampleRate)]),
    ),
    account: accountOf([...spans.values()]),
  };
}

function speechOf({ path, start = 0, duration = -1 }: Clip): string {
  return JSON.stringify([path, start, duration]);
}

function unlessUnusable<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (error instanceof AudioError) return undefined;
    throw error;
  });
}

function windowsOfClip(clip: Clip, spans: Spans | undefined, sampleRate: number): Clip[] {
  if (spans === undefined) return [clip];
  if (!spans.longer) return spans.used.length === 0 ? [] : [clip];
  return spans.used.map(({ first, end }) => {
    const start = seconds((clip.start ?? 0) + first / sampleRate);
    return {
      ...clip,
      id: `${clip.id}#${start}`,
      start,
      duration: seconds((end - first) / sampleRate),
      whole: clip,
    };
  });
}

/** Sums of quotients are off by some 1e-16; a nanosecond is less than any sample. */
function seconds(value: number): number {
  return Number(value.toFixed(9));
}

function accountOf(all: readonly (Spans | undefined)[]): CutAccount {
  const spans = all.filter((found) => found !== undefined);
  const count = (of: (found: Spans) => number) => spans.reduce((total, found) => total + of(found), 0);
  return {
    clips: all.length,
    longer: count(({ longer }) => Number(longer)),
    windows: all.length - spans.length + count(({ used }) => used.length),
    leftOut: count(({ leftOut }) => leftOut),
    unheard: count(({ used }) => Number(used.length === 0)),
  };
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
