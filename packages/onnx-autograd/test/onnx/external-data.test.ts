import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportOnnx, externalFiles, loadOnnx, OnnxFormatError, readOnnx } from 'onnx-autograd';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attributeTypes, type ModelProto, type TensorProto } from '../../src/onnx/schema.js';
import { modelMessage } from './protobuf.js';

/** A product with a matrix of which the numbers are elsewhere, and a bias in a `Constant` node that are elsewhere, too. */
function model(
  entries: Readonly<Record<string, string>>,
  bias: Readonly<Record<string, string>> = entries,
): Uint8Array {
  const tensor = (name: string, dims: number[], told: Readonly<Record<string, string>>): TensorProto => ({
    name,
    dims,
    dataType: 1,
    dataLocation: 1,
    externalData: Object.entries(told).map(([key, value]) => ({ key, value })),
  });
  const value = { name: 'value', type: attributeTypes.tensor, t: tensor('bias', [2], bias) };
  const float = (name: string, ...sizes: number[]) => ({
    name,
    type: { tensorType: { elemType: 1, shape: { dim: sizes.map((dimValue) => ({ dimValue })) } } },
  });
  const proto: ModelProto = {
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'outside',
      node: [
        { opType: 'Constant', output: ['bias'], attribute: [value] },
        { opType: 'Gemm', input: ['x', 'matrix', 'bias'], output: ['y'] },
      ],
      initializer: [tensor('matrix', [3, 2], entries)],
      input: [float('x', 1, 3)],
      output: [float('y', 1, 2)],
    },
  };
  return modelMessage.encode(modelMessage.fromObject(proto as Record<string, unknown>)).finish();
}

const numbers = Float32Array.of(-1, 1, 2, 3, 4, 5, 6, 7, 8);
const bytes = new Uint8Array(numbers.buffer);
const whole = model(
  { location: 'network.onnx.data', offset: '4', length: '24' },
  { location: 'network.onnx.data', offset: '28', length: '8' },
);

describe('weights in a file beside the model, as PyTorch exports them', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'external-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are read in Node by the path, from the folder of the model', async () => {
    await mkdir(join(folder, 'weights'));
    const elsewhere = { location: 'weights/one' };
    await writeFile(join(folder, 'weights/one'), bytes.subarray(4, 28));
    await writeFile(join(folder, 'network.onnx.data'), bytes);
    const path = join(folder, 'network.onnx');
    await writeFile(path, model(elsewhere, { location: 'network.onnx.data', offset: '28' }));
    const { graph } = await loadOnnx(path);
    expect(graph.value('matrix').data?.data).toEqual(numbers.slice(1, 7));
    expect(graph.value('bias').data?.data).toEqual(numbers.slice(7));
    // What is written is one file.
    expect(externalFiles(exportOnnx({ graph }))).toEqual([]);
  });

  it('are an error that names the file when it is not there', async () => {
    const path = join(folder, 'network.onnx');
    await writeFile(path, whole);
    const missing = loadOnnx(path);
    await expect(missing).rejects.toBeInstanceOf(OnnxFormatError);
    await expect(missing).rejects.toThrow(/"network\.onnx\.data" beside it.*external_data=False/);
  });
});

describe('weights in a file beside the model, where there are no files', () => {
  it('are given as bytes', () => {
    expect(externalFiles(whole)).toEqual(['network.onnx.data']);
    const { graph } = readOnnx(whole, { externalData: { 'network.onnx.data': bytes } });
    expect(graph.value('matrix').data?.data).toEqual(numbers.slice(1, 7));
    expect(graph.value('bias').data?.data).toEqual(numbers.slice(7));
  });

  it('are an error that says how, when they are not given', () => {
    expect(() => readOnnx(whole)).toThrow(
      /"matrix" are in a file of their own, "network\.onnx\.data".*loadOnnx.*externalData.*external_data=False/,
    );
    expect(() => readOnnx(model({ location: '__proto__' }), { externalData: {} })).toThrow(
      /of their own, "__proto__"/,
    );
  });

  it.each([
    [
      'ends before the weights do',
      { location: 'data', offset: '20', length: '24' },
      /from 20 to 44 of "data", which has 36/,
    ],
    ['ends before the weights begin', { location: 'data', offset: '40' }, /from 40 to 36/],
    ['has too few of them', { location: 'data', offset: '16' }, /"matrix" has 20 bytes where 6 elements/],
    ['is told an offset of words', { location: 'data', offset: 'four' }, /the offset "four"/],
    ['is told a negative length', { location: 'data', length: '-24' }, /the length "-24"/],
    [
      'is told an offset that no number holds',
      { location: 'data', offset: '9'.repeat(30) },
      /no number of bytes/,
    ],
    ['has no name', {}, /no file beside the model/],
    ['is in the folder above', { location: '../data' }, /"\.\.\/data", which is no file beside/],
    ['is in the folder above one', { location: 'a/../../data' }, /no file beside/],
    ['is anywhere', { location: '/data' }, /no file beside/],
    ['is on a drive', { location: 'C:\\data' }, /no file beside/],
  ])('are an error when the file %s', (_what, told, message) => {
    const read = () => readOnnx(model(told), { externalData: { data: bytes } });
    expect(read).toThrow(message);
    expect(read).toThrow(OnnxFormatError);
  });
});
