import { itemAt } from '../../lookup.js';
import { AudioError } from '../audio/audio-error.js';
import { ClipReader } from '../audio/read-clip.js';
import type { Clip } from '../clip.js';
import type { FrontEnd } from './front-end.js';
import { FrontEndSession } from './front-end-session.js';
import { placeSamples } from './segment.js';
import type { FeatureSettings } from './settings.js';

/** Clips that are read at the same time and computed at once; more do not fit the processor's cache. */
const batchClips = 16;

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

/** What became of the clips of one batch. */
export interface ComputedBatch {
  /** Features by the clip's index, frames x bins each. */
  readonly rows: ReadonlyMap<number, Float32Array>;
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
  { threads, signal, read = fileReader() }: ComputeOptions = {},
): AsyncGenerator<ComputedBatch> {
  if (indices.length === 0) return;
  const session = await FrontEndSession.create(frontEnd, threads);
  try {
    for (let first = 0; first < indices.length; first += batchClips) {
      signal?.throwIfAborted();
      const batch = indices.slice(first, first + batchClips);
      const { samples, problems } = await readAll(batch, (index) =>
        read(itemAt(clips, index), settings.sampleRate),
      );
      yield { rows: await computeRows(session, samples, settings), problems };
    }
  } finally {
    await session.close();
  }
}

function fileReader(): NonNullable<ComputeOptions['read']> {
  const reader = new ClipReader();
  return (clip, sampleRate) => reader.read(clip, sampleRate);
}

/** What could be read at each index, and why the rest could not; in the order of the indices. */
async function readAll(
  indices: readonly number[],
  read: (index: number) => Promise<Float32Array>,
): Promise<{ samples: Map<number, Float32Array>; problems: Map<number, AudioError> }> {
  const readings = await Promise.all(
    indices.map(async (index) => {
      const reading = await read(index).catch((error: unknown) => {
        if (error instanceof AudioError) return error;
        throw error;
      });
      return { index, reading };
    }),
  );
  const samples = new Map<number, Float32Array>();
  const problems = new Map<number, AudioError>();
  for (const { index, reading } of readings) {
    if (reading instanceof AudioError) problems.set(index, reading);
    else samples.set(index, reading);
  }
  return { samples, problems };
}

/** Computes the rows of a batch; the samples are cut or padded to a segment each. */
async function computeRows(
  session: FrontEndSession,
  samples: ReadonlyMap<number, Float32Array>,
  { placement }: FeatureSettings,
): Promise<Map<number, Float32Array>> {
  if (samples.size === 0) return new Map();
  const { samples: length, frames, bins } = session.frontEnd;
  const segments = new Float32Array(samples.size * length);
  for (const [i, recording] of [...samples.values()].entries()) {
    placeSamples(recording, segments.subarray(i * length, (i + 1) * length), placement);
  }
  const features = await session.run(segments);
  const size = frames * bins;
  return new Map([...samples.keys()].map((index, i) => [index, features.subarray(i * size, (i + 1) * size)]));
}
