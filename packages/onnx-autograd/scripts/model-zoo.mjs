// Differentiates exported networks and compares with PyTorch's autograd; writes the table docs/networks.md.
//
//   npm run build && node packages/onnx-autograd/scripts/model-zoo.mjs [--write] [--results <folder>] [network ...]
//   node packages/onnx-autograd/scripts/model-zoo.mjs --folder <folder> [--recompute] [network ...]
//
// One network after the other, each in processes of its own (model-zoo.py with torch and torchvision, which PYTHON may
// name; then this script) with a limit of time, in a temporary folder that is gone before the next. --results keeps what
// is done: a run that was ended goes on where it was. --write replaces the table in the documentation when every network
// is done. --folder checks what model-zoo.py left in a folder; --recompute with activations computed again.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Tensor } from 'onnxruntime-node';
import { crossEntropy, ProgramBuilder, readOnnx, readSafetensors } from '../dist/index.js';
import { nodeRuntime } from '../dist/runtime/node/runtime.js';
import { sessionOptions } from '../dist/runtime/session-options.js';

const limit = 1e-3;
/** Where PyTorch's own single precision is further from double than the limit, this many times that is asked for. */
const timesTheirs = 3;
const passes = ({ error, theirs }) => error <= Math.max(limit, timesTheirs * theirs);
/** A gradient that is 0 but for rounding (of a bias before batch normalization) has no relative error of its own: what is
 * less than this part of all gradients together is measured against that. */
const negligible = 1e-3;

