import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { encodeWav, readConfigFile, resolveConfig, splitSettings } from 'antitransfer';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/registry.js';
import { ComparisonFolder } from '../../src/runs/folder/comparison-folder.js';
import { readEvents } from '../../src/runs/store/events.js';
import { Store } from '../../src/runs/store/store.js';
import { type Outcome, run, runJson, start } from './run.js';

/** A few seconds of training on the demo voices. */
const small = `name: small
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

let folder: string;
let trained: Outcome;
/** Features in, logits out: of the training that all tests share. */
let network: string;

/** The program runs in the folder that all tests share. */
const antitransfer = (...args: string[]) => run(folder, ...args);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-cli-'));
  const spoken = await antitransfer('data', 'demo', 'spoken', '--takes', '3');
  expect(spoken, spoken.err).toMatchObject({ code: 0 });
  await writeFile(join(folder, 'small.yaml'), small);
  trained = await antitransfer(
    'train',
    'small.yaml',
    '--method',
    'correlation',
    '--seed',
    '4',
    '--output',
    'run',
  );
  expect(trained, trained.err).toMatchObject({ code: 0 });
  const index = await new ComparisonFolder(join(folder, 'run')).index();
  network = new Store(join(folder, 'runs/store')).job(index?.methods[0]?.job ?? '').network;
  const exported = await antitransfer('export', 'run', '--method', 'correlation', '--output', 'model.onnx');
  expect(exported, exported.err).toMatchObject({ code: 0 });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Whether a training under way in a folder has finished an epoch. */
async function hasEpoch(output: string): Promise<boolean> {
  const run = new ComparisonFolder(join(folder, output));
  const index = await run.index();
  const job = index?.methods[0]?.job;
  if (index === undefined || job === undefined) return false;
  const events = await new Store(run.storeOf(index)).job(job).events();
  return events.some(({ event }) => event.kind === 'epoch');
}

/** Not done, for a reason that a user can mend: the message says these things, and no line of code. */
function expectRefused({ code, out, err }: Outcome, ...said: (string | RegExp)[]): void {
  for (const text of said) expect(err).toMatch(text);
  expect(err).not.toMatch(/\n\s+at /);
  expect({ code, out }).toEqual({ code: 2, out: '' });
}

describe('help', () => {
  it('comes in under 0.3 s', async () => {
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const { code, out, milliseconds } = await antitransfer('--help');
      expect(code).toBe(0);
      for (const { name } of commands) expect(out).toContain(name);
      times.push(milliseconds);
    }
    const fastest = Math.min(...times);
    console.info(`antitransfer --help: ${fastest.toFixed(0)} ms (the fastest of ${times.length})`);
    expect(fastest).toBeLessThan(300);
  });

  it.each(commands.map(({ name }) => name))('of %s has examples that name it', async (name) => {
    const { code, out } = await antitransfer(name, '--help');
    expect(code).toBe(0);
    expect(out).toContain('Examples:');
    expect(out).toContain(`$ antitransfer ${name}`);
  });

  it('of compare tells the size of the demo, and for which kinds of split each key is', async () => {
    const demo = await readConfigFile(fileURLToPath(new URL('../../configs/demo.yaml', import.meta.url)));
    const { methods, seeds } = resolveConfig(demo, 'the demo').experiment;
    const { out } = await antitransfer('compare', '--help');
    expect(out).toContain(`the demo: ${methods.length} methods with ${seeds} seeds each`);
    const text = out.replaceAll(/\s+/g, ' ');
    const kinds = splitSettings.def.options.map(({ shape }) => shape.kind.value);
    expect(text).toMatch(new RegExp(`--split\\.kind <value> [^-]+ \\(${kinds.join(', ')}\\)`));
    expect(text).toMatch(/--split\.folds <value> k-fold: Number of folds/);
    expect(text).toMatch(/--split\.validation <value> k-fold: .* \| confounded, confounded-noise: /);
  });

  it('is in the documentation for every command', async () => {
    const text = await readFile(new URL('../../../../docs/cli.md', import.meta.url), 'utf8');
    for (const { name } of commands) expect(text).toContain(`\n## ${name}\n`);
  });

  it('suggests the nearest command and option', async () => {
    expectRefused(await antitransfer('predit'), "unknown command 'predit'", 'Did you mean predict?');
    expectRefused(
      await antitransfer('train', 'small.yaml', '--training.epoch', '3'),
      "unknown option '--training.epoch'",
      'Did you mean --training.epochs?',
    );
  });

  it('has the version of the package', async () => {
    const { version } = JSON.parse(
      await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
    ) as {
      version: string;
    };
    expect(await antitransfer('--version')).toMatchObject({ code: 0, out: `${version}\n` });
  });
});

