import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ComparisonFolder } from '../../src/runs/folder/comparison-folder.js';
import { Store } from '../../src/runs/store/store.js';
import { type Outcome, run } from './run.js';

/** A few seconds of training on the demo voices. */
export const small = `name: small
data: { corpus: demo, path: spoken }
target: digit
orthogonal: { column: speaker }
split: { kind: stratified }
features: { sampleRate: 8000, seconds: 0.4, bins: 128, pool: 8, hop: 256 }
training: { epochs: 2, batch: 16 }
execution: { threads: 1 }
methods: [no-transfer, correlation]
seeds: 2
`;

/** A folder with the demo voices in `spoken`, `small.yaml`, a training in `run` and its model. */
export interface SmallRun {
  readonly folder: string;
  readonly trained: Outcome;
  /** Features in, logits out. */
  readonly network: string;
  /** The same, of the voices. */
  readonly orthogonal: string;
}

/** Speaks, trains and exports in a new folder, by the program. */
export async function smallRun(): Promise<SmallRun> {
  const folder = await mkdtemp(join(tmpdir(), 'antitransfer-cli-'));
  const antitransfer = (...args: string[]) => run(folder, ...args);
  const spoken = await antitransfer('data', 'demo', 'spoken', '--takes', '3');
  expect(spoken, spoken.err).toMatchObject({ code: 0 });
  await writeFile(join(folder, 'small.yaml'), small);
  const flags = ['--method', 'correlation', '--seed', '4', '--output', 'run'];
  const trained = await antitransfer('train', 'small.yaml', ...flags);
  expect(trained, trained.err).toMatchObject({ code: 0 });
  const index = await new ComparisonFolder(join(folder, 'run')).index();
  const store = new Store(join(folder, 'runs/store'));
  const [network, orthogonal] = [index?.methods[0], index?.tasks[0]].map(
    (cell) => store.job(cell?.job ?? '').network,
  );
  if (network === undefined || orthogonal === undefined) throw new Error('The run left no networks.');
  const exported = await antitransfer('export', 'run', '--method', 'correlation', '--output', 'model.onnx');
  expect(exported, exported.err).toMatchObject({ code: 0 });
  return { folder, trained, network, orthogonal };
}
