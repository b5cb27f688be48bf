import type { MethodSettings } from '../config/method.js';
import type { Config } from '../config/schema.js';
import type { EpochMetrics, RunResult } from '../store/records.js';

/** One training of a comparison: all that another process needs to carry it out. Plain data. */
export type Job = OrthogonalJob | MethodJob;

interface AnyJob {
  /** Unique in the comparison; also the place of its folder below `jobs`. */
  readonly id: string;
  /** The comparison's folder. */
  readonly folder: string;
  readonly config: Config;
  /** Place of its seed and fold in the prepared data. */
  readonly round: number;
  readonly threads: number;
  /** Folder in which compiled programs are kept. */
  readonly compiledCache: string;
}

/** Trains a network on an orthogonal task, or finds it in the cache. */
export interface OrthogonalJob extends AnyJob {
  readonly kind: 'orthogonal';
  /** Place of the task in the configuration. */
  readonly task: number;
  /** Folder in which trained orthogonal networks are kept. */
  readonly networkCache: string;
}

/** Trains the target task in one way, tests it and looks at what it still knows. */
export interface MethodJob extends AnyJob {
  readonly kind: 'method';
  readonly method: MethodSettings;
}

/** What is left of an orthogonal job. */
export interface OrthogonalResult {
  readonly kind: 'orthogonal';
  /** The trained network, features in and logits out. */
  readonly network: string;
  /** On clips that it did not see, in [0, 1]. */
  readonly accuracy: number;
  /** Of always naming the most frequent class of those clips. */
  readonly chance: number;
  readonly reused: boolean;
}

export interface MethodResult {
  readonly kind: 'method';
  readonly run: RunResult;
}

export type JobResult = OrthogonalResult | MethodResult;

/** What a job tells while it runs. */
export type JobEvent =
  | { readonly kind: 'batch'; readonly epoch: number; readonly batch: number; readonly batches: number }
  | { readonly kind: 'epoch'; readonly metrics: EpochMetrics };

/** How a job tells what it does, and is asked to stop. */
export interface JobContext {
  readonly onEvent: (event: JobEvent) => void;
  /** Once aborted, a checkpoint is written and the job ends with the signal's reason. */
  readonly signal: AbortSignal;
}
