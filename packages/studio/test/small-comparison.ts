import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './antitransfer.js';
import { sharedFolder } from './shared-folder.js';

/** A few seconds of training on the demo voices. */
export const small = (epochs: number, runner = 'inline') => `name: small
data: { corpus: demo, path: spoken }
target: digit
orthogonal: { column: speaker }
split: { kind: stratified }
features: { sampleRate: 8000, seconds: 0.4, bins: 128, pool: 8, hop: 256 }
training: { epochs: ${epochs}, batch: 16 }
execution: { threads: 1, parallel: 1, runner: ${runner} }
methods: [no-transfer, correlation]
seeds: 2
`;

/**
 * A folder of one's own with a comparison in `runs/small` (two methods, two seeds, two epochs), its store in `runs/store`, the voices in
 * `spoken` and `small.yaml`. It is compared once for all test files of a run.
 */
export function smallComparison(): Promise<string> {
  return sharedFolder('small', async (folder) => {
    await writeFile(join(folder, 'small.yaml'), small(2));
    await run(folder, 'data', 'demo', 'spoken', '--takes', '3');
    await run(folder, 'compare', 'small.yaml', '--output', 'runs/small');
  });
}
