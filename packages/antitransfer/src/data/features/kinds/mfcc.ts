import { expressions, float32 } from 'onnx-autograd';
import { z } from 'zod';
import { itemAt } from '../../../lookup.js';
import { defineFrontEnd } from './definition.js';
import {
  amplifiedLog,
  logMelEnergies,
  logOfSilence,
  melConflicts,
  melEnd,
  melSettings,
} from './mel-energies.js';

/** The first coefficients of the orthonormal DCT-II of the log-mel energies (Davis and Mermelstein 1980); no lifter. */
export const mfcc = defineFrontEnd({
  name: 'mfcc',
  description: 'mel-frequency cepstral coefficients',
  settings: melSettings.extend({
    coefficients: z
      .int()
      .positive()
      .default(20)
      .describe('mfcc only: number of cepstral coefficients, the zeroth included'),
  }),
  resolve: melEnd,
  conflicts(settings, segment) {
    const { mels, coefficients } = settings;
    return {
      ...melConflicts(settings, segment),
      ...(coefficients > mels && {
        coefficients: `${mels} mel bands have at most ${mels} coefficients; got ${coefficients}`,
      }),
    };
  },
  create({ coefficients, ...mel }, samples, segment) {
    const { energies } = logMelEnergies(samples, mel, segment);
    const transform = float32(cosineTransform(coefficients, mel.mels), [coefficients, mel.mels]);
    const cosines = samples.graph.constant(transform, 'cosine.transform');
    return { features: expressions.matMul(cosines, energies), frequencies: undefined };
  },
  silence({ coefficients, mels }) {
    const silence = new Float32Array(coefficients);
    silence[0] = Math.sqrt(mels) * logOfSilence;
    return silence;
  },
  amplify(features, factor, { coefficients, mels }) {
    // The zeroth is the sum of the bands over sqrt(mels); the others do not change where no band is at its floor.
    const scale = Math.sqrt(mels);
    for (let i = 0; i < features.length; i += coefficients)
      features[i] = amplifiedLog(itemAt(features, i), 2 * Math.log(factor) * scale, logOfSilence * scale);
  },
});

/** `(coefficients, mels)`. */
function cosineTransform(coefficients: number, mels: number): Float32Array {
  return Float32Array.from({ length: coefficients * mels }, (_, i) => {
    const [k, mel] = [Math.floor(i / mels), i % mels];
    return Math.sqrt((k === 0 ? 1 : 2) / mels) * Math.cos((Math.PI * k * (mel + 0.5)) / mels);
  });
}
