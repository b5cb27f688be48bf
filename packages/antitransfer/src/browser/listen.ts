import { type Sound, SoundFinder } from '../listening/sound-finder.js';
import { StreamResampler } from '../listening/stream-resampler.js';
import { capture } from './microphone.js';
import { segmentOf } from './page-card.js';
import type { SpeechModel } from './speech-model.js';

/** A sound that was recognised. */
export interface Heard {
  /** What was said: one of `card.labels`. */
  readonly label: string;
  /** Of the label, in [0, 1]. */
  readonly probability: number;
  /** When it was, in seconds since listening began. */
  readonly start: number;
  /** When it ended, in seconds since listening began. */
  readonly end: number;
  /** In the order of `card.labels`. */
  readonly probabilities: readonly number[];
}

/** What counts as heard, and as said. */
export interface HearOptions {
  /** What the most probable label must reach, in [0, 1]: else nothing is said. The card's when absent, 0 where it has none. */
  readonly level?: number;
  /** Root mean square below which there is no sound, of a full scale of 1; 0.001 when absent. */
  readonly quietest?: number;
  /** Ends listening. */
  readonly signal?: AbortSignal;
}

/** What is listened to, and who is told of it. */
export interface ListenOptions extends HearOptions {
  /** What is listened to; the microphone when absent, without the browser's echo cancelling, noise suppression and gain control. */
  readonly stream?: MediaStream;
  /** Where the page serves `captureSource`, when its policy allows no `blob:` in `script-src`. */
  readonly captureModule?: string;
  /** Told when a sound begins, and when it (or listening) has ended, named or not: for a light that shows that something is heard. */
  readonly onHearing?: (hearing: boolean) => void;
}

/**
 * Names the sounds of the microphone as they come: each from where it begins, padded as in training. Of silence, of noise
 * that stays, and of what the model is not sure of, it says nothing. It ends when the signal aborts or the stream ends.
 *
 * ```ts
 * for await (const { label, probability } of listen(model)) console.log(label, probability);
 * ```
 *
 * @throws UserError when there is no microphone, it may not be used, the stream has no audio, or the browser does not start
 * its audio
 */
export async function* listen(model: SpeechModel, options: ListenOptions = {}): AsyncGenerator<Heard, void> {
  const { signal, stream, onHearing } = options;
  if (signal?.aborted) return;
  const sounds: Sound[] = [];
  let ended = false;
  let wake = () => {};
  const end = () => {
    ended = true;
    wake();
  };
  const finder = finderFor(model, options);
  let resampler: StreamResampler | undefined;
  let hearing = false;
  const hear = (samples: Float32Array) => {
    sounds.push(...finder.push(resampler?.push(samples) ?? samples));
    if (finder.hearing !== hearing) {
      hearing = finder.hearing;
      onHearing?.(hearing);
    }
    if (sounds.length > 0) wake();
  };
  // What comes before the rate is known is the first moment of silence.
  const events = { onSamples: (samples: Float32Array) => resampler && hear(samples), onEnd: end };
  const captured = await capture(stream, events, options.captureModule);
  signal?.addEventListener('abort', end);
  try {
    resampler = new StreamResampler(captured.sampleRate, model.card.sampleRate);
    while (!signal?.aborted) {
      const sound = sounds.shift();
      if (sound !== undefined) yield* named(model, sound, options);
      else if (ended) break;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    if (signal?.aborted) return;
    for (const sound of [...finder.push(resampler.end()), ...finder.end()])
      yield* named(model, sound, options);
  } finally {
    signal?.removeEventListener('abort', end);
    try {
      await captured.close();
    } finally {
      if (hearing) onHearing?.(false);
    }
  }
}

/**
 * Names the sounds of a recording, as {@link listen} does those of the microphone.
 *
 * ```ts
 * const sound = await new OfflineAudioContext(1, 1, 48000).decodeAudioData(await file.arrayBuffer());
 * for await (const heard of hear(model, sound.getChannelData(0), 48000)) console.log(heard.label, heard.start);
 * ```
 *
 * @param samples shape (any), in [-1, 1], of one channel
 * @param sampleRate of the samples, a whole number of Hz
 * @throws UserError when the rate is none
 */
export async function* hear(
  model: SpeechModel,
  samples: Float32Array,
  sampleRate: number,
  options: HearOptions = {},
): AsyncGenerator<Heard, void> {
  const resampler = new StreamResampler(sampleRate, model.card.sampleRate);
  const finder = finderFor(model, options);
  const sounds = [...finder.push(resampler.push(samples)), ...finder.push(resampler.end()), ...finder.end()];
  for (const sound of sounds) {
    if (options.signal?.aborted) return;
    yield* named(model, sound, options);
  }
}

function finderFor({ card }: SpeechModel, { quietest }: HearOptions): SoundFinder {
  const { sampleRate } = card;
  return new SoundFinder({
    sampleRate,
    segment: segmentOf(card),
    ...(quietest !== undefined && { quietest }),
  });
}

async function* named(
  model: SpeechModel,
  { first, end, samples }: Sound,
  { level = model.card.level ?? 0 }: HearOptions,
): AsyncGenerator<Heard, void> {
  const { label, probability, probabilities } = await model.answer(samples, level);
  const { sampleRate } = model.card;
  if (label === undefined) return;
  yield { label, probability, start: first / sampleRate, end: end / sampleRate, probabilities };
}
