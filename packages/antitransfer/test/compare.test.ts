import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../src/answers/results.js';
import { readClip } from '../src/data/audio/read-clip.js';
import { ComparisonClips } from '../src/runs/folder/comparison-clips.js';
import { Store } from '../src/runs/store/store.js';
import { bin, CompareCommand, config } from './compare-command.js';

let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'compare-'));
  await writeFile(join(root, 'config.yaml'), config);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const start = (output: string, ...more: string[]) => new CompareCommand(root).start(output, ...more);
const results = (output: string) => new CompareCommand(root).results(output);
const index = (output: string) => new CompareCommand(root).index(output);
const jobOf = (output: string, cell: string, store?: string) =>
  new CompareCommand(root).jobOf(output, cell, store);
const hasEpoch = (output: string, cell: string, store: string) =>
  new CompareCommand(root).hasEpoch(output, cell, store);

/** A run without what differs between two equal runs: time. */
function timeless({ seconds: _, epochs, ...run }: RunResult) {
  return { ...run, epochs: epochs.map(({ seconds: __, ...metrics }) => metrics) };
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Bytes. */
const WAV_HEADER = 44;

describe('compare', () => {
  it('trains, tests and reports', async () => {
    const { code, text } = await start('whole').ended;
    expect(text).toContain('no transfer');
    expect(code).toBe(0);
    // Before most methods are trained, and once more of all seeds.
    const said = text.replaceAll(/\s+/g, ' ');
    expect(said).toContain(
      'After 1 of 2, and others may differ: CKA of no-transfer to the speaker network is',
    );
    expect(said.match(/CKA of no-transfer to the speaker network is/g)).toHaveLength(2);
    const {
      runs,
      methods,
      tasks: [{ network, removable }],
      samples,
    } = results('whole');
    expect(methods.map(({ id }) => id)).toEqual([
      'no-transfer',
      'weight-initialisation',
      'correlation-auxiliary',
      'shuffled-control',
      'dual',
    ]);
    expect(runs).toHaveLength(10);
    expect(removable.cka).toHaveLength(2);
    expect(network.accuracies.every((accuracy) => accuracy > network.chance)).toBe(true);
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

  it('says nothing of where this machine keeps the demo, or anything', () => {
    const asked = ['config.yaml', 'comparison.json'];
    for (const file of [...asked, 'clips.json']) {
      const text = readFileSync(join(root, 'whole', file), 'utf8');
      if (asked.includes(file)) expect(text).toMatch(/path"?: ?null/);
      for (const folder of [root, tmpdir(), homedir()]) expect(text).not.toContain(folder);
    }
  });

  it('gives each test clip of its predictions to hear, wherever a machine keeps the demo', async () => {
    const cache = join(root, 'cache of another machine');
    await cp(join(root, 'cache'), cache, { recursive: true });
    const clips = await ComparisonClips.open(join(root, 'whole'), { cache });
    for (const { seed, predictions } of results('whole').runs) {
      expect(clips.tested({ seed }).map(({ id }) => id)).toEqual(predictions.map(({ clip }) => clip));
    }
    const samples = results('whole').samples;
    for (const { id, audio, spectrogram } of samples) {
      // The report's ends where the recording does; networks were given it padded with zeros.
      const own = Buffer.from(await clips.audio(id)).subarray(WAV_HEADER);
      const reported = Buffer.from(audio.slice(audio.indexOf(',') + 1), 'base64').subarray(WAV_HEADER);
      expect(own.subarray(0, reported.length).equals(reported)).toBe(true);
      expect(own.subarray(reported.length).every((byte) => byte === 0)).toBe(true);
      const { values } = await clips.features(id, { seed: 1 });
      // JSON has no -0.
      expect(Array.from(values, (value) => Math.round(value * 1e3) / 1e3 + 0)).toEqual(spectrogram.values);
    }
    await clips.close();
  });

  it('leaves nothing that docs/cli.md does not name', async () => {
    const text = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
    const named = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? '');
    const left = await readdir(join(root, 'whole'));
    const ofStore = await readdir(join(root, 'store'));
    const ofJob = await readdir(jobOf('whole', 'no-transfer/1').folder);
    expect(left).toContain('comparison.json');
    expect(ofJob).toContain('events.jsonl');
    const isNamed = (entry: string) => named.some((code) => code.split('/').includes(entry));
    expect([...left, ...ofStore, ...ofJob].filter((entry) => !isNamed(entry))).toEqual([]);
  });

  it('keeps recordings of the test out of the training', async () => {
    const store = new Store(join(root, 'store'));
    for (const { job: id, assessment } of index('whole').methods) {
      const job = await store.job(id).job();
      if (job?.kind !== 'target') throw new Error('A method is no training of the target.');
      const assessed = await store.job(assessment).job();
      if (assessed?.kind !== 'assessment') throw new Error('A method is not tested.');
      const test = new Set((await store.set(assessed.test)).clips.map(({ key }) => key));
      const others = [
        job.train,
        job.validation,
        ...assessed.tasks.flatMap((task) => [task.train, task.validation]),
      ];
      for (const name of others) {
        const { clips } = await store.set(name);
        expect(clips.length).toBeGreaterThan(0);
        expect(clips.filter(({ key }) => test.has(key))).toEqual([]);
      }
    }
  });

  it('leaves models that plain ONNX Runtime runs from samples to the same probabilities', async () => {
    const run = results('whole').runs.find(({ method }) => method === 'correlation-auxiliary') as RunResult;
    const session = await InferenceSession.create(
      join(root, 'whole', 'models', 'correlation-auxiliary-seed-1.onnx'),
    );
    for (const { clip, probabilities } of run.predictions.slice(0, 5)) {
      const path = join(root, 'cache', 'demo-10', clip);
      const samples = await readClip({ id: clip, path, labels: {} }, 8000);
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
    const other = ['--store', join(root, 'other-store')];
    const { child, ended } = start('killed', ...other);
    // Into the second epoch of a method: between two checkpoints that are written after every batch.
    await until(() => hasEpoch('killed', 'correlation-auxiliary/1', 'other-store'));
    process.kill(-(child.pid as number), 'SIGKILL');
    await ended;
    expect(existsSync(join(root, 'killed', 'results.json'))).toBe(false);
    expect(await jobOf('killed', 'correlation-auxiliary/1', 'other-store').state()).toEqual({
      state: 'stopped',
    });
    const { code, text } = await start('killed', ...other).ended;
    expect(text).toContain('(done before)');
    expect(code).toBe(0);
    expect(results('killed').runs.map(timeless)).toEqual(results('whole').runs.map(timeless));
    const done = jobOf('killed', 'correlation-auxiliary/1', 'other-store');
    expect(await done.state()).toEqual({ state: 'done' });
    expect(await readdir(done.folder)).not.toContain('training');
    // Checkpoints are gone, and so is what the killed process held.
    expect((await readdir(done.folder)).sort()).toEqual([
      'events.jsonl',
      'job.json',
      'network.onnx',
      'result.json',
      'validation-maps.bin',
    ]);
  }, 240_000);

  it('stops at Ctrl-C with a checkpoint, and continues', async () => {
    const third = ['--store', join(root, 'third-store')];
    const { child, ended } = start('stopped', ...third);
    await until(() => hasEpoch('stopped', 'no-transfer/1', 'third-store'));
    process.kill(-(child.pid as number), 'SIGINT');
    const { code, text } = await ended;
    expect(code).toBe(130);
    expect(text).toContain('the same command continues');
    expect(text).not.toMatch(/\n\s+at /);
    const again = await start('stopped', ...third).ended;
    expect(again.code).toBe(0);
    expect(results('stopped').runs.map(timeless)).toEqual(results('whole').runs.map(timeless));
  }, 240_000);

  it('shares trainings with another comparison, whatever the machine is told', async () => {
    const { code, text } = await start('shared', '--execution.parallel', '1', '--execution.threads', '1')
      .ended;
    expect(code).toBe(0);
    expect(text.match(/\(done before\)/g)).toHaveLength(12);
    expect(results('shared').runs.map(timeless)).toEqual(results('whole').runs.map(timeless));
  });

  it('trains only what is missing of one more seed', async () => {
    const { code, text } = await start('shared', '--seeds', '3').ended;
    expect(code).toBe(0);
    expect(text.match(/\(done before\)/g)).toHaveLength(12);
    expect(results('shared').runs).toHaveLength(15);
    const before = results('shared').runs.filter(({ seed }) => seed < 3);
    expect(before.map(timeless)).toEqual(results('whole').runs.map(timeless));
  }, 120_000);

  it('says which setting differs where a folder holds another comparison, and leaves it', async () => {
    const before = readFileSync(join(root, 'whole', 'results.json'), 'utf8');
    const { code, text } = await start('whole', '--training.learningRate', '0.01').ended;
    expect(code).toBe(2);
    expect(text).toContain('training.learningRate is 0.001 there, 0.01 here');
    expect(readFileSync(join(root, 'whole', 'results.json'), 'utf8')).toBe(before);
  });

  it('overwrites nobody’s configuration', async () => {
    const { code, text } = await start('.').ended;
    expect(code).toBe(2);
    expect(text).toContain('would be overwritten');
    expect(readFileSync(join(root, 'config.yaml'), 'utf8')).toBe(config);
  });

  it('trains again what is damaged, and makes again what is gone', async () => {
    const before = results('whole').runs.map(timeless);
    const damaged = jobOf('whole', 'no-transfer/2');
    const bytes = readFileSync(damaged.network);
    const trained = Buffer.from(bytes);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(damaged.network, bytes);
    const model = join(root, 'whole', 'models', 'dual-seed-1.onnx');
    const whole = readFileSync(model);
    await writeFile(model, whole.subarray(0, 1000));
    const { code, text } = await start('whole').ended;
    expect(code).toBe(0);
    // Its test was done, and is that of the same network.
    expect(text.match(/\(done before\)/g)).toHaveLength(12);
    expect(readFileSync(damaged.network).equals(trained)).toBe(true);
    expect(results('whole').runs.map(timeless)).toEqual(before);
    expect(readFileSync(model).equals(whole)).toBe(true);
  }, 60_000);

  it('has one process at a job: a second start waits for the first and has the same answer', async () => {
    const fourth = ['--store', join(root, 'fourth-store'), '--seeds', '1', '--methods', '[no-transfer]'];
    const [one, two] = await Promise.all([start('twice', ...fourth).ended, start('twice', ...fourth).ended]);
    expect([one.code, two.code]).toEqual([0, 0]);
    expect(`${one.text}${two.text}`).toMatch(/Process \d+ on \S+ is at this folder since .*: waiting/);
    expect(results('twice').runs.map(timeless)).toEqual(results('whole').runs.slice(0, 1).map(timeless));
  }, 120_000);

  it('probes the clips of the orthogonal task when one speaker is tested', async () => {
    const split =
      'split: { kind: group, column: speaker, fractions: { train: 0.5, validation: 0.25, test: 0.25 } }';
    const unseen = config
      .replace(/split: .*/, split)
      .replace(/methods:[\s\S]*/, 'methods: [no-transfer]\nseeds: 1\n')
      .replace('epochs: 3,', 'epochs: 1,');
    await writeFile(join(root, 'unseen.yaml'), unseen);
    const output = join(root, 'unseen');
    const folders = ['--output', output, '--store', join(root, 'store'), '--cache', join(root, 'cache')];
    const args = [bin, 'compare', join(root, 'unseen.yaml'), ...folders];
    const code = await new Promise((resolve) => spawn(process.execPath, args).on('close', resolve));
    expect(code).toBe(0);
    const [run] = results('unseen').runs;
    expect(new Set(run?.predictions.map(({ orthogonal }) => orthogonal.speaker)).size).toBe(1);
    expect(run?.tasks[0]?.probe.chance).toBeCloseTo(0.5, 5);
  }, 120_000);

  it('measures and tells every orthogonal task', async () => {
    const two = config
      .replace(/orthogonal: .*/, '')
      .concat(`orthogonal:
  - { column: speaker, training: { epochs: 10, learningRate: 0.005 } }
  - { column: take, training: { epochs: 1 } }
`)
      .replace(
        /methods:[\s\S]*?seeds: 2\n/,
        'methods: [no-transfer, { id: forget-take, objectives: [{ similarity: correlation, orthogonal: take }] }]\nseeds: 1\n',
      )
      .replace('epochs: 3,', 'epochs: 1,');
    await writeFile(join(root, 'two.yaml'), two);
    const folders = [
      '--output',
      join(root, 'two'),
      '--store',
      join(root, 'store'),
      '--cache',
      join(root, 'cache'),
    ];
    const child = spawn(process.execPath, [bin, 'compare', join(root, 'two.yaml'), ...folders]);
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk));
    child.stderr.on('data', (chunk: Buffer) => (text += chunk));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(text).toMatch(/The take networks name the\s+take in/);
    const said = text.replaceAll(/\s+/g, ' ');
    expect(said).toContain('CKA of no-transfer to the speaker network is');
    expect(said).toContain('CKA of no-transfer to the take network is');
    expect(code).toBe(0);
    const { tasks, methods, runs } = results('two');
    expect(tasks.map(({ name }) => name)).toEqual(['speaker', 'take']);
    expect(methods.map(({ forgets }) => forgets)).toEqual([[], ['take']]);
    for (const { tasks: measured, epochs } of runs) {
      expect(measured.map(({ name }) => name)).toEqual(['speaker', 'take']);
      expect(Object.keys(epochs[0]?.measures ?? {}).sort()).toEqual(['cka.speaker', 'cka.take']);
    }
    const [speaker, take] = tasks;
    // On validation clips, after the epoch that was chosen.
    const chosen = runs[0]?.epochs.find(({ epoch }) => epoch === runs[0]?.bestEpoch)?.measures;
    expect(take?.removable.cka).toEqual([chosen?.['cka.take']]);
    expect(speaker.removable.cka).toEqual([chosen?.['cka.speaker']]);
    expect(readFileSync(join(root, 'two', 'results.csv'), 'utf8')).toContain(',cka take,probe take,');
  }, 120_000);
});
