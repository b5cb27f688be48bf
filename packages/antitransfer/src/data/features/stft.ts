import { expressions, float32, sizeAt, type Value } from 'onnx-autograd';
import { type SegmentSettings, segmentSamples } from './segment-settings.js';

const { conv, reshape, square, sum, unsqueeze } = expressions;

type WindowFunction = (phase: number) => number;

/** By the phase in [0, 2 pi); periodic, as spectral analysis wants them and scipy makes them. */
const windowFunctions: Readonly<Record<SegmentSettings['windowFunction'], WindowFunction>> = {
  hamming: (phase) => 0.54 - 0.46 * Math.cos(phase),
  hann: (phase) => 0.5 - 0.5 * Math.cos(phase),
};

/** All bins of a window: from 0 Hz to half the sample rate. */
export function binCount({ window }: Pick<SegmentSettings, 'window'>): number {
  return window / 2 + 1;
}

/** The frequency of a bin's centre in Hz. */
export function binFrequency(
  bin: number,
  { sampleRate, window }: Pick<SegmentSettings, 'sampleRate' | 'window'>,
): number {
  return (bin * sampleRate) / window;
}

/** Frames of a segment: one at every hop, the first centred on the first sample, the last at or behind the end. */
export function frameCount(settings: SegmentSettings): number {
  return Math.ceil(segmentSamples(settings) / settings.hop) + 1;
}

/**
 * The squared magnitude of the short-time Fourier transform, `(batch, samples)` to `(batch, bins, frames)`.
 *
 * Equals `abs(scipy.signal.stft(x, window=..., nperseg=window, noverlap=window - hop)[2]) ** 2` with scipy's own
 * defaults: periodic window, half a window of zeros at either end, more zeros up to a whole frame, scaled by the sum of
 * the window. It is a convolution with the windowed Fourier basis: faster than the `STFT` operator of the standard,
 * and known to every backend.
 *
 * @param bins how many of the lowest bins to compute
 */
export function powerSpectrogram(
  samples: Value,
  settings: SegmentSettings,
  bins = binCount(settings),
): Value {
  const { window, hop } = settings;
  const missing = (frameCount(settings) - 1) * hop - segmentSamples(settings);
  const basis = float32(fourierBasis(settings, bins), [2 * bins, 1, window]);
  const parts = conv(unsqueeze(samples, [1]), samples.graph.constant(basis, 'fourier.basis'), undefined, {
    kernel_shape: [window],
    strides: [hop],
    pads: [window / 2, window / 2 + missing],
  });
  const frames = sizeAt(parts, 2);
  return sum(reshape(square(parts), [-1, 2, bins, frames]), [1], false);
}

/** Cosines of all bins, then sines, each under the window and divided by its sum: `(2 * bins, window)`. */
function fourierBasis({ window, windowFunction }: SegmentSettings, bins: number): Float32Array {
  const phase = (step: number) => (2 * Math.PI * (step % window)) / window;
  const weights = Array.from({ length: window }, (_, n) => windowFunctions[windowFunction](phase(n)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const basis = new Float32Array(2 * bins * window);
  for (let bin = 0; bin < bins; bin++) {
    for (const [n, weight] of weights.entries()) {
      basis[bin * window + n] = (weight / sum) * Math.cos(phase(bin * n));
      basis[(bins + bin) * window + n] = (-weight / sum) * Math.sin(phase(bin * n));
    }
  }
  return basis;
}
