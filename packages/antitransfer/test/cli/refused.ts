import { expect } from 'vitest';
import type { Outcome } from './run.js';

/** Not done, for a reason that a user can mend: the message says these things, and no line of code. */
export function expectRefused({ code, out, err }: Outcome, ...said: (string | RegExp)[]): void {
  for (const text of said) expect(err).toMatch(text);
  expect(err).not.toMatch(/\n\s+at /);
  expect({ code, out }).toEqual({ code: 2, out: '' });
}
