import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClip } from '../src/data/audio/read-clip.js';
import type { ComparisonResults, RunResult } from '../src/runs/store/records.js';

const bin = fileURLToPath(new URL('../bin/antitransfer.js', import.meta.url));

/** A comparison that is real and small: the demo voices, a quarter of the channels, a few epochs. */
const config = `
name: small
data: { corpus: demo, takes: 10 }
target: digit
orthogonal: { column: speaker, training: { epochs: 10, learningRate: 0.005 } }
split: { kind: confounded, order: take, fractions: { train: 0.6, validation: 0.2, test: 0.2 } }
features: { sampleRate: 8000, seconds: 0.6, bins: 128, pool: 4, compression: 0.3333 }
network: { width: 0.25 }
training: { epochs: 3, batch: 16, choose: validation-accuracy, checkpointSeconds: 0.01 }
methods:
  - no-transfer
  - weight-initialisation
  - correlation-auxiliary
  - shuffled-control
  - { id: dual, start: correlation-auxiliary, penalties: [{ similarity: squared-cosine, tap: conv2_1 }] }
seeds: 2
`;

let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'compare-'));
  await writeFile(join(root, 'config.yaml'), config);
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Starts the command in a process group of its own, so that all of it can be killed. */
function start(output: string, ...more: string[]) {
  const args = [
    bin,
    'compare',
    join(root, 'config.yaml'),
    '--output',
    join(root, output),
    '--cache',
    join(root, 'cache'),
  ];
  const child = spawn(process.execPath, [...args, ...more], { detached: true });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk));
  const ended = new Promise<{ code: number | null; text: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, text }));
  });
  return { child, ended };
}

function results(output: string): ComparisonResults {
  return JSON.parse(readFileSync(join(root, output, 'results.json'), 'utf8')) as ComparisonResults;
}

