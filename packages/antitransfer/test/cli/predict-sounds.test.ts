import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/data/audio/wav.js';
import { modelWith } from '../inference/models.js';
import { RATE, spoken } from '../listening/spoken.js';
import { run, runJson } from './run.js';

/** Shorter than the model's 0.4 s, but the third, which is cut; an early one, a late one. */
const words = [
  [0.02, 0.3],
  [1.2, 1.5],
  [2.5, 3],
  [29.6, 29.9],
] as const;

let folder: string;
const predict = (...args: string[]) => run(folder, 'predict', ...args);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-sounds-'));
  const classes = ['no', 'yes'];
  const level = { probability: 1, kept: 0.95, segments: 40 };
  const weight = (value: number) => 6 * value;
  await writeFile(join(folder, 'model.onnx'), modelWith(classes, weight));
  await writeFile(join(folder, 'shy.onnx'), modelWith(classes, weight, { level }));
  await writeFile(join(folder, 'minute.wav'), encodeWav(spoken(60, words), RATE));
  await writeFile(join(folder, 'silence.wav'), encodeWav(new Float32Array(5 * RATE), RATE));
});
afterAll(() => rm(folder, { recursive: true }));

interface Answer {
  readonly predictions: readonly {
    readonly file: string;
    readonly heard: boolean;
    readonly label: string | null;
    readonly windows?: readonly {
      readonly start: number;
      readonly end: number;
      readonly heard: boolean;
      readonly label: string | null;
      readonly probability: number | null;
      readonly probabilities: Readonly<Record<string, number>>;
    }[];
  }[];
}

describe('predict --windows', () => {
  it('names what is said when: a row a sound that begins where it begins', async () => {
    const { out, err, code } = await predict('model.onnx', 'minute.wav', '--windows', '--format', 'csv');
    expect(code).toBe(0);
    const rows: Record<string, string>[] = parse(out, { columns: true });
    expect(rows).toHaveLength(words.length);
    for (const [i, [from, to]] of words.entries()) {
      const { start, end, heard, label } = rows[i] ?? {};
      expect(Math.abs(Number(start) - from)).toBeLessThan(0.03);
      expect(Math.abs(Number(end) - Math.min(to, Number(start) + 0.4))).toBeLessThan(0.06);
      expect(heard).toBe('true');
      expect(label).toMatch(/^(no|yes)$/);
    }
    expect(err).toContain('Sounds in 1 recordings: 4.');
    expect(err.replaceAll(/\s+/g, ' ')).toContain(
      "The model's card has no level below which nothing is said",
    );
  });

  it('writes JSON, and labels that Audacity imports, of the same sounds', async () => {
    const { predictions } = await runJson<Answer>(folder, 'predict', 'model.onnx', 'minute.wav', '--windows');
    const windows = predictions[0]?.windows ?? [];
    expect(windows).toHaveLength(words.length);
    const { out } = await predict('model.onnx', 'minute.wav', '--windows', '--format', 'labels');
    const lines = windows.map(
      ({ start, end, label }) => `${start.toFixed(6)}\t${end.toFixed(6)}\t${label}\n`,
    );
    expect(out).toBe(lines.join(''));
  });

  it('says nothing of a sound that does not reach the level of the card, or another that is asked for', async () => {
    const { out, err } = await predict('shy.onnx', 'minute.wav', '--windows');
    const rows = out.trimEnd().split('\n').slice(1);
    expect(rows).toHaveLength(words.length);
    for (const row of rows) expect(row).toMatch(/\(unsure\) +0\.\d\d$/);
    expect(err.replaceAll(/\s+/g, ' ')).toContain(
      'without a label, below a probability of 1, which 95 % of 40 rightly recognised validation clips reach: 4.',
    );
    const labels = await predict('shy.onnx', 'minute.wav', '--windows', '--format', 'labels');
    expect(labels).toMatchObject({ code: 0, out: '' });
    const { predictions } = await runJson<Answer>(folder, 'predict', 'shy.onnx', 'minute.wav', '--windows');
    expect(predictions[0]).toMatchObject({ heard: true, label: null });
    for (const { heard, label, probability } of predictions[0]?.windows ?? []) {
      expect(heard).toBe(true);
      expect(label).toBeNull();
      expect(probability).toBeGreaterThan(0);
    }
    const open = ['predict', 'shy.onnx', 'minute.wav', '--windows', '--level', '0'];
    const { predictions: all } = await runJson<Answer>(folder, ...open);
    expect(all[0]?.windows?.map(({ label }) => label)).not.toContain(null);
  });

  it('has the mean of sounds without a label for the whole recording, and says that they were heard', async () => {
    const unsure = ['shy.onnx', 'minute.wav', '--windows'] as const;
    const { predictions } = await runJson<Answer>(folder, 'predict', ...unsure);
    const mean = [0, 1].map((index) => {
      const values = predictions[0]?.windows?.map(({ probabilities }) => Object.values(probabilities)[index]);
      return (values ?? []).reduce<number>((sum, value) => sum + (value ?? Number.NaN) / words.length, 0);
    });
    const { out: csv } = await predict(...unsure, '--whole', '--format', 'csv');
    const [row]: Record<string, string>[] = parse(csv, { columns: true });
    expect(row).toMatchObject({ heard: 'true', label: '' });
    expect(Number(row?.['probability no'])).toBeCloseTo(mean[0] ?? Number.NaN, 6);
    expect(Number(row?.['probability yes'])).toBeCloseTo(mean[1] ?? Number.NaN, 6);
    const { out } = await predict(...unsure, '--whole');
    expect(out.split('\n')[1]).toContain('(unsure)');
  });

  it('answers nothing to silence, and lists the file', async () => {
    const { out } = await predict('model.onnx', 'silence.wav', '--windows');
    expect(out.split('\n')[1]).toMatch(/^silence\.wav +0\.00 +5\.00 +\(nothing heard\)$/);
    const { out: csv } = await predict('model.onnx', 'silence.wav', '--windows', '--format', 'csv');
    expect(parse(csv, { columns: true })).toMatchObject([{ heard: 'false', label: '', probability: '' }]);
    const quiet = await predict('model.onnx', 'minute.wav', '--windows', '--quietest', '0.5');
    expect(quiet.out).toContain('(nothing heard)');
  });

  it('refuses flags of windows a hop apart, and its own without it', async () => {
    for (const [args, said] of [
      [['--windows', '--hop', '0.1'], '--hop: windows that begin where a sound does have none of it.'],
      [['--level', '0.5'], '--level: said of windows that begin where a sound does. Add --windows.'],
      [['--windows', '--level', '2'], '--level'],
    ] as const) {
      const { code, err } = await predict('model.onnx', 'minute.wav', ...args);
      expect(code).toBe(2);
      expect(err.replaceAll(/\s+/g, ' ')).toContain(said);
    }
  });
});
