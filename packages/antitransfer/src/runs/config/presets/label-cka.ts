import { defineMethod } from './definition.js';

export const labelCka = defineMethod({
  name: 'label-cka',
  label: 'CKA with the label',
  description: 'Penalises unbiased CKA of features with the one-hot orthogonal label, over the target batch.',
  objectives: [{ kind: 'hsic' }],
});
