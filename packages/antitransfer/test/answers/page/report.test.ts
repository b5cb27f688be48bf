import { parseHTML } from 'linkedom';
import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import {
  formatInterval,
  formatP,
  formatPoints,
  formatShares,
  formatUnits,
} from '../../../src/answers/format.js';
import { renderReport } from '../../../src/answers/page/html.js';
import type { ComparisonResults } from '../../../src/answers/results.js';
import { summarise } from '../../../src/answers/summary.js';
import { summaryTable } from '../../../src/answers/tables/terminal.js';
import { judge } from '../../../src/answers/verdict/verdict.js';
import { comparisonFixture, FSDD_METHODS } from './fixture.js';

const results = comparisonFixture(new Random(3));
const summaries = summarise(results);
const page = renderReport(results);

describe('renderReport', () => {
  it('stands by itself: nothing in it is fetched', () => {
    const { document } = parseHTML(page);
    const references = [...document.querySelectorAll('*')].flatMap((element) =>
      ['src', 'href', 'xlink:href', 'srcset', 'data', 'poster'].flatMap(
        (name) => element.getAttribute(name) ?? [],
      ),
    );
    expect(references.length).toBeGreaterThan(4);
    for (const reference of references) expect(reference).toMatch(/^data:(audio\/wav|image\/png);base64,/);
    expect(page).not.toMatch(/@import|url\(|<link|fetch\(|XMLHttpRequest/i);
    // Names of XML languages are no addresses to fetch from.
    expect(page.replaceAll(/xmlns(:\w+)?="[^"]*"/g, '')).not.toMatch(/https?:/);
  });

  it('is small enough to send, and the same every time', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(1_500_000);
    expect(renderReport(results)).toBe(page);
  });

  it('shows the verdict and the numbers of the summaries', () => {
    const { document } = parseHTML(page);
    const verdict = judge(results, summaries);
    expect(document.querySelector('.verdict')!.textContent).toBe(verdict.sentence);
    const reasons = [...document.querySelectorAll('.reasons li')].map((item) => item.textContent);
    expect(reasons).toEqual(verdict.reasons);
    const rows = [...document.querySelectorAll('.results tbody tr')];
    expect(rows).toHaveLength(summaries.length);
    for (const [index, { method, n, reference, ...summary }] of summaries.entries()) {
      const row = rows[index]!;
      expect(row.querySelector('th')!.textContent).toContain(method.label);
      expect([...row.querySelectorAll('td')].map((cell) => cell.textContent)).toEqual([
        String(n),
        formatShares(summary.accuracy),
        formatShares(summary.macroF1),
        reference ? '' : formatPoints(summary.gain!.mean),
        formatInterval(summary.gain),
        reference ? '' : formatP(summary.gain!.test!.p),
        reference ? '' : formatP(summary.pHolm),
        formatShares(summary.contradicting),
        ...summary.tasks.flatMap(({ cka, probe }) => [formatUnits(cka), formatShares(probe.accuracy)]),
      ]);
    }
  });

  it('says where the orthogonal network comes from', () => {
    const [task] = results.tasks;
    const from = (given: boolean) =>
      renderReport({ ...results, tasks: [{ ...task, network: { ...task.network, given } }] });
    expect(from(false)).not.toContain('a file was given');
    expect(from(true)).toContain('elsewhere: a file was given');
  });

  it('says where each method comes from', () => {
    const { document } = parseHTML(page);
    const tags = [...document.querySelectorAll('.results .tag')].map((tag) => tag.textContent);
    expect(tags).toEqual(['reference', 'as published', 'as published', 'this toolkit’s', 'control']);
  });

  it('counts every prediction in the confusion matrices', () => {
    const { document } = parseHTML(page);
    for (const [index, matrix] of [...document.querySelectorAll('.confusion')].entries()) {
      const cells = [...matrix.querySelectorAll('tbody td')].map((cell) => Number(cell.textContent));
      expect(cells.reduce((sum, count) => sum + count, 0)).toBe(7 * 200);
      const right = results.runs
        .filter(({ method }) => method === results.methods[index]!.id)
        .flatMap(({ predictions }) => predictions.filter(({ truth, predicted }) => truth === predicted));
      const diagonal = cells.filter((_, at) => at % 11 === 0);
      expect(diagonal.reduce((sum, count) => sum + count, 0)).toBe(right.length);
    }
  });

  it('can be read without seeing: charts have names, tables have heads, headings are in order', () => {
    const { document } = parseHTML(page);
    const charts = [...document.querySelectorAll('svg.chart')];
    expect(charts.length).toBeGreaterThan(15);
    for (const chart of charts) {
      expect(chart.getAttribute('role')).toBe('img');
      expect(chart.getAttribute('aria-label')!.length).toBeGreaterThan(20);
    }
    expect(document.querySelectorAll('h1')).toHaveLength(1);
    expect(document.querySelectorAll('h2').length).toBeGreaterThan(6);
    for (const row of document.querySelectorAll('tbody tr'))
      expect(row.querySelector('th[scope=row]')).not.toBeNull();
    for (const audio of document.querySelectorAll('audio'))
      expect(audio.getAttribute('aria-label')).toMatch(/^Play /);
    expect(mistakes(page)).toBeNull();
  });

  it('escapes what users wrote, everywhere', () => {
    const evil = `<script>alert("x")</script>'&`;
    const spoiled = spoil(results, evil);
    const html = renderReport(spoiled);
    const { document } = parseHTML(html);
    expect(document.querySelectorAll('script')).toHaveLength(1);
    expect(document.querySelector('script')!.textContent).toContain('beforeprint');
    // Inside an attribute's quotes `<` is harmless; outside of them it would open an element.
    expect(html.replaceAll(/="[^"]*"/g, '')).not.toContain('<script>alert');
    expect(document.querySelector('h1')!.textContent).toBe(evil);
    expect(document.querySelector('.results tbody th')!.textContent).toContain(evil);
    expect(document.querySelector('svg.chart')!.getAttribute('aria-label')).toContain(evil);
    expect(document.querySelector('pre')!.textContent).toContain('<script>');
  });

  it('plays only sound that is inside the page', () => {
    const samples = results.samples.map((sample) => ({ ...sample, audio: 'https://example.org/a.wav' }));
    expect(renderReport({ ...results, samples })).not.toContain('example.org');
  });

  it('leaves clips out that would make it too large, and says so', () => {
    const audio = `data:audio/wav;base64,${'A'.repeat(400_000)}`;
    const samples = results.samples.map((sample) => ({ ...sample, audio }));
    const html = renderReport({ ...results, samples });
    expect(Buffer.byteLength(html)).toBeLessThan(1_500_000);
    expect(html).toContain('2 longer clips left out');
  });

  it.each([
    ['one seed', { seeds: 1 }],
    ['folds', { seeds: 1, folds: 5 }],
    ['one epoch', { epochs: 1 }],
    ['no predictions', { clips: 0 }],
    ['many classes', { classes: Array.from({ length: 35 }, (_, index) => `word ${index}`) }],
    ['one method', { methods: FSDD_METHODS.slice(0, 1) }],
    [
      'many methods',
      { methods: Array.from({ length: 12 }, (_, at) => ({ ...FSDD_METHODS[3]!, id: `m${at}` })) },
    ],
  ])('draws %s', (_, options) => {
    const html = renderReport(comparisonFixture(new Random(4), { epochs: 4, clips: 40, ...options }));
    expect(mistakes(html)).toBeNull();
  });

  it('draws a comparison that has only begun', () => {
    const html = renderReport({
      ...results,
      runs: [],
      samples: [],
      tasks: [{ ...results.tasks[0], removable: { cka: [], threshold: 0.1 } }],
    });
    expect(mistakes(html)).toBeNull();
    expect(html).toContain('Nothing can be said');
  });
});

describe('summaryTable', () => {
  it('fits 100 columns and holds the numbers of the summaries', () => {
    const lines = summaryTable(results, summaries, { colour: false }).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    for (const summary of summaries) {
      const line = lines.find((text) => text.includes(formatShares(summary.accuracy)))!;
      expect(line).toContain(summary.method.label.split(' ')[0]);
      expect(line).toContain(formatShares(summary.macroF1));
      if (summary.gain)
        expect(line.replaceAll(/ +/g, ' ')).toContain(
          `${formatPoints(summary.gain.mean)} ${formatInterval(summary.gain)}`,
        );
    }
  });

  it('colours significant changes only where asked', () => {
    const control = String.fromCharCode(27);
    expect(summaryTable(results, summaries, { colour: false })).not.toContain(control);
    const coloured = summaryTable(results, summaries, { colour: true });
    expect(coloured).toContain(`${control}[32m+`);
    expect(coloured).toContain(`${control}[31m−`);
    const shuffled = coloured.split('\n').find((line) => line.includes('shuffled'))!;
    expect(shuffled).not.toContain(control);
  });

  it('leaves out the column of contradicting clips where there are none', () => {
    const plain = summaries.map((summary) => ({ ...summary, contradicting: undefined }));
    expect(summaryTable(results, plain, { colour: false })).not.toContain('Contra-');
    expect(summaryTable(results, summaries, { colour: false })).toContain('Contra-');
  });
});

/** What JavaScript writes where a number is missing; pictures and sounds may hold any letters. */
function mistakes(html: string): RegExpMatchArray | null {
  return html.replaceAll(/data:[^"]*"/g, '').match(/undefined|NaN|Infinity|\[object/);
}

/** The same results with every text that a user can choose replaced. */
function spoil(original: ComparisonResults, evil: string): ComparisonResults {
  return {
    ...original,
    name: evil,
    createdAt: evil,
    config: { [evil]: evil },
    environment: { [evil]: evil },
    target: { ...original.target, column: evil, classes: original.target.classes.map((name) => evil + name) },
    tasks: [{ ...original.tasks[0], name: evil, column: evil, classes: [evil] }],
    split: { ...original.split, description: evil },
    methods: original.methods.map((method) => ({
      ...method,
      id: method.id + evil,
      label: evil + method.label,
      description: evil,
      forgets: method.forgets.map(() => evil),
    })),
    runs: original.runs.map((run) => ({
      ...run,
      method: run.method + evil,
      tasks: run.tasks.map((task) => ({ ...task, name: evil })),
      epochs: run.epochs.map((epoch) => ({
        ...epoch,
        train: { ...epoch.train, objectives: { [evil]: 0.1 } },
      })),
      predictions: run.predictions.map((prediction) => ({
        clip: evil,
        truth: evil + prediction.truth,
        predicted: evil + prediction.predicted,
        orthogonal: { [evil]: evil },
        probabilities: prediction.probabilities,
      })),
    })),
    samples: original.samples.map((sample) => ({ ...sample, id: evil, labels: { [evil]: evil } })),
  };
}
