import { AudioError } from '../data/audio/audio-error.js';
import { ClipReader } from '../data/audio/read-clip.js';
import type { Clip } from '../data/clip.js';
import { placeSamples } from '../data/features/segment.js';
import type { Progress } from '../data/progress.js';
import { UserError } from '../errors.js';
import { itemAt } from '../lookup.js';
import { argmax } from '../numbers/argmax.js';
import { answerProblem, type DeployedModel } from './deployed-model.js';

export interface PredictOptions {
  /** Clips read and computed at once. */
  readonly batch?: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** What a model says of one clip. */
export interface ClipPrediction {
  readonly clip: Clip;
  /** The most probable class. */
  readonly label: string;
  /** In the order of the model's classes. */
  readonly probabilities: readonly number[];
}

/** A recording to which a model has no answer: it computes NaN, or what else is no probability. */
export class UnansweredError extends UserError {
  override readonly name = 'UnansweredError';
  readonly reason = 'unanswered';

  constructor(
    /** The audio file. */
    readonly path: string,
    model: string,
    answer: string,
  ) {
    super(
      `"${path}" is unanswered: the model "${model}" gives it ${answer}. Try another model, or look at the file.`,
    );
  }
}

export interface ClipPredictions {
  /** Of the clips that could be read and that the model has an answer to, in their order. */
  readonly predictions: readonly ClipPrediction[];
  /** Why the others have none. */
  readonly problems: readonly (AudioError | UnansweredError)[];
}

/**
 * Labels clips: each is read, resampled, and cropped or padded as the model's card says. A clip whose probabilities are
 * none (NaN, say) is a problem, not a label.
 *
 * @throws the signal's reason when it aborts
 */
export async function predictClips(
  model: DeployedModel,
  clips: readonly Clip[],
  { batch = 16, onProgress, signal }: PredictOptions = {},
): Promise<ClipPredictions> {
  const reader = new ClipReader();
  const predictions: ClipPrediction[] = [];
  const problems: (AudioError | UnansweredError)[] = [];
  for (let first = 0; first < clips.length; first += batch) {
    signal?.throwIfAborted();
    const some = clips.slice(first, first + batch);
    const readings = await Promise.all(some.map((clip) => readOrProblem(reader, clip, model)));
    const readable = some.filter((_, i) => !(readings[i] instanceof AudioError));
    problems.push(...readings.filter((reading) => reading instanceof AudioError));
    const recordings = readings.flatMap((reading) => (reading instanceof AudioError ? [] : [reading]));
    for (const [i, probabilities] of (await probabilitiesOf(model, recordings)).entries()) {
      const clip = itemAt(readable, i);
      const problem = answerProblem(probabilities);
      if (problem !== undefined) {
        problems.push(new UnansweredError(clip.path, model.path, problem));
        continue;
      }
      const label = itemAt(model.card.classes, argmax(probabilities));
      predictions.push({ clip, label, probabilities: Array.from(probabilities) });
    }
    onProgress?.({ done: Math.min(first + batch, clips.length), total: clips.length });
  }
  return { predictions, problems };
}

function readOrProblem(
  reader: ClipReader,
  clip: Clip,
  { card }: DeployedModel,
): Promise<Float32Array | AudioError> {
  return reader.read(clip, card.features.sampleRate).catch((error: unknown) => {
    if (error instanceof AudioError) return error;
    throw error;
  });
}

async function probabilitiesOf(
  model: DeployedModel,
  recordings: readonly Float32Array[],
): Promise<Float32Array[]> {
  if (recordings.length === 0) return [];
  const { samples, card } = model;
  const segments = new Float32Array(recordings.length * samples);
  for (const [row, recording] of recordings.entries()) {
    const segment = segments.subarray(row * samples, (row + 1) * samples);
    placeSamples(recording, segment, card.features.placement);
  }
  return model.probabilities(segments);
}
