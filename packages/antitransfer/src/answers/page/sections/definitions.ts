import { html, type Markup } from '../../markup.js';

/** Terms and what they are. */
export function definitions(
  entries: readonly (readonly [term: Markup | string, description: Markup | string])[],
): Markup {
  return html`<dl class="list">${entries.map(([term, description]) => html`<div><dt>${term}</dt><dd>${description}</dd></div>`)}</dl>`;
}
