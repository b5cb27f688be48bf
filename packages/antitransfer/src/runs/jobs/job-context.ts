import type { FitExecution } from '../../learning/training/execution.js';
import type { JobEvent } from '../store/events.js';
import type { Job } from '../store/job.js';
import type { JobFolder } from '../store/job-folder.js';
import type { JobRecord } from '../store/records.js';
import type { Store } from '../store/store.js';

/** Where and how this machine carries jobs out. No number depends on it. */
export interface JobSurroundings {
  readonly store: Store;
  readonly execution: FitExecution;
  /** A folder that keeps compiled programs, for this machine. */
  readonly compiledCache: string;
}

/** What a job is told and tells while it is done. */
export interface JobContext extends JobSurroundings {
  /** The digest of the job: the name of the training. */
  readonly id: string;
  readonly folder: JobFolder;
  readonly tell: (event: JobEvent) => void;
  /** Once aborted, a checkpoint is written and the training ends with the signal's reason. */
  readonly signal: AbortSignal;
}

/** Does what a job asks for. Who carries jobs out is given it, and knows no training. */
export type Work = (job: Job, context: JobContext) => Promise<JobRecord>;
