import { defineMethod } from './definition.js';

export const hsic = defineMethod({
  name: 'hsic',
  label: 'HSIC',
  description: 'Penalises the dependence of features on the orthogonal label, over the target batch.',
  objectives: [{ kind: 'hsic', kernel: 'gaussian', normalised: false, beta: 10 }],
});
