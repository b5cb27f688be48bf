// "antitransfer/answers": what comparisons measured, and what follows from it. Loads no ONNX Runtime and no charts.
// Experimental.

// ---- Reading ----

export type {
  ComparisonResults,
  EpochMetrics,
  MethodDescription,
  OrthogonalNetworkSummary,
  OrthogonalTask,
  Prediction,
  RemovableCheck,
  RunResult,
  SampleClip,
  SplitDescription,
  TaskResult,
  TestScores,
} from './results.js';
export { comparisonResults } from './results.js';
export { readResults, readResultsSoFar } from './results-file.js';

// ---- Summaries and verdict ----

export { type AnsweredClip, answeredClips, type ClipAnswer } from './answered-clips.js';
export { groupsByLabel, type MethodGroups } from './groups-by-label.js';
export { reportedVerdict } from './page/reported-verdict.js';
export { PairedRuns, type RunPair } from './pairs.js';
export {
  accuracyDifference,
  type Estimate,
  type GroupSummary,
  type GroupsSummary,
  type MethodSummary,
  resamplingRatio,
  summarise,
  type TaskSummary,
} from './summary.js';
export type { Forgetting, VerdictKind } from './verdict/evidence.js';
export { judge, type Verdict } from './verdict/verdict.js';

// ---- What the report draws, as data ----

export type { CurvePoint } from './charts/lines.js';
export type { MethodRow, StripFigure } from './charts/strip-figure.js';
export { type EpochMeasure, epochMeasures } from './page/curve-measures.js';
export { meanCurve } from './page/curves.js';
export { comparisonFacts } from './page/sections/headline.js';
export { type StripFigures, stripFigures } from './page/sections/strip-figures.js';

// ---- Many comparisons, many layers ----

export {
  type JoinedCell,
  type JoinedRow,
  type JoinedRun,
  type JoinedTable,
  joinResults,
  type NamedResults,
} from './joined/join.js';
export type { MethodLooks } from './joined/looks.js';
export { type JoinedMeasure, joinedMeasures } from './joined/measures.js';
export { type LayerPlace, layerChange } from './layers/changes.js';
export { type LayerControl, type LayerMeasure, layerMeasures, layerNetworks } from './layers/measures.js';
export { type LayerResult, type LayerResults, readLayerResults } from './layers/results.js';
export { type LayerSummary, layerChance, layerSummaries } from './layers/summaries.js';
export { type TapMap, type TapMapChoice, type TapPoint, tapMap } from './layers/tap-map.js';
export { tapMapApart } from './layers/tap-map-apart.js';
export { atTrainedTap, type TrainedTap } from './layers/trained-tap.js';

// ---- Tables, and how numbers are written ----

export { formatEffect, formatPoints, formatShareEstimate, formatUnitEstimate } from './format.js';
export type { Column } from './tables/column.js';
export { methodColumns, runColumns } from './tables/columns.js';
export { predictionsCsv, resultsCsv } from './tables/csv.js';
export { type SummaryTableOptions, summaryTable } from './tables/terminal.js';
