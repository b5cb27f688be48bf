import { NonFiniteLossError } from 'onnx-autograd';
import { UserError } from '../../errors.js';
import type { Objective } from '../objectives/objective.js';
import type { Evaluation } from './evaluate.js';
import type { TrainingSettings } from './settings.js';

/** A training whose network no longer gives numbers. */
export class DivergedError extends UserError {
  override readonly name = 'DivergedError';
}

/** Which answers are looked at. */
export interface Answered {
  readonly clips: 'training' | 'validation' | 'test' | 'orthogonal';
  /** The epoch of the weights, from 1; 0 for those that a training began with. */
  readonly epoch: number;
  readonly settings: Pick<TrainingSettings, 'learningRate' | 'clipNorm'>;
}

/** @throws DivergedError when a loss, a probability or a feature map is NaN or infinite. */
export function requireFinite(
  { crossEntropy, maps }: Pick<Evaluation, 'crossEntropy' | 'maps'>,
  answered: Answered,
): void {
  if (!Number.isFinite(crossEntropy)) throw diverged(`the cross-entropy is ${crossEntropy}`, answered);
  requireFiniteMaps(maps, answered);
}

/** @throws DivergedError when a number of some feature maps is NaN or infinite. */
function requireFiniteMaps(maps: Float32Array, answered: Answered): void {
  const wrong = maps.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) throw diverged(`a feature map holds ${wrong}`, answered);
}

function diverged(what: string, { clips, epoch, settings }: Answered): DivergedError {
  const clipping = settings.clipNorm === null ? ', or limit the gradient with training.clipNorm' : '';
  return new DivergedError(
    `The training diverged: with the weights of epoch ${epoch}, on the ${clips} clips, ${what}. Lower ` +
      `training.learningRate (it is ${settings.learningRate})${clipping}, and start anew in another folder.`,
  );
}

/** How many times the cross-entropy the other terms of a loss are that leave it no say. */
export const DWARFS = 1000;

/** Sees whether what joins the loss dwarfs the cross-entropy from the beginning, which is why a training may diverge. */
export class DwarfedEntropy {
  #most = 0;

  /** @param classes of the target: a network that knows nothing has a cross-entropy of their logarithm */
  constructor(
    readonly objectives: readonly Objective[],
    readonly classes: number,
  ) {}

  /** Is told of a step. */
  see(loss: number, crossEntropy: number): void {
    this.#most = Math.max(this.#most, Math.abs(loss - crossEntropy) / crossEntropy);
  }

  /** The error of a training; of one that diverged with its probable cause, where that is a weight. */
  explain(error: unknown): unknown {
    if (!(error instanceof DivergedError || error instanceof NonFiniteLossError)) return error;
    if (error instanceof NonFiniteLossError && error.step === 1 && !Number.isNaN(error.loss))
      this.see(error.loss, Math.log(this.classes));
    const betas = this.objectives.flatMap(({ name, settings }) =>
      typeof settings.beta === 'number' ? [`${settings.beta} of "${name}"`] : [],
    );
    if (this.#most < DWARFS || betas.length === 0) return error;
    const diverged = error instanceof DivergedError ? '' : 'The training diverged. ';
    return new DivergedError(
      `${diverged}${error.message} The probable cause is beta, ${betas.join(', ')}: in the first epoch the weighted terms are ` +
        `${this.#most.toPrecision(2)} times the cross-entropy. Take a smaller one.`,
      { cause: error },
    );
  }
}
