import { html, type Markup } from '../../markup.js';
import { beyondTable } from './beyond-table.js';
import { stripFigureOf } from './figure.js';
import { type Page, section } from './page.js';
import { accuracyStrip, gainStrip } from './strip-figures.js';

/** The gain of every method over the reference, run by run; and the accuracies beside chance. */
export function gainSection(page: Page): Markup | undefined {
  const { results } = page;
  const [reference] = results.methods;
  const accuracies = accuracyStrip(page);
  if (reference === undefined || accuracies === undefined) return undefined;
  return section(
    'gain',
    'Does it help?',
    html`Gain is accuracy over “${reference.label}”. A small dot is one run (against its partner with the same seed), the large one the mean; the bar is the 95% confidence interval of the mean. A bar that crosses the line shows neither a gain nor that there is none.`,
    html`${stripFigureOf(gainStrip(page))}${stripFigureOf(accuracies)}${beyondTable(page)}`,
  );
}
