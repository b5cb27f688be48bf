const natural = new Intl.Collator('en', { numeric: true });

/** As people sort labels: `take 2` before `take 10`. */
export function naturalOrder(a: string, b: string): number {
  return natural.compare(a, b);
}

/** By code unit: the same on every machine, whatever its language. */
export function codeUnitOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
