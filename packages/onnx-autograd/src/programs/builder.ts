import { type DifferentiateOptions, differentiateInForms } from '../backward/differentiate.js';
import { copyGraph, firstOf, type GraphCopy } from '../building/copy.js';
import { Graph } from '../building/graph.js';
import {
  type ConvolutionForms,
  cpuForms,
  deferredForms,
  productForms,
  standardForms,
} from '../convolutions/forms.js';
import { GraphError } from '../errors.js';
import type { Shape } from '../graph/shape.js';
import type { Value } from '../graph/value.js';
import { isOperator } from '../operators/catalogue.js';
import { lowerConvolutions } from '../passes/lower-convolutions.js';
import { reluBehindPooling } from '../passes/relu-behind-pooling.js';
import { removeUnused } from '../passes/remove-unused.js';
import { schedule } from '../passes/schedule.js';
import { squeezeKnown } from '../passes/squeeze-known.js';
import { type DropoutMask, trainingMode } from '../passes/training-mode.js';
import { matchesAny } from '../patterns.js';
import type { Tensor } from '../tensor.js';
import type { Program, TrainingProgram } from './program.js';
import { checkDeclared, type Left, nothingToTrain } from './refusals.js';
import { findWeights } from './weights.js';

/** How a network is put into a program. */
export interface IncludeOptions {
  /** What stands in for each of the network's inputs, by name. */
  readonly inputs: Readonly<Record<string, Value>>;
  /** Only what these values of the network need; all of its outputs when absent. */
  readonly upTo?: readonly Value[];
  /** Put before the names of the network's weights; networks included under one name share their weights. */
  readonly name?: string;
  /**
   * Names or patterns (`encoder.*`) of the network's weights: of float32 initializers, or constants, in its file. When
   * absent they are found by how they are used ({@link findWeights}); a training program tells what it left.
   */
  readonly train?: readonly string[];
  /** Batch statistics and dropout, as in training; default: as in evaluation. */
  readonly training?: boolean;
  /** Put before the names of nodes and computed values, to tell a second pass through shared weights apart. */
  readonly pass?: string;
  /** Running statistics follow this pass (in training). Leave it out for a second pass over other samples. */
  readonly updateStatistics?: boolean;
}

/** How a builder writes programs. */
export interface BuilderOptions {
  /**
   * `fast` (the default) takes Winograd's form where it is faster, with errors of 1e-6 where direct convolutions have 3e-7.
   * Where a filter sees nothing but zeros its result is then such an error instead of an exact 0, and rounding decides
   * whether a ReLU behind it passes a gradient. `direct` avoids both.
   */
  readonly convolutions?: 'fast' | 'direct';
}

/**
 * What is said of a program beside its outputs.
 *
 * @experimental
 */
export interface ProgramOptions<In extends string = string> {
  /**
   * The inputs that it is fed, by their names: `{ x, labels }`. With it the compiler knows what a session must be given,
   * and a program that needs others is refused; without it any feeds compile, and are checked when it runs.
   */
  readonly inputs?: Readonly<Record<In, Value>>;
}

/**
 * How a training program is made.
 *
 * @experimental
 */
export interface TrainingProgramOptions<In extends string = string>
  extends ProgramOptions<In>,
    DifferentiateOptions {}

/**
 * Puts networks, losses and penalties together into one graph whose weights a {@link TrainingSession} holds.
 *
 * ```ts
 * const builder = new ProgramBuilder();
 * const x = builder.graph.input('x', ['batch', 1, 28, 28]);
 * const labels = builder.graph.input('labels', ['batch'], 'int64');
 * const copy = builder.include(network, { inputs: { x }, training: true });
 * const loss = crossEntropy(copy.value(network.outputs[0]!), labels);
 * const program = builder.trainingProgram(loss);
 * ```
 */
export class ProgramBuilder {
  /** Where inputs are declared and losses are written. */
  readonly graph = new Graph('program');
  readonly #forms: () => ConvolutionForms;
  readonly #weights = new Map<string, Tensor>();
  readonly #held = new Map<string, Value>();
  readonly #trainable = new Set<string>();
  readonly #left = new Map<string, Left>();
  readonly #merged = new Set<string>();
  readonly #updates = new Map<string, Value>();
  readonly #masks: DropoutMask[] = [];

