import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/data/audio/wav.js';
import { DeployedModel } from '../../src/inference/deployed-model.js';
import { run, runJson } from '../cli/run.js';
import { modelWith } from './models.js';

/** Labels that colour a terminal, set its title, and turn what follows around. */
const hostile = ['a\u001b[31m', 'b\u001b]0;title\u0007', 'c\u202edcba'];

let folder: string;
const at = (name: string) => join(folder, name);

function floatWav(samples: Float32Array, sampleRate: number): Uint8Array {
  const bytes = Buffer.concat([encodeWav(new Float32Array(0), sampleRate), Buffer.from(samples.buffer)]);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.writeUInt16LE(3, 20);
  bytes.writeUInt16LE(4, 32);
  bytes.writeUInt16LE(32, 34);
  bytes.writeUInt32LE(4 * samples.length, 40);
  return bytes;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-unsound-'));
  const sound = Float32Array.from({ length: 3200 }, (_, i) => 0.3 * Math.sin(i / 3));
  const spiked = sound.slice();
  spiked[1000] = 1e37;
  await writeFile(at('sound.wav'), encodeWav(sound, 8000));
  await writeFile(
    at('faint.wav'),
    floatWav(
      sound.map((sample) => 1e-3 * sample),
      8000,
    ),
  );
  await writeFile(at('silence.wav'), encodeWav(new Float32Array(3200), 8000));
  await writeFile(at('spiked.wav'), floatWav(spiked, 8000));
  await writeFile(
    at('sound.onnx'),
    modelWith(hostile, (weight) => weight),
  );
  await writeFile(
    at('nan.onnx'),
    modelWith(hostile, () => Number.NaN),
  );
  await writeFile(
    at('huge.onnx'),
    modelWith(hostile, (weight) => 10 ** 6.4 * weight),
  );
  await writeFile(
    at('nowhere.onnx'),
    modelWith(hostile, (weight) => weight, { standardisation: { mean: [0], deviation: [0] } }),
  );
  let weights = 0;
  // The answers are finite: a ReLU, or the maximum of a pooling, may leave NaN out.
  await writeFile(
    at('one-nan.onnx'),
    modelWith(hostile, (weight) => (++weights === 5 ? Number.NaN : weight)),
  );
  await writeFile(
    at('two-graphs.onnx'),
    Buffer.concat([modelWith(hostile, (weight) => weight), Buffer.of(0x3a, 3, 0x12, 1, 0x67)]),
  );
  const model = Buffer.from(modelWith(hostile, (weight) => weight)).toString('latin1');
  await writeFile(at('refused.onnx'), Buffer.from(model.replaceAll('Softmax', 'Softmix'), 'latin1'));
  const rows = ['sound', 'spiked', 'silence', 'faint'].map((name) => `${name}.wav,${hostile[2]},ann`);
  await writeFile(at('list.csv'), `path,word,speaker\n${rows.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

describe('a model that is damaged', () => {
  it.each([
    ['nan.onnx', 'the weight "conv1_1.weight" has NaN at index 0'],
    ['one-nan.onnx', 'the weight "conv1_1.weight" has NaN at index 4'],
    ['nowhere.onnx', 'answers silence with the probability NaN'],
    ['refused.onnx', 'ONNX Runtime refuses it'],
  ])('is named and refused by every command (%s)', async (model, said) => {
    await expect(DeployedModel.open(at(model))).rejects.toThrow(said);
    for (const args of [
      ['predict', model, 'sound.wav'],
      ['evaluate', model, '--data', 'list.csv'],
      ['export', model, '--output', 'copy.onnx'],
    ]) {
      const { code, out, err } = await run(folder, ...args);
      expect(err).toContain(`The model "${model}" is damaged: `);
      expect(err).toContain(said);
      expect({ code, out }).toEqual({ code: 2, out: '' });
    }
  });
});

describe('a file that other readers may take for another network', () => {
  const said = 'The file says twice what "graph" of a Model is';

  it.each([
    [['predict', 'two-graphs.onnx', 'sound.wav']],
    [['evaluate', 'two-graphs.onnx', '--data', 'list.csv']],
    [['export', 'two-graphs.onnx', '--output', 'copy.onnx']],
    [['taps', 'two-graphs.onnx']],
    [['compare', 'given.yaml', '--network.model', 'two-graphs.onnx']],
    [['compare', 'frozen.yaml']],
  ])(
    'is refused by name: %s',
    async (args) => {
      const base = `name: given\ndata: { corpus: manifest, path: list.csv }\ntarget: word\nsplit: { kind: random }\nmethods: [no-transfer]\n`;
      const features = 'features: { sampleRate: 8000, seconds: 0.4, bins: 128, pool: 8, hop: 256 }\n';
      const several = ['path,word,speaker'];
      for (let row = 0; row < 96; row++) several.push(`clip${row}.wav,${row % 2},${(row >> 1) % 2}`);
      const sound = await readFile(at('sound.wav'));
      for (let row = 0; row < 96; row++) {
        // Recordings of the same bytes would all be on one side.
        const other = Buffer.from(sound);
        other[other.length - 2] = row;
        await writeFile(at(`clip${row}.wav`), other);
      }
      await writeFile(at('clips.csv'), `${several.join('\n')}\n`);
      const own = base.replace('list.csv', 'clips.csv') + features;
      await writeFile(at('given.yaml'), `${own}orthogonal: { column: speaker }\n`);
      await writeFile(at('frozen.yaml'), `${own}orthogonal: { column: speaker, model: two-graphs.onnx }\n`);
      const { code, err } = await run(folder, ...args);
      expect(err).toContain(said);
      expect(err).toContain('two-graphs.onnx');
      expect(code).toBe(2);
    },
    60_000,
  );
});

const makesPipes = process.platform !== 'win32';
if (!makesPipes) console.info('There is no mkfifo: pipes in place of files are not tried.');

describe.skipIf(!makesPipes)('a pipe where a file is wanted', () => {
  it.each([
    [['predict', 'pipe.onnx', 'sound.wav']],
    [['predict', 'sound.onnx', '--list', 'pipe.onnx']],
    [['taps', 'pipe.onnx']],
    [['compare', 'pipe.onnx']],
  ])('is refused, not waited for: %s', async (args) => {
    if (!existsSync(at('pipe.onnx'))) execFileSync('sh', ['-c', 'mkfifo "$0"', at('pipe.onnx')]);
    const { code, err } = await run(folder, ...args);
    expect(err).toContain('"pipe.onnx" cannot be read: it is a pipe, a socket or a device. Name a file.');
    expect(code).toBe(2);
  });
});

describe('recordings without an answer', () => {
  it('are listed, and the others labelled', async () => {
    type Answer = {
      predictions: { file: string; heard: boolean; label: string | null; probability: number | null }[];
      problems: { file: string; reason: string }[];
    };
    const args = ['predict', 'huge.onnx', 'sound.wav', 'spiked.wav', 'silence.wav', 'faint.wav'];
    const answer = await runJson<Answer>(folder, ...args);
    expect(answer.predictions).toMatchObject([
      { file: 'silence.wav', heard: false, label: null, probability: null },
      { file: 'faint.wav', heard: true, label: hostile[2], probability: 1 },
    ]);
    expect(answer.problems).toMatchObject([
      { file: 'sound.wav', reason: 'unanswered' },
      { file: 'spiked.wav', reason: 'too loud' },
    ]);
    const { code, err } = await run(folder, ...args);
    expect(code).toBe(1);
    expect(err).toMatch(/"sound.wav" is unanswered: the model "huge.onnx" gives it the probability NaN/);
    expect(err).toMatch(/"spiked.wav" is too loud: its sample 1000 is 9.99\d*e\+36/);
    expect(err).toMatch(
      /There is nothing to hear in "silence.wav": less than 0.05 s of sound, or no sample above/,
    );
  });

  it('are left out of scores', async () => {
    const args = ['evaluate', 'huge.onnx', '--data', 'list.csv', '--json'];
    const { code, out, err } = await run(folder, ...args);
    expect(code).toBe(1);
    const scores = JSON.parse(out) as {
      clips: number;
      crossEntropy: number;
      unheard: string[];
      problems: object[];
    };
    expect(scores).toMatchObject({ clips: 1, accuracy: 1, unheard: ['silence.wav'] });
    expect(scores.crossEntropy).toBeCloseTo(0, 5);
    expect(scores.problems).toHaveLength(2);
    expect(err).toContain('There is nothing to hear in "silence.wav"');
  });
});

describe('a terminal', () => {
  it('gets nothing that acts on it from labels and names of files', async () => {
    const name = 'x\u001b[2Jy.wav';
    await writeFile(at(name), 'no sound');
    const predicted = await run(folder, 'predict', 'sound.onnx', 'sound.wav', name);
    expect(predicted.out).toContain('a\\u{1b}[31m');
    expect(predicted.out).toContain('c\\u{202e}dcba');
    expect(predicted.err).toContain('x\\u{1b}[2Jy.wav');
    const evaluated = await run(folder, 'evaluate', 'sound.onnx', '--data', 'list.csv', '--by', 'word');
    expect(evaluated.out).toContain('a\\u{1b}[31m');
    const described = await run(folder, 'data', 'describe', 'list.csv');
    const refused = await run(folder, 'predict', name, 'sound.wav');
    for (const { out, err } of [predicted, evaluated, described, refused]) {
      expect(out + err).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
    }
  });
});

const hasFullDevice = process.platform === 'linux';
if (!hasFullDevice) console.info('There is no /dev/full: output that cannot be written is not tried.');

describe.skipIf(!hasFullDevice)('output that cannot be written', () => {
  const binary = fileURLToPath(new URL('../../bin/antitransfer.js', import.meta.url));
  const shell = (line: string) =>
    new Promise<{ code: number; err: string }>((resolve) => {
      execFile('bash', ['-o', 'pipefail', '-c', line], { cwd: folder }, (error, _, err) =>
        resolve({ code: Number(error?.code ?? 0), err }),
      );
    });
  const antitransfer = `"${process.execPath}" "${binary}"`;

  it.each(['taps vgg-small', 'predict sound.onnx sound.wav --json', '--version'])(
    'is an error, not success: %s',
    async (command) => {
      const { code, err } = await shell(`${antitransfer} ${command} > /dev/full`);
      expect(err).toContain('The output could not be written: ENOSPC');
      expect(err).toContain('Make room');
      expect(code).toBe(2);
    },
  );

  it('but a reader that has seen enough is none', async () => {
    expect(await shell(`${antitransfer} taps vgg16 | head -1`)).toEqual({ code: 0, err: '' });
  });
});
