/** What tells repetitions of one experiment apart. */
export interface RepetitionKey {
  readonly seed: number;
  readonly fold?: number | undefined;
}

/** What people call a repetition: `seed 3`, `seed 3, fold 1`. */
export function repetitionName({ seed, fold }: RepetitionKey): string {
  return fold === undefined ? `seed ${seed}` : `seed ${seed}, fold ${fold}`;
}
