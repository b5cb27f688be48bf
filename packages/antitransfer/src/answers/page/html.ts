import { html } from '../markup.js';
import type { ComparisonResults } from '../results.js';
import { summarise } from '../summary.js';
import { judge } from '../verdict/verdict.js';
import { methodColours } from './palette.js';
import { confusionSection } from './sections/confusion.js';
import { forgettingSection } from './sections/forgetting.js';
import { gainSection } from './sections/gain.js';
import { glossary } from './sections/glossary.js';
import { headline } from './sections/headline.js';
import { learningSection } from './sections/learning.js';
import type { Page } from './sections/page.js';
import { penaltySection } from './sections/penalty.js';
import { resultsTable } from './sections/results-table.js';
import { samplesSection } from './sections/samples.js';
import { setupSection } from './sections/setup.js';
import { openForPrint, styles } from './styles.js';

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
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${results.name} – anti-transfer comparison</title>
<style>${styles()}</style>
</head>
<body>
<main>
${headline(page)}
${resultsTable(page)}
${gainSection(page)}
${forgettingSection(page)}
${learningSection(page)}
${penaltySection(page)}
${confusionSection(page)}
${samplesSection(page)}
${setupSection(page)}
${glossary(page)}
</main>
<script>${openForPrint()}</script>
</body>
</html>
`.source;
}
