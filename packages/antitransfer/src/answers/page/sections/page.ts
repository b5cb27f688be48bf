import { html, type Markup } from '../../markup.js';
import type { ComparisonResults, MethodDescription, RunResult } from '../../results.js';
import type { MethodSummary } from '../../summary.js';
import type { Verdict } from '../../verdict/verdict.js';

/** What every section of the report is made from. */
export interface Page {
  readonly results: ComparisonResults;
  readonly summaries: readonly MethodSummary[];
  readonly verdict: Verdict;
  /** CSS colour of each method by its id. */
  readonly colours: ReadonlyMap<string, string>;
}

/** A section with its heading and a sentence on how to read it. */
export function section(id: string, title: string, lead: Markup, body: Markup): Markup {
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
<p class="lead">${lead}</p>
${body}
</section>
`;
}

export function colourOf({ colours }: Pick<Page, 'colours'>, id: string): string {
  return colours.get(id) ?? 'currentColor';
}

export function runsOf({ results }: Pick<Page, 'results'>, method: string): RunResult[] {
  return results.runs.filter((run) => run.method === method);
}

/** The method's name behind a dot in its colour. */
export function methodName(page: Page, method: MethodDescription): Markup {
  return html`<span class="method"><span class="swatch${method.control && ' control'}" style="--colour: ${colourOf(page, method.id)}"></span>${method.label}</span>`;
}

/** `7 seeds`, `1 seed`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : noun.endsWith('s') ? 'es' : 's'}`;
}
