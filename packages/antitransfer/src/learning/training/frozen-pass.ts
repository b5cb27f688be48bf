import { copyGraph, ProgramBuilder, sizeAt, type Value } from 'onnx-autograd';
import { groupBy } from '../../group-by.js';
import type { Network } from '../networks/network.js';
import { type ClipSource, clipsKey, type FrozenAnswer, type Objective } from '../objectives/objective.js';
import type { FrozenOutput } from './answer-cache.js';
import { inputNames } from './input-names.js';
import type { FrozenProgram } from './session.js';
import { type FrozenValues, frozenName } from './step-builder.js';

/** The pass of frozen networks over one kind of clips. */
export interface FrozenPass {
  readonly clips: ClipSource;
  readonly program: FrozenProgram;
  readonly outputs: readonly FrozenOutput[];
  /** Outputs that are shuffled over the clips before they are compared. */
  readonly shuffled: ReadonlySet<string>;
}

/** Frozen answers as they are kept, by name: {@link FrozenValues} while they are found. */
export type KeptAnswers = Map<string, { readonly value: Value; readonly clips: ClipSource }>;

/** One answer that an objective asks a frozen network for. */
interface Asked {
  readonly name: string;
  readonly answer: FrozenAnswer;
}

/** All that objectives ask frozen networks for, in their order. */
export function askedBy(objectives: readonly Objective[]): Asked[] {
  return objectives.flatMap((objective) =>
    (objective.frozen ?? []).map((answer) => ({ name: frozenName(objective, answer.key), answer })),
  );
}

/** For each kind of clips: the frozen networks cut off above the highest value that is looked at, weights constants. */
export function frozenPasses(
  network: Network,
  objectives: readonly Objective[],
  kept: KeptAnswers,
): Map<string, FrozenPass> {
  const byClips = groupBy(askedBy(objectives), ({ answer }) => clipsKey(answer.clips));
  return new Map([...byClips].map(([key, asked]) => [key, frozenPass(network, asked, kept)]));
}

/**
 * The frozen networks that are asked, cut off above the highest value that is looked at.
 *
 * @param asked all about the same clips
 * @param kept is told what each answer is
 */
export function frozenPass(network: Network, asked: readonly Asked[], kept: KeptAnswers): FrozenPass {
  const builder = new ProgramBuilder();
  const features = builder.graph.input(inputNames.features('batch'), [
    'batch',
    ...network.input.knownShape.slice(1),
  ]);
  const outputs: Record<string, Value> = {};
  for (const source of new Set(asked.map(({ answer }) => answer.network))) {
    const users = asked.filter(({ answer }) => answer.network === source);
    const copy = copyGraph(builder.graph, source.graph, {
      inputs: { [source.input.name]: features },
      upTo: users.map(({ answer }) => answer.value),
    });
    for (const { name, answer } of users) {
      const value = answer.prepare(copy.value(answer.value));
      outputs[name] = value;
      kept.set(name, { value, clips: answer.clips });
    }
  }
  return {
    clips: asked[0]?.answer.clips ?? 'batch',
    program: builder.program(outputs, { inputs: { features } }),
    outputs: Object.entries(outputs).map(([name, value]) => ({
      name,
      dims: value.knownShape.slice(1).map((_, i) => sizeAt(value, i + 1)),
    })),
    shuffled: new Set(asked.filter(({ answer }) => answer.shuffled).map(({ name }) => name)),
  };
}
