import { spread } from '../../../analysis/statistics.js';
import { responsiveChart } from '../../charts/plot.js';
import { type StripOptions, type StripRow, stripChart } from '../../charts/strip.js';
import { formatShares, formatUnit, formatUnits } from '../../format.js';
import { html, type Markup } from '../../markup.js';
import type { RunResult } from '../../results.js';
import type { MethodSummary } from '../../summary.js';
import { colourOf, type Page, runsOf, section } from './page.js';

/** What the network still knows of the orthogonal label: the probe against chance, and CKA. */
export function forgettingSection(page: Page): Markup | undefined {
  const measured = page.summaries.filter((summary) => summary.n > 0);
  if (measured.length === 0) return undefined;
  const { column } = page.results.orthogonal;
  const { cka, threshold } = page.results.removable;
  const chance = 100 * (spread(measured.flatMap((summary) => summary.probe.chance ?? [])).mean ?? 0);
  const probe = measured.map((summary) =>
    row(page, summary, formatShares(summary.probe.accuracy), (run) => 100 * run.probe.accuracy),
  );
  const likeness = measured.map((summary) => row(page, summary, formatUnits(summary.cka), (run) => run.cka));
  const before = spread(cka).mean;
  return section(
    'forgetting',
    `Did it forget the ${column}?`,
    html`Further left: the ${column} is read less well by the probe, and the network is less like the ${column} network. CKA is what penalties of that name push down, so only the probe is independent evidence of them, and neither says what the network relies on. A small dot is one run; the bar is one standard deviation to either side of the mean.${before !== undefined && html` Without a penalty, CKA to the ${column} network was ${formatUnit(before)}; below ${formatUnit(threshold)}, by rule of thumb, there is little to remove.`}`,
    html`${figure(`How well a linear probe reads the ${column}`, {
      label: describe(
        `Accuracy of a linear probe for the ${column} in percent, chance ${chance.toFixed(0)}.`,
        probe,
      ),
      axis: 'accuracy of the probe, %',
      rows: probe,
      mark: { at: chance, label: 'chance' },
      domain: [0, 100],
    })}
${figure(`Likeness to the ${column} network`, {
  label: describe(`CKA to the ${column} network, 0 to 1.`, likeness),
  axis: 'CKA',
  rows: likeness,
  mark: { at: threshold, label: 'little to remove' },
  domain: [0, 1],
})}`,
  );
}

function figure(title: string, options: Omit<StripOptions, 'width'>): Markup {
  return html`<figure><figcaption>${title}</figcaption>${responsiveChart((width) => stripChart({ ...options, width }))}</figure>`;
}

function row(
  page: Page,
  summary: MethodSummary,
  note: string,
  measure: (run: RunResult) => number,
): StripRow {
  const values = runsOf(page, summary.method.id).map(measure);
  const { mean, deviation } = spread(values);
  const interval =
    mean === undefined || deviation === undefined
      ? undefined
      : ([mean - deviation, mean + deviation] as const);
  return {
    label: summary.method.label,
    note,
    colour: colourOf(page, summary.method.id),
    hollow: summary.method.control,
    values,
    mean,
    interval,
  };
}

function describe(what: string, rows: readonly StripRow[]): string {
  return `${what} ${rows.map((row) => `${row.label}: ${row.note}`).join('; ')}.`;
}
