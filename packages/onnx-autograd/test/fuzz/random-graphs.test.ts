import { describe, expect, it } from 'vitest';
import { differentiate, differentiateInForms } from '../../src/backward/differentiate.js';
import { cpuForms, type GradientForms, productForms, standardForms } from '../../src/convolutions/forms.js';
import { GraphError } from '../../src/errors.js';
import type { Value } from '../../src/graph/value.js';
import { checkGraph } from '../../src/onnx/check.js';
import { Random } from '../../src/random.js';
import { elementCount, type Tensor, toNumbers } from '../../src/tensor.js';
import { tensorOf } from '../gradients/row.js';
import { type CompiledGraph, compile } from '../run-graph.js';
import { moves } from './moves.js';
import { describeGraph, growGraph, type RandomGraph } from './random-graph.js';

/** `FUZZ=20` runs twenty times as many, with other seeds. */
const count = 500 * Number(process.env.FUZZ ?? 1);
const seeds = Array.from({ length: count }, (_, i) => i + 1);
/** Half the distance of the perturbed values, in double precision. */
const step = 1e-5;
const tolerance = 1e-3;

/** In turns. The last one is Winograd's wherever it fits. */
const forms: readonly (() => GradientForms)[] = [
  () => standardForms,
  () => productForms,
  () => cpuForms({ maps: 0, filter: 0 }),
];

type Numbers = ReadonlyMap<string, readonly number[]>;

function draw({ parameters }: RandomGraph, random: Random): Numbers {
  return new Map(
    [...parameters].map(([{ name }, { dims, deviation, mean }]) => [
      name,
      Array.from({ length: elementCount(dims) }, () => Math.fround(mean + deviation * random.normal())),
    ]),
  );
}

function feedsOf({ parameters }: RandomGraph, numbers: Numbers, type: 'float32' | 'float64') {
  return Object.fromEntries(
    [...parameters].map(([{ name }, { dims }]) => [name, tensorOf(type, dims, numbers.get(name) ?? [])]),
  );
}

interface Compiled {
  readonly single: RandomGraph;
  readonly double: RandomGraph;
  readonly gradients: ReadonlyMap<string, Value>;
  readonly runSingle: CompiledGraph;
  readonly runDouble: CompiledGraph;
}

async function prepare(seed: number): Promise<Compiled> {
  const single = growGraph(seed, false);
  const double = growGraph(seed, true);
  double.graph.output(double.loss);
  // A parameter of an operator that was drawn and then left out has no gradient.
  const connected = [...single.parameters.keys()].filter((value) => dependsOn(single, value));
  const form = (forms[seed % forms.length] as () => GradientForms)();
  const found = differentiateInForms(single.graph, single.loss, connected, form);
  const gradients = new Map([...found].map(([{ name }, gradient]) => [name, single.graph.output(gradient)]));
  single.graph.output(single.loss);
  checkGraph(single.graph);
  return {
    single,
    double,
    gradients,
    runSingle: await compile(single.graph),
    runDouble: await compile(double.graph, false),
  };
}

function dependsOn({ graph, loss }: RandomGraph, parameter: Value): boolean {
  const reached = new Set([parameter]);
  for (const node of graph.nodes) {
    if (node.inputs.some((input) => input && reached.has(input)))
      for (const output of node.outputs) reached.add(output);
  }
  return reached.has(loss);
}

/** The largest distance of a gradient from the central differences, relative to that gradient or a hundredth of all. */
async function worst(compiled: Compiled, random: Random): Promise<{ error: number; of: string }> {
  const { single, double, gradients, runSingle, runDouble } = compiled;
  const numbers = draw(single, random);
  const results = await runSingle(feedsOf(single, numbers, 'float32'));
  const loss = async (moved: Numbers) =>
    toNumbers((await runDouble(feedsOf(double, moved, 'float64')))[double.loss.name]!)[0]!;
  const value = toNumbers(results[single.loss.name] as Tensor)[0] as number;
  const exact = await loss(numbers);
  let found = { error: Math.abs(value - exact) / Math.max(Math.abs(exact), 1), of: 'loss' };
  const norms = [...gradients.values()].map(({ name }) => Math.hypot(...toNumbers(results[name] as Tensor)));
  // Gradients of saturated functions are differences of nearly equal numbers in single precision.
  const floor = Math.max(0.01 * Math.hypot(...norms), 0.01);
  for (const [i, [name, gradient]] of [...gradients].entries()) {
    const derivative = toNumbers(results[gradient.name] as Tensor);
    const centre = numbers.get(name) as readonly number[];
    for (let direction = 0; direction < 2; direction++) {
      const signs = centre.map(() => (random.uniform() < 0.5 ? -1 : 1));
      const at = (by: number) =>
        loss(
          new Map(numbers).set(
            name,
            centre.map((one, k) => one + by * (signs[k] as number)),
          ),
        );
      const measured = ((await at(step)) - (await at(-step))) / (2 * step);
      const predicted = derivative.reduce((total, one, k) => total + one * (signs[k] as number), 0);
      const error = Math.abs(measured - predicted) / Math.max(norms[i] as number, floor);
      if (!(error <= found.error)) found = { error, of: name };
    }
  }
  return found;
}

describe('random graphs', () => {
  it('have gradients that agree with differences in double precision', async () => {
    const drawn = new Set<string>();
    for (const seed of seeds) {
      let compiled: Compiled;
      try {
        compiled = await prepare(seed);
      } catch (error) {
        const graph = describeGraph(growGraph(seed, false).graph);
        throw new Error(`seed ${seed}: ${error}\n${graph}`, { cause: error });
      }
      for (const operator of compiled.single.operators) drawn.add(operator);
      const random = new Random(seed).fork('numbers');
      const first = await worst(compiled, random);
      if (first.error < tolerance) continue;
      // Numbers may lie at a kink, where rounding decides: hardly twice in a row.
      const second = await worst(compiled, random);
      const report = `seed ${seed}: ${first.error} (${first.of}), then ${second.error} (${second.of})`;
      expect(second.error, `${report}\n${describeGraph(compiled.double.graph)}`).toBeLessThan(tolerance);
    }
    expect(moves.map(({ operator }) => operator).filter((operator) => !drawn.has(operator))).toEqual([]);
  }, 600_000);

  it('are refused by name, not left half differentiated, when an operator in them has no gradient', () => {
    for (const seed of seeds.slice(0, 50)) {
      const { graph, loss, parameters } = growGraph(seed, false);
      const rounded = graph.apply('Round', [loss], {}, { name: 'rounded' });
      const before = graph.nodes.length;
      expect(() => differentiate(graph, rounded, [...parameters.keys()].slice(0, 1))).toThrow(GraphError);
      expect(graph.nodes.length - before).toBeLessThan(2);
    }
  });
});