  /** @param options how convolutions are written. */
  constructor(options: BuilderOptions = {}) {
    this.#forms = options.convolutions === 'direct' ? () => productForms : cpuForms;
  }

  /** The weights that the session is to hold, with their first values. */
  get weights(): ReadonlyMap<string, Tensor> {
    return this.#weights;
  }

  /** Copies a network into the graph; its weights become weights of the session. */
  include(network: Graph, options: IncludeOptions): GraphCopy {
    const prefix = options.name ? `${options.name}.` : '';
    const found = findWeights(network, options.train);
    for (const [{ name, type }, why] of found.left) this.#left.set(prefix + name, { type, why });
    for (const value of found.merged) this.#merged.add(prefix + value.name);
    const training = options.training ? trainingMode() : undefined;
    const copy = copyGraph(this.graph, network, {
      inputs: options.inputs,
      prefix: options.pass ? `${options.pass}.${prefix}` : prefix,
      ...(options.upTo && { upTo: options.upTo }),
      rewrite: firstOf(reluBehindPooling, squeezeKnown, ...(training ? [training.rewrite] : [])),
      initializer: (source) => {
        const trainable = found.trainable.has(source);
        if (!trainable && !found.statistics.has(source)) return undefined;
        const name = prefix + source.name;
        if (trainable) this.#trainable.add(name);
        return this.#hold(name, source.data as Tensor);
      },
    });
    this.#masks.push(...(training?.masks ?? []));
    if (training && (options.updateStatistics ?? true)) {
      for (const [source, next] of training.updates) this.#updates.set(prefix + source.name, next);
    }
    return copy;
  }

