import { parseHTML } from 'linkedom';
import { expect } from 'vitest';
import { renderReport } from '../../src/answers/page/html.js';
import type { ComparisonResults } from '../../src/answers/results.js';
import { summarise } from '../../src/answers/summary.js';
import { summaryTable } from '../../src/answers/tables/terminal.js';

/** A sentence stands in the terminal, and on the page in what a selector finds. */
export function expectSaid(results: ComparisonResults, sentence: string, selector: string): void {
  const { document } = parseHTML(renderReport(results));
  expect(document.querySelector(selector)!.textContent).toContain(sentence);
  const table = summaryTable(results, summarise(results), { colour: false });
  expect(table.replaceAll(/\s+/g, ' ')).toContain(sentence);
}
