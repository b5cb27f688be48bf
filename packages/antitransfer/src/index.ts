// Corpora and audio.

// What a network still knows.
export { type CkaOptions, linearCka } from './analysis/cka.js';
export { type ProbeOptions, type ProbeResult, probe } from './analysis/probe.js';
export {
  accuracyByGroup,
  accuracyOf,
  confusionMatrix,
  crossEntropy,
  type GroupAccuracies,
  macroF1,
  testScores,
} from './analysis/scores.js';
export { AudioError, type AudioProblem } from './audio/audio-error.js';
export { type Audio, decodeAudioFile } from './audio/decode.js';
export { mixNoise } from './audio/mix-noise.js';
export { ClipReader, readClip } from './audio/read-clip.js';
export { Resampler, resample } from './audio/resample.js';
export { encodeWav, encodeWavUrl } from './audio/wav.js';
// Comparisons.
export { ConfigError } from './config/errors.js';
export { readConfigFile, resolveConfig } from './config/load.js';
export type { MethodSettings, PenaltySettings } from './config/method.js';
export { type Config, type ConfigInput, configJsonSchema } from './config/schema.js';
export { addNoise, listNoises, type NoiseChoice, type NoiseRecording } from './corpora/add-noise.js';
export { checkFiles, type FileCheck, type FileProblem } from './corpora/check.js';
export type { Clip, Corpus, NoiseMix } from './corpora/clip.js';
export type { CorpusDefinition, CorpusOptions, CorpusSource } from './corpora/definition.js';
export { type DemoOptions, writeDemoCorpus } from './corpora/demo.js';
export {
  type ColumnDescription,
  type ContingencyTable,
  type CorpusDescription,
  contingencyTable,
  describeCorpus,
} from './corpora/describe.js';
export type { Progress } from './corpora/progress.js';
export { corpora, loadCorpus } from './corpora/registry.js';
export { UserError } from './errors.js';
export { type CompareObserver, type CompareOptions, compare } from './experiments/compare.js';
export { predictionsCsv, resultsCsv } from './experiments/csv.js';
export type * from './experiments/results.js';
export type { PairedDifference, PairedTest, Spread } from './experiments/statistics.js';
export { type MethodSummary, summarise } from './experiments/summary.js';
export { judge, type Verdict } from './experiments/verdict.js';
export type { Forgetting, VerdictKind } from './experiments/verdict-text.js';
// Features and splits.
export { FeatureCache } from './features/cache.js';
export { type ExtractOptions, extractFeatures, UnusableRecordingsError } from './features/extract.js';
export type { FeatureSet } from './features/feature-set.js';
export { buildFrontEnd, type FrontEnd } from './features/front-end.js';
export { segmentClips } from './features/segment.js';
export { type FeatureSettings, featurePresets, featureSettings } from './features/settings.js';
export {
  appendStandardisation,
  measureStandardisation,
  type Standardisation,
  standardise,
} from './features/standardise.js';
// Trained models.
export { DeployedModel } from './inference/deployed-model.js';
export { type ClipPrediction, type ClipPredictions, predictClips } from './inference/predict-clips.js';
// Networks.
export { deployableModel, type ModelCard, readCard } from './networks/deploy.js';
export { type Network, networkOf, type Tap, tapped } from './networks/network.js';
export { buildNetwork, type NetworkDefinition, type NetworkName, networks } from './networks/registry.js';
export { loadNetwork, saveNetwork, withWeights } from './networks/store.js';
export type { NetworkOptions } from './networks/vgg.js';
// The method.
export { type Aggregation, type AggregationName, aggregations } from './penalties/aggregations.js';
export { type AntiTransferOptions, antiTransfer, type Penalty } from './penalties/penalty.js';
export {
  type SimilarityName,
  type SimilarityTerm,
  similarities,
  similarityTerm,
} from './penalties/similarities.js';
export { summaryTable } from './report/table.js';
export { checkSplit } from './splits/check.js';
export { folds, makeSplit, type SplitContext } from './splits/registry.js';
export { type SplitSettings, splitSettings } from './splits/settings.js';
export { type Split, SplitError, type SplitTask } from './splits/split.js';
export { type Dataset, encodeLabels } from './training/dataset.js';
export { type Evaluation, evaluate } from './training/evaluate.js';
export { type BatchPlace, type Fit, type FitOptions, fit } from './training/fit.js';
export { type Observed, observeMaps } from './training/observe.js';
export {
  buildPrograms,
  type Observation,
  type ProgramOptions,
  type TrainingPrograms,
} from './training/programs.js';
export { type TrainingSettings, trainingSettings } from './training/settings.js';
