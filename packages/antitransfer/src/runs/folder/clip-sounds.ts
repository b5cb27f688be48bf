import { decodeAudioFile } from '../../data/audio/decode.js';
import { ClipReader } from '../../data/audio/read-clip.js';
import { encodeWav } from '../../data/audio/wav.js';
import type { Clip } from '../../data/clip.js';
import { placeSamples } from '../../data/features/segment.js';
import { segmentSamples } from '../../data/features/segment-settings.js';
import type { FeatureSettings } from '../../data/features/settings.js';
import { clipKeys, filesOf } from '../../data/features/store/clip-keys.js';
import { UserError } from '../../errors.js';

/** Reads the recordings of clips again, and makes sure that they are those that the networks heard. */
export class ClipSounds {
  readonly #reader = new ClipReader();

  constructor(readonly settings: FeatureSettings) {}

  /**
   * The samples of a clip before they are cut or padded to a segment: its noise is mixed in, at the features' rate.
   *
   * @param key what the store calls the clip's features
   * @throws AudioError when a recording is not where it was
   * @throws UserError when it is another one now
   */
  async read(clip: Clip, key: string): Promise<Float32Array> {
    await this.#requireSame(clip, key);
    return this.#reader.read(clip, this.settings.sampleRate, this.settings);
  }

  /** What the front end was given: a segment, as 16-bit WAV. @throws as {@link read} */
  async segment(clip: Clip, key: string): Promise<Uint8Array<ArrayBuffer>> {
    const segment = new Float32Array(segmentSamples(this.settings));
    placeSamples(await this.read(clip, key), segment, this.settings.placement);
    return encodeWav(segment, this.settings.sampleRate);
  }

  /** All of the recording that a clip is of, at its own rate and without noise, as 16-bit WAV. @throws as {@link read} */
  async recording(clip: Clip, key: string): Promise<Uint8Array<ArrayBuffer>> {
    await this.#requireSame(clip, key);
    const { samples, sampleRate } = await decodeAudioFile(clip.path, this.settings);
    return encodeWav(samples, sampleRate);
  }

  async #requireSame(clip: Clip, key: string): Promise<void> {
    const [found] = await clipKeys([clip]);
    // A file that cannot be read is named by who reads it.
    if (found === undefined || found === key) return;
    const files = filesOf(clip)
      .map((path) => `"${path}"`)
      .join(' or ');
    throw new UserError(
      `${files} has changed since the networks heard it as the clip "${clip.id}". Bring the recording back that was there, or ` +
        'run the comparison again in another folder.',
    );
  }
}
