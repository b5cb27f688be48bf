import type { ClipPrediction } from '../../inference/prediction.js';
import { itemAt } from '../../lookup.js';
import { percent } from '../percent.js';
import { type PlainColumn, plainTable } from '../plain-table.js';
import { highest, isHeard, type PredictionRow, rowsOf } from './rows.js';
import type { Asked, PredictionWriter } from './writer.js';

/** More classes than this do not fit a terminal as columns. */
const COLUMNS = 12;

const right = { align: 'right' } as const;

/** What stands in place of a label: the model was not sure enough of a sound, or there is none. */
const UNSURE = '(unsure)';
const NOTHING_HEARD = '(nothing heard)';

/** A table for people: times where recordings were gone through in windows, else the probability of every class. */
export function tableWriter({ card: { target, classes }, whole, sounds }: Asked): PredictionWriter {
  const predictions: ClipPrediction[] = [];
  return {
    add(prediction) {
      predictions.push(prediction);
      return '';
    },
    end() {
      if (predictions.length === 0) return '';
      const rows = predictions.flatMap((prediction) => rowsOf(prediction, whole));
      const timed = rows.length > predictions.length || (sounds && !whole);
      const columns: readonly ShownColumn[] = [
        { head: 'file', show: ({ file }) => file },
        ...(timed ? times : []),
        { head: target, show: said },
        ...(timed ? [probability] : probabilities(classes)),
      ];
      return `${plainTable(
        columns,
        rows.map((row) => columns.map(({ show }) => show(row))),
      )}\n`;
    },
  };
}

interface ShownColumn extends PlainColumn {
  show(row: PredictionRow): string;
}

function said(row: PredictionRow): string {
  return row.label ?? (isHeard(row) ? UNSURE : NOTHING_HEARD);
}

const times: readonly ShownColumn[] = [
  { head: 'start (s)', ...right, show: ({ start }) => start.toFixed(2) },
  { head: 'end (s)', ...right, show: ({ end }) => end.toFixed(2) },
];

const probability: ShownColumn = {
  head: 'probability',
  ...right,
  show: (row) => highest(row)?.toFixed(2) ?? '',
};

function probabilities(classes: readonly string[]): readonly ShownColumn[] {
  if (classes.length > COLUMNS) return [{ head: 'most probable', show: (row) => topThree(row, classes) }];
  return classes.map((head, index) => ({
    head,
    ...right,
    show: (row) => row.probabilities[index]?.toFixed(2) ?? '',
  }));
}

function topThree(row: PredictionRow, classes: readonly string[]): string {
  return row.probabilities
    .map((value, index) => ({ value, name: itemAt(classes, index) }))
    .sort((a, b) => b.value - a.value)
    .slice(0, 3)
    .map(({ value, name }) => `${name} ${percent(value)}`)
    .join(', ');
}
