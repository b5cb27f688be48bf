import { describe, expect, it } from 'vitest';
import { type Line, linesChart } from '../../../src/answers/charts/lines.js';

const epochs = Array.from({ length: 20 }, (_, index) => index + 1);

function line(name: string, mean: number): Line {
  const points = epochs.map((epoch) => ({ epoch, n: 2, mean, interval: undefined }));
  const run = (offset: number) => epochs.map((epoch) => ({ epoch, value: mean + offset }));
  return {
    name,
    colour: 'red',
    dashed: false,
    points,
    runs: [
      { name: 'seed 1', points: run(-1) },
      { name: 'seed 2', points: run(1) },
    ],
  };
}

const options = {
  label: 'accuracy',
  axis: '%',
  lines: [line('first', 50), line('second', 50.5), line('third', 90)],
  width: 900,
  height: 300,
  domain: [0, 100],
  epochs: 20,
} as const;

describe('curves over the epochs', () => {
  it('have a thin line a run, and none where runs are not given', () => {
    const drawn = linesChart(options).source;
    const thin = [...drawn.matchAll(/stroke-width="0\.9"/g)];
    expect(thin).toHaveLength(6);
    const means = options.lines.map(({ runs: _, ...rest }) => rest);
    expect(linesChart({ ...options, lines: means }).source).not.toContain('stroke-width="0.9"');
  });

  it('are named at their ends, none over another, where there is room', () => {
    const places = (width: number) => {
      const { source } = linesChart({ ...options, width, named: true });
      return ['first', 'second', 'third'].map((name) => {
        const place = new RegExp(
          `translate\\(8,([^)]*)\\)"[^>]*><text transform="translate\\([^,]*,([^)]*)\\)"[^>]*>${name}<`,
        );
        const [, moved, end] = place.exec(source) ?? [];
        return end === undefined ? undefined : Number(end) + Number(moved);
      });
    };
    const [first, second, third] = places(900);
    expect(first! - second!).toBeGreaterThanOrEqual(13.9);
    // As near to their ends as that allows: both of 50 stand around it, that of 90 at its own.
    expect(second! - third!).toBeGreaterThan(60);
    expect(places(400)).toEqual([undefined, undefined, undefined]);
  });

  it('begin at the first epoch that is shown', () => {
    const { source } = linesChart({ ...options, from: 11 });
    const ticks = [...source.matchAll(/>(\d+)<\/text>/g)].map(([, tick]) => Number(tick));
    expect(ticks).toContain(12);
    expect(ticks).toContain(20);
    expect(ticks.filter((tick) => tick > 0 && tick < 11)).toEqual([]);
  });
});
