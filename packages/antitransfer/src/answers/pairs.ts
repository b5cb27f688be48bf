import { UserError } from '../errors.js';
import { repetitionName } from '../runs/plan/repetition-name.js';
import type { ComparisonResults, RunResult } from './results.js';

/** Runs of two methods that share split and initial weights. */
export type RunPair = readonly [run: RunResult, partner: RunResult];

/** A comparison's runs by method and repetition. */
export class PairedRuns {
  readonly #byMethod: ReadonlyMap<string, Map<string, RunResult>>;

  /** @throws UserError when two runs of a method are of one repetition, or a run's method is not described. */
  constructor({ methods, runs }: ComparisonResults) {
    this.#byMethod = new Map(methods.map(({ id }) => [id, new Map<string, RunResult>()]));
    for (const run of runs) this.#add(run);
  }

  #add(run: RunResult): void {
    const group = this.#byMethod.get(run.method);
    if (group === undefined) {
      const known = [...this.#byMethod.keys()].join(', ');
      throw new UserError(
        `A run belongs to the method "${run.method}", but the results describe only: ${known}.`,
      );
    }
    const repetition = repetitionName(run);
    if (group.has(repetition)) {
      throw new UserError(
        `The results hold two runs of "${run.method}" for ${repetition}. Remove one: runs are compared pair by pair.`,
      );
    }
    group.set(repetition, run);
  }

  /** All runs of a method. */
  of(method: string): RunResult[] {
    return [...(this.#byMethod.get(method)?.values() ?? [])];
  }

  /** The runs of a method that have a partner of another one. */
  between(method: string, other: string): RunPair[] {
    const partners = this.#byMethod.get(other);
    return [...(this.#byMethod.get(method) ?? [])].flatMap(([repetition, run]): RunPair[] => {
      const partner = partners?.get(repetition);
      return partner === undefined ? [] : [[run, partner]];
    });
  }
}
