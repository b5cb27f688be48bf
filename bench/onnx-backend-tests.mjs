#!/usr/bin/env node
// ONNX's own backend tests through onnx-autograd: values beside those that are expected, gradients beside differences of
// ONNX's reference evaluator; writes docs/onnx-tests.md.
//
//   npm run build && node bench/onnx-backend-tests.mjs [--python PYTHON] [--data FOLDER] [--only PATTERN] [--write] [--json]
//   node bench/onnx-backend-tests.mjs --cases CASES.jsonl ...
//
// Needs a Python with the package onnx (--python, or PYTHON in the environment; else python3). Its newer versions make the
// node tests when they are asked for; those that older wheels carry are read from --data (onnx/backend/test/data of an
// unpacked wheel of onnx 1.17). --cases takes what onnx_backend_cases.py has made before. Fails when a row is wrong.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs, promisify } from 'node:util';
import { newestOpset } from '../packages/onnx-autograd/dist/onnx/read.js';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: process.env.PYTHON ?? 'python3' },
    data: { type: 'string' },
    cases: { type: 'string' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const folder = await mkdtemp(join(tmpdir(), 'onnx-backend-tests-'));
try {
  const cases = options.cases ?? (await makeCases(join(folder, 'cases.jsonl')));
  const { version, noTensors } = JSON.parse((await readFile(cases, 'utf8')).trimEnd().split('\n').at(-1));
  const results = (await run(cases)).filter(({ name }) => new RegExp(options.only).test(name));
  if (options.json) console.log(JSON.stringify({ version, noTensors, results }));
  else report(results);
  if (options.write) {
    await writeFile(new URL('../docs/onnx-tests.md', import.meta.url), page(results, version, noTensors));
  }
  process.exitCode = wrongOf(results).length === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true });
}

async function makeCases(file) {
  const python = promisify(execFile);
  try {
    await python(options.python, ['-c', 'import onnx']);
  } catch {
    console.error(
      `${options.python} has no package onnx. Make an environment that has it (python3 -m venv onnx && ` +
        'onnx/bin/pip install onnx) and name it: --python onnx/bin/python. Nothing was run.',
    );
    process.exit(1);
  }
  const script = join(import.meta.dirname, 'onnx_backend_cases.py');
  const data = options.data === undefined ? [] : ['--data', options.data];
  await python(
    options.python,
    [script, file, '--only', options.only, '--opset', String(newestOpset), ...data],
    { maxBuffer: 2 ** 28 },
  );
  return file;
}

