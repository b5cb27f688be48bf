import { cp, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { run } from './antitransfer.js';

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

/** Test files of one run of vitest have the same parent, and share what was compared once. */
const shared = join(tmpdir(), `antitransfer-studio-${process.ppid}`);

/**
 * A folder of one's own with a comparison in `runs/small` (two methods, two seeds, two epochs), its store in `runs/store`, the voices in
 * `spoken` and `small.yaml`. It is compared once for all test files of a run; what is made for it stays in the folder of temporary files.
 */
export async function smallComparison(): Promise<string> {
  await mkdir(shared, { recursive: true });
  const made = join(shared, 'made');
  if (!(await isThere(made))) {
    const isOurs = await mkdir(join(shared, 'lock')).then(
      () => true,
      () => false,
    );
    if (isOurs) await make(made);
    while (!(await isThere(made))) await wait(200);
  }
  const folder = await mkdtemp(join(tmpdir(), 'antitransfer-studio-'));
  await cp(made, folder, { recursive: true });
  return folder;
}

async function make(folder: string): Promise<void> {
  const making = await mkdtemp(join(shared, 'making-'));
  try {
    await writeFile(join(making, 'small.yaml'), small(2));
    await run(making, 'data', 'demo', 'spoken', '--takes', '3');
    await run(making, 'compare', 'small.yaml', '--output', 'runs/small');
    await rename(making, folder);
  } catch (error) {
    // Whoever waits tries by himself.
    await rm(join(shared, 'lock'), { recursive: true, force: true });
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
