import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/files/canonical-json.js';

describe('canonical JSON', () => {
  it('does not depend on the order in which keys were written, at any depth', () => {
    const one = { b: 1, a: [{ y: null, x: 'text' }], c: { '2': true, '10': false } };
    const other = { c: { '10': false, '2': true }, a: [{ x: 'text', y: null }], b: 1 };
    expect(canonicalJson(other)).toBe(canonicalJson(one));
    expect(JSON.parse(canonicalJson(one))).toEqual(one);
  });

  it('tells apart what differs', () => {
    const all = [
      { a: [1, 2] },
      { a: [2, 1] },
      { a: '1,2' },
      { a: null },
      {},
      { a: {} },
      { a: [] },
      { b: [1, 2] },
    ];
    expect(new Set(all.map(canonicalJson)).size).toBe(all.length);
  });

  it('has a key that is not set as if it were not there', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe(canonicalJson({ b: 1 }));
  });

  it('keeps keys that objects have from birth', () => {
    const labels = JSON.parse('{"__proto__":"x","constructor":"y"}');
    expect(canonicalJson(labels)).toBe('{"__proto__":"x","constructor":"y"}');
  });
});
