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
  environment: (folder: string) => join(folder, 'environment.json'),
  /** Samples in, probabilities out: `models/cka-auxiliary-seed-1.onnx`, `models/gram-seed-2-fold-0.onnx`. */
  models: (folder: string) => join(folder, 'models'),
  model: (folder: string, method: string, { seed, fold }: RepetitionKey) =>
    join(folder, 'models', `${method}-seed-${seed}${fold === undefined ? '' : `-fold-${fold}`}.onnx`),
  results: (folder: string) => join(folder, 'results.json'),
  /** The same of the repetitions that are complete, while others are not. */
  resultsSoFar: (folder: string) => join(folder, 'results-so-far.json'),
  resultsCsv: (folder: string) => join(folder, 'results.csv'),
  predictionsCsv: (folder: string) => join(folder, 'predictions.csv'),
  /** What `analyze` found: for programs, for spreadsheets, for people. */
  analysis: (folder: string) => join(folder, 'analysis.json'),
  analysisCsv: (folder: string) => join(folder, 'analysis.csv'),
  analysisPage: (folder: string) => join(folder, 'analysis.html'),
  report: (folder: string) => join(folder, 'report.html'),
} as const;
