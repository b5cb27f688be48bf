import { sizeAt, type Tensor, type Value } from 'onnx-autograd';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { type Network, tapped } from '../networks/network.js';
import { type AggregationName, aggregations } from './aggregations/registry.js';
import { type BetaSettings, betaFeeds, betaSchedule, timesBeta } from './beta.js';
import { defineObjective } from './definition.js';
import { frozenTapSetting, lookOf, lookSettings } from './look.js';
import type { FrozenAnswer, Objective } from './objective.js';
import { type MustMatch, paper } from './similarities/definition.js';
import { type SimilarityName, similarities, similarityTerm } from './similarities/registry.js';

/** How alike the network and a frozen one are at a tap, in a training. */
interface Likeness extends BetaSettings {
  readonly name: string;
  readonly task: string;
  readonly frozen: Network;
  readonly tap: string;
  readonly frozenTap: string;
  readonly position: 'before' | 'after';
  readonly aggregation: AggregationName;
  readonly similarity: SimilarityName;
  readonly clips: 'batch' | 'auxiliary';
  readonly shuffled: boolean;
}

/** What {@link antiTransfer} is told; only the orthogonal network and the tap have no default. */
export interface AntiTransferOptions {
  /** The network trained on what is to be forgotten. It is not changed. */
  readonly orthogonal: Network;
  /** A convolution or pooling of both networks, for example `conv2_2`, or `input`. */
  readonly tap: string;
  /** The layer of the orthogonal network, when it is called otherwise. */
  readonly orthogonalTap?: string;
  /** Before or after the activation function. */
  readonly position?: 'before' | 'after';
  readonly aggregation?: AggregationName;
  readonly similarity?: SimilarityName;
  /** Its weight in the loss. */
  readonly beta?: number;
  /** How it is reached over the training: at once when absent. */
  readonly schedule?: BetaSettings['schedule'];
  /** Part of the training after which `linear` and `step` have reached it. */
  readonly warmUp?: number;
  /** The clips that it looks at: the target batch, or those of the orthogonal task. */
  readonly clips?: 'batch' | 'auxiliary';
  /** Names the orthogonal task's clips. */
  readonly task?: string;
  /** A control: each clip is compared with the frozen network's maps of another clip. */
  readonly shuffled?: boolean;
  /** Told apart by it in metrics, unique in a training; the similarity's when absent. */
  readonly name?: string;
}

/**
 * The anti-transfer penalty (arXiv 2006.06494, section 3): `beta` times the similarity of the network's feature maps
 * with those of a network trained on an orthogonal task. The defaults are the paper's, with one Gram matrix a sample.
 *
 * ```ts
 * const forgetSpeaker = antiTransfer({ orthogonal: speakers, tap: 'conv4_2', beta: 1 });
 * ```
 *
 * @throws UserError when the tap does not exist.
 */
export function antiTransfer({ orthogonal, orthogonalTap, ...options }: AntiTransferOptions): Objective {
  return likeness({
    name: options.similarity ?? 'squared-cosine',
    task: 'orthogonal',
    position: 'after',
    aggregation: 'gram',
    similarity: 'squared-cosine',
    beta: 1,
    clips: 'batch',
    shuffled: false,
    ...options,
    frozen: orthogonal,
    frozenTap: orthogonalTap ?? options.tap,
  });
}

