// What is marked "experimental" may change in any version before 1.0 and is named in CHANGELOG.md when it does; the
// rest changes with a new minor version only. What stores and reports are read by has entries of its own:
// "antitransfer/runs", "antitransfer/answers", "antitransfer/report".

// ---- Errors that a user can mend ----

export { AudioError, type AudioProblem } from './data/audio/audio-error.js';
export { MissingFeaturesError } from './data/features/store/missing-features.js';
export { UnusableRecordingsError } from './data/features/unusable-recordings.js';
export { SplitError } from './data/splits/split.js';
export { UserError } from './errors.js';
export { DamagedFileError, FileError } from './files/file-error.js';
export { DivergedError } from './learning/training/divergence.js';
export { ConfigError } from './runs/config/errors.js';

// ---- Comparisons: settings, running, results ----

export { type AnalyzeObserver, type AnalyzeOptions, analyzeRun } from './analyze.js';
export type {
  ComparisonResults,
  EpochMetrics,
  MethodDescription,
  OrthogonalTask,
  Prediction,
  RunResult,
  SampleClip,
  SplitDescription,
  TaskResult,
  TestScores,
} from './answers/results.js';
export { type MethodSummary, summarise, type TaskSummary } from './answers/summary.js';
export { predictionsCsv, resultsCsv } from './answers/tables/csv.js';
export { type SummaryTableOptions, summaryTable } from './answers/tables/terminal.js';
export type { Forgetting, VerdictKind } from './answers/verdict/evidence.js';
export { judge, type Verdict } from './answers/verdict/verdict.js';
export { type CompareObserver, type CompareOptions, compare } from './compare.js';
export { type ConfigTree, readConfigFile, resolveConfig } from './runs/config/load.js';
export type { MethodSettings } from './runs/config/method.js';
export { type Config, type ConfigInput, configJsonSchema, type Experiment } from './runs/config/schema.js';
export { type CellTree, expandSweep, resolveCells, type SweepCell } from './runs/config/sweep/cells.js';
export type { AnalysisChoice } from './runs/plan/plan-analysis.js';
export { dryRun } from './runs/plan-experiment.js';
export {
  type PlannedCell,
  planSweep,
  type SweepObserver,
  type SweepOptions,
  type SweepPlan,
  type SweepResults,
  sweep,
} from './sweep.js';
export { type TrainedRun, train } from './train.js';

// ---- Where jobs are carried out (experimental) ----

export type { JobSurroundings } from './runs/jobs/job-context.js';
export type { JobRunner, RunEvent } from './runs/jobs/runner.js';
export { InlineRunner } from './runs/runners/inline-runner.js';
export { ProcessRunner } from './runs/runners/process-runner.js';

// ---- Trained models ----

export { DeployedModel } from './inference/deployed-model.js';
export {
  type ClipPredictions,
  type PredictOptions,
  type PredictProgress,
  predictClips,
  predictEach,
  type SoundOptions,
} from './inference/predict-clips.js';
export type { ClipPrediction, PredictionProblem, WindowPrediction } from './inference/prediction.js';
export { deployableModel } from './learning/networks/deploy.js';
export { cardJson, type ModelAccount, type ModelCard, readCard } from './learning/networks/model-card.js';

// ---- What is chosen by name: corpora, networks, objectives… ----

export type { Definition, Registry } from './registry.js';

// ---- Corpora ----

export type { CorpusAccount, DataAccount, LeftOut } from './data/account/account.js';
export { accountLines } from './data/account/text.js';
export type { Clip, Corpus, Inventory, NoiseMix } from './data/clip.js';
export { addNoise, listNoises, type NoiseChoice, type NoiseRecording } from './data/corpora/add-noise.js';
export { appendManifest, type ManifestEntry } from './data/corpora/append-manifest.js';
export {
  checkFiles,
  type FileCheck,
  type FileNote,
  type FileProblem,
} from './data/corpora/check.js';
export type { CorpusDefinition, CorpusSource } from './data/corpora/definition.js';
export { type DemoOptions, writeDemoCorpus } from './data/corpora/demo/corpus.js';
export {
  type ColumnDescription,
  type ContingencyTable,
  type CorpusDescription,
  contingencyTable,
  describeCorpus,
} from './data/corpora/describe.js';
export type { CheckOptions } from './data/corpora/inspector.js';
export { type NoisyOptions, noisyClips } from './data/corpora/noisy-clips.js';
export { type CorpusOptions, corpora, loadCorpus } from './data/corpora/registry.js';
export type { Progress } from './data/progress.js';

// ---- Audio ----

