import {
  copyGraph,
  crossEntropy,
  crossEntropyPerSample,
  expressions,
  type Program,
  ProgramBuilder,
  type Tensor,
  type TrainingProgram,
  type Value,
} from 'onnx-autograd';
import { UserError } from '../../errors.js';
import { type Network, tapped } from '../networks/network.js';
import type { Penalty } from '../objectives/penalty.js';
import { averageOverSpace, type SimilarityTerm, similarityTerm } from '../objectives/similarities.js';

const { add, mul, softmax } = expressions;

/** The programs of one training, and the network's first weights. */
export interface TrainingPrograms {
  /** features, labels and what the frozen networks say, to gradients of the whole loss. */
  readonly train: TrainingProgram;
  /** features, labels to `crossEntropy` a clip, `probabilities`, and `maps` at the tap averaged over space. */
  readonly evaluate: Program;
  /** features to what each penalty's frozen network says: outputs by the penalty's name. */
  readonly frozen: Program | undefined;
  readonly weights: Readonly<Record<string, Tensor>>;
  /** Those that look at a random choice of channels: each is fed a draw of its own at every step. */
  readonly sampling: readonly Penalty[];
}

/** Names of inputs of the training program. */
export const inputNames = {
  features: 'features',
  labels: 'labels',
  penaltyFeatures: 'penalty_features',
  frozen: (penalty: string) => `frozen.${penalty}`,
  channels: (penalty: string) => `channels.${penalty}`,
} as const;

/** Where in a network to look. */
export interface Observation {
  readonly tap: string;
  readonly position: 'before' | 'after';
}

export interface ProgramOptions {
  readonly penalties: readonly Penalty[];
  /** The tap whose maps `evaluate` returns, for CKA and probes. */
  readonly observe: Observation;
  /** Names or patterns of weights that are not trained. */
  readonly freeze?: readonly string[];
  /** Computes activations again for the backward pass rather than keeping them: less memory, more time. */
  readonly recompute?: boolean;
  /** `direct` does without Winograd's transforms, whose rounding stands where exact zeros would be. */
  readonly convolutions?: 'fast' | 'direct';
}

/**
 * The loss of anti-transfer learning as graphs: `cross-entropy + sum of beta similarity(current, frozen)`. The penalties
 * tap the same forward pass as the classifier; only penalties on clips of their own cost a second pass.
 *
 * @throws UserError when a tap does not exist, or two networks' maps at a tap do not fit each other.
 */
export function buildPrograms(network: Network, options: ProgramOptions): TrainingPrograms {
  const terms = new Map(options.penalties.map((p) => [p.name, similarityTerm(p.aggregation, p.similarity)]));
  const frozen =
    options.penalties.length === 0 ? undefined : frozenProgram(network, options.penalties, terms);
  const { train, weights } = trainingProgram(network, options, terms, frozen?.kept ?? new Map());
  return {
    train,
    evaluate: evaluationProgram(network, options),
    frozen: frozen?.program,
    weights: Object.fromEntries(weights),
    sampling: options.penalties.filter(({ name }) => terms.get(name)?.choosesChannels),
  };
}

function featuresInput(builder: ProgramBuilder, network: Network, name: string, batch: string): Value {
  return builder.graph.input(name, [batch, ...network.input.knownShape.slice(1)]);
}

/** Each frozen network cut off above its highest tap, its weights constants. */
function frozenProgram(
  network: Network,
  penalties: readonly Penalty[],
  terms: ReadonlyMap<string, SimilarityTerm>,
) {
  const builder = new ProgramBuilder();
  const features = featuresInput(builder, network, inputNames.features, 'batch');
  const kept = new Map<string, Value>();
  for (const source of new Set(penalties.map((penalty) => penalty.frozen))) {
    const users = penalties.filter((penalty) => penalty.frozen === source);
    const taps = users.map((penalty) => tapped(source, penalty.frozenTap ?? penalty.tap, penalty.position));
    const copy = copyGraph(builder.graph, source.graph, {
      inputs: { [source.input.name]: features },
      upTo: taps,
    });
    for (const [i, penalty] of users.entries()) {
      kept.set(
        penalty.name,
        (terms.get(penalty.name) as SimilarityTerm).prepare(copy.value(taps[i] as Value)),
      );
    }
  }
  return { program: builder.program(Object.fromEntries(kept)), kept };
}

