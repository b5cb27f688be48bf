import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { tapLinesChart } from '../../../src/answers/charts/tap-lines.js';

const taps = ['conv1', 'conv2', 'conv3'];
const point = (tap: string, mean: number, interval?: readonly [number, number]) => ({
  tap,
  mean,
  interval,
  title: `<b>${tap}</b>: ${mean}`,
});

const draw = (width: number) => {
  const drawn = tapLinesChart({
    label: 'lines over taps',
    axis: 'probe, %',
    taps,
    marked: 'conv3',
    domain: [0, 100],
    mark: { at: 25, label: 'chance 25.0%' },
    curves: [
      {
        colour: 'red',
        dashed: false,
        points: [point('conv1', 80, [70, 190]), point('conv2', 60, [50, 70]), point('conv3', 30, [20, 40])],
      },
      { colour: 'blue', dashed: true, points: [point('conv1', 90), point('conv3', 110)] },
    ],
    width,
  });
  return parseHTML(`<!doctype html><html><body>${drawn.source}</body></html>`).document;
};

it('draws a dot where there is a number, and says it to a pointer, its markup as text', () => {
  const dots = [...draw(700).querySelectorAll('circle')];
  expect(dots).toHaveLength(5);
  expect(dots[0]?.textContent).toBe('<b>conv1</b>: 80');
  expect(draw(700).querySelectorAll('b')).toHaveLength(0);
});

it('draws what is dashed with dashes and hollow dots, so that nothing is told by colour alone', () => {
  const document = draw(700);
  const lines = [...document.querySelectorAll('path[stroke="blue"], g[stroke="blue"]')];
  expect(lines.some((line) => line.getAttribute('stroke-dasharray') === '4 3')).toBe(true);
  const hollow = [...document.querySelectorAll('circle, g')].filter(
    (mark) => mark.getAttribute('fill') === 'var(--paper)' && mark.getAttribute('stroke') === 'blue',
  );
  expect(hollow.length).toBeGreaterThan(0);
});

it('keeps intervals within the frame, and widens it for means', () => {
  const ys = (width: number) =>
    [...draw(width).querySelectorAll('circle')].map((dot) => Number(dot.getAttribute('cy')));
  const [, , , , highest] = ys(700);
  expect(Math.min(...ys(700))).toBe(highest);
  const area = draw(700).querySelector('path[fill="red"], g[fill="red"] path')?.getAttribute('d') ?? '';
  const heights = [...area.matchAll(/[ML,]([\d.]+),([\d.]+)/g)].map(([, , y]) => Number(y));
  expect(heights.length).toBeGreaterThan(2);
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(Math.min(...ys(700)) - 1e-6);
});

it('names taps and chance', () => {
  const texts = [...draw(320).querySelectorAll('text')].map((text) => text.textContent);
  expect(texts).toEqual(expect.arrayContaining([...taps, 'chance 25.0%']));
});
