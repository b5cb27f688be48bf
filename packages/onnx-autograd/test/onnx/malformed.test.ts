import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sum } from '../../src/building/expressions.js';
import type { Graph } from '../../src/building/graph.js';
import { GraphError, OnnxFormatError } from '../../src/errors.js';
import { readOnnx } from '../../src/onnx/read.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { ProgramBuilder } from '../../src/programs/builder.js';
import { Random } from '../../src/random.js';
import { decode, encode, mutate } from './mutate.js';

/** `FUZZ=20` runs twenty times as many, with other seeds. */
const factor = Number(process.env.FUZZ ?? 1);

const fixtures = new URL('../fixtures/', import.meta.url);
const files = [
  'exported_cnn.onnx',
  ...readdirSync(new URL('networks/', fixtures)).map((name) => `networks/${name}`),
]
  .filter((name) => name.endsWith('.onnx'))
  .map((name) => ({ name, bytes: new Uint8Array(readFileSync(new URL(name, fixtures))) }));
const valid = files[0]!.bytes;

/** Seconds that this process has computed: on a busy machine the clock goes on without it. */
const computed = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const memory = () => process.memoryUsage.rss();
const mebibyte = 2 ** 20;

/** Builds the step that trains the sum of a graph's first output. */
function train(graph: Graph): void {
  const builder = new ProgramBuilder();
  const inputs = graph.inputs.map(
    ({ name, shape, type }) => [name, builder.graph.input(`given_${name}`, shape, type)] as const,
  );
  const copy = builder.include(graph, { inputs: Object.fromEntries(inputs), training: true });
  const [output] = graph.outputs;
  if (output === undefined) return;
  const axes = output.knownShape.map((_, axis) => axis);
  builder.trainingProgram(sum(copy.value(output), axes, false));
}

/**
 * Reads bytes that may be broken: they are a model, or an error of ours says what is wrong. Anything else, and more than
 * two seconds or 500 MiB, is a failure that says how to get there again.
 */
function outcome(bytes: Uint8Array, what: string): 'read' | 'refused' {
  const [started, before] = [computed(), memory()];
  let wentWell = false;
  try {
    const { graph } = readOnnx(bytes);
    // What was read can be written and read again, and be trained as far as its operators allow.
    readOnnx(writeOnnx(graph));
    wentWell = true;
    train(graph);
  } catch (error) {
    const isOurs = error instanceof OnnxFormatError || error instanceof GraphError;
    // An error of JavaScript's own that was wrapped is one that nobody thought of.
    const unexpected = !isOurs || (/sound/.test(error.message) && error.cause !== undefined);
    if (unexpected) throw new Error(`${what}: ${error}`, { cause: isOurs ? error.cause : error });
  } finally {
    expect(computed() - started, what).toBeLessThan(2);
    expect(memory() - before, what).toBeLessThan(500 * mebibyte);
  }
  return wentWell ? 'read' : 'refused';
}

describe('bytes that are no sound ONNX file', () => {
  it('are refused when nothing, or text, is in them', () => {
    expect(outcome(new Uint8Array(), 'nothing')).toBe('refused');
    expect(outcome(new TextEncoder().encode('<!doctype html><title>Not found</title>'), 'text')).toBe(
      'refused',
    );
    expect(outcome(new Uint8Array(1000), 'zeros')).toBe('refused');
  });

  it('are refused when the file was cut short', () => {
    const random = new Random(1);
    const lengths = Array.from({ length: 200 * factor }, () => random.integer(0, valid.length - 1));
    const outcomes = lengths.map((length) => outcome(valid.slice(0, length), `cut at ${length}`));
    expect(outcomes.filter((one) => one === 'refused').length).toBeGreaterThan(190 * factor);
  });

  it('are read or refused when bits are flipped, and never anything else', () => {
    const outcomes = Array.from({ length: 1200 * factor }, (_, seed) => {
      const random = new Random(seed);
      const { name, bytes } = files[seed % files.length]!;
      const changed = bytes.slice();
      for (let flips = 1 + (seed % 5); flips > 0; flips--) {
        const at = random.integer(0, changed.length - 1);
        changed[at] = (changed[at] as number) ^ (1 << random.integer(0, 7));
      }
      return outcome(changed, `flips in ${name}, seed ${seed}`);
    });
    // Most flips fall on weights, which any bits can be; some fall on names, lengths and kinds.
    expect(outcomes.filter((one) => one === 'read').length).toBeGreaterThan(100);
    expect(outcomes.filter((one) => one === 'refused').length).toBeGreaterThan(100);
  });

  it('are read or refused when runs of bytes are other ones, or stand elsewhere', () => {
    for (let seed = 0; seed < 500 * factor; seed++) {
      const random = new Random(seed);
      const { name, bytes } = files[seed % files.length]!;
      const other = random.pick(files).bytes;
      const at = random.integer(0, bytes.length - 9);
      const changed = bytes.slice();
      if (seed % 2) {
        const from = random.integer(0, other.length - 9);
        const run = other.slice(from, Math.min(from + random.integer(1, 400), from + bytes.length - at));
        changed.set(run.slice(0, bytes.length - at), at);
      } else {
        for (let k = 0; k < 8; k++)
          changed[at + k] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.integer(0, 255)]);
      }
      outcome(changed, `runs in ${name}, seed ${seed}`);
    }
  });
});

describe('a file that is well-formed but makes no sense', () => {
  it('is read or refused, whatever is wrong', () => {
    const outcomes = Array.from({ length: 1500 * factor }, (_, seed) => {
      const random = new Random(seed);
      const { name, bytes } = files[seed % files.length]!;
      const model = decode(bytes);
      const done = mutate(model, random);
      return outcome(encode(model), `${done.join(', ')} in ${name}, seed ${seed}`);
    });
    expect(outcomes.filter((one) => one === 'read').length).toBeGreaterThan(100);
    expect(outcomes.filter((one) => one === 'refused').length).toBeGreaterThan(100);
  });
});
