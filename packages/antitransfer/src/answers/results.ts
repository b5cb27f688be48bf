import { z } from 'zod';
import { dataAccount } from '../data/account/account.js';
import { epochMetrics } from '../learning/training/epoch-metrics.js';
import { scoredSides } from '../runs/store/records.js';

export type { EpochMetrics } from '../learning/training/epoch-metrics.js';

const share = z.number().min(0).max(1);
const text = z.string();
const count = z.int().nonnegative();

const taskDescription = {
  /** Label column, for example `digit`. */
  column: text,
  classes: z.array(text).readonly(),
  /** Accuracy of always naming the most frequent class of a test set, in [0, 1]: the mean over repetitions. */
  chance: share,
};

/** What is to be forgotten, and what its networks are worth. */
const orthogonalTask = z.strictObject({
  /** What penalties call it; unlike those of the other tasks. */
  name: text,
  ...taskDescription,
  network: z.strictObject({
    /** Accuracy on clips it did not see, in [0, 1], in each repetition. */
    accuracies: z.array(share).readonly(),
    chance: share,
    /** True when a user gave it: it was tested, not trained. */
    given: z.boolean(),
  }),
  /** Is there anything to remove? */
  removable: z.strictObject({
    /**
     * CKA between a network trained without transfer, at its chosen epoch, and the task's network at the tap, on validation
     * clips, in each repetition; empty where there are none.
     */
    cka: z.array(z.number()).readonly(),
    /** Below this, little was ever gained. */
    threshold: share,
    /** Whether it was measured for networks of this kind what such numbers say. */
    calibrated: z.boolean(),
  }),
});

const splitDescription = z.strictObject({
  /** One sentence, for example `confounded: each of 5 speakers owns 2 digits in training (strength 0.9)`. */
  description: text,
  /** Whether each seed draws clips of its own for the sides, from one corpus; false where all seeds share one split. */
  redrawn: z.boolean(),
  /** The column whose labels, such as speakers, are kept on one side each, where it is that of no orthogonal task. */
  groups: text.optional(),
  /**
   * Clips on each side of the first repetition; `penalty` when objectives look at clips of their own, `observed` when CKA
   * after each epoch is over fewer than all validation clips.
   */
  counts: z.strictObject({
    train: count,
    validation: count,
    test: count,
    penalty: count.optional(),
    observed: count.optional(),
  }),
});

/** What joins the cross-entropy in a method's trainings. */
const objectiveDescription = z.strictObject({
  /** Of the registry: `similarity`, `gradient-reversal`. */
  kind: text,
  /** One line for people. */
  description: text,
  /** Where it was published. */
  paper: text,
  /** True for one of the anti-transfer paper, arXiv 2006.06494. */
  published: z.boolean(),
  /** How likeness is measured, where the kind is `similarity`. */
  similarity: text.nullable(),
  /** Whether it looks at the orthogonal labels of the target's training clips. */
  seesLabels: z.boolean(),
  /** Which clips it looks at: those of the target's batch, or those of the orthogonal task. */
  clips: z.enum(['batch', 'auxiliary']),
  /** The name of the orthogonal task that it is about. */
  forgets: text,
  /** Its weight in the loss from the first step on, and the name of what it weighs in an epoch's metrics; absent where it has none. */
  weight: z.strictObject({ beta: z.number(), of: text }).optional(),
});

/** What was done to a method's training clips in each epoch. */
const augmentationDescription = z.strictObject({
  /** Of the registry: `spec-augment`. */
  kind: text,
  /** One line for people. */
  description: text,
  /** Where it was published. */
  paper: text,
});

/** What was done to a method's trained networks. */
const correctionDescription = z.strictObject({
  /** Of the registry: `leace`. */
  kind: text,
  /** One line for people. */
  description: text,
  /** Where it was published. */
  paper: text,
  /** The method whose networks were corrected; null for the method's own. */
  method: text.nullable(),
  /** Clips whose target labels it learns from. */
  learnsFrom: z.enum(['training', 'validation']),
  /** Clips whose orthogonal labels it looks at. */
  labels: z.enum(['training', 'validation', 'auxiliary', 'none']),
  /** The name of the orthogonal task that it is about; null where it is about none. */
  forgets: text.nullable(),
});