/** A run without what differs between two equal runs: time. */
function timeless({ seconds: _, epochs, ...run }: RunResult) {
  return { ...run, epochs: epochs.map(({ seconds: __, ...metrics }) => metrics) };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('compare', () => {
  it('trains, tests and reports', async () => {
    const { code, text } = await start('whole').ended;
    expect(text).toContain('no transfer');
    expect(code).toBe(0);
    const { runs, methods, orthogonalNetwork, removable, samples } = results('whole');
    expect(methods.map(({ id }) => id)).toEqual([
      'no-transfer',
      'weight-initialisation',
      'correlation-auxiliary',
      'shuffled-control',
      'dual',
    ]);
    expect(runs).toHaveLength(10);
    expect(removable.cka).toHaveLength(2);
    expect(orthogonalNetwork.accuracies.every((accuracy) => accuracy > orthogonalNetwork.chance)).toBe(true);
    expect(samples.length).toBeGreaterThan(0);
    for (const run of runs) {
      expect(run.epochs).toHaveLength(3);
      expect(run.test.accuracy).toBeGreaterThanOrEqual(0);
      expect(run.test.contradicting?.count).toBeGreaterThan(0);
    }
    const files = await readdir(join(root, 'whole'));
    for (const file of [
      'config.yaml',
      'environment.json',
      'results.csv',
      'predictions.csv',
      'report.html',
      'models',
    ]) {
      expect(files).toContain(file);
    }
  }, 240_000);

  it('keeps speakers and takes of the test out of the training', () => {
    const prepared = JSON.parse(readFileSync(join(root, 'whole', 'data', 'prepared.json'), 'utf8'));
    for (const round of prepared.rounds) {
      const test = new Set<number>(round.test);
      for (const side of [
        round.train,
        round.validation,
        round.orthogonal[0].train,
        round.orthogonal[0].validation,
      ]) {
        expect(side.filter((clip: number) => test.has(clip))).toEqual([]);
      }
    }
  });

  it('leaves models that plain ONNX Runtime runs from samples to the same probabilities', async () => {
    const run = results('whole').runs.find(({ method }) => method === 'correlation-auxiliary') as RunResult;
    const session = await InferenceSession.create(
      join(root, 'whole', 'models', 'correlation-auxiliary-1.onnx'),
    );
    const prepared = JSON.parse(readFileSync(join(root, 'whole', 'data', 'prepared.json'), 'utf8'));
    for (const { clip, probabilities } of run.predictions.slice(0, 5)) {
      const samples = await readClip(
        prepared.clips.find(({ id }: { id: string }) => id === clip),
        8000,
      );
      const segment = new Float32Array(4800);
      segment.set(samples.subarray(0, 4800));
      const { probabilities: answer } = await session.run({
        samples: new Tensor('float32', segment, [1, 4800]),
      });
      const given = Array.from(answer?.data as Float32Array);
      for (const [i, value] of probabilities.entries()) expect(given[i]).toBeCloseTo(value, 5);
    }
    await session.release();
  });

  it('resumes a run that was killed in the middle of an epoch to the same numbers', async () => {
    const { child, ended } = start('killed', '--cache', join(root, 'other-cache'));
    // Into the second epoch of a method: between two checkpoints that are written after every batch.
    await until(() =>
      existsSync(join(root, 'killed', 'jobs', 'correlation-auxiliary', '1', 'metrics.jsonl')),
    );
    process.kill(-(child.pid as number), 'SIGKILL');
    await ended;
    expect(existsSync(join(root, 'killed', 'results.json'))).toBe(false);
    const { code, text } = await start('killed', '--cache', join(root, 'other-cache')).ended;
    expect(text).toContain('(done before)');
    expect(code).toBe(0);
    expect(results('killed').runs.map(timeless)).toEqual(results('whole').runs.map(timeless));
  }, 240_000);

  it('stops at Ctrl-C with a checkpoint, and continues', async () => {
    const { child, ended } = start('stopped');
    await until(() => existsSync(join(root, 'stopped', 'jobs', 'no-transfer', '1', 'metrics.jsonl')));
    process.kill(-(child.pid as number), 'SIGINT');
    const { code, text } = await ended;
    expect(code).toBe(130);
    expect(text).toContain('the same command continues');
    expect(text).not.toMatch(/\n\s+at /);
    const again = await start('stopped').ended;
    expect(again.code).toBe(0);
    expect(results('stopped').runs.map(timeless)).toEqual(results('whole').runs.map(timeless));
    expect(results('stopped').orthogonalNetwork.reused).toBe(true);
  }, 240_000);

  it('refuses a folder with other settings', async () => {
    const { code, text } = await start('whole', '--training.epochs', '4').ended;
    expect(code).toBe(2);
    expect(text).toContain('holds a comparison with other settings');
  });

  it('trains nothing again when all is done', async () => {
    const before = results('whole').runs.map(timeless);
    const { code, text } = await start('whole').ended;
    expect(code).toBe(0);
    expect(text.match(/\(done before\)/g)).toHaveLength(12);
    expect(results('whole').runs.map(timeless)).toEqual(before);
  });

  it('probes the clips of the orthogonal task when one speaker is tested', async () => {
    const split =
      'split: { kind: group, column: speaker, fractions: { train: 0.5, validation: 0.25, test: 0.25 } }';
    const unseen = config
      .replace(/split: .*/, split)
      .replace(/methods:[\s\S]*/, 'methods: [no-transfer]\nseeds: 1\n')
      .replace('epochs: 3,', 'epochs: 1,');
    await writeFile(join(root, 'unseen.yaml'), unseen);
    const output = join(root, 'unseen');
    const args = [
      bin,
      'compare',
      join(root, 'unseen.yaml'),
      '--output',
      output,
      '--cache',
      join(root, 'cache'),
    ];
    const code = await new Promise((resolve) => spawn(process.execPath, args).on('close', resolve));
    expect(code).toBe(0);
    const [run] = results('unseen').runs;
    expect(new Set(run?.predictions.map(({ orthogonal }) => orthogonal)).size).toBe(1);
    expect(run?.probe.chance).toBeCloseTo(0.5, 5);
  }, 120_000);
});
