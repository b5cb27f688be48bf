import { repetitionName } from '../../../runs/plan/repetition-name.js';
import { formatDuration } from '../../format.js';
import { html, type Markup } from '../../markup.js';
import { type Page, plural } from './page.js';

/** The verdict with its reasons, and what was compared. */
export function headline({ results, verdict }: Page): Markup {
  return html`<header>
<p class="kicker"><b>${results.name}</b> · anti-transfer comparison · <time datetime="${results.createdAt}">${formatDate(results.createdAt)}</time></p>
${soFar(results)}<h1 class="verdict">${verdict.sentence}</h1>
${verdict.reasons.length > 0 && html`<ul class="reasons">${verdict.reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`}
<dl class="facts">${comparisonFacts(results).map(([term, fact]) => html`<div><dt>${term}</dt><dd>${fact}</dd></div>`)}</dl>
</header>
`;
}

/** What a page says that is written while others than its repetitions are trained. */
function soFar({ repetitions: { done, asked } }: Page['results']): Markup | false {
  return (
    done < asked &&
    html`<p class="so-far"><b>So far: ${done} of ${asked}.</b> The comparison is under way; this page is written anew as each of its repetitions comes in.</p>`
  );
}

/** What was compared, as terms with a few words each. */
export function comparisonFacts(results: Page['results']): [term: string, fact: string][] {
  const { target, tasks, split, methods } = results;
  const repetitions = new Set(results.runs.map(repetitionName)).size;
  const folded = results.runs.some(({ fold }) => fold !== undefined);
  return [
    ['to learn', `${target.column} (${plural(target.classes.length, 'class')})`],
    ['to forget', tasks.map((task) => `${task.name} (${plural(task.classes.length, 'class')})`).join(', ')],
    ['compared', `${plural(methods.length, 'method')} × ${plural(repetitions, folded ? 'split' : 'seed')}`],
    [
      'clips',
      `${split.counts.train} train, ${split.counts.validation} validation, ${split.counts.test} test`,
    ],
    ['took', formatDuration(results.seconds)],
  ];
}

function formatDate(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? iso
    : new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(date);
}
