import { html, safe } from '../markup.js';
import type { ComparisonResults } from '../results.js';
import { summarise } from '../summary.js';
import { judge } from '../verdict/verdict.js';
import { methodColours } from './palette.js';
import { contentSecurityPolicy, pageScript } from './script.js';
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
import { styles } from './styles.js';

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
  const script = pageScript();
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${contentSecurityPolicy(script)}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${results.name}: ${page.verdict.sentence}</title>
<style>${styles()}</style>
</head>
<body>
<main>
${headline(page)}
${resultsTable(page)}
${gainSection(page)}
${groupsSection(page)}
${forgettingSection(page)}
${learningSection(page)}
${objectivesSection(page)}
${confusionSection(page)}
${samplesSection(page)}
${dataSection(page)}
${setupSection(page)}
${glossary(page)}
</main>
<script>${safe(script)}</script>
</body>
</html>
`.source;
}