export { type Audio, type DecodeOptions, decodeAudio, decodeAudioFile } from './data/audio/decode.js';
export { mixNoise } from './data/audio/mix-noise.js';
export { ClipReader, type ReadOptions, readClip } from './data/audio/read-clip.js';
export { Resampler, resample } from './data/audio/resample.js';
export { encodeWav, encodeWavUrl } from './data/audio/wav.js';

// ---- Features ----

export type { ComputeOptions } from './data/features/compute.js';
export { type ExtractOptions, extractFeatures } from './data/features/extract.js';
export { buildFrontEnd, type FrontEnd } from './data/features/front-end.js';
export { type FeatureSettings, featurePresets, featureSettings } from './data/features/settings.js';
export {
  appendStandardisation,
  measureStandardisation,
  type Standardisation,
  standardise,
} from './data/features/standardise.js';
export { type CutAccount, type CutClips, cutClips } from './data/segments/cut-clips.js';
export { type WindowSettings, windowSettings } from './data/segments/settings.js';

// ---- Features on disk (experimental) ----

export type { AddedWindows, AddWindowsOptions } from './data/features/store/add-windows.js';
export type { AddedFeatures, AddOptions, Alongside } from './data/features/store/adding.js';
export { type ClipFeatures, memoryFeatures } from './data/features/store/clip-features.js';
export type { FeatureSet } from './data/features/store/feature-set.js';
export { FeatureStore, type FeatureStoreUsage } from './data/features/store/feature-store.js';

// ---- Splits ----

export { checkSplit } from './data/splits/check.js';
export { folds, makeSplit, type SplitContext } from './data/splits/make-split.js';
export { type SplitSettings, splitSettings } from './data/splits/registry.js';
export type { Split, SplitTask } from './data/splits/split.js';

// ---- Networks ----

export type { NetworkDefinition, NetworkParts } from './learning/networks/definition.js';
export { type Network, networkOf, type Tap, tapped } from './learning/networks/network.js';
export type { NetworkFacts, OutputLabels } from './learning/networks/network-facts.js';
export {
  buildNetwork,
  type NetworkName,
  type NetworkOptions,
  networks,
} from './learning/networks/registry.js';
export { standardised } from './learning/networks/standardised.js';
export { loadNetwork, saveNetwork, withWeights } from './learning/networks/store.js';

// ---- What a network still knows ----

export { type CkaOptions, linearCka } from './analysis/cka.js';
export { type ProbeOptions, type ProbeResult, probe } from './analysis/probe.js';
export type { RefusalLevel } from './analysis/refusal-level.js';
export {
  accuracyByGroup,
  accuracyOf,
  type ClassPrediction,
  confusionMatrix,
  crossEntropy,
  type GroupAccuracies,
  macroF1,
  testScores,
} from './analysis/scores.js';
export type { PairedDifference, PairedTest, Spread } from './analysis/statistics.js';
export type { Vectors } from './analysis/vectors.js';

// ---- The method, and training with it (experimental) ----

export type {
  Augmentation,
  AugmentationDefinition,
  AugmentationParts,
  Mixture,
  PassingClip,
  PassingSound,
} from './learning/augmentations/definition.js';
export {
  type AugmentationKind,
  type AugmentationSettings,
  augmentationSettings,
  augmentations,
  createAugmentation,
} from './learning/augmentations/registry.js';
export type { Aggregation, AggregationDefinition } from './learning/objectives/aggregations/definition.js';
export { type AggregationName, aggregations } from './learning/objectives/aggregations/registry.js';
export {
  defineObjective,
  type ObjectiveDefinition,
  type ObjectiveParts,
} from './learning/objectives/definition.js';
export type {
  ClipClasses,
  ClipSource,
  FrozenAnswer,
  Objective,
  StepGraph,
  StepMoment,
} from './learning/objectives/objective.js';
export {
  createObjective,
  describeObjective,
  type ObjectiveFacts,
  type ObjectiveKind,
  type ObjectiveSettings,
  objectiveSettings,
  objectives,
} from './learning/objectives/registry.js';
export type { SimilarityDefinition, SimilarityTerm } from './learning/objectives/similarities/definition.js';
export {
  type SimilarityName,
  similarities,
  similarityTerm,
} from './learning/objectives/similarities/registry.js';
export { type AntiTransferOptions, antiTransfer } from './learning/objectives/similarity.js';
export type { ClipSound } from './learning/training/augment.js';
export { type Dataset, encodeLabels, labelled } from './learning/training/dataset.js';
export { type Evaluation, evaluate } from './learning/training/evaluate.js';
export { type BatchProgress, type Fit, type FitOptions, fit } from './learning/training/fit.js';
export { type Observed, observeMaps } from './learning/training/observe.js';
export {
  buildPrograms,
  type Observation,
  type ProgramOptions,
  type TrainingPrograms,
} from './learning/training/programs.js';
export { type TrainingSettings, trainingSettings } from './learning/training/settings.js';
