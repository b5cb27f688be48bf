import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readOnnx } from 'onnx-autograd';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNetworkFacts } from '../../src/learning/networks/network-facts.js';
import { loadNetwork, saveNetwork } from '../../src/learning/networks/store.js';
import { expectRefused } from './refused.js';
import { run, runJson } from './run.js';
import { small, smallRun } from './small-run.js';

let folder: string;
let network: string;
let orthogonal: string;
/** The program runs in the folder that all tests share. */
const antitransfer = (...args: string[]) => run(folder, ...args);

beforeAll(async () => {
  ({ folder, network, orthogonal } = await smallRun());
}, 180_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('export', () => {
  it('writes a model whose metadata and shapes stand alone', async () => {
    const session = await InferenceSession.create(join(folder, 'model.onnx'));
    expect(session.inputNames).toEqual(['samples']);
    expect(session.outputNames).toEqual(['probabilities']);
    await session.release();
    const card = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')) as object;
    expect(card).toMatchObject({
      target: 'digit',
      input: { shape: ['batch', 3200], sampleRate: 8000 },
      account: {
        training: { corpus: 'demo', seed: 4 },
        orthogonal: [{ column: 'speaker', forgotten: true }],
      },
    });
    const again = await antitransfer('export', 'model.onnx', '--output', 'copy.onnx');
    expect(again, again.err).toMatchObject({ code: 0 });
    expect(JSON.parse(await readFile(join(folder, 'copy.json'), 'utf8'))).toEqual(card);
    await rm(join(folder, 'copy.onnx'));
    const beside = await antitransfer('export', 'model.onnx', '--output', 'copy.onnx');
    expectRefused(beside, '"copy.json" is there already');
  });

  it('writes the bare network, checked against the test', async () => {
    const args = [
      'export',
      'run',
      '--method',
      'correlation',
      '--what',
      'network',
      '--output',
      'network.onnx',
    ];
    const { code, out } = await antitransfer(...args);
    expect(code).toBe(0);
    expect(out).toMatch(/seed 4: in plain ONNX Runtime .*largest difference \d+e-\d+/);
    const session = await InferenceSession.create(join(folder, 'network.onnx'));
    expect(session.inputNames).toEqual(['features']);
    await session.release();
    // Frozen in another comparison, it has to name its classes as the clips do.
    const { metadata } = readOnnx(await readFile(join(folder, 'network.onnx')));
    expect(readNetworkFacts(metadata)).toMatchObject({
      outputs: { column: 'digit', classes: [...'0123456789'] },
      input: { features: { sampleRate: 8000 } },
    });
  });

  it('says so when the recordings of the test are gone', async () => {
    const args = [
      'train',
      'gone.yaml',
      '--method',
      'no-transfer',
      '--output',
      'gone',
      '--training.epochs',
      '1',
    ];
    await mkdir(join(folder, 'moving'));
    await writeFile(join(folder, 'gone.yaml'), small.replace('path: spoken', 'path: moving'));
    const { digits } = await copyDigits('moving', 20);
    const learned = await antitransfer(...args);
    expect(learned, learned.err).toMatchObject({ code: 0 });
    await Promise.all(digits.map((file) => rm(file)));
    const { code, out } = await antitransfer('export', 'gone', '--output', 'gone.onnx');
    expect(out).toContain('not checked');
    expect(code).toBe(1);
    await InferenceSession.create(join(folder, 'gone.onnx'));
  });

  it('refuses what is no run, and a choice that leaves nothing', async () => {
    expectRefused(
      await antitransfer('export', 'spoken', '--output', 'x.onnx'),
      '"spoken" is no folder of a run',
    );
    expectRefused(await antitransfer('export', 'nowhere', '--output', 'x.onnx'), '"nowhere"');
    const missing = await antitransfer(
      'export',
      'run',
      '--method',
      'correlation',
      '--seed',
      '9',
      '--output',
      'x.onnx',
    );
    expectRefused(missing, 'seed 9', 'finished: seed 4');
    expectRefused(await antitransfer('export', 'run', '--output', 'x.txt'), '"x.txt" must end in .onnx');
  });
});

/** Copies all clips of takes below `takes` of two voices into another folder; returns their paths there. */
async function copyDigits(target: string, takes: number): Promise<{ digits: string[] }> {
  const digits: string[] = [];
  for (const speaker of ['slt', 'awb']) {
    for (let digit = 0; digit < 10; digit++) {
      for (let take = 0; take < Math.min(3, takes); take++) {
        const file = `${digit}_${speaker}_${take}.wav`;
        await copyFile(join(folder, 'spoken', file), join(folder, target, file));
        digits.push(join(folder, target, file));
      }
    }
  }
  return { digits };
}

describe('predict', () => {
  it('labels the files that can be read and lists the others', async () => {
    await writeFile(join(folder, 'noise.wav'), 'no sound');
    const files = ['spoken/3_slt_0.wav', 'noise.wav', 'spoken/4_kal_1.wav', 'nowhere.wav'];
    const { code, out, err } = await antitransfer('predict', 'model.onnx', '--whole', ...files);
    expect(code).toBe(1);
    const rows = out.trim().split('\n');
    expect(rows[0]?.split(/\s+/)).toEqual(['file', 'digit', ...'0123456789']);
    expect(rows.slice(1).map((row) => row.split(/\s+/)[0])).toEqual([files[0], files[2]]);
    expect(err).toContain('"noise.wav" is unreadable');
    expect(err).toContain('"nowhere.wav" is missing');
  });

  it('prints probabilities as JSON that add up to one, whatever the batch', async () => {
    const args = ['predict', 'model.onnx', 'spoken/3_slt_0.wav', 'spoken/4_kal_1.wav', 'spoken/5_rms_2.wav'];
    type Answer = { predictions: { file: string; label: string; probabilities: Record<string, number> }[] };
    const together = await runJson<Answer>(folder, ...args);
    const alone = await runJson<Answer>(folder, ...args, '--batch', '1');
    expect(together.predictions).toHaveLength(3);
    for (const [i, { label, probabilities }] of together.predictions.entries()) {
      const values = Object.values(probabilities);
      expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
      expect(probabilities[label]).toBe(Math.max(...values));
      for (const [name, value] of Object.entries(alone.predictions[i]?.probabilities ?? {})) {
        expect(value).toBeCloseTo(probabilities[name] as number, 5);
      }
    }
  });

  it('takes the network of a store, which knows its classes and its features, as the model that is made of it', async () => {
    type Answer = { predictions: { file: string; label: string; probabilities: Record<string, number> }[] };
    const files = ['spoken/3_slt_0.wav', 'spoken/4_kal_1.wav'];
    const [stored, exported] = await Promise.all(
      [network, 'model.onnx'].map((model) => runJson<Answer>(folder, 'predict', model, ...files)),
    );
    expect(stored?.predictions).toEqual(exported?.predictions);
    const voices = await runJson<Answer>(folder, 'predict', orthogonal, ...files);
    for (const { label, probabilities } of voices.predictions) {
      expect(Object.keys(probabilities)).toEqual(['awb', 'kal', 'rms', 'slt']);
      expect(Object.keys(probabilities)).toContain(label);
    }
    const scores = await runJson<{ classes: string[]; column: string }>(
      ...([folder, 'evaluate', orthogonal, '--data', 'spoken'] as const),
    );
    expect(scores).toMatchObject({ classes: ['awb', 'kal', 'rms', 'slt'], column: 'speaker' });
  });

  it('refuses models that are not ours, or no models', async () => {
    const sound = 'spoken/3_slt_0.wav';
    await saveNetwork(join(folder, 'unknown.onnx'), await loadNetwork(network));
    const bare = await antitransfer('predict', 'unknown.onnx', sound);
    expectRefused(bare, 'without antitransfer', 'antitransfer export');
    expectRefused(await antitransfer('predict', 'small.yaml', sound), 'not an ONNX model');
    expectRefused(await antitransfer('predict', 'none.onnx', sound), '"none.onnx"', 'no such file');
    expectRefused(await antitransfer('predict', 'model.onnx'), 'nothing to label', '--list');
  });
});

describe('evaluate', () => {
  it('agrees with itself: table, JSON, groups', async () => {
    const args = ['evaluate', 'model.onnx', '--data', 'spoken', '--by', 'speaker'];
    const scores = await runJson<{
      clips: number;
      accuracy: number;
      confusion: number[][];
      by: { groups: { accuracy: number; count: number }[]; largestGap: number };
      problems: object[];
    }>(folder, ...args);
    expect(scores).toMatchObject({ clips: 120, corpus: 'demo', column: 'digit', problems: [] });
    const right = scores.confusion.reduce((sum, row, place) => sum + (row[place] as number), 0);
    expect(scores.accuracy).toBeCloseTo(right / 120, 12);
    expect(scores.by.groups.map(({ count }) => count)).toEqual([30, 30, 30, 30]);
    const shares = scores.by.groups.map(({ accuracy }) => accuracy);
    expect(scores.by.largestGap).toBeCloseTo(Math.max(...shares) - Math.min(...shares), 12);
    const { out, code } = await antitransfer(...args);
    expect(code).toBe(0);
    expect(out).toContain(`120 clips: accuracy ${(100 * scores.accuracy).toFixed(1)} %`);
    expect(out).toContain('largest gap:');
  });

  it('leaves out recordings that cannot be read, and says which', async () => {
    await writeFile(
      join(folder, 'list.csv'),
      'path,number,voice\nspoken/1_slt_0.wav,1,slt\nspoken/2_kal_0.wav,2,kal\nnoise.txt,3,awb\n',
    );
    await writeFile(join(folder, 'noise.txt'), 'no sound');
    const { code, out, err } = await antitransfer(
      ...['evaluate', 'model.onnx', '--data', 'list.csv', '--column', 'number', '--json'],
    );
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      clips: 2,
      corpus: 'manifest',
      problems: [{ reason: 'unreadable' }],
    });
    expect(err).toContain('noise.txt');
  });

  it('writes over no file but an earlier one of its own', async () => {
    const to = (file: string) =>
      antitransfer('evaluate', 'model.onnx', '--data', 'spoken', '--predictions', file);
    await writeFile(join(folder, 'notes.csv'), 'path,digit\n');
    expectRefused(await to('notes.csv'), '--predictions "notes.csv" is there already', 'Name another file');
    await writeFile(join(folder, 'earlier.csv'), 'clip,truth,predicted\n');
    expect((await to('earlier.csv')).code).toBe(0);
  });

  it('refuses columns, labels and corpora that there are not', async () => {
    const evaluate = (...args: string[]) => antitransfer('evaluate', 'model.onnx', ...args);
    const speakr = await evaluate('--data', 'spoken', '--by', 'speakr');
    expectRefused(speakr, 'no label column "speakr"', 'Did you mean speaker?');
    const speaker = await evaluate('--data', 'spoken', '--column', 'speaker');
    expectRefused(speaker, 'that the model does not know', '"awb"');
    expectRefused(await evaluate('--data', 'nowhere'), 'nothing at "nowhere"');
    expectRefused(await evaluate('--data', 'run'), 'No corpus was recognised at "run"', 'fsdd');
    expectRefused(await evaluate(), 'evaluate needs --data', 'antitransfer data demo');
    expectRefused(await evaluate('--corpus', 'fsdd'), 'evaluate needs --data');
    const replacing = await evaluate('--data', 'list.csv', '--predictions', './list.csv');
    expectRefused(replacing, '--predictions "./list.csv" would replace what is read');
    expectRefused(await evaluate('--data', 'spoken', '--hop', '2'), 'A hop of 2 s is longer than a segment');
    expectRefused(await evaluate('--corpus', 'fsd'), "'fsd' is invalid", 'Did you mean fsdd?');
  });
});
