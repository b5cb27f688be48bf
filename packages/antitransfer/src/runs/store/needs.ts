import { settingsKey } from '../../data/features/store/clip-keys.js';
import type { Job } from './job.js';

/** Names of things of a store, by their kind. */
export interface Needs {
  readonly jobs: ReadonlySet<string>;
  readonly sets: ReadonlySet<string>;
  readonly models: ReadonlySet<string>;
  /** Settings of features. */
  readonly features: ReadonlySet<string>;
}

/**
 * What jobs need, themselves among it: the jobs that they continue or look at, sets of clips, given networks, features.
 *
 * @param roots ids of jobs; those that are not known are kept, and need nothing
 * @param sets that are needed besides
 * @param jobOf a job by its id
 */
export function needsOf(
  roots: Iterable<string>,
  sets: Iterable<string>,
  jobOf: (id: string) => Job | undefined,
): Needs {
  const needs = {
    jobs: new Set<string>(),
    sets: new Set(sets),
    models: new Set<string>(),
    features: new Set<string>(),
  };
  const left = [...roots];
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    if (needs.jobs.has(id)) continue;
    needs.jobs.add(id);
    const job = jobOf(id);
    if (job === undefined) continue;
    needs.features.add(settingsKey(job.features));
    for (const set of [job.train, job.validation, job.standardisation]) needs.sets.add(set);
    if (job.network.model !== null) needs.models.add(job.network.model);
    if (job.kind === 'orthogonal') {
      if (job.given !== null) needs.models.add(job.given);
      continue;
    }
    for (const set of [job.test, ...Object.values(job.groups ?? {})]) needs.sets.add(set);
    for (const task of job.tasks) {
      left.push(task.job);
      needs.sets.add(task.train).add(task.validation);
    }
    if (job.start.from === 'target') left.push(job.start.job);
  }
  return needs;
}