  /**
   * Numbers that a training carries from step to step without a gradient, as running statistics are: the session holds
   * them among its weights, and so do snapshots.
   *
   * ```ts
   * const average = builder.carry('average', float32(0), (before) => add(mul(before, 0.9), mul(loss, 0.1)));
   * ```
   *
   * @param name another than those of weights.
   * @param first their first value, float32.
   * @param next what a training step makes of them, in the same shape.
   * @returns what `next` returned.
   * @throws GraphError when the name is taken, or the type or the shape is another.
   */
  carry(name: string, first: Tensor, next: (before: Value) => Value): Value {
    if (this.#held.has(name)) throw new GraphError(`"${name}" is held already; carry it under another name.`);
    if (first.type !== 'float32')
      throw new GraphError(`"${name}" is ${first.type}; what steps carry is float32.`);
    const after = next(this.#hold(name, first));
    if (after.type !== first.type || after.knownShape.join() !== first.dims.join()) {
      throw new GraphError(
        `"${name}" is ${first.type} (${first.dims}); its next value is ${after.type} (${after.knownShape}).`,
      );
    }
    this.#updates.set(name, after);
    return after;
  }

  #hold(name: string, tensor: Tensor): Value {
    const known = this.#held.get(name);
    if (known !== undefined) return known;
    const value = this.graph.input(name, tensor.dims, tensor.type);
    this.#held.set(name, value);
    this.#weights.set(name, tensor);
    return value;
  }

  /**
   * A program that only computes.
   *
   * @param outputs returned under their keys.
   * @param options which inputs it is fed, so that the compiler knows them.
   * @throws GraphError when a network in it was included for training and has dropout, or other inputs are needed.
   */
  program<Out extends string, In extends string = string>(
    outputs: Readonly<Record<Out, Value>>,
    { inputs }: ProgramOptions<In> = {},
  ): Program<In, Out> {
    const { program, masks } = this.#finish(outputs, inputs);
    if (masks.length > 0) {
      throw new GraphError(
        `A program without a loss has no use for dropout ("${masks[0]?.name}"); include its network with training: false.`,
      );
    }
    return program;
  }

  /**
   * A program for training: the gradients of the loss, and what else is asked for.
   *
   * @param loss a scalar, as a program's step returns it.
   * @param outputs returned under their keys.
   * @param frozen names or patterns (`features.*`) of weights that are not to be trained.
   * @param options whether activations are computed again for the backward pass; which inputs it is fed.
   * @throws GraphError when nothing is left to train, a pattern freezes nothing, or other inputs are needed.
   * @throws UnsupportedOperatorError when an operator between the loss and a weight has no gradient.
   */
  trainingProgram<Out extends string = never, In extends string = string>(
    loss: Value,
    outputs: Readonly<Record<Out, Value>> = {} as Readonly<Record<Out, Value>>,
    frozen: readonly string[] = [],
    { inputs, ...options }: TrainingProgramOptions<In> = {},
  ): TrainingProgram<In, Out> {
    const names = [...this.#trainable].filter((name) => !matchesAny(name, frozen));
    if (names.length === 0) throw new GraphError(nothingToTrain(this.#trainable.size, this.#left));
    for (const pattern of frozen) {
      if (![...this.#trainable].some((name) => matchesAny(name, [pattern]))) {
        throw new GraphError(
          `The pattern "${pattern}" freezes nothing; weights are ${[...this.#trainable].join(', ')}.`,
        );
      }
    }
    const parameters = names.map((name) => this.#held.get(name) as Value);
    const forward = new Set(this.graph.nodes.map(({ name }) => name));
    const gradients = differentiateInForms(this.graph, loss, parameters, deferredForms, {
      // Two parts: a tenth less memory at the peak, for a few hundredths more time.
      batchParts: options.recompute ? 4 : 2,
      ...options,
    });
    const named = (value: Value) => value.name;
    const updates = [...this.#updates].filter(([name]) => this.#held.has(name));
    const more = [loss, ...gradients.values(), ...updates.map(([, value]) => value)];
    const finished = this.#finish(outputs, inputs, more, forward);
    return {
      ...finished.program,
      masks: finished.masks,
      loss: loss.name,
      left: this.#leftBy(names),
      merged: names.filter((name) => this.#merged.has(name)),
      gradients: Object.fromEntries([...gradients].map(([weight, gradient]) => [weight.name, gradient.name])),
      updates: Object.fromEntries(updates.map(([name, value]) => [name, named(value)])),
    };
  }

  #leftBy(trained: readonly string[]): Record<string, string> {
    const frozen = [...this.#trainable].filter((name) => !trained.includes(name));
    return Object.fromEntries([
      ...[...this.#left].map(([name, { why }]) => [name, why] as const),
      ...frozen.map((name) => [name, 'it is frozen'] as const),
    ]);
  }

  #finish<In extends string, Out extends string>(
    outputs: Readonly<Record<Out, Value>>,
    declared: Readonly<Record<In, Value>> | undefined,
    more: readonly Value[] = [],
    forward?: ReadonlySet<string>,
  ): { program: Program<In, Out>; masks: TrainingProgram['masks'] } {
    const asked = Object.entries<Value>(outputs);
    // A builder may have made another program before.
    this.graph.setOutputs([...asked.map(([, value]) => value), ...more]);
    // ONNX Runtime has a fast layout of its own for convolutions whose weights are constants.
    const forms = this.#held.size > 0 ? this.#forms() : standardForms;
    const operations = new Map<string, Shape>();
    const graph = removeUnused(this.graph, lowerConvolutions(forms, operations));
    // ONNX Runtime writes running statistics that are no outputs over those that it was fed.
    for (const node of graph.nodes) {
      if (!isOperator(node, 'BatchNormalization')) continue;
      for (const statistic of node.outputs.slice(1)) graph.output(statistic);
    }
    if (forward) schedule(graph, forward);
    const used = new Set(graph.inputs.map(({ name }) => name));
    const masks = this.#masks
      .map(({ input, keep }) => ({ name: input.name, shape: input.knownShape, keep }))
      .filter(({ name }) => used.has(name));
    const drawn = new Set(masks.map(({ name }) => name));
    const fed = graph.inputs.filter(({ name }) => !this.#held.has(name) && !drawn.has(name));
    if (declared) checkDeclared(declared, fed);
    const program = {
      graph,
      inputs: fed.map((input) => {
        const { name, type, knownShape: shape } = input;
        return { name: name as In, type, shape, ...graph.labelsOf(input) };
      }),
      weights: graph.inputs.map(({ name }) => name).filter((name) => this.#held.has(name)),
      outputs: Object.fromEntries(asked.map(([key, value]) => [key, value.name])) as Record<Out, string>,
      operations: Object.fromEntries(operations),
    };
    return { program, masks };
  }
}
