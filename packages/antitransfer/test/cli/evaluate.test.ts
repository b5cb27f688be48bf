import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/data/audio/wav.js';
import { DeployedModel } from '../../src/inference/deployed-model.js';
import { predictClips } from '../../src/inference/predict-clips.js';
import { modelWith } from '../inference/models.js';
import { run, runJson } from './run.js';

const RATE = 8000;
const classes = ['no', 'yes'];

let folder: string;
const clips = () =>
  ['long', 'short', 'silent'].map((name) => ({
    id: `${name}.wav`,
    path: join(folder, `${name}.wav`),
    labels: {},
  }));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-evaluate-'));
  await writeFile(
    join(folder, 'model.onnx'),
    modelWith(classes, (weight) => 6 * weight),
  );
  const sound = (seconds: number) =>
    Float32Array.from({ length: seconds * RATE }, (_, i) => 0.5 * Math.sin((0.1 + i / 3000) * i));
  await writeFile(join(folder, 'long.wav'), encodeWav(sound(1.5), RATE));
  await writeFile(join(folder, 'short.wav'), encodeWav(sound(0.3), RATE));
  await writeFile(join(folder, 'silent.wav'), encodeWav(new Float32Array(RATE), RATE));
  await writeFile(join(folder, 'list.csv'), 'path,word\nlong.wav,yes\nshort.wav,no\nsilent.wav,no\n');
});
afterAll(() => rm(folder, { recursive: true }));

interface Scores {
  readonly clips: number;
  readonly crossEntropy: number;
  readonly unheard: readonly string[];
}

describe('evaluate on clips longer than the segment', () => {
  it.each([
    { flags: [], longer: 'windows' },
    { flags: ['--crop'], longer: 'crop' },
  ] as const)('scores the answer that predict gives a clip ($longer)', async ({ flags, longer }) => {
    const model = await DeployedModel.open(join(folder, 'model.onnx'));
    const { predictions } = await predictClips(model, clips(), { longer });
    await model.close();
    const scores = await runJson<Scores>(folder, 'evaluate', 'model.onnx', '--data', 'list.csv', ...flags);
    const heard = predictions.filter(({ label }) => label !== undefined);
    const truth: Record<string, number> = { 'long.wav': 1, 'short.wav': 0, 'silent.wav': 0 };
    const losses = heard.map(({ clip, probabilities }) => -Math.log(probabilities[truth[clip.id]!]!));
    expect(scores.clips).toBe(longer === 'crop' ? 3 : 2);
    expect(scores.crossEntropy).toBeCloseTo(losses.reduce((a, b) => a + b, 0) / losses.length, 10);
    expect(scores.unheard).toEqual(longer === 'crop' ? [] : ['silent.wav']);
  });

  it('writes what is said of each clip, and says how the long ones were heard', async () => {
    const args = ['evaluate', 'model.onnx', '--data', 'list.csv', '--predictions', 'said/clips.csv'];
    const { code, err, out } = await run(folder, ...args);
    expect(code).toBe(1);
    expect(out).toContain('2 clips: accuracy');
    expect(err).toContain("Longer than the model's 0.4 s: 2 of 3 recordings, gone through in 11 windows");
    expect(err).toContain('There is nothing to hear in "silent.wav"');
    const rows: Record<string, string>[] = parse(await readFile(join(folder, 'said/clips.csv'), 'utf8'), {
      columns: true,
    });
    expect(rows).toMatchObject([
      { clip: 'long.wav', truth: 'yes', windows: '7' },
      { clip: 'short.wav', truth: 'no', windows: '1' },
      { clip: 'silent.wav', truth: 'no', predicted: '', windows: '4', 'probability no': '' },
    ]);
    for (const { predicted = '', ...row } of rows.slice(0, 2)) {
      const values = classes.map((name) => Number(row[`probability ${name}`]));
      expect(predicted).toBe(classes[values.indexOf(Math.max(...values))]);
    }
  });
});
