import { codeUnitOrder } from '../../numbers/order.js';

/**
 * Labels that are likely meant to be one: they differ in leading zeros (`01` and `1`, which a spreadsheet makes of it),
 * in a fraction of zeros (`1` and `1.0`, which a data frame makes of it), in capitals, in inner spaces, in the form or
 * width of letters, or in characters that nobody sees. Each group sorted.
 */
export function similarLabels(labels: Iterable<string>): string[][] {
  const groups = new Map<string, Set<string>>();
  for (const label of labels) {
    const key = label
      .normalize('NFKC')
      .replace(/\p{Cf}/gu, '')
      .toLowerCase()
      .replace(/^(\d+)\.0+$/, '$1')
      .replace(/\s+/g, ' ')
      .replace(/\b0+(?=\d)/g, '');
    groups.set(key, (groups.get(key) ?? new Set()).add(label));
  }
  return [...groups.values()].filter(({ size }) => size > 1).map((group) => [...group].sort(codeUnitOrder));
}
