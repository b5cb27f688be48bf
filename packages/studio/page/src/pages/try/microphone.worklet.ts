/** What a worklet's surroundings offer; the compiler's library describes pages and workers only. */
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

/** Samples that are asked for at once. */
const FRAME = 128;

/** Frames that are told together: 21 ms at 48 kHz. */
const TOGETHER = 8;

/** Hands on what the microphone says, in parts of 1024 samples, as the mean of its channels. */
class Microphone extends AudioWorkletProcessor {
  #part = new Float32Array(FRAME * TOGETHER);
  #filled = 0;

  /** Where nothing comes, silence does: the clock of what is heard goes on. */
  process([channels = []]: Float32Array[][]): boolean {
    const length = channels[0]?.length ?? FRAME;
    if (this.#filled + length > this.#part.length) this.#tell();
    for (const channel of channels) {
      for (const [i, sample] of channel.entries()) {
        this.#part[this.#filled + i] = (this.#part[this.#filled + i] ?? 0) + sample / channels.length;
      }
    }
    this.#filled += length;
    if (this.#filled === this.#part.length) this.#tell();
    return true;
  }

  #tell(): void {
    const part = this.#part.subarray(0, this.#filled);
    this.#part = new Float32Array(this.#part.length);
    this.#filled = 0;
    this.port.postMessage(part, [part.buffer]);
  }
}

registerProcessor('microphone', Microphone);
