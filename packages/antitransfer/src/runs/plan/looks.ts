import type { CorrectionSettings } from '../../learning/corrections/registry.js';
import { lastConvolution, type Network } from '../../learning/networks/network.js';
import {
  createObjective,
  effectiveObjective,
  type ObjectiveSettings,
} from '../../learning/objectives/registry.js';
import type { Experiment } from '../config/schema.js';

/** Where objectives and corrections look that say nothing else. */
export interface DefaultTap {
  readonly tap: string;
  readonly position: 'after' | 'before';
}

/** The tap of an experiment: where it names none, the network's last convolution. */
export function defaultTapOf(
  { tap, position }: Pick<Experiment, 'tap' | 'position'>,
  network: Network,
): DefaultTap {
  return { tap: tap ?? lastConvolution(network), position };
}

/** Where settings look: as they say, else as the experiment does. Undefined of a kind that looks at no tap. */
export function tapOf(
  settings: ObjectiveSettings | CorrectionSettings,
  { tap, position }: DefaultTap,
): DefaultTap | undefined {
  if (!('tap' in settings)) return undefined;
  return { tap: settings.tap ?? tap, position: settings.position ?? position };
}

/** The settings of a correction, complete and in one form. By which names it calls its method and its task says the job. */
export function effectiveCorrection(given: CorrectionSettings, tap: DefaultTap): CorrectionSettings {
  return { ...given, ...tapOf(given, tap), method: null, orthogonal: null } as CorrectionSettings;
}

/** The settings of an objective, complete and in one form, and what it looks at of its orthogonal task. */
export interface Looks {
  readonly settings: ObjectiveSettings;
  /** Its frozen network. */
  readonly network: boolean;
  /** Its clips. */
  readonly clips: boolean;
  /** Its labels of the training clips. */
  readonly groups: boolean;
}

/**
 * Says what an objective looks at. The objective itself tells: it is made for the network as if that were the frozen one.
 *
 * @throws UserError when it cannot be made for this network.
 */
export function looksOf(given: ObjectiveSettings, network: Network, tap: DefaultTap): Looks {
  const own = effectiveObjective(given);
  const at = tapOf(own, tap);
  const frozenAt = at && 'frozenTap' in own ? { frozenTap: own.frozenTap ?? at.tap } : undefined;
  // By which name it calls its task says the job.
  const settings = { ...own, ...at, ...frozenAt, orthogonal: null } as ObjectiveSettings;
  const asked = { ...settings, ...(at && frozenAt && { frozenTap: at.tap }) } as ObjectiveSettings;
  const { frozen, auxiliary, groups } = createObjective(asked, {
    name: 'objective',
    task: { name: 'task', classes: 2 },
    frozen: network,
    tap: { name: tap.tap, position: tap.position },
  });
  const isSome = (list: readonly unknown[] | undefined) => list !== undefined && list.length > 0;
  return { settings, network: isSome(frozen), clips: isSome(auxiliary), groups: isSome(groups) };
}
