import type { MethodSummary, Verdict } from 'antitransfer/answers';
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
  readonly answer?: AnswerView;
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

/** The report's own words and numbers. */
export interface AnswerView {
  readonly createdAt: string;
  readonly done: number;
  readonly asked: number;
  readonly chance: number;
  readonly verdict: Verdict;
  readonly summaries: readonly MethodSummary[];
}
