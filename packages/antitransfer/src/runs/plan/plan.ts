import type { Job } from '../store/job.js';
import type { RepetitionKey } from './repetition-name.js';

/** A job, what people call it, and those that must be done before it. */
export interface PlannedJob {
  /** The digest of the job: where its result is. */
  readonly id: string;
  /** `cka-auxiliary/1`: the first cell that asks for it. A training and its test share it. */
  readonly name: string;
  readonly job: Job;
  readonly after: readonly string[];
}

/** One network as a comparison asks for it: of a method, or of an orthogonal task, in one repetition. */
export interface Cell {
  /** `cka-auxiliary/1`, `orthogonal-speaker/1`. */
  readonly name: string;
  /** The method's or the task's name. */
  readonly of: string;
  /** Index of the repetition. */
  readonly repetition: number;
  /** The digest of the job that makes it; cells of equal settings share one. */
  readonly job: string;
}

/** A method in one repetition; `job` is its training. */
export interface MethodCell extends Cell {
  /** The digest of the job that corrects the trained network, where one does. */
  readonly correction?: string | undefined;
  /** The digest of the job that tests it. */
  readonly assessment: string;
}

/** Everything that a comparison asks for. */
export interface Plan {
  /**
   * In the order in which they are begun: one repetition after another, so that there is something to compare early; in
   * each the orthogonal networks, then the methods, each training with its test behind it.
   */
  readonly jobs: readonly PlannedJob[];
  /** One method's repetitions after another's. */
  readonly methods: readonly MethodCell[];
  readonly tasks: readonly Cell[];
  /** Seed and fold of each. */
  readonly repetitions: readonly RepetitionKey[];
}

/** The digest of the job that leaves a method's network: its training, or what corrected it. */
export function networkJobOf({ job, correction }: Pick<MethodCell, 'job' | 'correction'>): string {
  return correction ?? job;
}

/**
 * The cell of a method or task in a repetition.
 *
 * @throws RangeError when there is none
 */
export function cellOf(cells: readonly Cell[], of: string, repetition: number): Cell {
  const found = cells.find((cell) => cell.of === of && cell.repetition === repetition);
  if (found === undefined) throw new RangeError(`Nothing is planned for ${of} in repetition ${repetition}.`);
  return found;
}
