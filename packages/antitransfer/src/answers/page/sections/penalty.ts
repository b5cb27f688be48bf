import { type Line, linesChart, rangeOf } from '../../charts/lines.js';
import { html, type Markup } from '../../markup.js';
import type { EpochMetrics } from '../../results.js';
import { taskLabel } from '../../tasks.js';
import { meanCurve } from '../curves.js';
import { colourOf, methodName, type Page, runsOf, section } from './page.js';

/** How each penalty falls, and whether the likeness to the orthogonal networks falls with it. */
export function penaltySection(page: Page): Markup | undefined {
  const { results } = page;
  const names = new Set(
    results.runs.flatMap((run) => run.epochs.flatMap((epoch) => Object.keys(epoch.train.objectives))),
  );
  const figures = [
    ...[...names].map((name) =>
      figure(
        page,
        `Penalty “${name}”, before its weight`,
        'similarity',
        (epoch) => epoch.train.objectives[name],
      ),
    ),
    ...results.tasks.map((task) =>
      figure(
        page,
        `CKA to the ${taskLabel(results, task)} network, validation clips`,
        'CKA',
        (epoch) => epoch.measures[`cka.${task.name}`],
        [0, 1],
      ),
    ),
  ].filter((drawn) => drawn !== undefined);
  if (figures.length === 0) return undefined;
  return section(
    'penalty',
    'Penalty and likeness over the epochs',
    html`A penalty that falls while CKA stays was met without forgetting. Controls are dashed.`,
    html`<p class="keys">${results.methods.map((method) => methodName(page, method))}</p><div class="pair">${figures}</div>`,
  );
}

function figure(
  page: Page,
  title: string,
  axis: string,
  measure: (epoch: EpochMetrics) => number | undefined,
  within: readonly [number, number] = [0, 0],
): Markup | undefined {
  const lines = page.results.methods
    .map(
      (method): Line => ({
        colour: colourOf(page, method.id),
        dashed: method.control,
        points: meanCurve(runsOf(page, method.id), measure),
      }),
    )
    .filter((line) => line.points.length > 0);
  if (lines.length === 0) return undefined;
  const epochs = Math.max(...lines.flatMap((line) => line.points.map((point) => point.epoch)));
  return html`<figure><figcaption>${title}</figcaption>${linesChart({
    label: `${title}, over the epochs, by method`,
    axis,
    lines,
    width: 420,
    height: 230,
    domain: rangeOf(lines, within),
    epochs,
  })}</figure>`;
}
