import { stringify } from 'csv-stringify/sync';
import type { ClipPrediction } from '../../inference/prediction.js';

/**
 * A row a labelled clip, RFC 4180 with a header: its true label, what was said over how many windows, and a
 * `probability <class>` column a class. Where there was nothing to hear, nothing is said.
 */
export function answersCsv(
  predictions: readonly ClipPrediction[],
  column: string,
  classes: readonly string[],
): string {
  const head = ['clip', 'truth', 'predicted', 'windows', ...classes.map((name) => `probability ${name}`)];
  const rows = predictions.map(({ clip, label, windows, probabilities }) => [
    clip.id,
    clip.labels[column],
    label,
    windows.length,
    ...classes.map((_, index) => probabilities[index]),
  ]);
  // A clip's name may begin with = or @; a spreadsheet must not run it.
  return stringify([head, ...rows], { escape_formulas: true, cast: { number: String } });
}
