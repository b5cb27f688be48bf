import { LRUCache } from 'lru-cache';
import type { Clip, NoiseMix } from '../clip.js';
import { AudioError } from './audio-error.js';
import { type Audio, decodeAudio } from './decode.js';
import { mixNoise } from './mix-noise.js';
import { readAudioFile } from './read-audio-file.js';
import { Resampler, ResamplingError } from './resample.js';
import { noiseProblem, segmentProblem } from './segment-problem.js';

/** How recordings are read. */
export interface ReadOptions {
  /** Channel of the clips' recordings, from 1; the mean of all when absent. Noise is always the mean. */
  readonly channel?: number | undefined;
}

/**
 * Reads clips, and keeps what several of them share: noise recordings and recordings of which they are segments
 * (decoded and resampled, up to a limit of memory, the last one whatever its length), and the resampler.
 *
 * ```ts
 * const reader = new ClipReader();
 * const samples = await reader.read(corpus.clips[0], 16000);
 * ```
 */
export class ClipReader {
  readonly #shared: LRUCache<string, Float32Array>;
  /** The recording read last is kept even if it is too long for the cache: its next segment is likely to follow. */
  #last: { readonly key: string; readonly samples: Float32Array } | undefined;
  readonly #pending = new Map<string, Promise<Float32Array>>();
  /** Recordings that stay until they are released: what they sound like, or why they cannot be used. */
  readonly #held = new Map<string, Promise<Float32Array>>();
  #heldBytes = 0;
  #decoded = 0;
  #resampler: Promise<Resampler> | undefined;

  /**
   * @param limitBytes of memory for shared recordings; the least recently used are dropped first
   * @param load reads a file's bytes
   */
  constructor(
    limitBytes = 256 * 2 ** 20,
    readonly load: (path: string) => Promise<Uint8Array> = readAudioFile,
  ) {
    this.#shared = new LRUCache({
      maxSize: limitBytes,
      sizeCalculation: (samples) => samples.byteLength + 1,
    });
  }

  /** How many files were decoded so far; one that was decoded twice counts twice. */
  get decoded(): number {
    return this.#decoded;
  }

  /** What the recordings take that are held. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /**
   * The clip's samples without its noise, of a recording that stays in memory, whatever its length, until {@link release}:
   * all clips of it that are read meanwhile have it decoded once.
   *
   * @param sampleRate in Hz
   * @returns shape (samples), not to be written to
   * @throws AudioError when the file cannot be used, or ends before the segment does
   */
  async hold(clip: Clip, sampleRate: number, { channel }: ReadOptions = {}): Promise<Float32Array> {
    const key = keyOf(clip.path, sampleRate, channel);
    let held = this.#held.get(key);
    if (held === undefined) {
      held = this.#readWhole(clip.path, sampleRate, channel);
      this.#held.set(key, held);
      this.#heldBytes += (await held).byteLength;
    }
    return stretchOf(clip, await held, sampleRate);
  }

  /** Forgets the recordings that were held. */
  release(): void {
    this.#held.clear();
    this.#heldBytes = 0;
  }

  /**
   * The clip's samples: decoded, cut to its segment, resampled, its noise mixed in.
   *
   * @param sampleRate in Hz
   * @returns shape (samples)
   * @throws AudioError when the clip's file or its noise cannot be used, or ends before the segment does
   */
  async read(clip: Clip, sampleRate: number, { channel }: ReadOptions = {}): Promise<Float32Array> {
    const held = this.#held.get(keyOf(clip.path, sampleRate, channel));
    const isStretch = clip.start !== undefined || clip.duration !== undefined;
    const speech =
      held !== undefined || isStretch
        ? cutStretch(clip, await (held ?? this.#readShared(clip.path, sampleRate, channel)), sampleRate)
        : await this.#readWhole(clip.path, sampleRate, channel);
    return clip.noise === undefined ? speech : this.#addNoise(clip, clip.noise, speech, sampleRate);
  }

  async #addNoise(clip: Clip, mix: NoiseMix, speech: Float32Array, sampleRate: number) {
    const { path, start, snr } = mix;
    const noise = await this.#readShared(path, sampleRate);
    const problem = noiseProblem(clip, noise.length / sampleRate);
    if (problem) throw problem;
    const first = Math.round(start * sampleRate);
    const segment = noise.subarray(first, first + speech.length);
    for (const [file, samples] of [[clip.path, speech] as const, [path, segment] as const]) {
      if (samples.some((sample) => sample !== 0)) continue;
      throw new AudioError(file, 'silent', `so there is no mixing at a signal-to-noise ratio of ${snr} dB.`);
    }
    return mixNoise(speech, segment, snr);
  }

  async #readShared(path: string, sampleRate: number, channel?: number): Promise<Float32Array> {
    const key = keyOf(path, sampleRate, channel);
    const last = this.#last?.key === key ? this.#last.samples : undefined;
    const known = last ?? this.#shared.get(key) ?? this.#pending.get(key);
    if (known !== undefined) return known;
    // Clips are read side by side: those that come while the recording is decoded wait for it.
    const reading = this.#readWhole(path, sampleRate, channel);
    this.#pending.set(key, reading);
    try {
      const samples = await reading;
      this.#shared.set(key, samples);
      this.#last = { key, samples };
      return samples;
    } finally {
      this.#pending.delete(key);
    }
  }

  async #readWhole(path: string, sampleRate: number, channel?: number): Promise<Float32Array> {
    const file = await this.load(path);
    this.#decoded++;
    return this.toRate(path, await decodeAudio(path, file, { channel }), sampleRate);
  }

  /**
   * Samples of a decoded file at another rate.
   *
   * @param path named when something is wrong with it
   * @param sampleRate in Hz
   * @returns shape (samples)
   * @throws AudioError when they cannot be converted
   */
  async toRate(path: string, audio: Audio, sampleRate: number): Promise<Float32Array> {
    if (audio.sampleRate === sampleRate) return audio.samples;
    this.#resampler ??= Resampler.create();
    const resampler = await this.#resampler;
    try {
      return resampler.resample(audio.samples, audio.sampleRate, sampleRate);
    } catch (error) {
      if (!(error instanceof ResamplingError)) throw error;
      throw new AudioError(path, 'unreadable', error.message, { cause: error });
    }
  }
}

/** Names a recording as it is decoded. */
function keyOf(path: string, sampleRate: number, channel: number | undefined): string {
  return `${sampleRate} ${channel ?? 'mean'} ${path}`;
}

/** Reads one clip; see {@link ClipReader} for many. */
export function readClip(clip: Clip, sampleRate: number, options: ReadOptions = {}): Promise<Float32Array> {
  return new ClipReader().read(clip, sampleRate, options);
}

/**
 * A clip's part of its file.
 *
 * @param samples of the whole file, shape (samples)
 * @returns shape (samples of the clip), a copy
 * @throws AudioError when the file ends before the part does
 */
export function cutStretch(clip: Clip, samples: Float32Array, sampleRate: number): Float32Array {
  // A copy, so that what the caller does to it leaves the shared recording alone.
  return stretchOf(clip, samples, sampleRate).slice();
}

/** The same, in place. */
function stretchOf(clip: Clip, samples: Float32Array, sampleRate: number): Float32Array {
  const fileDuration = samples.length / sampleRate;
  const problem = segmentProblem(clip, fileDuration);
  if (problem) throw problem;
  const { start = 0, duration = fileDuration - start } = clip;
  return samples.subarray(Math.round(start * sampleRate), Math.round((start + duration) * sampleRate));
}
