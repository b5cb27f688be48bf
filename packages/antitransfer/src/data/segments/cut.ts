import type { Clip } from '../clip.js';
import { isHeard, readWindows } from './read-windows.js';
import type { Recording } from './recording.js';
import type { WindowSettings } from './settings.js';
import { requireFewWindows, type Window, type WindowLengths, windowsOf } from './windows.js';

/** Windows read at once. */
const TOGETHER = 64;

/** How a clip is cut into windows: with their lengths it says where each is. */
export interface Cut {
  /** Samples of the clip at the features' rate. */
  readonly length: number;
  /** Which of its windows, counted from 0, have too little to hear. */
  readonly leftOut: readonly number[];
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

/** How clips are to be cut. */
export interface CutRules {
  readonly lengths: WindowLengths;
  readonly settings: Pick<WindowSettings, 'minimumPeak'>;
  /** Of the features, in Hz. */
  readonly sampleRate: number;
}

/**
 * Listens to a clip, without its noise.
 *
 * @throws UserError when it has too many windows
 * @throws the signal's reason when it aborts
 */
export async function cutOf(
  clip: Clip,
  recording: Pick<Recording, 'length' | 'read'>,
  { lengths, settings, sampleRate }: CutRules,
  signal?: AbortSignal,
): Promise<Cut> {
  requireFewWindows(clip, recording.length, lengths, sampleRate);
  const leftOut: number[] = [];
  let index = 0;
  for await (const window of readWindows(recording, lengths, TOGETHER)) {
    signal?.throwIfAborted();
    if (!isHeard(window, lengths, settings)) leftOut.push(index);
    index++;
  }
  return { length: recording.length, leftOut };
}

/**
 * What a clip becomes: its windows, itself when it is no longer than one, nothing when none is heard. Labels and noise are
 * kept: each window is mixed with the same noise at the same ratio.
 *
 * @param cut absent of a clip that cannot be read: it stays as it is, for who computes its features to name
 */
export function windowsOfClip(clip: Clip, cut: Cut | undefined, { lengths, sampleRate }: CutRules): Clip[] {
  if (cut === undefined) return [clip];
  const used = usedWindows(cut, lengths);
  if (cut.length <= lengths.segment) return used.length === 0 ? [] : [clip];
  return used.map(({ first, end }) => {
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

function usedWindows({ length, leftOut }: Cut, lengths: WindowLengths): Window[] {
  const without = new Set(leftOut);
  return [...windowsOf(length, lengths)].filter((_, index) => !without.has(index));
}

/** Sums of quotients are off by some 1e-16; a nanosecond is less than any sample. */
function seconds(value: number): number {
  return Number(value.toFixed(9));
}

/** @param all of each sound; undefined of what cannot be read */
export function accountOfCuts(all: readonly (Cut | undefined)[], lengths: WindowLengths): CutAccount {
  const account = { clips: all.length, longer: 0, windows: 0, leftOut: 0, unheard: 0 };
  for (const cut of all) {
    const used = cut === undefined ? 1 : usedWindows(cut, lengths).length;
    account.windows += used;
    if (cut === undefined) continue;
    account.longer += Number(cut.length > lengths.segment);
    account.leftOut += cut.leftOut.length;
    account.unheard += Number(used === 0);
  }
  return account;
}

/** What a clip sounds like without noise, by where it is: clips of one sound are cut alike. */
export function speechOf({ path, start = 0, duration = -1 }: Clip): string {
  return JSON.stringify([path, start, duration]);
}
