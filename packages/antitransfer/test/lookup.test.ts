import { describe, expect, it } from 'vitest';
import { entryOf, fieldOf, itemAt } from '../src/lookup.js';

describe('lookups of what must be there', () => {
  it('give what is there, also a zero and an empty text', () => {
    expect(itemAt(Int32Array.of(7, 0), 1)).toBe(0);
    expect(itemAt(['', 'b'], 0)).toBe('');
    expect(entryOf(new Map([['a', 0]]), 'a')).toBe(0);
    expect(fieldOf({ a: '' }, 'a')).toBe('');
  });

  it('name what is missing and what there is', () => {
    expect(() => itemAt([1, 2], 2)).toThrow(new RangeError('There is no item 2 among 2.'));
    expect(() => itemAt([1, 2], -1)).toThrow(RangeError);
    expect(() => entryOf(new Map([['a', 1]]), 'b')).toThrow('There is nothing under "b"; keys are "a".');
    expect(() => fieldOf({}, 'b')).toThrow('There is nothing under "b"; keys are none.');
  });

  it('take nothing from the prototype of a record', () => {
    expect(() => fieldOf<unknown>({}, 'toString')).toThrow(RangeError);
  });

  it('name the first of many keys', () => {
    const many = new Map(Array.from({ length: 10 }, (_, key) => [key, key]));
    expect(() => entryOf(many, 11)).toThrow('keys are 0, 1, 2, 3, 4, 5, 6, 7, 2 more.');
  });
});
