import type { AnswerOfRun, ClipView } from '../../../../src/views/clips.ts';

/** What the trainings of one method said of a clip. */
export interface Tally {
  readonly runs: number;
  readonly wrong: number;
  /** Indices of the classes that were said and how often, the most frequent first. */
  readonly said: readonly (readonly [said: number, times: number])[];
  /** The mean probability of what was said, in [0, 1]; undefined without answers. */
  readonly confidence: number | undefined;
}

export function tallyOf({ truth, answers }: ClipView, method: number): Tally {
  const own: readonly AnswerOfRun[] = answers[method] ?? [];
  const times = new Map<number, number>();
  let confidences = 0;
  for (const [, said, confidence] of own) {
    times.set(said, (times.get(said) ?? 0) + 1);
    confidences += confidence;
  }
  return {
    runs: own.length,
    wrong: own.length - (times.get(truth) ?? 0),
    said: [...times].sort(([first, a], [second, b]) => b - a || first - second),
    confidence: own.length === 0 ? undefined : confidences / own.length,
  };
}
