import { type Sound, SoundFinder, StreamResampler } from 'antitransfer/listening';

/** What a model hears. */
export interface HeardAs {
  /** In Hz. */
  readonly sampleRate: number;
  /** Longest sound. */
  readonly seconds: number;
}

/** A sound, as models hear it and as the microphone said it. */
export interface SpokenSound {
  /** Seconds since the microphone was opened. */
  readonly start: number;
  readonly end: number;
  /** At the models' rate. */
  readonly heard: Float32Array;
  /** The same at the microphone's own rate. */
  readonly said: Float32Array;
}

/** Finds sounds in what a microphone says, whatever its rate, and remembers as much of it as a sound may need. */
export class Listener {
  readonly #resampler: StreamResampler;
  readonly #finder: SoundFinder;
  readonly #remembered: Float32Array;
  /** Samples that were said. */
  #said = 0;

  constructor(
    /** Of the microphone, in Hz. */
    readonly from: number,
    readonly as: HeardAs,
  ) {
    this.#resampler = new StreamResampler(from, as.sampleRate);
    this.#finder = new SoundFinder({
      sampleRate: as.sampleRate,
      segment: Math.round(as.seconds * as.sampleRate),
    });
    // A sound ends a while after it was said.
    this.#remembered = new Float32Array(Math.ceil((2 * as.seconds + 5) * from));
  }

  /** Whether somebody is speaking. */
  get hearing(): boolean {
    return this.#finder.hearing;
  }

  /** @returns the sounds that have come to their end */
  push(samples: Float32Array): SpokenSound[] {
    for (const [i, sample] of samples.entries())
      this.#remembered[(this.#said + i) % this.#remembered.length] = sample;
    this.#said += samples.length;
    return this.#finder.push(this.#resampler.push(samples)).map((sound) => this.#spoken(sound));
  }

  /** @returns the sound that somebody was making when the microphone was closed */
  end(): SpokenSound[] {
    const sounds = [...this.#finder.push(this.#resampler.end()), ...this.#finder.end()];
    return sounds.map((sound) => this.#spoken(sound));
  }

  #spoken({ first, end, samples }: Sound): SpokenSound {
    const { sampleRate } = this.as;
    const [from, to] = [first, end].map((at) =>
      Math.min(this.#said, Math.round((at * this.from) / sampleRate)),
    ) as [number, number];
    const said = Float32Array.from(
      { length: to - from },
      (_, i) => this.#remembered[(from + i) % this.#remembered.length] ?? 0,
    );
    return { start: first / sampleRate, end: end / sampleRate, heard: samples, said };
  }
}
