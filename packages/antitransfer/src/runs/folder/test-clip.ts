import { basename, extname } from 'node:path';
import type { Clip } from '../../data/clip.js';

/** A clip that a comparison's networks were tested with. */
export interface TestClip {
  /** What predictions call it. */
  readonly id: string;
  /** Of every column that the corpus has, by the column's name. */
  readonly labels: Readonly<Record<string, string>>;
  /** Where it begins in its recording, in seconds. */
  readonly start: number;
  /** In seconds; absent where it goes on to its recording's end. */
  readonly duration?: number;
  /** What is mixed into it. */
  readonly noise?: {
    /** The recording's name without its extension. */
    readonly name: string;
    /** Where in it the noise begins, in seconds. */
    readonly start: number;
    /** Signal-to-noise ratio in dB. */
    readonly snr: number;
  };
  /** What networks were given of it, in order: itself, or the windows that it was cut into. */
  readonly windows: readonly TestWindow[];
}

/** A part of a clip that networks were given at once. */
export interface TestWindow {
  /** What {@link ComparisonClips} knows its sound and features by. */
  readonly id: string;
  /** Where it begins in the recording, in seconds. */
  readonly start: number;
  /** In seconds; absent where it goes on to the recording's end. */
  readonly duration?: number;
}

/** What there is to know of a clip without reading it; `windows` are the rows that are of it. */
export function describeTestClip(clip: Clip, windows: readonly Clip[]): TestClip {
  const { id, labels, noise } = clip;
  return {
    id,
    labels,
    ...stretchOf(clip),
    ...(noise && {
      noise: { name: basename(noise.path, extname(noise.path)), start: noise.start, snr: noise.snr },
    }),
    windows: windows.map((window) => ({ id: window.id, ...stretchOf(window) })),
  };
}

function stretchOf({ start = 0, duration }: Clip) {
  return { start, ...(duration !== undefined && { duration }) };
}
