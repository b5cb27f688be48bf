import { parseHTML } from 'linkedom';
import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { joinedMeasures } from '../../../src/answers/joined/measures.js';
import { renderJoinedReport } from '../../../src/answers/joined/report/page.js';
import { comparisonFixture } from '../page/fixture.js';
import { atTaps, layerwiseFixture } from './layerwise-fixture.js';

const layers = layerwiseFixture(new Random(1), [
  { id: 'no-transfer', label: 'no transfer', accuracy: 0.5 },
  ...atTaps('cka', { similarity: 'cka' }, { conv2_1: [0.6, 0.5], conv3_1: [0.55, 0.7] }),
]);
const plain = comparisonFixture(new Random(2), { epochs: 4, clips: 20, seeds: 5 });
const all = [
  { name: 'layers', results: layers },
  { name: 'plain <b>', results: plain },
];
const page = (...args: Parameters<typeof renderJoinedReport>) => {
  const source = renderJoinedReport(...args);
  return { source, document: parseHTML(source).document };
};
const texts = (document: ReturnType<typeof parseHTML>['document'], selector: string) =>
  [...document.querySelectorAll(selector)].map((element) => element.textContent?.replace(/\s+/g, ' ').trim());

describe('the page of several comparisons', () => {
  const { source, document } = page(all);

  it('is the same each time, and loads nothing', () => {
    expect(renderJoinedReport(all)).toBe(source);
    expect(source).not.toMatch(/(src|href)="(?!#|data:)/);
    expect(source).not.toMatch(/undefined|NaN|\[object/);
  });

  it('says of each comparison what was found, with nothing acting in a name', () => {
    expect(texts(document, 'header dt')).toEqual(['layers', 'plain <b>']);
    expect(texts(document, 'header dd')[1]).toMatch(/“correlation, auxiliary clips” helped.*5 repetitions/);
  });

  it('has a bar for every method, of methods at several taps only the one that validation chose', () => {
    const wide = document.querySelector('[data-figure="accuracy-bars"] .wide');
    const titles = [...(wide?.querySelectorAll('rect title') ?? [])].map(
      ({ textContent }) => textContent ?? '',
    );
    expect(titles).toHaveLength(7);
    expect(titles[1]).toMatch(/^layers, cka at conv3_1: 5\d\.\d \[/);
    const heights = [...(wide?.querySelectorAll('rect') ?? [])].map((bar) =>
      Number(bar.getAttribute('height')),
    );
    const accuracies = titles.map((title) => Number(/: (\d+\.\d)/.exec(title)?.[1]));
    for (const [i, height] of heights.entries())
      expect(height / heights[0]!).toBeCloseTo(accuracies[i]! / accuracies[0]!, 1);
    expect(texts(document, '[data-figure="accuracy-bars"] .figure-keys li')).toContain(
      '2cka (tap chosen by validation)',
    );
  });

  it('draws the gain at each tap, and says which tap is chosen by what', () => {
    const figure = document.querySelector('[data-figure="layerwise-gains"]');
    const titles = [...(figure?.querySelectorAll('.wide title') ?? [])].map(
      ({ textContent }) => textContent ?? '',
    );
    expect(titles.filter((title) => /conv3_1.*, chosen by validation/.test(title)).length).toBeGreaterThan(0);
    expect(
      titles.filter((title) => /conv2_1.*best on the test, and chosen on the test/.test(title)).length,
    ).toBeGreaterThan(0);
    const [said] = texts(document, '#layerwise ~ ul li');
    expect(said).toMatch(
      /^cka: validation chooses conv3_1 \(\+\d\.\d points\); the best on the test, chosen on the test, is conv2_1 \(\+\d+\.\d\)\. After Holm’s correction for all methods and taps of the figure, these differ from the reference: .*conv2_1 \(\+\d+\.\d, p\s[<=]\s.*\.$/,
    );
  });

  it('says so where the tap that validation chooses is the best on the test', () => {
    const both = layerwiseFixture(new Random(1), [
      { id: 'no-transfer', label: 'no transfer', accuracy: 0.5 },
      ...atTaps('cka', { similarity: 'cka' }, { conv2_1: [0.6, 0.7], conv3_1: [0.4, 0.5] }),
    ]);
    const [said] = texts(page([{ name: 'both', results: both }]).document, '#layerwise ~ ul li');
    expect(said).toMatch(
      /^cka: validation chooses conv2_1 \(\+\d+\.\d points\), which is the best on the test, too\. After Holm’s correction .*, these differ from the reference: conv2_1 \(\+\d+\.\d, p\s<\s0\.001\), conv3_1/,
    );
  });

  it('has a table a measure that was measured, the first open, the best in bold', () => {
    expect(texts(document, '#tables ~ h3')).toEqual(['accuracy accuracy on the test clips']);
    expect(texts(document, 'summary').map((text) => text?.split(' ')[0])).toEqual(
      joinedMeasures.names.filter((name) => name !== 'accuracy'),
    );
    const [table] = document.querySelectorAll('table');
    const row = [...(table?.querySelectorAll('tbody tr') ?? [])].find((one) =>
      one.textContent?.startsWith('correlation, auxiliary clips'),
    );
    const cells = [...(row?.querySelectorAll('td') ?? [])];
    expect(cells[0]?.textContent).toBe('–');
    expect(cells[1]?.querySelector('b')?.textContent).toMatch(/^5\d\.\d /);
    expect(row?.querySelector('.tag')?.textContent).toBe('labels of orthogonal clips');
  });

  it('has losses over the epochs, training and validation, a panel a method and comparison', () => {
    const figures = texts(document, '#losses ~ .grid figcaption > span:first-child');
    expect(figures.slice(0, 2)).toEqual(['no transfer', 'cka at conv3_1']);
    expect(figures).toHaveLength(2 + plain.methods.length);
    const dashed = document.querySelectorAll('[data-figure="losses-1-1"] [stroke-dasharray]');
    expect(dashed.length).toBe(1);
  });

  it('has the measures that are asked for, in this order', () => {
    const measures = [joinedMeasures.find('probe'), joinedMeasures.find('gap')];
    const asked = page(all, { measures }).document;
    expect(texts(asked, '#tables ~ h3')[0]).toMatch(/^probe/);
    expect(texts(asked, 'summary')).toEqual([
      'gap highest less lowest accuracy in the target of an orthogonal label',
    ]);
  });

  it('of one comparison that trained nothing yet draws nothing, and breaks nothing', () => {
    const empty = { ...plain, runs: [] };
    const { document: bare } = page([{ name: 'empty', results: empty }]);
    expect(bare.querySelectorAll('figure')).toHaveLength(0);
    expect(texts(bare, 'h1')).toEqual(['0 methods in 1 comparison']);
  });
});
