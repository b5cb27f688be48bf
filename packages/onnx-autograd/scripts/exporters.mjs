// Networks as both of PyTorch's exporters write them: whether each file opens, and its gradients and six training steps
// beside PyTorch's; writes docs/exporters.md.
//
//   npm run build && node packages/onnx-autograd/scripts/exporters.mjs [--write] [--results FOLDER] [--exports FOLDER] [network ...]
//
// Needs a Python with torch, torchvision and onnxscript (PYTHON may name it) for exporters.py. --results keeps what is
// done: a run that was ended goes on where it was. --exports keeps the exported files, a folder a network, and takes those
// that are there. --write writes the page when every network is done.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  adam,
  crossEntropy,
  loadOnnx,
  openProgram,
  ProgramBuilder,
  readSafetensors,
  sgd,
  TrainingSession,
} from '../dist/index.js';

/** Gradients of less than this part of all together (0 but for rounding) are measured against that. */
const negligible = 1e-3;
const minutes = 60_000;
const python = process.env.PYTHON ?? 'python3';
const exporter = fileURLToPath(new URL('exporters.py', import.meta.url));

const { values: options, positionals } = parseArgs({
  options: {
    results: { type: 'string' },
    exports: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

const norm = (values) => Math.sqrt(values.reduce((total, value) => total + value * value, 0));

/** The step of a network in a file: the loss of `x` and `labels`, and the gradients of all weights. */
function stepOf({ graph }, training) {
  const builder = new ProgramBuilder({ convolutions: 'direct' });
  const [input] = graph.inputs;
  const x = builder.graph.input('x', input.knownShape);
  const labels = builder.graph.input('labels', [input.knownShape[0]], 'int64');
  const copy = builder.include(graph, { inputs: { [input.name]: x }, training });
  const program = builder.trainingProgram(crossEntropy(copy.value(graph.outputs[0]), labels));
  return { program, weights: Object.fromEntries(builder.weights) };
}

async function gradientsOf({ program, weights }, { x, labels }) {
  const outputs = { ...program.gradients, ' loss': program.loss };
  const opened = await openProgram({ ...program, outputs }, { weights });
  const found = await opened.run({ x, labels });
  await opened.close();
  return found;
}

async function lossesOf({ program, weights }, { x, labels }, optimizer) {
  const session = await TrainingSession.create({ programs: { train: program }, weights, optimizer });
  const losses = [];
  for (let step = 0; step < 6; step++) losses.push((await session.step('train', { x, labels })).loss);
  await session.close();
  return losses;
}

/**
 * Which parameter of PyTorch's each weight of a file is: of the same numbers, perhaps transposed. Of parameters with the
 * same numbers only those that the file has by their names: others may be stored once.
 */
function parametersOf(weights, reference) {
  const same = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);
  const all = Object.entries(reference).filter(([key]) => key.startsWith('value.'));
  const values = all.filter(([key, { data }]) =>
    all.every(([other, value]) => other === key || !same(data, value.data)),
  );
  const found = new Map();
  for (const [weight, { dims, data }] of Object.entries(weights)) {
    const byName = all.filter(([key]) => key === `value.${weight}`);
    for (const [key, value] of [...byName, ...values]) {
      const parameter = key.slice('value.'.length);
      if (found.has(parameter)) continue;
      const [rows, columns] = value.dims;
      const turned = value.dims.length === 2 && dims.join() === [columns, rows].join();
      const straight = value.data.length === data.length && same(data, value.data);
      if (!straight && !(turned && same(data, transposed(value)))) continue;
      found.set(parameter, { weight, turned: !straight });
      break;
    }
  }
  return found;
}

function transposed({ dims: [rows, columns], data }) {
  return Float32Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]);
}

/** The largest relative error of a gradient of those parameters that the file has. */
function largestError(found, parameters, reference, mode) {
  const due = Object.entries(reference).filter(([key]) => key.startsWith(`${mode}.`));
  const floor = negligible * norm(due.map(([, { data }]) => norm(data)));
  let largest = Math.abs(found[' loss'].data[0] / reference[`loss.${mode}`].data[0] - 1);
  for (const [key, value] of due) {
    const place = parameters.get(key.slice(mode.length + 1));
    if (place === undefined || found[place.weight] === undefined) continue;
    const numbers = place.turned ? transposed(value) : value.data;
    const own = found[place.weight].data;
    const error = norm(numbers.map((number, i) => number - own[i])) / Math.max(norm(value.data), floor);
    if (!(error <= largest)) largest = error;
  }
  return largest;
}

async function check(folder, reference) {
  const failure = join(folder, 'failure.txt');
  if (existsSync(failure)) return { notExported: readFileSync(failure, 'utf8') };
  const row = {};
  try {
    const model = await loadOnnx(join(folder, 'network.onnx'));
    row.opens = true;
    const step = stepOf(model, false);
    const parameters = parametersOf(step.weights, reference);
    // What the exporter stored once for several layers has the sum of their gradients.
    for (const [parameter, { weight }] of parameters)
      if (step.program.merged.includes(weight)) parameters.delete(parameter);
    row.parameters = [...parameters.values()].filter(({ weight }) => weight in step.program.gradients).length;
    row.of = Object.keys(reference).filter((key) => key.startsWith('value.')).length;
    row.evaluation = largestError(await gradientsOf(step, reference), parameters, reference, 'evaluation');
    if (row.parameters < row.of) return row;
    const training = stepOf(model, true);
    row.training = largestError(await gradientsOf(training, reference), parameters, reference, 'training');
    for (const [name, optimizer] of [
      ['sgd', sgd({ learningRate: 1e-3, momentum: 0.9 })],
      ['adam', adam({ learningRate: 1e-4 })],
    ]) {
      const losses = await lossesOf(training, reference, optimizer);
      row[name] = Math.max(...losses.map((loss, i) => Math.abs(loss / reference[name].data[i] - 1)));
    }
  } catch (error) {
    row.refused = error.message.split('\n')[0];
  }
  return row;
}

