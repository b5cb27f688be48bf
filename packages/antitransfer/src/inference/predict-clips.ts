import { AudioError } from '../data/audio/audio-error.js';
import { ClipReader } from '../data/audio/read-clip.js';
import type { Clip } from '../data/clip.js';
import { peakOf } from '../data/features/segment.js';
import type { Progress } from '../data/progress.js';
import { isHeard, readWindows } from '../data/segments/read-windows.js';
import { type Recording, RecordingOpener } from '../data/segments/recording.js';
import { defaultWindows, type WindowSettings } from '../data/segments/settings.js';
import { requireFewWindows, type WindowLengths, windowLengths } from '../data/segments/windows.js';
import { type Sound, SoundFinder } from '../listening/sound-finder.js';
import { AnswerQueue, type ClipDraft } from './answer-queue.js';
import type { DeployedModel } from './deployed-model.js';
import type { ClipPrediction, PredictionProblem } from './prediction.js';

/** How far the labelling of clips is. */
export interface PredictProgress extends Progress {
  /** In [0, 1]: of the clip that is being gone through. */
  readonly within: number;
}

/** How recordings are gone through, and when nothing is said of them. */
export interface PredictOptions {
  /** Windows computed at once. */
  readonly batch?: number;
  /**
   * What becomes of a clip that is longer than the model's segment: it is gone through in `windows`, or only the segment
   * that training without `segments` looks at is heard, silent or not (`crop`). `windows` when absent.
   */
  readonly longer?: 'windows' | 'crop';
  /** What differs from the windows that the model was trained on, or from {@link defaultWindows}. */
  readonly segments?: Partial<WindowSettings>;
  /**
   * Only the sounds in a clip are heard, whatever its length: each window begins where a sound does, and ends with it. Of a
   * clip without any, all is one window in which there is nothing to hear.
   */
  readonly sounds?: SoundOptions;
  /** For windows and sounds, files up to so many bytes are decoded whole; larger WAV files are read in parts. 8 MiB when absent. */
  readonly wholeBytes?: number;
  /** Reads a recording's bytes by the clip's path, for sound that is in no file; the file when absent. */
  readonly load?: (path: string) => Promise<Uint8Array>;
  /** How many clips are answered. */
  readonly onProgress?: (progress: PredictProgress) => void;
  readonly signal?: AbortSignal;
}

/** Which sounds are heard and named. */
export interface SoundOptions {
  /** What the most probable class must reach, in [0, 1]; that of the model's card when absent, 0 where it has none. */
  readonly level?: number;
  /** Root mean square below which there is no sound, of a full scale of 1; 0.001 when absent. */
  readonly quietest?: number;
}

/** What a model says of clips. */
export interface ClipPredictions {
  /** Of the clips that could be read and that the model has an answer to, in their order. */
  readonly predictions: readonly ClipPrediction[];
  /** Why the others have none. */
  readonly problems: readonly PredictionProblem[];
}

/**
 * Labels clips: each is read, resampled, and gone through in windows of the model's segment; a shorter one is padded as
 * the model's card says. The probabilities of a clip are the mean over its windows. A clip with a window whose
 * probabilities are none (NaN, say) is a problem, not a label; one in which nothing is to be heard has no label.
 *
 * ```ts
 * const model = await DeployedModel.open('digits.onnx');
 * const clips = [{ id: 'a', path: 'a.wav', labels: {} }];
 * const { predictions, problems } = await predictClips(model, clips);
 * for (const { clip, label, windows } of predictions) console.log(clip.id, label, windows.length);
 * ```
 *
 * @throws UserError when the hop is longer than a segment, or so short that a clip has too many windows
 * @throws the signal's reason when it aborts
 */
export async function predictClips(
  model: DeployedModel,
  clips: readonly Clip[],
  options: PredictOptions = {},
): Promise<ClipPredictions> {
  const predictions: ClipPrediction[] = [];
  const problems: PredictionProblem[] = [];
  for await (const answer of predictEach(model, clips, options)) {
    if (answer instanceof Error) problems.push(answer);
    else predictions.push(answer);
  }
  return { predictions, problems };
}

/**
 * The same, clip by clip: what is said of each, or why nothing is, in the order of the clips. Of recordings, one at a
 * time is held, and of large WAV files a part.
 *
 * @throws what {@link predictClips} throws
 */
