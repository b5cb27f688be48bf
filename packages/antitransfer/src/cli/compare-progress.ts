import { createLogUpdate } from 'log-update';
import type { CompareObserver } from '../compare.js';
import type { Job, JobEvent, JobResult, OrthogonalResult } from '../runs/jobs/job.js';
import type { PlannedJob } from '../runs/jobs/process-runner.js';
import type { RemovableCheck } from '../runs/store/records.js';
import { percent } from './percent.js';

/** How much of a training is done. */
interface Tracked {
  readonly job: Job;
  fraction: number;
  text: string;
}

const phases = {
  speaking: 'Speaking the demo corpus',
  features: 'Computing features',
  training: 'Training',
  report: 'Writing the report',
} as const;

/** Shows on a terminal what a comparison does: what is done stays above, what runs is drawn anew below. */
export class CompareProgress implements CompareObserver {
  readonly #log: ReturnType<typeof createLogUpdate>;
  readonly #running = new Map<string, Tracked>();
  readonly #live: boolean;
  #jobs = 0;
  #done = 0;
  #reused = 0;
  #phase = '';
  #phaseText = '';
  #started = performance.now();
  #drawn = 0;

  constructor(readonly stream: NodeJS.WriteStream = process.stderr) {
    this.#log = createLogUpdate(stream);
    this.#live = stream.isTTY === true;
  }

  onPhase(phase: keyof typeof phases): void {
    this.#phase = phases[phase];
    this.#phaseText = '';
    if (!this.#live) this.#print(`${this.#phase} …`);
    this.#draw(true);
  }

  onProgress(done: number, total: number): void {
    this.#phaseText = `${done} of ${total}`;
    this.#draw(done === total);
  }

  onPlan(jobs: readonly PlannedJob[]): void {
    this.#jobs = jobs.length;
    this.#started = performance.now();
  }

  onJobStart(job: Job): void {
    this.#running.set(job.id, { job, fraction: 0, text: 'starting' });
    this.#draw(true);
  }

  onJobEvent(job: Job, event: JobEvent): void {
    const tracked = this.#running.get(job.id);
    if (tracked === undefined) return;
    const epochs = epochsOf(job);
    if (event.kind === 'batch') {
      tracked.fraction = (event.epoch - 1 + event.batch / event.batches) / epochs;
    } else {
      const { epoch, train, validation } = event.metrics;
      const penalties = Object.entries(train.penalties).map(([name, value]) => `${name} ${value.toFixed(3)}`);
      const losses = [`loss ${train.crossEntropy.toFixed(3)}`, ...penalties];
      const accuracy = `validation accuracy ${(100 * validation.accuracy).toFixed(1)} %`;
      tracked.text = `epoch ${epoch}/${epochs}  ${losses.join('  ')}  ${accuracy}`;
    }
    this.#draw(false);
  }

  onJobDone(job: Job, result: JobResult, reused: boolean): void {
    this.#running.delete(job.id);
    this.#done++;
    if (reused) this.#reused++;
    const what =
      result.kind === 'method'
        ? `test accuracy ${percent(result.run.test.accuracy)}`
        : orthogonalText(result);
    this.#print(
      `${`[${this.#done}/${this.#jobs}]`.padEnd(8)} ${job.id.padEnd(28)} ${what}${reused ? '  (done before)' : ''}`,
    );
  }

  onOrthogonal(results: readonly OrthogonalResult[]): void {
    const accuracies = results.map(({ accuracy }) => percent(accuracy)).join(', ');
    this.#print(
      `The orthogonal networks name the label to be forgotten in ${accuracies} of unseen clips (chance ${percent(results[0]?.chance ?? 0)}).`,
    );
  }

  onRemovable({ cka, threshold }: RemovableCheck): void {
    const mean = cka.reduce((total, value) => total + value, 0) / cka.length;
    const verdict =
      mean < threshold
        ? `below ${threshold}: there is little to remove, so expect little`
        : `above ${threshold}: there is something to remove`;
    this.#print(
      `Trained without transfer, the network's CKA to the orthogonal one is ${mean.toFixed(2)}, ${verdict}.`,
    );
  }

  /** A line that stays. */
  #print(line: string): void {
    if (this.#live) this.#log.clear();
    this.stream.write(`${line}\n`);
    this.#draw(true);
  }

  #draw(now: boolean): void {
    if (!this.#live || (!now && performance.now() - this.#drawn < 100)) return;
    this.#drawn = performance.now();
    const head = [this.#phase, this.#phaseText || this.#estimate()].filter(Boolean).join('  ');
    const lines = [...this.#running.values()].map(
      ({ job, fraction, text }) => `  ${bar(fraction)} ${job.id.padEnd(28)} ${text}`,
    );
    this.#log([head, ...lines].join('\n'));
  }

  #estimate(): string {
    if (this.#jobs === 0) return '';
    const under = [...this.#running.values()].reduce((total, { fraction }) => total + fraction, 0);
    const fresh = this.#done - this.#reused + under;
    const all = this.#jobs - this.#reused;
    const count = `${this.#done} of ${this.#jobs} done`;
    if (fresh < 0.5) return count;
    const left = ((performance.now() - this.#started) / 1000) * (all / fresh - 1);
    return `${count}, about ${duration(left)} left`;
  }

  /** Says that Ctrl-C was heard. */
  stopping(): void {
    this.finish();
    this.stream.write(
      'Stopping: saving checkpoints … the same command continues. (Ctrl-C twice more ends at once.)\n',
    );
  }

  /** Removes what is drawn anew. */
  finish(): void {
    if (this.#live) this.#log.clear();
  }
}

function epochsOf(job: Job): number {
  if (job.kind === 'method') return job.config.training.epochs;
  return job.config.orthogonal[job.task]?.training.epochs ?? job.config.training.epochs;
}

function orthogonalText({ accuracy, reused }: OrthogonalResult): string {
  return `accuracy ${percent(accuracy)}${reused ? ' (reused)' : ''}`;
}

function bar(fraction: number): string {
  const filled = Math.round(Math.min(1, fraction) * 16);
  return '█'.repeat(filled) + '░'.repeat(16 - filled);
}

/** `45 s`, `3 min`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
