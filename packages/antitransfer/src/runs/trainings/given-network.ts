import { UserError } from '../../errors.js';
import type { Evaluation } from '../../learning/training/evaluate.js';

/**
 * Makes sure that a network that a user gave for an orthogonal task says something that others can be compared with.
 *
 * @throws UserError when its loss or a feature map is NaN or infinite.
 */
export function requireAnswers(
  { crossEntropy, maps }: Pick<Evaluation, 'crossEntropy' | 'maps'>,
  column: string,
): void {
  const wrong = Number.isFinite(crossEntropy) ? maps.find((value) => !Number.isFinite(value)) : crossEntropy;
  if (wrong === undefined) return;
  throw new UserError(
    `The network that was given for the label "${column}" (orthogonal.model) answers ${wrong} on the clips of its own ` +
      'task, so that nothing can be compared with it. Give another; or leave the key out, and one is trained.',
  );
}
