import { type ComparisonIndex, type RepetitionKey, repetitionName } from 'antitransfer/runs';
import type { FoundView } from '../views/found.js';

type Trained = RepetitionKey & { readonly method: string };

/** What was measured, or could not be. */
interface Measured {
  readonly runs: readonly Trained[];
  readonly failed: readonly Trained[];
  /** Seeds, or folds of them. */
  readonly repetitions: { readonly done: number; readonly asked: number };
}

/**
 * What results lack of what an index asks for: repetitions that are not complete yet, or those that were asked for since, as seeds and
 * methods may be added in a folder, whose results stay as they are until one of them is complete. `undefined` where they lack nothing.
 */
export function standingOf(
  { runs, failed, repetitions: { done, asked: all } }: Measured,
  {
    methods,
    repetitions,
  }: Pick<ComparisonIndex, 'methods'> & {
    readonly repetitions: readonly Pick<ComparisonIndex['repetitions'][number], 'seed' | 'fold'>[];
  },
): FoundView['standing'] {
  if (done < all) return 'so far';
  const known = new Set([...runs, ...failed].map((run) => nameOf(run.method, run)));
  const lacks = methods.some(({ of, repetition }) => {
    const asked = repetitions[repetition];
    return asked !== undefined && !known.has(nameOf(of, { ...asked, fold: asked.fold ?? undefined }));
  });
  return lacks ? 'earlier' : undefined;
}

function nameOf(method: string, key: RepetitionKey): string {
  return `${method} ${repetitionName(key)}`;
}
