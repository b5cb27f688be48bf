import { repetitionName } from '../../../runs/plan/repetition-name.js';
import { responsiveChart } from '../../charts/plot.js';
import { type StripRow, stripChart } from '../../charts/strip.js';
import { formatInterval, formatPoints, formatShare, formatShareEstimate } from '../../format.js';
import { html, type Markup } from '../../markup.js';
import { PairedRuns } from '../../pairs.js';
import { beyondTable } from './beyond-table.js';
import { figureOf } from './figure.js';
import { colourOf, type Page, section } from './page.js';
import { described, type RowMeasure, stripRow } from './strip-row.js';

/** The gain of every method over the reference, run by run; and the accuracies beside chance. */
export function gainSection(page: Page): Markup | undefined {
  const { results } = page;
  const [reference] = results.methods;
  const accuracies = accuracyFigure(page);
  if (reference === undefined || accuracies === undefined) return undefined;
  return section(
    'gain',
    'Does it help?',
    html`Gain is accuracy over “${reference.label}”. A small dot is one run (against its partner with the same seed), the large one the mean; the bar is the 95% confidence interval of the mean. A bar that crosses the line shows neither a gain nor that there is none.`,
    html`${gainFigure(page, reference.id, reference.label)}${accuracies}${beyondTable(page)}`,
  );
}

function gainFigure(page: Page, reference: string, label: string): Markup | undefined {
  const paired = new PairedRuns(page.results);
  const rows = page.summaries.flatMap(({ method, gain }): StripRow[] => {
    if (gain === undefined) return [];
    const row = {
      label: method.label,
      note: `${formatPoints(gain.mean)}  ${formatInterval(gain)}`,
      colour: colourOf(page, method.id),
      hollow: method.control,
      runs: paired.between(method.id, reference).map(([run, partner]) => {
        const value = 100 * (run.test.accuracy - partner.test.accuracy);
        return { value, title: `${repetitionName(run)}: ${formatPoints(value)}` };
      }),
      mean: gain.mean,
      interval: gain.test?.interval,
    };
    return [row];
  });
  if (rows.length === 0) return undefined;
  const title = `Gain in accuracy over ${label}`;
  const said = `${title}, percentage points. ${described(rows)}`;
  const draw = (width: number): Markup =>
    stripChart({
      label: said,
      axis: 'gain, percentage points of accuracy',
      rows,
      mark: { at: 0, label },
      width,
      domain: [-5, 5],
    });
  return figureOf('gain', title, responsiveChart(draw));
}

function accuracyFigure(page: Page): Markup | undefined {
  const { results, summaries } = page;
  const measure: RowMeasure = { of: ({ test }) => test.accuracy, scale: 100, format: formatShareEstimate };
  const rows = summaries.filter(({ n }) => n > 0).map((summary) => stripRow(page, summary, measure));
  if (rows.length === 0) return undefined;
  const { column, chance } = results.target;
  const title = `How often the ${column} is right`;
  const label = `${title}, percent of test clips, chance ${formatShare(chance)}. ${described(rows)}`;
  return figureOf(
    'accuracy',
    title,
    responsiveChart((width) =>
      stripChart({
        label,
        axis: 'accuracy on test clips, %',
        rows,
        mark: { at: 100 * chance, label: `chance ${formatShare(chance)}` },
        width,
        domain: [0, 100],
        limits: [0, 100],
      }),
    ),
  );
}
