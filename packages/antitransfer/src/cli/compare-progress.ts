import { hostname } from 'node:os';
import { createLogUpdate } from 'log-update';
import { formatDuration } from '../answers/format.js';
import type { ComparisonResults } from '../answers/results.js';
import { summarise } from '../answers/summary.js';
import { removableOf } from '../answers/verdict/removable.js';
import { judge } from '../answers/verdict/verdict.js';
import { wrapped } from '../answers/wrapped.js';
import type { CompareObserver, RemovableMoment } from '../compare.js';
import type { DataAccount } from '../data/account/account.js';
import { accountLines } from '../data/account/text.js';
import { sum } from '../numbers/mean.js';
import type { RunEvent } from '../runs/jobs/runner.js';
import { dependentsOf } from '../runs/plan/dependents.js';
import { jobNames } from '../runs/plan/job-names.js';
import type { Plan, PlannedJob } from '../runs/plan/plan.js';
import type { Holder } from '../runs/store/claim.js';
import type { DivergedRecord, JobRecord, OrthogonalRecord } from '../runs/store/records.js';
import { type TaskName, taskWord } from '../task-words.js';
import { isOver, isTold, resultText } from './job-text.js';
import { cut, numbered, WIDTH } from './one-line.js';
import { percent } from './percent.js';
import { printable } from './printable.js';

/** How much of a training is done. */
interface Tracked {
  readonly name: string;
  fraction: number;
  text: string;
}

const phases = {
  speaking: 'Speaking the demo corpus',
  segments: 'Cutting clips into windows, computing their features',
  features: 'Computing features',
  training: 'Training',
  report: 'Writing the report',
} as const;

/** Seconds of work before an estimate means something. */
const SETTLED = 3;

/** Characters that are kept for what is said of a job behind its name. */
const RESULT = 40;

/** Shows on a terminal what a comparison does: what is done stays above, what runs is drawn anew below. */
export class CompareProgress implements CompareObserver {
  readonly #log: ReturnType<typeof createLogUpdate>;
  readonly #running = new Map<string, Tracked>();
  readonly #live: boolean;
  #names: ReadonlyMap<string, string> = new Map();
  #plan: readonly PlannedJob[] = [];
  #jobs = 0;
  /** Jobs whose results were in the store. */
  readonly #before = new Set<string>();
  #done = 0;
  #reused = 0;
  #phase = '';
  #phaseText = '';
  /** When the first things of the phase were done, and how many. */
  #phaseStart: { readonly done: number; readonly at: number } | undefined;
  #started = performance.now();
  #drawn = 0;

  constructor(readonly stream: NodeJS.WriteStream = process.stderr) {
    this.#log = createLogUpdate(stream);
    this.#live = stream.isTTY === true;
  }

  onWait({ pid, host, since }: Holder): void {
    this.#say(`Process ${pid} on ${host} is at this folder since ${since}: waiting until it is done.`);
  }

  onNote(note: string): void {
    this.#say(note);
  }

  onPhase(phase: keyof typeof phases): void {
    this.#phase = phases[phase];
    this.#phaseText = '';
    this.#phaseStart = undefined;
    if (!this.#live) this.#print(`${this.#phase} …`);
    this.#draw(true);
  }

  onProgress(done: number, total: number): void {
    // What was there before is counted at once, and says nothing of how long the rest takes.
    this.#phaseStart ??= { done, at: performance.now() };
    this.#phaseText = `${done} of ${total}${timeLeft(this.#phaseStart, done, total)}`;
    this.#draw(done === total);
  }

  onAccount(account: DataAccount): void {
    for (const line of accountLines(account)) this.#say(line);
  }

  onPlan(plan: Plan): void {
    this.onJobs(plan.jobs, jobNames(plan));
  }

  /**
   * What is to be done, of one comparison or of many.
   *
   * @param names what people call jobs, by their ids
   */
  onJobs(jobs: readonly PlannedJob[], names: ReadonlyMap<string, string>): void {
    this.#plan = jobs;
    this.#jobs = jobs.filter(isTold).length;
    this.#names = names;
    // Of a sweep this is told again when cells are dropped: what counts is what is asked from then on.
    this.#done = 0;
    this.#reused = 0;
    this.#started = performance.now();
  }

  onEvent({ job, event }: RunEvent): void {
    const { id } = job;
    const name = this.#nameOf(job);
    const tracked = this.#running.get(id) ?? { name, fraction: 0, text: 'starting' };
    switch (event.kind) {
      case 'started': {
        const where = event.host === hostname() ? '' : ` on ${event.host}`;
        tracked.text = `${job.job.kind === 'assessment' ? 'testing' : 'starting'}${where}`;
        break;
      }
      case 'refused':
        this.#say(`${name}: ${event.host} leaves it to others: ${event.reason}`);
        break;
      case 'tried': {
        const [message = ''] = event.message.split('\n', 1);
        this.#say(`${name}: try ${event.attempt} of ${event.attempts} failed on ${event.host}: ${message}`);
        break;
      }
      case 'waiting':
        tracked.text = `process ${event.pid} on ${event.host} is at it: waiting`;
        if (!this.#live) this.#print(`${name}: ${tracked.text}`);
        break;
      case 'batch':
        tracked.fraction = (event.epoch - 1 + event.batch / event.batches) / event.epochs;
        break;
      case 'epoch': {
        const { epoch, train, validation } = event.metrics;
        const measured = Object.entries(train.objectives).map(([of, value]) => `${of} ${value.toFixed(3)}`);
        const losses = [`loss ${train.crossEntropy.toFixed(3)}`, ...measured];
        // What matters most comes first: a narrow terminal shows the beginning.
        const accuracy = `validation ${percent(validation.accuracy)}`;
        tracked.text = [`epoch ${epoch}/${event.epochs}`, accuracy, ...losses].join('  ');
        break;
      }
      case 'probing':
        tracked.fraction = event.done / event.total;
        tracked.text = `probe, fit ${event.done} of ${event.total}`;
        break;
      case 'stopped':
      case 'failed':
      case 'done':
        break;
    }
    this.#running.set(id, tracked);
    if (isOver(event)) this.#running.delete(id);
    this.#draw(event.kind === 'started');
  }

  onDone(job: PlannedJob, record: JobRecord, reused: boolean): void {
    this.#running.delete(job.id);
    if (record.kind === 'diverged') {
      this.#diverged(job, record);
      return;
    }
    if (reused) this.#before.add(job.id);
    if (!isTold(job)) return;
    const isRetested = job.job.kind === 'assessment' && this.#before.has(job.job.training);
    this.#done++;
    if (reused) this.#reused++;
    const before = reused ? '  (done before)' : isRetested ? '  (trained before)' : '';
    const line = `${numbered(this.#done, this.#jobs)} ${this.#padded(this.#nameOf(job))} ${resultText(record, before)}`;
    this.#print(wrapped(line, this.#width(), ' '.repeat(9)));
  }

  /** What waits for the training is given up, and no more counted. */
  #diverged(job: PlannedJob, { reason }: DivergedRecord): void {
    const dependents = dependentsOf(this.#plan, job.id);
    const told = this.#plan.filter(
      (other) => isTold(other) && (other.id === job.id || dependents.has(other.id)),
    );
    this.#jobs -= told.length;
    this.#say(`${this.#nameOf(job)}: ${reason}`);
  }

  onOrthogonal(task: TaskName, networks: readonly OrthogonalRecord[]): void {
    const accuracies = networks.map(({ accuracy }) => percent(accuracy)).join(', ');
    const chance = percent(networks[0]?.chance ?? 0);
    this.#say(
      networks.some(({ given }) => given)
        ? `The ${taskWord(task)} network that was given names the ${task.column} in ${accuracies} of unseen clips (chance ${chance}), if its outputs are our classes in our order.`
        : `The ${taskWord(task)} networks name the ${task.column} in ${accuracies} of unseen clips (chance ${chance}).`,
    );
  }

