/** A hundredth of a second of sound. */
export interface Frame {
  readonly samples: Float32Array;
  /** Mean square of the samples around their mean: what a microphone adds to all of them is no sound. */
  readonly energy: number;
}

/** Cuts samples that come in parts of any length into frames of one. */
export class Framer {
  #rest: Float32Array;
  #filled = 0;

  /** @param length of a frame, in samples */
  constructor(readonly length: number) {
    this.#rest = new Float32Array(length);
  }

  /** @returns the frames that are complete now */
  push(samples: Float32Array): Frame[] {
    const frames: Frame[] = [];
    for (let at = 0; at < samples.length; ) {
      const part = samples.subarray(at, at + this.length - this.#filled);
      this.#rest.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.length) frames.push(this.#take());
    }
    return frames;
  }

  /** @returns what is left, as a shorter frame; undefined where nothing is */
  end(): Frame | undefined {
    return this.#filled === 0 ? undefined : this.#take();
  }

  #take(): Frame {
    const samples = this.#rest.slice(0, this.#filled);
    this.#filled = 0;
    return { samples, energy: energyOf(samples) };
  }
}

function energyOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample;
  const mean = sum / samples.length;
  let squares = 0;
  for (const sample of samples) squares += (sample - mean) ** 2;
  return squares / samples.length;
}
