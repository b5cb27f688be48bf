import { parseHTML } from 'linkedom';
import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { effectSize } from '../../../src/analysis/statistics.js';
import {
  formatEffect,
  formatInterval,
  formatP,
  formatPoints,
  formatShareEstimate,
  formatShares,
  formatUnits,
} from '../../../src/answers/format.js';
import { renderReport } from '../../../src/answers/page/html.js';
import { summarise } from '../../../src/answers/summary.js';
import { judge } from '../../../src/answers/verdict/verdict.js';
import { accountLines } from '../../../src/data/account/text.js';
import { objectives } from '../../../src/learning/objectives/registry.js';
import { comparisonFixture } from './fixture.js';
import { FSDD_METHODS } from './fsdd.js';

const results = comparisonFixture(new Random(3));
const summaries = summarise(results);
const page = renderReport(results);

describe('renderReport', () => {
  it('shows the verdict and the numbers of the summaries', () => {
    const { document } = parseHTML(page);
    const verdict = judge(results, summaries);
    expect(document.querySelector('h1')!.textContent).toBe(verdict.sentence);
    const reasons = [...document.querySelectorAll('.reasons li')].map((item) => item.textContent);
    expect(reasons).toEqual(verdict.reasons);
    const [main, tasks] = [...document.querySelectorAll('table.results')];
    const cells = (table: NonNullable<typeof main>, index: number) => [
      ...[...table.querySelectorAll('tbody tr')][index]!.querySelectorAll('td'),
    ];
    expect(main!.querySelectorAll('tbody tr')).toHaveLength(summaries.length);
    for (const [index, { method, n, reference, ...summary }] of summaries.entries()) {
      expect(main!.querySelectorAll('tbody th')[index]!.textContent).toContain(method.label);
      expect(cells(main!, index).map((cell) => cell.textContent)).toEqual([
        // On a phone the gain is what stands beside the method.
        reference ? '' : formatPoints(summary.gain!.mean),
        formatInterval(summary.gain),
        reference ? '' : formatP(summary.gain!.test!.p),
        reference ? '' : formatP(summary.pHolm),
        reference ? '' : formatEffect(effectSize(summary.gain!)),
        formatShares(summary.accuracy),
        formatShares(summary.balancedAccuracy),
        formatShares(summary.macroF1),
        formatShares(summary.contradicting),
        String(n),
      ]);
      expect(cells(tasks!, index).map((cell) => cell.textContent)).toEqual(
        summary.tasks.flatMap(({ cka, probe, worst, gap }) => [
          formatUnits(cka),
          formatShares(probe.accuracy),
          formatShareEstimate(worst),
          formatShareEstimate(gap),
        ]),
      );
    }
  });

  it('shows the scores on all sides, folded away, where they are known', () => {
    const titles = (of: string) =>
      [...parseHTML(of).document.querySelectorAll('summary')].map(({ textContent }) => textContent);
    expect(titles(page).filter((title) => title?.startsWith('Training, validation'))).toEqual([]);
    const scores = {
      accuracy: 0.915,
      balancedAccuracy: 0.8,
      macroF1: 0.7,
      macroPrecision: 0.6,
      crossEntropy: 1,
    };
    const runs = results.runs.map((run) => ({ ...run, sides: { train: scores } }));
    const shown = renderReport({ ...results, runs });
    expect(titles(shown).filter((title) => title?.startsWith('Training, validation'))).toHaveLength(1);
    const { document } = parseHTML(shown);
    const rows = [...document.querySelectorAll('table.sides tbody tr')].map((row) =>
      [...row.querySelectorAll('td')].map((cell) => cell.textContent),
    );
    // Validation clips were not scored here; the test was, but for its precision.
    expect(rows).toHaveLength(2 * summaries.length);
    expect(rows[0]).toEqual(['training', '91.5 ± 0.0', '70.0 ± 0.0', '60.0 ± 0.0', '80.0 ± 0.0']);
    const { accuracy, macroF1, balancedAccuracy } = summaries[0]!;
    expect(rows[1]).toEqual([
      'test',
      ...[accuracy, macroF1].map(formatShares),
      '–',
      formatShares(balancedAccuracy),
    ]);
  });

  it('shows every group, the worst and the gap', () => {
    const { document } = parseHTML(page);
    const rows = [...document.querySelectorAll('table.groups tbody tr')].map((row) =>
      [...row.querySelectorAll('th, td')].map((cell) => cell.textContent),
    );
    expect(rows.map(([name]) => name)).toEqual([
      'george',
      'jackson',
      'lucas',
      'nicolas',
      'theo',
      'worst',
      'gap, points',
    ]);
    const [task] = summaries[3]!.tasks;
    expect(rows[1]![1]).toBe(String(7 * 40));
    expect(rows[1]![5]).toBe(formatShareEstimate(task!.groups[1]!.accuracy));
    expect(rows[6]![5]).toBe(formatShareEstimate(task!.gap));
  });

  it('says what became of everything that was found, and the clips of each class', () => {
    const { document } = parseHTML(page);
    const part = [...document.querySelectorAll('section[aria-labelledby="data"] details')];
    expect(part.map((one) => one.querySelector('summary')!.textContent)).toEqual(['What was counted']);
    const lines = [...part[0]!.querySelectorAll('p')].map(({ textContent }) => textContent);
    expect(lines).toEqual(accountLines(results.data));
    // Names of files are text, whatever they are.
    expect(lines[0]).toContain('3 are empty and skipped (such as <b>7</b>_theo_4.wav)');
    const classes = [...part[0]!.querySelectorAll('dl > div')].map(({ textContent }) => textContent);
    expect(classes).toHaveLength(10);
    expect(classes[0]).toBe('0training 36 to 37, validation 9, test 50');
  });

  it('has one meaning for every bar, marks chance, and tells numbers to a pointer', () => {
    const { document } = parseHTML(page);
    const figure = (id: string) => document.querySelector(`figure[data-figure="${id}"]`)!;
    const text = document.querySelector('main')!.textContent!;
    expect(text).not.toContain('one standard deviation');
    expect(text.match(/95% (confidence )?intervals? of the mean/g)!.length).toBeGreaterThanOrEqual(4);
    expect(figure('accuracy').textContent).toContain('chance 10.0');
    expect(figure('probe-speaker').textContent).toContain('chance 20.0');
    expect(figure('learning-gram').textContent).toContain('chance');
    const titles = [...figure('gain').querySelector('svg')!.querySelectorAll('circle title')];
    // A dot a run and one for the mean, for each method but the reference.
    expect(titles).toHaveLength(4 * (7 + 1));
    expect(titles[0]!.textContent).toMatch(/^seed 1: [+−]\d+\.\d$/);
    const point = figure('learning-gram').querySelector('circle title')!.textContent;
    expect(point).toMatch(/^training, epoch 1: \d\.\d+ \[.*\] \(7 runs\)$/);
  });

  it('names every axis', () => {
    const { document } = parseHTML(page);
    for (const chart of document.querySelectorAll('svg.chart')) {
      const text = chart.textContent!;
      expect(text).toMatch(/epoch|seconds|percentage points|accuracy|CKA on test clips/);
      if (text.includes('epoch'))
        expect(text).toMatch(/cross-entropy|accuracy, %|CKA|value in training batches/);
    }
  });

  it('draws what penalties add on validation clips where the epoch was chosen by it', () => {
    const title = 'What penalties add to the loss on validation clips';
    expect(page).not.toContain(title);
    const runs = results.runs.map((run) => ({
      ...run,
      epochs: run.epochs.map((epoch) => ({ ...epoch, validation: { ...epoch.validation, penalty: 0.25 } })),
    }));
    expect(renderReport({ ...results, runs })).toContain(title);
  });

  it.each(objectives.members.filter(({ measures }) => measures !== undefined))(
    'names the axis of $name by what that measures, also of a second one of its kind',
    ({ name, measures }) => {
      const [first, ...others] = results.methods;
      const [similarity] = results.methods[2]!.objectives;
      const objective = { ...similarity!, kind: name, similarity: name === 'similarity' ? 'cka' : null };
      const measured = `${objective.similarity ?? name}-2`;
      const runs = results.runs.slice(0, 1).map((run) => ({
        ...run,
        epochs: run.epochs.map((epoch) => ({
          ...epoch,
          train: { ...epoch.train, objectives: { [measured]: 0.5 } },
        })),
      }));
      const methods = [{ ...first!, objectives: [objective] }, ...others];
      const { document } = parseHTML(renderReport({ ...results, methods, runs }));
      expect(
        document.querySelector(`figure[data-figure="objective-${measured}"] svg`)!.textContent,
      ).toContain(measures);
    },
  );

  it('lets listen to errors, and says what was heard', () => {
    const { document } = parseHTML(page);
    const [card] = [...document.querySelectorAll('.clip')];
    const [sample] = results.samples;
    expect(document.querySelector('#samples')!.textContent).toBe('Errors to listen to');
    const heard = results.runs
      .filter(({ method }) => method === results.methods[0]!.id)
      .map(({ predictions }) => predictions.find(({ clip }) => clip === sample!.id)!.predicted);
    const first = card!.querySelector('.recognised li')!.textContent!;
    for (const label of new Set(heard)) {
      const count = heard.filter((other) => other === label).length;
      expect(first).toContain(`${label}${label === '7' ? '\u00a0(right)' : ''}\u00a0×${count}`);
    }
  });

  it('says what a user’s own methods are, where they were published, and what they look at', () => {
    const dann = {
      kind: 'gradient-reversal',
      description: 'An adversary reads the orthogonal label',
      paper: 'Ganin and others 2016, arXiv 1505.07818',
      published: false,
      similarity: null,
      seesLabels: true,
      clips: 'batch',
      forgets: 'speaker',
    } as const;
    const methods = results.methods.map((method) =>
      method.id === 'gram' ? { ...method, own: true, published: false, objectives: [dann] } : method,
    );
    const { document } = parseHTML(renderReport({ ...results, methods }));
    expect(document.querySelectorAll('.results .tag')[2]!.textContent).toBe('yours: gradient reversal');
    const list = [...document.querySelectorAll('details')].find((part) =>
      part.textContent!.startsWith('Methods'),
    )!;
    expect(list.textContent).toContain(
      'gradient-reversal: An adversary reads the orthogonal label (Ganin and others 2016, arXiv 1505.07818). It looks at the speaker of every training clip.',
    );
    expect(list.textContent).toContain(
      'Likeness is measured by correlation, which is this toolkit’s and not the paper’s. It looks at the clips that the speaker network learned from',
    );
  });

  it('says from which method another starts', () => {
    const [none, , gram] = results.methods;
    if (none === undefined || gram === undefined) expect.fail('too few methods');
    const said = (start: string) => {
      const methods = results.methods.map((method) => (method === gram ? { ...gram, start } : method));
      return renderReport({ ...results, methods });
    };
    expect(said(none.id)).toContain(`It starts from the networks of “${none.label}”`);
    for (const start of ['random', 'orthogonal'])
      expect(said(start)).not.toContain('It starts from the networks');
  });

  it('says where the orthogonal network comes from', () => {
    const [task] = results.tasks;
    const from = (given: boolean) =>
      renderReport({ ...results, tasks: [{ ...task, network: { ...task.network, given } }] });
    expect(from(false)).not.toContain('a file was given');
    expect(from(true)).toContain(
      'a file was given. Its accuracy means something only if its outputs are george, jackson, lucas, nicolas, theo, in this order.',
    );
  });

  it('says where each method comes from', () => {
    const { document } = parseHTML(page);
    const tags = [...document.querySelector('.results')!.querySelectorAll('.tag')].map(
      (tag) => tag.textContent,
    );
    expect(tags).toEqual(['reference', 'as published', 'as published', 'this toolkit’s', 'control']);
  });

  it.each([
    ['Long and others 2018, arXiv 1705.10667', 'published elsewhere'],
    ['this toolkit, after Long and others 2018', 'this toolkit’s'],
  ])('calls a method by its paper: %s', (paper, tag) => {
    const methods = results.methods.map((method) => ({
      ...method,
      published: false,
      objectives: method.objectives.map((objective) => ({ ...objective, similarity: null, paper })),
    }));
    const { document } = parseHTML(renderReport({ ...results, methods }));
    expect(document.querySelectorAll('.results .tag')[3]!.textContent).toBe(tag);
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

  it('says how many clips of how many a probe read, where it read a sample', () => {
    expect(page).not.toContain('The probe read a sample');
    const sampled = (vectors: number) => ({
      sample: { labels: 40, vectors, of: { labels: 250, vectors: 4000 } },
    });
    const runs = results.runs.map((run, index) => ({
      ...run,
      tasks: run.tasks.map((task) => ({ ...task, probe: { ...task.probe, ...sampled(600 + (index % 3)) } })),
    }));
    const { document } = parseHTML(renderReport({ ...results, runs }));
    expect(document.querySelector('figure[data-figure="probe-speaker"] + .note')!.textContent).toBe(
      'The probe read a sample, 600 to 602 of 4000 clips with 40 of 250 labels, drawn by the seed: all would have taken too long.',
    );
  });

  it('draws a comparison that has only begun', () => {
    const html = renderReport({
      ...results,
      runs: [],
      samples: [],
      tasks: [{ ...results.tasks[0], removable: { ...results.tasks[0].removable, cka: [] } }],
    });
    expect(mistakes(html)).toBeNull();
    expect(html).toContain('Nothing can be said');
  });
});

/** What JavaScript writes where a number is missing; pictures and sounds may hold any letters. */
function mistakes(html: string): RegExpMatchArray | null {
  return html.replaceAll(/data:[^"]*"/g, '').match(/undefined|NaN|Infinity|\[object/);
}
