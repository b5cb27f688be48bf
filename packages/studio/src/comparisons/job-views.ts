import type { JobView } from '../views/comparison.js';
import type { JobStateName } from '../views/job-state.js';
import type { Comparison } from './comparison.js';
import type { ComparisonJob } from './comparison-job.js';
import { messageOf, overallState, partDone, stepOf } from './progress.js';

/** States of jobs are as they were at most so long ago, in milliseconds: a process that was killed tells nobody. */
export const STATES_AGE = 2000;

/** How far each job of a comparison is. */
export async function jobViews(comparison: Comparison): Promise<JobView[]> {
  const jobs = await comparison.jobs();
  const views = await Promise.all(jobs.map((job) => jobView(comparison, job)));
  if (!views.some(({ state }) => state === 'queued') || !(await comparison.isAnswered())) return views;
  // What there is no trace of any more has been cleared since.
  return views.map((view) => (view.state === 'queued' ? { ...view, state: 'done', part: 1 } : view));
}

async function jobView(comparison: Comparison, job: ComparisonJob): Promise<JobView> {
  const state = await comparison.stateLately(job.id, STATES_AGE);
  const isUnderWay = state.state !== 'done' && state.state !== 'queued';
  const events = isUnderWay ? await comparison.events(job.id) : [];
  const step = stepOf(state.state, events);
  const message = messageOf(state);
  return {
    ...job,
    state: state.state,
    part: partDone(state.state, events),
    ...(step && { step }),
    ...(message !== undefined && { message }),
  };
}

/** What a comparison is called by how far its jobs are. */
export async function stateOf(comparison: Comparison, jobs: readonly JobView[]): Promise<JobStateName> {
  const states = jobs.map(({ state }) => state);
  const isDone = states.every((state) => state === 'done');
  return overallState(states, !isDone && (await comparison.isHeld(STATES_AGE)));
}
