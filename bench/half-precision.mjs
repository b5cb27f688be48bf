#!/usr/bin/env node
// Which operators of a training step ONNX Runtime's CPU provider computes in float16 and bfloat16, and how fast.
//
//   node bench/half-precision.mjs [--rounds 20]
//
// Each operator is a model of its own, opened with the runtime that trains. "no kernel": refused. "cast": ONNX Runtime
// computes in float32 between casts that it adds, so that nothing is gained. Otherwise it has a kernel of its own; what
// that takes is beside float32's time (one thread, medians in turns).
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from './python-peer.mjs';

// As the engine that trains resolves it.
const engine = createRequire(join(import.meta.dirname, '../packages/onnx-autograd/package.json'));
const { InferenceSession, Tensor, env } = engine('onnxruntime-node');

const { values: given } = parseArgs({ options: { rounds: { type: 'string', default: '20' } } });
const rounds = Number(given.rounds);
if (!(Number.isInteger(rounds) && rounds > 0)) {
  console.error(`--rounds "${given.rounds}" must be a whole number, 1 or more.`);
  process.exit(2);
}

/** ONNX's numbers of element types. */
const types = { float32: 1, float16: 10, bfloat16: 16 };
const maps = [8, 32, 64, 64];
const operators = {
  Conv: { inputs: [maps, [32, 32, 3, 3]], pads: [1, 1, 1, 1] },
  ConvTranspose: { inputs: [maps, [32, 32, 3, 3]], pads: [1, 1, 1, 1] },
  MatMul: {
    inputs: [
      [512, 512],
      [512, 512],
    ],
  },
  Gemm: {
    inputs: [
      [512, 512],
      [512, 512],
    ],
  },
  MaxPool: { inputs: [maps], kernel_shape: [2, 2], strides: [2, 2] },
  BatchNormalization: { inputs: [maps, [32], [32], [32], [32]] },
  Relu: { inputs: [maps] },
  Add: { inputs: [maps, maps] },
  Mul: { inputs: [maps, maps] },
  ReduceSum: { inputs: [maps] },
  Softmax: { inputs: [[512, 512]] },
};

const folder = await mkdtemp(join(tmpdir(), 'antitransfer-half-'));
try {
  console.log(`ONNX Runtime ${env.versions.node}, CPU provider\n`);
  console.log('| operator | float16 | bfloat16 |\n| --- | --- | --- |');
  for (const operator of Object.keys(operators)) {
    const base = await openOperator(operator, 'float32');
    if (base.session === undefined) throw new Error(`${operator} does not open in float32: ${base.refusal}`);
    const found = [];
    for (const type of ['float16', 'bfloat16'])
      found.push(await describe(base, await openOperator(operator, type)));
    console.log(`| ${operator} | ${found.join(' | ')} |`);
  }
} finally {
  await rm(folder, { recursive: true });
}

/** A session of one operator and whether ONNX Runtime added casts, or what it says instead. */
async function openOperator(operator, type) {
  const optimized = join(folder, `${operator}-${type}.onnx`);
  try {
    const session = await InferenceSession.create(modelOf(operator, type), {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      graphOptimizationLevel: 'disabled',
      optimizedModelFilePath: optimized,
      logSeverityLevel: 4,
    });
    return { operator, type, session, casts: (await readFile(optimized)).includes('PrecisionFreeCast') };
  } catch (error) {
    return { operator, type, refusal: error.message };
  }
}

async function describe(base, { operator, type, session, casts, refusal }) {
  if (session === undefined) {
    // Anything else would be a mistake of this script.
    if (!/NOT_IMPLEMENTED|Could not find an implementation/.test(refusal))
      throw new Error(`${operator}: ${refusal}`);
    return 'no kernel';
  }
  const how = casts ? 'cast' : 'kernel';
  // The binding for Node has no tensors of bfloat16 to run it with.
  if (type === 'bfloat16') return how;
  const times = { base: [], half: [] };
  const feeds = [feedsOf(operator, 'float32'), feedsOf(operator, 'float16')];
  for (let round = 0; round <= rounds; round++) {
    times.base.push(await timed(base.session, feeds[0]));
    times.half.push(await timed(session, feeds[1]));
  }
  const ratio = median(times.half.slice(1)) / median(times.base.slice(1));
  return `${how}, ${ratio.toFixed(1)} of float32's time`;
}

async function timed(session, feeds) {
  const begin = performance.now();
  await session.run(feeds);
  return performance.now() - begin;
}

/** All ones: no element type rounds them. */
function feedsOf(operator, type) {
  const filled = (size) =>
    type === 'float16' ? new Uint16Array(size).fill(0x3c00) : new Float32Array(size).fill(1);
  return Object.fromEntries(
    operators[operator].inputs.map((shape, i) => [
      `x${i}`,
      new Tensor(type, filled(shape.reduce((a, b) => a * b)), shape),
    ]),
  );
}

/** The bytes of a model of opset 22, where all of these know bfloat16; fields by their numbers in onnx.proto. */
function modelOf(operator, type) {
  const { inputs, ...attributes } = operators[operator];
  const names = inputs.map((_, i) => `x${i}`);
  const node = [
    ...names.map((name) => field(1, name)),
    field(2, 'y'),
    field(4, operator),
    ...Object.entries(attributes).map(([name, list]) =>
      field(5, [field(1, name), ...list.map((value) => field(8, value)), field(20, 7)]),
    ),
  ];
  const described = (name, shape) => {
    const dimensions = shape?.map((size) => field(1, [field(1, size)]));
    const tensor = [field(1, types[type]), ...(dimensions ? [field(2, dimensions)] : [])];
    return [field(1, name), field(2, [field(1, tensor)])];
  };
  const graph = [
    field(1, node),
    field(2, operator),
    ...inputs.map((shape, i) => field(11, described(names[i], shape))),
    field(12, described('y')),
  ];
  return Buffer.concat([field(1, 10), field(7, graph), field(8, [field(2, 22)])]);
}

/** A field of protocol buffers: a whole number, or what has a length (text, or a message of fields). */
function field(number, value) {
  if (typeof value === 'number') return Buffer.from([...varint(number << 3), ...varint(value)]);
  const bytes = typeof value === 'string' ? Buffer.from(value) : Buffer.concat(value);
  return Buffer.concat([Buffer.from([...varint((number << 3) | 2), ...varint(bytes.length)]), bytes]);
}

function varint(value) {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}
