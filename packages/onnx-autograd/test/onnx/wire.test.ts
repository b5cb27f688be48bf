import { describe, expect, it } from 'vitest';
import { OnnxFormatError } from '../../src/errors.js';
import { readOnnx } from '../../src/onnx/read.js';
import { messages } from '../../src/onnx/schema.js';
import { decodeMessage } from '../../src/onnx/wire-read.js';
import { encodeMessage } from '../../src/onnx/wire-write.js';
import { modelMessage } from './protobuf.js';

const numbers = [0, 1, -1, 127, 128, -128, 2 ** 31, -(2 ** 31), 2 ** 49, 2 ** 53 - 1, -(2 ** 53 - 1)];
const model = {
  irVersion: 8,
  docString: 'größer 😀',
  graph: {
    name: '',
    node: [
      { opType: 'A', input: ['x', ''], attribute: [{ name: 'list', type: 7, ints: numbers, i: 0 }] },
      {
        opType: 'B',
        attribute: [{ name: 'f', type: 6, f: -0.5, floats: [0, 1.5, -2], s: new Uint8Array() }],
      },
    ],
    initializer: [
      { name: 'w', rawData: Uint8Array.of(1, 2, 255), doubleData: [Math.PI], int32Data: [-7, 9] },
    ],
  },
};
const decode = (bytes: Uint8Array) => decodeMessage<typeof model>(messages.nested, 'Model', bytes);
const encode = (value: object) => encodeMessage(messages.nested, 'Model', value);
/** In the other implementation, 64-bit integers as numbers. */
const theirs = (bytes: Uint8Array) => modelMessage.toObject(modelMessage.decode(bytes), { longs: Number });

describe('the encoding of messages', () => {
  it('is read by another implementation as it was written, what is 0 or empty too', () => {
    expect(theirs(encode(model))).toMatchObject(model);
  });

  it('of another implementation is read, lists in one run among them', () => {
    const bytes = new Uint8Array(modelMessage.encode(modelMessage.fromObject(model)).finish());
    expect(decode(bytes)).toMatchObject(model);
  });

  it('keeps integers that no number holds', () => {
    const exact = [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n];
    const bytes = encode({ graph: { initializer: [{ int64Data: exact }] } });
    expect(decode(bytes).graph.initializer[0]).toMatchObject({ int64Data: exact });
  });

  it('skips fields that change nothing, and knows absent from empty', () => {
    // Fields 9 and 10 in each of the four forms, then field 3.
    const skipped = [0x48, 0xff, 1, 0x49, 1, 2, 3, 4, 5, 6, 7, 8, 0x52, 2, 9, 9, 0x55, 1, 2, 3, 4];
    const table = {
      Small: {
        fields: { text: { type: 'string', id: 3 }, none: { type: 'string', id: 4 } },
        skipped: [9, 10],
      },
    };
    expect(decodeMessage(table, 'Small', Uint8Array.of(...skipped, 0x1a, 1, 0x37))).toEqual({ text: '7' });
  });

  it.each([
    ['unknown', [0x98, 6, 1], /A Model in the file has the field 99/],
    ['sparse weights', [0x3a, 2, 0x7a, 0], /A Graph in the file has the field 15/],
    ['a second graph', [0x3a, 2, 0x12, 0, 0x3a, 2, 0x12, 0], /twice what "graph" of a Model is/],
    ['a second version', [0x08, 8, 0x08, 9], /twice what "irVersion" of a Model is/],
  ])('is refused where other readers might see another network: %s', (_, bytes, message) => {
    expect(() => decode(Uint8Array.from(bytes))).toThrow(OnnxFormatError);
    expect(() => readOnnx(Uint8Array.from(bytes))).toThrow(message);
  });

  it.each([
    ['a number that does not end', [0x08, 0x80]],
    ['a number of eleven bytes', [0x08, ...new Array<number>(10).fill(0x80), 1]],
    ['a text longer than the file', [0x12, 100, 0x41]],
    ['a message that ends in the midst of a field', [0x3a, 2, 0x12, 5, 0x41, 0x41, 0x41, 0x41, 0x41]],
    ['a field stored in another way than its type', [0x09, 1, 2, 3, 4, 5, 6, 7, 8]],
    ['a group', [0x0b]],
  ])('is refused: %s', (_, bytes) => {
    expect(() => decode(Uint8Array.from(bytes))).toThrow(RangeError);
  });

  it('is refused when messages are nested without end', () => {
    const table = { Nest: { fields: { inner: { type: 'Nest', id: 1 } } } };
    let nest: object = {};
    for (let depth = 0; depth < 200; depth++) nest = { inner: nest };
    const bytes = encodeMessage(table, 'Nest', nest);
    expect(() => decodeMessage(table, 'Nest', bytes)).toThrow(/nested more than 64 deep/);
  });
});