const methodDescription = z.strictObject({
  /** Identifier, for example `correlation-auxiliary`. */
  id: text,
  /** For people, for example `correlation, auxiliary clips`. */
  label: text,
  /** What it does, one sentence. */
  description: text,
  /** First weights: `random`, or whose network they are; absent in results of earlier versions. */
  start: text.optional(),
  /** True for a control, such as shuffled frozen features, which is expected to gain nothing. */
  control: z.boolean(),
  /** True for a method of arXiv 2006.06494. */
  published: z.boolean(),
  /** True for a method that is in no list of this toolkit: a user wrote it. */
  own: z.boolean(),
  objectives: z.array(objectiveDescription).readonly(),
  /** In the order in which they were done; absent without. */
  augmentation: z.array(augmentationDescription).readonly().optional(),
  correction: correctionDescription.optional(),
  /**
   * Names of the orthogonal tasks that its objectives and its correction are about, in the order of the tasks; empty
   * without them.
   */
  forgets: z.array(text).readonly(),
});

/** What a network predicted of one test clip. */
const prediction = z.strictObject({
  /** The clip's id. */
  clip: text,
  /** What the recording is called that it is of: the id of its first clip, without what is mixed in; absent where that is the clip's own. */
  recording: text.optional(),
  truth: text,
  predicted: text,
  /** The clip's label of each orthogonal task, by the task's name; absent where it has none. */
  orthogonal: z.record(text, text),
  /** Its label of the split's `groups`, where that is one. */
  group: text.optional(),
  /** In the order of `target.classes`. */
  probabilities: z.array(z.number()).readonly(),
});

const counted = { labels: count, vectors: count };

/** How much of an orthogonal task a network still knows. */
const taskResult = z.strictObject({
  /** The task's. */
  name: text,
  /** CKA to the task's network at the tap, on test clips, in [0, 1]. */
  cka: z.number(),
  /** How well a linear probe at the tap still reads the task's label, on clips that the probe did not see. */
  probe: z.strictObject({
    accuracy: share,
    chance: share,
    /** Labels and clips that were read at random where all would have taken too long. */
    sample: z.strictObject({ ...counted, of: z.strictObject(counted).optional() }).optional(),
  }),
  /** Accuracy in the target on the test clips of each of the task's labels, sorted by label. */
  groups: z.array(z.strictObject({ group: text, accuracy: share, count })).readonly(),
});

const testScores = z.strictObject({
  accuracy: share,
  macroF1: share,
  /** Absent of what earlier versions left. */
  macroPrecision: share.optional(),
  /** Mean recall of the classes (UAR). */
  balancedAccuracy: share,
  /** Negative log likelihood of the true classes, the mean over clips, in nats. */
  crossEntropy: z.number(),
  /** Expected calibration error over 15 equally wide bins of confidence (Guo and others 2017). */
  calibrationError: share.optional(),
  /** Mean squared distance of the probabilities from the truth, over all classes: 0 to 2. */
  brierScore: z.number().min(0).optional(),
  /** On the test clips whose orthogonal label contradicts the confound of the training set, when there is one. */
  contradicting: z.strictObject({ accuracy: share, count }).optional(),
});

/** One training. Runs of different methods with the same `seed` (and `fold`) share split and initial weights: they are pairs. */
const runResult = z.strictObject({
  method: text,
  seed: z.int(),
  fold: count.optional(),
  /** The seed by which its split was drawn, where that is another's: seeds that share splits. */
  splitSeed: z.int().optional(),
  /** The epoch (from 1) whose model was chosen and tested. */
  bestEpoch: count,
  seconds: z.number(),
  test: testScores,
  /** The same model on training and validation clips; absent of what earlier versions left. */
  sides: scoredSides.optional(),
  /** In the order of the comparison's tasks. */
  tasks: z.array(taskResult).readonly(),
  epochs: z.array(epochMetrics).readonly(),
  predictions: z.array(prediction).readonly(),
});

