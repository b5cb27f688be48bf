import { add, div, maximum, minimum, mul, sqrt, square, sub, sum } from '../building/expressions.js';
import { Graph } from '../building/graph.js';
import type { Value } from '../graph/value.js';
import type { ClippingSettings } from '../optimizers/clipping.js';
import { type OptimizerSettings, rateFactor } from '../optimizers/optimizer.js';
import { removeUnused } from '../passes/remove-unused.js';
import { float32, type Tensor } from '../tensor.js';
import type { TrainingProgram } from './program.js';

/** A step with its update, and what it computes by the names of the graph's outputs. */
export interface UpdateGraph {
  readonly graph: Graph;
  /** The Euclidean norm of the gradient over all weights, before clipping. */
  readonly norm: string;
  /** The next weights (`weights/…`) and the next of the optimizer's arrays by slot. */
  readonly next: Readonly<Record<string, string>>;
  /** Inputs that hold the optimizer's arrays: name of the input by slot and weight. */
  readonly slots: Readonly<Record<string, string>>;
}

/** A step that adds its gradients to sums instead of moving anything. */
export interface SumGraph {
  readonly graph: Graph;
  /** The next sums by the name of the weight. */
  readonly next: Readonly<Record<string, string>>;
  /** Inputs that hold the sums, by the name of the weight. */
  readonly sums: Readonly<Record<string, string>>;
}

/** The input of a batch's share in the sums. */
const shareName = 'update_share';

/** The inputs that change from step to step. */
const rateName = 'update_rate';
const correctionName = 'update_correction';
const shrinkName = 'update_shrink';

/**
 * The graph of a training program with the optimizer behind it, so that the weights need not leave the device: the
 * gradient's norm, clipping, and the next value of each weight and of each of the optimizer's arrays. The formulas are
 * those of `optimizers/`. Gradients that nobody asks for are no outputs of it: they are used where they are, as outputs
 * they would be copied.
 *
 */
export function withUpdate(
  program: TrainingProgram,
  optimizer: OptimizerSettings,
  clipping: ClippingSettings = {},
): UpdateGraph {
  const { gradients } = program;
  const graph = removeUnused(program.graph);
  const moves = Object.entries(gradients).map(([name, gradient]) => ({
    name,
    weight: graph.value(name),
    gradient: graph.value(gradient),
  }));
  const update = appendUpdate(graph, moves, optimizer, clipping);
  forget(graph, program);
  return { graph, ...update };
}

/** The update alone, by gradients that were summed: inputs `sums/…` as {@link withSums} makes them, and the weights. */
export function updateOfSums(
  program: TrainingProgram,
  optimizer: OptimizerSettings,
  clipping: ClippingSettings = {},
): UpdateGraph {
  const graph = new Graph('update');
  const moves = Object.keys(program.gradients).map((name) => {
    const { knownShape } = program.graph.value(name);
    return { name, weight: graph.input(name, knownShape), gradient: graph.input(`sums/${name}`, knownShape) };
  });
  return { graph, ...appendUpdate(graph, moves, optimizer, clipping) };
}

/** The graph of a training program with the gradients' sums behind it: what is fed of them, and the batch's share more. */
export function withSums(program: TrainingProgram): SumGraph {
  const graph = removeUnused(program.graph);
  const share = graph.input(shareName, []);
  const sums: Record<string, string> = {};
  const next: Record<string, string> = {};
  for (const [name, gradient] of Object.entries(program.gradients)) {
    const value = graph.value(gradient);
    const sum = graph.input(`sums/${name}`, graph.value(name).knownShape);
    sums[name] = sum.name;
    next[name] = graph.output(add(sum, mul(value, share))).name;
  }
  forget(graph, program);
  return { graph, next, sums };
}

/** What {@link withSums} must be fed beside the sums. */
export function shareFeed(share: number): Record<string, Tensor> {
  return { [shareName]: float32(share) };
}

/** Gradients that nobody asks for are no outputs any more. */
function forget(graph: Graph, { gradients, outputs }: TrainingProgram): void {
  const unread = new Set(Object.values(gradients));
  for (const name of Object.values(outputs)) unread.delete(name);
  graph.setOutputs(graph.outputs.filter(({ name }) => !unread.has(name)));
}

interface WeightMove {
  readonly name: string;
  readonly weight: Value;
  readonly gradient: Value;
}

