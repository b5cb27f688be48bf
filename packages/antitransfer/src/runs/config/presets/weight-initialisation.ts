import { defineMethod } from './definition.js';

export const weightInitialisation = defineMethod({
  name: 'weight-initialisation',
  label: 'weight initialisation',
  description: "Starts from the orthogonal network's convolutions; no penalty.",
  start: 'orthogonal',
});
