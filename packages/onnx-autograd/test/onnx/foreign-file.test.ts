import { describe, expect, it } from 'vitest';
import { foreignFile, foreignKinds } from '../../src/onnx/foreign-file.js';
import { readOnnx } from '../../src/onnx/read.js';

const files = foreignKinds.flatMap(({ texts, at = 0, what }) =>
  texts.map((text) => [what, Buffer.from(`${'x'.repeat(at)}${text} and more`, 'latin1')] as const),
);

describe('a file that only has the name of a model', () => {
  it.each(files)('is %s', (what, bytes) => {
    expect(foreignFile(bytes)).toBe(what);
    expect(() => readOnnx(bytes)).toThrow(`${bytes.length} bytes are not an ONNX model, but ${what}.`);
  });

  it('may be of no kind that is known', () => {
    expect(foreignFile(Buffer.from('hello'))).toBeUndefined();
    expect(foreignFile(new Uint8Array())).toBeUndefined();
    expect(foreignFile(Buffer.from('<!DOCTYPE HTML>'))).toContain('a web page');
  });
});
