import { formatShare } from '../format.js';
import { selectionInWords } from '../selection.js';
import type { JoinedRow, JoinedTable } from './join.js';

const seenBy = {
  training: 'training clips',
  validation: 'validation clips',
  orthogonal: 'orthogonal clips',
} as const;

const usedFor = {
  learns: 'learns from them',
  chooses: 'chooses by them',
  ignores: 'none',
} as const;

/** What a method looks at, in words: orthogonal labels of which clips, and what validation clips are for; dashes where it is not known. */
export function looksInWords({ looks }: JoinedRow): readonly [labels: string, validation: string] {
  if (looks === undefined) return ['–', '–'];
  const labels = looks.labels.map((clips) => seenBy[clips]).join(', ') || 'none';
  return [labels, usedFor[looks.validation]];
}

/**
 * What the table is of, what its columns are, and what weakens it: a sentence or two each.
 *
 * @param mark how the best method of a comparison is marked
 */
export function joinedLegend({ measure, runs, notes }: JoinedTable, mark = '*'): string[] {
  const { name, description, better } = measure;
  const best =
    better === undefined
      ? ''
      : ` ${mark}: better than every other method there, by the 95% interval of each paired difference (three pairs or more); controls are not compared.`;
  return [
    `${name}: ${description}${measure.unit === '' ? '' : ` (${measure.unit})`}; mean and 95% interval over seeds and folds.${best}`,
    'Labels seen: clips whose orthogonal labels a method knows, itself or through a network that learned from them (train: training clips, valid: validation clips, orth: clips of the orthogonal task). An epoch that is chosen by the worst group is chosen by those of validation clips, which then count as seen. Valid. clips: whether it learns from the target labels of validation clips, only chooses by them, or (the last epoch) ignores them.',
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
    ...notes,
  ];
}
