import { UserError } from '../../errors.js';
import type { Clip } from '../clip.js';
import type { FeatureSettings } from './settings.js';

/**
 * Puts samples into a segment of fixed length.
 *
 * @param samples any number of them
 * @param segment where to write; what the samples do not reach is set to zero
 */
export function placeSamples(
  samples: Float32Array,
  segment: Float32Array,
  placement: FeatureSettings['placement'],
): void {
  const surplus = samples.length - segment.length;
  const shift = placement === 'centre' ? Math.trunc(surplus / 2) : 0;
  const first = Math.max(0, shift);
  segment.fill(0);
  segment.set(samples.subarray(first, first + segment.length), Math.max(0, -shift));
}

/**
 * Cuts long clips into segments of equal length; shorter clips stay as they are. What is left at the end becomes a
 * shorter segment of its own when it is at least half as long as the others. Labels and noise are kept: each segment is
 * mixed with the same noise at the same ratio.
 *
 * ```ts
 * const { durations } = await checkFiles(corpus.clips);
 * segmentClips(corpus.clips, durations, 4, 4);   // ids 'talk.flac#0', 'talk.flac#4', ...
 * ```
 *
 * @param durations seconds of each file, by its path
 * @param seconds length of a segment
 * @param hopSeconds from one segment's beginning to the next one's
 * @throws UserError when a file's duration is not known, or a length is not positive
 */
export function segmentClips(
  clips: readonly Clip[],
  durations: ReadonlyMap<string, number>,
  seconds: number,
  hopSeconds: number,
): Clip[] {
  for (const [name, length] of Object.entries({ seconds, hopSeconds })) {
    if (!(length > 0 && Number.isFinite(length))) {
      throw new UserError(`${name} is a positive number of seconds; got ${length}.`);
    }
  }
  return clips.flatMap((clip) => {
    const { start = 0 } = clip;
    const total = clip.duration ?? fileDuration(clip, durations) - start;
    if (total <= seconds + ROUNDING) return [clip];
    return segments(total, seconds, hopSeconds).map(([offset, duration]) => {
      const begin = roundSeconds(start + offset);
      return {
        ...clip,
        id: `${withoutStart(clip)}#${begin}`,
        start: begin,
        duration: roundSeconds(duration),
      };
    });
  });
}

/** Durations are quotients of whole numbers; nobody means a microsecond. */
const ROUNDING = 1e-6;

function roundSeconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

function fileDuration({ id, path }: Clip, durations: ReadonlyMap<string, number>): number {
  const duration = durations.get(path);
  if (duration !== undefined) return duration;
  throw new UserError(
    `The duration of "${path}" is not known, so clip "${id}" cannot be cut. Check the files first.`,
  );
}

/** Offset and duration of each segment. */
function segments(total: number, seconds: number, hopSeconds: number): [number, number][] {
  const full = Math.floor((total - seconds + ROUNDING) / hopSeconds) + 1;
  const found = Array.from({ length: full }, (_, i): [number, number] => [i * hopSeconds, seconds]);
  const next = full * hopSeconds;
  const covered = (full - 1) * hopSeconds + seconds;
  if (total - Math.max(next, covered) >= seconds / 2) found.push([next, total - next]);
  return found;
}

/** The id of a segment of a segment counts from the file's start. */
function withoutStart({ id, start }: Clip): string {
  const suffix = `#${start}`;
  return id.endsWith(suffix) ? id.slice(0, -suffix.length) : id;
}
