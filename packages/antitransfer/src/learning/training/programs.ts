import {
  crossEntropy,
  crossEntropyPerSample,
  expressions,
  findWeights,
  ProgramBuilder,
  Random,
  type Tensor,
  UnsupportedOperatorError,
  type Value,
} from 'onnx-autograd';
import { UserError } from '../../errors.js';
import { type Network, tapped } from '../networks/network.js';
import { averageOverSpace } from '../objectives/average-over-space.js';
import type { Objective } from '../objectives/objective.js';
import { type FrozenPass, frozenPasses, type KeptAnswers } from './frozen-pass.js';
import { inputNames } from './input-names.js';
import type { EvaluationProgram, MeasureOutput, StepOutput, StepProgram } from './session.js';
import { type FrozenValues, StepBuilder } from './step-builder.js';

const { add, concat, mean, mul, softmax } = expressions;

/** The programs of one training, and the first weights of the network and of what objectives train beside it. */
export interface TrainingPrograms {
  /** features, labels and what objectives ask for, to gradients of the whole loss. */
  readonly train: StepProgram;
  /** features, labels to `crossEntropy` a clip, `probabilities`, and `maps` at the taps averaged over space. */
  readonly evaluate: EvaluationProgram;
  /** features to the answers of frozen networks, by the clips that they are asked about. */
  readonly frozen: ReadonlyMap<string, FrozenPass>;
  readonly weights: Readonly<Record<string, Tensor>>;
  /** What objectives report: names of outputs of `train`, by the name in an epoch's metrics. */
  readonly measures: Readonly<Record<string, MeasureOutput>>;
}

/** Where in a network to look. */
export interface Observation {
  readonly tap: string;
  readonly position: 'before' | 'after';
}

/** What the programs of a training compute. */
export interface ProgramOptions {
  readonly objectives: readonly Objective[];
  /** The taps whose maps `evaluate` returns, for CKA and probes: their channels one tap after another. */
  readonly observe: readonly Observation[];
  /** Draws the first weights of layers that objectives train beside the network. */
  readonly seed?: number;
  /** Whether each of the target's clips is a mixture of two, whose labels are fed with their shares. */
  readonly mixesLabels?: boolean;
  /** Names or patterns of weights that are not trained. */
  readonly freeze?: readonly string[];
  /** Computes activations again for the backward pass rather than keeping them: less memory, more time. */
  readonly recompute?: boolean;
  /** `direct` does without Winograd's transforms, whose rounding stands where exact zeros would be. */
  readonly convolutions?: 'fast' | 'direct';
}

/**
 * The loss as graphs: the cross-entropy, and what objectives add. All of them look at the same forward pass as the
 * classifier; only clips of an orthogonal task cost a pass of their own.
 *
 * @throws UserError when a tap does not exist, an objective does not fit the network, or two have one name.
 */
export function buildPrograms(network: Network, options: ProgramOptions): TrainingPrograms {
  requireNames(options.objectives);
  const kept: KeptAnswers = new Map();
  const frozen = frozenPasses(network, options.objectives, kept);
  return {
    ...trainingProgram(network, options, kept),
    evaluate: evaluationProgram(network, options).program,
    frozen,
  };
}

function requireNames(objectives: readonly Objective[]): void {
  const names = new Set<string>();
  for (const { name } of objectives) {
    if (names.has(name)) throw new UserError(`Two objectives are called "${name}"; give one another name.`);
    names.add(name);
  }
}

/**
 * The weights that a training moves, by name: the network's, and those of layers that objectives train beside it. Makes the
 * step, but not its gradients, and so finds out whether objectives fit.
 *
 * @throws UserError when a tap does not exist, an objective does not fit the network, or two have one name.
 */
export function trainedWeights(network: Network, objectives: readonly Objective[]): string[] {
  requireNames(objectives);
  const kept: KeptAnswers = new Map();
  frozenPasses(network, objectives, kept);
  const { builder } = buildStep(network, { objectives }, kept);
  const statistics = new Set([...findWeights(network.graph).statistics].map(({ name }) => name));
  return [...builder.weights.keys()].filter((name) => !statistics.has(name));
}

/**
 * Makes the gradients of a step, to find out whether there are any: a network from a file may hold operators without.
 *
 * @param freeze patterns of weights that are not trained, each of which fits one
 * @throws UserError that names the operator that no gradient passes, and its node
 */
