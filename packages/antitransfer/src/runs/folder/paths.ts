import { join } from 'node:path';
import type { RepetitionKey } from '../plan/repetition-name.js';

/** Where things are in a comparison's folder. */
export const paths = {
  /** The configuration with every default filled in, for people. */
  config: (folder: string) => join(folder, 'config.yaml'),
  /** What was asked, and which jobs of the store answer it. */
  index: (folder: string) => join(folder, 'comparison.json'),
  /** What the test clips are, and where their recordings lie. */
  clips: (folder: string) => join(folder, 'clips.json'),
  /** Which process is at the folder. */
  claim: (folder: string) => join(folder, 'claim'),
  /** Versions, processor, memory. */
  environment: (folder: string) => join(folder, 'environment.json'),
  /** Samples in, probabilities out: `models/cka-auxiliary-seed-1.onnx`, `models/gram-seed-2-fold-0.onnx`. */
  models: (folder: string) => join(folder, 'models'),
  /** The model of one training. */
  model: (folder: string, method: string, { seed, fold }: RepetitionKey) =>
    join(folder, 'models', `${method}-seed-${seed}${fold === undefined ? '' : `-fold-${fold}`}.onnx`),
  /** All that was measured, for programs. */
  results: (folder: string) => join(folder, 'results.json'),
  /** The same of the repetitions that are complete, while others are not. */
  resultsSoFar: (folder: string) => join(folder, 'results-so-far.json'),
  /** A row a training. */
  resultsCsv: (folder: string) => join(folder, 'results.csv'),
  /** A row a training and test clip. */
  predictionsCsv: (folder: string) => join(folder, 'predictions.csv'),
  /** What `analyze` found. */
  analysis: (folder: string) => join(folder, 'analysis.json'),
  /** The same for spreadsheets. */
  analysisCsv: (folder: string) => join(folder, 'analysis.csv'),
  /** The same for people. */
  analysisPage: (folder: string) => join(folder, 'analysis.html'),
  /** One page, self-contained. */
  report: (folder: string) => join(folder, 'report.html'),
} as const;
