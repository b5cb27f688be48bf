import { responsiveChart } from '../../charts/plot.js';
import { type Figure, figureKeys } from '../../figures/figure.js';
import { html, type Markup } from '../../markup.js';
import { figureOf } from '../../page/sections/figure.js';

/** A figure that spans the page. */
export function wholeFigure({ id, title, keys, panels }: Figure): Markup {
  const drawn = responsiveChart((width) => html`${panels.flatMap((panel) => panel.draw(width))}`);
  return figureOf(id, title, html`${figureKeys(keys)}${drawn}`);
}