describe('train', () => {
  it('says what it did, without colours or redrawn lines in a pipe', () => {
    expect(trained.out).toContain('correlation, seed 4');
    expect(trained.out).toMatch(/test accuracy +\d+\.\d %/);
    expect(trained.err).toContain('orthogonal-speaker/1');
    expect(trained.out + trained.err).not.toContain('\x1b');
  });

  it('does nothing twice, and prints JSON', async () => {
    const args = [
      'train',
      'small.yaml',
      '--method',
      'correlation',
      '--seed',
      '4',
      '--output',
      'run',
      '--json',
    ];
    const { out, err } = await antitransfer(...args);
    expect(err.match(/done before/g)).toHaveLength(2);
    const { runs } = JSON.parse(out) as { runs: { seed: number; epochs: number; events: string }[] };
    expect(runs).toMatchObject([{ method: 'correlation', seed: 4, epochs: 2 }]);
    const events = (await readEvents(runs[0]?.events ?? '')).map(({ event }) => event);
    expect(events.flatMap((event) => (event.kind === 'epoch' ? event.metrics.epoch : []))).toEqual([1, 2]);
    expect(events.at(-1)).toEqual({ kind: 'done', reused: false });
  });

  it('says that the demo corpus is spoken again, not that it continues', async () => {
    const { child, ended } = start(folder, 'compare', '--data.takes', '60', '--output', 'unspoken');
    let told = '';
    child.stderr?.on('data', (bytes: Buffer) => {
      told += bytes;
      if (told.includes('Speaking the demo corpus')) child.kill('SIGINT');
    });
    const { code, err } = await ended;
    expect(code, err).toBe(130);
    expect(err).toContain('Stopping: the same command begins “Speaking the demo corpus” again.');
    expect(err).not.toContain('continues');
  });

  it('says which orthogonal network was given, which was done before, which is trained', async () => {
    const run = new ComparisonFolder(join(folder, 'run'));
    const orthogonal = (await run.index())?.tasks[0]?.job ?? '';
    const model = new Store(join(folder, 'runs/store')).job(orthogonal).network;
    await writeFile(join(folder, 'given.yaml'), small.replace('speaker }', `speaker, model: ${model} }`));
    const line = async (...args: string[]) => {
      const { code, err } = await antitransfer('train', ...args, '--method', 'correlation', '--seed', '4');
      expect(code, err).toBe(0);
      return /orthogonal-speaker\/1 +(.*)/.exec(err)?.[1];
    };
    expect(trained.err).toMatch(/orthogonal-speaker\/1 +accuracy \S+ %\n/);
    expect(await line('small.yaml', '--output', 'with-reused')).toMatch(/ {2}\(done before\)$/);
    expect(await line('given.yaml', '--output', 'with-given')).toMatch(/ \(given\)$/);
  });

  it('refuses a split that leaves the training side one label to forget', async () => {
    const fractions = '{ train: 0.25, validation: 0.25, test: 0.5 }';
    const alone = small.replace(
      '{ kind: stratified }',
      `{ kind: group, column: speaker, fractions: ${fractions} }`,
    );
    await writeFile(join(folder, 'alone.yaml'), alone);
    expectRefused(
      await antitransfer('train', 'alone.yaml', '--output', 'alone'),
      /All training clips of this split have the speaker "\w+"/,
      'choose a split that leaves the training side two or more',
    );
  });

  it('saves when it is interrupted, and continues to the same numbers', async () => {
    const args = ['train', 'small.yaml', '--method', 'no-transfer', '--training.epochs', '20', '--output'];
    const whole = await runJson<{ runs: { test: object }[] }>(folder, ...args, 'whole');
    const parted = [...args, 'parts', '--store', 'parts-store'];
    const { child, ended } = start(folder, ...parted, '--json');
    while (!(await hasEpoch('parts')) && child.exitCode === null) await setTimeout(20);
    child.kill('SIGINT');
    const stopped = await ended;
    expect(stopped.err).toContain('the same command continues');
    expect({ code: stopped.code, out: stopped.out }).toEqual({ code: 130, out: '' });
    const parts = await runJson<{ runs: { test: object }[] }>(folder, ...parted);
    expect(parts.runs[0]?.test).toEqual(whole.runs[0]?.test);
  });

  it('refuses a method that there is not, and names the nearest', async () => {
    const outcome = await antitransfer('train', 'small.yaml', '--method', 'corelation');
    expectRefused(outcome, 'no method "corelation"', 'Did you mean correlation?');
  });

  it('refuses a wrong configuration: where, what, and the nearest name', async () => {
    await writeFile(join(folder, 'wrong.yaml'), small.replace('epochs: 2', 'epoch: 2'));
    expectRefused(
      await antitransfer('train', 'wrong.yaml'),
      'wrong.yaml',
      'training.epoch: there is no such key. Did you mean epochs?',
    );
    await writeFile(join(folder, 'broken.yaml'), 'name: x\ntarget: [a\nsplit: }\n');
    expectRefused(await antitransfer('train', 'broken.yaml'), 'broken.yaml is not valid YAML', 'line 3');
    expectRefused(await antitransfer('train', 'none.yaml'), 'no configuration file "none.yaml"');
    expectRefused(await antitransfer('train', 'small.yaml', '--seed', 'x'), "'x' is invalid", 'whole number');
  });

  it('refuses a folder of another run, a folder that cannot be, and a loss that explodes', async () => {
    const other = await antitransfer('train', 'small.yaml', '--training.batch', '8', '--output', 'run');
    expectRefused(other, 'other settings', '--output');
    expectRefused(await antitransfer('train', 'small.yaml', '--output', 'small.yaml/run'), 'ENOTDIR');
    const hot = ['--training.learningRate', '1e30', '--training.schedule', 'constant', '--output', 'hot'];
    expectRefused(
      await antitransfer('train', 'small.yaml', ...hot),
      'The loss is NaN',
      'lower learning rate',
    );
  });
});

