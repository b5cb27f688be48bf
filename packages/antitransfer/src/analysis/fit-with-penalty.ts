import { choosePenalty } from './choose-penalty.js';
import type { ProbeReader } from './probe-reader.js';

/** Vectors with a class each. */
export interface Samples {
  readonly vectors: readonly Float64Array[];
  readonly labels: readonly number[];
}

/** Chooses the penalty by the loss on samples that the fit did not see, then fits to all samples. Stops after each fit. */
export function* fitWithChosenPenalty<Model>(
  reader: ProbeReader<Model>,
  fitting: Samples,
  choosing: Samples,
  all: Samples,
  classes: number,
): Generator<void, Model, void> {
  const { l2, model } = yield* choosePenalty(
    (strength, start: Model | undefined) =>
      reader.fit(fitting.vectors, fitting.labels, classes, strength, start),
    (fitted) => reader.loss(fitted, choosing.vectors, choosing.labels),
    reader.penalties,
  );
  return reader.fit(all.vectors, all.labels, classes, l2, model);
}
