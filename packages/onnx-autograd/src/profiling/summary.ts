import { floatingPointOperations } from './arithmetic.js';
import type { Attribute, Attribution, Phase } from './attribution.js';
import type { ExecutedNode, ExecutedRun } from './trace.js';

/** The time of one phase of a layer: all of its nodes, those included that only copy. */
export interface PhaseTime {
  /** Milliseconds of the run that is shown. */
  readonly milliseconds: number;
  /** The layer's arithmetic by this time. */
  readonly gigaflopsPerSecond: number;
}

/** A convolution or matrix product of the forward pass. */
export interface LayerProfile {
  /** The name of its node. */
  readonly layer: string;
  /**
   * Floating-point operations forward, in billions, as the layer is defined. Each of both gradients has as many. Where
   * Winograd's form does it with fewer, a layer can be faster than the machine's own matrix product.
   */
  readonly gigaflops: number;
  /** The layer itself. */
  readonly forward: PhaseTime;
  /** `undefined` where nobody asks for that gradient. */
  readonly inputGradient: PhaseTime | undefined;
  /** The gradient of its filter or matrix; `undefined` where nobody asks for it. */
  readonly filterGradient: PhaseTime | undefined;
}

/** All nodes of one operator. */
export interface OperatorProfile {
  /** As the standard names it; what ONNX Runtime has fused, by its own names. */
  readonly operator: string;
  /** How many nodes. */
  readonly count: number;
  /** Of all of them together. */
  readonly milliseconds: number;
  /** Of convolutions and matrix products: what their own shapes say was computed. */
  readonly gigaflopsPerSecond: number | undefined;
}

/** Where the time of a run goes. All nodes of the run are either in `layers` or in `between`. */
export interface Profile {
  /** Convolutions and matrix products, in the order in which they run. */
  readonly layers: readonly LayerProfile[];
  /** Milliseconds of what is no convolution or product of the network, nor the gradient of its input or filter. */
  readonly between: {
    /** Activations, pooling, normalization, the loss. */
    readonly forward: number;
    /** Their gradients, and those of biases. */
    readonly backward: number;
    /** Of the forward pass, computed again. */
    readonly recomputed: number;
    /** Nodes that ONNX Runtime added and that carry no name of ours, such as those that rearrange memory. */
    readonly other: number;
  };
  /** Longest first. */
  readonly operators: readonly OperatorProfile[];
  /** Of all nodes together, in milliseconds. */
  readonly nodes: number;
  /** Of the whole run, in milliseconds: the rest is ONNX Runtime's own work between nodes. */
  readonly run: number;
  /**
   * Of intermediate values and results at the highest, in bytes; weights and what is fed not counted. Of the
   * processor: a device beside it does not tell.
   */
  readonly peakBytes: number;
}

/**
 * The profile of the run whose duration is the median.
 *
 * @param direct the floating-point operations of layers whose nodes compute the same with fewer.
 */
export function summarize(
  runs: readonly ExecutedRun[],
  attribute: Attribute,
  direct: ReadonlyMap<string, number> = new Map(),
): Profile {
  const byDuration = runs.toSorted((a, b) => a.milliseconds - b.milliseconds);
  const { nodes, milliseconds: run } = byDuration[(byDuration.length - 1) >> 1] as ExecutedRun;
  const placed = nodes.map((node) => ({ node, place: attribute(node) }));
  const arithmetic = new Map<string, number>();
  for (const { node, place } of placed) {
    const operations = floatingPointOperations(node);
    if (place?.phase !== 'forward' || operations === undefined) continue;
    const { layer } = place;
    arithmetic.set(layer, direct.get(layer) ?? (arithmetic.get(layer) ?? 0) + operations);
  }
  const rest = new Set<Phase>(['otherGradient', 'recomputed']);
  const inLayers = ({ layer, phase }: Attribution) => arithmetic.has(layer) && !rest.has(phase);
  const isBetween = (place: Attribution | undefined) => place !== undefined && !inLayers(place);
  const total = (keep: (place: Attribution | undefined) => boolean) =>
    timeOf(placed.filter(({ place }) => keep(place)).map(({ node }) => node));
  return {
    layers: [...arithmetic].map(([layer, operations]) => {
      const phase = (wanted: Phase): PhaseTime | undefined => {
        const milliseconds = total((place) => place?.layer === layer && place.phase === wanted);
        return milliseconds === 0
          ? undefined
          : { milliseconds, gigaflopsPerSecond: speed(operations, milliseconds) };
      };
      return {
        layer,
        gigaflops: operations / 1e9,
        forward: phase('forward') as PhaseTime,
        inputGradient: phase('inputGradient'),
        filterGradient: phase('filterGradient'),
      };
    }),
    between: {
      forward: total((place) => isBetween(place) && place?.phase === 'forward'),
      backward: total((place) => isBetween(place) && !['forward', 'recomputed'].includes(place?.phase ?? '')),
      recomputed: total((place) => place?.phase === 'recomputed'),
      other: total((place) => place === undefined),
    },
    operators: operatorsOf(nodes),
    nodes: timeOf(nodes),
    run,
    peakBytes: Math.max(...nodes.map(({ bytesInUse }) => bytesInUse)),
  };
}

function operatorsOf(nodes: readonly ExecutedNode[]): OperatorProfile[] {
  const kinds = new Map<string, ExecutedNode[]>();
  for (const node of nodes) kinds.set(node.operator, [...(kinds.get(node.operator) ?? []), node]);
  return [...kinds]
    .map(([operator, same]) => {
      const operations = same.reduce((sum, node) => sum + (floatingPointOperations(node) ?? 0), 0);
      const milliseconds = timeOf(same);
      return {
        operator,
        count: same.length,
        milliseconds,
        gigaflopsPerSecond: operations > 0 ? speed(operations, milliseconds) : undefined,
      };
    })
    .toSorted((a, b) => b.milliseconds - a.milliseconds);
}

function timeOf(nodes: readonly ExecutedNode[]): number {
  return nodes.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
}

/** GFLOP/s. */
function speed(operations: number, milliseconds: number): number {
  return operations / milliseconds / 1e6;
}
