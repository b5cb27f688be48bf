import { html, type Markup } from '../../markup.js';

/**
 * A table that scrolls sideways where it is wider than the page: by a finger, and by the arrow keys, since it takes the focus.
 * The page's script shows the hint where there is more to see.
 */
export function scrollable(name: Markup, table: Markup): Markup {
  return html`<p class="more" hidden>More columns on the right: scroll the table, or choose it with the Tab key and press →.</p>
<div class="scroll" role="region" ${name} tabindex="0">${table}</div>
`;
}
