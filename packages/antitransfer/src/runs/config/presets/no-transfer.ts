import { defineMethod } from './definition.js';

export const noTransfer = defineMethod({
  name: 'no-transfer',
  label: 'no transfer',
  description: 'The target task alone, from random weights.',
});