export function requireGradients(
  network: Network,
  objectives: readonly Objective[],
  freeze: readonly string[],
): void {
  const kept: KeptAnswers = new Map();
  frozenPasses(network, objectives, kept);
  try {
    trainingProgram(network, { objectives, observe: [], freeze, convolutions: 'direct' }, kept);
  } catch (error) {
    if (!(error instanceof UnsupportedOperatorError)) throw error;
    throw new UserError(
      `No gradient passes ${error.message} Freeze the weights of the layers below it (training.freeze), or ` +
        'export the network with other operators (docs/operators.md lists those that are trained through).',
      { cause: error },
    );
  }
}

/** The graph of a step without its gradients. */
interface Step {
  readonly builder: ProgramBuilder;
  readonly step: StepBuilder;
  readonly logits: Value;
  readonly entropy: Value;
  readonly loss: Value;
}

function buildStep(
  network: Network,
  {
    objectives,
    seed = 0,
    convolutions = 'fast',
    mixesLabels = false,
  }: Pick<ProgramOptions, 'objectives' | 'seed' | 'convolutions' | 'mixesLabels'>,
  kept: FrozenValues,
): Step {
  const builder = new ProgramBuilder({ convolutions });
  const step = new StepBuilder(
    builder,
    network,
    kept,
    new Random(seed).fork('objectives'),
    'training',
    mixesLabels,
  );
  const labels = step.labels();
  const logits = step.logits();
  const entropy = weightedCrossEntropy(logits, labels, step, objectives);
  // In this order whatever objectives look at first, so that gradients are always summed in one order.
  for (const task of new Set(objectives.flatMap(({ auxiliary = [] }) => auxiliary))) step.pass({ task });
  let loss = entropy;
  for (const objective of objectives) {
    const term = objective.term?.(step.viewOf(objective));
    if (term !== undefined) loss = add(loss, term);
  }
  return { builder, step, logits, entropy, loss };
}

function trainingProgram(
  network: Network,
  { freeze, recompute = false, ...options }: ProgramOptions,
  kept: FrozenValues,
): Pick<TrainingPrograms, 'train' | 'weights' | 'measures'> {
  const { builder, step, logits, entropy, loss } = buildStep(network, options, kept);
  const measures = [...step.measures].map(([name, value]) => ({
    name,
    output: `measure.${name}` as const,
    value,
  }));
  const outputs: Record<StepOutput, Value> = {
    crossEntropy: entropy,
    logits,
    ...Object.fromEntries(measures.map(({ output, value }) => [output, value])),
  };
  const { constants } = step;
  return {
    train: builder.trainingProgram(loss, outputs, freeze, { recompute, constants }),
    weights: Object.fromEntries(builder.weights),
    measures: Object.fromEntries(measures.map(({ name, output }) => [name, output])),
  };
}

/** The mean cross-entropy of the target's clips, each with the weight that objectives give it. */
function weightedCrossEntropy(
  logits: Value,
  labels: Value,
  step: StepBuilder,
  objectives: readonly Objective[],
): Value {
  const weighing = objectives.filter(({ clipWeights }) => clipWeights !== undefined);
  if (weighing.length === 0 && !step.mixesLabels) return crossEntropy(logits, labels);
  const perClip = step.crossEntropy();
  const weighted = weighing.reduce(
    (sum, objective) => mul(sum, objective.clipWeights?.(step.viewOf(objective), perClip) ?? 1),
    perClip,
  );
  return mean(weighted, undefined, false);
}

/**
 * The `evaluate` program of a training, also for a network that is only looked at: its weights are fed, as in a training,
 * so that both round alike.
 *
 * @throws UserError when a tap does not exist.
 */
export function evaluationProgram(
  network: Network,
  { observe, convolutions = 'fast' }: Pick<ProgramOptions, 'observe' | 'convolutions'>,
): { readonly program: EvaluationProgram; readonly weights: Readonly<Record<string, Tensor>> } {
  const builder = new ProgramBuilder({ convolutions });
  const features = builder.graph.input(inputNames.features('batch'), [
    'batch',
    ...network.input.knownShape.slice(1),
  ]);
  const labels = builder.graph.input(inputNames.labels, ['batch'], 'int64');
  const copy = builder.include(network.graph, { inputs: { [network.input.name]: features } });
  const logits = copy.value(network.logits);
  const [first, ...others] = observe.map(({ tap, position }) =>
    averageOverSpace(copy.value(tapped(network, tap, position))),
  );
  if (first === undefined) throw new RangeError('An evaluation observes one tap or more.');
  const outputs = {
    crossEntropy: crossEntropyPerSample(logits, labels),
    probabilities: softmax(logits, -1),
    maps: others.length === 0 ? first : concat([first, ...others], 1),
  };
  return {
    program: builder.program(outputs, { inputs: { features, labels } }),
    weights: Object.fromEntries(builder.weights),
  };
}
