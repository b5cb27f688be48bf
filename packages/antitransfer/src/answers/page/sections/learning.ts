import { linesChart, rangeOf } from '../../charts/lines.js';
import { html, type Markup } from '../../markup.js';
import type { MethodDescription } from '../../results.js';
import { accuracyCurves, type CurveMeasure, curveLines, lossCurves } from '../curves.js';
import { figureOf } from './figure.js';
import { colourOf, methodName, type Page, runsOf, section } from './page.js';

const PANELS: readonly CurveMeasure[] = [lossCurves, accuracyCurves];

/** Loss and accuracy over the epochs, a column a method, on shared axes. */
export function learningSection(page: Page): Markup | undefined {
  const methods = page.results.methods.filter((method) =>
    runsOf(page, method.id).some((run) => run.epochs.length > 0),
  );
  if (methods.length === 0) return undefined;
  const drawn = PANELS.map((panel) => ({
    panel,
    lines: methods.map(({ id }) => curveLines(runsOf(page, id), colourOf(page, id), panel)),
  }));
  const everyLine = drawn.flatMap(({ lines }) => lines.flat());
  const epochs = Math.max(...everyLine.flatMap((line) => line.points.map((point) => point.epoch)));
  const { chance } = page.results.target;
  const mark = { at: 100 * chance, label: 'chance' };
  const column = (method: MethodDescription, at: number): Markup =>
    figureOf(
      `learning-${method.id}`,
      html`${methodName(page, method)}<small>chosen epoch ${chosenEpochs(page, method)}</small>`,
      html`${drawn.map(({ panel, lines }) =>
        linesChart({
          label: `${method.label}: ${panel.axis} in training and validation over the epochs`,
          axis: panel.axis,
          lines: lines[at] ?? [],
          width: 300,
          height: 172,
          domain: rangeOf(lines.flat(), panel.within),
          epochs,
          ...(panel === accuracyCurves && { mark }),
        }),
      )}`,
    );
  return section(
    'learning',
    'Learning curves',
    html`Means over runs; bands are 95% confidence intervals of the mean, where there are three runs or more. <span class="key"><svg viewBox="0 0 26 8" aria-hidden="true"><path d="M0 4H26"/></svg> validation</span> <span class="key"><svg viewBox="0 0 26 8" aria-hidden="true"><path d="M0 4H26" stroke-dasharray="5 4"/></svg> training</span>`,
    html`<div class="grid">${methods.map(column)}</div>`,
  );
}

/** `24` or `19 to 28`. */
function chosenEpochs(page: Page, method: MethodDescription): string {
  const chosen = runsOf(page, method.id).map((run) => run.bestEpoch);
  const [first, last] = [Math.min(...chosen), Math.max(...chosen)];
  return first === last ? String(first) : `${first} to ${last}`;
}
