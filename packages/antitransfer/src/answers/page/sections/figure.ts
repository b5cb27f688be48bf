import { html, type Markup } from '../../markup.js';

/**
 * A figure with its title. Where scripts run, it can be saved as SVG and PNG.
 *
 * @param id what the saved file is called, unlike that of the page's other figures
 * @param drawn charts, one below the other
 */
export function figureOf(id: string, title: Markup | string, drawn: Markup): Markup {
  return html`<figure data-figure="${id}"><figcaption><span>${title}</span>${SAVE}</figcaption>${drawn}</figure>`;
}

/** Hidden until the page's script is there to answer. */
const SAVE = html`<span class="save" hidden><button type="button" value="svg">SVG</button> <button type="button" value="png">PNG</button></span>`;
