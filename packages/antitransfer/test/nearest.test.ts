import { expect, it } from 'vitest';
import { choices, nearest } from '../src/nearest.js';

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

it('of few names all are told, of many the nearest', () => {
  const few = ['irm', 'coral'];
  expect(choices('koral', few, 'list')).toBe('there are irm, coral. Did you mean coral?');
  const many = [...Array.from({ length: 30 }, (_, i) => `other-method-${i}`), ...few];
  expect(choices('koral', many, 'list')).toMatch(
    /^of 32, the nearest are coral, irm, .*\. Did you mean coral\? "list" lists all/,
  );
  expect(choices('koral', many, 'list').match(/other-method/g)).toHaveLength(3);
  // Where nothing lists them, they are all told.
  expect(choices('koral', many)).toContain(`there are ${many.join(', ')}.`);
});
