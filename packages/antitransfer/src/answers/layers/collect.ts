import { itemAt } from '../../lookup.js';
import { methodsOf } from '../../runs/config/methods.js';
import { sharedSplit } from '../../runs/config/split-seed.js';
import { type ComparisonIndex, testsDiffer } from '../../runs/folder/comparison-folder.js';
import type { AnalysisPlan } from '../../runs/plan/plan-analysis.js';
import type { JobRecord } from '../../runs/store/records.js';
import { describeMethod } from '../describe-method.js';
import type { LayerResult, LayerResults } from './results.js';

/** What the jobs of an analysis left, as plain data. */
export function collectLayers(
  { experiment, repetitions }: ComparisonIndex,
  { cells, taps, jobs }: AnalysisPlan,
  records: ReadonlyMap<string, JobRecord>,
): LayerResults {
  const redrawn = testsDiffer(repetitions);
  const tasks = experiment.orthogonal.map(({ name }) => name);
  return {
    version: 1,
    name: experiment.name,
    target: experiment.target,
    taps,
    position: experiment.position,
    tasks,
    columns: experiment.orthogonal.map(({ column }) => column),
    methods: methodsOf(experiment).map((method) => {
      const { id, label } = describeMethod(method, experiment);
      return { id, label };
    }),
    results: cells.flatMap(({ of, repetition, tap, job }): LayerResult[] => {
      const record = records.get(job);
      if (record?.kind !== 'analysis') return [];
      const { seed, fold } = itemAt(repetitions, repetition);
      return record.tasks.map((found, task) => ({
        method: of,
        seed,
        ...(fold !== null && { fold }),
        ...sharedSplit(experiment, { seed, fold: fold ?? undefined }, redrawn),
        tap,
        task: itemAt(tasks, task),
        ...found,
      }));
    }),
    jobs: jobs.map(({ id }) => id),
  };
}
