import { sha256 } from '../../files/digest.js';
import { groupBy } from '../../group-by.js';
import { codeUnitOrder, naturalOrder } from '../../numbers/order.js';
import type { Clip } from '../clip.js';

/** How many clips of each label stay: a number, or as many as the rarest label has. */
export type Balance = number | 'rarest';

/** Clips of which no label has more than the others. */
export interface BalancedClips {
  /** In the order in which they were given. */
  readonly clips: readonly Clip[];
  readonly leftOut: readonly Clip[];
  /** Labels with fewer clips than the number that was asked for. */
  readonly short: readonly { readonly label: string; readonly clips: number }[];
}

/**
 * At most so many clips of each label of a column. Which ones depends on their ids only, in an order that looks random: the
 * same for every seed, and a clip that comes or goes moves no other label's choice. Clips without a label stay.
 */
export function balanceClips(clips: readonly Clip[], column: string, balance: Balance): BalancedClips {
  const labelled = clips.flatMap((clip) => {
    const label = clip.labels[column];
    return label === undefined ? [] : [{ clip, label }];
  });
  const byLabel = groupBy(labelled, ({ label }) => label);
  const sizes = [...byLabel.values()].map(({ length }) => length);
  const most = balance === 'rarest' ? Math.min(...sizes) : balance;
  const beyond = new Set<Clip>();
  for (const [label, own] of byLabel) {
    const drawn = own
      .map(({ clip }) => ({ clip, order: sha256(column, '\0', label, '\0', clip.id) }))
      .sort((a, b) => codeUnitOrder(a.order, b.order));
    for (const { clip } of drawn.slice(most)) beyond.add(clip);
  }
  const short = [...byLabel]
    .flatMap(([label, { length }]) => (length < most ? [{ label, clips: length }] : []))
    .sort((a, b) => naturalOrder(a.label, b.label));
  return {
    clips: clips.filter((clip) => !beyond.has(clip)),
    leftOut: clips.filter((clip) => beyond.has(clip)),
    short,
  };
}
