import type { Prediction, TestScores } from '../analysis/scores.js';
import type { EpochMetrics } from '../learning/training/epoch-metrics.js';

export type { EpochMetrics, Prediction, TestScores };

/** What a comparison measured, as plain data: it is stored as JSON, and the table and the report are made from it alone. */
export interface ComparisonResults {
  readonly name: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** The resolved configuration, every default filled in. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Versions, processor, threads: `{ node: '20.1', cpu: '...' }`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly target: TaskDescription;
  readonly orthogonal: TaskDescription;
  readonly split: SplitDescription;
  readonly orthogonalNetwork: OrthogonalNetworkSummary;
  /** The check before training: is there anything to remove? */
  readonly removable: RemovableCheck;
  /** In the order in which they are shown. The first is the reference of every gain (no transfer). */
  readonly methods: readonly MethodDescription[];
  readonly runs: readonly RunResult[];
  /** Wall-clock seconds of the whole comparison, all sessions added. */
  readonly seconds: number;
  /** A few test clips to look at and listen to. */
  readonly samples: readonly SampleClip[];
}

export interface TaskDescription {
  /** Label column, for example `digit`. */
  readonly column: string;
  readonly classes: readonly string[];
  /** Accuracy of always naming the most frequent class of a test set, in [0, 1]: the mean over seeds or folds. */
  readonly chance: number;
}

export interface SplitDescription {
  /** One sentence, for example `confounded: each of 5 speakers owns 2 digits in training (strength 0.9)`. */
  readonly description: string;
  /** Clips on each side of the first seed or fold; `penalty` when the penalty looks at clips of its own. */
  readonly counts: Readonly<Record<'train' | 'validation' | 'test', number>> & { readonly penalty?: number };
}

export interface OrthogonalNetworkSummary {
  /** Accuracy on clips it did not see, in [0, 1], for each seed. */
  readonly accuracies: readonly number[];
  readonly chance: number;
  /** True when a user gave it: it was tested, not trained. */
  readonly given: boolean;
}

export interface RemovableCheck {
  /** CKA between a network trained without transfer and the orthogonal network at the tap, for each seed. */
  readonly cka: readonly number[];
  /** Below this, little can be gained. */
  readonly threshold: number;
}

export interface MethodDescription {
  /** Identifier, for example `correlation-auxiliary`. */
  readonly id: string;
  /** For people, for example `correlation, auxiliary clips`. */
  readonly label: string;
  /** What it does, one sentence. */
  readonly description: string;
  /** True for a control, such as shuffled frozen features, which is expected to gain nothing. */
  readonly control: boolean;
  /** True for a similarity as published in arXiv 2006.06494. */
  readonly published: boolean;
}

/** One training. Runs of different methods with the same `seed` (and `fold`) share split and initial weights: they are pairs. */
export interface RunResult {
  readonly method: string;
  readonly seed: number;
  readonly fold: number | undefined;
  /** The epoch (from 1) whose model was chosen and tested. */
  readonly bestEpoch: number;
  readonly seconds: number;
  readonly test: TestScores;
  /** CKA to the orthogonal network at the tap, on test clips, in [0, 1]. */
  readonly cka: number;
  /** How well a linear probe at the tap still reads the orthogonal label, on clips that the probe did not see. */
  readonly probe: { readonly accuracy: number; readonly chance: number };
  /** The same of every orthogonal task, in the configuration's order. */
  readonly tasks: readonly TaskResult[];
  readonly epochs: readonly EpochMetrics[];
  readonly predictions: readonly Prediction[];
}

/** How much of an orthogonal task a network still knows. */
export interface TaskResult {
  readonly name: string;
  readonly cka: number;
  readonly probe: { readonly accuracy: number; readonly chance: number };
}

export interface SampleClip {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  /** 16-bit PCM WAV, as a `data:` URL. */
  readonly audio: string;
  /** The front end's output, standardised: `frames` rows of `bins` values. */
  readonly spectrogram: {
    readonly frames: number;
    readonly bins: number;
    readonly values: readonly number[];
    /** Seconds between frames. */
    readonly hop: number;
    /** Frequency of each bin's centre, Hz. */
    readonly frequencies: readonly number[];
  };
}
