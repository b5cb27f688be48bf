import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { OnnxFormatError } from '../../src/errors.js';
import {
  readSafetensors,
  readSafetensorsMetadata,
  writeSafetensors,
} from '../../src/sessions/safetensors.js';
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

/** A file with any header before eight bytes of numbers. */
function withHeader(header: unknown): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(8)]);
}

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
    ['a header that is no object', withHeader('[]')],
    ['an entry that is no object', withHeader({ w: null })],
    ['no type', withHeader({ w: { shape: [2], data_offsets: [0, 8] } })],
    ['an unknown type', withHeader({ w: { dtype: 'F8', shape: [2], data_offsets: [0, 8] } })],
    ['no shape', withHeader({ w: { dtype: 'F32', data_offsets: [0, 8] } })],
    ['negative sizes', withHeader({ w: { dtype: 'F32', shape: [-1, -2], data_offsets: [0, 8] } })],
    ['a size that is a text', withHeader({ w: { dtype: 'F32', shape: ['2'], data_offsets: [0, 8] } })],
    ['no offsets', withHeader({ w: { dtype: 'F32', shape: [2] } })],
    ['more bytes than the shape says', withHeader({ w: { dtype: 'F32', shape: [1], data_offsets: [0, 8] } })],
    ['bytes behind the end', withHeader({ w: { dtype: 'F32', shape: [2], data_offsets: [4, 12] } })],
    ['offsets in turn', withHeader({ w: { dtype: 'F32', shape: [0], data_offsets: [8, 4] } })],
  ])('%s: an error that says so', (_what, broken) => {
    expect(() => readSafetensors(broken)).toThrow(OnnxFormatError);
    expect(() => readSafetensors(broken)).toThrow(`These ${broken.length} bytes are not a safetensors file.`);
  });

  it.each([['a text'], [{ snapshot: { step: 1 } }], [['snapshot']]])(
    'texts in the header that are none: %j',
    (metadata) => {
      const read = () => readSafetensorsMetadata(withHeader({ __metadata__: metadata }));
      expect(read).toThrow(OnnxFormatError);
    },
  );

  it('texts in the header', () => {
    expect(readSafetensorsMetadata(writeSafetensors({}, { a: 'b' }))).toEqual({ a: 'b' });
    expect(readSafetensorsMetadata(bytes)).toEqual({});
  });
});