function trainingProgram(
  network: Network,
  options: ProgramOptions,
  terms: ReadonlyMap<string, SimilarityTerm>,
  kept: ReadonlyMap<string, Value>,
): { train: TrainingProgram; weights: ReadonlyMap<string, Tensor> } {
  const builder = new ProgramBuilder({ convolutions: options.convolutions ?? 'fast' });
  const features = featuresInput(builder, network, inputNames.features, 'batch');
  const labels = builder.graph.input(inputNames.labels, ['batch'], 'int64');
  const pass = builder.include(network.graph, { inputs: { [network.input.name]: features }, training: true });
  const logits = pass.value(network.logits);
  const entropy = crossEntropy(logits, labels);
  const auxiliary = options.penalties.filter((penalty) => penalty.clips === 'auxiliary');
  const auxiliaryPass = auxiliary.length === 0 ? undefined : secondPass(builder, network, auxiliary);
  const outputs: Record<string, Value> = { crossEntropy: entropy, logits };
  let loss = entropy;
  for (const penalty of options.penalties) {
    const value = tapped(network, penalty.tap, penalty.position);
    const current = (penalty.clips === 'auxiliary' ? auxiliaryPass : pass)?.value(value) as Value;
    const given = kept.get(penalty.name) as Value;
    checkMaps(penalty, value);
    const batch = current.knownShape[0] as string;
    const frozen = builder.graph.input(inputNames.frozen(penalty.name), [
      batch,
      ...given.knownShape.slice(1),
    ]);
    const term = terms.get(penalty.name) as SimilarityTerm;
    const channels = inputNames.channels(penalty.name);
    const chosen = term.choosesChannels ? builder.graph.input(channels, [channels], 'int64') : undefined;
    const similarity = builder.graph.within(penalty.name, () => term.measure(current, frozen, chosen));
    outputs[penalty.name] = similarity;
    loss = add(loss, mul(similarity, penalty.beta));
  }
  const { freeze, recompute = false } = options;
  return { train: builder.trainingProgram(loss, outputs, freeze, { recompute }), weights: builder.weights };
}

/** The network once more, up to the taps, over clips that only the penalties see. Its statistics are left alone. */
function secondPass(builder: ProgramBuilder, network: Network, penalties: readonly Penalty[]) {
  const features = featuresInput(builder, network, inputNames.penaltyFeatures, 'clips');
  return builder.include(network.graph, {
    inputs: { [network.input.name]: features },
    upTo: penalties.map((penalty) => tapped(network, penalty.tap, penalty.position)),
    training: true,
    updateStatistics: false,
    pass: 'penalty',
  });
}

function checkMaps(penalty: Penalty, current: Value): void {
  const frozen = tapped(penalty.frozen, penalty.frozenTap ?? penalty.tap, penalty.position);
  const anyChannels = penalty.similarity === 'cka' || penalty.similarity === 'correlation';
  const anySize = penalty.similarity === 'cka';
  const from = anySize ? 4 : anyChannels ? 2 : 1;
  const shapes = [current, frozen].map((value) => value.knownShape.slice(from).join(' x '));
  if (shapes[0] === shapes[1]) return;
  throw new UserError(
    `The penalty "${penalty.name}" compares maps of ${shapes[0]} at ${penalty.tap} with maps of ${shapes[1]} of the ` +
      'frozen network. Use networks of the same shape, another tap, or the similarity cka, which fits any two networks.',
  );
}

function evaluationProgram(network: Network, { observe, convolutions = 'fast' }: ProgramOptions): Program {
  const builder = new ProgramBuilder({ convolutions });
  const features = featuresInput(builder, network, inputNames.features, 'batch');
  const labels = builder.graph.input(inputNames.labels, ['batch'], 'int64');
  const copy = builder.include(network.graph, { inputs: { [network.input.name]: features } });
  const logits = copy.value(network.logits);
  return builder.program({
    crossEntropy: crossEntropyPerSample(logits, labels),
    probabilities: softmax(logits, -1),
    maps: averageOverSpace(copy.value(tapped(network, observe.tap, observe.position))),
  });
}
