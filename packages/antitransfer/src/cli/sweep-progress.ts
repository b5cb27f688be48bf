import type { ComparisonResults } from '../answers/results.js';
import { summarise } from '../answers/summary.js';
import { judge } from '../answers/verdict/verdict.js';
import type { DataAccount } from '../data/account/account.js';
import type { UserError } from '../errors.js';
import type { RunEvent } from '../runs/jobs/runner.js';
import type { PlannedJob } from '../runs/plan/plan.js';
import type { PreparationPhase } from '../runs/plan-experiment.js';
import type { Holder } from '../runs/store/claim.js';
import type { JobRecord } from '../runs/store/records.js';
import type { SweepObserver, SweepPlan } from '../sweep.js';
import { CompareProgress } from './compare-progress.js';

/** Shows on a terminal what a sweep does: as a comparison does, and each cell that is finished with its verdict. */
export class SweepProgress implements SweepObserver {
  readonly #shown: CompareProgress;
  /** Cells that are run, and those of them that are at their end. */
  #cells = 0;
  #over = 0;
  #phase = '';

  constructor(stream?: NodeJS.WriteStream) {
    this.#shown = new CompareProgress(stream);
  }

  onWait(holder: Holder): void {
    this.#shown.onWait(holder);
  }

  onNote(note: string, cell: string): void {
    this.#shown.onNote(`${cell}: ${note}`);
  }

  /** What is to be known of the queue: of no cell. */
  onQueueNote(note: string): void {
    this.#shown.onNote(note);
  }

  onPhase(phase: PreparationPhase | 'training'): void {
    // Cells that share their data come one after another.
    if (phase !== this.#phase) this.#shown.onPhase(phase);
    this.#phase = phase;
  }

  onProgress(done: number, total: number): void {
    this.#shown.onProgress(done, total);
  }

  onAccount(account: DataAccount): void {
    this.#shown.onAccount(account);
  }

  onPlan({ cells, jobs, names }: SweepPlan): void {
    this.#cells = cells.length;
    this.#shown.onJobs(jobs, names);
  }

  onEvent(event: RunEvent): void {
    this.#shown.onEvent(event);
  }

  onDone(job: PlannedJob, record: JobRecord, reused: boolean): void {
    this.#shown.onDone(job, record, reused);
  }

  onCell(cell: string, outcome: ComparisonResults | UserError): void {
    this.#over++;
    const said = outcome instanceof Error ? outcome.message : judge(outcome, summarise(outcome)).sentence;
    this.#shown.onNote(`Cell ${this.#over} of ${this.#cells}, ${cell}: ${said}`);
  }

  /** Says that Ctrl-C has come, and what becomes of trainings where they are not here. */
  stopping(elsewhere?: string): void {
    this.#shown.stopping(elsewhere);
  }

  /** Removes what is drawn anew. */
  finish(): void {
    this.#shown.finish();
  }
}
