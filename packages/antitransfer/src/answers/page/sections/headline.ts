import { html, type Markup } from '../../markup.js';
import { resamplingRatio } from '../../summary.js';
import { type Page, plural } from './page.js';

/** The title, the verdict with its reasons, and what was compared. */
export function headline({ results, verdict }: Page): Markup {
  return html`<header>
<p class="kicker">Anti-transfer comparison · <time datetime="${results.createdAt}">${formatDate(results.createdAt)}</time></p>
<h1>${results.name}</h1>
<p class="verdict">${verdict.sentence}</p>
${verdict.reasons.length > 0 && html`<ul class="reasons">${verdict.reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`}
<dl class="facts">${facts(results).map(([term, fact]) => html`<div><dt>${term}</dt><dd>${fact}</dd></div>`)}</dl>
</header>
`;
}

function facts(results: Page['results']): [string, string][] {
  const { target, orthogonal, split, methods } = results;
  const places = new Set(results.runs.map((run) => `${run.seed}/${run.fold}`)).size;
  const folded = resamplingRatio(results) !== undefined;
  return [
    ['to learn', `${target.column} (${plural(target.classes.length, 'class')})`],
    ['to forget', `${orthogonal.column} (${plural(orthogonal.classes.length, 'class')})`],
    ['compared', `${plural(methods.length, 'method')} × ${plural(places, folded ? 'split' : 'seed')}`],
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

function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
