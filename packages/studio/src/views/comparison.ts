import type { JobStateName } from './job-state.js';

/** What is known of a comparison: what was asked, how far it is, and, once there is something, what it found. */
export interface ComparisonView {
  readonly id: string;
  readonly name: string;
  readonly state: JobStateName;
  /** How to go on where it has stopped: a command. */
  readonly continueWith: string;
  readonly target: string;
  readonly classes: readonly string[];
  readonly methods: readonly MethodView[];
  readonly tasks: readonly string[];
  readonly jobs: readonly JobView[];
  /** Until all is done; absent where nobody is at it, or nothing is known yet. */
  readonly left?: TimeLeft;
  /** The report's, of the repetitions so far; absent before the first is complete. */
  readonly verdict?: string;
  /** Where the report lies; absent where there is none. */
  readonly report?: string;
}

export interface TimeLeft {
  readonly seconds: number;
  /** Whether it is more than that: of some kinds of jobs none has come to its end. */
  readonly atLeast: boolean;
}

export interface MethodView {
  readonly id: string;
  readonly label: string;
  readonly control: boolean;
}

export interface JobView {
  readonly id: string;
  readonly name: string;
  readonly kind: 'orthogonal' | 'training' | 'correction' | 'test';
  readonly of: string;
  readonly repetition: number;
  readonly state: JobStateName;
  /** In [0, 1]. */
  readonly part: number;
  /** Of a training under way. */
  readonly step?: {
    readonly epoch: number;
    readonly epochs: number;
    readonly batch: number;
    readonly batches: number;
    readonly milliseconds: number;
    readonly crossEntropy: number;
  };
  /** Who is at it, or why it failed. */
  readonly message?: string;
}
