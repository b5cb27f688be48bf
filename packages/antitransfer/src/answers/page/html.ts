import { html } from '../markup.js';
import type { ComparisonResults } from '../results.js';
import { summarise } from '../summary.js';
import { judge } from '../verdict/verdict.js';
import { documentOf } from './document.js';
import { methodColours } from './palette.js';
import { calibrationSection } from './sections/calibration.js';
import { confusionSection } from './sections/confusion.js';
import { dataSection } from './sections/data.js';
import { forgettingSection } from './sections/forgetting.js';
import { gainSection } from './sections/gain.js';
import { glossary } from './sections/glossary.js';
import { groupsSection } from './sections/groups.js';
import { headline } from './sections/headline.js';
import { learningSection } from './sections/learning.js';
import { objectivesSection } from './sections/objectives.js';
import type { Page } from './sections/page.js';
import { resultsTable } from './sections/results-table.js';
import { samplesSection } from './sections/samples.js';
import { setupSection } from './sections/setup.js';

/**
 * The report of a comparison: one HTML page that stands by itself, for a screen of any size, light or dark, and for
 * paper. The same results always give the same page.
 *
 * ```ts
 * await writeFile('report.html', renderReport(results));
 * ```
 *
 * @throws UserError when the runs cannot be paired (see `summarise`).
 */
export function renderReport(results: ComparisonResults): string {
  const summaries = summarise(results);
  const page: Page = {
    results,
    summaries,
    verdict: judge(results, summaries),
    colours: methodColours(results.methods),
  };
  return documentOf(
    `${results.name}: ${page.verdict.sentence}`,
    html`${headline(page)}
${resultsTable(page)}
${gainSection(page)}
${groupsSection(page)}
${forgettingSection(page)}
${learningSection(page)}
${objectivesSection(page)}
${confusionSection(page)}
${calibrationSection(page)}
${samplesSection(page)}
${dataSection(page)}
${setupSection(page)}
${glossary(page)}`,
  );
}
