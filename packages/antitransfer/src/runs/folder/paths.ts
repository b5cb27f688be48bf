import { join } from 'node:path';

/** Where things are in a comparison's folder. */
export const paths = {
  /** The configuration with every default filled in, for people. */
  config: (folder: string) => join(folder, 'config.yaml'),
  /** What was asked, and which jobs of the store answer it. */
  index: (folder: string) => join(folder, 'comparison.json'),
  /** Which process is at the folder. */
  claim: (folder: string) => join(folder, 'claim'),
  environment: (folder: string) => join(folder, 'environment.json'),
  /** Samples in, probabilities out: `models/cka-auxiliary-1.onnx`. */
  models: (folder: string) => join(folder, 'models'),
  model: (folder: string, cell: string) => join(folder, 'models', `${cell.replaceAll('/', '-')}.onnx`),
  results: (folder: string) => join(folder, 'results.json'),
  resultsCsv: (folder: string) => join(folder, 'results.csv'),
  predictionsCsv: (folder: string) => join(folder, 'predictions.csv'),
  report: (folder: string) => join(folder, 'report.html'),
} as const;
