import { objectives as kinds } from '../../../learning/objectives/registry.js';
import { taskWord } from '../../../task-words.js';
import { type Line, linesChart, rangeOf } from '../../charts/lines.js';
import { html, type Markup } from '../../markup.js';
import type { ComparisonResults, EpochMetrics } from '../../results.js';
import { meanCurve } from '../curves.js';
import { figureOf } from './figure.js';
import { colourOf, methodName, type Page, runsOf, section } from './page.js';

/** How what joins the loss develops, and whether the likeness to the orthogonal networks falls with it. */
export function objectivesSection(page: Page): Markup | undefined {
  const { results } = page;
  const names = new Set(
    results.runs.flatMap((run) => run.epochs.flatMap((epoch) => Object.keys(epoch.train.objectives))),
  );
  const figures = [
    ...[...names].map((name) =>
      figure(
        page,
        `objective-${name}`,
        `Objective “${name}”, before its weight`,
        axisOf(results, name),
        (epoch) => epoch.train.objectives[name],
      ),
    ),
    figure(
      page,
      'penalty-validation',
      'What penalties add to the loss on validation clips',
      'beta x likeness',
      (epoch) => epoch.validation.penalty,
    ),
    ...results.tasks.map((task) =>
      figure(
        page,
        `cka-${task.name}`,
        `CKA to the ${taskWord(task)} network, ${clipsOf(results)}`,
        'CKA',
        (epoch) => epoch.measures[`cka.${task.name}`],
        [0, 1],
      ),
    ),
  ].filter((drawn) => drawn !== undefined);
  if (figures.length === 0) return undefined;
  return section(
    'objectives',
    'Objectives and likeness over the epochs',
    html`What joins the cross-entropy, as training measures it on its batches. A likeness that falls while CKA stays was met without forgetting; an adversary’s loss is high where it reads nothing. Means over runs, bands are 95% intervals of the mean (of three runs or more); controls are dashed.`,
    html`<p class="keys">${results.methods.map((method) => methodName(page, method))}</p><div class="pair">${figures}</div>`,
  );
}

/** What an objective measures; a second one of a kind has a number behind its name. */
function axisOf({ methods }: ComparisonResults, name: string): string {
  const bare = name.replace(/-\d+$/, '');
  const all = methods.flatMap(({ objectives }) => objectives);
  const found = all.find(({ kind, similarity }) => [name, bare].includes(similarity ?? kind));
  return kinds.members.find((kind) => kind.name === found?.kind)?.measures ?? 'value in training batches';
}

/** Which clips CKA after each epoch is over. */
function clipsOf({ split: { counts } }: ComparisonResults): string {
  const { observed, validation } = counts;
  return observed === undefined ? 'validation clips' : `${observed} of ${validation} validation clips`;
}

function figure(
  page: Page,
  id: string,
  title: string,
  axis: string,
  measure: (epoch: EpochMetrics) => number | undefined,
  within: readonly [number, number] = [0, 0],
): Markup | undefined {
  const lines = page.results.methods
    .map(
      (method): Line => ({
        name: method.label,
        colour: colourOf(page, method.id),
        dashed: method.control,
        points: meanCurve(runsOf(page, method.id), measure),
      }),
    )
    .filter((line) => line.points.length > 0);
  if (lines.length === 0) return undefined;
  const epochs = Math.max(...lines.flatMap((line) => line.points.map((point) => point.epoch)));
  return figureOf(
    id,
    title,
    linesChart({
      label: `${title}, over the epochs, by method`,
      axis,
      lines,
      width: 420,
      height: 230,
      domain: rangeOf(lines, within),
      epochs,
    }),
  );
}