  onRemovable(task: TaskName, { reference, repetitions, signs }: RemovableMoment): void {
    const { done, asked } = repetitions;
    const of = done === asked ? '' : `After ${done} of ${asked}, and others may differ: `;
    this.#say(`${of}${removableOf(task, reference, signs).sentence}`);
  }

  onResultsSoFar(results: ComparisonResults): void {
    const { done, asked } = results.repetitions;
    this.#say(`So far, ${done} of ${asked}: ${judge(results, summarise(results)).sentence}`);
  }

  #nameOf({ id, name }: PlannedJob): string {
    return this.#names.get(id) ?? name;
  }

  /** Names stand in a column where there is room for it. */
  #padded(name: string): string {
    const longest = Math.max(0, ...[...this.#names.values()].map(({ length }) => length));
    return name.padEnd(Math.max(0, Math.min(longest, this.#width() - 9 - RESULT)));
  }

  #width(): number {
    return this.stream.columns ?? WIDTH;
  }

  /** Sentences that stay. */
  #say(text: string): void {
    this.#print(wrapped(printable(text), Math.min(WIDTH, this.#width()), '  '));
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
    const width = this.#width();
    const lines = [...this.#running.values()].map(
      ({ name, fraction, text }) => ` ${bar(fraction, width)} ${cut(this.#padded(name), width / 2)} ${text}`,
    );
    this.#log([head, ...lines].map((line) => cut(line, width - 1)).join('\n'));
  }

  #estimate(): string {
    if (this.#jobs === 0) return '';
    const under = sum([...this.#running.values()].map(({ fraction }) => fraction));
    const fresh = this.#done - this.#reused + under;
    const all = this.#jobs - this.#reused;
    const count = `${this.#done} of ${this.#jobs} done`;
    if (fresh < 0.5) return count;
    const left = ((performance.now() - this.#started) / 1000) * (all / fresh - 1);
    return `${count}, about ${formatDuration(left)} left`;
  }

  /** Says that Ctrl-C has come, and what becomes of trainings where they are not here. */
  stopping(elsewhere?: string): void {
    this.finish();
    const beforeTraining = [phases.speaking, phases.segments, phases.features].find(
      (phase) => phase === this.#phase,
    );
    const begun = elsewhere ?? 'saving checkpoints … the same command continues.';
    const again = beforeTraining ? `the same command begins “${beforeTraining}” again.` : begun;
    // Before the first phase, corpora are looked at.
    const after = this.#phase === '' ? 'the same command begins again.' : again;
    this.stream.write(`Stopping: ${after} (Ctrl-C twice more ends at once.)\n`);
  }

  /** Removes what is drawn anew. */
  finish(): void {
    if (this.#live) this.#log.clear();
  }
}

function bar(fraction: number, width: number): string {
  const length = width < 80 ? 6 : 12;
  const filled = Math.round(Math.min(1, fraction) * length);
  return '█'.repeat(filled) + '░'.repeat(length - filled);
}

/** Of a phase whose parts take about equally long; nothing in its first seconds. */
function timeLeft(
  start: { readonly done: number; readonly at: number },
  done: number,
  total: number,
): string {
  const seconds = (performance.now() - start.at) / 1000;
  if (seconds < SETTLED || done <= start.done || done >= total) return '';
  return `, about ${formatDuration((seconds * (total - done)) / (done - start.done))} left`;
}