function likeness({ frozen, ...settings }: Likeness): Objective {
  const { name, task, tap, frozenTap, position, aggregation, similarity, shuffled } = settings;
  const term = similarityTerm(aggregation, similarity);
  const { clips, auxiliary } = lookOf(settings, { task: { name: task }, tap: { name: tap, position } });
  const answer: FrozenAnswer = {
    key: 'maps',
    clips,
    network: frozen,
    value: tapped(frozen, frozenTap, position),
    prepare: term.prepare,
    shuffled,
  };
  return {
    name,
    settings: { ...settings, kind: 'similarity' },
    auxiliary,
    frozen: [answer],
    ...(term.leastClips !== undefined && { leastClips: term.leastClips }),
    isPenalty: true,
    term: (step) => {
      const value = tapped(step.network, tap, position);
      requireMatch(term.mustMatch, value, answer.value, settings);
      const current = step.at(clips, value);
      const chosen = term.choosesChannels ? step.feed('channels', [`channels.${name}`], 'int64') : undefined;
      const measured = step.graph.within(name, () => term.measure(current, step.frozen('maps'), chosen));
      step.measure(name, measured);
      return timesBeta(step, measured, settings);
    },
    feeds: (moment) => ({
      ...betaFeeds(settings).feeds?.(moment),
      ...(term.choosesChannels && {
        channels: neighbouringChannels(sizeAt(answer.value, 1), moment.clips, moment.random('channels')),
      }),
    }),
  };
}

/** Neighbouring channels, as many as there are channels a clip of the batch, as in the official code. */
function neighbouringChannels(
  total: number,
  clips: number,
  random: { integer(low: number, high: number): number },
): Tensor {
  const count = clips > 1 ? Math.max(1, Math.floor(total / clips)) : 1;
  const first = random.integer(0, Math.max(0, total - count - 1));
  return {
    type: 'int64',
    dims: [count],
    data: BigInt64Array.from({ length: count }, (_, i) => BigInt(first + i)),
  };
}

/** From which axis of `(batch, channels, height, width)` on shapes must be equal. */
const firstEqualAxis: Record<MustMatch, number> = { 'channels and size': 1, size: 2, nothing: 4 };

function requireMatch(
  mustMatch: MustMatch,
  current: Value,
  frozen: Value,
  { name, tap }: Pick<Likeness, 'name' | 'tap'>,
) {
  const [own, other] = [current, frozen].map(({ knownShape }) =>
    knownShape.slice(firstEqualAxis[mustMatch]).join(' x '),
  );
  if (own === other) return;
  throw new UserError(
    `The penalty "${name}" compares maps of ${own} at ${tap} with maps of ${other} of the frozen network. Use networks ` +
      'of the same shape, another tap, or the similarity cka, which fits any two networks.',
  );
}

/** Anti-transfer as a method's setting. */
export const similarity = defineObjective({
  name: 'similarity',
  description:
    'Anti-transfer: the likeness of the network’s maps at a tap with those of a frozen orthogonal network',
  paper: 'Guizzo, Weyde, Tarroni 2020, arXiv 2006.06494',
  paperOf: ({ similarity }) => similarities.find(similarity).source,
  settings: z.strictObject({
    /** Left out of jobs: one penalty has one form, and one job. */
    kind: z.literal('similarity').optional().describe('Anti-transfer: what a penalty is that names no kind'),
    similarity: z.enum(similarities.names).describe('How the likeness of the two networks is measured'),
    aggregation: z
      .enum(aggregations.names)
      .default('gram')
      .describe('What becomes of the channels first; only those of the paper need one'),
    beta: z.number().min(0).default(1).describe('Weight of the penalty in the loss'),
    ...betaSchedule,
    ...lookSettings('batch'),
    ...frozenTapSetting,
    shuffled: z
      .boolean()
      .default(false)
      .describe("A control: compares each clip with the frozen network's maps of another"),
  }),
  measures: 'likeness in training batches',
  asksFrozen: true,
  label: (settings) => settings.similarity,
  seesLabels: () => false,
  isPenalty: true,
  isPublished: (settings) => similarities.find(settings.similarity).source === paper,
  ignores: (settings) => (similarities.find(settings.similarity).ignoresAggregation ? ['aggregation'] : []),
  create: (settings, parts) => {
    const { name, task, frozen } = parts;
    const { at } = lookOf(settings, parts);
    return likeness({
      ...settings,
      name,
      task: task.name,
      frozen,
      ...at,
      frozenTap: settings.frozenTap ?? at.tap,
    });
  },
});
