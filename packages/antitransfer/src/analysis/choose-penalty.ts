/** Strengths of the L2 penalty that are tried, strongest first: each starts where the one before ended. */
export const PENALTIES = [10, 1, 0.1, 0.01, 0.001] as const;

export interface ChosenPenalty<Model> {
  readonly l2: number;
  /** Of the vectors that choose. */
  readonly loss: number;
  readonly model: Model;
}

/**
 * Chooses the strength of the L2 penalty by a loss on vectors that the fit did not see. Stops after each fit.
 *
 * @param fit a model of a strength, from where the one before ended
 * @param lossOf of a model, on the vectors that choose
 * @param penalties strongest first
 */
export function* choosePenalty<Model>(
  fit: (l2: number, start: Model | undefined) => Model,
  lossOf: (model: Model) => number,
  penalties: readonly number[] = PENALTIES,
): Generator<void, ChosenPenalty<Model>, void> {
  let start: Model | undefined;
  let best: ChosenPenalty<Model> | undefined;
  for (const l2 of penalties) {
    const model = fit(l2, start);
    const loss = lossOf(model);
    if (best === undefined || loss < best.loss) best = { l2, loss, model };
    start = model;
    yield;
  }
  return best!;
}
