import { BeyondSeeds, beyondSeedsNote } from '../../beyond-seeds.js';
import { formatInterval, formatPoints } from '../../format.js';
import { html, type Markup } from '../../markup.js';
import { beyondColumns } from '../../tables/beyond-columns.js';
import { methodName, type Page } from './page.js';
import { scrollable } from './scrollable.js';

/** The gain over other seeds, other clips and other groups; nothing where the test's answers are not known. */
export function beyondTable(page: Page): Markup | undefined {
  const beyond = new BeyondSeeds(page.results);
  const compared = page.summaries.filter(({ gain }) => gain !== undefined);
  const columns = beyondColumns(beyond, compared);
  if (columns.length === 0 || compared.length === 0) return undefined;
  const table = html`<table class="results beyond">
<thead><tr><th scope="col">Method</th><th scope="col">Gain <small>points</small></th><th scope="col">other seeds <small>95% CI</small></th>
${columns.map(({ heading, unit }) => html`<th scope="col">${heading} <small>${unit}</small></th>`)}</tr></thead>
<tbody>
${compared.map(
  (
    summary,
  ) => html`<tr><th scope="row">${methodName(page, summary.method)}</th><td>${formatPoints(summary.gain?.mean)}</td><td>${formatInterval(summary.gain)}</td>
${columns.map(({ format }) => html`<td>${format(summary)}</td>`)}</tr>
`,
)}</tbody>
</table>`;
  return html`<h3>Over what does the gain hold?</h3>
${scrollable(html`aria-label="The gain over other seeds, clips and groups"`, table)}
<p class="note">${beyondSeedsNote(beyond)}</p>
`;
}
