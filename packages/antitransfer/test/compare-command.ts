import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ComparisonResults, comparisonResults } from '../src/answers/results.js';
import type { ComparisonIndex } from '../src/runs/folder/comparison-folder.js';
import { Store } from '../src/runs/store/store.js';

export const bin = fileURLToPath(new URL('../bin/antitransfer.js', import.meta.url));

/** A comparison that is real and small: the demo voices, a quarter of the channels, a few epochs. */
export const config = `
name: small
data: { corpus: demo, takes: 10 }
target: digit
orthogonal: { column: speaker, training: { epochs: 10, learningRate: 0.005 } }
split: { kind: confounded, order: take, fractions: { train: 0.6, validation: 0.2, test: 0.2 } }
features: { sampleRate: 8000, seconds: 0.6, bins: 128, pool: 4, compression: 0.3333 }
network: { width: 0.25 }
training: { epochs: 3, batch: 16, choose: validation-accuracy }
execution: { checkpointSeconds: 0.01 }
methods:
  - no-transfer
  - weight-initialisation
  - correlation-auxiliary
  - shuffled-control
  - { id: dual, start: correlation-auxiliary, objectives: [{ similarity: squared-cosine, tap: conv2_1 }] }
seeds: 2
`;

/** The command `compare` on `config.yaml` of a folder, and what it leaves there. */
export class CompareCommand {
  constructor(private readonly root: string) {}

  /** Starts the command in a process group of its own, so that all of it can be killed. */
  start(output: string, ...more: string[]) {
    const folders = [
      '--output',
      join(this.root, output),
      '--store',
      join(this.root, 'store'),
      '--cache',
      join(this.root, 'cache'),
    ];
    const args = [bin, 'compare', join(this.root, 'config.yaml'), ...folders];
    const child = spawn(process.execPath, [...args, ...more], { detached: true });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk));
    child.stderr.on('data', (chunk: Buffer) => (text += chunk));
    const ended = new Promise<{ code: number | null; text: string }>((resolve) => {
      child.on('close', (code) => resolve({ code, text }));
    });
    return { child, ended };
  }

  results(output: string): ComparisonResults {
    const { sha256: _, ...content } = JSON.parse(
      readFileSync(join(this.root, output, 'results.json'), 'utf8'),
    );
    return comparisonResults.parse(content);
  }

  index(output: string): ComparisonIndex {
    return JSON.parse(readFileSync(join(this.root, output, 'comparison.json'), 'utf8')) as ComparisonIndex;
  }

  /** The folder of a cell's job in the store. */
  jobOf(output: string, cell: string, store = 'store') {
    const { methods, tasks } = this.index(output);
    const { job } = [...methods, ...tasks].find(({ name }) => name === cell) as { job: string };
    return new Store(join(this.root, store)).job(job);
  }

  /** Whether a job of a comparison under way has finished an epoch. */
  async hasEpoch(output: string, cell: string, store: string): Promise<boolean> {
    if (!existsSync(join(this.root, output, 'comparison.json'))) return false;
    return (await this.jobOf(output, cell, store).events()).some(({ event }) => event.kind === 'epoch');
  }
}
