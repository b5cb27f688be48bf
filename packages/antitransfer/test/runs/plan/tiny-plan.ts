import type { ConfigTree } from '../../../src/runs/config/load.js';
import { drawSplits } from '../../../src/runs/data/draw-splits.js';
import { prepare } from '../../../src/runs/data/prepare.js';
import { checkMethods } from '../../../src/runs/plan/check-methods.js';
import type { Plan } from '../../../src/runs/plan/plan.js';
import { planJobs } from '../../../src/runs/plan/plan-jobs.js';
import type { Store } from '../../../src/runs/store/store.js';
import { tinyConfig } from '../tiny.js';

/** The plan of a comparison of the tiny corpus. */
export async function planTiny(corpus: string, store: Store, changes: ConfigTree = {}): Promise<Plan> {
  const { experiment } = tinyConfig(corpus, changes);
  const drawn = await drawSplits(experiment);
  const checked = await checkMethods(experiment, drawn);
  return planJobs(experiment, await prepare(experiment, drawn, { store }), store, checked);
}

/** The trainings, by their digests. */
export function trainingsOf({ methods, tasks }: Plan): string[] {
  return [...tasks, ...methods].map(({ job }) => job);
}

/** The tests, by their digests. */
export function testsOf({ methods }: Plan): string[] {
  return methods.map(({ assessment }) => assessment);
}

export function jobsOf(plan: Plan): string[] {
  return [...trainingsOf(plan), ...testsOf(plan)];
}
