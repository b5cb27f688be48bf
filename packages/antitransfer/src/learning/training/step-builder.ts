import {
  crossEntropyPerSample,
  expressions,
  Graph,
  type GraphCopy,
  type ProgramBuilder,
  type Random,
  type Shape,
  type Value,
} from 'onnx-autograd';
import { UserError } from '../../errors.js';
import { Layers } from '../networks/layers.js';
import type { Network } from '../networks/network.js';
import { type ClipSource, clipsKey, type Objective, type StepGraph } from '../objectives/objective.js';
import { inputNames } from './input-names.js';

const { add, mul, sub } = expressions;

/** A frozen program's answers, by the objective's name and key. */
export type FrozenValues = ReadonlyMap<string, { readonly value: Value; readonly clips: ClipSource }>;

/** The graph of a training step under construction: passes of the network, and what objectives add. */
export class StepBuilder {
  /** By output: reported, averaged over each epoch. */
  readonly measures = new Map<string, Value>();
  /** Through which no gradient passes. */
  readonly constants = new Set<Value>();
  readonly #passes = new Map<string, GraphCopy>();
  readonly #inputs = new Map<string, Value>();
  #crossEntropy: Value | undefined;

  constructor(
    readonly builder: ProgramBuilder,
    readonly network: Network,
    private readonly frozen: FrozenValues,
    private readonly random: Random,
    /** In evaluation every term looks at the same clips, which move nothing. */
    private readonly mode: 'training' | 'evaluation' = 'training',
    /** Each of the target's clips is a mixture of two. */
    readonly mixesLabels = false,
  ) {}

  /** The network over clips. Running statistics follow the target's batch only. */
  pass(asked: ClipSource): GraphCopy {
    const clips = this.mode === 'training' ? asked : 'batch';
    const key = clipsKey(clips);
    const known = this.#passes.get(key);
    if (known !== undefined) return known;
    const features = this.input(inputNames.features(clips), [
      batchOf(clips),
      ...this.network.input.knownShape.slice(1),
    ]);
    const made = this.builder.include(this.network.graph, {
      inputs: { [this.network.input.name]: features },
      training: this.mode === 'training',
      ...(clips !== 'batch' && { updateStatistics: false, pass: key }),
    });
    this.#passes.set(key, made);
    return made;
  }

  /** The labels of the target's clips, of mixed ones that of the larger share: int64, `(batch)`. */
  labels(): Value {
    return this.input(inputNames.labels, ['batch'], 'int64');
  }

  /** What the network says of the target's clips: `(batch, classes)`. */
  logits(): Value {
    return this.pass('batch').value(this.network.logits);
  }

  /** The cross-entropy of each of the target's clips: `(batch)`. */
  crossEntropy(): Value {
    this.#crossEntropy ??= this.mixesLabels
      ? this.#mixedCrossEntropy()
      : crossEntropyPerSample(this.logits(), this.labels());
    return this.#crossEntropy;
  }

  /** With both labels of each clip, in their shares: cross-entropy is linear in them. */
  #mixedCrossEntropy(): Value {
    const shares = this.input(inputNames.shares, ['batch']);
    const others = this.input(inputNames.otherLabels, ['batch'], 'int64');
    const own = mul(shares, crossEntropyPerSample(this.logits(), this.labels()));
    return add(own, mul(sub(1, shares), crossEntropyPerSample(this.logits(), others)));
  }

  input(name: string, shape: Shape, type: 'float32' | 'int64' = 'float32'): Value {
    const known = this.#inputs.get(name) ?? this.builder.graph.input(name, shape, type);
    this.#inputs.set(name, known);
    return known;
  }

  /** The step as an objective sees it. */
  viewOf(objective: Objective): StepGraph {
    const { builder, network } = this;
    const { graph } = builder;
    const constant = (value: Value) => {
      const same = graph.apply('Identity', [value]);
      this.constants.add(same);
      return same;
    };
    let heads = 0;
    return {
      graph,
      network,
      at: (clips, value) => this.pass(clips).value(value),
      crossEntropy: () => this.crossEntropy(),
      frozen: (key) => this.#frozen(objective, key),
      labels: () => this.labels(),
      classes: (clips, task) => this.input(inputNames.classes(clips, task), [batchOf(clips)], 'int64'),
      feed: (key, shape, type) => this.input(inputNames.feed(objective.name, key), shape, type),
      head: (input, draw) =>
        this.#head(heads++ === 0 ? objective.name : `${objective.name}.${heads}`, input, draw),
      carry: (key, first, next) => builder.carry(`${objective.name}.${key}`, first, next),
      constant,
      reversed: (value, factor) => {
        const same = constant(value);
        // The difference is zero, with the gradient of -factor.
        return add(same, sub(mul(same, factor), mul(value, factor)));
      },
      measure: (name, scalar) => {
        if (this.measures.has(name))
          throw new UserError(`Two objectives report "${name}"; name them differently.`);
        this.measures.set(name, scalar);
      },
    };
  }

  #frozen(objective: Objective, key: string): Value {
    const name = frozenName(objective, key);
    const given = this.frozen.get(name);
    if (given === undefined)
      throw new Error(`The objective "${objective.name}" has no frozen answer "${key}".`);
    return this.input(inputNames.frozen(name), [batchOf(given.clips), ...given.value.knownShape.slice(1)]);
  }

  #head(name: string, input: Value, draw: (layers: Layers, input: Value) => Value): Value {
    const graph = new Graph(name);
    const given = graph.input('input', input.knownShape);
    const output = graph.output(draw(new Layers(graph, this.random.fork(name)), given));
    const copy = this.builder.include(graph, { inputs: { input }, name, training: true });
    return copy.value(output);
  }
}

/** Names an objective's frozen answer among all. */
export function frozenName({ name, frozen = [] }: Objective, key: string): string {
  return frozen.length === 1 ? name : `${name}.${key}`;
}

/** The symbolic number of clips. */
function batchOf(clips: ClipSource): string {
  return clips === 'batch' ? 'batch' : `clips.${clips.task}`;
}
