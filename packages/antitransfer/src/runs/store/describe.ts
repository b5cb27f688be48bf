import type { FeatureSettings } from '../../data/features/settings.js';
import { describeObjective } from '../../learning/objectives/registry.js';
import type { Job } from './job.js';

/**
 * A job in the words of its settings, such as `digit, seed 1, cka`.
 *
 * @param jobOf a job by its id, where it is known
 */
export function describeJob(
  job: Job | undefined,
  id: string,
  jobOf: (id: string) => Job | undefined,
): string {
  if (job === undefined) return `${id.slice(0, 8)} (of another version, or damaged)`;
  if (job.kind === 'correction') {
    const { training, settings } = job;
    return `${settings.kind} of ${describeJob(jobOf(training), training, jobOf)}`;
  }
  if (job.kind === 'analysis') {
    const network = job.correction ?? job.training;
    return `analysis at ${job.tap} of ${job.network === 'untrained' ? 'the first weights of ' : ''}${describeJob(jobOf(network), network, jobOf)}`;
  }
  if (job.kind === 'assessment') {
    const training = job.correction ?? job.training;
    return `test of ${describeJob(jobOf(training), training, jobOf)}`;
  }
  if (job.kind === 'given') return `orthogonal ${job.column}, given`;
  const what = `${job.column}, seed ${job.seed}`;
  if (job.kind === 'orthogonal') return `orthogonal ${what}`;
  const objectives = job.objectives.map(({ settings }) => describeObjective(settings).label);
  const start = job.start.from === 'random' ? [] : [`from the ${job.start.from} network`];
  return [what, ...start, ...objectives].join(', ');
}

/** Settings of a front end, such as `magnitude, 8000 Hz, 0.6 s`. */
export function describeFeatures(settings: FeatureSettings | undefined, id: string): string {
  if (settings === undefined) return `${id.slice(0, 8)}, of no training here`;
  const { kind, sampleRate, seconds } = settings;
  return `${kind}, ${sampleRate} Hz, ${seconds} s (${id.slice(0, 8)})`;
}
