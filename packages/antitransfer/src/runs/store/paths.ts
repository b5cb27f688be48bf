import { join } from 'node:path';
import { orthogonalId } from '../config/names.js';

/** Where things are in a comparison's folder. */
export const places = {
  config: (folder: string) => join(folder, 'config.yaml'),
  environment: (folder: string) => join(folder, 'environment.json'),
  data: (folder: string) => join(folder, 'data'),
  job: (folder: string, id: string) => join(folder, 'jobs', id),
  result: (folder: string, id: string) => join(folder, 'jobs', id, 'result.json'),
  metrics: (folder: string, id: string) => join(folder, 'jobs', id, 'metrics.jsonl'),
  /** Features in, logits out. */
  network: (folder: string, id: string) => join(folder, 'jobs', id, 'network.onnx'),
  /** Samples in, probabilities out. */
  model: (folder: string, id: string) => join(folder, 'models', `${id.replaceAll('/', '-')}.onnx`),
  results: (folder: string) => join(folder, 'results.json'),
  resultsCsv: (folder: string) => join(folder, 'results.csv'),
  predictionsCsv: (folder: string) => join(folder, 'predictions.csv'),
  report: (folder: string) => join(folder, 'report.html'),
} as const;

/** The id of a method's job. */
export function methodJobId(method: string, round: number): string {
  return `${method}/${round + 1}`;
}

/** The id of an orthogonal task's job. */
export function orthogonalJobId(name: string, round: number): string {
  return `${orthogonalId(name)}/${round + 1}`;
}
