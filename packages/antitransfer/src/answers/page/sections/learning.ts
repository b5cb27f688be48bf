import { type Line, linesChart, rangeOf } from '../../charts/lines.js';
import { html, type Markup } from '../../markup.js';
import type { EpochMetrics, MethodDescription } from '../../results.js';
import { meanCurve } from '../curves.js';
import { figureOf } from './figure.js';
import { colourOf, methodName, type Page, runsOf, section } from './page.js';

interface Panel {
  /** Names the saved file. */
  readonly id: string;
  readonly axis: string;
  readonly within: readonly [low: number, high: number];
  readonly train: (epoch: EpochMetrics) => number;
  readonly validation: (epoch: EpochMetrics) => number;
}

const PANELS: readonly Panel[] = [
  {
    id: 'loss',
    axis: 'cross-entropy',
    within: [0, 0.1],
    train: (epoch) => epoch.train.crossEntropy,
    validation: (epoch) => epoch.validation.crossEntropy,
  },
  {
    id: 'accuracy',
    axis: 'accuracy, %',
    within: [0, 100],
    train: (epoch) => 100 * epoch.train.accuracy,
    validation: (epoch) => 100 * epoch.validation.accuracy,
  },
];

/** Loss and accuracy over the epochs, a column a method, on shared axes. */
export function learningSection(page: Page): Markup | undefined {
  const methods = page.results.methods.filter((method) =>
    runsOf(page, method.id).some((run) => run.epochs.length > 0),
  );
  if (methods.length === 0) return undefined;
  const drawn = PANELS.map((panel) => ({
    panel,
    lines: methods.map((method) => linesOf(page, method, panel)),
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
          ...(panel.id === 'accuracy' && { mark }),
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

function linesOf(page: Page, method: MethodDescription, panel: Panel): Line[] {
  const runs = runsOf(page, method.id);
  const colour = colourOf(page, method.id);
  return [
    { name: 'training', colour, dashed: true, points: meanCurve(runs, panel.train) },
    { name: 'validation', colour, dashed: false, points: meanCurve(runs, panel.validation) },
  ];
}

/** `24` or `19 to 28`. */
function chosenEpochs(page: Page, method: MethodDescription): string {
  const chosen = runsOf(page, method.id).map((run) => run.bestEpoch);
  const [first, last] = [Math.min(...chosen), Math.max(...chosen)];
  return first === last ? String(first) : `${first} to ${last}`;
}
