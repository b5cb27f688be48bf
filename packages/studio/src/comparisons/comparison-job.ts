import type { IndexOutline } from 'antitransfer/runs';
import { networkJobOf } from 'antitransfer/runs';

/** A job of a comparison, and what it is for. */
export interface ComparisonJob {
  /** The digest of the job. */
  readonly id: string;
  /** `cka-auxiliary/1`, `test of cka-auxiliary/1`. */
  readonly name: string;
  readonly kind: 'orthogonal' | 'training' | 'correction' | 'test';
  /** The method's id, or the task's name. */
  readonly of: string;
  /** Index of its seed and fold. */
  readonly repetition: number;
}

/** Each job once, in the order of the methods; those that cells share are named by the first. */
export function jobsOf({ tasks, methods }: IndexOutline): readonly ComparisonJob[] {
  const all: ComparisonJob[] = [
    ...tasks.map(({ name, of, repetition, job }) => ({
      id: job,
      name,
      kind: 'orthogonal' as const,
      of,
      repetition,
    })),
    ...methods.flatMap((cell) => {
      const { name, of, repetition, job, correction, assessment } = cell;
      return [
        { id: job, name, kind: 'training' as const, of, repetition },
        ...(correction === undefined
          ? []
          : [
              {
                id: networkJobOf(cell),
                name: `correction of ${name}`,
                kind: 'correction' as const,
                of,
                repetition,
              },
            ]),
        { id: assessment, name: `test of ${name}`, kind: 'test' as const, of, repetition },
      ];
    }),
  ];
  return [...new Map(all.toReversed().map((job) => [job.id, job])).values()].toReversed();
}
