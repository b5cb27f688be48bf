import { expressions, float32, type Value } from 'onnx-autograd';
import { type MelFilters, melFilters } from '../mel.js';
import type { FeatureSettings } from '../settings.js';
import { powerSpectrogram } from '../stft.js';
import type { FeatureKind } from './kind.js';

const { log, matMul, maximum } = expressions;

/** Energies below this are raised to it, so that silence has a logarithm: -100 dB of full scale. */
const ENERGY_FLOOR = 1e-10;

/** ln max(filters x |STFT|^2, 1e-10). */
export const logMel: FeatureKind = {
  description: 'natural logarithm of mel-band energies (HTK mel scale)',
  build(samples, settings) {
    const filters = melFilters(settings);
    return { features: logMelEnergies(samples, settings, filters), frequencies: filters.centres };
  },
};

/** `(batch, samples)` to `(batch, mels, frames)`. */
export function logMelEnergies(samples: Value, settings: FeatureSettings, filters: MelFilters): Value {
  const dims = [settings.mels, filters.weights.length / settings.mels];
  const weights = samples.graph.constant(float32(filters.weights, dims), 'mel.filters');
  const energies = matMul(weights, powerSpectrogram(samples, settings));
  return log(maximum(energies, ENERGY_FLOOR));
}