/** All cases, in processes of their own: where one ends by a case, the next goes on behind it. */
async function run(file) {
  const results = [];
  const script = join(import.meta.dirname, 'onnx-backend-case.mjs');
  for (let from = 0; ; ) {
    const worker = spawn(process.execPath, [script, file, String(from)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = new Promise((resolve) => worker.on('close', resolve));
    let begun;
    for await (const line of createInterface({ input: worker.stdout })) {
      const { at, begins, result } = JSON.parse(line);
      if (result !== undefined) results.push(result);
      begun = result === undefined ? { at, name: begins } : undefined;
    }
    const code = await ended;
    if (begun === undefined && code === 0) return results;
    if (begun === undefined) throw new Error(`${script} ended with exit code ${code}.`);
    results.push({
      name: begun.name,
      operators: [],
      forward: 'wrong',
      why: 'the process ended',
      gradients: [],
    });
    from = begun.at + 1;
  }
}

function wrongOf(results) {
  return results.flatMap(({ name, forward, why, gradients }) => [
    ...(forward === 'wrong' ? [`${name}: ${why}`] : []),
    ...gradients
      .filter(({ gradient }) => gradient === 'wrong')
      .map((one) => `${name}, gradient of ${one.input}: ${one.why}`),
  ]);
}

function count(list, key) {
  const counts = new Map();
  for (const item of list) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}

function report(results) {
  const gradients = results.flatMap((result) => result.gradients);
  console.log(`${results.length} tests`, Object.fromEntries(count(results, ({ forward }) => forward)));
  console.log(
    `${gradients.length} gradients`,
    Object.fromEntries(count(gradients, ({ gradient }) => gradient)),
  );
  for (const line of wrongOf(results)) console.log(`WRONG ${line}`);
}

/** A refusal without the names and numbers of one case. */
function kindOf(why) {
  return why
    .replace(/ \(node "[^"]*"\)/g, '')
    .replace(/"[^"]*"/g, '"…"')
    .replace(/\([^()]*\)/g, '(…)')
    .replace(/opset \d+;.*/, 'opset …')
    .replace(/-?\d+(\.\d+)?/g, '…');
}

function kinds(refused) {
  const counts = count(refused, ({ why }) => kindOf(why));
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  return sorted.map(([kind, number]) => `| ${number} | ${kind.replaceAll('|', '\\|')} |`).join('\n');
}

function page(results, version, noTensors) {
  const gradients = results.flatMap(({ name, gradients: list }) => list.map((one) => ({ name, ...one })));
  const tests = (...kinds) => results.filter(({ forward }) => kinds.includes(forward)).length;
  const of = (...kinds) => gradients.filter(({ gradient }) => kinds.includes(gradient)).length;
  const judged = gradients.filter(({ gradient }) => gradient === 'right');
  const slopes = judged.reduce((total, { checked }) => total + checked, 0);
  const asConstants = results.filter(
    ({ forward, form }) => forward === 'right' && form === 'constants',
  ).length;
  const wrong = wrongOf(results);
  const refused = results.filter(({ forward }) => forward === 'refused');
  const likeRuntime = results.filter(({ forward }) => forward === 'as ONNX Runtime').map(({ name }) => name);
  const failed = gradients.filter(({ gradient }) => gradient === 'failed');
  const noKernel = results.filter(({ forward }) => forward === 'no kernel').map(({ name }) => name);
  return `# ONNX's own tests

The ONNX project tests every operator of its standard. Those tests, as onnx ${version} makes them, run through the engine
here: a model is read, copied into a program and run, its values compared with the expected ones; then the sum of its
outputs, each number times one drawn at random, is differentiated with respect to each float32 input, and the gradient
compared with central differences of ONNX's reference evaluator (in double precision where that computes so; along single
elements and along all at once). Where the differences to both sides are not alike there is a kink, and nothing is judged.

Made by \`node bench/onnx-backend-tests.mjs --write\`, which needs a Python with the package onnx; it fails when anything is wrong.

| | tests |
| --- | ---: |
| run (tensors in and out; ${noTensors} more have sequences, optional values or types that no array has) | ${results.length} |
| **right** (${asConstants} of them with whole numbers that decide about shapes as constants, as exporters write them) | ${tests('right', 'constant')} |
| refused by a message (below) | ${tests('refused')} |
| ONNX Runtime has no kernel for the model, or refuses it | ${tests('no kernel')} |
| as ONNX Runtime computes it, which is not what the standard says | ${tests('as ONNX Runtime')} |
| drawn at random: only type and shape are compared | ${tests('chance')} |
| **wrong** | ${tests('wrong')} |

| | gradients of inputs |
| --- | ---: |
| asked for, of the tests whose values are right | ${gradients.length} |
| **right** (${slopes} slopes) | ${of('right')} |
| refused by a message (below) | ${of('refused')} |
| not judged: at kinks only | ${of('kinks', 'none')} |
| ONNX Runtime fails on the gradient's graph (below) | ${of('failed')} |
| **wrong** | ${of('wrong')} |

${wrong.length === 0 ? 'Nothing is wrong.' : `Wrong:\n\n${wrong.map((line) => `- ${line}`).join('\n')}`}

## What is refused

| tests | message |
| ---: | --- |
${kinds(refused)}

| gradients | message |
| ---: | --- |
${kinds(gradients.filter(({ gradient }) => gradient === 'refused'))}

## Not by the engine

ONNX Runtime differs from the standard: ${likeRuntime.join(', ') || 'in none'}.

It has no kernel: ${noKernel.join(', ') || 'for none'}.

It fails on the graph of a gradient that it runs without its optimizations, as it infers other shapes for pooling with
\`ceil_mode\` than it computes: ${failed.map(({ name, input }) => `${name} (${input})`).join(', ') || 'on none'}.
`;
}
