import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { noGradient } from '../../src/gradients/rule.js';
import { gradientRules } from '../../src/gradients/table.js';
import { factsOf, operators } from '../../src/operators/catalogue.js';
import type { Slot } from '../../src/operators/slots.js';
import { compareWithFiniteDifferences, norm, relativeError } from './finite-differences.js';
import { operatorTable } from './operator-table.js';
import { describeRow, type Row } from './row.js';
import { gradientGraph } from './row-graph.js';
import { rows } from './rows/index.js';

const measured = new Map<Row, number>();

describe('gradient rules agree with finite differences', () => {
  it('in at least one row an operator', () => {
    const tested = new Set(rows.map((row) => row.operator));
    const forgotten = operators.filter((name) => gradientRules[name] !== noGradient && !tested.has(name));
    expect(forgotten).toEqual([]);
  });

  it('of all outputs that change smoothly', () => {
    const isSmooth = (slot: Slot) => slot.type.allowed.includes('float32');
    const several = operators.filter((name) => factsOf(name).outputs.filter(isSmooth).length > 1);
    expect(several).toContain('LayerNormalization');
    expect(several.filter((name) => typeof gradientRules[name] === 'function')).toEqual([]);
  });

  it('in every form of the gradient of a convolution’s filter', () => {
    const forms = rows
      .filter((row) => row.operator === 'Conv')
      .map((row) => {
        const { nodes } = gradientGraph({ ...row, differentiated: [1] }).graph;
        const products = nodes.filter((node) => node.operator === 'FusedMatMul').length;
        if (products === 0) return 'as a convolution';
        if (nodes.some((node) => node.operator === 'Slice')) return 'gathered product';
        return nodes.some((node) => node.operator === 'Transpose') ? 'batch folded' : 'shifted products';
      });
    const times = (form: string) => forms.filter((one) => one === form).length;
    for (const form of ['as a convolution', 'gathered product', 'batch folded', 'shifted products']) {
      expect(times(form), form).toBeGreaterThan(2);
    }
  });

  it.each(rows.map((row) => [describeRow(row), row] as const))('%s', async (_, row) => {
    const comparisons = await compareWithFiniteDifferences(row);
    expect(comparisons.length).toBeGreaterThan(0);
    measured.set(row, Math.max(...comparisons.map(relativeError)));
    for (const comparison of comparisons) {
      // A row whose gradient is zero throughout would prove nothing.
      expect(norm(comparison.measured)).toBeGreaterThan(1e-3);
      expect(relativeError(comparison), `input ${comparison.input}`).toBeLessThan(row.tolerance ?? 1e-4);
    }
  });

  it('and the table in the documentation says so', ({ skip }) => {
    if (measured.size < rows.length) {
      console.warn('SKIPPED: docs/operators.md is compared when the rows of all operators run.');
      skip();
    }
    const found = operatorTable(measured);
    const file = new URL('../../../../docs/operators.md', import.meta.url);
    if (process.env.TABLES === 'write') writeFileSync(file, found);
    // Rounding may be another on another machine: the numbers are only held to be of that size.
    const parts = (text: string) => {
      const numbers = [...text.matchAll(/\d\.\de-\d+/g)].map(([number]) => Number(number));
      return { text: text.replace(/\d\.\de-\d+/g, 'NUMBER'), numbers };
    };
    const committed = parts(readFileSync(file, 'utf8'));
    const now = parts(found);
    expect(committed.text, 'TABLES=write and this test again make docs/operators.md anew').toBe(now.text);
    for (const [i, number] of now.numbers.entries()) {
      expect(number).toBeLessThan(Math.max(30 * (committed.numbers[i] as number), 1e-5));
    }
  });
});
