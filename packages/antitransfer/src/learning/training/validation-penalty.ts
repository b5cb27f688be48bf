import { expressions, ProgramBuilder, Random } from 'onnx-autograd';
import { itemAt } from '../../lookup.js';
import { float32Of } from '../../numbers/float32.js';
import type { Network } from '../networks/network.js';
import type { Objective } from '../objectives/objective.js';
import type { AnswerCache } from './answer-cache.js';
import { type Dataset, sizeOf } from './dataset.js';
import { askedBy, type FrozenPass, frozenPass, type KeptAnswers } from './frozen-pass.js';
import { inputNames } from './input-names.js';
import { batchesInOrder } from './read-ahead.js';
import type { PenaltyProgram, PenaltySession } from './session.js';
import type { TrainingSettings } from './settings.js';
import { StepBuilder } from './step-builder.js';
import { frozenFeeds, inputsOf, objectiveFeeds } from './step-feeds.js';

const { add } = expressions;

/** What measures penalties on clips that do not train. */
export interface ValidationPenalty {
  readonly penalties: readonly Objective[];
  /** features and frozen answers to what all penalties add to the loss. */
  readonly program: PenaltyProgram;
  /** features to the answers of the frozen networks. */
  readonly frozen: FrozenPass;
}

/**
 * What penalties would add to the loss, the network in evaluation mode, on the target's validation clips: of those too that
 * look at auxiliary clips in training.
 *
 * @returns `undefined` when there are none
 */
export function validationPenaltyOf(
  network: Network,
  objectives: readonly Objective[],
  convolutions: 'fast' | 'direct',
): ValidationPenalty | undefined {
  const penalties = objectives.filter(({ isPenalty }) => isPenalty);
  if (penalties.length === 0) return undefined;
  const asked = askedBy(penalties).map(({ name, answer }) => ({
    name,
    answer: { ...answer, clips: 'batch' as const },
  }));
  const kept: KeptAnswers = new Map();
  const frozen = frozenPass(network, asked, kept);
  const builder = new ProgramBuilder({ convolutions });
  // Penalties draw no layers of their own.
  const step = new StepBuilder(builder, network, kept, new Random(0), 'evaluation');
  const terms = penalties.flatMap((objective) => objective.term?.(step.viewOf(objective)) ?? []);
  const [first, ...others] = terms;
  if (first === undefined) throw new RangeError('A penalty has a term.');
  const penalty = others.reduce((sum, term) => add(sum, term), first);
  return { penalties, program: builder.program({ penalty }), frozen };
}

/** The clips on which penalties are measured. */
interface Validated {
  readonly validation: Dataset;
  readonly settings: Pick<TrainingSettings, 'batch'>;
  readonly seed: number;
}

/**
 * The mean over clips of what penalties add to the loss in batches of validation clips: batches as large as in training, as
 * some similarities compare the clips of one.
 */
export async function measurePenalty(
  session: PenaltySession,
  { penalties, program, frozen }: ValidationPenalty,
  answers: AnswerCache,
  { validation, settings, seed }: Validated,
): Promise<number> {
  // The same in every epoch, so that epochs are compared by the same draws.
  const random = new Random(seed).fork('validation penalty');
  let sum = 0;
  for await (const { clips, features } of batchesInOrder(validation, settings.batch)) {
    const drawn = random.fork(`clip ${clips[0]}`);
    const said = await answers.complete(await answers.read(clips), features);
    const fed = inputsOf(program, {
      [inputNames.features('batch')]: features,
      ...frozenFeeds(said, frozen.shuffled, (name) => drawn.fork(`shuffled ${name}`)),
      ...objectiveFeeds(penalties, (name) => ({
        // The whole of beta, however far its schedule is: epochs are compared by one measure.
        progress: 1,
        clips: clips.length,
        random: (purpose) => drawn.fork(`${purpose} ${name}`),
      })),
    });
    const { penalty } = await session.run('penalty.validation', fed);
    sum += itemAt(float32Of(penalty), 0) * clips.length;
  }
  return sum / sizeOf(validation);
}
