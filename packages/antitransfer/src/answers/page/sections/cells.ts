import { html, type Markup } from '../../markup.js';

/** A deviation or an interval stands back behind its mean. */
export function interval(text: string): Markup {
  const [, mean = text, rest] = /^(.*?)( [±[].*)$/.exec(text) ?? [];
  return html`${mean}${rest !== undefined && html` <small>${rest.trim()}</small>`}`;
}
