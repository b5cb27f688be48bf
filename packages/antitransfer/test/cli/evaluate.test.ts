import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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

describe('evaluate on some clips of a corpus', () => {
  const config = `target: word
data:
  corpus: manifest
  path: rooms.csv
  where: { room: [hall, bath] }
  labels: { word: { rename: { yeah: yes }, drop: [hm] } }
orthogonal: { column: room }
split: { kind: stratified }
methods: [no-transfer]
`;
  const rows =
    'path,word,room\nlong.wav,yeah,hall\nshort.wav,no,bath\nsilent.wav,no,cellar\nalso.wav,hm,hall\n';
  beforeAll(async () => {
    await writeFile(join(folder, 'rooms.csv'), rows);
    await writeFile(join(folder, 'rooms.yaml'), config);
  });

  it.each([
    [
      'flags',
      [
        '--data',
        'rooms.csv',
        '--where',
        '{room: [hall, bath]}',
        '--labels',
        '{word: {rename: {yeah: yes}, drop: [hm]}}',
      ],
    ],
    ['a configuration', ['--config', 'rooms.yaml']],
  ])('knows where and labels of %s, and says what it left out', async (_, args) => {
    const { code, out, err } = await run(folder, 'evaluate', 'model.onnx', ...args);
    expect(code, err).toBe(0);
    expect(out).toContain('2 clips: accuracy');
    expect(err).toContain('2 of 4 rows are used; 1 is left out by where: room; 1 is left out as word hm.');
    expect(err).toContain('1 clip of the word "yeah" are called "yes".');
    const scores = await runJson<Scores & { leftOut: object[] }>(folder, 'evaluate', 'model.onnx', ...args);
    expect(scores).toMatchObject({ clips: 2, leftOut: [{ reason: 'where' }, { reason: 'label' }] });
  });

  it('takes flags over the configuration, and refuses what is not there', async () => {
    const args = ['evaluate', 'model.onnx', '--config', 'rooms.yaml'];
    expect(await runJson<Scores>(folder, ...args, '--where', '{room: hall}')).toMatchObject({ clips: 1 });
    const unknown = await run(folder, ...args, '--where', '{room: hal}');
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.err).toContain('Did you mean hall?');
    const plain = await run(folder, 'evaluate', 'model.onnx', '--data', 'rooms.csv');
    expect(plain.err).toMatch(/2 of 4 clips have a word that the model does not know.*--labels/);
  });

  it('names the models of a run where its folder is given', async () => {
    await mkdir(join(folder, 'run/models'), { recursive: true });
    await writeFile(join(folder, 'run/models/cka-seed-1.onnx'), '');
    const { code, err } = await run(folder, 'evaluate', 'run', '--data', 'list.csv');
    expect(code).toBe(2);
    expect(err).toMatch(
      /The model "run" is a folder\. Name an \.onnx file\. It has one model, such as "run.models.cka-seed-1\.onnx"/,
    );
  });
});

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
    for (const line of err.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
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
