import type { Random } from 'onnx-autograd/random';
import { itemAt } from '../lookup.js';

/** Workers of a queue, and what its database takes for them: measured, but for their number. */
export interface QueueLoad {
  readonly workers: number;
  /** Of computing a job, on the average: job by job between half of it and one and a half. */
  readonly jobSeconds: number;
  /** Asked of the database for each job, one after another. */
  readonly commandsPerJob: number;
  /** That the database, which does one thing at a time, takes for a command. */
  readonly serviceSeconds: number;
  readonly roundTripSeconds: number;
  /** What a worker does for a job besides computing it, without the database. */
  readonly localSeconds: number;
  /** Commands that each worker sends while it computes: signs of life, progress. */
  readonly backgroundPerSecond: number;
}

/** What workers come to together. */
export interface QueueOutcome {
  /** The part of their time in which they compute. */
  readonly efficiency: number;
  /** The part of its time in which the database is at work. */
  readonly databaseBusy: number;
}

/** So many lengths of a job are simulated. */
const JOBS_OF_A_WORKER = 20;

/**
 * Simulates workers that ask one database for job after job: a closed queueing network with one server. What workers send
 * besides (signs of life, progress) slows the database down by the part of its time that it takes.
 *
 * @param random draws how long jobs take, and when workers begin
 */
export function simulateQueue(load: QueueLoad, random: Random): QueueOutcome {
  const { workers, jobSeconds, commandsPerJob, serviceSeconds, roundTripSeconds, localSeconds } = load;
  const background = Math.min(0.99, workers * load.backgroundPerSecond * serviceSeconds);
  const service = (commandsPerJob * serviceSeconds) / (1 - background);
  const away = commandsPerJob * roundTripSeconds + localSeconds;
  // When each worker asks the database next, the soonest first.
  const asking = new Heap();
  for (let worker = 0; worker < workers; worker++) asking.push(random.uniform() * jobSeconds);
  // All begin within the length of a job; what comes before and behind is not looked at.
  const [from, to] = [2 * jobSeconds, JOBS_OF_A_WORKER * jobSeconds];
  let [free, computed, served] = [0, 0, 0];
  for (let asked = asking.pop(); asked < to; asked = asking.pop()) {
    const begun = Math.max(asked, free);
    free = begun + service;
    served += within(begun, free, from, to);
    const start = free + away;
    const done = start + jobSeconds * (0.5 + random.uniform());
    computed += within(start, done, from, to);
    asking.push(done);
  }
  const span = to - from;
  return {
    efficiency: computed / (workers * span),
    databaseBusy: Math.min(1, (served / span) * (1 - background) + background),
  };
}

/** How much of a time is within another. */
function within(begin: number, end: number, from: number, to: number): number {
  return Math.max(0, Math.min(end, to) - Math.max(begin, from));
}

/** Numbers, of which the least comes first. */
class Heap {
  readonly #values: number[] = [];

  push(value: number): void {
    const values = this.#values;
    let at = values.push(value) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (itemAt(values, parent) <= value) break;
      values[at] = itemAt(values, parent);
      at = parent;
    }
    values[at] = value;
  }

  pop(): number {
    const values = this.#values;
    const least = itemAt(values, 0);
    const last = itemAt(values, values.length - 1);
    values.pop();
    if (values.length === 0) return least;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= values.length) break;
      if (child + 1 < values.length && itemAt(values, child + 1) < itemAt(values, child)) child++;
      if (itemAt(values, child) >= last) break;
      values[at] = itemAt(values, child);
      at = child;
    }
    values[at] = last;
    return least;
  }
}
