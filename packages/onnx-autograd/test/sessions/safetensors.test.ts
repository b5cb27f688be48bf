import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { OnnxFormatError } from '../../src/errors.js';
import { readSafetensors, writeSafetensors } from '../../src/sessions/safetensors.js';
import { arrayTypes, type ElementType, float32, int64, type Tensor } from '../../src/tensor.js';

const tensors: Record<string, Tensor> = {
  // First a length that leaves what follows unaligned.
  flags: { type: 'bool', dims: [3], data: Uint8Array.of(1, 0, 1) },
  scalar: float32(0.1),
  empty: float32([], [0, 4]),
  labels: int64([1, -2, 3], [3, 1]),
  'weights/ünïcode': float32([1, 2, 3, 4, 5, 6], [2, 3]),
  double: { type: 'float64', dims: [2], data: Float64Array.of(Math.PI, Number.NaN) },
};

describe('safetensors', () => {
  const bytes = writeSafetensors(tensors);

  it('gives back every tensor', () => expect(readSafetensors(bytes)).toEqual(tensors));

  it('does so from a Buffer, as a file is read, wherever it lies in memory', () => {
    const shifted = Buffer.concat([Buffer.alloc(5), bytes]).subarray(5);
    const found = readSafetensors(shifted);
    expect(found).toEqual(tensors);
    // The numbers are copies: what becomes of the file's memory does not matter.
    shifted.fill(0);
    expect(found).toEqual(tensors);
  });

  it.each(Object.keys(arrayTypes) as ElementType[])('holds %s', (type) => {
    const tensor: Tensor = { type, dims: [2, 2], data: new arrayTypes[type](4) };
    expect(readSafetensors(writeSafetensors({ tensor }))).toEqual({ tensor });
  });

  it('begins its numbers at a multiple of 8, as the format wants', () => {
    for (const name of ['a', 'ab', 'é', 'weights/ünïcode']) {
      const written = writeSafetensors({ [name]: float32(1) });
      expect(new DataView(written.buffer).getUint32(0, true) % 8).toBe(0);
    }
  });

  it.each([
    ['no bytes', new Uint8Array(0)],
    ['other bytes', new Uint8Array(64).fill(7)],
    ['a file cut short', bytes.subarray(0, bytes.length - 4)],
  ])('%s: an error that says so', (_what, broken) => {
    expect(() => readSafetensors(broken)).toThrow(OnnxFormatError);
    expect(() => readSafetensors(broken)).toThrow(`These ${broken.length} bytes are not a safetensors file.`);
  });
});
