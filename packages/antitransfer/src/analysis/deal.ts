import type { Random } from 'onnx-autograd/random';

/** Orders in which groups are tried; the best is kept. */
const ATTEMPTS = 20;

/** An item to be dealt: its class should be on every side, its group stays on one. */
export interface Dealt {
  readonly label: string;
  readonly group: string;
}

interface Group {
  readonly items: readonly number[];
  /** Class to number of the group's items. */
  readonly counts: ReadonlyMap<number, number>;
}

/**
 * Deals items to sides: groups stay whole, every class is on every side where that can be, and each side gets its
 * fraction of each class as well as the groups allow. With every item a group of its own this is a stratified split,
 * each class within one item of its fraction.
 *
 * Groups are dealt one by one in random order, first to a side that lacks their classes, then to the one that misses
 * its fractions most; the best of 20 orders is kept.
 *
 * @param fractions of each side; where they add up to less than 1, the rest is dealt to a side `fractions.length`
 * @returns the side of each item
 */
export function deal(items: readonly Dealt[], fractions: readonly number[], random: Random): number[] {
  const groups = groupsOf(items);
  // Single items come out alike in any order.
  const attempts = groups.length === items.length ? 1 : ATTEMPTS;
  let best: Dealing | undefined;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const dealing = dealInOrder(random.shuffle(groups), fractions);
    if (best === undefined || isBetter(dealing, best)) best = dealing;
  }
  const sideOfItem = new Array<number>(items.length);
  for (const [group, side] of best?.sideOfGroup ?? []) {
    for (const item of group.items) sideOfItem[item] = side;
  }
  return sideOfItem;
}

function groupsOf(items: readonly Dealt[]): Group[] {
  const classes = new Map(
    [...new Set(items.map(({ label }) => label))].map((label, index) => [label, index]),
  );
  const groups = new Map<string, { items: number[]; counts: Map<number, number> }>();
  for (const [item, { label, group: name }] of items.entries()) {
    const group = groups.get(name) ?? { items: [], counts: new Map<number, number>() };
    groups.set(name, group);
    group.items.push(item);
    const index = classes.get(label)!;
    group.counts.set(index, (group.counts.get(index) ?? 0) + 1);
  }
  return [...groups.values()];
}

interface Dealing {
  readonly sideOfGroup: ReadonlyMap<Group, number>;
  /** Pairs of a class and a side without it. */
  readonly missing: number;
  /** Chi-square distance of the counts from the fractions. */
  readonly distance: number;
}

function isBetter(a: Dealing, b: Dealing): boolean {
  return a.missing !== b.missing ? a.missing < b.missing : a.distance < b.distance;
}

function dealInOrder(groups: readonly Group[], fractions: readonly number[]): Dealing {
  const unused = 1 - fractions.reduce((sum, fraction) => sum + fraction, 0);
  const shares = unused > 1e-9 ? [...fractions, unused] : fractions;
  const totals: number[] = [];
  for (const { counts } of groups) {
    for (const [label, count] of counts) totals[label] = (totals[label] ?? 0) + count;
  }
  const tables = shares.map(() => totals.map(() => 0));
  const sideOfGroup = new Map<Group, number>();
  for (const group of groups) {
    const side = bestSide(group, tables, shares, totals, fractions.length);
    sideOfGroup.set(group, side);
    for (const [label, count] of group.counts) tables[side]![label]! += count;
  }
  let missing = 0;
  let distance = 0;
  for (const [side, table] of tables.entries()) {
    for (const [label, total] of totals.entries()) {
      if (table[label] === 0 && side < fractions.length) missing += 1;
      distance += (table[label]! - shares[side]! * total) ** 2 / total;
    }
  }
  return { sideOfGroup, missing, distance };
}

/** The side that lacks most of the group's classes; among equals, the one whose distance falls most. */
function bestSide(
  group: Group,
  tables: readonly (readonly number[])[],
  shares: readonly number[],
  totals: readonly number[],
  wanted: number,
): number {
  let best = { side: 0, lacking: -1, change: 0 };
  for (const [side, table] of tables.entries()) {
    let lacking = 0;
    let change = 0;
    for (const [label, count] of group.counts) {
      if (side < wanted && table[label] === 0) lacking += 1;
      const shortage = shares[side]! * totals[label]! - table[label]!;
      change += (count * (count - 2 * shortage)) / totals[label]!;
    }
    if (lacking > best.lacking || (lacking === best.lacking && change < best.change)) {
      best = { side, lacking, change };
    }
  }
  return best.side;
}
