import { stringify } from 'csv-stringify/sync';
import { highest, isHeard, type PredictionRow, rowsOf } from './rows.js';
import type { Asked, PredictionWriter } from './writer.js';

/**
 * A row a window (or a recording), RFC 4180 with a header: seconds, whether there was anything to hear, the label, its
 * probability, the loudest sample, and a `probability <class>` column a class. What was not heard has neither label nor
 * probabilities; what was heard and does not reach the level has probabilities alone.
 */
export function csvWriter({ card: { classes }, whole }: Asked): PredictionWriter {
  const columns: Record<string, (row: PredictionRow) => string | number | undefined> = {
    file: ({ file }) => file,
    start: ({ start }) => start,
    end: ({ end }) => end,
    heard: (row) => String(isHeard(row)),
    label: ({ label }) => label,
    probability: highest,
    peak: ({ peak }) => peak,
  };
  const values = Object.values(columns);
  const head = [...Object.keys(columns), ...classes.map((name) => `probability ${name}`)];
  const asText = (rows: readonly (readonly unknown[])[]) =>
    // A file's name may begin with = or @; a spreadsheet must not run it.
    stringify(
      rows.map((row) => [...row]),
      { escape_formulas: true, cast: { number: String } },
    );
  let begun = false;
  const withHead = (text: string) => {
    const before = begun ? '' : asText([head]);
    begun = true;
    return before + text;
  };
  return {
    add: (prediction) =>
      withHead(
        asText(
          rowsOf(prediction, whole).map((row) => [
            ...values.map((value) => value(row)),
            ...classes.map((_, index) => row.probabilities[index]),
          ]),
        ),
      ),
    end: () => withHead(''),
  };
}
