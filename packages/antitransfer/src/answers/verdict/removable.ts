import { learnsLittle } from '../../analysis/chance.js';
import { mean } from '../../numbers/mean.js';
import { type TaskName, taskWord, theTask } from '../../task-words.js';
import { formatShare, formatUnit } from '../format.js';

/** What tells whether there is anything of an orthogonal task in a network that was trained without transfer. */
export interface RemovableSigns {
  /** CKA to the task's networks on validation clips, in each repetition, one or more. */
  readonly cka: readonly number[];
  /** Below this, no penalty on CKA was seen to gain. */
  readonly threshold: number;
  /** Whether it was measured for networks of this kind what such numbers say. */
  readonly calibrated: boolean;
  /** Accuracies of probes for the task's label in that network, in [0, 1]; empty where they are not known. */
  readonly probes: readonly number[];
  readonly probeChance: number;
  /** Accuracies in the target of the network without transfer. */
  readonly targets: readonly number[];
  readonly targetChance: number;
  /** Accuracies of the task's own networks. */
  readonly networks: readonly number[];
  readonly networkChance: number;
}

/**
 * - `little`: CKA is below the threshold
 * - `unclear`: CKA is between the threshold and what gains came with
 * - `something`: CKA is as high as where gains came from, and a probe reads the label
 * - `unreadable`: CKA is not low, and yet a probe reads nothing
 * - `uncalibrated`: it was not measured what CKA says of such a network
 * - `not-learned`: a network that CKA compares has learned nothing, so that CKA says nothing
 */
export type RemovableKind =
  | 'little'
  | 'unclear'
  | 'something'
  | 'unreadable'
  | 'uncalibrated'
  | 'not-learned';

export interface Removable {
  readonly kind: RemovableKind;
  /** Whole, for people. */
  readonly sentence: string;
}

/** The lowest CKA with which a gain was shown so far: of vgg-small (docs/method.md). */
const GAINS_FROM = 0.28;

/**
 * Is there anything to remove? CKA does not tell by itself: of networks that learned nothing it is often high, and what its
 * size says was measured with one small network with batch normalization.
 *
 * @param reference what people call the method without transfer
 */
export function removableOf(task: TaskName, reference: string, signs: RemovableSigns): Removable {
  const { cka, threshold, calibrated, probes, probeChance, targets, targetChance, networks, networkChance } =
    signs;
  const label = taskWord(task);
  // What is shown is what is judged: 0.198 is not below 0.20.
  const likeness = Number(mean(cka).toFixed(2));
  const ckaIs = `CKA of ${reference} to the ${label} network is ${formatUnit(likeness)} on validation clips`;
  const share = (values: readonly number[], chance: number) =>
    `${formatShare(mean(values))}%, ${formatShare(chance)}% by chance`;
  const ignorant = [
    ...(isIgnorant(networks, networkChance)
      ? [`the ${label} network itself has learned little (${share(networks, networkChance)})`]
      : []),
    ...(isIgnorant(targets, targetChance)
      ? [`${reference} has learned little (${share(targets, targetChance)})`]
      : []),
  ];
  if (ignorant.length > 0) {
    return {
      kind: 'not-learned',
      sentence: `${ckaIs}, which does not tell whether there is anything to remove: ${ignorant.join(', and ')}.`,
    };
  }
  if (!calibrated) {
    return {
      kind: 'uncalibrated',
      sentence:
        `${ckaIs}. What that says was measured for small networks with batch normalization only: it is not known whether ` +
        'there is anything to remove.',
    };
  }
  if (likeness < threshold) {
    return {
      kind: 'little',
      sentence: `${ckaIs}; below ${formatUnit(threshold)} a penalty on CKA has little to remove, and was not seen to gain; a conditional adversary was.`,
    };
  }
  const above = `not below ${formatUnit(threshold)}`;
  if (isIgnorant(probes, probeChance)) {
    return {
      kind: 'unreadable',
      sentence:
        `${ckaIs}, ${above}, but a linear probe does not read ${theTask(task)} there (${share(probes, probeChance)}): ` +
        'the two disagree, and it is not shown that there is anything to remove.',
    };
  }
  const gains = Math.max(threshold, GAINS_FROM);
  if (likeness < gains) {
    return {
      kind: 'unclear',
      sentence: `${ckaIs}, between ${formatUnit(threshold)} and ${formatUnit(gains)}: it is unclear whether there is anything to remove.`,
    };
  }
  return {
    kind: 'something',
    sentence: `${ckaIs}, not below ${formatUnit(gains)}: there is something to remove, which is no promise of a gain.`,
  };
}

function isIgnorant(accuracies: readonly number[], chance: number): boolean {
  return accuracies.length > 0 && learnsLittle(mean(accuracies), chance);
}
