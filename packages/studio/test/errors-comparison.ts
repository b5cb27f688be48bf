import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './antitransfer.js';
import { sharedFolder } from './shared-folder.js';

/** Clips are shorter than a segment: there is padding to see. They are heard with three methods, three seeds each. */
const config = `name: small
data: { corpus: demo, path: spoken }
target: digit
orthogonal: { column: speaker }
split: { kind: stratified, fractions: { train: 0.4, validation: 0.1, test: 0.5 } }
features: { sampleRate: 8000, seconds: 0.6, bins: 128, pool: 8, hop: 256 }
training: { epochs: 4, batch: 8, learningRate: 0.003 }
execution: { threads: 1, parallel: 1 }
methods: [no-transfer, correlation, shuffled-control]
seeds: 3
`;

/** A folder of one's own with a real comparison in `runs/small`, made once for all test files of a run; whoever calls this removes it. */
export function errorsComparison(): Promise<string> {
  return sharedFolder('errors', async (folder) => {
    await writeFile(join(folder, 'small.yaml'), config);
    await run(folder, 'data', 'demo', 'spoken', '--takes', '4');
    await run(folder, 'compare', 'small.yaml', '--output', 'runs/small');
  });
}

/** An answer, as `predictions.csv` has it. */
export interface PredictionRow {
  readonly method: string;
  readonly seed: string;
  readonly clip: string;
  readonly truth: string;
  readonly predicted: string;
  readonly speaker: string;
  /** What was given the class that was said. */
  readonly confidence: number;
}

/** Reads `predictions.csv` of the comparison, of which no clip's name has a comma. */
export async function predictionsOf(folder: string): Promise<PredictionRow[]> {
  const text = await readFile(join(folder, 'runs/small/predictions.csv'), 'utf8');
  const [head = '', ...lines] = text.trimEnd().split('\n');
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    const cell = (name: string) => cells[names.indexOf(name)] ?? '';
    return {
      method: cell('method'),
      seed: cell('seed'),
      clip: cell('clip'),
      truth: cell('truth'),
      predicted: cell('predicted'),
      speaker: cell('orthogonal speaker'),
      confidence: Number(cell(`probability ${cell('predicted')}`)),
    };
  });
}
