import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeWav } from 'antitransfer';
import { expressions, float32, Graph, writeOnnx } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefused } from './refused.js';
import { run, runJson } from './run.js';
import { smallRun } from './small-run.js';

let folder: string;
let network: string;
/** The program runs in the folder that all tests share. */
const antitransfer = (...args: string[]) => run(folder, ...args);

beforeAll(async () => {
  ({ folder, network } = await smallRun());
}, 180_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

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
    type Tap = { tap: string; after: number[]; parameters: number; publishedLayer?: number };
    type Listing = { taps: Tap[]; parameters: number };
    const vgg16 = await runJson<Listing>(folder, 'taps', 'vgg16', '--input', '1x126x129', '--head', 'pooled');
    expect(vgg16.taps.filter(({ tap }) => tap.startsWith('conv'))).toHaveLength(13);
    expect(vgg16.taps.find(({ tap }) => tap === 'conv2_2')).toEqual({
      tap: 'conv2_2',
      before: [128, 63, 64],
      after: [128, 63, 64],
      parameters: 128 * 128 * 9 + 128,
    });
    // The released code's own names of the thirteen that were tried.
    expect(
      vgg16.taps.flatMap(({ tap, publishedLayer: n }) => (n === undefined ? [] : `${n} ${tap}`)),
    ).toEqual(
      '0 input,2 conv1_1,5 pool1,7 conv2_1,10 pool2,12 conv3_1,14 conv3_2,17 pool3,19 conv4_1,21 conv4_2,24 pool4,26 conv5_1,28 conv5_2'.split(
        ',',
      ),
    );
    expect((await antitransfer('taps', 'vgg16')).out).toMatch(/pool4 +512 x 7 x 8 +no activation +0 +24\n/);
    // One channel in: 14,713,536 parameters of the convolutions, and the layer of ten classes.
    expect(vgg16.parameters).toBe(14_713_536 + 512 * 10 + 10);
    const file = await runJson<Listing>(folder, 'taps', network);
    const configured = await runJson<Listing>(folder, 'taps', '--config', 'small.yaml');
    expect(file).toEqual(configured);
    const deployed = await runJson<Listing>(folder, 'taps', 'model.onnx');
    expect(deployed.taps).toEqual(file.taps);
    expect((await antitransfer('taps', 'vgg-small')).out).toContain('conv4_2');
  });

  it('of a file with a free axis are those of the features that are named', async () => {
    const graph = new Graph('free');
    const input = graph.input('features', ['batch', 1, 'time', 24]);
    const weight = graph.initializer(float32(new Float32Array(18).fill(0.1), [2, 1, 3, 3]), 'weight');
    const maps = graph.apply('Conv', [input, weight], { pads: [1, 1, 1, 1] }, { name: 'conv' });
    const pooled = graph.apply(
      'MaxPool',
      [maps],
      { kernel_shape: [2, 2], strides: [2, 2] },
      { name: 'pool' },
    );
    graph.output(expressions.flatten(expressions.globalAveragePool(pooled)));
    await writeFile(join(folder, 'free.onnx'), writeOnnx(graph));
    expect((await antitransfer('taps', 'free.onnx')).out).toMatch(/pool +2 x … x 12 /);
    const { out } = await antitransfer('taps', 'free.onnx', '--input', '1x60x24');
    expect(out).toMatch(/input 1 x 60 x 24\n[\s\S]*pool +2 x 30 x 12 /);
    expectRefused(
      await antitransfer('taps', 'free.onnx', '--input', '1x60x30'),
      'free.onnx is for features of',
    );
  });

  it('refuses networks and shapes that there are not', async () => {
    expectRefused(await antitransfer('taps', 'vgg6'), 'no network "vgg6"', 'Did you mean vgg16?');
    expectRefused(await antitransfer('taps', 'none.onnx'), 'none.onnx');
    expectRefused(await antitransfer('taps', 'vgg16', '--input', '12x'), "'12x' is invalid", '1x126x129');
    expectRefused(await antitransfer('taps', 'vgg16', '--head', 'wid'), 'Did you mean wide?');
  });
});
