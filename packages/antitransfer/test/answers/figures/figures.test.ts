import { decode } from 'fast-png';
import { parseHTML } from 'linkedom';
import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { pdfOf, pngOf } from '../../../src/answers/figures/print.js';
import { figureSvg } from '../../../src/answers/figures/svg.js';
import { joinedContents } from '../../../src/answers/joined/report/contents.js';
import { joinedFigures } from '../../../src/answers/joined/report/figures.js';
import { atTaps, layerwiseFixture } from '../joined/layerwise-fixture.js';

const results = layerwiseFixture(new Random(1), [
  { id: 'no-transfer', label: 'no transfer <&>', accuracy: 0.5 },
  ...atTaps('cka', { similarity: 'cka' }, { conv2_1: [0.6, 0.5], conv3_1: [0.55, 0.7] }),
  ...['a', 'b', 'c'].map((id) => ({ id, accuracy: 0.6 })),
]);
const { bars, layerwise, losses } = joinedFigures(joinedContents([{ name: 'layers', results }]));
const figures = [...bars, ...layerwise, ...losses];
const svgOf = (id: string) => figureSvg(figures.find((figure) => figure.id === id) ?? expect.fail(id), 900);

const hasFont = await pngOf('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>').then(
  () => true,
  (error: Error) => {
    process.stderr.write(`Figures are not tested as PNG and PDF: ${error.message}\n`);
    return false;
  },
);

describe('figures as files', () => {
  it('are one a kind, each with a name of its own', () => {
    expect(figures.map(({ id }) => id)).toEqual(['accuracy-bars', 'layerwise-gains', 'losses-1']);
  });

  it.each(figures.map(({ id }) => id))('%s stands by itself as SVG: colours of paper, title, key', (id) => {
    const source = svgOf(id);
    expect(source).not.toMatch(/var\(|class="chart"|undefined|NaN/);
    const { document } = parseHTML(`<html><body>${source}</body></html>`);
    const { title, keys } = figures.find((figure) => figure.id === id) ?? expect.fail(id);
    const texts = [...document.querySelectorAll('text')].map(({ textContent }) => textContent);
    for (const text of [title, ...keys.map(({ label }) => label)]) expect(texts).toContain(text);
  });

  it('have panels beside each other, none outside', () => {
    const { document } = parseHTML(`<html><body>${svgOf('losses-1')}</body></html>`);
    const [all, ...charts] = [...document.querySelectorAll('svg')];
    expect(charts).toHaveLength(5);
    const places = charts.map((chart) =>
      /translate\(([\d.]+) ([\d.]+)\)/.exec(chart.parentElement?.getAttribute('transform') ?? ''),
    );
    expect(new Set(places.map((place) => place?.[1])).size).toBe(3);
    expect(new Set(places.map((place) => place?.[2])).size).toBe(2);
    const bottom = Math.max(
      ...places.map((place, i) => Number(place?.[2]) + Number(charts[i]?.getAttribute('height'))),
    );
    expect(bottom).toBeLessThan(Number(all?.getAttribute('height')));
  });

  it.skipIf(!hasFont)('are three dots a pixel as PNG, with words in them', async () => {
    const source = svgOf('accuracy-bars');
    const [, width = '', height = ''] = /width="(\d+)" height="(\d+)"/.exec(source) ?? [];
    const png = decode(await pngOf(source));
    expect([png.width, png.height]).toEqual([3 * Number(width), 3 * Number(height)]);
    // The title's line, left above: dark dots on white ones.
    const line = Array.from(
      { length: 300 * 90 },
      (_, i) => png.data[4 * ((i % 300) + png.width * Math.floor(i / 300))] ?? 0,
    );
    expect(line.filter((dot) => dot < 100).length).toBeGreaterThan(300);
    expect(line.filter((dot) => dot > 250).length).toBeGreaterThan(3000);
  });

  it.skipIf(!hasFont)('are vectors of the same size as PDF, which needs no font', async () => {
    const source = svgOf('layerwise-gains');
    const [, width = ''] = /width="(\d+)"/.exec(source) ?? [];
    const pdf = Buffer.from(await pdfOf(source)).toString('latin1');
    expect(pdf).toMatch(/^%PDF-1/);
    expect(pdf).toContain(`/MediaBox [0 0 ${Number(width) * 0.75} `);
    expect(pdf).not.toMatch(/\/Subtype \/Image|\/FontFile/);
    expect(pdf.length).toBeGreaterThan(10_000);
  });
});
