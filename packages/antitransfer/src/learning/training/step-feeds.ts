import type { Feeds, Random, Tensor } from 'onnx-autograd';
import { fieldOf } from '../../lookup.js';
import type { Objective, StepMoment } from '../objectives/objective.js';
import { inputNames } from './input-names.js';
import { shuffleRows } from './shuffle-rows.js';

/**
 * What objectives are fed in a step, by the names of inputs.
 *
 * @param moment as the objective of a name sees it
 */
export function objectiveFeeds(
  objectives: readonly Objective[],
  moment: (name: string) => StepMoment,
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const { name, feeds: own } of objectives) {
    for (const [key, tensor] of Object.entries(own?.(moment(name)) ?? {}))
      feeds[inputNames.feed(name, key)] = tensor;
  }
  return feeds;
}

/**
 * Frozen networks' answers by the names of inputs, those of controls exchanged between clips.
 *
 * @param answers by output, an entry a clip: `(batch, …)`
 * @param random what the exchange of an answer is drawn from, by the answer's name
 */
export function frozenFeeds(
  answers: Readonly<Record<string, Tensor>>,
  shuffled: ReadonlySet<string> | undefined,
  random: (name: string) => Random,
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(answers))
    feeds[inputNames.frozen(name)] = shuffled?.has(name) ? shuffleRows(tensor, random(name)) : tensor;
  return feeds;
}

/** What a program has as inputs: what no objective looks at is none. */
export function inputsOf(
  { inputs }: { readonly inputs: readonly { readonly name: string }[] },
  feeds: Readonly<Record<string, Tensor>>,
): Feeds {
  return Object.fromEntries(inputs.map(({ name }) => [name, fieldOf(feeds, name)]));
}
