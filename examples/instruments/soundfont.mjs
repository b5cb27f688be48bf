import { readFileSync } from 'node:fs';
import { Resampler } from 'antitransfer';
import { SoundBankLoader, SpessaSynthProcessor } from 'spessasynth_core';

/** In Hz. */
export const sampleRate = 16_000;
// The synthesizer interpolates samples without a low-pass filter: at three times the rate its aliases are few, and the
// resampler's filter takes what is above 8 kHz.
const synthesisRate = 48_000;
const seconds = { held: 0.8, whole: 1 };

/** Of full scale: where each note's peak is put. */
const peak = 0.9;
/** Of full scale (-60 dB): a softer note counts as silent, as it would be little but the samples' own noise. */
const silence = 1e-3;

/** A soundfont, from which single notes are rendered. */
export class Soundfont {
  #synthesizer;
  #resampler;

  /**
   * @param {ReadonlySet<number>} programs
   * @param {SpessaSynthProcessor} synthesizer
   * @param {Resampler} resampler
   */
  constructor(programs, synthesizer, resampler) {
    /** Programs of General MIDI that it has; the synthesizer would play something else in place of one that is missing. */
    this.programs = programs;
    this.#synthesizer = synthesizer;
    this.#resampler = resampler;
  }

  /**
   * @param {string} path a file of SoundFont 2 or 3, or DLS
   * @throws Error when it is none
   */
  static async open(path) {
    const synthesizer = new SpessaSynthProcessor(synthesisRate, {
      maxBufferSize: seconds.whole * synthesisRate,
      // Reverberation and chorus would be the synthesizer's, the same for every soundfont.
      effectsEnabled: false,
      eventsEnabled: false,
    });
    await synthesizer.processorInitialized;
    const bank = SoundBankLoader.fromArrayBuffer(bytesOf(path));
    synthesizer.soundBankManager.addSoundBank(bank, 'bank');
    // Variations of an instrument have banks of their own, by the most or the least significant byte of their number.
    const presets = bank.presets.filter(
      ({ bankMSB, bankLSB, isGMGSDrum }) => bankMSB === 0 && bankLSB === 0 && !isGMGSDrum,
    );
    const programs = new Set(presets.map(({ program }) => program));
    return new Soundfont(programs, synthesizer, await Resampler.create());
  }

  /**
   * A note of one second, held for 0.8 s, both channels as one; its peak is at 0.9. It does not depend on the notes before.
   *
   * @param {{ program: number, pitch: number, velocity: number }} note
   * @returns {Float32Array | undefined} 16,000 samples; undefined where the soundfont is silent
   */
  render({ program, pitch, velocity }) {
    const held = Math.round(seconds.held * synthesisRate);
    const left = new Float32Array(seconds.whole * synthesisRate);
    const right = new Float32Array(left.length);
    this.#synthesizer.programChange(0, program);
    this.#synthesizer.noteOn(0, pitch, velocity);
    this.#synthesizer.process(left, right, 0, held);
    this.#synthesizer.noteOff(0, pitch);
    this.#synthesizer.process(left, right, held, left.length - held);
    this.#synthesizer.stopAllChannels(true);
    this.#synthesizer.reset();
    const mono = left.map((sample, index) => (sample + (right[index] ?? 0)) / 2);
    return atPeak(this.#resampler.resample(mono, synthesisRate, sampleRate));
  }
}

/** @param {Float32Array} samples */
function atPeak(samples) {
  const highest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return highest < silence ? undefined : samples.map((sample) => (peak / highest) * sample);
}

/** @param {string} path */
function bytesOf(path) {
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return /** @type {ArrayBuffer} */ (buffer).slice(byteOffset, byteOffset + byteLength);
}
