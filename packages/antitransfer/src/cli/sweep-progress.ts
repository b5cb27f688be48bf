import type { ComparisonResults } from '../answers/results.js';
import { summarise } from '../answers/summary.js';
import { judge } from '../answers/verdict/verdict.js';
import type { DataAccount } from '../data/account/account.js';
import type { UserError } from '../errors.js';
import { sum } from '../numbers/mean.js';
import type { DroppedCell, RungTask } from '../runs/halving/halve.js';
import type { RunEvent } from '../runs/jobs/runner.js';
import type { PlannedJob } from '../runs/plan/plan.js';
import type { PreparationPhase } from '../runs/plan-experiment.js';
import type { Holder } from '../runs/store/claim.js';
import type { JobRecord } from '../runs/store/records.js';
import type { SweepObserver, SweepPlan } from '../sweep.js';
import { CompareProgress } from './compare-progress.js';
import { percent } from './percent.js';

/** Shows on a terminal what a sweep does: as a comparison does, and each cell that is finished with its verdict. */
export class SweepProgress implements SweepObserver {
  readonly #shown: CompareProgress;
  /** Cells that are run, and those of them that are at their end. */
  #cells = 0;
  #over = 0;
  #phase = '';
  #isRung = false;
  #names: SweepPlan['names'] = new Map();

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

  onRung({ number, of, states, jobs }: RungTask, names: SweepPlan['names']): void {
    this.#names = names;
    this.#isRung = true;
    const cells = sum(states.map(({ active }) => active.length));
    const trainings = jobs.filter(({ job }) => job.kind === 'target').length;
    this.#shown.onNote(
      `Rung ${number} of ${of}: ${cells} cells, ${trainings} trainings by which they are judged on validation clips.`,
    );
    this.#shown.onJobs(jobs, names);
  }

  onDropped({ number }: RungTask, dropped: readonly DroppedCell[]): void {
    for (const { name, validation, needed, place, cells, kept } of dropped) {
      const reached =
        validation === null ? 'its trainings diverged' : `${percent(validation.accuracy)} there`;
      this.#shown.onNote(
        `Dropped after rung ${number}: ${name}, ${reached}, place ${place} of ${cells}; ${kept} go on, the last with ${needed === null ? 'none' : percent(needed)}.`,
      );
    }
  }

  onPlan({ cells, jobs, names }: SweepPlan): void {
    this.#isRung = false;
    this.#cells = cells.length;
    this.#shown.onJobs(jobs, names);
  }

  onEvent(event: RunEvent): void {
    this.#shown.onEvent(event);
  }

  onDone(job: PlannedJob, record: JobRecord, reused: boolean): void {
    this.#shown.onDone(job, record, reused);
    // A training is told of with its test; in a rung there is none.
    if (!this.#isRung || reused || record.kind !== 'target') return;
    const best = record.epochs.find(({ epoch }) => epoch === record.bestEpoch)?.validation.accuracy;
    const name = this.#names.get(job.id) ?? job.name;
    this.#shown.onNote(`${name}: validation accuracy ${percent(best ?? Number.NaN)}`);
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
