import { parseHTML } from 'linkedom';
import { Random } from 'onnx-autograd';
import { expect, it } from 'vitest';
import { joinedMachineColumns } from '../../src/answers/joined/columns.js';
import { joinResults } from '../../src/answers/joined/join.js';
import { joinedLatex } from '../../src/answers/joined/latex.js';
import { joinedMarkdown } from '../../src/answers/joined/markdown.js';
import { joinedMeasures } from '../../src/answers/joined/measures.js';
import { renderJoinedReport } from '../../src/answers/joined/report/page.js';
import { joinedLegend } from '../../src/answers/joined/text.js';
import { renderReport } from '../../src/answers/page/html.js';
import { selectionSentence } from '../../src/answers/selection.js';
import { summarise } from '../../src/answers/summary.js';
import { csvTable } from '../../src/answers/tables/csv.js';
import { summaryTable } from '../../src/answers/tables/terminal.js';
import { comparisonFixture } from './page/fixture.js';

const fixture = comparisonFixture(new Random(2), { epochs: 2, clips: 20 });
const of = (split: object, choose: string) => ({
  ...fixture,
  config: { ...fixture.config, split, training: { choose } },
});
const textOf = (page: string) => parseHTML(page).document.body.textContent?.replaceAll(/\s+/g, ' ') ?? '';

it.each([
  [
    { kind: 'confounded' },
    'validation-loss',
    'epochs by validation-loss; validation clips unconfounded, as the test is (DomainBed: test-domain validation set, an oracle)',
  ],
  [
    { kind: 'k-fold', column: 'speaker' },
    'validation-balanced-accuracy',
    'epochs by validation-balanced-accuracy; validation clips of groups that neither training nor test has (as in leave-one-group-out)',
  ],
  [{ kind: 'confounded', validation: 'confounded' }, 'last', 'the last epoch, by no clip'],
])('how models were chosen is named in every table: %j, %s', (split, choose, words) => {
  const results = of(split, choose);
  const table = joinResults([{ name: 'one', results }], joinedMeasures.find('accuracy'));
  expect(joinedLegend(table).join('\n')).toContain(`; ${words}; `);
  expect(joinedMarkdown(table)).toContain(`; ${words}; `);
  expect(joinedLatex(table).replaceAll('\\', '')).toContain(`; ${words}; `);
  expect(csvTable(joinedMachineColumns(table), table.rows)).toContain(words);
  expect(textOf(renderJoinedReport([{ name: 'one', results }]))).toContain(`; ${words}; `);
  expect(textOf(renderReport(results))).toContain(`Chosen: ${words}.`);
  const terminal = summaryTable(results, summarise(results), { colour: false, width: 100 });
  expect(terminal.replaceAll(/\s+/g, ' ')).toContain(`Chosen: ${words}.`);
});

it('nothing is said where nothing is known', () => {
  expect(selectionSentence({ config: {}, methods: [] })).toBeUndefined();
});
