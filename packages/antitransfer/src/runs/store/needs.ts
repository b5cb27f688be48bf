import { sampleSettings } from '../../data/features/sample-settings.js';
import { settingsKey } from '../../data/features/store/clip-keys.js';
import { augmentsSamples } from '../../learning/augmentations/registry.js';
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
    const { jobs, sets: used, models } = partsOf(job);
    left.push(...jobs);
    for (const set of used) needs.sets.add(set);
    for (const model of models) needs.models.add(model);
    if ('features' in job) needs.features.add(settingsKey(job.features));
    if (job.kind === 'target' && augmentsSamples(job.augmentation ?? []))
      needs.features.add(settingsKey(sampleSettings(job.features)));
  }
  return needs;
}

/** What one job names. */
function partsOf(job: Job): Record<'jobs' | 'sets' | 'models', string[]> {
  if (job.kind === 'correction') {
    return {
      jobs: [job.training],
      sets: [job.validation, ...(job.task === null ? [] : [job.task.clips])],
      models: [],
    };
  }
  if (job.kind === 'assessment' || job.kind === 'analysis') {
    const corrections = job.correction === undefined ? [] : [job.correction];
    return {
      jobs: [job.training, ...corrections, ...job.tasks.map(({ network }) => network)],
      sets: [job.test, ...job.tasks.flatMap(({ train, validation }) => [train, validation])],
      models: [],
    };
  }
  const sets = [job.validation, job.standardisation];
  if (job.kind === 'given') return { jobs: [], sets, models: [job.model] };
  sets.push(job.train);
  const models = 'model' in job.network ? [job.network.model] : [];
  if (job.kind === 'orthogonal') return { jobs: [], sets, models };
  const isThere = (name: string | null) => name !== null;
  return {
    jobs: [
      ...job.tasks.map(({ network }) => network).filter(isThere),
      ...(job.start.from === 'random' ? [] : [job.start.job]),
    ],
    sets: [
      ...sets,
      ...job.tasks.flatMap(({ clips, groups }) => [clips, groups]).filter(isThere),
      ...(job.groups === undefined ? [] : [job.groups.clips]),
    ],
    models,
  };
}
