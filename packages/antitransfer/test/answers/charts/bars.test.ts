import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { type BarGroup, barsCharts } from '../../../src/answers/charts/bars.js';

const group = (label: string, count: number, mean = 60): BarGroup => ({
  label,
  mark: 10,
  bars: Array.from({ length: count }, (_, i) => ({
    ...{ sign: String(i + 1), title: `${label} ${i + 1}`, colour: 'red', hollow: false },
    ...{ mean: mean + i, interval: [mean - 5, mean + 5] as const },
  })),
});
const draw = (groups: readonly BarGroup[], width: number) =>
  barsCharts({ label: 'all', axis: '%', groups, limits: [0, 100], width }).map(
    ({ source }) => parseHTML(`<html><body>${source}</body></html>`).document,
  );
const barsOf = (document: ReturnType<typeof parseHTML>['document']) =>
  [...document.querySelectorAll('rect')].map((bar) => ({
    left: Number(bar.getAttribute('x')),
    width: Number(bar.getAttribute('width')),
  }));

describe('bars', () => {
  it.each([
    [350, 3],
    [700, 2],
    [1016, 1],
  ])('at %i px take %i rows, and stay inside', (width, rows) => {
    const charts = draw([group('a', 8), group('b', 8), group('c', 8), group('d', 8), group('e', 8)], width);
    expect(charts).toHaveLength(rows);
    expect(charts.flatMap(barsOf)).toHaveLength(40);
    for (const { left, width: wide } of charts.flatMap(barsOf)) {
      expect(left).toBeGreaterThan(30);
      expect(left + wide).toBeLessThanOrEqual(width);
      expect(wide).toBeGreaterThan(8);
    }
  });

  it('never overlap, also where one group has more than there is room for', () => {
    for (const chart of draw([group('many', 60), group('few', 2)], 350)) {
      const bars = barsOf(chart);
      for (const [i, { left }] of bars.entries()) {
        if (i > 0) expect(left).toBeGreaterThanOrEqual(bars[i - 1]!.left + bars[i - 1]!.width);
      }
    }
  });

  it('leave signs away where there is no room for them', () => {
    const signs = (count: number) => draw([group('x', count)], 350)[0]?.body.textContent ?? '';
    expect(signs(12)).toContain('12');
    expect(
      [...draw([group('x', 60)], 350)[0]!.querySelectorAll('text')].map((text) => text.textContent),
    ).not.toContain('59');
  });

  it('begin at zero, and end a little above the highest interval', () => {
    const ticks = (mean: number) =>
      [...draw([group('x', 1, mean)], 700)[0]!.querySelectorAll('text')]
        .map((text) => Number(text.textContent))
        .filter(Number.isFinite);
    expect(Math.min(...ticks(12))).toBe(0);
    expect(Math.max(...ticks(12))).toBeLessThanOrEqual(30);
    expect(Math.max(...ticks(97))).toBe(100);
  });
});
