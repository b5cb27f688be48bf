import type { Graph, Random, Shape, Tensor, Value } from 'onnx-autograd';
import type { Layers } from '../networks/layers.js';
import type { Network } from '../networks/network.js';

/**
 * Which clips of a step a term looks at: those of the target's batch, or those of an orthogonal task, whose target labels
 * are not in the loss and which go through the network in a pass of their own.
 */
export type ClipSource = 'batch' | { readonly task: string };

/** A frozen network's answer on clips: computed once a clip and kept. */
export interface FrozenAnswer {
  /** Told apart by it within its objective. */
  readonly key: string;
  readonly clips: ClipSource;
  /** It is not changed. */
  readonly network: Network;
  /** Of its graph: maps at a tap, or logits. */
  readonly value: Value;
  /** What is kept, one entry a clip, so that it can be kept by clip. */
  prepare(value: Value): Value;
  /** A control: each clip is given the answer on another clip of the batch. */
  readonly shuffled: boolean;
}

/** Classes of clips, by which a batch may be drawn. */
export interface ClipClasses {
  /** Of the target. */
  readonly labels: Int32Array;
  /** Of the orthogonal tasks that {@link Objective.groups} asks for, by the task's name. */
  readonly groups: Readonly<Record<string, Int32Array>>;
}

/** Where a training is when a step is taken. */
export interface StepMoment {
  /** Part of the training's steps that are done, from 0 to below 1. */
  readonly progress: number;
  /** Clips in the target's batch. */
  readonly clips: number;
  /** Numbers for a purpose, drawn anew at every step, for each objective its own. */
  random(purpose: string): Random;
}

/** The graph of a training step, while objectives add to it. */
export interface StepGraph {
  readonly graph: Graph;
  /** The network under training, whose values {@link at} takes. */
  readonly network: Network;
  /** A value of the network's graph in its pass over clips, such as maps at a tap or the logits. */
  at(clips: ClipSource, value: Value): Value;
  /** A frozen network's answer on the clips: a {@link FrozenAnswer} by its key. */
  frozen(key: string): Value;
  /** The cross-entropy of each of the target's clips, before any weight: `(clips)`. */
  crossEntropy(): Value;
  /** Each of the target's clips' class: int64, `(clips)`. */
  labels(): Value;
  /** Each clip's class of an orthogonal task: int64, `(clips)`. */
  classes(clips: ClipSource, task: string): Value;
  /** A tensor that {@link Objective.feeds} or {@link Objective.clipFeeds} gives under this key at every step. */
  feed(key: string, shape: Shape, type?: 'float32' | 'int64'): Value;
  /**
   * Trained layers of the objective's own, which are no part of the network; checkpoints hold them.
   *
   * @param draw makes the layers; their weights are named after the objective.
   */
  head(input: Value, draw: (layers: Layers, input: Value) => Value): Value;
  /**
   * Numbers that steps carry on without a gradient, such as weights that follow losses; checkpoints hold them.
   *
   * @param key told apart by it within its objective
   * @param first before the first step: float32
   * @param next what a step makes of them, in the same shape
   * @returns what `next` returned
   */
  carry(key: string, first: Tensor, next: (before: Value) => Value): Value;
  /** The same numbers as a constant: no gradient passes. */
  constant(value: Value): Value;
  /**
   * Gradient reversal (Ganin and others 2016): the same numbers, whose gradient is multiplied by `-factor` on its way
   * back.
   *
   * @param factor a scalar
   */
  reversed(value: Value, factor: Value): Value;
  /** A scalar to be reported, averaged over each epoch. */
  measure(name: string, scalar: Value): void;
}

/**
 * What joins the cross-entropy in a training: terms of the loss, layers of its own, frozen networks, how clips are
 * weighted or drawn. Everything but the name is optional.
 */
export interface Objective {
  /** Told apart by it in metrics, unique in a training. */
  readonly name: string;
  /** Plain data that all its numbers depend on, beside frozen networks and clips: part of a training's fingerprint. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Orthogonal tasks whose clips it looks at. */
  readonly auxiliary?: readonly string[];
  /** Orthogonal tasks whose labels of the target's training clips it looks at. */
  readonly groups?: readonly string[];
  readonly frozen?: readonly FrozenAnswer[];
  /** The least clips in a batch that its estimate is made of: batches of fewer are refused. */
  readonly leastClips?: number;
  /** Set when its term can be measured on any clips of the target: it looks at features and frozen answers only. */
  readonly isPenalty?: true;
  /**
   * Adds to the step.
   *
   * @returns what joins the loss, a scalar that is weighted already.
   * @throws UserError when it does not fit the network.
   */
  term?(step: StepGraph): Value;
  /** The weight of each clip's cross-entropy: `(clips)` of `(clips)`. Several are multiplied. */
  clipWeights?(step: StepGraph, crossEntropy: Value): Value;
  /** What its inputs are fed in a step, by the keys of {@link StepGraph.feed}. */
  feeds?(moment: StepMoment): Readonly<Record<string, Tensor>>;
  /**
   * What its inputs are fed in all steps alike, made from the classes that the training's clips are of.
   *
   * @param classes how many the target has
   */
  clipFeeds?(clips: ClipClasses, classes: number): Readonly<Record<string, Tensor>>;
  /** The clips of an epoch, as many as there are, in an order that depends on what is passed in only. */
  order?(clips: ClipClasses, epoch: number, random: Random): number[];
}

/** Names clips among a step's inputs and a training's frozen programs. */
export function clipsKey(clips: ClipSource): string {
  return clips === 'batch' ? 'batch' : `task.${clips.task}`;
}
