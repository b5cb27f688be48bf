import { defineFrontEnd } from './definition.js';
import { logMelEnergies, melConflicts, melEnd, melSettings } from './mel-energies.js';

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
});