/** A training that gave no result. */
const failedRun = z.strictObject({
  /** The method's id. */
  method: text,
  seed: z.int(),
  fold: count.optional(),
  /** What went wrong, and what to do about it. */
  reason: text,
});

const sampleClip = z.strictObject({
  id: text,
  labels: z.record(text, text),
  /** 16-bit PCM WAV, as a `data:` URL. */
  audio: text,
  /** The front end's output, standardised: `frames` rows of `bins` values. */
  spectrogram: z.strictObject({
    frames: count,
    bins: count,
    values: z.array(z.number()).readonly(),
    /** Seconds between frames. */
    hop: z.number(),
    /** Frequency of each bin's centre, Hz. */
    frequencies: z.array(z.number()).readonly(),
  }),
});

/** What a comparison measured, as plain data: it is stored as JSON, and tables and report are made from nothing else. */
export const comparisonResults = z.strictObject({
  version: z.literal(3),
  name: text,
  /** ISO 8601. */
  createdAt: text,
  /** The resolved configuration, every default filled in. */
  config: z.record(text, z.unknown()),
  /** Versions, processor, threads: `{ node: '20.1', cpu: '...' }`. */
  environment: z.record(text, text),
  target: z.strictObject(taskDescription),
  /** What is to be forgotten. */
  tasks: z.tuple([orthogonalTask], orthogonalTask).readonly(),
  split: splitDescription,
  /** What became of everything that was found. */
  data: dataAccount,
  /** In the order in which they are shown. The first is the reference of every gain (no transfer). */
  methods: z.array(methodDescription).readonly(),
  runs: z.array(runResult).readonly(),
  /** Trainings that gave no result, such as those that diverged. */
  failed: z.array(failedRun).readonly(),
  /** Seeds, or folds of them: how many these results are of, and how many were asked for. */
  repetitions: z.strictObject({ done: count, asked: count }),
  /** Wall-clock seconds of the whole comparison, all sessions added. */
  seconds: z.number(),
  /** A few test clips to look at and listen to: those that were taken for something else most often, if there are any. */
  samples: z.array(sampleClip).readonly(),
});

/** All that a comparison measured, as `results.json` has it. */
export type ComparisonResults = Readonly<z.infer<typeof comparisonResults>>;
/** What was to be forgotten, and what the networks that know it are worth. */
export type OrthogonalTask = Readonly<z.infer<typeof orthogonalTask>>;
/** What the networks of an orthogonal task are worth. */
export type OrthogonalNetworkSummary = OrthogonalTask['network'];
/** Whether there is anything of an orthogonal task to remove. */
export type RemovableCheck = OrthogonalTask['removable'];
/** How clips were divided into sides, and how many are on each. */
export type SplitDescription = ComparisonResults['split'];
/** A method of a comparison: what it is called and does, and what it looks at. */
export type MethodDescription = Readonly<z.infer<typeof methodDescription>>;
export type CorrectionDescription = NonNullable<MethodDescription['correction']>;
export type ObjectiveDescription = MethodDescription['objectives'][number];
export type FailedRun = ComparisonResults['failed'][number];
/** What one training came to: one method with one seed (and fold). */
export type RunResult = Readonly<z.infer<typeof runResult>>;
/** How much of an orthogonal task one trained network still knows. */
export type TaskResult = Readonly<z.infer<typeof taskResult>>;
/** How well a training does on the test clips, each clip once. */
export type TestScores = Readonly<z.infer<typeof testScores>>;
/** What one training said of one test clip. */
export type Prediction = Readonly<z.infer<typeof prediction>>;
/** A test clip with its sound, to be listened to in the report. */
export type SampleClip = Readonly<z.infer<typeof sampleClip>>;
