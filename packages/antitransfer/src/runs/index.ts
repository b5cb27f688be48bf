// "antitransfer/runs": what comparisons ask for, do and keep, for programs that watch or read them; what carries jobs out
// is in the main entry. Experimental.

// ---- Reading what a comparison asked for ----

export { UserError } from '../errors.js';
export { defaultCache } from '../files/default-cache.js';
export { shellWords } from '../files/shell-words.js';
export { methodsOf } from './config/methods.js';
export { sharedSplit } from './config/split-seed.js';
export { ComparisonClips, type NetworkInput, type StorePlaces } from './folder/comparison-clips.js';
export { ComparisonFolder, type ComparisonIndex, testsDiffer } from './folder/comparison-folder.js';
export { type IndexOutline, readOutline } from './folder/index-outline.js';
export { paths } from './folder/paths.js';
export { type DifferingSetting, differingSettings } from './folder/settings-difference.js';
export type { TestClip, TestWindow } from './folder/test-clip.js';
export { isUserCaused } from './jobs/user-caused.js';
export { type Cell, type MethodCell, networkJobOf, type Plan, type PlannedJob } from './plan/plan.js';
export { type RepetitionKey, repetitionName } from './plan/repetition-name.js';

// ---- Reading the store ----

export type { ClipSet } from './store/clip-set.js';
export { type JobEvent, parseEvent, type StoredEvent } from './store/events.js';
export type {
  AnalysisJob,
  AssessmentJob,
  CorrectionJob,
  GivenJob,
  Job,
  OrthogonalJob,
  TargetJob,
} from './store/job.js';
export { type EndedJob, JobFolder, type JobState } from './store/job-folder.js';
export type {
  AnalysisRecord,
  AssessmentRecord,
  CorrectionRecord,
  JobRecord,
  OrthogonalRecord,
  TargetRecord,
  TaskRecord,
} from './store/records.js';
export { Store } from './store/store.js';
export { storeAt } from './store/store-at.js';

// ---- Being told while it runs ----

export type { JobRunner, RunEvent } from './jobs/runner.js';
export type { RunObserver, RunOptions, RunPhase } from './run-experiment.js';
