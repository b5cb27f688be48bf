import { responsiveChart } from '../../charts/plot.js';
import { stripChart } from '../../charts/strip.js';
import { type StripFigure, stripOptions } from '../../charts/strip-figure.js';
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

/** A strip chart with its title; nothing where there is none. */
export function stripFigureOf(figure: StripFigure | undefined): Markup | undefined {
  if (figure === undefined) return undefined;
  const options = stripOptions(figure);
  return figureOf(
    figure.id,
    figure.title,
    responsiveChart((width) => stripChart({ ...options, width })),
  );
}

/** Hidden until the page's script is there to answer. */
const SAVE = html`<span class="save" hidden><button type="button" value="svg">SVG</button> <button type="button" value="png">PNG</button></span>`;
