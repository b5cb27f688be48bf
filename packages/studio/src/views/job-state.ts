import type { JobState } from 'antitransfer/runs';

export type JobStateName = JobState['state'];

/** In the order in which a comparison is called by them: one that trains is running, whatever else is true of it. */
export const jobStates: readonly JobStateName[] = ['running', 'failed', 'stopped', 'queued', 'done'];
