import { itemAt } from '../../lookup.js';
import { AudioError } from '../audio/audio-error.js';
import { ClipReader } from '../audio/read-clip.js';
import type { Clip } from '../clip.js';
import type { FrontEnd } from './front-end.js';
import { FrontEndSession } from './front-end-session.js';
import { peakOf, placeSamples } from './segment.js';
import { type FeatureSettings, mostValues } from './settings.js';

/** Clips that are read at the same time and computed at once; more do not fit the processor's cache. */
const batchClips = 16;

/** Clips that are computed at once: fewer of long ones, so that all of them hold no more than one of the longest may. */
export function clipsAtOnce({
  samples,
  frames,
  bins,
}: Pick<FrontEnd, 'samples' | 'frames' | 'bins'>): number {
  const fit = Math.floor(mostValues / Math.max(samples, frames * bins));
  return Math.max(1, Math.min(batchClips, fit));
}

/** How features are computed. */
export interface ComputeOptions {
  /** Threads inside one operator; 1 when absent, because the work is too small to gain from more. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /**
   * Reads a clip's samples at a rate in Hz; decodes its file when absent. Stored features are named after the files, so
   * samples must depend on nothing else.
   */
  readonly read?: (clip: Clip, sampleRate: number) => Promise<Float32Array>;
}

/** A second front end for the same segments of some clips, so that their recordings are read once for both. */
export interface SecondFrontEnd {
  readonly frontEnd: FrontEnd;
  /** Indices of the clips. */
  readonly of: ReadonlySet<number>;
}

/** What became of the clips of one batch. */
export interface ComputedBatch {
  /** Features by the clip's index, frames x bins each. */
  readonly rows: ReadonlyMap<number, Float32Array>;
  /** The same by the second front end, of those clips that it was asked for. */
  readonly alongside: ReadonlyMap<number, Float32Array>;
  /** How long those clips are, by the clip's index: samples at the settings' rate, before they were cut or padded. */
  readonly lengths: ReadonlyMap<number, number>;
  /** The loudest sample of what was heard of those clips, by the clip's index: of a full scale of 1. */
  readonly peaks: ReadonlyMap<number, number>;
  /** Why the others cannot be used, by the clip's index. */
  readonly problems: ReadonlyMap<number, AudioError>;
}

/**
 * Computes the features of clips, some at a time: no more than a batch of samples is held.
 *
 * @param indices of the clips to compute, in the order in which they are read
 * @throws the signal's reason when it aborts
 */
export async function* computeFeatures(
  clips: readonly Clip[],
  indices: readonly number[],
  frontEnd: FrontEnd,
  settings: FeatureSettings,
  { threads, signal, read = fileReader(settings) }: ComputeOptions = {},
  alongside?: SecondFrontEnd,
): AsyncGenerator<ComputedBatch> {
  if (indices.length === 0) return;
  const session = await FrontEndSession.create(frontEnd, threads);
  const second =
    alongside && alongside.of.size > 0
      ? await FrontEndSession.create(alongside.frontEnd, threads)
      : undefined;
  try {
    const atOnce = clipsAtOnce(frontEnd);
    for (let first = 0; first < indices.length; first += atOnce) {
      signal?.throwIfAborted();
      const batch = indices.slice(first, first + atOnce);
      const lengths = new Map<number, number>();
      const peaks = new Map<number, number>();
      const { segments, problems } = await readAll(batch, async (index) => {
        const samples = await read(itemAt(clips, index), settings.sampleRate);
        lengths.set(index, samples.length);
        const segment = new Float32Array(frontEnd.samples);
        placeSamples(samples, segment, settings.placement);
        peaks.set(index, peakOf(segment));
        return segment;
      });
      const also = new Map([...segments].filter(([index]) => alongside?.of.has(index)));
      yield {
        rows: await computeRows(session, segments),
        alongside: second === undefined ? new Map() : await computeRows(second, also),
        lengths,
        peaks,
        problems,
      };
    }
  } finally {
    await session.close();
    await second?.close();
  }
}

function fileReader({ channel }: FeatureSettings): NonNullable<ComputeOptions['read']> {
  const reader = new ClipReader();
  return (clip, sampleRate) => reader.read(clip, sampleRate, { channel });
}

/**
 * The segments that could be read, by index, and why the rest could not; in the order of the indices. Of a long recording
 * nothing else is kept.
 */
async function readAll(
  indices: readonly number[],
  read: (index: number) => Promise<Float32Array>,
): Promise<{ segments: Map<number, Float32Array>; problems: Map<number, AudioError> }> {
  const readings = await Promise.all(
    indices.map(async (index) => {
      const reading = await read(index).catch((error: unknown) => {
        if (error instanceof AudioError) return error;
        throw error;
      });
      return { index, reading };
    }),
  );
  const segments = new Map<number, Float32Array>();
  const problems = new Map<number, AudioError>();
  for (const { index, reading } of readings) {
    if (reading instanceof AudioError) problems.set(index, reading);
    else segments.set(index, reading);
  }
  return { segments, problems };
}

/** Computes the rows of a batch. */
async function computeRows(
  session: FrontEndSession,
  segments: ReadonlyMap<number, Float32Array>,
): Promise<Map<number, Float32Array>> {
  if (segments.size === 0) return new Map();
  const { samples, frames, bins } = session.frontEnd;
  const batch = new Float32Array(segments.size * samples);
  for (const [i, segment] of [...segments.values()].entries()) batch.set(segment, i * samples);
  const features = await session.run(batch);
  const size = frames * bins;
  return new Map(
    [...segments.keys()].map((index, i) => [index, features.subarray(i * size, (i + 1) * size)]),
  );
}
