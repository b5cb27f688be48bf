import { expressions, float32 } from 'onnx-autograd';
import { melFilters } from '../mel.js';
import type { FeatureSettings } from '../settings.js';
import type { FeatureKind } from './kind.js';
import { logMelEnergies } from './log-mel.js';

/** The first coefficients of the orthonormal DCT-II of the log-mel energies (Davis and Mermelstein 1980); no lifter. */
export const mfcc: FeatureKind = {
  description: 'mel-frequency cepstral coefficients, from the zeroth',
  build(samples, settings) {
    const energies = logMelEnergies(samples, settings, melFilters(settings));
    const dims = [settings.coefficients, settings.mels];
    const cosines = samples.graph.constant(float32(cosineTransform(settings), dims), 'cosine.transform');
    return { features: expressions.matMul(cosines, energies), frequencies: undefined };
  },
};

/** `(coefficients, mels)`. */
function cosineTransform({ coefficients, mels }: FeatureSettings): Float32Array {
  return Float32Array.from({ length: coefficients * mels }, (_, i) => {
    const [k, mel] = [Math.floor(i / mels), i % mels];
    return Math.sqrt((k === 0 ? 1 : 2) / mels) * Math.cos((Math.PI * k * (mel + 0.5)) / mels);
  });
}
