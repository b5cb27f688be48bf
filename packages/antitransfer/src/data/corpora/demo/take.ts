import type { Random } from 'onnx-autograd/random';
import { drawBetween } from '../../../numbers/draw-between.js';
import { mixNoise } from '../../audio/mix-noise.js';
import type { Resampler } from '../../audio/resample.js';

/** The demo corpus's sample rate, in Hz: that of FSDD. */
export const DEMO_SAMPLE_RATE = 8000;

/** Speech is what lies between the first and the last sample above this part of the loudest: weak /f/ and /s/ too. */
const SPEECH_THRESHOLD = 0.01;

/**
 * Makes one take of what a synthesizer said, so that no two takes are alike: another size of head (resampling by up
 * to 7%, which moves pitch and formants), up to 50 ms of room before and after, background noise of another colour
 * 12 to 30 dB below, and another level.
 *
 * @param speech shape (samples), with silence around it
 * @param sampleRate of the speech, in Hz
 * @returns shape (samples) at {@link DEMO_SAMPLE_RATE}
 */
export function makeTake(
  speech: Float32Array,
  sampleRate: number,
  resampler: Resampler,
  random: Random,
): Float32Array {
  const size = drawBetween(0.93, 1.07, random);
  const sized = resampler.resample(trimSilence(speech), Math.round(sampleRate * size), DEMO_SAMPLE_RATE);
  const before = random.integer(0, 0.05 * DEMO_SAMPLE_RATE);
  const after = random.integer(0, 0.05 * DEMO_SAMPLE_RATE);
  const take = new Float32Array(before + sized.length + after);
  take.set(sized, before);
  const noisy = mixNoise(take, colouredNoise(take.length, random), drawBetween(12, 30, random));
  return scaleToPeak(noisy, 10 ** (drawBetween(-14, -1, random) / 20));
}

function trimSilence(speech: Float32Array): Float32Array {
  const threshold = SPEECH_THRESHOLD * peak(speech);
  const isSpeech = (sample: number) => Math.abs(sample) > threshold;
  return speech.subarray(speech.findIndex(isSpeech), speech.findLastIndex(isSpeech) + 1);
}

/** White noise through a low-pass filter of one pole, whose strength is random. */
function colouredNoise(length: number, random: Random): Float32Array {
  const pole = drawBetween(0, 0.95, random);
  let state = 0;
  return Float32Array.from({ length }, () => {
    state = pole * state + random.normal();
    return state;
  });
}

function scaleToPeak(samples: Float32Array, level: number): Float32Array {
  const gain = level / peak(samples);
  return samples.map((sample) => gain * sample);
}

function peak(samples: Float32Array): number {
  return samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
}