export async function* predictEach(
  model: DeployedModel,
  clips: readonly Clip[],
  {
    batch = 16,
    longer = 'windows',
    segments,
    sounds,
    wholeBytes,
    load,
    onProgress,
    signal,
  }: PredictOptions = {},
): AsyncGenerator<ClipPrediction | PredictionProblem> {
  const { features } = model.card;
  const settings = { ...(model.card.segments ?? defaultWindows), ...segments };
  const lengths = windowLengths(features, settings);
  // Training reads clips whole: what it takes or refuses, and to the same numbers.
  const largest = longer === 'crop' && !sounds ? Number.POSITIVE_INFINITY : wholeBytes;
  const opener = new RecordingOpener(new ClipReader(undefined, load), features, largest);
  const level = sounds?.level ?? model.card.level?.probability;
  const queue = new AnswerQueue(model, batch, sounds && level);
  for (const [done, clip] of clips.entries()) {
    const tell = (within: number) => {
      signal?.throwIfAborted();
      onProgress?.({ done, total: clips.length, within });
    };
    tell(0);
    await withRecording(opener, clip, queue, async (recording, draft) => {
      if (sounds) await hearSounds(recording, draft, queue, { ...sounds, tell });
      else if (longer === 'crop') await hearOnce(recording, draft, queue);
      else await hearInWindows(recording, draft, queue, { lengths, minimumPeak: settings.minimumPeak, tell });
    });
    yield* queue.finished();
  }
  await queue.flush();
  yield* queue.finished();
  onProgress?.({ done: clips.length, total: clips.length, within: 0 });
}

/** Goes through a clip; what is wrong with its recording becomes its answer. */
async function withRecording(
  opener: RecordingOpener,
  clip: Clip,
  queue: AnswerQueue,
  listen: (recording: Recording, draft: ClipDraft) => Promise<void>,
): Promise<void> {
  let draft: ClipDraft | undefined;
  let recording: Recording | undefined;
  try {
    recording = await opener.open(clip);
    draft = queue.begin(clip, recording.length / opener.features.sampleRate);
    await listen(recording, draft);
    recording.finish();
  } catch (error) {
    if (!(error instanceof AudioError)) throw error;
    draft ??= queue.begin(clip, 0);
    draft.problem = error;
  } finally {
    await recording?.close();
  }
  draft.ended = true;
}

/** The segment that training without windows looks at, silent or not. */
async function hearOnce(recording: Recording, draft: ClipDraft, queue: AnswerQueue): Promise<void> {
  const samples = await recording.read(0, recording.length);
  await queue.hear(draft, { start: 0, end: draft.seconds, peak: peakOf(samples) }, samples);
}

interface Listening {
  readonly lengths: WindowLengths;
  readonly minimumPeak: number;
  /** Told how much of the clip is done, in [0, 1]. */
  readonly tell: (within: number) => void;
}

async function hearInWindows(
  recording: Recording,
  draft: ClipDraft,
  queue: AnswerQueue,
  { lengths, minimumPeak, tell }: Listening,
): Promise<void> {
  const { sampleRate } = queue.model.card.features;
  requireFewWindows(draft.clip, recording.length, lengths, sampleRate);
  for await (const { first, end, samples, peak } of readWindows(recording, lengths, queue.batch)) {
    const window = { start: first / sampleRate, end: end / sampleRate, peak };
    if (isHeard({ first, end, peak }, lengths, { minimumPeak })) await queue.hear(draft, window, samples);
    else queue.pass(draft, window);
    tell(end / recording.length);
  }
}

/** Seconds of a recording that are read at once where sounds are looked for. */
const READ_SECONDS = 10;

async function hearSounds(
  recording: Recording,
  draft: ClipDraft,
  queue: AnswerQueue,
  { quietest, tell }: Pick<SoundOptions, 'quietest'> & Pick<Listening, 'tell'>,
): Promise<void> {
  const { samples: segment, card } = queue.model;
  const { sampleRate } = card.features;
  const finder = new SoundFinder({ sampleRate, segment, ...(quietest !== undefined && { quietest }) });
  const hear = async (sounds: readonly Sound[]) => {
    for (const { first, end, samples } of sounds) {
      const window = { start: first / sampleRate, end: end / sampleRate, peak: peakOf(samples) };
      await queue.hear(draft, window, samples);
    }
  };
  let peak = 0;
  for (let first = 0; first < recording.length; first += READ_SECONDS * sampleRate) {
    const end = Math.min(recording.length, first + READ_SECONDS * sampleRate);
    const samples = await recording.read(first, end);
    peak = Math.max(peak, peakOf(samples));
    await hear(finder.push(samples));
    tell(end / recording.length);
  }
  await hear(finder.end());
  if (draft.windows.length === 0) queue.pass(draft, { start: 0, end: draft.seconds, peak });
}
