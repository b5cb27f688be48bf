import type { Network } from '../../learning/networks/network.js';
import {
  createObjective,
  effectiveObjective,
  type ObjectiveSettings,
} from '../../learning/objectives/registry.js';

/** Where objectives look that say nothing else. */
export interface DefaultTap {
  readonly tap: string;
  readonly position: 'after' | 'before';
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
export function looksOf(given: ObjectiveSettings, network: Network, { tap, position }: DefaultTap): Looks {
  const { orthogonal: _, ...own } = effectiveObjective(given);
  const at = 'tap' in own ? { tap: own.tap ?? tap, position: own.position ?? position } : {};
  const frozenAt = 'frozenTap' in own && 'tap' in at ? { frozenTap: own.frozenTap ?? at.tap } : {};
  // By which name it calls its task says the job.
  const settings = { ...own, ...at, ...frozenAt, orthogonal: null } as ObjectiveSettings;
  const asked = { ...settings, ...('tap' in at && 'frozenTap' in frozenAt && { frozenTap: at.tap }) };
  const { frozen, auxiliary, groups } = createObjective(asked, {
    name: 'objective',
    task: { name: 'task', classes: 2 },
    frozen: network,
    tap: { name: tap, position },
  });
  const isSome = (list: readonly unknown[] | undefined) => list !== undefined && list.length > 0;
  return { settings, network: isSome(frozen), clips: isSome(auxiliary), groups: isSome(groups) };
}
