import { stringify } from 'csv-stringify/sync';
import type { ComparisonResults, Prediction, RunResult } from '../results.js';
import { type Column, plain } from './column.js';
import { RUN_IDENTITY, runColumns } from './columns.js';

/**
 * `results.csv`: a row a run. Accuracies, F1, CKA and chance are in [0, 1]; absent values are empty. What is about an
 * orthogonal task has its name in the column's: `cka speaker`. RFC 4180 with a header, lines ending in `\n`.
 */
export function resultsCsv(results: ComparisonResults): string {
  return csvTable(runColumns(results), results.runs);
}

/**
 * `predictions.csv`: a row a run and test clip, with one `orthogonal <task>` column an orthogonal task and one
 * `probability <class>` column a target class.
 */
export function predictionsCsv(results: ComparisonResults): string {
  const { tasks, target } = results;
  const columns = [
    ...RUN_IDENTITY,
    plain<Answer>('clip', 'Clip', ({ clip }) => clip),
    plain<Answer>('truth', 'Truth', ({ truth }) => truth),
    plain<Answer>('predicted', 'Predicted', ({ predicted }) => predicted),
    ...tasks.map(({ name }) =>
      plain<Answer>(`orthogonal ${name}`, name, ({ orthogonal }) => orthogonal[name]),
    ),
    ...target.classes.map((name, index) =>
      plain<Answer>(`probability ${name}`, name, ({ probabilities }) => probabilities[index]),
    ),
  ];
  const rows = results.runs.flatMap(({ method, seed, fold, splitSeed, predictions }) =>
    predictions.map((prediction) => ({ method, seed, fold, splitSeed, ...prediction })),
  );
  return csvTable(columns, rows);
}

type Answer = Pick<RunResult, 'method' | 'seed' | 'fold' | 'splitSeed'> & Prediction;

/** A table for machines: the plain numbers under the columns' ids. */
export function csvTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  return stringify(
    rows.map((row) => columns.map(({ value }) => value(row))),
    {
      header: true,
      // A clip's name may begin with = or @; a spreadsheet must not run it.
      escape_formulas: true,
      columns: columns.map(({ id }) => id),
      cast: { number: (value) => String(value) },
    },
  );
}