function run(args, stdout) {
  const ended = spawnSync(python, args, {
    stdio: ['ignore', stdout, 'ignore'],
    timeout: 30 * minutes,
    encoding: 'utf8',
  });
  if (ended.status === 0) return ended.stdout;
  console.error(
    `${python} ${args.join(' ')} failed (${ended.error?.message ?? `exit code ${ended.status ?? ended.signal}`}). It needs ` +
      'torch, torchvision and onnxscript: make an environment that has them (python3 -m venv torch && torch/bin/pip install ' +
      'torch torchvision onnx onnxscript) and name it: PYTHON=torch/bin/python. Nothing more was run.',
  );
  process.exit(1);
}

async function resultOf(name, ways, results) {
  const file = join(results, `${name}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const folder = options.exports ? join(options.exports, name) : mkdtempSync(join(tmpdir(), 'exporters-'));
  try {
    // Written last of all.
    const isExported = existsSync(join(folder, ways.at(-1), 'network.onnx'));
    if (!isExported) run([exporter, folder, name], 'ignore');
    const reference = readSafetensors(readFileSync(join(folder, 'reference.safetensors')));
    const rows = {};
    for (const way of ways) rows[way] = await check(join(folder, way), reference);
    writeFileSync(file, JSON.stringify(rows, undefined, 2));
    return rows;
  } finally {
    if (!options.exports) rmSync(folder, { recursive: true });
  }
}

const short = (error) => (Number.isFinite(error) ? error.toExponential(0) : 'not a number');

function page(all, names, ways) {
  const missing = names.filter((name) => !(name in all));
  const notes = [];
  const noteOf = (text) => {
    if (!notes.includes(text)) notes.push(text);
    return `[${notes.indexOf(text) + 1}]`;
  };
  const cell = ({ notExported, refused, evaluation, training, sgd: bySgd, adam: byAdam, parameters, of }) => {
    if (notExported !== undefined)
      return `not exported ${noteOf(notExported.replace(/\s+/g, ' ').split(/(?<=\.) /)[0])}`;
    if (refused !== undefined) return `refused ${noteOf(refused)}`;
    if (parameters < of) return `${short(evaluation)} (${parameters} of ${of})`;
    return [evaluation, training, bySgd, byAdam].map(short).join(', ');
  };
  const lines = Object.entries(all).map(
    ([name, rows]) => `| ${name} | ${ways.map((way) => cell(rows[way])).join(' | ')} |`,
  );
  return `# What PyTorch's exporters write

Networks with random weights, exported in evaluation mode with a symbolic batch by both of PyTorch's exporters, read and
differentiated here. Each cell: the largest relative error of a parameter's gradient beside PyTorch's autograd in
evaluation; the same in training, switched by the library; the largest relative difference of six losses from SGD (rate
1e-3, momentum 0.9) and from Adam (1e-4). Gradients of less than ${negligible} of all together are measured against that.
Losses of six steps follow rounding where batch normalization or a kink makes much of it ([networks](networks.md)
compares single steps in double precision too).

Where the file has fewer weights than the network has parameters, the exporter folded batch normalization, or stored equal
parameters once, or left zeros out: "(12 of 30)" are the parameters found in it and trained, and what is trained
is then another network ([how to export](../packages/onnx-autograd/README.md#exporting-from-pytorch)).

Made by \`node packages/onnx-autograd/scripts/exporters.mjs --write\`, which needs Python with torch, torchvision and
onnxscript (\`PYTHON\` may name it), for all of ${names.join(', ')}${missing.length > 0 ? ` (not in the table yet: ${missing.join(', ')})` : ''}. "not-optimized" is \`optimize=False\`; "external" keeps weights in a second file.

| network | ${ways.join(' | ')} |
| --- |${' --- |'.repeat(ways.length)}
${lines.join('\n')}

${notes.map((text, i) => `${i + 1}. ${text}`).join('\n')}
`;
}

const [names, ways] = run([exporter, '--list'], 'pipe')
  .trim()
  .split('\n')
  .map((line) => line.split(' '));
const results = options.results ?? mkdtempSync(join(tmpdir(), 'exporters-results-'));
mkdirSync(results, { recursive: true });
try {
  const all = {};
  for (const name of positionals.length > 0 ? positionals : names) {
    all[name] = await resultOf(name, ways, results);
    for (const [way, row] of Object.entries(all[name])) console.log(name, way, JSON.stringify(row));
  }
  if (options.write)
    writeFileSync(new URL('../../../docs/exporters.md', import.meta.url), page(all, names, ways));
} finally {
  if (!options.results) rmSync(results, { recursive: true });
}
