import { describe, expect, it } from 'vitest';
import { noGradient } from '../../src/gradients/rule.js';
import { gradientRules } from '../../src/gradients/table.js';
import { operators } from '../../src/operators.js';
import { compareWithFiniteDifferences, norm, relativeError } from './finite-differences.js';
import { describeRow } from './row.js';
import { rows } from './rows/index.js';

describe('gradient rules agree with finite differences', () => {
  it('in at least one row an operator', () => {
    const tested = new Set(rows.map((row) => row.operator));
    const forgotten = operators.filter((name) => gradientRules[name] !== noGradient && !tested.has(name));
    expect(forgotten).toEqual([]);
  });

  it.each(rows.map((row) => [describeRow(row), row] as const))('%s', async (_, row) => {
    const comparisons = await compareWithFiniteDifferences(row);
    expect(comparisons.length).toBeGreaterThan(0);
    for (const comparison of comparisons) {
      // A row whose gradient is zero throughout would prove nothing.
      expect(norm(comparison.measured)).toBeGreaterThan(1e-3);
      expect(relativeError(comparison), `input ${comparison.input}`).toBeLessThan(row.tolerance ?? 1e-4);
    }
  });
});
