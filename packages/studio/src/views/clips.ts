import type { MethodView } from './comparison.js';

/** The test clips of a comparison, with what each training said of them: all that the page of errors filters and counts. */
export interface ClipsView {
  /** The column that was to be told. */
  readonly target: string;
  readonly classes: readonly string[];
  /** Those that have answered, in the order of the report; the first is what all others are compared with. */
  readonly methods: readonly MethodView[];
  /** Seeds, and folds of them, to which answers refer by index. */
  readonly repetitions: readonly RepetitionView[];
  /** Label columns beside the target. */
  readonly columns: readonly string[];
  readonly clips: readonly ClipView[];
  /** Why clips cannot be heard, and labels are only those that results hold. */
  readonly unheard?: string;
}

export interface RepetitionView {
  readonly seed: number;
  readonly fold?: number;
  /** `seed 1, fold 0` */
  readonly name: string;
}

export interface ClipView {
  readonly id: string;
  /** Index of its class. */
  readonly truth: number;
  /** By the columns; null where it has none. */
  readonly labels: readonly (string | null)[];
  /** By the methods: what its trainings said, each once. */
  readonly answers: readonly (readonly AnswerOfRun[])[];
  /** What networks were given of it, by id, where it was cut. */
  readonly windows?: readonly string[];
}

/** Which repetition, the index of the class that was said, and the probability it was given. */
export type AnswerOfRun = readonly [repetition: number, said: number, confidence: number];
