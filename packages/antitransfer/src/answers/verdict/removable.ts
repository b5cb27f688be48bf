import { learnsLittle } from '../../analysis/chance.js';
import { mean } from '../../numbers/mean.js';
import { formatShare, formatUnit } from '../format.js';

/** What tells whether there is anything of an orthogonal task in a network that was trained without transfer. */
export interface RemovableSigns {
  /** CKA to the task's networks, in each repetition, one or more. */
  readonly cka: readonly number[];
  /** Below this, little can be gained, by rule of thumb. */
  readonly threshold: number;
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
 * - `little`: CKA is low
 * - `something`: CKA is not low, and a probe reads the label
 * - `unreadable`: CKA is not low, and yet a probe reads nothing
 * - `not-learned`: a network that CKA compares has learned nothing, so that CKA says nothing
 */
export type RemovableKind = 'little' | 'something' | 'unreadable' | 'not-learned';

export interface Removable {
  readonly kind: RemovableKind;
  /** Whole, for people. */
  readonly sentence: string;
}

/**
 * Is there anything to remove? CKA alone does not tell: of networks that learned nothing it is often high.
 *
 * @param label what people call the task
 * @param reference what people call the method without transfer
 */
export function removableOf(label: string, reference: string, signs: RemovableSigns): Removable {
  const { cka, threshold, probes, probeChance, targets, targetChance, networks, networkChance } = signs;
  const likeness = mean(cka);
  const ckaIs = `CKA of ${reference} to the ${label} network is ${formatUnit(likeness)}`;
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
  if (likeness < threshold) {
    return {
      kind: 'little',
      sentence: `${ckaIs}; below ${formatUnit(threshold)}, by rule of thumb, there is little to remove and little to gain.`,
    };
  }
  const above = `not below ${formatUnit(threshold)}`;
  if (isIgnorant(probes, probeChance)) {
    return {
      kind: 'unreadable',
      sentence:
        `${ckaIs}, ${above}, but a linear probe does not read the ${label} there (${share(probes, probeChance)}): ` +
        'the two disagree, and it is not shown that there is anything to remove.',
    };
  }
  return { kind: 'something', sentence: `${ckaIs}, ${above}: there may be something to remove.` };
}

function isIgnorant(accuracies: readonly number[], chance: number): boolean {
  return accuracies.length > 0 && learnsLittle(mean(accuracies), chance);
}
