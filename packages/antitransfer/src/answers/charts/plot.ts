import * as Plot from '@observablehq/plot';
import { chartDocument } from '#chart-document';
import { html, type Markup, safe } from '../markup.js';

/** Widths, in pixels, at which a chart that spans the page is drawn: for a laptop, for paper and tablets, for a phone. */
const WIDTHS = { wide: 1016, medium: 700, narrow: 350 };

/**
 * Draws a chart as an SVG that stands by itself. Its colours are CSS variables and `currentColor`, so that it follows
 * the page into the dark and onto paper. `label` says to a screen reader what the chart shows.
 */
export function chart(label: string, options: Plot.PlotOptions): Markup {
  const svg = Plot.plot({ className: 'chart', ariaLabel: label, ...options, document: chartDocument() });
  svg.setAttribute('role', 'img');
  // The page's own style sheet styles `.chart`.
  svg.querySelector('style')?.remove();
  // The picture has a name; groups inside it, which have no role, may have none (ARIA 1.2).
  for (const group of svg.querySelectorAll('g[aria-label]')) group.removeAttribute('aria-label');
  return safe(svg.outerHTML);
}

/** The same chart at several widths; the page shows the one that fits, so that its text keeps its size. */
export function responsiveChart(draw: (width: number) => Markup): Markup {
  return html`${Object.entries(WIDTHS).map(([name, width]) => html`<div class="${name}">${draw(width)}</div>`)}`;
}
