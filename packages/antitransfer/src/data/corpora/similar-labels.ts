import { codeUnitOrder } from '../../numbers/order.js';

/**
 * Labels that are likely meant to be one: they differ in leading zeros (`01` and `1`, which a spreadsheet makes of it),
 * in capitals or in inner spaces. Each group sorted.
 */
export function similarLabels(labels: Iterable<string>): string[][] {
  const groups = new Map<string, Set<string>>();
  for (const label of labels) {
    const key = label
      .toLowerCase()
      .replace(/\s+/g, ' ')
      .replace(/\b0+(?=\d)/g, '');
    groups.set(key, (groups.get(key) ?? new Set()).add(label));
  }
  return [...groups.values()].filter(({ size }) => size > 1).map((group) => [...group].sort(codeUnitOrder));
}
