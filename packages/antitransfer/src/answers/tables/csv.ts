import { stringify } from 'csv-stringify/sync';
import type { ComparisonResults, RunResult } from '../results.js';

/**
 * `results.csv`: a row a run. Accuracies, F1, CKA and chance are in [0, 1]; absent values are empty.
 * RFC 4180 with a header, lines ending in `\n`.
 */
export function resultsCsv(results: ComparisonResults): string {
  return write(
    results.runs.map((run) => ({
      ...identity(run),
      best_epoch: run.bestEpoch,
      epochs: run.epochs.length,
      seconds: run.seconds,
      accuracy: run.test.accuracy,
      macro_f1: run.test.macroF1,
      cross_entropy: run.test.crossEntropy,
      contradicting_accuracy: run.test.contradicting?.accuracy,
      contradicting_clips: run.test.contradicting?.count,
      cka: run.cka,
      probe_accuracy: run.probe.accuracy,
      probe_chance: run.probe.chance,
    })),
    [
      ...IDENTITY,
      'best_epoch',
      'epochs',
      'seconds',
      'accuracy',
      'macro_f1',
      'cross_entropy',
      'contradicting_accuracy',
      'contradicting_clips',
      'cka',
      'probe_accuracy',
      'probe_chance',
    ],
  );
}

/** `predictions.csv`: a row a run and test clip, with one `probability <class>` column a target class. */
export function predictionsCsv(results: ComparisonResults): string {
  const { classes } = results.target;
  return write(
    results.runs.flatMap((run) =>
      run.predictions.map((prediction) => ({
        ...identity(run),
        clip: prediction.clip,
        truth: prediction.truth,
        predicted: prediction.predicted,
        orthogonal: prediction.orthogonal,
        ...Object.fromEntries(classes.map((name, index) => [column(name), prediction.probabilities[index]])),
      })),
    ),
    [...IDENTITY, 'clip', 'truth', 'predicted', 'orthogonal', ...classes.map(column)],
  );
}

const IDENTITY = ['method', 'seed', 'fold'];

function identity({ method, seed, fold }: RunResult): Row {
  return { method, seed, fold };
}

function column(className: string): string {
  return `probability ${className}`;
}

type Row = Readonly<Record<string, string | number | undefined>>;

function write(rows: readonly Row[], columns: string[]): string {
  return stringify([...rows], {
    header: true,
    // A clip's name may begin with = or @; a spreadsheet must not run it.
    escape_formulas: true,
    columns: columns.map((key) => ({ key, header: key })),
    cast: { number: (value) => String(value) },
  });
}
