import type { JobView, TimeLeft } from '../views/comparison.js';

type Kind = JobView['kind'];

/**
 * How long it takes until all jobs are done: those that wait take as long as those of their kind that are done did (without one, a
 * training takes as long as the steps of one under way say), and as many go on at once as do now. What goes on may end early, and
 * machines are shared: nobody knows it better than about.
 *
 * @param secondsOf how long a job took that is done; undefined where that is not known
 * @returns undefined where nobody is at it, or nothing is known
 */
export function timeLeft(
  jobs: readonly JobView[],
  secondsOf: (id: string) => number | undefined,
): TimeLeft | undefined {
  const running = jobs.filter(({ state }) => state === 'running');
  if (running.length === 0) return undefined;
  const whole = (kind: Kind) =>
    mean(jobs.flatMap((job) => (job.kind === kind ? (secondsOf(job.id) ?? []) : []))) ??
    mean(running.flatMap((job) => (job.kind === kind ? (bySteps(job) ?? []) : [])));
  const waiting = jobs.filter(({ state }) => state !== 'done' && state !== 'failed');
  const left = waiting.map(({ kind, part }) => {
    const all = whole(kind);
    return all === undefined ? undefined : (1 - part) * all;
  });
  const known = left.filter((seconds) => seconds !== undefined);
  if (known.length === 0) return undefined;
  const sum = known.reduce((all, seconds) => all + seconds, 0);
  return {
    seconds: Math.max(...known, sum / running.length),
    atLeast: known.length < left.length,
  };
}

/** How long a training takes by the time of its last step. */
function bySteps({ step }: JobView): number | undefined {
  return step && (step.epochs * step.batches * step.milliseconds) / 1000;
}

function mean(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return values.reduce((all, value) => all + value, 0) / values.length;
}
