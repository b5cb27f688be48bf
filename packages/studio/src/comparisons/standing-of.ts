import { type ComparisonIndex, type RepetitionKey, repetitionName } from 'antitransfer/runs';

type Trained = RepetitionKey & { readonly method: string };

/** What was measured, or could not be. */
interface Measured {
  readonly runs: readonly Trained[];
  readonly failed: readonly Trained[];
}

/**
 * Whether results were left before all of an index was asked for: seeds and methods may be added in a folder, whose results stay
 * as they are until the comparison is complete again.
 */
export function isEarlier(
  { runs, failed }: Measured,
  {
    methods,
    repetitions,
  }: Pick<ComparisonIndex, 'methods'> & {
    readonly repetitions: readonly Pick<ComparisonIndex['repetitions'][number], 'seed' | 'fold'>[];
  },
): boolean {
  const known = new Set([...runs, ...failed].map((run) => nameOf(run.method, run)));
  return methods.some(({ of, repetition }) => {
    const asked = repetitions[repetition];
    return asked !== undefined && !known.has(nameOf(of, { ...asked, fold: asked.fold ?? undefined }));
  });
}

function nameOf(method: string, key: RepetitionKey): string {
  return `${method} ${repetitionName(key)}`;
}
