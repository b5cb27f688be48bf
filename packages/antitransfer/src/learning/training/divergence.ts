import { UserError } from '../../errors.js';
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
