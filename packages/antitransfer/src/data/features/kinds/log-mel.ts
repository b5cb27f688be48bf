import { defineFrontEnd } from './definition.js';
import {
  amplifiedLog,
  logMelEnergies,
  logOfSilence,
  melConflicts,
  melEnd,
  melSettings,
} from './mel-energies.js';

/** Logarithms of mel-band energies. */
export const logMel = defineFrontEnd({
  name: 'log-mel',
  description: 'natural logarithm of mel-band energies',
  settings: melSettings,
  resolve: melEnd,
  conflicts: melConflicts,
  create(settings, samples, segment) {
    const { energies, filters } = logMelEnergies(samples, settings, segment);
    return { features: energies, frequencies: filters.centres };
  },
  silence: ({ mels }) => new Float32Array(mels).fill(logOfSilence),
  amplify(features, factor) {
    const added = 2 * Math.log(factor);
    features.forEach((value, i) => {
      features[i] = amplifiedLog(value, added, logOfSilence);
    });
  },
});