describe('export', () => {
  it('writes a model whose metadata and shapes stand alone', async () => {
    const session = await InferenceSession.create(join(folder, 'model.onnx'));
    expect(session.inputNames).toEqual(['samples']);
    expect(session.outputNames).toEqual(['probabilities']);
    await session.release();
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
    const { code, out, err } = await antitransfer('predict', 'model.onnx', ...files);
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

  it('refuses models that are not ours, or no models', async () => {
    const sound = 'spoken/3_slt_0.wav';
    const bare = await antitransfer('predict', network, sound);
    expectRefused(bare, 'without antitransfer', 'antitransfer export');
    expectRefused(await antitransfer('predict', 'small.yaml', sound), 'not an ONNX model');
    expectRefused(await antitransfer('predict', 'none.onnx', sound), '"none.onnx"', 'no such file');
    expectRefused(await antitransfer('predict', 'model.onnx'), "missing required argument 'file'");
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

  it('refuses columns, labels and corpora that there are not', async () => {
    const evaluate = (...args: string[]) => antitransfer('evaluate', 'model.onnx', ...args);
    const speakr = await evaluate('--data', 'spoken', '--by', 'speakr');
    expectRefused(speakr, 'no label column "speakr"', 'Did you mean speaker?');
    const speaker = await evaluate('--data', 'spoken', '--column', 'speaker');
    expectRefused(speaker, 'that the model does not know', '"awb"');
    expectRefused(await evaluate('--data', 'nowhere'), 'nothing at "nowhere"');
    expectRefused(await evaluate('--data', 'run'), 'No corpus was recognised at "run"', 'fsdd');
    expectRefused(await evaluate('--corpus', 'fsdd'), '--corpus fsdd needs --data');
    expectRefused(await evaluate('--corpus', 'fsd'), "'fsd' is invalid", 'Did you mean fsdd?');
  });
});

describe('data', () => {
  it('describes a corpus, with pairs of labels', async () => {
    const description = await runJson<{
      columns: { column: string; counts: object[] }[];
      table: { counts: number[][] };
    }>(folder, 'data', 'describe', 'spoken', '--by', 'digit,speaker');
    expect(description).toMatchObject({
      corpus: 'demo',
      clips: 120,
      problems: 0,
      sampleRates: { 8000: 120 },
    });
    expect(description.columns.map(({ column, counts }) => [column, counts.length])).toEqual([
      ['digit', 10],
      ['speaker', 4],
      ['take', 3],
    ]);
    expect(description.table.counts.flat().every((count) => count === 3)).toBe(true);
    const { out } = await antitransfer('data', 'describe', 'spoken', '--by', 'digit,speaker');
    expect(out).toContain('digit \\ speaker');
    expect(out).toMatch(/shortest \/ median \/ longest clip \d/);
  });

  it('checks files: all good, and one bad', async () => {
    expect(await antitransfer('data', 'check', 'spoken')).toMatchObject({ code: 0, err: '' });
    await mkdir(join(folder, 'words', 'yes'), { recursive: true });
    await copyFile(join(folder, 'spoken', '1_slt_0.wav'), join(folder, 'words', 'yes', 'good.wav'));
    await writeFile(join(folder, 'words', 'yes', 'empty.wav'), '');
    const { code, out } = await antitransfer('data', 'check', 'words');
    expect(code).toBe(1);
    expect(out).toMatch(/empty\.wav" is empty/);
    expect(out).toContain('folder: 2 files, 1 cannot be used');
    const listed = await antitransfer('data', 'check', 'words', '--json');
    expect(listed.code).toBe(1);
    expect(JSON.parse(listed.out)).toMatchObject({ files: 2, problems: [{ reason: 'empty' }] });
  });

  it('does not call silence unusable', async () => {
    await mkdir(join(folder, 'quiet', 'yes'), { recursive: true });
    await copyFile(join(folder, 'spoken', '1_slt_0.wav'), join(folder, 'quiet', 'yes', 'good.wav'));
    await writeFile(join(folder, 'quiet', 'yes', 'silent.wav'), encodeWav(new Float32Array(800), 8000));
    const { code, out } = await antitransfer('data', 'check', 'quiet');
    expect(code).toBe(1);
    expect(out).toMatch(/folder: 2 files, 1 silent\./);
    await writeFile(join(folder, 'quiet', 'yes', 'empty.wav'), '');
    expect((await antitransfer('data', 'check', 'quiet')).out).toContain(
      '3 files, 1 cannot be used, 1 silent.',
    );
    const described = await antitransfer('data', 'describe', 'quiet');
    expect(described.out).toContain('1 cannot be used, 1 silent; "antitransfer data check quiet" says more.');
  });

  it('refuses wrong columns, and a folder that holds something else', async () => {
    const described = await antitransfer('data', 'describe', 'spoken', '--by', 'digit,speakers');
    expectRefused(described, '"speakers"', 'Did you mean speaker?');
    expectRefused(await antitransfer('data', 'describe', 'spoken', '--by', 'digit'), 'two label columns');
    expectRefused(await antitransfer('data', 'demo', 'run'), 'holds other files');
    expectRefused(await antitransfer('data', 'demo', 'x', '--takes', '0'), "'0' is invalid");
    expectRefused(await antitransfer('data', 'check', 'spoken', '--corpus', 'emodb'), 'No corpus "emodb"');
  });
});

describe('taps', () => {
  it('lists a network by name, by file, by configuration', async () => {
    type Listing = { taps: { tap: string; after: number[]; parameters: number }[]; parameters: number };
    const vgg16 = await runJson<Listing>(folder, 'taps', 'vgg16', '--input', '1x126x129', '--head', 'pooled');
    expect(vgg16.taps).toHaveLength(13);
    expect(vgg16.taps[3]).toEqual({
      tap: 'conv2_2',
      before: [128, 63, 64],
      after: [128, 63, 64],
      parameters: 128 * 128 * 9 + 128,
    });
    // One channel in: 14,713,536 parameters of the convolutions, and the layer of ten classes.
    expect(vgg16.parameters).toBe(14_713_536 + 512 * 10 + 10);
    const file = await runJson<Listing>(folder, 'taps', network);
    const configured = await runJson<Listing>(folder, 'taps', '--config', 'small.yaml');
    expect(file).toEqual(configured);
    const deployed = await runJson<Listing>(folder, 'taps', 'model.onnx');
    expect(deployed.taps).toEqual(file.taps);
    expect((await antitransfer('taps', 'vgg-small')).out).toContain('conv4_2');
  });

  it('refuses networks and shapes that there are not', async () => {
    expectRefused(await antitransfer('taps', 'vgg6'), 'no network "vgg6"', 'Did you mean vgg16?');
    expectRefused(await antitransfer('taps', 'none.onnx'), 'none.onnx');
    expectRefused(await antitransfer('taps', 'vgg16', '--input', '12x'), "'12x' is invalid", '1x126x129');
    expectRefused(await antitransfer('taps', 'vgg16', '--head', 'wid'), 'Did you mean wide?');
  });
});
