import { formatShare } from '../answers/format.js';
import {
  alikeSentence,
  type LayerRow,
  layerRows,
  meanControls,
  type ShownTask,
  shownTasks,
} from '../answers/layers/controls.js';
import { type LayerMeasure, layerMeasures } from '../answers/layers/measures.js';
import type { LayerResults } from '../answers/layers/results.js';
import { layerChance } from '../answers/layers/summaries.js';
import type { Column } from '../answers/tables/column.js';
import { columnTables } from '../answers/tables/terminal.js';
import { wrapped } from '../answers/wrapped.js';
import { printable } from './printable.js';

/** What is shown on the terminal; the page has all of it. */
const shown = ['linear', 'linear-selectivity', 'mlp', 'cka', 'gram'];

/** What an analysis found, for people: a table a task and measure, networks by taps. Ends without a line break. */
export function analysisText(results: LayerResults, width: number): string {
  const tasks = shownTasks(results);
  const blocks = tasks.flatMap((task) => {
    const alike = alikeSentence(task);
    return [
      ...(alike === undefined ? [] : [wrapped(printable(alike), width)]),
      ...layerMeasures
        .filter(({ id }) => shown.includes(id))
        .flatMap((measure) => block(results, task, measure, width) ?? []),
    ];
  });
  const note = tasks.some((task) => layerMeasures.some((one) => meanControls(results, task, one).length > 0))
    ? [wrapped(CONTROLS, width)]
    : [];
  return [...blocks, ...note].join('\n\n');
}

const CONTROLS =
  'Of likenesses, the last rows are controls, means over the trained networks: each clip beside what the frozen network says of ' +
  'another one, and the frozen network with its first weights. The page has them for each network.';

/** Nothing of what was not measured. */
function block(
  results: LayerResults,
  task: ShownTask,
  measure: LayerMeasure,
  width: number,
): string | undefined {
  const measured = results.results.some((one) => one.task === task.name && measure.of(one) !== undefined);
  if (!measured) return undefined;
  const rows = [
    ...layerRows(results, task, measure).filter(({ control }) => control !== 'chance'),
    ...meanControls(results, task, measure),
  ];
  const columns = results.taps.map(
    (tap): Column<LayerRow> => ({
      id: tap,
      heading: printable(tap),
      unit: '',
      value: ({ value }) => value(tap),
      format: ({ value }) => measure.format(value(tap)),
    }),
  );
  const tables = columnTables(columns, rows, ({ label }) => printable(label), { width });
  const chance = measure.isAccuracy ? chanceText(results, task.name) : '';
  const title = wrapped(`${printable(task.name)}: ${measure.title}${chance}`, width);
  return `${title}\n${tables.join('\n')}`;
}

/** ` (chance 16.7)`: by always naming the most frequent label. */
function chanceText(results: LayerResults, task: string): string {
  const chance = layerChance(results, task);
  if (chance === undefined) return '';
  const [low, high] = [formatShare(chance.low), formatShare(chance.high)];
  return ` (chance ${low === high ? low : `${low} to ${high}`})`;
}
