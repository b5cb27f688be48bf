import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { heatMap } from '../../../src/answers/charts/heat-map.js';

const columns = Array.from({ length: 13 }, (_, i) => `conv${i + 1}`);
const draw = (width: number) => {
  const map = heatMap({
    ...{
      label: 'a map',
      columns,
      rows: ['before training', 'no <b>transfer</b>'],
      width,
      domain: [0, 1] as const,
    },
    value: (row, column) => (row === 1 && column === 3 ? undefined : column / 10),
    format: (value) => value.toFixed(2),
  });
  return parseHTML(`<!doctype html><html><body>${map.source}</body></html>`).document;
};

it('draws a cell where there is a number, the larger the stronger and at most full', () => {
  const cells = [...draw(1016).querySelectorAll('rect')];
  expect(cells).toHaveLength(25);
  const strengths = cells.slice(0, 13).map((cell) => Number(cell.getAttribute('fill-opacity')));
  expect(strengths.slice(0, 11)).toEqual(strengths.slice(0, 11).toSorted((a, b) => a - b));
  expect(new Set(strengths.slice(0, 11)).size).toBe(11);
  // 1.0, 1.1 and 1.2 are all as strong as 1.
  expect(new Set(strengths.slice(10)).size).toBe(1);
  expect(cells[5]!.textContent).toBe('before training, conv6: 0.50');
});

it('writes numbers where there is room, and says them to a pointer anyway; names stay text', () => {
  const texts = (width: number) => [...draw(width).querySelectorAll('text')].map((text) => text.textContent);
  expect(texts(1016)).toContain('0.50');
  expect(texts(350)).not.toContain('0.50');
  expect(texts(350)).toContain('no <b>transfer</b>');
  expect(draw(350).querySelectorAll('b')).toHaveLength(0);
  expect(draw(350).querySelector('rect title')!.textContent).toBe('before training, conv1: 0.00');
});

it('writes what begins a group in bold below a line, and names a row alone to a pointer', () => {
  const map = heatMap({
    label: 'groups',
    columns: ['conv1'],
    rows: ['one', '· control', 'two', '· control'],
    nameOf: (row) => `row ${row}`,
    begins: [0, 2],
    value: (row) => row / 4,
    format: String,
    domain: [0, 1],
    width: 600,
  });
  const { document } = parseHTML(`<!doctype html><html><body>${map.source}</body></html>`);
  const bold = document.querySelector('[font-weight="600"]')!;
  expect([...bold.querySelectorAll('text')].map((text) => text.textContent)).toEqual(['one', 'two']);
  expect(document.querySelectorAll('g[stroke-opacity="0.25"] line')).toHaveLength(2);
  expect(document.querySelectorAll('rect title')[3]!.textContent).toBe('row 3, conv1: 0.75');
  expect([...document.querySelectorAll('text')].filter((text) => text.textContent === 'one')).toHaveLength(1);
});