function appendUpdate(
  graph: Graph,
  moves: readonly WeightMove[],
  optimizer: OptimizerSettings,
  { clipNorm, clipValue }: ClippingSettings,
): Omit<UpdateGraph, 'graph'> {
  const norm = sqrt(moves.map(({ gradient }) => sumOfSquares(gradient)).reduce((a, b) => add(a, b)));
  const scale = clipNorm === undefined ? undefined : minimum(div(clipNorm, norm), 1);
  const clipped = (gradient: Value) => {
    const scaled = scale === undefined ? gradient : mul(gradient, scale);
    return clipValue === undefined ? scaled : maximum(minimum(scaled, clipValue), -clipValue);
  };
  const formula = formulaOf(graph, optimizer);
  const slots: Record<string, string> = {};
  const next: Record<string, string> = {};
  for (const { name, weight, gradient } of moves) {
    const slot = (key: string) => {
      const value = graph.input(`${key}/${name}`, weight.knownShape);
      slots[`${key}/${name}`] = value.name;
      return value;
    };
    const moved = formula(weight, clipped(gradient), slot, rateFactor(optimizer, name));
    for (const [key, value] of Object.entries(moved)) {
      next[`${key}/${name}`] = graph.output(value).name;
    }
  }
  return { norm: graph.output(norm).name, next, slots };
}

/** What must be fed beside the arrays at a step, counted from 1. */
export function updateFeeds(
  optimizer: OptimizerSettings,
  step: number,
  learningRate: number,
): Record<string, Tensor> {
  if (optimizer.kind === 'sgd') return { [rateName]: float32(learningRate) };
  const { beta1, beta2 } = optimizer;
  return {
    [rateName]: float32(learningRate / (1 - beta1 ** step)),
    [correctionName]: float32(1 / Math.sqrt(1 - beta2 ** step)),
    ...(decouples(optimizer) && { [shrinkName]: float32(1 - learningRate * optimizer.weightDecay) }),
  };
}

/** @param factor what the learning rate is multiplied by for this weight */
type Formula = (weight: Value, gradient: Value, slot: (key: string) => Value, factor: number) => Moved;
/** The next weight, and the next of the optimizer's arrays by slot. */
type Moved = { readonly weights: Value } & Readonly<Record<string, Value>>;

function formulaOf(graph: Graph, optimizer: OptimizerSettings): Formula {
  const { weightDecay } = optimizer;
  const fullRate = graph.input(rateName, []);
  const times = (value: Value, factor: number) => (factor === 1 ? value : mul(value, factor));
  const decayed = (gradient: Value, weight: Value) =>
    weightDecay === 0 || decouples(optimizer) ? gradient : add(gradient, mul(weight, weightDecay));
  if (optimizer.kind === 'sgd') {
    const { momentum, nesterov } = optimizer;
    return (weight, gradient, slot, factor): Moved => {
      const rate = times(fullRate, factor);
      const g = decayed(gradient, weight);
      if (momentum === 0) return { weights: sub(weight, mul(g, rate)) };
      const velocity = add(mul(slot('velocity'), momentum), g);
      const move = nesterov ? add(g, mul(velocity, momentum)) : velocity;
      return { weights: sub(weight, mul(move, rate)), velocity };
    };
  }
  const { beta1, beta2, epsilon } = optimizer;
  const correction = graph.input(correctionName, []);
  const shrink = decouples(optimizer) ? graph.input(shrinkName, []) : undefined;
  return (weight, gradient, slot, factor): Moved => {
    const rate = times(fullRate, factor);
    const g = decayed(gradient, weight);
    const mean = add(mul(slot('mean'), beta1), mul(g, 1 - beta1));
    const variance = add(mul(slot('variance'), beta2), mul(square(g), 1 - beta2));
    const move = div(mul(mean, rate), add(mul(sqrt(variance), correction), epsilon));
    // 1 - factor x (1 - shrink): the decay, too, is by this weight's rate.
    const own = shrink && (factor === 1 ? shrink : sub(1, mul(sub(1, shrink), factor)));
    return { weights: sub(own ? mul(weight, own) : weight, move), mean, variance };
  };
}

/** Whether the weights shrink by themselves, apart from the gradient. */
function decouples(optimizer: OptimizerSettings): boolean {
  return optimizer.kind === 'adamw' && optimizer.weightDecay !== 0;
}

/** A scalar. Rows first: a reduction to one number is the work of one thread on many devices. */
function sumOfSquares(gradient: Value): Value {
  const squares = square(gradient);
  const inner = gradient.knownShape.slice(1).map((_, axis) => axis + 1);
  const rows = inner.length === 0 ? squares : sum(squares, inner, false);
  return rows.rank === 0 ? rows : sum(rows, [0], false);
}
