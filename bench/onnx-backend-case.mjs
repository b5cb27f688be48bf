// One case of ONNX's backend tests through the engine: its values, and its gradients beside the slopes that it comes with.
// Also the process in which they run: `node onnx-backend-case.mjs CASES.jsonl FROM` prints a line of JSON a case.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { copyGraph, differentiate, expressions, Graph, openProgram, readOnnx } from 'onnx-autograd';
import { arrayTypes } from '../packages/onnx-autograd/dist/tensor.js';

const { add, cast, mul, sum } = expressions;

/** Of which the expected values are one draw. */
const chance = [
  'Bernoulli',
  'Dropout',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
];
const refusals = ['GraphError', 'OnnxFormatError', 'UnsupportedOperatorError'];

function tensorOf({ type, dims, data }) {
  const bytes = Buffer.from(data, 'base64');
  return {
    type,
    dims,
    data: new arrayTypes[type](bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)),
  };
}

/** A model in a graph of its own. */
function included(model, inputs) {
  const graph = new Graph('case');
  const values = Object.fromEntries(
    inputs.map(([name, { dims, type }]) => [name, graph.input(name, dims, type)]),
  );
  const copy = copyGraph(graph, model.graph, { inputs: values });
  return { graph, values, outputs: model.graph.outputs.map((output) => copy.value(output)) };
}

async function run(what, inputs) {
  const opened = await openProgram(what, { threads: 1 });
  try {
    const feeds = inputs.filter(([name]) => opened.inputs.includes(name));
    return await opened.run(Object.fromEntries(feeds));
  } finally {
    await opened.close();
  }
}

const numbersOf = ({ type, data }) =>
  type === 'float16' ? Array.from(data, halfToNumber) : Array.from(data, Number);

function halfToNumber(bits) {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
}

/** How a tensor differs from another; `undefined` where it does not. */
function differs(found, due, { rtol, atol }) {
  if (found === undefined) return 'is missing';
  if (found.type !== due.type) return `is ${found.type}, not ${due.type}`;
  if (found.dims.join() !== due.dims.join()) return `is (${found.dims}), not (${due.dims})`;
  const [a, b] = [numbersOf(found), numbersOf(due)];
  const tolerance =
    due.type === 'float16' ? { rtol: 1e-2, atol: 1e-3 } : { rtol, atol: Math.max(atol, 1e-6) };
  const wrong = b.findIndex((value, i) => {
    if (Object.is(a[i], value) || a[i] === value) return false;
    return !(Math.abs(a[i] - value) <= tolerance.atol + tolerance.rtol * Math.abs(value));
  });
  return wrong < 0 ? undefined : `has ${a[wrong]} at ${wrong}, not ${b[wrong]}`;
}

const isRefusal = (error) => refusals.includes(error.name);
const messageOf = (error) => String(error.message).split('\n')[0].slice(0, 300);

/** A test as it is, and with whole numbers as constants in it, as exporters write them: the model and what it is fed. */
function formsOf(test) {
  const inputs = test.inputs.map((input) => [input.name, tensorOf(input)]);
  const plain = { form: 'as it is', bytes: Buffer.from(test.model, 'base64'), inputs };
  if (!test.constants) return [plain];
  const fed = inputs.filter(([, { type }]) => type.startsWith('float'));
  return [plain, { form: 'constants', bytes: Buffer.from(test.constants, 'base64'), inputs: fed }];
}

/** What became of the values: the form in which they could be computed, and whether they are right. */
async function forwardOf(test, forms, expected) {
  let refusal;
  for (const { form, bytes, inputs } of forms) {
    let part;
    try {
      part = included(readOnnx(bytes), inputs);
      for (const output of part.outputs) part.graph.output(output);
      if (part.graph.inputs.length === 0 && part.graph.nodes.length === 0) return { forward: 'constant' };
    } catch (error) {
      if (!isRefusal(error)) return { forward: 'wrong', why: `${error.name}: ${messageOf(error)}` };
      refusal ??= { forward: 'refused', why: messageOf(error) };
      continue;
    }
    try {
      const results = await run(part.graph, inputs);
      const found = part.outputs.map((output) => results[output.name] ?? output.data);
      const difference = found.map((one, i) => differs(one, expected[i], test)).find(Boolean);
      if (difference === undefined) {
        const told = part.outputs.map(({ shape }) => shape);
        const off = told.findIndex((shape, i) =>
          shape?.some((size, axis) => typeof size === 'number' && size !== expected[i].dims[axis]),
        );
        if (off >= 0)
          return {
            forward: 'wrong',
            form,
            why: `the shape is told as (${told[off]}), and is (${expected[off].dims})`,
          };
        return { forward: 'right', form };
      }
      if (test.operators.some((operator) => chance.includes(operator))) return { forward: 'chance', form };
      // ONNX Runtime by itself may differ from the standard, too.
      const plain = Object.values(await run(bytes, inputs));
      const same = plain.every((one, i) => differs(found[i], one, test) === undefined);
      return { forward: same ? 'as ONNX Runtime' : 'wrong', form, why: difference };
    } catch (error) {
      const why = messageOf(error);
      if (isRefusal(error)) return { forward: 'refused', form, why };
      const alone = await run(bytes, inputs).then(
        () => 'runs',
        () => 'fails',
      );
      return { forward: alone === 'fails' ? 'no kernel' : 'wrong', form, why };
    }
  }
  return refusal;
}

