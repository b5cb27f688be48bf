import { dependentsOf } from '../plan/dependents.js';
import type { PlannedJob } from '../plan/plan.js';
import type { JobRecord } from '../store/records.js';
import type { Store } from '../store/store.js';

/** Which of a run's jobs are done, and which are given up as they wait for a training that diverged. */
export class Ledger {
  readonly #done = new Set<string>();
  readonly #givenUp = new Set<string>();

  constructor(
    readonly store: Store,
    readonly jobs: readonly PlannedJob[],
  ) {}

  /**
   * Stores what is to be done, and finds what is done before anything is begun.
   *
   * @param onDone told of each job whose result is there, and whole
   * @throws the signal's reason when it aborts
   */
  async begin(signal: AbortSignal, onDone: (job: PlannedJob) => void): Promise<void> {
    for (const job of this.jobs) {
      signal.throwIfAborted();
      if (this.#givenUp.has(job.id)) continue;
      const folder = this.store.job(job.id);
      await folder.writeJob(job.job);
      const record = await folder.result();
      if (record === undefined) continue;
      this.take(job, record);
      onDone(job);
    }
  }

  /** A job is done. What waits for a training that diverged is given up; the others go on. */
  take({ id }: PlannedJob, record: JobRecord | undefined): void {
    this.#done.add(id);
    if (record?.kind !== 'diverged') return;
    for (const dependent of dependentsOf(this.jobs, id)) this.#givenUp.add(dependent);
  }

  isDone(id: string): boolean {
    return this.#done.has(id);
  }

  isGivenUp(id: string): boolean {
    return this.#givenUp.has(id);
  }

  /** Neither done nor given up. */
  get left(): PlannedJob[] {
    return this.jobs.filter(({ id }) => !this.#done.has(id) && !this.#givenUp.has(id));
  }
}
