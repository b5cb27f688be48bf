import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GraphError, OnnxFormatError } from '../../src/errors.js';
import { readOnnx } from '../../src/onnx/read.js';
import { Random } from '../../src/random.js';

const valid = new Uint8Array(readFileSync(new URL('../fixtures/exported_cnn.onnx', import.meta.url)));

/** Reads bytes that may be broken: they are a model, or an error of ours says what is wrong. */
function outcome(bytes: Uint8Array): 'read' | 'refused' {
  const started = performance.now();
  try {
    readOnnx(bytes);
    return 'read';
  } catch (error) {
    if (error instanceof OnnxFormatError || error instanceof GraphError) return 'refused';
    throw error;
  } finally {
    expect(performance.now() - started).toBeLessThan(2000);
  }
}

describe('bytes that are no sound ONNX file', () => {
  it('are refused when nothing, or text, is in them', () => {
    expect(outcome(new Uint8Array())).toBe('refused');
    expect(outcome(new TextEncoder().encode('<!doctype html><title>Not found</title>'))).toBe('refused');
    expect(outcome(new Uint8Array(1000))).toBe('refused');
  });

  it('are refused when the file was cut short', () => {
    const random = new Random(1);
    const lengths = Array.from({ length: 200 }, () => random.integer(0, valid.length - 1));
    const outcomes = lengths.map((length) => outcome(valid.slice(0, length)));
    expect(outcomes.filter((one) => one === 'refused').length).toBeGreaterThan(190);
  });

  it('are read or refused when bits are flipped, and never anything else', () => {
    const random = new Random(2);
    const outcomes = Array.from({ length: 1500 }, (_, i) => {
      const bytes = valid.slice();
      for (let flips = 1 + (i % 5); flips > 0; flips--) {
        const at = random.integer(0, bytes.length - 1);
        bytes[at] = (bytes[at] as number) ^ (1 << random.integer(0, 7));
      }
      return outcome(bytes);
    });
    // Most flips fall on weights, which any bits can be; some fall on names, lengths and kinds.
    expect(outcomes.filter((one) => one === 'read').length).toBeGreaterThan(100);
    expect(outcomes.filter((one) => one === 'refused').length).toBeGreaterThan(100);
  });

  it('are read or refused when whole runs of bytes are other ones', () => {
    const random = new Random(3);
    for (let i = 0; i < 500; i++) {
      const bytes = valid.slice();
      const start = random.integer(0, bytes.length - 9);
      for (let k = 0; k < 8; k++)
        bytes[start + k] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.integer(0, 255)]);
      outcome(bytes);
    }
  });
});
