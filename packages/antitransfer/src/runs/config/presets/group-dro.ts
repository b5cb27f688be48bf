import { defineMethod } from './definition.js';

export const groupDro = defineMethod({
  name: 'group-dro',
  label: 'GroupDRO',
  description:
    'Weights pairs of class and orthogonal label by their losses; epochs in which all come equally often.',
  objectives: [{ kind: 'group-dro' }, { kind: 'balanced-sampling' }],
});
