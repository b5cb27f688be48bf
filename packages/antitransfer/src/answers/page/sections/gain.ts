import { responsiveChart } from '../../charts/plot.js';
import { type StripRow, stripChart } from '../../charts/strip.js';
import { formatInterval, formatPoints } from '../../format.js';
import { html, type Markup } from '../../markup.js';
import { PairedRuns } from '../../pairs.js';
import { colourOf, type Page, section } from './page.js';

/** The gain of every method over the reference, run by run. */
export function gainSection(page: Page): Markup | undefined {
  const { results, summaries } = page;
  const reference = results.methods[0];
  if (reference === undefined) return undefined;
  const paired = new PairedRuns(results);
  const rows = summaries.flatMap(({ method, gain }): StripRow[] => {
    if (gain === undefined) return [];
    const row = {
      label: method.label,
      note: `${formatPoints(gain.mean)}  ${formatInterval(gain)}`,
      colour: colourOf(page, method.id),
      hollow: method.control,
      values: paired
        .between(method.id, reference.id)
        .map(([run, partner]) => 100 * (run.test.accuracy - partner.test.accuracy)),
      mean: gain.mean,
      interval: gain.test?.interval,
    };
    return [row];
  });
  if (rows.length === 0) return undefined;
  const label = `Gain in accuracy over ${reference.label}, percentage points. ${rows.map((row) => `${row.label}: ${row.note}`).join('; ')}.`;
  const draw = (width: number): Markup =>
    stripChart({
      label,
      axis: 'percentage points of accuracy',
      rows,
      mark: { at: 0, label: reference.label },
      width,
      domain: [-5, 5],
    });
  return section(
    'gain',
    'Does it help?',
    html`Accuracy over “${reference.label}”. Each small dot is one run against its partner with the same seed; the large dot is the mean, the bar its 95% confidence interval. A bar that crosses the line is no evidence of a change.`,
    html`<figure>${responsiveChart(draw)}</figure>`,
  );
}
