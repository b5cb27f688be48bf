import { formatShare } from '../format.js';
import { selectionInWords } from '../selection.js';
import type { JoinedTable } from './join.js';
import { differingLooks, looksLegend } from './looks-text.js';

/**
 * What the table is of, what its columns are, and what weakens it: a sentence or two each.
 *
 * @param mark how the best method of a comparison is marked
 */
export function joinedLegend(table: JoinedTable, mark = '*'): string[] {
  const { measure, runs, notes } = table;
  const { name, description, better } = measure;
  const best =
    better === undefined
      ? ''
      : ` ${mark}: better than every other method there, by the 95% interval of each paired difference (three pairs or more); controls are not compared.`;
  return [
    `${name}: ${description}${measure.unit === '' ? '' : ` (${measure.unit})`}; mean and 95% interval over seeds and folds (over splits, where seeds share them).${best}`,
    looksLegend(runs.map(({ selection }) => selection.choice)),
    ...runs.map(
      (run) =>
        `${run.name}: ${[
          `${run.target}${run.task === undefined ? '' : `, not ${run.task}`}`,
          run.split,
          selectionInWords(run.selection),
          `${run.repetitions} ${run.repetitions === 1 ? 'repetition' : 'repetitions'}`,
          `${formatShare(run.chance)}% by chance`,
        ]
          .filter(Boolean)
          .join('; ')}.`,
    ),
    ...differingLooks(table),
    ...notes,
  ];
}
