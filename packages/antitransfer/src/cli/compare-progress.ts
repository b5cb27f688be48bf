import { createLogUpdate } from 'log-update';
import { formatDuration } from '../answers/format.js';
import type { RemovableCheck } from '../answers/results.js';
import type { CompareObserver } from '../compare.js';
import { mean, sum } from '../numbers/mean.js';
import type { RunEvent } from '../runs/jobs/runner.js';
import type { Plan, PlannedJob } from '../runs/plan/plan.js';
import type { Holder } from '../runs/store/claim.js';
import type { JobEvent } from '../runs/store/events.js';
import type { JobRecord, OrthogonalRecord } from '../runs/store/records.js';
import { percent } from './percent.js';

/** How much of a training is done. */
interface Tracked {
  readonly name: string;
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

  onWait({ pid, host, since }: Holder): void {
    this.#print(`Process ${pid} on ${host} is at this folder since ${since}: waiting until it is done.`);
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

  onPlan({ jobs }: Plan): void {
    this.#jobs = jobs.length;
    this.#started = performance.now();
  }

  onEvent({ job: { id, name }, event }: RunEvent): void {
    const tracked = this.#running.get(id) ?? { name, fraction: 0, text: 'starting' };
    switch (event.kind) {
      case 'started':
        tracked.text = 'starting';
        break;
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
        const accuracy = `validation accuracy ${(100 * validation.accuracy).toFixed(1)} %`;
        tracked.text = `epoch ${epoch}/${event.epochs}  ${losses.join('  ')}  ${accuracy}`;
        break;
      }
      case 'stopped':
      case 'failed':
      case 'done':
        break;
    }
    this.#running.set(id, tracked);
    if (isOver(event)) this.#running.delete(id);
    this.#draw(event.kind === 'started');
  }

  onDone({ id, name }: PlannedJob, record: JobRecord, reused: boolean): void {
    this.#running.delete(id);
    this.#done++;
    if (reused) this.#reused++;
    const before = reused ? '  (done before)' : '';
    const count = `[${this.#done}/${this.#jobs}]`.padEnd(8);
    this.#print(`${count} ${name.padEnd(28)} ${resultText(record)}${before}`);
  }

  onOrthogonal(task: string, networks: readonly OrthogonalRecord[]): void {
    const accuracies = networks.map(({ accuracy }) => percent(accuracy)).join(', ');
    this.#print(
      `The orthogonal networks name the ${task} in ${accuracies} of unseen clips (chance ${percent(networks[0]?.chance ?? 0)}).`,
    );
  }

  onRemovable(task: string, { cka, threshold }: RemovableCheck): void {
    const likeness = mean(cka);
    const verdict =
      likeness < threshold
        ? `below ${threshold}: there is little to remove, so expect little`
        : `not below ${threshold}: there may be something to remove`;
    this.#print(
      `Trained without transfer, the network's CKA to the ${task} network is ${likeness.toFixed(2)}, ${verdict}.`,
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
      ({ name, fraction, text }) => `  ${bar(fraction)} ${name.padEnd(28)} ${text}`,
    );
    this.#log([head, ...lines].join('\n'));
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

  /** Says that Ctrl-C has come. */
  stopping(): void {
    this.finish();
    const beforeTraining = [phases.speaking, phases.features].find((phase) => phase === this.#phase);
    const after = beforeTraining
      ? `the same command begins “${beforeTraining}” again.`
      : 'saving checkpoints … the same command continues.';
    this.stream.write(`Stopping: ${after} (Ctrl-C twice more ends at once.)\n`);
  }

  /** Removes what is drawn anew. */
  finish(): void {
    if (this.#live) this.#log.clear();
  }
}

/** Whether nobody is at the job any longer. */
function isOver({ kind }: JobEvent): boolean {
  return kind === 'stopped' || kind === 'failed' || kind === 'done';
}

function resultText(record: JobRecord): string {
  const accuracy = percent(record.accuracy);
  if (record.kind === 'target') return `test accuracy ${accuracy}`;
  return `accuracy ${accuracy}${record.given ? ' (given)' : ''}`;
}

function bar(fraction: number): string {
  const filled = Math.round(Math.min(1, fraction) * 16);
  return '█'.repeat(filled) + '░'.repeat(16 - filled);
}