/** What became of the gradient of one input. */
async function gradientOf(test, { bytes, inputs }, { input, slopes, kinks }) {
  if (slopes.length === 0) return { input, gradient: kinks > 0 ? 'kinks' : 'none' };
  let graph;
  let gradient;
  try {
    const part = included(readOnnx(bytes), inputs);
    graph = part.graph;
    const terms = part.outputs.flatMap((output, i) => {
      if (!test.weights[i] || !output.type.startsWith('float')) return [];
      const weights = graph.constant(tensorOf(test.weights[i]), 'weights');
      const weighted = mul(cast(output, 'float32'), weights);
      const axes = weights.knownShape.map((_, axis) => axis);
      return [axes.length === 0 ? weighted : sum(weighted, axes, false)];
    });
    gradient = differentiate(
      graph,
      terms.reduce((a, b) => add(a, b)),
      [part.values[input]],
    ).get(part.values[input]);
    graph.output(gradient);
  } catch (error) {
    if (!isRefusal(error)) return { input, gradient: 'wrong', why: `${error.name}: ${messageOf(error)}` };
    return { input, gradient: 'refused', why: messageOf(error) };
  }
  let found;
  try {
    const results = await run(graph, inputs);
    found = results[gradient.name] ?? gradient.data;
  } catch (error) {
    return { input, gradient: 'failed', why: messageOf(error) };
  }
  const { dims } = inputs.find(([name]) => name === input)[1];
  if (found.dims.join() !== dims.join()) {
    return { input, gradient: 'wrong', why: `it is (${found.dims}), the input (${dims})` };
  }
  const numbers = numbersOf(found);
  const part = test.double ? 1e-4 : 3e-2;
  const wrong = slopes.find(({ direction, slope }) => {
    const parts = direction.map(([i, amount]) => amount * numbers[i]);
    const predicted = parts.reduce((a, b) => a + b, 0);
    const size = Math.abs(slope) + parts.reduce((a, b) => a + Math.abs(b), 0);
    return !(Math.abs(predicted - slope) <= part * size + (test.double ? 1e-5 : 1e-2));
  });
  if (wrong === undefined) return { input, gradient: 'right', checked: slopes.length, kinks };
  const predicted = wrong.direction.reduce((total, [i, amount]) => total + amount * numbers[i], 0);
  return {
    input,
    gradient: 'wrong',
    why: `${predicted} along ${wrong.direction.length} elements, not ${wrong.slope}`,
  };
}

/** What became of a case. */
export async function resultOf(test) {
  const { name, operators, noReference } = test;
  const forms = formsOf(test);
  const forward = await forwardOf(test, forms, test.outputs.map(tensorOf));
  const gradients = [];
  // Where the values are others, so are the slopes.
  for (const wanted of forward.forward === 'right' ? test.slopes : []) {
    const asked = await gradientOf(test, forms[0], wanted);
    const [, constants] = forms;
    // Numbers that decide about shapes may be fed to a network, and must be known to its gradient.
    const again = asked.gradient === 'refused' && constants;
    gradients.push(again ? await gradientOf(test, constants, wanted) : asked);
  }
  return { name, operators, ...forward, gradients, ...(noReference && { noReference }) };
}

/** The cases of a file from some line on, with what became of them on standard output. */
async function work(file, from) {
  let at = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (at++ < from) continue;
    const test = JSON.parse(line);
    if (test.name === undefined) continue;
    process.stdout.write(`${JSON.stringify({ at: at - 1, begins: test.name })}\n`);
    process.stdout.write(`${JSON.stringify({ at: at - 1, result: await resultOf(test) })}\n`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href)
  await work(process.argv[2], Number(process.argv[3]));
