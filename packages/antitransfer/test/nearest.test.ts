import { expect, it } from 'vitest';
import { nearest } from '../src/nearest.js';

it.each([
  ['conv2-2', ['conv1_1', 'conv2_2'], ' Did you mean conv2_2?'],
  ['GROUP-DRO', ['irm', 'group-dro'], ' Did you mean group-dro?'],
  ['kick', ['Kick', 'Snare'], ' Did you mean Kick?'],
  ['99', ['0', '1', '10'], ''],
  ['99', ['0', '98'], ' Did you mean 98?'],
  ['word', ['constructor'], ''],
  ['word', [], ''],
  ['', ['a', 'b'], ''],
])('beside %j, of %j', (given, names, said) => {
  expect(nearest(given, names)).toBe(said);
});
