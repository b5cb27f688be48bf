import { UserError } from '../../errors.js';
import { segmentSamples } from '../features/segment-settings.js';
import type { FeatureSettings } from '../features/settings.js';
import type { WindowSettings } from './settings.js';

/** Lengths in samples at the features' rate. */
export interface WindowLengths {
  /** Of a window. */
  readonly segment: number;
  /** From one window's beginning to the next one's. */
  readonly hop: number;
  /** Of sound in a window, below which it is left out. */
  readonly minimum: number;
}

/** A window, in samples from the clip's beginning. */
export interface Window {
  readonly first: number;
  /** One behind the last sample; a last window may be shorter than a segment. */
  readonly end: number;
}

/** Windows of one recording, at most: a day of it in windows that begin every tenth of a second. */
const MOST_WINDOWS = 1_000_000;

/**
 * The shortest hop from window to window, in seconds: from one frame of the features to the next. Two windows that are
 * nearer are the same to a network.
 */
export function leastHop(features: Pick<FeatureSettings, 'hop' | 'sampleRate' | 'seconds'>): number {
  // Half a segment, which is taken where nobody chose, is never too short.
  return Math.min(features.hop, segmentSamples(features) / 2) / features.sampleRate;
}

/**
 * The lengths of windows in samples.
 *
 * @throws UserError when the hop is longer than a segment, so that no window would hear what is between two; or shorter
 *   than {@link leastHop}
 */
export function windowLengths(
  features: FeatureSettings,
  { hop, minimum }: Pick<WindowSettings, 'hop' | 'minimum'>,
): WindowLengths {
  const { seconds, sampleRate } = features;
  const segment = segmentSamples(features);
  const hopSamples = Math.max(1, Math.round((hop ?? seconds / 2) * sampleRate));
  if (hopSamples > segment) {
    throw new UserError(
      `A hop of ${hop} s is longer than a segment, ${seconds} s: what lies between two windows would be in none. ` +
        `Choose a hop of ${seconds} s or less.`,
    );
  }
  if (hop !== null && hop < leastHop(features)) {
    throw new UserError(
      `A hop of ${hop} s is less than the ${leastHop(features)} s from one frame of the features to the next: windows ` +
        `would be the same. Choose a hop of ${leastHop(features)} s or more.`,
    );
  }
  // Of a segment's length at most: else no window would ever be long enough.
  return { segment, hop: hopSamples, minimum: Math.min(segment, Math.round(minimum * sampleRate)) };
}

/**
 * Makes sure that a clip is not cut into more windows than memory can keep.
 *
 * @param total samples of the clip
 * @throws UserError when there are more than a million
 */
export function requireFewWindows(
  { id }: { readonly id: string },
  total: number,
  { segment, hop }: WindowLengths,
  sampleRate: number,
): void {
  const count = Math.ceil(Math.max(0, total - segment) / hop) + 1;
  if (count <= MOST_WINDOWS) return;
  throw new UserError(
    `A hop of ${hop / sampleRate} s makes ${count} windows of the ${Math.round(total / sampleRate)} s of "${id}"; they may ` +
      `be ${MOST_WINDOWS} at most. Choose a larger hop.`,
  );
}

/**
 * The windows of a clip: a segment long, a hop apart, and behind them the rest that none of them holds, as a shorter
 * one. A clip of a segment or less is one window.
 *
 * ```ts
 * [...windowsOf(10, { segment: 4, hop: 4, minimum: 1 })];   // 0 to 4, 4 to 8, 8 to 10
 * ```
 *
 * @param total samples of the clip
 */
export function* windowsOf(total: number, { segment, hop }: WindowLengths): Generator<Window> {
  let first = 0;
  for (; first + segment < total; first += hop) yield { first, end: first + segment };
  yield { first, end: total };
}