const { values: options, positionals } = parseArgs({
  options: {
    folder: { type: 'string' },
    results: { type: 'string' },
    write: { type: 'boolean', default: false },
    recompute: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

/** The loss and the gradients of a network in a file, for the batch in `reference`. */
async function differentiated(network, reference, training) {
  const builder = new ProgramBuilder({ convolutions: 'direct' });
  const [input] = network.inputs;
  const x = builder.graph.input('x', input.knownShape);
  const labels = builder.graph.input('labels', [input.knownShape[0]], 'int64');
  const copy = builder.include(network, { inputs: { [input.name]: x }, training });
  const loss = crossEntropy(copy.value(network.outputs[0]), labels);
  const program = builder.trainingProgram(loss, {}, [], { recompute: options.recompute });
  const runtime = await nodeRuntime.load(['cpu'], {});
  const how = { ...sessionOptions({}, true), executionProviders: ['cpu'] };
  const session = await runtime.compile(program.graph, how, true);
  const tensor = ({ type, data, dims }) => new Tensor(type, data, dims);
  const given = { ...Object.fromEntries(builder.weights), x: reference.x, labels: reference.labels };
  const feeds = Object.fromEntries(
    session.inputNames.filter((name) => name in given).map((name) => [name, tensor(given[name])]),
  );
  // Nothing is dropped, as in the reference.
  for (const { name, shape } of program.masks) {
    const dims = shape.map((size) => (typeof size === 'number' ? size : reference.labels.dims[0]));
    const ones = new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(1);
    feeds[name] = new Tensor('float32', ones, dims);
  }
  const results = await session.run(feeds);
  await session.release();
  const gradients = Object.entries(program.gradients).map(([weight, name]) => [weight, results[name].data]);
  return { loss: results[program.loss].data[0], gradients: new Map(gradients) };
}

const norm = (values) => Math.sqrt(values.reduce((total, value) => total + value * value, 0));

/** The largest relative error among the gradients, and whose it is. */
function compare(found, reference) {
  const expected = Object.entries(reference).flatMap(([name, { data }]) =>
    name.startsWith('gradient.') ? [[name.slice('gradient.'.length), data]] : [],
  );
  const missing = expected.map(([name]) => name).filter((name) => !found.gradients.has(name));
  if (missing.length > 0) throw new Error(`no gradient of ${missing.join(', ')}`);
  if (expected.length !== found.gradients.size) throw new Error('more gradients than parameters');
  const floor = negligible * norm(expected.map(([, data]) => norm(data)));
  const loss = reference.loss.data[0];
  let worst = { error: Math.abs(found.loss - loss) / Math.abs(loss), of: 'loss' };
  for (const [name, data] of expected) {
    const own = found.gradients.get(name);
    const error = norm(data.map((value, i) => value - own[i])) / Math.max(norm(data), floor);
    if (!(error <= worst.error)) worst = { error, of: name };
  }
  return worst;
}

async function check(folder, name, file, mode, training) {
  const start = performance.now();
  const model = readOnnx(readFileSync(join(folder, file)));
  const reference = readSafetensors(readFileSync(join(folder, `${name}.${mode}.safetensors`)));
  const row = { name, mode, how: training ? 'switched' : 'as exported', opset: model.opset };
  row.operators = [...new Set(model.graph.nodes.map(({ operator }) => operator))].sort();
  const gradients = Object.entries(reference).filter(([key]) => key.startsWith('gradient.'));
  row.theirs = reference.error.data[0];
  row.parameters = gradients.reduce((total, [, { data }]) => total + data.length, 0);
  try {
    Object.assign(row, compare(await differentiated(model.graph, reference, training), reference));
  } catch (error) {
    row.failure = error.message;
  }
  row.ok = passes(row);
  const said = row.failure ?? `${distance(row.error)} (${row.of}), PyTorch’s own ${distance(row.theirs)}`;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `${row.ok ? 'ok  ' : 'FAIL'} ${name} ${mode}, ${row.how}, opset ${row.opset}: ${said}, ${seconds} s`,
  );
  return row;
}

// What is not a number comes back from JSON as nothing.
const distance = (error) => (Number.isFinite(error) ? error.toExponential(1) : 'not a number');

function table(rows) {
  const million = (count) => (count / 1e6).toPrecision(3);
  const lines = rows.map((row) => {
    const { name, opset, parameters, mode, how, error, theirs, failure } = row;
    const remark = error <= limit ? '' : passes(row) ? ' (rounding decides)' : ' (too large)';
    const result = failure ?? `${distance(error)}${remark}`;
    return `| ${name} | ${opset} | ${million(parameters)} | ${mode}${mode === 'training' ? `, ${how}` : ''} | ${result} | ${distance(theirs)} |`;
  });
  const operators = [...new Set(rows.map(({ name }) => name))].map((name) => {
    const used = new Set(rows.filter((row) => row.name === name).flatMap((row) => row.operators));
    return `- ${name}: ${[...used].sort().join(', ')}`;
  });
  return `# Networks that are known to work

Exported by PyTorch with random weights and a symbolic batch, differentiated here, run as a training
would run it, and compared with PyTorch's autograd.
The same networks and others as each of PyTorch's exporters writes them, and six steps of training: [exporters](exporters.md).
The loss is the mean cross-entropy of two samples. The error is the Euclidean norm of the difference relative to that of
PyTorch's gradient, both in float32, for the parameter (or the loss) where it is largest; at most ${limit} is asked for.
Gradients of less than ${negligible} of all together (0 but for rounding) are measured against that. The last column is how far
PyTorch's own gradients are from the same in double precision.

Convolutions are written directly here (\`new ProgramBuilder({ convolutions: 'direct' })\`). In Winograd's form, which is taken
by default where it is faster, gradients of resnet18, alexnet and googlenet differ as little (2e-6 to 1e-4), but on images with
plain ground what is exactly 0 otherwise becomes a rounding error, and at the ReLU behind it rounding decides: biases of
vgg11 then differ.

Where a number lies at a kink, or two at the top of a pooling window are equal but for rounding, rounding decides where the
gradient goes (docs/decisions/0072-checked-against-pytorch.md). So of up to eight batches (three of images of 224 x 224)
the one is taken on which PyTorch in single precision is nearest to itself in double. Those large images are a patch of
noise on a plain ground, but for networks whose batch normalization trains. Where PyTorch's own distance is above ${limit} on
all of them, the error may be ${timesTheirs} times that, and the row says that rounding decides.

In training, batch normalization uses the statistics of the batch, and nothing is dropped: either the file was exported in
training mode, or one that was exported in evaluation mode is switched by the library (\`training: true\`).

Made by \`node packages/onnx-autograd/scripts/model-zoo.mjs --write\`, which needs Python with torch and torchvision
(\`PYTHON\` may name it).

| network | opset | million parameters | mode | largest error | PyTorch from double |
| --- | --- | --- | --- | --- | --- |
${lines.join('\n')}

The operators in each, after reading:

${operators.join('\n')}
`;
}

/** Checks the networks that a folder holds. */
async function checkFolder(folder, names) {
  const files = new Set(readdirSync(folder));
  const all = [...files].filter((file) => /^[^.]+\.onnx$/.test(file)).map((file) => file.slice(0, -5));
  const rows = [];
  for (const name of names.length > 0 ? names : all.sort()) {
    rows.push(await check(folder, name, `${name}.onnx`, 'evaluation', false));
    if (!files.has(`${name}.training.onnx`)) continue;
    rows.push(await check(folder, name, `${name}.training.onnx`, 'training', false));
    rows.push(await check(folder, name, `${name}.onnx`, 'training', true));
  }
  return rows;
}

const python = process.env.PYTHON ?? 'python3';
const exporter = fileURLToPath(new URL('model-zoo.py', import.meta.url));
const minutes = 60_000;

/** Runs a program to its end; what it prints is shown, or returned. */
function run(program, args, stdout) {
  const ended = spawnSync(program, args, {
    stdio: ['ignore', stdout, 'inherit'],
    timeout: 15 * minutes,
    encoding: 'utf8',
  });
  if (ended.status === 0) return ended.stdout;
  const why = ended.error?.message ?? `exit code ${ended.status ?? ended.signal}`;
  throw new Error(`${program} ${args.join(' ')}: ${why}`);
}

/** Exports a network and checks it, unless that was done before. */
function resultOf(name, results) {
  const file = join(results, `${name}.json`);
  if (!existsSync(file)) {
    const folder = mkdtempSync(join(tmpdir(), 'model-zoo-'));
    try {
      run(python, [exporter, folder, name], 'inherit');
      run(
        process.execPath,
        [fileURLToPath(import.meta.url), '--folder', folder, '--results', results],
        'inherit',
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

if (options.folder) {
  const rows = await checkFolder(options.folder, positionals);
  for (const name of options.results ? new Set(rows.map((row) => row.name)) : []) {
    const own = rows.filter((row) => row.name === name);
    writeFileSync(join(options.results, `${name}.json`), JSON.stringify(own, undefined, 2));
  }
  // With --results a network that fails is a result too.
  process.exitCode = options.results || rows.every(({ ok }) => ok) ? 0 : 1;
} else {
  const names = run(python, [exporter, '--list'], 'pipe').trim().split('\n');
  const results = options.results ?? mkdtempSync(join(tmpdir(), 'model-zoo-results-'));
  mkdirSync(results, { recursive: true });
  try {
    const rows = (positionals.length > 0 ? positionals : names).flatMap((name) => resultOf(name, results));
    if (options.write) {
      const all = names.flatMap((name) => resultOf(name, results));
      writeFileSync(new URL('../../../docs/networks.md', import.meta.url), table(all));
    }
    process.exitCode = rows.every(passes) ? 0 : 1;
  } finally {
    if (!options.results) rmSync(results, { recursive: true });
  }
}
