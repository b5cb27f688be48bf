import { UserError } from '../../errors.js';
import { type Dataset, sizeOf } from './dataset.js';
import type { EpochMetrics } from './epoch-metrics.js';
import { type Evaluation, meanRecall, worstGroupAccuracy } from './evaluate.js';
import type { TrainingSettings } from './settings.js';

type Choice = TrainingSettings['choose'];

/** @throws UserError when validation clips cannot tell which epoch is the best */
export function requireChoosable(validation: Dataset, choose: Choice): void {
  if (sizeOf(validation) === 0 && choose !== 'last') {
    throw new UserError(
      `There are no validation clips to choose an epoch by (${choose}); bring some, or choose "last".`,
    );
  }
  if (choose === 'validation-worst-group-accuracy' && groupsOf(validation) === undefined) {
    throw new UserError(
      `No validation clip has a group, by the worst of which an epoch is chosen (${choose}); give \`groups\`, or choose otherwise.`,
    );
  }
}

/** What an epoch is chosen by, where it is more than the cross-entropy or the accuracy of validation clips. */
export function chosenBy(
  choose: Choice,
  validation: Dataset,
  { probabilities }: Evaluation,
): Partial<EpochMetrics['validation']> {
  const { labels } = validation;
  switch (choose) {
    case 'validation-balanced-accuracy':
      return { balancedAccuracy: meanRecall(labels, probabilities) };
    case 'validation-worst-group-accuracy': {
      const groups = groupsOf(validation) ?? new Int32Array();
      return { worstGroupAccuracy: worstGroupAccuracy(labels, probabilities, groups) };
    }
    default:
      return {};
  }
}

/** The groups of which the worst chooses; undefined where no clip has one. */
function groupsOf({ groups = {} }: Dataset): Int32Array | undefined {
  const [first] = Object.values(groups);
  return first?.some((group) => group >= 0) ? first : undefined;
}
