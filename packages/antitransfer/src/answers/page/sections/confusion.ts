import { confusionMatrix } from '../../../analysis/scores.js';
import { sum } from '../../../numbers/mean.js';
import { html, type Markup } from '../../markup.js';
import type { MethodDescription } from '../../results.js';
import { colourOf, methodName, type Page, runsOf, section } from './page.js';
import { scrollable } from './scrollable.js';

/** More classes than this make the counts too small to read; colour then speaks without them. */
const MOST_COUNTED_CLASSES = 16;
/** Characters; longer names of columns stand upright. */
const LONGEST_LEVEL_LABEL = 3;

/** What each method takes for what, summed over its runs. */
export function confusionSection(page: Page): Markup | undefined {
  const methods = page.results.methods.filter((method) =>
    runsOf(page, method.id).some((run) => run.predictions.length > 0),
  );
  if (methods.length === 0) return undefined;
  const crowded = page.results.target.classes.length > MOST_COUNTED_CLASSES;
  return section(
    'confusion',
    'What is taken for what',
    html`Rows are the true labels, columns what they are taken for, in the test clips of all runs together. The shade is the share of its row${crowded ? '' : ', the number a count of clips'}.`,
    html`<div class="grid${crowded && ' two'}">${methods.map((method, index) => matrix(page, method, `confusion-${index}`))}</div>`,
  );
}

function matrix(page: Page, method: MethodDescription, id: string): Markup {
  const { classes, column } = page.results.target;
  const counts = confusionMatrix(
    runsOf(page, method.id).flatMap((run) => run.predictions),
    classes,
  );
  const crowded = classes.length > MOST_COUNTED_CLASSES;
  const longest = Math.max(...classes.map((name) => name.length));
  const look = [crowded && 'crowded', longest > LONGEST_LEVEL_LABEL && 'upright'].filter(Boolean).join(' ');
  const counted = html`<table class="confusion ${look}" style="--colour: ${colourOf(page, method.id)}; --labels: ${Math.min(longest, 14)}ch">
<thead><tr><td class="corner"></td><th class="axis" scope="colgroup" colspan="${classes.length}">taken for →</th></tr>
<tr><td class="corner">true ↓</td>${classes.map((name) => html`<th scope="col"><span>${name}</span></th>`)}</tr></thead>
<tbody>${classes.map((truth, at) => {
    const row = counts[at] ?? [];
    const total = sum(row);
    return html`<tr><th scope="row">${truth}</th>${row.map((count, predicted) => {
      if (count === 0) return html`<td></td>`;
      const percent = Math.round((100 * count) / total);
      const title = `${column} ${truth} taken for ${classes[predicted]}: ${count} of ${total} (${percent}%)`;
      return html`<td style="--share: ${percent}%" title="${title}">${!crowded && count}</td>`;
    })}</tr>
`;
  })}</tbody></table>`;
  return html`<figure><figcaption id="${id}">${methodName(page, method)}</figcaption>
${scrollable(html`aria-labelledby="${id}"`, counted)}</figure>`;
}
