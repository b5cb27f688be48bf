import { stringify } from 'yaml';
import { spread } from '../../../analysis/statistics.js';
import { formatShare, formatUnit } from '../../format.js';
import { html, type Markup } from '../../markup.js';
import type { OrthogonalTask } from '../../results.js';
import { taskLabel } from '../../tasks.js';
import { methodName, type Page, plural } from './page.js';

/** How it was done: methods, split, orthogonal network, settings, environment. Closed until wanted. */
export function setupSection(page: Page): Markup {
  const { results } = page;
  return html`<section aria-labelledby="setup">
<h2 id="setup">How it was done</h2>
${details('Methods', methods(page))}
${details('Split and clips', splits(page))}
${results.tasks.map((task) => details(`The ${taskLabel(results, task)} network`, orthogonalNetwork(task)))}
${details('Settings', html`<pre tabindex="0">${stringify(results.config)}</pre>`)}
${details('Environment', definitions(Object.entries(results.environment)))}
</section>
`;
}

/** A part of the page that opens on demand. */
export function details(summary: string, body: Markup): Markup {
  return html`<details><summary>${summary}</summary><div>${body}</div></details>`;
}

function methods(page: Page): Markup {
  return html`<dl class="list">${page.results.methods.map(
    (method) =>
      html`<div><dt>${methodName(page, method)}</dt><dd>${method.description}${method.published && html` As published in arXiv 2006.06494.`}</dd></div>`,
  )}</dl>`;
}

function splits({ results }: Page): Markup {
  const { split, target, tasks } = results;
  const { train, validation, test, penalty } = split.counts;
  return html`<p>${sentence(split.description)}</p>${definitions([
    ['training', plural(train, 'clip')],
    ['validation', plural(validation, 'clip')],
    ['test', plural(test, 'clip')],
    ...(penalty === undefined ? [] : [['penalty', `${plural(penalty, 'clip')} of its own`] as const]),
    [
      `${target.column} (to learn)`,
      `${target.classes.join(', ')}; ${formatShare(target.chance)}% by always naming the most frequent`,
    ],
    ...tasks.map(
      (task) =>
        [
          `${taskLabel(results, task)} (to forget)`,
          `${task.classes.join(', ')}; ${formatShare(task.chance)}% by always naming the most frequent`,
        ] as const,
    ),
  ])}<p class="small">Counts are those of the first seed or fold.</p>`;
}

function orthogonalNetwork({ network, removable }: OrthogonalTask): Markup {
  const { accuracies, chance, given } = network;
  const { cka, threshold } = removable;
  return definitions([
    [
      'accuracy on clips it did not see',
      `${formatShare(spread(accuracies).mean)}%, ${formatShare(chance)}% by chance (${plural(accuracies.length, 'network')})`,
    ],
    ...(given ? [['trained', 'elsewhere: a file was given'] as const] : []),
    [
      'CKA to a network without transfer',
      `${formatUnit(spread(cka).mean)}; below ${formatUnit(threshold)}, by rule of thumb, there is little to remove`,
    ],
  ]);
}

function definitions(entries: readonly (readonly [term: string, description: string])[]): Markup {
  return html`<dl class="list">${entries.map(([term, description]) => html`<div><dt>${term}</dt><dd>${description}</dd></div>`)}</dl>`;
}

function sentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
